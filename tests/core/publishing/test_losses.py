"""When a build loses too much: what counts as lost, and how much may be."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.core.publishing import losses
from feeds.model.channel import Feed, Rendered, SetAside
from feeds.model.settings import Gate
from feeds.model.story import Fate, StoryStatus
from tests.render.samples import NOON, channel, feed, item


def of(numbers: Sequence[int], limit: int = 50) -> Feed:
    """A feed of stories by number; story 1 is the newest."""
    return feed(*(item(n) for n in numbers), of=replace(channel(), limit=limit))


def id(number: int) -> str:
    return item(number).story.id


def gone(before: Feed, after: Feed) -> list[str]:
    nothing = Rendered(renditions=())
    return list(losses.lost(losses.shown(before, nothing), after, losses.shown(after, nothing)))


@pytest.mark.parametrize(
    ("before", "after", "limit", "lost"),
    [
        pytest.param([1, 2, 3], [1, 2, 3], 3, [], id="nothing"),
        pytest.param([2, 3, 4], [1, 2, 3], 3, [], id="pushed out by a newer one"),
        pytest.param([4, 5, 6], [1, 2, 3], 3, [], id="all pushed out"),
        pytest.param([1, 2, 3], [1, 3], 3, [2], id="one went"),
        pytest.param([1, 2, 3], [1, 3, 4], 3, [2], id="one went, an older one came back up"),
        pytest.param([1, 2, 3], [], 3, [1, 2, 3], id="all went"),
        pytest.param([1, 2, 3], [1], 1, [], id="the limit became smaller"),
        pytest.param([], [1, 2], 3, [], id="nothing before"),
    ],
)
def test_what_is_lost(before: list[int], after: list[int], limit: int, lost: list[int]) -> None:
    assert gone(of(before, limit), of(after, limit)) == [id(n) for n in lost]


def test_what_is_set_aside_is_not_shown() -> None:
    rendered = Rendered(renditions=(), set_aside=(SetAside(story_id=id(2), format="rss", reason="broken"),))
    assert losses.shown(of([1, 2]), rendered) == {id(1): NOON - timedelta(hours=1)}


@pytest.mark.parametrize(
    ("fates", "missed"),
    [
        pytest.param({}, [], id="all too old to be kept"),
        pytest.param({1: (1, "shown"), 2: (2, "withdrawn")}, [1, 2], id="there and not shown"),
        pytest.param({1: (9, "shown"), 2: (8, "shown")}, [2], id="told under an id that is shown"),
    ],
)
def test_what_is_missed(fates: Mapping[int, tuple[int, StoryStatus]], missed: list[int]) -> None:
    found = {id(n): Fate(story_id=id(to), status=status) for n, (to, status) in fates.items()}
    assert losses.missed([id(1), id(2)], found, {id(9)}) == tuple(map(id, missed))


@pytest.mark.parametrize(("status", "goes_out"), [("shown", False), ("withdrawn", False), ("retracted", True)])
def test_a_retraction_is_not_held(status: StoryStatus, goes_out: bool) -> None:
    fates = {id(1): Fate(story_id=id(1), status="shown"), id(2): Fate(story_id=id(2), status=status)}
    assert losses.retracted(fates) is goes_out


@pytest.mark.parametrize(
    ("lost", "before", "gate", "said"),
    [
        (5, 10, Gate(), ""),
        (6, 10, Gate(), "6 of 10 stories would go, more than 50% (`gate.drop`)"),
        (9, 9, Gate(), ""),
        (9, 9, Gate(least=9), "9 of 9 stories would go, more than 50% (`gate.drop`)"),
        (1, 10, Gate(drop=0.0), "1 of 10 stories would go, more than 0% (`gate.drop`)"),
        (10, 10, Gate(drop=1.0), ""),
        (0, 10, Gate(drop=0.0), ""),
    ],
)
def test_how_much_is_too_much(lost: int, before: int, gate: Gate, said: str) -> None:
    assert losses.too_much(lost, before, gate) == said
