"""Where the text of an entry stands: in its row of `entries`, or apart from it, by the month it was first seen in.

Apart only in a database of PostgreSQL that `feeds migrate --partition` divided (`partitions.py`): there a month's texts
are one table, which goes whole when they are over. Elsewhere the row is the best place, and nothing is asked besides.
A reader need not know: `TEXT` finds it in either.

A text's number begins with its month, for ranges of numbers are what a table is divided by; month 0 is for what
outlives its own.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    bindparam,
    case,
    delete,
    false,
    func,
    literal,
    null,
    select,
    update,
)

from feeds.store import tables as t
from feeds.store.database.db import Number
from feeds.store.database.prepared import listed, one_of, selecting, upserting

SERIAL_BITS = 40  # a trillion texts; the month before it takes 15 bits for the next 700 years
MONTHS = "body_months"  # under this `meta` names the months that have a table, with blanks between; none: not divided

entry_bodies = Table(
    "entry_bodies",
    t.metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("entry", Text, nullable=False),
)

_E, _B = t.entries.c, entry_bodies.c
_APART = select(_B.entry).where(_B.number == _E.body).scalar_subquery()
TEXT: ColumnElement[str] = case((_E.body.is_(None), _E.entry), else_=_APART).label("entry")
"""The text of an entry, in any query of `entries`."""

WHOLE = {
    t.entries: select(*({"entry": TEXT, "body": null().label("body")}.get(c.name, c) for c in t.entries.c)),
    entry_bodies: select(entry_bodies).where(false()),
    t.meta: select(t.meta).where(t.meta.c.key != MONTHS),
}
"""What tables hold, read as if the database were not divided."""

_MONTHS = selecting(select(t.meta.c.value).where(t.meta.c.key == MONTHS))
_NUMBERS = selecting(  # locked: `partitions.py` gives no text another number meanwhile
    select(_E.guid, _E.source_id, _E.body)
    .where(_E.source_id == bindparam("source"), one_of(_E.guid, "guids"))
    .with_for_update()
)
_SERIALS = selecting(
    select(func.nextval("entry_bodies_serial", type_=BigInteger).label("serial")).select_from(
        func.generate_series(1, bindparam("most", type_=BigInteger))
    )
)
_PUT = upserting(entry_bodies)


def month_of(at: datetime) -> int:
    """Return the number of the month that *at*, in UTC, lies in, counted from the year 0."""
    return at.year * 12 + at.month - 1


def numbers_of(month: int) -> range:
    """Return the numbers that texts of *month* have."""
    return range(month << SERIAL_BITS, (month + 1) << SERIAL_BITS)


def months_of(connection: Connection) -> tuple[int, ...]:
    """Return the months that have a table of texts: none where texts are not kept apart."""
    if connection.dialect.name != "postgresql":
        return ()
    return tuple(int(month) for row in _MONTHS.plain(connection) for month in row[0].split())


def filed(connection: Connection, rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Return whole *rows* of `entries` as they are to be written; texts that stand apart are written with that."""
    months = months_of(connection) if rows else ()
    if not months:
        return rows
    known = {
        (row.guid, row.source_id): row.body
        for source_id in sorted({row["source_id"] for row in rows})
        for row in _NUMBERS.rows(
            connection,
            source=source_id,
            guids=listed(sorted(row["guid"] for row in rows if row["source_id"] == source_id)),
        )
    }
    new = [row for row in rows if known.get((row["guid"], row["source_id"])) is None]
    known.update(
        ((row["guid"], row["source_id"]), number)
        for row, number in zip(new, numbered(connection, months, [row["first_seen"] for row in new]), strict=True)
    )
    made = [{**row, "body": known[row["guid"], row["source_id"]]} for row in rows]
    _PUT.each(connection, [{"number": row["body"], "entry": row["entry"]} for row in made])
    return [{**row, "entry": ""} for row in made]


def numbered(connection: Connection, months: Collection[int], seen: Sequence[datetime]) -> list[int]:
    """Return a new number for each text by when its entry was first *seen*: in month 0 unless it is one of *months*."""
    if not seen:
        return []
    serials = _SERIALS.plain(connection, most=len(seen))
    told = [month_of(at) for at in seen]
    return [numbers_of(m if m in months else 0)[serial] for m, (serial,) in zip(told, serials, strict=True)]


def amend(connection: Connection, mine: ColumnElement[bool], text: str, values: Mapping[str, object]) -> int:
    """Write the *text* of the entry that *mine* tells, and *values* of its row; return 1, or 0 where there is none."""
    number = select(_E.body).where(mine).scalar_subquery()
    connection.execute(update(entry_bodies).where(_B.number == number).values(entry=text))
    here = case((_E.body.is_(None), literal(text, Text)), else_="")
    return connection.execute(update(t.entries).where(mine).values(entry=here, **values)).rowcount


def forget(connection: Connection, numbers: Iterable[int | None]) -> None:
    """Delete texts that entries tell no more: those of month 0, for others go with their month."""
    if kept := [number for number in numbers if number is not None and number in numbers_of(0)]:
        connection.execute(delete(entry_bodies).where(_B.number.in_(kept)))
