"""A database on PostgreSQL of many millions of entries, in partitions.

Texts stand apart from their entries, a month in a table (`bodies.py`), and those that were kept long enough go by
dropping one: nothing of them is left to vacuum, and the space is the disk's again. Entries and the keys of stories are
in `PARTS` tables each, by a hash, so that each index stays small and is vacuumed by itself; their rows are deleted as
elsewhere.

`divide` makes a database so while others work on it. Each step is one transaction: what was interrupted goes on where
it ended. `tend` keeps it so, a short step at a time.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, tuple_, update

from feeds.errors import StaleView, StoreLocked
from feeds.model.overview import Partitions
from feeds.store import tables as t
from feeds.store.database.db import Database, hold
from feeds.store.incoming.bodies import MONTHS, month_of, months_of, numbered, numbers_of

AHEAD = 3  # months that have a table before they begin: so long may nothing be tended
BACK = 600  # months that get a table at the most where a database is divided; what is older is in none of its own
PARTS = 16  # a hash each
HASHED = {"story_keys": ("key", ""), "entries": ("source_id", " ORDER BY body")}
"""What is looked up at each poll, by which column, and how its rows lie: what goes at one time, side by side."""
BATCH = 1000  # texts that are moved in one transaction
TRIES = 5  # to lock a table that others write; they wait no longer than that takes
FEW = 10  # a month is over where no more than one of so many texts is still told: those move
BRIEFLY = "2s"  # what a reader that goes on for long may hold up; the next hour tries again

_E = t.entries.c
# The server moves texts by itself: a database of them would go to us and back.
_GIVEN = "unnest(%s::text[], %s::text[], %s::bigint[]) AS given (guid, source_id, number)"
_COPY = f"""
INSERT INTO entry_bodies (number, entry) SELECT given.number,
CASE WHEN entries.body IS NULL THEN entries.entry ELSE (SELECT entry FROM entry_bodies WHERE number = entries.body) END
FROM {_GIVEN} JOIN entries USING (guid, source_id)
"""  # noqa: S608 - words of ours
_TURN = f"""
UPDATE entries SET body = given.number, entry = '' FROM {_GIVEN}
WHERE entries.guid = given.guid AND entries.source_id = given.source_id
"""  # noqa: S608 - words of ours


def divide(db: Database, now: datetime, told: Callable[[str], None]) -> None:
    """Bring a database into partitions, or go on with that; *told* hears of each step.

    Only the last steps, which copy keys but no text, keep others waiting. Raises `StoreError`, `StoreLocked`.
    """
    _begin(db, now)
    told("texts of new entries stand apart, by month")
    after, moved = ("", ""), 0
    while rows := _file(db, after):
        after, moved = rows[-1], moved + len(rows)
        if len(rows) == BATCH and moved % (100 * BATCH) == 0:
            told(f"{moved} texts moved")
    told(f"{moved} texts moved in all")
    for table in HASHED:
        _hash(db, table)
        told(f"{table} is in {PARTS} parts")
    with db.write() as connection:  # last: it says that all is done
        connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS entries_body ON entries (body)")


def tend(db: Database, now: datetime, limit: int) -> int:
    """Make tables for the months to come, and drop one of a month that is over; return 0 when all is done.

    Up to *limit* texts of such a month that are still told move out of it at a time. Where the database is not divided
    there is nothing to do.
    """
    with db.read() as connection:
        if not (months := months_of(connection)):
            return 0
        keep = connection.scalar(select(func.min(t.sources.c.keep))) or 0
    coming = range(month_of(now), month_of(now) + AHEAD + 1)
    if {*coming} - {*months}:
        with db.write() as connection:
            hold(connection, ["partitions"])
            _make(connection, coming)
    try:
        return next(filter(None, (_finish(db, m, limit) for m in months if _may_be_over(m, keep, now))), 0)
    except StoreLocked:  # by a long reader, such as a backup
        return 0


def standing(connection: Connection) -> Partitions | None:
    """Return how a database is divided; None where it is not."""
    if not (months := months_of(connection)):
        return None
    whole = connection.exec_driver_sql("SELECT to_regclass('entries_body') IS NOT NULL").scalar()
    names = tuple(f"{month // 12}-{month % 12 + 1:02}" for month in months)
    return Partitions(months=names, parts=PARTS if whole else 0)


def _begin(db: Database, now: datetime) -> None:
    """From here on texts of entries that are written stand apart."""
    with db.write() as connection:
        hold(connection, ["partitions"])
        if months_of(connection):
            return
        oldest = connection.scalar(select(func.min(_E.first_seen))) or now
        connection.exec_driver_sql("CREATE SEQUENCE entry_bodies_serial")
        connection.exec_driver_sql("ALTER TABLE entry_bodies RENAME TO entry_bodies_kept")
        connection.exec_driver_sql("ALTER INDEX entry_bodies_pkey RENAME TO entry_bodies_kept_pkey")
        connection.exec_driver_sql(
            "CREATE TABLE entry_bodies (LIKE entry_bodies_kept INCLUDING DEFAULTS, PRIMARY KEY (number))"
            " PARTITION BY RANGE (number)"
        )
        _attach(connection, "entry_bodies_kept", 0)
        this = month_of(now)
        _make(connection, range(max(month_of(oldest), this - BACK), this + AHEAD + 1))


def _make(connection: Connection, wanted: Iterable[int]) -> None:
    """Make tables of texts for the months that are *wanted*, without keeping readers of the others waiting."""
    months = months_of(connection)
    for month in sorted({*wanted} - {*months}):
        connection.exec_driver_sql(f"CREATE TABLE {_name(month)} (LIKE entry_bodies INCLUDING ALL)")
        _attach(connection, _name(month), month)
    _note(connection, {*months, *wanted})


def _attach(connection: Connection, name: str, month: int) -> None:
    span = numbers_of(month)
    connection.exec_driver_sql(
        f"ALTER TABLE entry_bodies ATTACH PARTITION {name} FOR VALUES FROM ({span.start}) TO ({span.stop})"
    )


def _note(connection: Connection, months: Iterable[int]) -> None:
    value = " ".join(map(str, sorted(months)))
    mine = t.meta.c.key == MONTHS
    if not connection.execute(update(t.meta).where(mine).values(value=value)).rowcount:
        connection.execute(t.meta.insert().values(key=MONTHS, value=value))


def _name(month: int) -> str:
    return f"entry_bodies_{month // 12:04}_{month % 12 + 1:02}"


def _file(db: Database, after: tuple[str, str]) -> list[tuple[str, str]]:
    """Move the texts of the next entries behind *after*, and return their keys.

    Those that somebody writes at this moment are passed over: they are moved by that, or stay where they are found too.
    """
    query = (
        select(_E.guid, _E.source_id, _E.first_seen)
        .where(_E.body.is_(None), tuple_(_E.guid, _E.source_id) > tuple_(*after))
        .order_by(_E.guid, _E.source_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    with db.write() as connection:
        rows = connection.execute(query).all()
        numbers = numbered(connection, months_of(connection), [row.first_seen for row in rows])
        return _stand(connection, [(row.guid, row.source_id) for row in rows], numbers)


def _stand(connection: Connection, keys: list[tuple[str, str]], numbers: list[int]) -> list[tuple[str, str]]:
    """Let the texts of entries, by guid and source, stand under *numbers*; return *keys*."""
    if keys:
        given = ([guid for guid, _ in keys], [source_id for _, source_id in keys], numbers)
        for statement in (_COPY, _TURN):
            connection.exec_driver_sql(statement, given)
    return keys


def _hash(db: Database, table: str) -> None:
    """Put a table's rows into parts, in one transaction."""
    for left in reversed(range(TRIES)):
        try:
            with db.write() as connection:
                hold(connection, ["partitions"])
                if not _is_divided(connection, table):
                    _copy(connection, table)
        except (StaleView, StoreLocked):  # a writer and we waited for each other, or one took long
            if not left:
                raise
        else:
            return


def _is_divided(connection: Connection, table: str) -> bool:
    query = "SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass(%s)"
    return bool(connection.exec_driver_sql(query, (table,)).scalar())


def _copy(connection: Connection, table: str) -> None:
    """The new table has the indexes and constraints of the old one, by their names, and those of others that lead to
    it: what they are is asked, not said again here."""
    run, (column, order) = connection.exec_driver_sql, HASHED[table]
    keys = run(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE (contype = 'p' AND conrelid = %(t)s::regclass) OR (contype = 'f' AND confrelid = %(t)s::regclass)"
        " ORDER BY contype = 'f'",
        {"t": table},
    ).all()
    indexes = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass AND NOT indisprimary"
    run(f"LOCK TABLE {', '.join(sorted({name for name, *_ in keys}, reverse=True))} IN ACCESS EXCLUSIVE MODE")
    statements = run(f"{indexes} ORDER BY 1", (table,)).scalars().all()
    for name, key, _ in reversed(keys):
        run(f"ALTER TABLE {name} DROP CONSTRAINT {key}")
    run(f"CREATE TABLE {table}_divided (LIKE {table} INCLUDING DEFAULTS) PARTITION BY HASH ({column})")
    for n in range(PARTS):
        part = f"CREATE TABLE {table}_part_{n:02} PARTITION OF {table}_divided FOR VALUES WITH"
        run(f"{part} (MODULUS {PARTS}, REMAINDER {n})")
    run(f"INSERT INTO {table}_divided SELECT * FROM {table}{order}")  # noqa: S608 - names of ours
    run(f"DROP TABLE {table}")
    run(f"ALTER TABLE {table}_divided RENAME TO {table}")
    for name, key, said in keys:
        run(f"ALTER TABLE {name} ADD CONSTRAINT {key} {said}")
    for statement in statements:
        run(statement)
    run(f"ANALYZE {table}")


def _may_be_over(month: int, keep: int, now: datetime) -> bool:
    """Tell whether any entry of *month* was kept for *keep* seconds, the shortest time that a source asks for."""
    following = month + 1
    end = datetime(following // 12, following % 12 + 1, 1, tzinfo=UTC)
    return (now - end).total_seconds() > keep  # for ever is more than a duration holds


def _finish(db: Database, month: int, limit: int) -> int:
    """Drop the table of *month* where no entry tells of its texts, or move the few that still do; 0: it is not time."""
    span = numbers_of(month)
    told = and_(_E.body >= span.start, _E.body < span.stop)
    with db.read() as connection:
        if not (found := standing(connection)) or not found.parts:  # without an index this would read all entries
            return 0
        size = "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)"
        texts = connection.exec_driver_sql(size, (_name(month),)).scalar() or 0
        most = max(texts // FEW, limit)
        some = select(_E.body).where(told).limit(most + 1).subquery()
        left = connection.scalar(select(func.count()).select_from(some)) or 0
    if left > most:
        return 0
    return _move(db, told, limit) if left else _drop(db, month, told)


def _move(db: Database, told: ColumnElement[bool], limit: int) -> int:
    """Give texts that outlive their month a number in month 0; return how many."""
    query = select(_E.guid, _E.source_id, _E.first_seen).where(told).limit(limit).with_for_update(skip_locked=True)
    with db.write() as connection:
        rows = connection.execute(query).all()
        numbers = numbered(connection, (), [row.first_seen for row in rows])
        return len(_stand(connection, [(row.guid, row.source_id) for row in rows], numbers))


def _drop(db: Database, month: int, told: ColumnElement[bool]) -> int:
    """Drop the table of *month*, unless an entry tells of its texts after all; return 1 where it went."""
    with db.write() as connection:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BRIEFLY}'")
        hold(connection, ["partitions"])  # nobody notes other months meanwhile
        connection.exec_driver_sql("LOCK TABLE entry_bodies IN ACCESS EXCLUSIVE MODE")  # and its parts: nobody adds any
        if connection.scalar(select(_E.body).where(told).limit(1)) is not None:
            return 0
        connection.exec_driver_sql(f"DROP TABLE {_name(month)}")
        _note(connection, {*months_of(connection)} - {month})
    return 1
