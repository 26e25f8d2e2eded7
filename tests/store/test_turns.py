"""What the processes of a cluster agree upon."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from feeds.model.buckets import bucket_of_channel, bucket_of_url
from feeds.model.delivery import Delivery
from feeds.store import Store, open_store
from feeds.store.turns import Turns
from tests import servers
from tests.store.made import NOW

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    store = open_store(servers.ready(), shards=8, lock=False, many=True)
    yield store
    store.close()


def test_who_has_work_is_told_by_bucket(shared: Store) -> None:
    shared.outbox.mark(["a", "a@2026-02"], NOW)
    shared.outbox.mark(["later"], NOW + HOUR)
    target = "https://who.example/callback"
    due = Delivery(id="1", kind="ping", target=target, topic="t", due=NOW)
    late = Delivery(id="2", kind="ping", target="https://other.example/", topic="t", due=NOW + HOUR)
    with shared.library._db.write() as connection:
        shared.outbox._owe(connection, [due, late])
    assert shared.turns.marked(NOW) == {bucket_of_channel("a")}
    assert shared.turns.marked(NOW + HOUR) == {bucket_of_channel("a"), bucket_of_channel("later")}
    assert shared.turns.owed(NOW) == {bucket_of_url(target)}
    mine = bucket_of_url(target)
    assert [shared.outbox.waiting(NOW, part) for part in (range(mine), range(mine, mine + 1))] == [0, 1]


def test_what_rests_rests_for_all_until_its_time_is_over(shared: Store) -> None:
    other = Turns(shared.library._db)
    shared.turns.rest("poll:1", HOUR)
    shared.turns.rest("poll:2", HOUR)
    assert other.resting() == {"poll:1", "poll:2"}
    other.rest("poll:1", timedelta(0))
    assert shared.turns.resting() == {"poll:2"}


def test_a_slot_is_taken_once(shared: Store) -> None:
    assert [shared.turns.take("a", timedelta(days=9999)) for _ in range(3)] == [True, False, False]
    assert shared.turns.take("b", timedelta(days=9999))
