"""A database that is one SQLite file.

Write-ahead log, and every writer begins with BEGIN IMMEDIATE, for a transaction that reads first and writes later
fails at once when another wrote in between, whatever the timeout (750 of 900 did, against 0 of 900).
Writers of one process queue at a lock, for SQLite's own waiting is not fair.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from feeds.errors import StoreDamaged, StoreError, StoreLocked
from feeds.store.database.db import BUSY_SECONDS, Database

RESTORE = "restore the last backup, or move the file away: the next run builds a new one from the sources"

# SQLite's result codes, https://sqlite.org/rescode.html: the low byte is the kind, the rest tells more.
_DAMAGED = {11: "damaged", 26: "no database"}
_OTHER = {
    8: "cannot be written: check the permissions of the file and its folder",
    10: "cannot be read or written: check the disk",
    13: "cannot grow: the disk is full",
    14: "cannot be opened: check the permissions of the file and its folder",
}


READER_CACHE, WRITER_CACHE = 16_000, 64_000
"""KiB of pages that a connection keeps at most. Writers of one process take turns with one connection: what it holds is
still right at its next turn. New stories touch pages of hints all over the file: beside a million of them an entry
costs a twentieth less than with 16,000, which such a transaction overflows (`scripts/bench similar`)."""


class SQLite(Database):
    """Connections to one file. *readonly* refuses every write, and waits for nobody."""

    alone = True

    def __init__(self, path: Path, *, readonly: bool = False, busy: float = BUSY_SECONDS) -> None:
        self.path, self.name, self.readonly = path, str(path), readonly
        self._turn = threading.Lock()
        self._engine = _engine(path, readonly, busy)
        self._writer = _engine(path, readonly, busy, WRITER_CACHE).execution_options(writes=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.writable()
        with self.translated(), self._turn, self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        super().close()
        self._writer.dispose()

    def raw(self) -> tuple[type[BaseException], ...]:
        return (sqlite3.Error,)

    def ours(self, error: BaseException | None) -> StoreError:
        return ours(self.path, error)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite reports of *path* into errors of ours, in plain words; other errors pass."""
    try:
        yield
    except sqlite3.Error as error:
        raise ours(path, error) from error


def ours(path: Path, error: BaseException | None) -> StoreError:
    """Return the error of ours for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return StoreDamaged(f"{path} is {_DAMAGED[code]} ({error}): {RESTORE}")
    if code in {5, 6}:
        return StoreLocked(f"{path} is held by another program ({error}): end what works on it, then try again")
    return StoreError(f"{path} {_OTHER[code]} ({error})" if code in _OTHER else f"{path}: {error}")


def _engine(path: Path, readonly: bool, busy: float, cache: int = READER_CACHE) -> Engine:
    pragmas = ["foreign_keys=ON", "temp_store=MEMORY", f"cache_size=-{cache}"]  # KiB where negative
    # A longer log than the usual 1000 pages: pages of keys, which come in no order, are written to the file less often.
    # 64 MB of it: a twentieth off the writing of a first import beside 32.
    writing = ["journal_mode=WAL", "synchronous=NORMAL", "wal_autocheckpoint=16000"]
    pragmas += ["query_only=ON"] if readonly else writing

    def connect() -> sqlite3.Connection:
        found = connection_to(path, readonly=readonly, busy=busy)
        try:
            for pragma in pragmas:
                found.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            found.close()
            raise
        return found

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=-1)
    event.listen(engine, "begin", _begin)
    return engine


def connection_to(path: Path, *, readonly: bool, busy: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open an existing file. A reader that may not even make SQLite's shared memory reads the file as it stands."""
    address = f"file:{quote(str(path))}?mode={'ro' if readonly else 'rw'}"
    if readonly and not _shares(path):
        address += "&immutable=1"
    return sqlite3.connect(address, uri=True, timeout=busy, isolation_level=None, check_same_thread=False)


def _shares(path: Path) -> bool:
    """Tell whether a reader can have the shared memory that the write-ahead log needs: found, or made beside *path*."""
    return os.access(path.parent, os.W_OK) or path.with_name(path.name + "-shm").exists()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
