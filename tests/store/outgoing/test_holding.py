"""What the outbox remembers of channels: what they showed, what is held, what may go out all the same."""

from feeds.model.channel import Rendered, Shown, Withheld
from feeds.store import Store
from tests.store.made import DAY, MINUTE, NOW

NOTHING = Rendered(renditions=())
TOLD = {"tag:a,2026:1": NOW, "tag:a,2026:2": NOW - DAY}


def _publish(store: Store, rendered: Rendered = NOTHING) -> None:
    store.outbox.published("all", None, rendered, (), NOW)


def test_what_was_shown_is_kept_until_it_is_told_anew(store: Store) -> None:
    assert store.outbox.shown("all") == Shown()
    _publish(store, Rendered(renditions=(), shown=TOLD))
    assert store.outbox.shown("all").stories == TOLD
    _publish(store)
    assert store.outbox.shown("all").stories == TOLD
    _publish(store, Rendered(renditions=(), shown={}))
    assert store.outbox.shown("all") == Shown()


def test_a_hold_stands_until_the_channel_is_brought_out(store: Store) -> None:
    store.outbox.mark(["all"], NOW)
    ((_, mark),) = store.outbox.dirty(NOW, 9)
    store.outbox.hold("all", mark, "40 of 50", NOW)
    store.outbox.hold("all", mark, "41 of 50", NOW + MINUTE)
    assert store.outbox.dirty(NOW, 9) == ()
    (line,) = store.overview.holds()
    assert (line.channel_id, line.format, line.reason, line.since, line.allowed) == ("all", "", "41 of 50", NOW, False)
    _publish(store)
    assert store.overview.holds() == ()


def test_allowing_marks_the_channel(store: Store) -> None:
    store.outbox.hold("all", NOW, "40 of 50", NOW)
    assert not store.outbox.shown("all").allowed
    store.outbox.allow(["all"], NOW)
    assert store.outbox.shown("all").allowed
    assert [channel for channel, _ in store.outbox.dirty(NOW, 9)] == ["all"]
    _publish(store)
    assert not store.outbox.shown("all").allowed


def test_withheld_documents_are_listed_until_they_go_out(store: Store) -> None:
    two = (Withheld(format="atom", reason="a"), Withheld(format="rss", reason="r"))
    _publish(store, Rendered(renditions=(), withheld=two))
    _publish(store, Rendered(renditions=(), withheld=two[1:]))
    assert [(line.format, line.reason) for line in store.overview.holds()] == [("rss", "r")]
    _publish(store)
    assert store.overview.holds() == ()


def test_an_ended_channel_leaves_nothing(store: Store) -> None:
    _publish(store, Rendered(renditions=(), shown=TOLD, withheld=(Withheld(format="rss", reason="r"),)))
    store.outbox.ended(["all"], NOW)
    assert store.outbox.shown("all") == Shown()
    assert store.overview.holds() == ()
