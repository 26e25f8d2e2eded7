"""Over budget: what tells little waits first, what tells much hardly, and all is as before when it is over."""

import heapq
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.polling import cadence, load
from feeds.core.polling.rhythm import minutes
from feeds.model.settings import Schedule, Strained
from feeds.model.source import FeedInfo, Fetched, Options, Problem, Source, SourceState

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
OFTEN, DAILY, SELDOM = HOUR, DAY, 60 * DAY


@pytest.mark.parametrize(
    ("late", "pressure"),
    [
        pytest.param(0, 1.0, id="nothing is late"),
        pytest.param(100, 1.0, id="few are, as those of a crowded host"),
        pytest.param(150, 2.25, id="more are"),
        pytest.param(300, 9.0, id="many are"),
        pytest.param(1000, 64.0, id="a bound"),
    ],
)
def test_pressure(late: int, pressure: float) -> None:
    assert load.pressure(late, 1000) == pytest.approx(pressure)


def test_no_sources_are_no_pressure() -> None:
    assert load.pressure(0, 0) == 1.0


@given(st.floats(1, 64), st.floats(0, 500), st.floats(0, 500), st.integers(1, 200_000))
def test_who_tells_more_never_waits_longer(pressure: float, one: float, other: float, seconds: int) -> None:
    wait = timedelta(seconds=seconds)
    little, much = (load.stretched(wait, pressure, told) for told in sorted((one, other)))
    assert wait <= much <= little <= max(wait * pressure, wait) + timedelta(milliseconds=1)
    assert little <= max(wait, load.LONGEST)


def source(name: str, every: timedelta = HOUR) -> Source:
    return Source(id=name, kind="feed", location=f"https://{name}.example/", every=every, options=Options())


def state(name: str, between: timedelta, **more: object) -> SourceState:
    times = tuple(sorted(minutes(NOW - n * between) for n in range(1, 30)))
    return SourceState(source_id=name, due=NOW, polled=NOW - HOUR, info=FeedInfo(times=times), **more)  # type: ignore[arg-type]


def wait(between: timedelta, pressure: float, fetched: Fetched, **more: object) -> timedelta:
    schedule = Strained.of(Schedule(jitter=0), pressure)
    return cadence.after(state("s", between, **more), source("s"), fetched, schedule, NOW).due - NOW


UNCHANGED, FAILED = Fetched(outcome="unchanged", status=304), Fetched(outcome="failed", problem=Problem(code="dns"))


@pytest.mark.parametrize(
    ("between", "least", "most"),
    [(OFTEN, 1.0, 1.05), (DAILY, 1.5, 2.2), (SELDOM, 6.0, 8.0)],
    ids=["hourly", "daily", "seldom"],
)
def test_waits_grow_by_how_little_is_told(between: timedelta, least: float, most: float) -> None:
    assert wait(between, 1.0, UNCHANGED) == HOUR
    assert least <= wait(between, 8.0, UNCHANGED) / HOUR <= most


def test_who_fails_waits_first_and_folders_never() -> None:
    assert wait(OFTEN, 8.0, FAILED) == 8 * wait(OFTEN, 1.0, FAILED)
    posts = Source(id="posts", kind="content", location="/posts", every=HOUR)
    due = cadence.after(state("posts", SELDOM), posts, UNCHANGED, Strained.of(Schedule(), 64.0), NOW).due
    assert due - NOW == HOUR


def test_what_can_be_asked_goes_to_what_tells_and_the_rest_keeps_up_when_it_is_over() -> None:
    """One minute after the other: 600 sources of an hour, of which 5 a minute can be asked, later 20."""
    kinds = [(OFTEN, 50), (SELDOM, 550)]
    states = {
        f"{n}-{i}": state(f"{n}-{i}", between) for n, (between, number) in enumerate(kinds) for i in range(number)
    }
    queue = [(NOW + MINUTE * (n % 60), name) for n, name in enumerate(sorted(states))]
    heapq.heapify(queue)
    pressure, now = 1.0, NOW
    asked: dict[str, list[datetime]] = {name: [] for name in states}

    def run(hours: int, capacity: int) -> None:
        nonlocal pressure, now
        for _ in range(hours * 60):
            now += MINUTE
            for _ in range(capacity):
                if queue[0][0] > now:
                    break
                _, name = heapq.heappop(queue)
                asked[name].append(now)
                schedule = Strained.of(Schedule(jitter=0), pressure)
                after = cadence.after(states[name], source(name), UNCHANGED, schedule, now)
                heapq.heappush(queue, (after.due, name))
            late = sum(due <= now - load.LATE for due, _ in queue)
            pressure = load.pressure(late, len(queue))

    def mean(kind: int, since: datetime) -> float:
        counts = [sum(at > since for at in times) for name, times in asked.items() if name.startswith(f"{kind}-")]
        return (now - since) / HOUR * len(counts) / max(sum(counts), 1)

    run(6, capacity=5)
    settled = now
    run(12, capacity=5)
    assert sum(map(len, asked.values())) > 0.85 * 18 * 60 * 5, "little of what can be asked is left unused"
    assert max(len(asked[name]) for name in asked) <= 19
    assert mean(0, settled) < 1.4, "those of an hour that tell much are asked nearly each hour"
    assert 1.8 < mean(1, settled) < 2.6, "those that tell little half as often"
    run(6, capacity=20)
    settled = now
    run(6, capacity=20)
    assert pressure == 1.0
    assert max(mean(0, settled), mean(1, settled)) < 1.1
