"""The port `Outbox`: marks, renditions, what was set aside, deliveries."""

from dataclasses import replace

import pytest

from feeds.errors import StaleView
from feeds.model.channel import Rendered, Rendition, SetAside
from feeds.store import Store
from tests.store.made import DAY, MINUTE, NOW, PING, rendition

NOTHING = Rendered(renditions=())


def _publish(store: Store, *found: Rendition, channel: str = "all") -> None:
    store.outbox.published(channel, None, Rendered(renditions=found), (), NOW)


def test_longest_waiting_channel_first_and_only_what_is_due(store: Store) -> None:
    store.outbox.mark(["b", "a"], NOW)
    store.outbox.mark(["c"], NOW - DAY)
    store.outbox.mark(["d"], NOW + MINUTE)
    assert store.outbox.dirty(NOW, 9) == (("c", NOW - DAY), ("a", NOW), ("b", NOW))
    assert store.outbox.dirty(NOW, 1) == (("c", NOW - DAY),)
    assert store.outbox.pending() == 4


def test_publishing_clears_all_marks_it_answers(store: Store) -> None:
    store.outbox.mark(["a"], NOW - DAY)
    store.outbox.mark(["a"], NOW)
    ((_, mark),) = store.outbox.dirty(NOW, 9)
    store.outbox.published("a", mark, NOTHING, (), NOW)
    assert store.outbox.dirty(NOW, 9) == ()


def test_mark_made_meanwhile_stays_even_of_the_same_second(store: Store) -> None:
    store.outbox.mark(["a"], NOW)
    ((_, mark),) = store.outbox.dirty(NOW, 9)
    store.outbox.mark(["a"], NOW)
    store.outbox.published("a", mark, NOTHING, (), NOW)
    ((channel, again),) = store.outbox.dirty(NOW, 9)
    assert channel == "a"
    store.outbox.published("a", again, NOTHING, (), NOW)
    assert store.outbox.dirty(NOW, 9) == ()


def test_mark_of_an_earlier_time_made_meanwhile_stays(store: Store) -> None:
    store.outbox.mark(["a"], NOW)
    ((_, mark),) = store.outbox.dirty(NOW, 9)
    store.outbox.mark(["a"], NOW - MINUTE)
    store.outbox.published("a", mark, NOTHING, (), NOW)
    assert [channel for channel, _ in store.outbox.dirty(NOW, 9)] == ["a"]


def test_mark_for_later_stays_whatever_is_published_before(store: Store) -> None:
    store.outbox.mark(["a"], NOW + DAY)
    store.outbox.mark(["a"], NOW)
    ((_, mark),) = store.outbox.dirty(NOW, 9)
    store.outbox.published("a", mark, NOTHING, (), NOW)
    assert store.outbox.dirty(NOW, 9) == ()
    assert store.outbox.dirty(NOW + DAY, 9) == (("a", NOW + DAY),)


def test_mark_for_later_is_answered_when_its_time_comes_whatever_was_marked_before(store: Store) -> None:
    """As a story under embargo: what else its channel tells meanwhile must not keep it back."""
    store.outbox.mark(["a"], NOW + DAY)
    for at in (NOW, NOW + MINUTE):
        store.outbox.mark(["a"], at)
        ((_, mark),) = store.outbox.dirty(at, 9)
        store.outbox.published("a", mark, NOTHING, (), at)
        assert store.outbox.dirty(at, 9) == ()
    ((_, mark),) = store.outbox.dirty(NOW + DAY, 9)
    store.outbox.published("a", mark, NOTHING, (), NOW + DAY)
    assert store.outbox.dirty(NOW + DAY, 9) == ()
    store.outbox.mark(["a"], NOW + DAY)
    ((_, again),) = store.outbox.dirty(NOW + DAY, 9)
    assert again > mark


def test_rendition_comes_back_as_published(store: Store) -> None:
    one = rendition(body="<feed>한글</feed>".encode() * 100, path="/기술/atom.xml")
    _publish(store, one)
    assert store.overview.rendition("/기술/atom.xml") == one
    assert store.overview.stamp("/기술/atom.xml") == one.etag
    assert store.outbox.places("all") == {"atom": (one.path, one.etag)}
    assert (store.overview.rendition("/x"), store.overview.stamp("/x"), store.outbox.places("x")) == (None, None, {})
    (line,) = store.overview.renditions()
    assert (line.size, line.version, line.updated) == (len(one.body), 1, NOW)


def test_only_another_etag_is_written(store: Store) -> None:
    _publish(store, rendition(), rendition(path="/rss.xml", format="rss"))
    _publish(store, rendition(updated=NOW + DAY), rendition(path="/rss.xml", format="rss", body=b"new"))
    assert [(line.format, line.version, line.updated) for line in store.overview.renditions()] == [
        ("atom", 1, NOW),
        ("rss", 2, NOW),
    ]


def test_path_belongs_to_who_published_there_last(store: Store) -> None:
    _publish(store, rendition("old"), channel="old")
    _publish(store, rendition("new"), channel="new")
    assert store.outbox.ended(["old"], NOW) == ()
    assert store.outbox.channels() == ("new",)
    assert store.overview.rendition("/atom.xml") == rendition("new")


def test_ended_channels_are_forgotten(store: Store) -> None:
    _publish(store, rendition(), rendition(path="/rss.xml", format="rss"))
    store.outbox.published("all", None, _aside("s"), (), NOW)
    store.outbox.mark(["all"], NOW)
    assert store.outbox.ended(["all", "unknown"], NOW) == ("/atom.xml", "/rss.xml")
    assert store.outbox.dirty(NOW, 9) == ()
    assert store.overview.set_aside() == ()
    assert store.overview.stamp("/rss.xml") is None


def _aside(*ids: str) -> Rendered:
    return Rendered(renditions=(), set_aside=tuple(SetAside(story_id=i, format="rss", reason=f"why {i}") for i in ids))


def test_set_aside_is_replaced_and_keeps_since_when(store: Store) -> None:
    store.outbox.published("all", None, _aside("1", "2"), (), NOW)
    store.outbox.published("other", None, _aside("1"), (), NOW)
    store.outbox.published("all", None, _aside("2", "3"), (), NOW + DAY)
    found = [(line.channel_id, line.aside.story_id, line.since) for line in store.overview.set_aside()]
    assert found == [("all", "2", NOW), ("all", "3", NOW + DAY), ("other", "1", NOW)]


def test_same_delivery_is_owed_once(store: Store) -> None:
    later = replace(PING, id="0", due=NOW + MINUTE)
    store.outbox.published("all", None, NOTHING, (PING, later), NOW)
    assert store.outbox.owed(NOW, 9) == (PING,)
    assert store.outbox.owed(NOW + DAY, 9) == (PING, later)
    store.outbox.settle(replace(PING, state="done", attempts=1))
    store.outbox.published("all", None, NOTHING, (PING,), NOW)
    assert store.outbox.owed(NOW + DAY, 9) == (later,)
    waits = replace(later, attempts=1, problem="busy", due=NOW + DAY)
    store.outbox.settle(waits)
    assert store.outbox.owed(NOW + DAY, 9) == (waits,)


def test_a_stale_publisher_changes_nothing(store: Store) -> None:
    """Two took one mark; the slower one, which read what was before, comes after the faster one."""
    store.outbox.mark(["all"], NOW)
    ((_, mark),) = store.outbox.dirty(NOW, 9)
    store.outbox.published("all", mark, Rendered(renditions=(rendition(body=b"new"),)), (), NOW)
    before = store.overview.rendition("/atom.xml")
    with pytest.raises(StaleView, match="channel all was brought out by another meanwhile"):
        store.outbox.published("all", mark, Rendered(renditions=(rendition(body=b"old"),)), (PING,), NOW)
    assert store.overview.rendition("/atom.xml") == before
    assert store.outbox.owed(NOW, 9) == ()


def test_a_mark_of_the_same_second_as_an_answered_one_is_another(store: Store) -> None:
    store.outbox.mark(["all"], NOW)
    ((_, first),) = store.outbox.dirty(NOW, 9)
    store.outbox.published("all", first, NOTHING, (), NOW)
    store.outbox.mark(["all"], NOW)
    ((_, second),) = store.outbox.dirty(NOW, 9)
    assert second > first
    with pytest.raises(StaleView):
        store.outbox.published("all", first, NOTHING, (), NOW)
    assert store.outbox.dirty(NOW, 9) == (("all", second),)
    store.outbox.published("all", second, NOTHING, (), NOW)
    assert store.outbox.dirty(NOW, 9) == ()
