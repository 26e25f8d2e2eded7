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


@pytest.mark.parametrize(("back", "taken"), [(20, False), (29, False), (40, True), (3600, True)])
def test_a_clock_that_was_set_back_stops_no_tick(shared: Store, back: int, taken: bool) -> None:
    """Less than a minute is waited for: another scheduler may have been faster, and no tick fires twice."""
    every = timedelta(seconds=2)
    assert shared.turns.take(f"back {back}", every)
    slot = int(shared.library.meta(f"turn:back {back}"))
    shared.library.set_meta(f"turn:back {back}", str(slot + back))  # in slots of two seconds
    assert shared.turns.take(f"back {back}", every) is taken
    if taken:
        assert int(shared.library.meta(f"turn:back {back}")) <= slot + 5, "from here on the clock counts again"


def test_a_job_goes_on_from_where_the_last_one_of_its_shard_ended(shared: Store) -> None:
    """Seconds count by the database's clock, so an hour left is an hour but for a moment."""
    turns, other = shared.turns, Turns(shared.library._db)
    turn, left = turns.begin_asking(7, "as now")
    assert left is None, "nobody knows before the first"
    turns.end_asking(7, turn, "as now", {"a.example": 3600.0, "b.example": 0.0})
    turn, left = other.begin_asking(7, "as now")
    assert left is not None
    assert {host: seconds > 3500 for host, seconds in left.items()} == {"a.example": True}
    other.end_asking(7, turn, "as now", {})
    assert turns.begin_asking(7, "as now")[1] == {}
    assert turns.begin_asking(8, "as now")[1] is None, "each shard has its own"


@pytest.mark.parametrize("ends", ["with its process", "late", "under another deal"])
def test_of_a_job_that_did_not_end_well_nobody_knows_whom_it_asked(shared: Store, ends: str) -> None:
    turns = shared.turns
    turn, _ = turns.begin_asking(9, "as now")
    if ends == "late":  # it stalled, and another ran meanwhile
        turns.begin_asking(9, "as now")
    if ends != "with its process":
        turns.end_asking(9, turn, "as then" if ends == "under another deal" else "as now", {})
    assert turns.begin_asking(9, "as now")[1] is None
