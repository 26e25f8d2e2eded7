"""One database: connections, transactions, and the one place where dialects differ.

SQLite: write-ahead log, and every writer begins with BEGIN IMMEDIATE, for a transaction that reads first and writes
later fails at once when another wrote in between, whatever the timeout (750 of 900 did, against 0 of 900).
Writers of one process queue at a lock, for SQLite's own waiting is not fair.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Integer,
    Select,
    Table,
    Text,
    create_engine,
    event,
    func,
    literal_column,
    make_url,
    select,
    text,
)
from sqlalchemy import DateTime as AnyDateTime
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

from feeds.errors import StoreDamaged, StoreError, StoreLocked
from feeds.store.codec import clean, text_of

T = TypeVar("T")

CLASHES = (IntegrityError, sqlite3.IntegrityError)
"""A key that must be unique is taken: as SQLAlchemy says it, and as the driver does."""

INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""The dialect switch: both give `on_conflict_do_…` and `returning` alike."""

# The index of stories' words. SQLite's knows every three letters that follow each other, not where: half as large, and
# twice as fast to write (0.2 ms a story, measured on 7,129); what it finds is compared with the text. The second table
# lists what it knows, for words of two letters.
INDEX = {
    "sqlite": (
        "CREATE VIRTUAL TABLE story_index USING fts5(text, content='searched', content_rowid='number', "
        "tokenize='trigram', detail='none')",
        "CREATE VIRTUAL TABLE story_index_terms USING fts5vocab('story_index', 'row')",
    ),
    "postgresql": (),
}

PAD = "  "  # after each indexed text: its last letters begin a three too
TERMS = 1000  # threes of letters that begin with two given ones, and are looked for

Number = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER counts by itself in SQLite

BUSY_SECONDS = 10.0
PARAMETERS = 500  # in one IN list; SQLite allowed 999 in a statement before 3.32
RESTORE = "restore the last backup, or move the file away: the next run builds a new one from the sources"

# SQLite's result codes, https://sqlite.org/rescode.html: the low byte is the kind, the rest tells more.
_DAMAGED = {11: "damaged", 26: "no database"}
_OTHER = {
    8: "cannot be written: check the permissions of the file and its folder",
    10: "cannot be read or written: check the disk",
    13: "cannot grow: the disk is full",
    14: "cannot be opened: check the permissions of the file and its folder",
}


class DateTime(TypeDecorator[datetime]):
    """Aware UTC both ways; SQLite itself would drop the zone. There it is text, as SQLAlchemy writes it, but faster."""

    impl = AnyDateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return _text_of if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _time_of if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@lru_cache(maxsize=1024)  # one time stands in many rows
def _text_of(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _time_of(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


class Words(TypeDecorator[str]):
    """Text from outside, without what databases refuse."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return _clean

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return _clean(value)


def _clean(value: str | None) -> str | None:
    if value is None or (value.isascii() and "\x00" not in value):  # nearly all: it runs for each value of each row
        return value
    return clean(value)


def file_of(url: str) -> Path:
    """Return the database file that *url* names. Raises `StoreError` for a url of another form."""
    path = url.removeprefix("sqlite:///")
    if path not in (url, "", ":memory:"):  # taken as it is: a path may hold any sign, and SQLAlchemy would decode some
        return Path(path)
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is no store: give sqlite:///PATH") from error
    raise StoreError(f"{parsed.render_as_string()!r} is no store that this version knows: give sqlite:///PATH")


class Database:
    """Connections to one SQLite file. *readonly* refuses every write, and waits for nobody."""

    def __init__(self, path: Path, *, readonly: bool = False, busy: float = BUSY_SECONDS) -> None:
        self.path, self.readonly = path, readonly
        self._turn = threading.Lock()
        self._engine = _engine(path, readonly, busy)
        self._writer = self._engine.execution_options(writes=True)

    def insert(self, table: Table) -> sqlite.Insert:
        """Return an INSERT that knows `on_conflict_do_…`; PostgreSQL's has the same methods."""
        made: sqlite.Insert = INSERT[self._engine.dialect.name](table)  # type: ignore[assignment]  # same methods
        return made

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One moment of the database: all reads inside see the same rows."""
        with translated(self.path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end, or nothing of it where anything was raised."""
        if self.readonly:
            raise StoreError(f"{self.path} was opened for reading only")
        with translated(self.path), self._turn, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator["Database"]:
        """One transaction for many writers: what is given reads and writes in it, each write whole or not at all."""
        with self.write() as connection:
            yield _Joined(self, connection)

    def close(self) -> None:
        self._engine.dispose()


class _Joined(Database):
    """A database within one of its transactions. A write is a savepoint: undone alone where it raises."""

    def __init__(self, whole: Database, connection: Connection) -> None:
        self.path, self.readonly = whole.path, whole.readonly
        self._engine, self._connection = whole._engine, connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self._connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self._run("SAVEPOINT part")
        try:
            with translated(self.path):
                yield self._connection
        except BaseException:
            self._run("ROLLBACK TO part")
            raise
        finally:
            self._run("RELEASE part")

    def _run(self, statement: str) -> None:
        """Run a statement by the driver itself: there are two for each source, and SQLAlchemy takes 50 µs each."""
        with translated(self.path):
            self._connection.connection.cursor().execute(statement)

    @contextmanager
    def together(self) -> Iterator[Database]:
        yield self


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite reports of *path* into errors of ours, in plain words; other errors pass."""
    try:
        yield
    except DBAPIError as error:
        raise _ours(path, error.orig) from error
    except sqlite3.Error as error:
        raise _ours(path, error) from error


def _ours(path: Path, error: BaseException | None) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return StoreDamaged(f"{path} is {_DAMAGED[code]} ({error}): {RESTORE}")
    if code in {5, 6}:
        return StoreLocked(f"{path} is held by another program ({error}): end what works on it, then try again")
    return StoreError(f"{path} {_OTHER[code]} ({error})" if code in _OTHER else f"{path}: {error}")


def _engine(path: Path, readonly: bool, busy: float) -> Engine:
    pragmas = ["foreign_keys=ON", "temp_store=MEMORY", "cache_size=-16000"]  # KiB where negative
    # A longer log than the usual 1000 pages: pages of keys, which come in no order, are written to the file less often.
    writing = ["journal_mode=WAL", "synchronous=NORMAL", "wal_autocheckpoint=8000"]
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


def among(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Tell whether *column* is one of *values*, however many: they are one parameter, and the statement stays the same.

    The other place where dialects differ: PostgreSQL will say `= ANY(array)`.
    """
    each = func.json_each(text_of([*values])).table_valued("value")
    return column.in_(select(each.c.value))


def chunks(values: Sequence[T], size: int = PARAMETERS) -> Iterator[Sequence[T]]:
    """Give *values* in pieces that fit one IN list."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def reindex(connection: Connection, number: int, before: str, after: str) -> None:
    """Tell the index of words, where there is one, that row *number* has another text: '' where it has none."""
    if connection.dialect.name != "sqlite":  # an index of PostgreSQL keeps itself
        return
    if before:  # the index has no text of its own: what it is to forget must be said
        forget = "INSERT INTO story_index (story_index, rowid, text) VALUES ('delete', ?, ?)"
        connection.exec_driver_sql(forget, (number, before + PAD))
    if after:
        connection.exec_driver_sql("INSERT INTO story_index (rowid, text) VALUES (?, ?)", (number, after + PAD))


def candidates(connection: Connection, words: Sequence[str]) -> Select[int] | None:
    """Return the numbers of rows that may have all of *words*, the last first; None where the index cannot tell.

    A word of two letters is looked for as all threes that begin so; of one letter there would be too many.
    """
    if connection.dialect.name != "sqlite":
        return None
    asked = []
    for word in words:
        threes = [word[place : place + 3] for place in range(len(word) - 2)]
        if len(word) == 2:
            listed = "SELECT term FROM story_index_terms WHERE term >= ? AND term < ? LIMIT ?"
            rows = connection.exec_driver_sql(listed, (word, word + "\U0010ffff", TERMS + 1))
            begun = [row.term for row in rows]
            if len(begun) <= TERMS:
                asked.append(" OR ".join(map(_quoted, begun or [word + "\x01"])))
        elif threes:
            asked.append(" AND ".join(map(_quoted, dict.fromkeys(threes))))
    if not asked:
        return None
    match = " AND ".join(f"({part})" for part in asked)
    rowid: ColumnElement[int] = literal_column("rowid", Integer)
    found = literal_column("story_index", Text).op("MATCH")(match)
    return select(rowid).select_from(text("story_index")).where(found).order_by(rowid.desc())


def _quoted(word: str) -> str:
    """A string of FTS5's query language, https://sqlite.org/fts5.html#fts5_strings."""
    return '"' + word.replace('"', '""') + '"'
