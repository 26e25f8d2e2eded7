"""A feed that brings more than a day can hold rests until the day is over (BOM-28)."""

from datetime import datetime, timedelta

from feeds.model.changes import Changes
from feeds.model.quick import replace
from feeds.model.source import Problem, Source, SourceState

QUOTA = 5000  # new entries: five full documents; of 256 real feeds with dates the busiest tells 99 a day
DAY = timedelta(days=1)


def counted(changes: Changes, source: Source, now: datetime) -> Changes:
    """Return *changes* with what is new in them counted, and its source put off where it is too much for a day.

    Nothing is lost that the feed still tells then. Folders and files are ours, and may be as large as they are.
    """
    new = sum(saved.new for saved in changes.entries)
    if not new or source.kind != "feed":
        return changes
    state = _with(changes.state, new, now)
    if state.taken >= QUOTA and state.taken_since:
        detail = f"{state.taken:,} new entries in a day"
        problem = Problem(code="flood", detail=detail, where=source.location)
        state = replace(state, due=max(state.due, state.taken_since + DAY), problem=problem)
    return replace(changes, state=state)


def _with(state: SourceState, new: int, now: datetime) -> SourceState:
    since = state.taken_since
    if since is None or not timedelta(0) <= now - since < DAY:
        return replace(state, taken=new, taken_since=now)
    return replace(state, taken=state.taken + new)
