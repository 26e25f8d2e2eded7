"""The store: what came in and what must go out, in one SQLite file.

One process works on it at a time; any number may read beside it, and the desk may write a decision.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from feeds.errors import StoreError
from feeds.store import guard
from feeds.store.db import BUSY_SECONDS, Database, connection_to, file_of, translated
from feeds.store.figures import Figures
from feeds.store.library import Library, Synced
from feeds.store.looks import Looks
from feeds.store.migrate import upgrade
from feeds.store.news import News
from feeds.store.outbox import Outbox
from feeds.store.overview import Overview
from feeds.store.partners import Partners
from feeds.store.searching import Searching
from feeds.store.staff import Staff
from feeds.store.tables import HEAD

__all__ = ["Store", "Synced", "copy_store", "migrate", "open_store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open store. *library* answers the ports `Library` and `Archive`, *overview* the port `Shelf`, *searching* the
    ports `Index` and `Search`, *partners* the port `Ledger`."""

    library: Library
    outbox: Outbox
    overview: Overview
    searching: Searching
    staff: Staff
    partners: Partners
    figures: Figures
    looks: Looks  # what the desk's pages ask besides
    shards: int  # into how many parts the sources are dealt
    close: Callable[[], None]


def open_store(
    url: str, *, shards: int = 1, lock: bool = True, beside: bool = False, busy: float = BUSY_SECONDS
) -> Store:
    """Open the store at *url* (`sqlite:///PATH`), made and migrated where needed.

    Without *lock* it is opened as it is, for reading only, beside whatever works on it; with *beside* short writes
    are allowed there too: what they change tells a poll under way that its view is stale.
    *busy* is how many seconds a writer waits for programs that do not heed the lock, such as a database shell.

    Raises `StoreLocked`, `StoreTooNew`, `StoreDamaged`; `StoreError` where the file cannot be read or written.
    """
    path = file_of(url)
    return _writing(path, shards, busy) if lock else _beside(path, shards, busy, readonly=not beside)


def copy_store(url: str, to: str) -> None:
    """Copy the store at *url*, as it stands at one moment, to *to*, where nothing is. Raises `StoreError`."""
    path, other = file_of(url), file_of(to)
    if not path.exists():
        raise StoreError(f"{path} does not exist yet: `feeds run` makes it")
    with (
        translated(path),
        closing(connection_to(path, readonly=True)) as source,
        closing(sqlite3.connect(other)) as copy,
    ):
        source.backup(copy)


def migrate(url: str) -> str:
    """Bring the store at *url* to this program's schema, and return the revision. Raises as `open_store` does."""
    open_store(url).close()
    return HEAD


def _writing(path: Path, shards: int, busy: float) -> Store:
    guard.prepare(path)
    lock = guard.Lock(path)
    db: Database | None = None
    try:
        revision = guard.inspect(path, whole=True)
        db = Database(path, busy=busy)
        if revision != HEAD:
            upgrade(db, revision)
        with db.read():  # whoever may not write the file learns it here
            pass
    except BaseException:
        if db:
            db.close()
        lock.release()
        raise
    open_db = db

    def close() -> None:
        open_db.close()
        lock.release()

    return _store(open_db, shards, close)


def _beside(path: Path, shards: int, busy: float, *, readonly: bool) -> Store:
    if not path.exists():
        raise StoreError(f"{path} does not exist yet: `feeds run` makes it")
    revision = guard.inspect(path, whole=False)
    if revision != HEAD:
        raise StoreError(f"{path} has the schema {revision or '(none)'}, not {HEAD}: `feeds migrate` brings it up")
    db = Database(path, readonly=readonly, busy=busy)
    return _store(db, shards, db.close)


def _store(db: Database, shards: int, close: Callable[[], None]) -> Store:
    told = News()
    return Store(
        library=Library(db),
        outbox=Outbox(db, told),
        overview=Overview(db, told),
        figures=Figures(db),
        searching=Searching(db),
        partners=Partners(db),
        staff=Staff(db),
        looks=Looks(db),
        shards=shards,
        close=close,
    )
