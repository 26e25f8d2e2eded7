"""Requests to one host keep their distance, by threads and by libcurl alike; time passes only where nobody works."""

from collections.abc import Callable, Generator, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from threading import Event

import pytest

from feeds.fetch import fetcher
from feeds.fetch.batch import PATIENCE, Batch, Round
from feeds.fetch.lanes import Lanes, Room
from feeds.fetch.loop import Loop
from feeds.model.source import Fetched, Source, SourceState
from feeds.net import Client, Hop, Journey, Said

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
APART = 2.0


@dataclass
class World:
    """A clock in the test's hand, and when each source was asked by it."""

    now: float = 100.0
    times: dict[str, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def ask(self, source: Source, state: SourceState, stop: Event) -> Fetched:
        self.times[source.id] = self.now
        return Fetched(outcome="fresh", body_hash=source.id)

    def begin(self, source: Source, state: SourceState) -> Generator[Hop, Said, Fetched]:
        yield from ()
        return self.ask(source, state, Event())


@dataclass
class Ready:
    """A carrier to whom every server answers at once: it waits only when there is nothing to do."""

    world: World
    ended: list[tuple[int, Fetched]] = field(default_factory=list)

    def begin(self, key: int, journey: Journey[Fetched]) -> None:
        try:
            next(journey)
        except StopIteration as end:
            self.ended.append((key, end.value))

    def step(self, seconds: float) -> Sequence[tuple[int, Fetched]]:
        if not self.ended:
            self.world.sleep(seconds)
        ended, self.ended = self.ended, []
        return ended

    def wake(self) -> None: ...

    def call_off(self) -> None: ...


def by_threads(world: World, round: Round) -> Iterator[Fetched | None]:
    return Batch(round, world.ask, 4, world.clock, world.sleep).answers()


def by_libcurl(world: World, round: Round) -> Iterator[Fetched | None]:
    return Loop(round, world.begin, Ready(world), world.clock).answers()


Way = Callable[[World, Round], Iterator[Fetched | None]]
both = pytest.mark.parametrize("way", [by_threads, by_libcurl])


def asked(
    way: Way, world: World, *names: str, rests: MutableMapping[str, float], per_host: int = 1, since: float = -inf
) -> dict[str, float]:
    """Ask sources, named by host and number, and return after how many seconds each was asked."""
    begun = world.now
    sources = [Source(id=name, kind="feed", location=f"http://{name[0]}.example/{name[1:]}") for name in names]
    lanes = Lanes(sources, lambda s: Room(per_host, 0.0 if s.id[0] == "o" else APART), rests, world.now, since)
    pairs = [(source, SourceState(source_id=source.id, due=NOW)) for source in sources]
    assert [fetched and fetched.body_hash for fetched in way(world, Round(pairs, lanes, 4))] == [*names]
    return {name: world.times[name] - begun for name in names}


@both
def test_one_host_is_asked_at_intervals_and_others_at_once(way: Way) -> None:
    assert asked(way, World(), "a1", "a2", "b1", "a3", "b2", rests={}) == {"a1": 0, "b1": 0, "a2": 2, "b2": 2, "a3": 4}


@both
def test_several_lines_to_one_host_keep_the_distance_too(way: Way) -> None:
    assert asked(way, World(), "a1", "a2", "a3", rests={}, per_host=3) == {"a1": 0, "a2": 2, "a3": 4}


@both
def test_what_one_batch_leaves_the_next_one_finds(way: Way) -> None:
    world, rests = World(), dict[str, float]()
    assert asked(way, world, "a1", "o1", rests=rests) == {"a1": 0, "o1": 0}
    world.now += 0.5
    assert asked(way, world, "a2", "b1", "o2", rests=rests) == {"b1": 0, "o2": 0, "a2": 1.5}
    world.now += 2
    assert asked(way, world, "a3", rests=rests) == {"a3": 0}


@both
def test_our_own_hosts_are_asked_without_pause(way: Way) -> None:
    world = World()
    assert set(asked(way, world, "o1", "o2", "o3", rests={}).values()) == {0}
    assert world.waits == []


def test_nobody_waits_longer_than_the_pause_that_is_left() -> None:
    world = World()
    asked(by_libcurl, world, "a1", "a2", rests={})
    assert sum(world.waits) == pytest.approx(APART)
    assert max(world.waits) <= PATIENCE


@both
def test_hosts_that_another_may_have_asked_just_now_are_left_alone(way: Way) -> None:
    world = World()
    since = world.now - 0.5
    assert asked(way, world, "a1", "b1", "o1", rests={}, since=since) == {"a1": 1.5, "b1": 1.5, "o1": 0}


def test_who_goes_on_from_another_waits_out_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("feeds.fetch.monotonic", lambda: now[0])
    first, second = (fetcher(Client(), 1, 1, spacing=timedelta(seconds=APART)) for _ in range(2))
    first.go_on({"a.example": 1.5, "b.example": 0.5})
    now[0] += 1
    assert first.left() == {"a.example": 0.5}
    second.go_on(None)
    now[0] += 1
    assert second.left() is None, "a host may rest yet, and nobody knows which"
    now[0] += 1
    assert second.left() == {}
