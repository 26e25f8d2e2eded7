"""PostgreSQL for tests: one server a run (of each pytest process), a database a test.

A database is a copy of a template: it costs some 30 ms where migrating costs 200. Without a server tests fail; they
are never skipped.
"""

import atexit
import itertools
import shutil
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from feeds.store import migrate, partition
from feeds.store.database.trial import FAST, Trial

_numbers = itertools.count()


@cache
def server() -> Trial:
    """Return the server of this process, started at the first use."""
    return fresh()


def fresh() -> Trial:
    """Return a server of one's own, started: for tests that stop it."""
    folder = Path(tempfile.mkdtemp(prefix="feeds-test-"))
    folder.chmod(0o755)
    found = Trial(folder / "data", FAST, fleeting=True)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(found.close)
    found.start()
    return found


@cache
def template() -> str:
    """Return the name of the database that has our tables, and nothing else."""
    migrate(server().create("made"))
    return "made"


@cache
def _divided() -> str:
    partition(server().create("divided", template()), datetime(2026, 3, 1, 12, tzinfo=UTC), lambda _: None)
    return "divided"


def empty() -> str:
    """Return the address of a new database with nothing in it."""
    return server().create(f"t{next(_numbers)}", "template0")


def ready() -> str:
    """Return the address of a new database with our tables."""
    return server().create(f"t{next(_numbers)}", template())


def divided() -> str:
    """Return the address of a new database with our tables, in partitions: by months from March 2026 on."""
    return server().create(f"t{next(_numbers)}", _divided())
