"""Stories found by what they say: written with their poll, found by week, forgotten in time."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from sqlalchemy import StaticPool, create_engine

from feeds.errors import StaleView
from feeds.model.changes import Changes, Hinted, PollView
from feeds.store import Store, open_store
from feeds.store.incoming import likes
from feeds.store.incoming.likes import KEPT, WEEK
from tests.store.made import NOW, changes, entry, ready, told


def post(store: Store, guid: str, *hints: int, at: int = 0, habits: bytes = b"") -> None:
    """Poll `a`, which tells a new story under *hints*, *at* weeks from now."""
    library = store.library
    view, when = library.poll_view("a", [guid], []), NOW + at * WEEK
    found = (Hinted(story_id=f"story:{guid}", hints=hints),)
    library.apply(changes(view, when, hinted=found, habits=habits, **told(entry(guid), at=when)))


def looked(store: Store, source_id: str, *guids: str) -> PollView:
    """What a poll reads of the index before it decides."""
    return store.library.posted(store.library.poll_view(source_id, guids, []), (), NOW, NOW)


def ids(store: Store, hints: Collection[int], since: datetime, now: datetime) -> dict[int, tuple[str, ...]]:
    """The stories under each of *hints*."""
    view = store.library.posted(store.library.poll_view("b", [], []), hints, since, now)
    told = store.library.likely(view, {n for numbers in view.posted.values() for n in numbers}).told
    return {hint: tuple(told[n] for n in numbers) for hint, numbers in view.posted.items()}


def test_story_is_found_by_each_of_its_hints_the_oldest_first(store: Store) -> None:
    ready(store)
    post(store, "g1", 1, 2**32 - 1)
    post(store, "g2", 1, 1, 7)
    found = ids(store, [1, 7, 8, 2**32 - 1], NOW, NOW)
    assert found == {1: ("story:g1", "story:g2"), 7: ("story:g2",), 2**32 - 1: ("story:g1",)}


def test_only_weeks_asked_for_are_looked_at(store: Store) -> None:
    ready(store)
    post(store, "g1", 1)
    post(store, "g2", 1, at=2)
    now = NOW + 2 * WEEK
    assert ids(store, [1], now - timedelta(hours=72), now) == {1: ("story:g2",)}
    assert ids(store, [1], NOW, now) == {1: ("story:g1", "story:g2")}


def test_likely_stories_come_with_the_habits_of_their_sources(store: Store) -> None:
    ready(store)
    post(store, "g1", 1, habits=b"\1\0\0\0\2")
    view = store.library.likely(store.library.poll_view("b", [], []), [1, 2])
    assert (view.told, list(view.alike)) == ({1: "story:g1"}, ["story:g1"])
    assert view.habits == {"a": b"\1\0\0\0\2"}
    assert store.library.poll_view("b", [], []).habits == {}


def test_hints_are_forgotten_in_time_and_stories_stay(store: Store) -> None:
    ready(store)
    post(store, "g1", 1)
    late = NOW + (KEPT + 1) * WEEK
    post(store, "g2", 1, at=KEPT + 1)
    while store.library.expire(late):
        pass
    assert ids(store, [1], NOW, late) == {1: ("story:g2",)}
    assert {s.id for s in store.library.every_story("", 10)} == {"story:g1", "story:g2"}


def test_each_hash_is_searched_for_by_itself(file: str) -> None:
    """So a look-up is flat with history. The planner once read a whole week for each hash: it is asked."""
    store = open_store(file)
    ready(store)
    post(store, "g1", 1)
    asked: list[str] = []
    with closing(sqlite3.connect(file.removeprefix("sqlite:///"))) as raw:
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
        with engine.connect() as connection:
            raw.set_trace_callback(asked.append)
            assert likes.posted(connection, [1, 2], NOW, NOW) == {1: (1,)}
            raw.set_trace_callback(None)
        plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {asked[-1]}")]
    store.close()
    assert "SEARCH hints USING PRIMARY KEY (key=?)" in plan, plan


def test_a_week_is_forgotten_in_pieces(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likes, "PIECE", 2)
    ready(store)
    post(store, "g1", *range(10))
    late = NOW + (KEPT + 1) * WEEK
    post(store, "g2", 1, at=KEPT + 1)
    gone = [store.library.expire(late) for _ in range(7)]
    assert gone == [2, 2, 2, 2, 2, 1, 0]
    assert ids(store, range(10), NOW, late) == {1: ("story:g2",)}


def begin(view: PollView, guid: str, *asked: int) -> Changes:
    """A poll that lets a story begin under hints that it asked for, in an index as *view* has it."""
    found = Hinted(story_id=f"story:{guid}", hints=(*asked, 99), asked=asked)
    return changes(view, hinted=(found,), told_to=view.told_to, **told(entry(guid, view.source.id)))


def test_two_workers_that_begin_one_story_at_once_cannot_both(store: Store) -> None:
    """They looked before either wrote, and share no key: the second has to look again, and finds the first's."""
    library = ready(store)
    one, other = looked(store, "a", "g1"), looked(store, "b", "g2")
    library.apply(begin(one, "g1", 1, 2))
    with pytest.raises(StaleView, match="story:g1, which may be the same, was told meanwhile"):
        library.apply(begin(other, "g2", 2, 3))
    assert [s.id for s in library.every_story("", 9)] == ["story:g1"], "nothing of the second was written"
    library.apply(begin(looked(store, "b", "g2"), "g2", 2, 3))
    assert ids(store, [2], NOW, NOW) == {2: ("story:g1", "story:g2")}


def test_what_was_not_asked_for_holds_nobody_up(store: Store) -> None:
    library = ready(store)
    one, other = looked(store, "a", "g1"), looked(store, "b", "g2")
    library.apply(begin(one, "g1", 1))
    library.apply(begin(other, "g2", 5))  # both have hint 99
    assert ids(store, [99], NOW, NOW) == {99: ("story:g1", "story:g2")}


def test_numbers_that_begin_anew_hide_nobody(store: Store) -> None:
    """All stories may be forgotten between a look and its write; another worker's is then told under a low number."""
    library = ready(store)
    post(store, "g0", 7)
    post(store, "g1", 7)
    late = NOW + (KEPT + 1) * WEEK
    old = looked(store, "b", "g3")
    while library.expire(late):
        pass
    post(store, "g2", 1, at=KEPT + 1)
    found = Hinted(story_id="story:g3", hints=(1,), asked=(1,))
    with pytest.raises(StaleView, match="story:g2, which may be the same"):
        library.apply(changes(old, late, hinted=(found,), told_to=old.told_to, **told(entry("g3", "b"), at=late)))
