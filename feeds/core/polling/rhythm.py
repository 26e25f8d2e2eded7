"""When a source publishes, learned from when it published; and how long to wait for it.

A poll should come when the entries that it may find have waited, all together, for `COST`: a source that publishes
once a month is asked seldom, one that publishes at seven on weekdays shortly after seven. Under a budget of requests
that gives the smallest mean delay of an entry: waits go with the square root of a source's rate, where the rule that
Miniflux has (an interval by the number of entries) asks busy sources too often and quiet ones too seldom.

Measured over the real feeds (`scripts/bench cadence`): at a mean delay of half an hour, a third of the requests of
fixed intervals.

The rate is what came lately, with half of its weight gone after four weeks or the whole history, whichever is
shorter. Hours of the day and days of the week weigh as they did before, smoothed as if eight more entries had come at
any time. All in UTC: a rhythm has no need of a zone.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

KEPT = 48  # times that are remembered
COST = timedelta(minutes=9)  # what one request is worth in waiting
MEMORY = 4 * 7 * 24 * 60  # minutes
STEP = 15  # minutes in which a wait is reckoned
PRIOR = 8  # entries at any time, beside those that came
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


def wait(times: tuple[int, ...], now: datetime, shortest: timedelta, longest: timedelta) -> timedelta:
    """Return how long to wait for a source that published at *times*, between *shortest* and *longest*."""
    start, most = minutes(now), max(longest // timedelta(minutes=1), 1)
    rate, hours, days = _rate(times, start), *_profile(times)
    expected = waited = 0.0
    cost, passed = COST / timedelta(minutes=1), 0
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
    return _rate(times, minutes(now)) * 24 * 60


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


@lru_cache(maxsize=4096)
def _profile(times: tuple[int, ...]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return how much more than on average comes in each hour of the day and on each day since Thursday."""
    hours, days = [PRIOR / 24] * 24, [PRIOR / 7] * 7
    for at in times:
        hour = at // 60 % 24
        hours[hour] += 0.6
        hours[hour - 1] += 0.2
        hours[(hour + 1) % 24] += 0.2
        days[at // 1440 % 7] += 1
    return _relative(hours), _relative(days)


def _relative(weights: Sequence[float]) -> tuple[float, ...]:
    whole = sum(weights)
    return tuple(weight * len(weights) / whole for weight in weights)
