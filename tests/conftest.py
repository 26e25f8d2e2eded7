"""What all tests share: a command that sets up logging does so for its own test alone, and new stores cost little."""

import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from feeds.store.database import guard
from feeds.store.database.db import Database
from feeds.store.database.sqlite import SQLite
from feeds.store.migrate import upgrade
from tests import ways

settings.register_profile("feeds", deadline=None)  # no test is judged by the clock: a busy machine is no fault
settings.load_profile("feeds")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that wait for programs of their own begin first: in the end nobody waits for them."""
    items.sort(key=lambda item: "end_to_end" not in item.path.parts)


@cache
def _migrated() -> bytes:
    """A file with our tables and nothing else, as the migrations make it."""
    with TemporaryDirectory(prefix="feeds-test-") as folder:
        file = Path(folder) / "made.db"
        guard.prepare(file)
        upgrade(db := SQLite(file))
        db.close()
        return file.read_bytes()


def _made_from_template(db: Database) -> None:
    """Bring a store up; one that is new is a copy: to migrate it takes 100 ms of CPU, and tests make thousands."""
    if isinstance(db, SQLite) and not db.path.stat().st_size:
        db.path.write_bytes(_migrated())
    else:
        upgrade(db)


@pytest.fixture(autouse=True, scope="session")
def _cheap_stores() -> Iterator[None]:
    """`tests/store/test_migrations.py` and every test that starts a process of its own run the migrations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feeds.store.upgrade", _made_from_template)
        yield


_LEVEL = logging.getLogger().level


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    """Undo what a command set up, in a test or in a fixture of its module, before and after each test."""
    root = logging.getLogger()
    _undo(root)
    handlers = root.handlers[:]
    yield
    root.handlers[:] = handlers
    _undo(root)


def _undo(root: logging.Logger) -> None:
    root.setLevel(_LEVEL)
    root.handlers[:] = [handler for handler in root.handlers if type(handler) is not logging.StreamHandler]


@pytest.fixture(scope="module", params=ways.WAYS)
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each way to the wire in turn; `ways.Client` is the client of that way meanwhile."""
    ways.chosen[0] = request.param
    yield request.param
    ways.chosen[0] = "requests"
