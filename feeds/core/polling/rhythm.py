"""When a source publishes, learned from when it published; and how long to wait for it.

A poll should come when the entries that it may find have waited, all together, for `COST`: a source that publishes
once a month is asked seldom, one that publishes at seven on weekdays shortly after seven. Under a budget of requests
that gives the smallest mean delay of an entry where rates are known: waits go with the square root of a source's rate,
where the rule that Miniflux has (an interval by the number of entries) asks busy sources too often and quiet ones too
seldom. Rates are guessed, and entries come in clumps, so that a busy source is asked somewhat sooner (`STEEP`).

Measured over the real feeds (`scripts/bench cadence`): at a mean delay of half an hour, a quarter of the requests of
fixed intervals.

The rate is what came lately, with half of its weight gone after four weeks or the whole history, whichever is
shorter. Hours of the day and days of the week weigh as they did before, against how long each of them was seen: of a
busy source only the last afternoon may be known, which says nothing of its nights. They are smoothed as if a few more
entries had come at any time. All in UTC: a rhythm has no need of a zone.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

KEPT = 100  # times that are remembered
COST = timedelta(minutes=6)  # what one request is worth in waiting, of a source of `USUAL` entries
USUAL = 10 / (24 * 60)  # a minute
STEEP = 0.2  # the worth goes with this power of how much rarer entries are: waits with the power 0.6 of the rate
MEMORY = 4 * 7 * 24 * 60  # minutes
STEP = 15  # minutes in which a wait is reckoned
ANY_HOUR, ANY_DAY = 6, 20  # entries at any hour and on any day, beside those that came
ENOUGH = 8  # entries, below which nothing is usual
FADING = 4  # mean intervals of silence, from which on a source is thought of as slower than it was
_RARE = 1 / (14 * 24 * 60)  # a minute: what is thought of a source that has published nothing yet
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def remembered(times: Sequence[int], found: Iterable[datetime | None], now: datetime) -> tuple[int, ...]:
    """Return *times*, minutes since 1970, with those of *found* that are not ahead of *now*: the latest, in order."""
    late = minutes(now)
    fresh = {minutes(at) for at in found if at and at <= now}
    return tuple(sorted({*(t for t in times if t <= late), *fresh})[-KEPT:])


def minutes(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(minutes=1)


def wait(times: Sequence[int], now: datetime, shortest: timedelta, longest: timedelta) -> timedelta:
    """Return how long to wait for a source that published at *times*, between *shortest* and *longest*."""
    start, most = minutes(now), max(longest // timedelta(minutes=1), 1)
    times = _past(times, start)
    rate, hours, days = _rate(times, start), *_profile(times, start)
    expected = waited = 0.0
    cost, passed = COST / timedelta(minutes=1) * (USUAL / rate) ** STEEP, 0
    while passed < most and waited < cost:
        at = start + passed
        come = rate * hours[at // 60 % 24] * days[at // 1440 % 7] * STEP
        waited += (expected + come / 2) * STEP
        expected += come
        passed += STEP
    return min(max(timedelta(minutes=passed), shortest), longest)


def quiet(times: Sequence[int], now: datetime) -> timedelta | None:
    """Return the silence of a source that has been silent for longer than was ever likely; None of any other.

    Longer than two weeks, than four times what it usually waits between entries, and than twice its longest silence.
    """
    if len(times) < ENOUGH:
        return None
    gaps = sorted(later - earlier for earlier, later in pairwise(times))
    silence = minutes(now) - times[-1]
    unlike = silence > max(2 * 7 * 24 * 60, 4 * gaps[len(gaps) // 2], 2 * gaps[-1])
    return timedelta(minutes=silence) if unlike else None


def told(times: Sequence[int], now: datetime) -> float:
    """Return how many entries a day a source is thought to tell now that published at *times*."""
    start = minutes(now)
    return _rate(_past(times, start), start) * 24 * 60


def _past(times: Sequence[int], now: int) -> Sequence[int]:
    """Leave out what is ahead of a clock that was set back, or that stands at 1970 until it is told the time."""
    return times[: bisect_right(times, now)]


def _rate(times: Sequence[int], now: int) -> float:
    """Return entries a minute, the latest counting most."""
    if not times:
        return _RARE
    span = max(now - times[0], 1)
    memory = min(MEMORY, max(span, 24 * 60))
    come = sum(math.exp((t - now) / memory) for t in times)
    passed = memory * (1 - math.exp(-span / memory))
    rate = (come + _RARE * memory) / (passed + memory / 4)
    return min(rate, FADING / max(now - times[-1], 1))


def _profile(times: Sequence[int], now: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return how much more than on average comes in each hour of the day and on each day since Thursday."""
    if not times:
        return (1.0,) * 24, (1.0,) * 7
    hours, days = [0.0] * 24, [0.0] * 7
    for at in times:
        hours[at // 60 % 24] += 1
        days[at // 1440 % 7] += 1
    watched = _watched(times[0], now, 60, 24)
    return (
        _relative(_blurred(hours), _blurred(watched), ANY_HOUR),
        _relative(days, _watched(times[0], now, 1440, 7), ANY_DAY),
    )


def _watched(first: int, last: int, unit: int, places: int) -> list[float]:
    """Return how often each of *places* units of time was there from *first* to *last*, all in minutes."""
    whole, rest = divmod(max(last - first, 1), unit * places)
    found, at = [float(whole)] * places, first
    while rest > 0:
        part = min(unit - at % unit, rest)
        found[at // unit % places] += part / unit
        at, rest = at + part, rest - part
    return found


def _blurred(hours: Sequence[float]) -> list[float]:
    """What comes at seven may come at six or eight another time."""
    return [0.6 * here + 0.2 * hours[n - 1] + 0.2 * hours[(n + 1) % len(hours)] for n, here in enumerate(hours)]


def _relative(came: Sequence[float], watched: Sequence[float], anytime: int) -> tuple[float, ...]:
    """Return by place what *came*, as a multiple of what would have come if each time were like any other."""
    usual, more = sum(came) / sum(watched), anytime / len(came)
    return tuple((here + more) / (usual * seen + more) for here, seen in zip(came, watched, strict=True))
