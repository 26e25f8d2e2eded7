"""A day, a time and a zone to one moment: what all forms of dates share.

Zones: an offset as it stands; an IANA name; an abbreviation as the source's own zone uses it, else by the table
`ZONES`. Letters of the military (RFC 822 §5.1 had their signs wrong, so RFC 5322 §4.3 takes them for unknown, `Z` but
for) and abbreviations that nobody knows count as no zone: the source's zone holds, UTC where it has none.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from feeds.parse.times.date_words import PLACES, ZONES, fold


def century(year: str) -> int:
    """RFC 5322 §4.3: two digits up to 49 are of this century, others and three digits count from 1900."""
    number = int(year)
    if len(year) >= 4:
        return number
    return number + (2000 if len(year) <= 2 and number < 50 else 1900)


def time_of_day(hour: int, minute: int, second: int) -> timedelta:
    """The time since midnight. 24:00 and :60 (ISO 8601, leap seconds) run over; more is an error."""
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError("no such time")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def known(zone: str) -> bool:
    return zone[0] in "+-" or zone.lower() in ZONES or zone.lower() == "z"


def moment(day: date, clock: timedelta, zone: str, home: tzinfo) -> datetime:
    """Join day, time and zone. A wall time that a change of clocks skips or doubles is taken as the earlier one."""
    local = datetime(day.year, day.month, day.day) + clock  # noqa: DTZ001 its zone comes next
    return local.replace(tzinfo=_tz(zone, local, home)).astimezone(UTC)


def _tz(zone: str, local: datetime, home: tzinfo) -> tzinfo:
    """The zone by offset, by name of a place, or by abbreviation: the source's own reading of it goes first."""
    zone = re.sub(r"^(?:gmt|utc) ?(?=[+-])", "", zone.strip(), flags=re.IGNORECASE)
    if not zone:
        return home
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        if zone.count(":") == 1:
            hours, minutes = (int(n) for n in zone[1:].split(":"))
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if zone[0] == "-" else offset)
    if "/" in zone:
        return zone_named(zone) or home
    name = fold(zone)
    if name in PLACES:
        return zone_named(PLACES[name]) or home
    for season in (local, local.replace(month=1, day=1), local.replace(month=7, day=1)):
        aware = season.replace(tzinfo=home)
        if (aware.tzname() or "").lower() == name and name not in {"utc", "gmt"}:
            return timezone(aware.utcoffset() or timedelta())
    return timezone(ZONES[name]) if name in ZONES else home


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; OSError: the name of a folder
        return None
