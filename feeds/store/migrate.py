"""Bring a database to the schema that this program knows.

All steps of a migration are one transaction (DDL is transactional in both databases): a migration that was interrupted
has not happened, and runs again. Two that start at once queue (at BEGIN IMMEDIATE, at an advisory lock), and the second
finds nothing to do.
"""

from contextlib import closing
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from feeds.store.database.db import Database
from feeds.store.database.sqlite import connection_to, translated
from feeds.store.tables import HEAD, metadata

SCRIPTS = Path(__file__).parent / "migrations"


def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(SCRIPTS))


def upgrade(db: Database) -> None:
    """Lead to `HEAD` from whatever revision it has."""
    with db.write() as connection:
        run(connection)


def run(connection: Connection, to: str = HEAD) -> None:
    """Run all migrations that are missing up to revision *to*, within the caller's transaction."""
    script = scripts()

    def steps(found: Any, _context: MigrationContext) -> Any:
        return script._upgrade_revs(to, found)

    with EnvironmentContext(Config(), script, fn=steps, destination_rev=to) as environment:
        environment.configure(
            connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True
        )
        environment.run_migrations()


def back_up(path: Path, revision: str) -> Path:
    """Copy the database beside itself, whole, and return where to."""
    copy = path.with_name(f"{path.name}.{revision}.bak")
    copy.unlink(missing_ok=True)
    with translated(path), closing(connection_to(path, readonly=False)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    copy.chmod(0o600)
    return copy
