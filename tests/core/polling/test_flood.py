"""More than a day can hold (BOM-28)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.core.polling.flood import DAY, QUOTA, counted
from feeds.model.changes import Changes, Saved
from feeds.model.source import Kind, SourceState
from tests.core.made import NOW, entry, source

SOON = NOW + timedelta(minutes=30)
KNOWN = SourceState(source_id="a", due=SOON)
NEW = Saved(entry=entry("1"), fingerprint="f", status="kept", first_seen=NOW, new=True)


def changed(state: SourceState, new: int) -> Changes:
    return Changes(was_due=NOW, state=state, entries=(NEW,) * new)


@pytest.mark.parametrize(
    ("taken", "ago", "new", "rests", "count"),
    [
        pytest.param(0, None, 3, False, 3, id="first"),
        pytest.param(7, timedelta(hours=23), 3, False, 10, id="the same day"),
        pytest.param(QUOTA - 3, timedelta(hours=23), 3, True, QUOTA, id="bom_28 full"),
        pytest.param(QUOTA, timedelta(hours=24), 3, False, 3, id="the next day"),
        pytest.param(QUOTA, timedelta(hours=-1), 3, False, 3, id="a clock that went back"),
        pytest.param(QUOTA - 3, timedelta(hours=1), 0, False, QUOTA - 3, id="nothing new"),
    ],
)
def test_a_day(taken: int, ago: timedelta | None, new: int, *, rests: bool, count: int) -> None:
    since = None if ago is None else NOW - ago
    found = counted(changed(replace(KNOWN, taken=taken, taken_since=since), new), source("a"), NOW).state
    assert found.taken == count
    assert (found.problem.code if found.problem else "") == ("flood" if rests else "")
    assert since is None or found.due == (since + DAY if rests else SOON)


@pytest.mark.parametrize("kind", ["content", "file"])
def test_what_is_ours_may_be_as_large_as_it_is(kind: Kind) -> None:
    before = changed(replace(KNOWN, taken=QUOTA, taken_since=NOW), 3)
    assert counted(before, source("a", kind=kind), NOW) == before
