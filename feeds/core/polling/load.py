"""More to ask than can be asked: which sources wait longer, and how much.

Sources are late when they are due and nobody comes. Where many are, there is pressure: waits grow, first those of
sources that tell little. One that publishes once a month waits nearly *pressure* times as long, one that tells ten
things a day hardly longer: so the little that can be asked brings most of the news.

Pressure goes by how many are late now, and not by how long that has been so: what it does shows only when sources come
due the next time, and a rule with a memory asked nobody for hours, then everybody (simulated, with room for half
of what is wanted: this rule uses nine tenths of it, the other ones two).

Single hosts with more sources than they may be asked for are late for ever: that is no pressure, as long as they are
few among all.
"""

import math
from datetime import timedelta

LATE = timedelta(minutes=10)  # after its time, from which on a source counts as late
MUCH = 0.1  # share of sources that may be late without pressure
MOST = 64.0  # pressure: a source of an hour is asked within three days
LONGEST = timedelta(days=1)  # to which pressure alone may put off a source


def pressure(late: int, sources: int) -> float:
    """Return the pressure, from 1, which is none, where *late* of *sources* are late."""
    share = late / max(sources, 1)
    return min(max((share / MUCH) ** 2, 1.0), MOST)


def stretched(wait: timedelta, pressure: float, told: float) -> timedelta:
    """Return *wait* under *pressure*, for a source that tells so many entries a day."""
    if pressure <= 1.0:
        return wait
    spared = 1 / (1 + told)
    return min(wait * math.pow(pressure, spared * spared), max(wait, LONGEST))
