"""Stories found by what they say: hints, habits, and how long they are kept.

A hint costs some 16 bytes in SQLite, a story 11 of them and a row of its own: less than 256 bytes in all
(`scripts/bench similar` measures it).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select

from feeds.errors import StaleView
from feeds.model.changes import Changes, Hinted
from feeds.store import tables as t
from feeds.store.database.db import hold
from feeds.store.database.prepared import inserting, listed, one_of, selecting, upserting

WEEK = timedelta(days=7)
KEPT = 9  # weeks: somewhat longer than `dedupe.near.within` may be
PIECE = 50_000  # hints forgotten at a time: a fraction of a second, in which nobody else writes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BITS, _HASH = 32, (1 << 32) - 1

# Asked as a list: joined with it, SQLite reads a whole week and the list anew for each of its rows (measured: 230 ms
# among 3,000 hints, 2 ms so).
_POSTED = selecting(
    select(t.hints.c.key, t.hints.c.number)
    .where(one_of(t.hints.c.key, "keys"))
    .order_by(t.hints.c.key, t.hints.c.number)
)
_SINCE = selecting(
    select(t.hints.c.key, t.hinted.c.story_id)
    .join(t.hinted, t.hinted.c.number == t.hints.c.number)
    .where(one_of(t.hints.c.key, "keys"), t.hints.c.number > bindparam("after"))
)
_LAST = selecting(select(func.max(t.hinted.c.number).label("number")))
_TOLD = selecting(select(t.hinted.c.number, t.hinted.c.story_id).where(one_of(t.hinted.c.number, "numbers")))
_HABITS = selecting(select(t.habits).where(one_of(t.habits.c.source_id, "ids")))
_POST, _TELL, _SAY = inserting(t.hints), inserting(t.hinted), upserting(t.habits)


def week_of(at: datetime) -> int:
    return (at - _EPOCH) // WEEK


def _key(week: int, hint: int) -> int:
    return week << _BITS | hint


def last(connection: Connection) -> int:
    """Return the number of the story that was told last, 0 for none. Numbers rise in the order of commits."""
    return _LAST.plain(connection)[0][0] or 0


def posted(
    connection: Connection, hints: Collection[int], since: datetime, now: datetime
) -> dict[int, tuple[int, ...]]:
    """Return the numbers of stories by hint, the oldest first; weeks are taken whole."""
    found: dict[int, list[int]] = {}
    asked = sorted(hints)
    keys = [week << _BITS | hint for week in range(week_of(since), week_of(now) + 1) for hint in asked]
    for key, number in _POSTED.plain(connection, keys=listed(keys)):
        found.setdefault(key & _HASH, []).append(number)
    return {hint: tuple(numbers) for hint, numbers in found.items()}


def told(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """Return the ids of stories by their *numbers*."""
    return dict(_TOLD.plain(connection, numbers=listed(sorted(numbers)))) if numbers else {}


def habits(connection: Connection, source_ids: Collection[str]) -> Mapping[str, bytes]:
    return {row.source_id: row.counts for row in _HABITS.rows(connection, ids=listed(sorted(source_ids)))}


def write(connection: Connection, changes: Changes, now: datetime) -> None:
    """Write what a poll found to say of its stories and of its source. Raises `StaleView`."""
    if changes.hinted:
        hold(connection, ["hints"])  # nobody else begins a story meanwhile
        _check(connection, changes, now)
    post(connection, changes.hinted, now)
    if changes.habits:
        _SAY.each(connection, [{"source_id": changes.state.source_id, "counts": changes.habits}])


def _check(connection: Connection, changes: Changes, now: datetime) -> None:
    """Refuse stories that begin beside others of which their poll did not know: two workers may tell one at once.

    A key would be refused by its table; what is told in other words shares no key. Nothing is looked for where no story
    was told since the poll looked, as is usual; numbers begin anew where all were forgotten.
    """
    asked = {hint for one in changes.hinted for hint in one.asked}
    now_last = last(connection) if asked else changes.told_to
    if now_last == changes.told_to:
        return
    after = changes.told_to if now_last > changes.told_to else 0
    keys, mine = [_key(week_of(now), hint) for hint in sorted(asked)], {one.story_id for one in changes.hinted}
    if strange := {id for _, id in _SINCE.plain(connection, keys=listed(keys), after=after)} - mine:
        raise StaleView(f"story {min(strange)}, which may be the same, was told meanwhile")


def post(connection: Connection, found: Sequence[Hinted], now: datetime) -> None:
    """Note under which hashes stories that were first seen *now* are found."""
    if not found:
        return
    hold(connection, ["hints"])  # nobody else takes the next number
    week = week_of(now)
    numbered = list(enumerate(found, last(connection) + 1))
    _TELL.each_plain(connection, [(n, week, one.story_id) for n, one in numbered])
    first = _key(week, 0)
    _POST.each_plain(connection, [(first | hint, n) for n, one in numbered for hint in dict.fromkeys(one.hints)])


def expire(connection: Connection, now: datetime) -> int:
    """Forget weeks that are over for good, a piece at a time; return how many rows went, 0 when all is done."""
    over = week_of(now) - KEPT
    hints, hinted = t.hints.c, t.hinted.c
    oldest = connection.execute(select(hinted.week).order_by(hinted.number).limit(1)).scalar()
    if oldest is None or oldest >= over:  # numbers rise with the weeks
        return 0
    old = select(hints.key).where(hints.key < _key(over, 0)).order_by(hints.key).limit(1)
    until = connection.execute(old.offset(PIECE)).scalar() or _key(over, 0)
    gone = connection.execute(delete(t.hints).where(hints.key < until)).rowcount
    return gone or connection.execute(delete(t.hinted).where(hinted.week < over)).rowcount
