"""Who hangs delays nobody else: by simulated time, for nothing here reads a clock."""

import heapq

import pytest

from feeds.send.lanes import HOST, MOST, QUICK, Lanes

QUICKLY, DEADLINE = 0.2, 10.0


def run(hosts: list[str], hanging: set[int]) -> tuple[dict[int, float], int]:
    """Send one message to each host and return when each ended, and the most that were under way at a time."""
    lanes: Lanes[int] = Lanes()
    for n, host in enumerate(hosts):
        lanes.add(host, n)
    now, most = 0.0, 0
    ended: dict[int, float] = {}
    under_way: list[tuple[float, int]] = []
    while len(lanes):
        while (thing := lanes.take(now)) is not None:
            heapq.heappush(under_way, (now + (DEADLINE if thing in hanging else QUICKLY), thing))
        most = max(most, len(under_way))
        until = now + max(lanes.rest(now), 0.001)
        if under_way and under_way[0][0] <= until:
            now, thing = heapq.heappop(under_way)
            lanes.over(thing)
            ended[thing] = now
        else:
            now = until
    return ended, most


def test_ws_21_a_thousand_that_hang_delay_nine_thousand_by_less_than_a_minute() -> None:
    hanging = set(range(0, 10_000, 10))
    ended, most = run([f"host{n}.example" for n in range(10_000)], hanging)
    healthy = sorted(at for n, at in ended.items() if n not in hanging)
    without, _ = run([f"host{n}.example" for n in range(9_000)], set())
    assert len(healthy) == 9_000
    assert healthy[int(len(healthy) * 0.99)] < max(without.values()) + 60 < 120
    assert most <= MOST


def test_ws_21_a_host_that_hangs_holds_its_own_lane() -> None:
    hosts = ["slow.example"] * 100 + [f"host{n}.example" for n in range(100)]
    ended, _ = run(hosts, set(range(100)))
    assert max(at for n, at in ended.items() if n >= 100) < 2
    assert max(ended.values()) == pytest.approx(DEADLINE * 100 / HOST, abs=1)


def test_few_at_a_time_to_one_host_and_few_new_ones_at_a_time() -> None:
    lanes: Lanes[int] = Lanes()
    for n in range(10):
        lanes.add("a.example", n)
    assert [lanes.take(0.0) for _ in range(6)] == [0, 1, 2, 3, None, None]
    lanes.over(1)
    assert lanes.take(0.0) == 4
    for n in range(10, 100):
        lanes.add(f"host{n}.example", n)
    begun = []
    while (thing := lanes.take(0.5)) is not None:
        begun.append(thing)
    assert len(begun) == QUICK - 4
    assert lanes.rest(0.5) == 0.5
    assert lanes.take(1.0) is not None, "those that were begun a moment ago hold no place any more"


def test_everything_is_sent_once() -> None:
    ended, _ = run(["a.example", "b.example"] * 500, set(range(0, 1000, 7)))
    assert sorted(ended) == list(range(1000))


def test_what_waits_can_be_taken_back() -> None:
    lanes: Lanes[int] = Lanes()
    for n in range(10):
        lanes.add("a.example", n)
    begun = [lanes.take(0.0) for _ in range(2)]
    assert lanes.clear() == list(range(2, 10))
    assert (lanes.take(0.0), len(lanes)) == (None, 2)
    lanes.over(0)
    lanes.add("a.example", 11)
    assert (begun, lanes.take(0.0)) == ([0, 1], 11)
