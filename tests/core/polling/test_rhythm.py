"""Waits that follow a source's own rhythm: a table of sources, and laws."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.polling import rhythm

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHORTEST, LONGEST = 5 * MINUTE, 24 * HOUR


def times(*before: timedelta) -> tuple[int, ...]:
    return rhythm.remembered((), [NOW - wait for wait in before], NOW)


def wait(known: tuple[int, ...], now: datetime = NOW) -> timedelta:
    return rhythm.wait(known, now, SHORTEST, LONGEST)


def every(step: timedelta, count: int = rhythm.KEPT) -> tuple[int, ...]:
    return times(*(step * n for n in range(1, count + 1)))


@pytest.mark.parametrize(
    ("known", "least", "most"),
    [
        pytest.param(every(10 * MINUTE), 5 * MINUTE, 20 * MINUTE, id="six an hour"),
        pytest.param(every(HOUR), 20 * MINUTE, 50 * MINUTE, id="one an hour"),
        pytest.param(every(DAY), 40 * MINUTE, 3 * HOUR, id="one a day"),
        pytest.param(every(30 * DAY, 12), 5 * HOUR, 12 * HOUR, id="one a month"),
        pytest.param((), 8 * HOUR, 24 * HOUR, id="nothing known"),
        pytest.param(times(400 * DAY, 401 * DAY), 24 * HOUR, 24 * HOUR, id="silent for a year"),
    ],
)
def test_wait_goes_with_the_rate(known: tuple[int, ...], least: timedelta, most: timedelta) -> None:
    assert least <= wait(known) <= most


def test_wait_goes_with_a_power_of_the_rate() -> None:
    """A little more than the square root, as far as steps of a quarter of an hour show it: 256 times as rare, 28 times
    as long."""
    often, seldom = wait(every(15 * MINUTE)), wait(every(256 * 15 * MINUTE))
    assert 10 <= seldom / often <= 30


@pytest.mark.parametrize("step", [2 * MINUTE, 30 * MINUTE], ids=["an afternoon", "two days"])
def test_times_that_were_not_seen_are_like_any_other(step: timedelta) -> None:
    """The latest hundred entries of a busy source are of a few hours: no other hour or day is thought to be empty."""
    known = rhythm.remembered((), [NOW - (n + 0.5) * step for n in range(100)], NOW)
    hours, days = rhythm._profile(known, rhythm.minutes(NOW))
    assert min(*hours, *days) > 0.9
    assert max(*hours, *days) < 1.1


def test_hour_of_the_day_counts() -> None:
    at_seven = rhythm.remembered((), [NOW.replace(hour=7) - n * DAY for n in range(1, 40)], NOW)
    before, after = NOW.replace(hour=6, minute=30), NOW.replace(hour=9)
    assert wait(at_seven, before) < wait(at_seven, after) / 2


def test_day_of_the_week_counts() -> None:
    on_mondays = rhythm.remembered(
        (), [NOW - 2 * DAY - n * 7 * DAY - m * HOUR for n in range(6) for m in range(8)], NOW
    )
    monday, thursday = NOW + 5 * DAY, NOW + 8 * DAY
    assert wait(on_mondays, monday) < wait(on_mondays, thursday)


def test_times_ahead_and_of_long_ago_are_not_remembered() -> None:
    found = [NOW + HOUR, None, NOW, *(NOW - n * DAY for n in range(100))]
    known = rhythm.remembered((rhythm.minutes(NOW) + 5,), found, NOW)
    assert len(known) == rhythm.KEPT
    assert known[-1] == rhythm.minutes(NOW)
    assert list(known) == sorted(known)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(NOW - 30 * DAY, id="a month back"),
        pytest.param(NOW - 1000 * DAY, id="three years back"),
        pytest.param(datetime(1970, 1, 1, tzinfo=UTC), id="no clock yet"),
    ],
)
def test_a_clock_that_went_back_knows_nothing_of_what_is_ahead(now: datetime) -> None:
    assert wait(every(HOUR), now) == wait((), now)
    assert rhythm.told(every(HOUR), now) == rhythm.told((), now)


TIMES = st.lists(st.integers(0, 20_000), max_size=60)


@given(TIMES, st.integers(1, 600), st.integers(0, 3000))
def test_wait_is_within_its_bounds(before: list[int], least: int, more: int) -> None:
    known = times(*(n * MINUTE for n in before))
    shortest, longest = least * MINUTE, (least + more) * MINUTE
    assert shortest <= rhythm.wait(known, NOW, shortest, longest) <= longest


@given(TIMES, TIMES)
def test_what_is_remembered_does_not_depend_on_how_it_came(one: list[int], other: list[int]) -> None:
    first, second = ([NOW - n * MINUTE for n in some] for some in (one, other))
    whole = rhythm.remembered((), [*first, *second], NOW)
    assert rhythm.remembered(rhythm.remembered((), first, NOW), second, NOW) == whole
    assert rhythm.remembered(whole, first, NOW) == whole


@pytest.mark.parametrize(
    ("known", "silent"),
    [
        pytest.param(tuple(t - 20 * 24 * 60 for t in every(DAY)), True, id="daily, silent for three weeks"),
        pytest.param(tuple(t - 10 * 24 * 60 for t in every(DAY)), False, id="daily, silent for ten days"),
        pytest.param(tuple(t - 20 * 24 * 60 for t in every(30 * DAY, 12)), False, id="monthly, silent for seven weeks"),
        pytest.param(tuple(t - 120 * 24 * 60 for t in every(30 * DAY, 12)), True, id="monthly, silent for five months"),
        pytest.param(times(90 * DAY, 91 * DAY), False, id="too few to know"),
        pytest.param((), False, id="nothing known"),
    ],
)
def test_silence_is_told_where_it_is_unlike_a_source(known: tuple[int, ...], silent: bool) -> None:
    assert (rhythm.quiet(known, NOW) is not None) is silent
