"""Stories found by what they say: written with their poll, found by week, forgotten in time."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import StaticPool, create_engine

from feeds.errors import StaleView
from feeds.model.changes import Changes, Hinted, PollView
from feeds.store import Store, likes, open_store
from feeds.store.likes import KEPT, WEEK
from tests.store.made import NOW, changes, entry, ready, told


def post(store: Store, guid: str, *hints: int, at: int = 0, habits: bytes = b"") -> None:
    """Poll `a`, which tells a new story under *hints*, *at* weeks from now."""
    library = store.library
    view, when = library.poll_view("a", [guid], []), NOW + at * WEEK
    found = (Hinted(story_id=f"story:{guid}", hints=hints),)
    library.apply(changes(view, when, hinted=found, habits=habits, **told(entry(guid), at=when)))


def test_story_is_found_by_each_of_its_hints_the_oldest_first(store: Store) -> None:
    ready(store)
    post(store, "g1", 1, 2**32 - 1)
    post(store, "g2", 1, 1, 7)
    found = store.library.posted([1, 7, 8, 2**32 - 1], NOW, NOW)
    assert found == {1: ("story:g1", "story:g2"), 7: ("story:g2",), 2**32 - 1: ("story:g1",)}


def test_only_weeks_asked_for_are_looked_at(store: Store) -> None:
    ready(store)
    post(store, "g1", 1)
    post(store, "g2", 1, at=2)
    now = NOW + 2 * WEEK
    assert store.library.posted([1], now - timedelta(hours=72), now) == {1: ("story:g2",)}
    assert store.library.posted([1], NOW, now) == {1: ("story:g1", "story:g2")}


def test_likely_stories_come_with_the_habits_of_their_sources(store: Store) -> None:
    ready(store)
    post(store, "g1", 1, habits=b"\1\0\0\0\2")
    view = store.library.poll_view("b", [], [], alike=["story:g1", "story:none"])
    assert list(view.alike) == ["story:g1"]
    assert view.habits == {"a": b"\1\0\0\0\2"}
    assert store.library.poll_view("b", [], []).habits == {}


def test_hints_are_forgotten_in_time_and_stories_stay(store: Store) -> None:
    ready(store)
    post(store, "g1", 1)
    late = NOW + (KEPT + 1) * WEEK
    post(store, "g2", 1, at=KEPT + 1)
    while store.library.expire(late):
        pass
    assert store.library.posted([1], NOW, late) == {1: ("story:g2",)}
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
            assert likes.posted(connection, [1, 2], NOW, NOW) == {1: ("story:g1",)}
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
    assert store.library.posted(range(10), NOW, late) == {1: ("story:g2",)}


def begin(view: PollView, guid: str, *asked: int, seen: Iterable[str] = ()) -> Changes:
    """A poll that lets a story begin under hints that it asked for, having seen some stories there."""
    found = Hinted(story_id=f"story:{guid}", hints=(*asked, 99), asked=asked, seen=frozenset(seen))
    return changes(view, hinted=(found,), **told(entry(guid, view.source.id)))


def test_two_workers_that_begin_one_story_at_once_cannot_both(store: Store) -> None:
    """They looked before either wrote, and share no key: the second has to look again, and finds the first's."""
    library = ready(store)
    one, other = library.poll_view("a", ["g1"], []), library.poll_view("b", ["g2"], [])
    library.apply(begin(one, "g1", 1, 2))
    with pytest.raises(StaleView, match="story:g1, which may be the same, was told meanwhile"):
        library.apply(begin(other, "g2", 2, 3))
    assert [s.id for s in library.every_story("", 9)] == ["story:g1"], "nothing of the second was written"
    found = library.posted([2, 3], NOW, NOW)
    library.apply(begin(other, "g2", 2, 3, seen=found[2]))
    assert library.posted([2], NOW, NOW) == {2: ("story:g1", "story:g2")}


def test_what_was_not_asked_for_holds_nobody_up(store: Store) -> None:
    library = ready(store)
    library.apply(begin(library.poll_view("a", ["g1"], []), "g1", 1))
    library.apply(begin(library.poll_view("b", ["g2"], []), "g2", 5))  # both have hint 99
    assert library.posted([99], NOW, NOW) == {99: ("story:g1", "story:g2")}
