"""Our hub and our leases in the store: what is kept, what takes another's place, what is gone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.core.push import hearing, websub
from feeds.errors import StaleView
from feeds.model.changes import Changes
from feeds.model.channel import Rendered
from feeds.model.delivery import Delivery, Intent, Sent, Subscription
from feeds.model.lease import Lease, Letter, Lettered, Wish
from feeds.model.source import FeedInfo, SourceState
from feeds.store import Store
from feeds.store.push import leases
from feeds.store.rows import AnyRow
from tests.core.made import NOW, source

TOPIC, HOUR = "https://desk.example/기술/atom.xml", timedelta(hours=1)


def intent(callback: str = "https://reader.example/in", **more: str) -> Intent:
    form = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": callback, **more}
    found = websub.intent_of(form, "challenge", NOW)
    assert isinstance(found, Intent)
    return found


def ask(store: Store, found: Intent, after: timedelta = timedelta(0)) -> Delivery:
    question = websub.verification(found, NOW + after)
    assert store.outbox.hub.ask(found, question, websub.BETWEEN_VERIFICATIONS)
    (owed,) = [d for d in store.outbox.owed(NOW + 9 * HOUR, 99) if d.id == question.id]
    return owed


def subscribe(store: Store, callback: str = "https://reader.example/in", **more: str) -> Subscription:
    found = intent(callback, **more)
    ask(store, found)
    subscription = websub.subscribed(found, NOW)
    store.outbox.hub.confirm(found, subscription)
    return subscription


def announce(store: Store, etag: str, after: timedelta = timedelta(0)) -> list[Delivery]:
    """Announce a document and return what is owed for it."""
    news = websub.announcement("https://desk.example/hub", TOPIC, etag, NOW + after)
    store.outbox.published("all", None, Rendered(renditions=()), (news,), NOW + after)
    store.outbox.hub.announce(news, NOW + after)
    return [d for d in store.outbox.owed(NOW + after, 99) if d.kind == "push"]


def test_an_intent_is_kept_until_it_was_asked(store: Store) -> None:
    found = intent(**{"hub.secret": "비밀"})
    owed = ask(store, found)
    assert (owed.kind, owed.about, owed.etag) == ("verify", found.id, "challenge")
    assert store.outbox.hub.intent(found.id) == found
    store.outbox.hub.confirm(found, websub.subscribed(found, NOW))
    assert store.outbox.hub.intent(found.id) is None
    assert store.outbox.hub.subscription(found.id, NOW) == websub.subscribed(found, NOW)
    assert store.outbox.hub.subscription(found.id, NOW + 11 * 24 * HOUR) is None


def test_of_two_requests_the_later_counts_and_an_answer_to_the_first_does_not(store: Store) -> None:
    first = intent()
    ask(store, first)
    second = replace(first, secret="second", challenge="other")
    ask(store, second)
    store.outbox.hub.confirm(first, websub.subscribed(first, NOW))
    assert store.outbox.hub.subscriptions(NOW) == ()
    store.outbox.hub.forget(first)
    assert store.outbox.hub.intent(first.id) == second


def test_ws_15_the_same_pair_is_asked_a_minute_after_the_last_time(store: Store) -> None:
    owed = ask(store, intent())
    store.outbox.settle(replace(owed, state="given_up", attempts=1))
    assert ask(store, intent(), timedelta(seconds=1)).due == NOW + timedelta(minutes=1)
    assert ask(store, intent("https://other.example/in"), timedelta(seconds=1)).due == NOW + timedelta(seconds=1)


def test_who_asks_anew_does_not_wait_for_what_its_silence_earned(store: Store) -> None:
    owed = ask(store, intent())
    store.outbox.settle(replace(owed, attempts=5, due=NOW + 16 * HOUR))
    assert ask(store, intent(), HOUR).due == NOW + HOUR + timedelta(minutes=1)
    assert ask(store, intent(), HOUR + timedelta(seconds=30)).due == NOW + HOUR + timedelta(minutes=1), "nor put it off"


def test_ws_15_no_more_wait_than_there_is_room_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.store.push.hub.WAITING", 1)
    ask(store, intent())
    other = intent("https://other.example/in")
    assert not store.outbox.hub.ask(other, websub.verification(other, NOW), HOUR)
    assert ask(store, intent()).about == intent().id


def test_every_subscriber_is_owed_a_document_once(store: Store) -> None:
    for n in range(3):
        subscribe(store, f"https://reader.example/{n}")
    owed = announce(store, "e1")
    assert sorted(d.target for d in owed) == [f"https://reader.example/{n}" for n in range(3)]
    store.outbox.settle(*(replace(d, state="done", attempts=1) for d in owed))
    assert announce(store, "e1", HOUR) == [], "they have it"
    assert len(announce(store, "e2", HOUR)) == 3


def test_a_newer_document_takes_the_place_of_an_older_one(store: Store) -> None:
    subscribe(store)
    (old,) = announce(store, "e1")
    (new,) = announce(store, "e2", HOUR)
    assert (old.id, new.etag) == (new.id, "e2")
    store.outbox.settle(replace(old, state="done", attempts=1))
    owed = store.outbox.owed(NOW + HOUR, 9)
    assert [d.etag for d in owed if d.kind == "push"] == ["e2"], "what came of the old one says nothing"
    store.outbox.settle(replace(new, attempts=5, due=NOW + 9 * HOUR, problem="status 500"))
    (again,) = announce(store, "e3", HOUR)
    assert (again.attempts, again.problem) == (5, "")


def test_a_document_that_comes_back_is_told_again(store: Store) -> None:
    subscribe(store)
    for n, etag in enumerate(("e1", "e2", "e1")):
        (owed,) = announce(store, etag, n * HOUR)
        store.outbox.settle(replace(owed, state="done", attempts=1))
    assert store.outbox.waiting(NOW + 9 * HOUR) == 1, "the question that nobody settled here"


def test_a_document_that_was_not_sent_is_told_when_it_comes_back(store: Store) -> None:
    subscribe(store)
    (owed,) = announce(store, "e1")
    store.outbox.settle(replace(owed, state="done", attempts=1))
    (owed,) = announce(store, "e2", HOUR)
    skipped = websub.next_step(owed, Sent(skipped=True), NOW + HOUR)
    store.outbox.settle(skipped)
    assert [d.kind for d in store.outbox.owed(NOW + HOUR, 9)] == ["verify"]
    assert [s.delivered for s in store.outbox.hub.subscriptions(NOW)] == ["e1"]
    assert [d.etag for d in announce(store, "e2", 2 * HOUR)] == ["e2"]


def test_410_ends_a_subscription_and_what_it_is_owed(store: Store) -> None:
    subscribe(store)
    (owed,) = announce(store, "e1")
    store.outbox.settle(replace(owed, state="gone"))
    assert store.outbox.hub.subscriptions(NOW) == ()
    assert [d.kind for d in store.outbox.owed(NOW + HOUR, 9)] == ["verify"]


def test_leases_that_ended_are_told_nothing(store: Store) -> None:
    subscribe(store, **{"hub.lease_seconds": "3600"})
    assert [line.subscribers for line in store.outbox.hub.topics(NOW)] == [1]
    assert announce(store, "e1", 2 * HOUR) == []
    assert store.outbox.hub.topics(NOW) == ()


# leases


def ready(store: Store, *ids: str) -> None:
    store.library.sync([source(i, order=n) for n, i in enumerate(ids)], lambda _: 0, NOW)


def wished(store: Store, hub: str = "https://hub.example/", source_id: str = "one", id: str = "id-1") -> Lease | None:
    found = Wish(source_id=source_id, hub=hub, topic=f"https://{source_id}.example/feed.xml")
    store.library.leases.wish([found], lambda w: hearing.leased(w, id, "secret", NOW), NOW)
    return store.library.leases.of([source_id]).get(source_id)


def test_a_wish_is_a_lease_and_the_same_wish_the_same_one(store: Store) -> None:
    ready(store, "one")
    lease = wished(store)
    assert lease
    assert lease == Lease(
        id="id-1", source_id="one", topic="https://one.example/feed.xml", hub="https://hub.example/", secret="secret", due=NOW
    )  # fmt: skip
    assert wished(store, id="id-2") == lease
    assert store.library.leases.lease("id-1") == lease
    assert store.library.leases.lease("id-2") is None


def test_another_hub_ends_the_lease_and_begins_one(store: Store) -> None:
    ready(store, "one")
    wished(store)
    other = wished(store, "https://other.example/", id="id-2")
    assert other
    ended = store.library.leases.lease("id-1")
    assert (other.id, ended and ended.ended) == ("id-2", True)
    assert wished(store, "", id="id-3") is None
    assert [lease.id for lease in store.library.leases.due(NOW, 9)] == ["id-1", "id-2"]


def test_what_the_door_writes_is_not_written_over(store: Store) -> None:
    ready(store, "one")
    lease = wished(store)
    assert lease
    asked = hearing.asked(lease, NOW)
    store.library.leases.put(asked, "pending", "pending_until", "attempts", "due")
    store.library.leases.put(replace(asked, lease_until=NOW + HOUR), "lease_until")
    store.library.leases.put(replace(asked, problem="status 500"), "problem")
    found = store.library.leases.lease("id-1")
    assert found == replace(asked, lease_until=NOW + HOUR, problem="status 500")


def due(store: Store) -> list[str]:
    return [s.id for s, _ in store.library.due(0, NOW, 9)]


def rest(store: Store, source_id: str) -> SourceState:
    """Have a source wait a day."""
    (state,) = [state for s, state in store.library.due(0, NOW + 9 * HOUR, 9) if s.id == source_id]
    later = replace(state, due=NOW + 24 * HOUR, polled=NOW, info=FeedInfo(hub="https://hub.example/"))
    store.library.apply(Changes(was_due=state.due, state=later))
    return later


def letter(body: bytes = b"<rss/>") -> Letter:
    return Letter(id=0, source_id="one", url="https://one.example/feed.xml", media_type="text/xml", body=body, at=NOW)


def test_a_push_without_a_letter_makes_its_source_due(store: Store) -> None:
    ready(store, "one")
    rest(store, "one")
    lease = wished(store)
    assert lease
    store.library.leases.arrived(lease, None, NOW)
    assert due(store) == ["one"]
    found = store.library.leases.lease("id-1")
    assert found
    assert (found.heard, found.waiting, found.trusted) == (NOW, True, True)


def test_letters_come_one_at_a_time_the_oldest_first_and_not_too_many(store: Store) -> None:
    ready(store, "one")
    rest(store, "one")
    lease = wished(store)
    assert lease
    for n in range(12):
        store.library.leases.arrived(lease, letter(f"<rss>{n}</rss>".encode()), NOW)
    assert due(store) == ["one"], "two found no room: the source is asked"
    (first,) = store.library.leases.letters(0, 9)
    assert (first.source.id, first.letter.body, first.state.source_id) == ("one", b"<rss>0</rss>", "one")
    assert store.library.leases.letters(1, 9) == []
    store.library.pause("one", True)
    assert store.library.leases.letters(0, 9) == []


def test_a_source_that_is_due_already_is_asked_again_where_a_poll_is_under_way(store: Store) -> None:
    ready(store, "one")
    lease = wished(store)
    assert lease
    ((_, state),) = store.library.due(0, NOW + HOUR, 9)
    store.library.leases.arrived(lease, None, NOW + HOUR)
    with pytest.raises(StaleView):
        store.library.apply(Changes(was_due=state.due, state=replace(state, due=NOW + 24 * HOUR, polled=NOW + HOUR)))
    ((_, moved),) = store.library.due(0, NOW + HOUR, 9)
    assert NOW - timedelta(seconds=1) < moved.due < NOW, "it keeps its place among those that wait"


def test_no_more_letters_are_unpacked_at_once_than_there_is_room_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = ("one", "two", "three")
    ready(store, *ids)
    unpacked: list[bytes] = []
    unpack = leases._lettered

    def counted(row: AnyRow) -> Lettered:
        found = unpack(row)
        unpacked.append(found.letter.body)
        return found

    monkeypatch.setattr(leases, "_lettered", counted)
    for name in ids:
        lease = wished(store, source_id=name, id=name)
        assert lease
        store.library.leases.arrived(lease, replace(letter(f"<{name}/>".encode()), source_id=name), NOW)
    assert store.library.leases.lettered(0)
    assert not store.library.leases.lettered(1)
    assert unpacked == [], "whether there are any is told by their ids"
    first = store.library.leases.letters(0, 9, most=8)
    assert [found.source.id for found in first] == ["one", "two"]
    assert unpacked == [b"<one/>", b"<two/>"]
    rest_of_them = store.library.leases.letters(0, 9, most=8, but={found.letter.id for found in first})
    assert [found.source.id for found in rest_of_them] == ["three"]


def test_a_letter_goes_with_what_it_told(store: Store) -> None:
    ready(store, "one")
    state = rest(store, "one")
    lease = wished(store)
    assert lease
    store.library.leases.arrived(lease, letter(), NOW)
    (found,) = store.library.leases.letters(0, 9)
    store.library.apply(Changes(was_due=state.due, state=state, letter=found.letter.id))
    assert store.library.leases.letters(0, 9) == []


def test_a_push_that_came_while_its_source_was_asked_has_it_asked_again(store: Store) -> None:
    ready(store, "one")
    rest(store, "one")
    before = wished(store)
    assert before
    store.library.leases.arrived(before, None, NOW)
    rest(store, "one")  # the poll that was under way ends, and puts off the source
    assert due(store) == []
    store.library.leases.judge([(before, True)], NOW)
    assert due(store) == ["one"]
    heard = store.library.leases.lease("id-1")
    assert heard
    assert (heard.trusted, heard.waiting) == (True, True)
    store.library.leases.judge([(heard, True)], NOW)
    after = store.library.leases.lease("id-1")
    assert after
    assert (after.trusted, after.waiting) == (False, False)


def test_who_wakes_asks_those_it_counted_on_and_forgets_old_letters(store: Store) -> None:
    ready(store, "one", "two")
    for name in ("one", "two"):
        rest(store, name)
    lease = wished(store)
    assert lease
    wished(store, source_id="two", id="id-2")
    store.library.leases.arrived(lease, letter(), NOW - timedelta(days=8))
    assert store.library.leases.wake(NOW) == 1
    assert due(store) == ["one"]
    store.library.leases.arrived(lease, replace(letter(), at=NOW - timedelta(days=8)), NOW)
    store.library.leases.wake(NOW)
    assert [found.letter.at for found in store.library.leases.letters(0, 9)] == [NOW]


def test_wishes_are_of_feeds_that_name_a_hub_or_have_a_lease(store: Store) -> None:
    ready(store, "one", "two", "three")
    rest(store, "one")
    wished(store, source_id="two", id="id-2")
    assert [(s.id, info.hub) for s, info in store.library.leases.wishes()] == [
        ("one", "https://hub.example/"),
        ("two", ""),
    ]
    store.library.sync([source("two")], lambda _: 0, NOW)
    assert [(s.id, info.hub) for s, info in store.library.leases.wishes()] == [("two", "")]
