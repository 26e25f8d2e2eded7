"""The store: what came in and what must go out, in one SQLite file or one database of a PostgreSQL server.

On a file one process works at a time; any number may read beside it, and the desk may write a decision.
On a server one process works, or many that share the work.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeds.errors import StoreError, StoreTooNew
from feeds.store.database import guard
from feeds.store.database.db import BUSY_SECONDS, Database
from feeds.store.database.partitions import divide
from feeds.store.database.places import file_of, is_server, without_password
from feeds.store.database.sqlite import SQLite
from feeds.store.desk.figures import Figures
from feeds.store.desk.looks import Looks
from feeds.store.desk.overview import Overview
from feeds.store.desk.staff import Staff
from feeds.store.desk.tokens import Tokens
from feeds.store.incoming.catalogue import Catalogue
from feeds.store.incoming.defining import Synced
from feeds.store.incoming.library import Library
from feeds.store.incoming.searching import Searching
from feeds.store.migrate import back_up, upgrade
from feeds.store.outgoing.news import News
from feeds.store.outgoing.onward import Onward
from feeds.store.outgoing.outbox import Outbox
from feeds.store.outgoing.pictures import Pictures
from feeds.store.partners.partners import Partners
from feeds.store.tables import HEAD
from feeds.store.turns import Turns

__all__ = ["Store", "Synced", "copy_store", "is_server", "migrate", "open_store", "partition", "without_password"]

logger = logging.getLogger(__name__)

AGAIN = 0.5  # seconds between two looks at a schema that another process is to bring up


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open store. *library* answers the ports `Library` and `Archive`, *overview* the port `Shelf`, *searching* the
    ports `Index` and `Search`, *onward* the port of that name, *partners* the port `Ledger`."""

    library: Library
    outbox: Outbox
    overview: Overview
    searching: Searching
    onward: Onward
    staff: Staff
    partners: Partners
    figures: Figures
    looks: Looks  # what the desk's pages ask besides
    catalogue: Catalogue
    tokens: Tokens
    pictures: Pictures
    turns: Turns
    shards: int  # into how many parts the sources are dealt
    close: Callable[[], None]


def open_store(
    url: str,
    *,
    shards: int = 1,
    lock: bool = True,
    beside: bool = False,
    many: bool = False,
    patience: float = 0.0,
    busy: float = BUSY_SECONDS,
) -> Store:
    """Open the store at *url* (`sqlite:///PATH` or `postgresql://…`), made and migrated where needed.

    Without *lock* it is opened as it is, for reading only, beside whatever works on it; with *beside* short writes
    are allowed there too: what they change tells a poll under way that its view is stale.
    With *many* it is opened as it is, to work on it with others; only a server lets them.
    Where it is opened as it is, *patience* is how many seconds to wait for another process to bring up its schema.
    *busy* is how many seconds a writer waits for others that do not heed the lock, such as a database shell.

    Raises `StoreLocked`, `StoreTooNew`, `StoreDamaged`; `StoreError` where it cannot be read or written.
    """
    if is_server(url):
        return _on_server(url, shards, busy, lock=lock, beside=beside, many=many, patience=patience)
    if many:
        raise StoreError(f"{url} is one file, on which one process works: many need a store at postgresql://…")
    path = file_of(url)
    return _writing(path, shards, busy) if lock else _beside(path, shards, busy, readonly=not beside)


def copy_store(url: str, to: str) -> None:
    """Copy the store at *url*, as it stands at one moment, to *to*, where nothing is. Raises `StoreError`."""
    if is_server(url):
        from feeds.store.database.moving import move  # noqa: PLC0415 - with PostgreSQL's driver, which not everyone has

        move(url, to)
        return
    path = file_of(url)
    if not path.exists():
        raise StoreError(f"{path} does not exist yet: `feeds run` makes it")
    guard.copy(path, file_of(to))


def migrate(url: str) -> str:
    """Bring the store at *url* to this program's schema, and return the revision. Raises as `open_store` does.

    On a server that may happen while others work: they go on, and newer ones wait for it.
    """
    if is_server(url):
        from feeds.store.database import server  # noqa: PLC0415 - with PostgreSQL's driver, which not everyone has

        db = server.connected(url)
        try:
            server.prepare(db)
        finally:
            db.close()
    else:
        open_store(url).close()
    return HEAD


def partition(url: str, now: datetime, told: Callable[[str], None]) -> None:
    """Divide the store at *url*, on a server, into partitions, or go on with it; *told* hears of each step.

    Others may work on it meanwhile, if they are of this version. Raises as `open_store` does.
    """
    if not is_server(url):
        raise StoreError(f"{url} is one file: only a store at postgresql://… has partitions")
    from feeds.store.database import server  # noqa: PLC0415 - with PostgreSQL's driver, which not everyone has

    migrate(url)
    db = server.connected(url)
    try:
        divide(db, now, told)
    finally:
        db.close()


def _writing(path: Path, shards: int, busy: float) -> Store:
    guard.prepare(path)
    lock = guard.Lock(path)
    db: SQLite | None = None
    try:
        revision = guard.inspect(path, whole=True)
        db = SQLite(path, busy=busy)
        if revision != HEAD:
            if revision:
                back_up(path, revision)
            upgrade(db)
        with db.read():  # whoever may not write the file learns it here
            pass
    except BaseException:
        if db:
            db.close()
        lock.release()
        raise
    return _store(db, shards, lock.release)


def _beside(path: Path, shards: int, busy: float, *, readonly: bool) -> Store:
    if not path.exists():
        raise StoreError(f"{path} does not exist yet: `feeds run` makes it")
    revision = guard.inspect(path, whole=False)
    if revision != HEAD:
        raise StoreError(f"{path} has the schema {revision or '(none)'}, not {HEAD}: `feeds migrate` brings it up")
    return _store(SQLite(path, readonly=readonly, busy=busy), shards)


def _on_server(url: str, shards: int, busy: float, *, lock: bool, beside: bool, many: bool, patience: float) -> Store:
    from feeds.store.database import server  # noqa: PLC0415 - with PostgreSQL's driver, which not everyone has

    db = server.connected(url, readonly=not (lock or beside or many), busy=busy)
    try:
        if lock and not many:
            held = server.Lock(db, shared=False)
            try:
                server.prepare(db)
            except BaseException:
                held.release()
                raise
            return _store(db, shards, held.release)
        _wait_for_schema(db.name, lambda: server.inspect(db), patience)
        return _store(db, shards, server.Lock(db, shared=True).release if many else _nothing)
    except BaseException:
        db.close()
        raise


def _wait_for_schema(name: str, inspect: Callable[[], str], patience: float) -> None:
    """Wait until another process brought the schema up, and say so. Raises `StoreError`, `StoreTooNew`."""
    until, told = time.monotonic() + patience, False
    while (revision := inspect()) != HEAD:
        if revision > HEAD:
            raise StoreTooNew(guard.too_new(name, revision))
        found = f"{name} has the schema {revision or '(none)'}, not {HEAD}"
        if time.monotonic() >= until:
            raise StoreError(f"{found}: `feeds migrate` brings it up")
        if not told:
            logger.warning("%s: waiting for `feeds migrate`, at most %.0f seconds", found, patience)
            told = True
        time.sleep(AGAIN)


def _nothing() -> None:
    """There is no lock to give back."""


def _store(db: Database, shards: int, release: Callable[[], None] = _nothing) -> Store:
    def close() -> None:
        db.close()
        release()

    told = News()
    return Store(
        library=Library(db),
        outbox=Outbox(db, told),
        overview=Overview(db, told),
        figures=Figures(db),
        catalogue=Catalogue(db),
        tokens=Tokens(db),
        pictures=Pictures(db),
        searching=Searching(db),
        onward=Onward(db),
        partners=Partners(db),
        staff=Staff(db),
        looks=Looks(db),
        turns=Turns(db),
        shards=shards,
        close=close,
    )
