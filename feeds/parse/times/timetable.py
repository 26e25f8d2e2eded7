"""When a feed says that it changes, or never does: ttl, sy:updatePeriod with its base, skipHours and skipDays.

Sources: RSS 2.0 (ttl in minutes, hours and days of GMT in which readers may stay away), RSS 1.0 syndication module
(a period and how often it changes within one, daily and once where nothing is said; a time from which periods count).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def interval(ttl: str, period: str = "", frequency: str = "") -> timedelta | None:
    """Return how long a feed says that it stays as it is: the longer one where it says so twice, None where nowhere."""
    told = [span for span in (_minutes(ttl), _period(period, frequency)) if span]
    return max(told, default=None)


def base(text: str, ttl: str, period: str = "", frequency: str = "") -> datetime | None:
    """Return a time from which whole spans of `interval` lead to each of those at which a feed says that it changes.

    None where it says no such time, or `ttl` is longer than the span that the time is said of.
    """
    span = _period(period, frequency) if text else None
    return _moment(text.strip()) if span and span == interval(ttl, period, frequency) else None


def hours(texts: Iterable[str]) -> tuple[int, ...]:
    """Return hours of GMT, 0 to 23, in order; 24 is midnight too (RSS 0.91 counted from 1)."""
    return tuple(sorted({int(t) % 24 for t in texts if t.isascii() and t.isdigit() and len(t) <= 2 and int(t) <= 24}))


def days(texts: Iterable[str]) -> tuple[int, ...]:
    """Return days of the week, Monday is 0, in order."""
    return tuple(sorted({_DAYS.index(name) for t in texts if (name := t.strip().lower()) in _DAYS}))


def _moment(text: str) -> datetime | None:
    """Read a date as W3CDTF, which is what it is to be in; long past ones are usual: arXiv's is of 1901."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _minutes(text: str) -> timedelta | None:
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0
    return timedelta(minutes=minutes) if minutes else None


def _period(period: str, frequency: str) -> timedelta | None:
    if not (period or frequency):
        return None
    whole = _PERIODS.get(period.strip().lower() or "daily")
    times = int(frequency) if frequency.isascii() and frequency.isdigit() and len(frequency) <= 5 else 1
    return whole / max(times, 1) if whole else None
