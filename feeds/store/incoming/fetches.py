"""How sources answered lately: enough for a look at the last days, bounded by age and by number.

Among 10,000 sources that are asked every half hour `MOST` rows are a day's, and some 50 MB.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, bindparam, case, delete, func, or_, select

from feeds.model.source import Answers, FetchLine
from feeds.store.database.db import DateTime, among
from feeds.store.database.prepared import changing, inserting
from feeds.store.rows import AnyRow
from feeds.store.tables import fetches

KEPT = timedelta(days=14)
MOST = 500_000
SPARE = 128  # rows looked at beyond as many as are written

_F = fetches.c
_ADD = inserting(fetches, ("id",))
_OLDEST = (
    select(_F.id)
    .order_by(_F.id)
    .limit(bindparam("b_looked"))
    .with_for_update(skip_locked=True)  # no queue
    .scalar_subquery()
)
_LAST = select(func.max(_F.id)).scalar_subquery()
_TRIM = changing(
    delete(fetches).where(
        _F.id.in_(_OLDEST), or_(_F.at < bindparam("b_old", type_=DateTime), _F.id <= _LAST - bindparam("b_most"))
    )
)
_LATER = "fetches"  # under this, a connection keeps the answers that are to be added at the end of its transaction


@contextmanager
def gathered(connection: Connection) -> Iterator[None]:
    """Add the answers of what is done within at its end, as `add` adds them: one by one costs four times as much."""
    later: list[FetchLine] = []
    connection.info[_LATER] = later
    try:
        yield
    finally:
        del connection.info[_LATER]
    add(connection, later)


def add(connection: Connection, found: Sequence[FetchLine], most: int = MOST) -> None:
    """Remember answers, and forget some of the oldest, within the caller's transaction: the last thing but for marks.

    What is undone alone, as a part of it, must not have come so far.
    """
    if not found:
        return
    if (later := connection.info.get(_LATER)) is not None:
        later.extend(found)
        return
    _ADD.each(connection, [_row(line) for line in found])
    _TRIM.run(connection, b_old=found[-1].at - KEPT, b_most=most, b_looked=SPARE + len(found))


def lately(connection: Connection, source_ids: Collection[str], since: datetime) -> Iterator[FetchLine]:
    """Give the answers of some sources since then, the oldest first."""
    query = select(fetches).where(among(_F.source_id, source_ids), _F.at >= since).order_by(_F.id)
    return map(_line, connection.execute(query))


def added_up(connection: Connection, since: datetime) -> dict[str, Answers]:
    """Return what sources answered since then, by their ids."""
    failed = func.sum(case((_F.outcome.in_(("failed", "gone")), 1), else_=0))
    sums = (func.count(), failed, func.sum(_F.new), func.sum(_F.size), func.sum(_F.ms))
    query = select(_F.source_id, *sums).where(_F.at >= since).group_by(_F.source_id)
    return {
        id: Answers(number=number, failed=int(bad), new=int(new), size=int(size), took=timedelta(milliseconds=int(ms)))
        for id, number, bad, new, size, ms in connection.execute(query)
    }


def latest(connection: Connection, source_id: str, limit: int) -> Iterator[FetchLine]:
    """Give the last answers of a source, the newest first."""
    query = select(fetches).where(_F.source_id == source_id).order_by(_F.at.desc(), _F.id.desc()).limit(limit)
    return map(_line, connection.execute(query))


def _row(line: FetchLine) -> dict[str, Any]:
    return {
        "source_id": line.source_id,
        "at": line.at,
        "outcome": line.outcome,
        "status": line.status,
        "size": line.size,
        "ms": round(line.took.total_seconds() * 1000),
        "new": line.new,
        "problem": line.problem,
    }


def _line(row: AnyRow) -> FetchLine:
    return FetchLine(
        source_id=row.source_id,
        at=row.at,
        outcome=cast("Any", row.outcome),
        status=row.status,
        size=row.size,
        took=timedelta(milliseconds=row.ms),
        new=row.new,
        problem=row.problem,
    )
