"""One database: connections, transactions, and the one place where dialects differ.

`Database` is the face that statements see; `sqlite.py` and `postgres.py` answer for it. What differs beyond
connections stands here: which INSERT is used, how a list is one parameter, what a clash is, and who waits for whom.
"""

import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from types import ModuleType
from typing import Any, TypeVar
from zlib import crc32

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Integer,
    Table,
    Text,
    bindparam,
)
from sqlalchemy import DateTime as AnyDateTime
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from feeds.errors import StoreError
from feeds.model.buckets import ALL
from feeds.store.database.codec import clean, text_of

T = TypeVar("T")

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

Number = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER counts by itself in SQLite

BUSY_SECONDS = 10.0
PARAMETERS = 500  # in one IN list; SQLite allowed 999 in a statement before 3.32

LOCKS = 0x66656564  # the first half of all our advisory locks in PostgreSQL: "feed"
BUCKETS = 64  # channels share so many locks, for PostgreSQL keeps all of them in one small table
SINGLE = {"sources": 0, "hints": 1, "leases": 2, "partitions": 3, "published": 500}
"""Names with a lock of their own; those of channels come between. Who takes several takes them in this order."""


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


class Listed(TypeDecorator[Any]):
    """A list as one parameter, however long, so that the statement stays the same: JSON text, or an array of *item*."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        self.item = item
        super().__init__()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else postgresql.ARRAY(self.item)
        return dialect.type_descriptor(kind)

    def bind_processor(self, dialect: Dialect) -> Any:
        return text_of if dialect.name == "sqlite" else _array

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return text_of(value) if dialect.name == "sqlite" else _array(value)


def _array(values: Iterable[Any]) -> list[Any]:
    return [_clean(value) if isinstance(value, str) else value for value in values]


class OneOf(FunctionElement[bool]):
    """Whether a column is in a list that is one parameter."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Stand as a condition by itself: `… = 1`, as SQLAlchemy would say in SQLite, keeps its index from serving."""
        return self


@compiles(OneOf, "sqlite")
def _one_of_sqlite(element: OneOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - what SQLAlchemy compiled


@compiles(OneOf, "postgresql")
def _one_of_postgresql(element: OneOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY ({values})"


def one_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Tell whether *column* is in the list that the parameter *name* gives, however long it is."""
    return OneOf(column, bindparam(name, type_=_list_of(column)))


def among(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Tell whether *column* is one of *values*, however many: they are one parameter, as in `one_of`."""
    return OneOf(column, bindparam(None, [*values], type_=_list_of(column)))


def within(bucket: ColumnElement[int], part: range) -> tuple[ColumnElement[bool], ...]:
    """Tell whether *bucket* is in a shard; of all buckets there is nothing to ask."""
    return () if part == ALL else (bucket >= part.start, bucket < part.stop)


def _list_of(column: ColumnElement[Any]) -> Listed:
    return Listed(BigInteger() if isinstance(column.type, Integer) else Text())


def clashes() -> tuple[type[BaseException], ...]:
    """Return what says that another writer was faster: a key that must be unique is taken, or each waits for the other.

    As SQLAlchemy says it, and as the drivers do.
    """
    found: tuple[type[BaseException], ...] = (IntegrityError, sqlite3.IntegrityError)
    if psycopg := driver():
        errors = psycopg.errors
        found += (psycopg.IntegrityError, errors.DeadlockDetected, errors.SerializationFailure)
    return found


def driver() -> ModuleType | None:
    """Return PostgreSQL's driver where it is in use."""
    return sys.modules.get("psycopg")


def hold(connection: Connection, names: Iterable[str]) -> None:
    """Let no other transaction hold any of *names* until this one ends. In SQLite it is alone anyway."""
    if connection.dialect.name != "postgresql":
        return
    for number in sorted({_number_of(name) for name in names}):
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", (LOCKS, number))


def _number_of(name: str) -> int:
    return SINGLE[name] if name in SINGLE else 10 + crc32(name.encode("utf-8", "surrogatepass")) % BUCKETS


class Database:
    """One database, whose statements are the same whatever it is.

    *name* tells which in messages, without a password; *alone* that nobody else writes beside a transaction of ours.
    """

    name: str
    alone: bool
    readonly: bool
    _engine: Engine

    def insert(self, table: Table) -> sqlite.Insert:
        """Return an INSERT that knows `on_conflict_do_…`; PostgreSQL's has the same methods."""
        made: sqlite.Insert = INSERT[self._engine.dialect.name](table)  # type: ignore[assignment]  # same methods
        return made

    def read(self) -> AbstractContextManager[Connection]:
        """One moment of the database: all reads inside see the same rows."""
        raise NotImplementedError

    def write(self) -> AbstractContextManager[Connection]:
        """One transaction: committed at the end, or nothing of it where anything was raised."""
        raise NotImplementedError

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A connection for one SELECT of `prepared.py`: it sees one moment by itself, for a third of what `read` costs.

        Measured on SQLite: 38 µs with the statement, 103 µs within a transaction that SQLAlchemy begins and ends.
        """
        with self.translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator["Joined"]:
        """One transaction for many writers: what is given reads and writes in it, each write whole or not at all."""
        with self.write() as connection:
            yield Joined(self, connection)

    @contextmanager
    def ahead(self, connection: Connection) -> Iterator[Connection]:
        """Write at once what does no harm without the rest of a transaction, and what all others would queue for.

        Where nobody else writes, within the transaction of *connection*.
        """
        if self.alone:
            yield connection
            return
        with self.write() as own:
            yield own

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what the database reports into errors of ours, in plain words; other errors pass."""
        try:
            yield
        except DBAPIError as error:
            raise self.ours(error.orig) from error
        except self.raw() as error:
            raise self.ours(error) from error

    def raw(self) -> tuple[type[BaseException], ...]:
        """Return the driver's errors."""
        raise NotImplementedError

    def ours(self, error: BaseException | None) -> StoreError:
        """Return the error of ours for one of the driver's."""
        raise NotImplementedError

    def writable(self) -> None:
        if self.readonly:
            raise StoreError(f"{self.name} was opened for reading only")

    def close(self) -> None:
        self._engine.dispose()


class Joined(Database):
    """A database within one of its transactions. A write is a savepoint: undone alone where it raises."""

    def __init__(self, whole: Database, connection: Connection) -> None:
        self.name, self.alone, self.readonly = whole.name, whole.alone, whole.readonly
        self._engine, self._whole, self.connection = whole._engine, whole, connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self.connection

    glance = read

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self._run("SAVEPOINT part")
        try:
            with self.translated():
                yield self.connection
        except BaseException:
            self._run("ROLLBACK TO part")
            raise
        finally:
            self._run("RELEASE part")

    def _run(self, statement: str) -> None:
        """Run a statement by the driver itself: there are two for each source, and SQLAlchemy takes 50 µs each."""
        with self.translated():
            self.connection.connection.cursor().execute(statement)

    @contextmanager
    def together(self) -> Iterator["Joined"]:
        yield self

    @contextmanager
    def ahead(self, connection: Connection) -> Iterator[Connection]:
        with self._whole.ahead(connection) as own:
            yield own

    def raw(self) -> tuple[type[BaseException], ...]:
        return self._whole.raw()

    def ours(self, error: BaseException | None) -> StoreError:
        return self._whole.ours(error)


def chunks(values: Sequence[T], size: int = PARAMETERS) -> Iterator[Sequence[T]]:
    """Give *values* in pieces that fit one IN list."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
