"""Opening a store on a PostgreSQL server: connect, look at its schema, bring it up."""

from feeds.errors import StoreError, StoreTooNew
from feeds.store.database import guard
from feeds.store.database.db import BUSY_SECONDS
from feeds.store.migrate import run
from feeds.store.tables import HEAD

try:
    from feeds.store.database.postgres import Lock, Postgres, bytewise, in_turn, inspect
except ImportError as error:  # pragma: no cover - the driver is there where tests run
    raise StoreError(
        "a store on PostgreSQL needs its driver: `scripts/setup cluster,devpg` in a checkout, "
        "else `pip install 'feeds[cluster]'`"
    ) from error

__all__ = ["Lock", "connected", "inspect", "prepare"]


def connected(url: str, *, readonly: bool = False, busy: float = BUSY_SECONDS) -> Postgres:
    """Return the database that *url* names; nothing is asked of the server yet. Raises `StoreError`."""
    return Postgres(url.replace("postgres://", "postgresql://", 1), readonly=readonly, busy=busy)


def prepare(db: Postgres) -> None:
    """Bring the schema up where it is old or missing: one process does, others wait. Raises `StoreTooNew`."""
    if (revision := inspect(db)) > HEAD:
        raise StoreTooNew(guard.too_new(db.name, revision))
    if revision == HEAD:
        return
    with db.write() as connection:
        in_turn(connection)
        run(connection)
        bytewise(connection)
