"""What another setting would have made of stored entries, told again: over what real polls and the desk decided."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.core.deciding.desk import Desk
from feeds.core.deciding.replay import Replay
from feeds.model.entry import EntryKey
from feeds.model.overview import Difference
from feeds.model.settings import Dedupe
from feeds.model.source import Options
from feeds.store import open_store
from tests.core.made import NOW, settings, source
from tests.jobs.test_jobs import World
from tests.jobs.test_near import COPY, LEVELS, OTHER_TITLE, TEXT, TITLE, feed, tell

NEAR = Dedupe(near=timedelta(hours=72))
EXACT = Dedupe()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    sources = [source(name, order=n) for n, name in enumerate(("one", "two", "three"))]
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    store.library.sync(sources, lambda _: 0, NOW)
    yield World(store=store, config=settings(*sources, dedupe=NEAR))
    store.close()


def replayed(world: World, dedupe: Dedupe, days: float = 30) -> Replay:
    since = world.now - timedelta(days=days)
    found = Replay(dedupe, {s.id: s for s in world.config.sources}, world.store.overview.ruled(), since)
    for entries in world.store.overview.told(since - timedelta(days=30)):
        found.tell(entries)
    return found


def said(found: Replay) -> list[tuple[str, str, str]]:
    return [(d.kind, d.entry.guid, d.other.guid) for d in found.differences()]


def only(found: Replay) -> Difference:
    (difference,) = found.differences()
    return difference


def three(world: World) -> None:
    """One story three times: whole, in other words with another headline, and as an excerpt; and two reports."""
    tell(world, one=feed("one", ("a", TITLE, TEXT), ("r1", "강 수위", LEVELS.format(6, 120, 880, 14))))
    tell(world, two=feed("two", ("b", OTHER_TITLE, COPY), ("r2", "강 수위", LEVELS.format(18, 95, 412, 3))))
    tell(world, three=feed("three", ("c", TITLE, TEXT[:120] + "…")))


def test_the_setting_in_force_changes_nothing(world: World) -> None:
    three(world)
    found = replayed(world, NEAR)
    assert said(found) == []
    assert found.stories() == (3, 3)
    assert found.judged == 5


def test_what_would_go_is_told_with_its_score_and_why(world: World) -> None:
    three(world)
    found = replayed(world, EXACT)
    assert said(found) == [("goes", "b", "a"), ("goes", "c", "a")]
    assert {d.why for d in found.differences()} == {"similar texts are not asked for"}
    assert all(d.score and d.score > 0.5 for d in found.differences())
    assert found.stories() == (3, 5)


def test_what_would_come_is_told_with_its_score(world: World) -> None:
    world.config = settings(*world.config.sources, dedupe=EXACT)
    three(world)
    assert said(replayed(world, EXACT)) == []
    found = replayed(world, NEAR)
    assert said(found) == [("comes", "b", "a"), ("comes", "c", "a")]
    assert all(d.score and d.score > 0.5 for d in found.differences())
    assert found.stories() == (5, 3)


def test_a_higher_threshold_parts_what_is_less_alike(world: World) -> None:
    three(world)
    found = replayed(world, Dedupe(near=NEAR.near, threshold=1.0))
    assert said(found) == [("goes", "b", "a"), ("goes", "c", "a")]
    assert {d.why for d in found.differences()} == {"near_low"}
    assert all(d.score and 0.5 < d.score < 1 for d in found.differences())


def test_a_shorter_time_parts_what_is_further_apart(world: World) -> None:
    tell(world, one=feed("one", ("a", TITLE, TEXT), day=1))
    tell(world, two=feed("two", ("b", OTHER_TITLE, COPY), day=3))
    difference = only(replayed(world, Dedupe(near=timedelta(hours=24))))
    assert (difference.kind, difference.why) == ("goes", "published 48 hours apart")


def test_a_merge_by_key_goes_where_the_key_is_not_asked_for(world: World) -> None:
    tell(world, one=feed("one", ("a", TITLE, TEXT)), two=feed("two", ("b", TITLE, TEXT)))
    difference = only(replayed(world, Dedupe(same_text=False)))
    assert (difference.kind, difference.entry.source_id) == ("goes", "two")


def test_entries_before_the_days_that_are_asked_for_stay_as_they_are(world: World) -> None:
    three(world)
    found = replayed(world, EXACT, days=0.5)
    assert said(found) == [("goes", "c", "a")]
    assert found.judged == 1


@pytest.mark.parametrize("source_id", ["one", "two"])
def test_alone_is_nobodys_copy(world: World, source_id: str) -> None:
    world.config = settings(*world.config.sources, dedupe=EXACT)
    three(world)
    alone = [source(s.id, order=s.order, options=Options(alone=s.id == source_id)) for s in world.config.sources]
    world.config = settings(*alone, dedupe=NEAR)
    left = {"one": ("comes", "c", "b"), "two": ("comes", "c", "a")}
    assert said(replayed(world, NEAR)) == [left[source_id]]


def test_what_the_desk_split_stays_apart(world: World) -> None:
    three(world)
    (story,) = [s for s in world.store.library.every_story("", 9) if len(s.members) == 3]
    desk = Desk(world.config, {s.id: s for s in world.config.sources}, world.now)
    world.store.library.edit(desk.split(story, EntryKey("two", "b"), ()), world.now)
    assert said(replayed(world, NEAR)) == []
    assert said(replayed(world, EXACT)) == [("goes", "c", "a")]


def test_what_the_desk_merged_stays_together(world: World) -> None:
    three(world)
    one, other = [s for s in world.store.library.every_story("", 9) if len(s.members) == 1]
    desk = Desk(world.config, {s.id: s for s in world.config.sources}, world.now)
    world.store.library.edit(desk.merge(one, other), world.now)
    assert said(replayed(world, NEAR)) == []
    assert said(replayed(world, EXACT)) == [("goes", "b", "a"), ("goes", "c", "a")]


def test_a_retracted_story_takes_its_copies_as_before(world: World) -> None:
    tell(world, one=feed("one", ("a", TITLE, TEXT)))
    (story,) = world.store.library.every_story("", 9)
    desk = Desk(world.config, {s.id: s for s in world.config.sources}, world.now)
    world.store.library.edit(desk.retract(story, ""), world.now)
    tell(world, two=feed("two", ("b", OTHER_TITLE, COPY)))
    assert said(replayed(world, NEAR)) == []


def test_nothing_is_written(world: World) -> None:
    three(world)
    before = world.store.library.every_story("", 99), world.store.overview.recent_decisions(99)
    replayed(world, EXACT).differences()
    assert (world.store.library.every_story("", 99), world.store.overview.recent_decisions(99)) == before


def test_a_stream_of_many_polls_is_told_again_as_it_was(world: World) -> None:
    """Copies, excerpts and reports of one form, by chance, from three sources in turn: no difference, whatever merged."""
    chance = random.Random(5)
    for turn in range(24):
        name, day = ("one", "two", "three")[turn % 3], turn // 3 + 1
        items = []
        for place in sorted(chance.sample("강산들숲길못골", 3)):
            text = TEXT.replace("강변", f"{place}변").replace("20일", f"{day}일").replace("1300", f"{day}107")
            levels = LEVELS.format(day, *chance.sample(range(99), 3))
            said_so = chance.choice([text, "(한빛=가온뉴스) 박서연 기자 = " + text, text[:130] + "…", levels])
            title = f"{place}변 {chance.choice(('도서관', '책방'))} {day}일 다시 열어"
            items.append((f"{day}-{place}", title, said_so))
        tell(world, **{name: feed(name, *items, day=day)})
    assert said(replayed(world, NEAR)) == []
    gone = replayed(world, EXACT)
    now, then = gone.stories()
    assert now < then
    assert {d.kind for d in gone.differences()} == {"goes"}
