"""Everything of one store brought into another, proven row by row: `feeds migrate --from … --to …`.

All or nothing: the target is filled in one transaction, read back in it, and compared, table by table, by the number of
rows and by a digest of their values. A digest is the sum of the rows' SHA-256, so that no order matters.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Integer, Table, func, select, text

from feeds.errors import StoreError
from feeds.store.database import guard
from feeds.store.database.db import Database
from feeds.store.database.places import file_of, is_server
from feeds.store.database.sqlite import SQLite
from feeds.store.incoming.bodies import WHOLE
from feeds.store.incoming.threes import reindex
from feeds.store.migrate import run
from feeds.store.tables import HEAD, metadata, searched

BATCH = 1000  # rows at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One table: how many rows, and the digest that both sides have."""

    table: str
    rows: int
    digest: str


def move(source: str, target: str, *, alone: bool = False) -> tuple[Moved, ...]:
    """Copy all that is at *source*, as it stands at one moment, to *target*, where nothing is yet.

    *alone* refuses a source on which a process works. Raises `StoreError`, `StoreLocked`; nothing is at *target* then.
    """
    with _from(source, alone) as here, here.read() as reading, _into(target) as there, there.write() as writing:
        if writing.dialect.name == "postgresql":
            from feeds.store.database.postgres import bytewise, in_turn  # noqa: PLC0415 - with its driver

            in_turn(writing)
            run(writing)
            bytewise(writing)
        else:
            run(writing)
        _refuse_full(writing, there.name)
        return tuple(_table(reading, writing, table) for table in metadata.sorted_tables)


@contextmanager
def _from(url: str, alone: bool) -> Iterator[Database]:
    if is_server(url):
        from feeds.store.database import server  # noqa: PLC0415 - with its driver

        db = server.connected(url, readonly=True)
        try:
            _same_schema(db.name, server.inspect(db))
            held = server.Lock(db, shared=False) if alone else None
            yield db
            if held:
                held.release()
        finally:
            db.close()
        return
    path = file_of(url)
    if not path.exists():
        raise StoreError(f"{path} does not exist: name the store that is to be moved")
    lock = guard.Lock(path) if alone else None
    try:
        _same_schema(str(path), guard.inspect(path, whole=alone))
        file = SQLite(path, readonly=True)
        try:
            yield file
        finally:
            file.close()
    finally:
        if lock:
            lock.release()


def _same_schema(name: str, revision: str) -> None:
    if revision != HEAD:
        raise StoreError(
            f"{name} has the schema {revision or '(none)'}, not {HEAD}: `feeds migrate` brings it up first"
        )


@contextmanager
def _into(url: str) -> Iterator[Database]:
    db: Database
    if is_server(url):
        from feeds.store.database import server  # noqa: PLC0415 - with its driver

        found = server.connected(url)
        server.inspect(found)
        db = found
    else:
        path = file_of(url)
        guard.prepare(path)
        guard.inspect(path, whole=False)
        db = SQLite(path)
    try:
        yield db
    finally:
        db.close()


def _refuse_full(writing: Connection, name: str) -> None:
    for table in metadata.sorted_tables:
        if writing.scalar(select(func.count()).select_from(select(table).limit(1).subquery())):
            raise StoreError(f"{name} holds a store already: give a place where nothing is")


def _table(reading: Connection, writing: Connection, table: Table) -> Moved:
    count, digest = 0, 0
    for rows in _rows(reading, table):
        writing.execute(table.insert(), [dict(row._mapping) for row in rows])
        count, digest = count + len(rows), _added(digest, rows)
        if table is searched:
            for row in rows:
                reindex(writing, row.number, "", row.text)
    _count_on(writing, table)
    there, found = 0, 0
    for rows in _rows(writing, table):
        there, found = there + len(rows), _added(found, rows)
    if (there, found) != (count, digest):
        raise StoreError(f"table {table.name} did not arrive as it left: {count} rows left, {there} arrived")
    return Moved(table=table.name, rows=count, digest=f"{digest:064x}"[:16])


def _rows(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    query = WHOLE.get(table, select(table))
    found = connection.execute(query.execution_options(stream_results=True))
    yield from found.partitions(BATCH)


def _added(digest: int, rows: Sequence[Any]) -> int:
    for row in rows:
        digest += int.from_bytes(sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest(), "big")
    return digest % (1 << 256)


def _count_on(writing: Connection, table: Table) -> None:
    """Let a column that counts by itself go on after what was brought; SQLite looks for itself."""
    key = [*table.primary_key]
    if writing.dialect.name != "postgresql" or len(key) != 1 or not isinstance(key[0].type, Integer):
        return
    last = writing.scalar(select(func.max(key[0])))
    if last is not None:
        said = text("SELECT setval(pg_get_serial_sequence(:table, :key), :last)")
        writing.execute(said, {"table": table.name, "key": key[0].name, "last": last})
