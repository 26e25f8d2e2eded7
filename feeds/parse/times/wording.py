"""Dates read word by word, for every form that is not exact; what the words mean stands in `date_words.py`."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from feeds.parse.times.date_words import (
    DAY_FIRST,
    FILLER,
    HALVES,
    MONTHS,
    PLACES,
    WEEKDAY_SIGNS,
    WEEKDAYS,
    YEAR_FIRST,
    ZONES,
    fold,
)
from feeds.parse.times.moment import century, moment, time_of_day, zone_named

_TOKEN = re.compile(
    r"""(?P<zone>(?:(?:GMT|UTC)\ ?|(?<![\w./-]))[+-]\d\d?(?::?\d\d)?(?![\d./:])|(?<=\d)[+-]\d\d:?\d\d(?!\d))
    |(?P<time>\d{1,2}(?::\d{1,2}(?::\d{1,2}(?:[.,]\d+)?)?|h(?:\d\d)?(?![a-z\d])))
    |(?P<numbers>\d{1,4}(?:\ ?[./-]\ ?\d{1,4}){2}|\d{1,4}[./-]\d{1,4})
    |(?P<place>[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+){1,2})
    |(?P<half>[ap]\.\ ?m\.?(?![a-z])|[ap]m(?![a-z])|오전|오후|午前|午後|上午|下午|[πμ]\.?μ\.?)
    |(?P<marked>\d{1,4}\ ?(?:년|월|일|시|분|초|年|月|日|時|时|点|分|秒))
    |(?P<number>\d+)
    |(?P<word>[^\W\d_]+\.?)
    |(?P<rest>[^\s,;.'"|·–—\[\]<>-]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_DOTTED = re.compile(r"\d\d?\.\d\d", re.ASCII)
_MARKS = {"年": "년", "月": "월", "日": "일", "時": "시", "时": "시", "点": "시", "分": "분", "秒": "초"}


@dataclass(slots=True)
class _Parts:
    """What the words of one date have said so far."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    numbers: list[str] = field(default_factory=list)  # without a mark: their order tells
    sign: str = " "  # what stood between them
    clock: tuple[int, int, int] | None = None
    micro: int = 0
    half: int | None = None  # 0 morning, 12 afternoon
    zone: str = ""
    weekday: int | None = None


def by_words(text: str, home: tzinfo) -> datetime | None:
    """Read word by word. A word in the middle that we do not know makes the whole unreadable."""
    parts = _Parts()
    begun = False
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup or "", match[0]
        begun = begun or kind in {"time", "numbers", "marked", "number", "half"}
        if not _take(parts, kind, token, begun):
            return None
    if not _settle(parts, getattr(home, "key", "")):
        return None
    hour, minute, second = parts.clock or (0, 0, 0)
    if parts.half is not None and parts.clock and hour <= 12:
        hour = hour % 12 + parts.half
    clock = time_of_day(hour, minute, second) + timedelta(microseconds=parts.micro)
    return moment(date(parts.year or 0, parts.month or 0, parts.day or 0), clock, parts.zone, home)


def _take(parts: _Parts, kind: str, token: str, begun: bool) -> bool:
    """Let *parts* know one more token; false where it has no place in a date."""
    match kind:
        case "zone":
            parts.zone = parts.zone if parts.zone and parts.zone[0] in "+-" else token
        case "place":
            parts.zone = parts.zone or token
            return zone_named(token) is not None
        case "time":
            return _time(parts, token)
        case "half":
            parts.half = HALVES[fold(token).replace(" ", "")]
        case "numbers":
            if parts.numbers or parts.day:  # `20 nov 2026 15.05`
                return bool(_DOTTED.fullmatch(token)) and _time(parts, token.replace(".", ":"))
            parts.sign = next(c for c in token if c in "./-")
            parts.numbers = re.split(r" ?[./-] ?", token)
        case "marked":
            return _mark(parts, int(token[:-1]), _MARKS.get(token[-1], token[-1]))
        case "number":
            parts.numbers.append(token)
            return len(parts.numbers) <= 3 and len(token) <= 4
        case "word":
            return _word(parts, token, begun)
        case _:
            return not begun
    return True


def _time(parts: _Parts, token: str) -> bool:
    """Take `15:05:10.5`, `15h05` or `15h`."""
    if parts.clock:
        return False
    whole, _, fraction = token.replace(",", ".").partition(".")
    hour, minute, second = (*(int(part or 0) for part in re.split("[:hH]", whole)), 0)[:3]
    parts.clock, parts.micro = (hour, minute, second), int(fraction[:6].ljust(6, "0")) if fraction else 0
    return True


def _mark(parts: _Parts, number: int, mark: str) -> bool:
    """Take a number whose mark says what it is: `11월`, `3시`."""
    if mark in "년월일":
        name = {"년": "year", "월": "month", "일": "day"}[mark]
        if getattr(parts, name) is not None:
            return False
        setattr(parts, name, century(str(number)) if mark == "년" else number)
        return True
    hour, minute, second = parts.clock or (0, 0, 0)
    parts.clock = {"시": (number, minute, second), "분": (hour, number, second), "초": (hour, minute, number)}[mark]
    return True


def _word(parts: _Parts, token: str, begun: bool) -> bool:
    name = fold(token)
    if name in MONTHS and (parts.month is None or not parts.clock):  # `mar., 01 déc.`: the first of two was a weekday
        parts.month = MONTHS[name]
    elif not begun:  # weekdays of any language, `Posted on`
        parts.weekday = WEEKDAYS.get(name[:3], parts.weekday)
    elif name in HALVES:
        parts.half = HALVES[name]
    elif name in ZONES or name in PLACES:
        parts.zone = parts.zone or token
    elif not (name[:3] in WEEKDAYS or name in FILLER or len(name) <= 1 or token.endswith(WEEKDAY_SIGNS)):
        # An abbreviation after the time is a zone that nobody knows.
        return bool(parts.clock) and token.isupper() and len(token) <= 5
    return True


def _settle(parts: _Parts, home: str) -> bool:
    """Turn numbers without a mark into year, month and day; false where they do not make a date."""
    numbers = list(parts.numbers)
    if parts.month is not None:
        return _beside_month(parts, numbers)
    if parts.year is not None or len(numbers) != 3:
        return False
    first, second, third = numbers
    if len(first) == 4:
        parts.year, parts.month, parts.day = int(first), int(second), int(third)
        return len(second) <= 2 and len(third) <= 2
    if len(second) > 2 or len(third) == 3:
        return False
    a, b = int(first), int(second)
    if len(third) == 2 and (a > 31 or (home.startswith(YEAR_FIRST) and b <= 12)):
        parts.year, parts.month, parts.day = century(first), b, int(third)  # 26.11.20 as written in Korea
        return True
    parts.year = century(third)
    # 11/20/2026 is American; 20.11.2026, 20-11-2026, 20 11 2026 are not, nor is what most of the world writes.
    month_first = parts.sign == "/" and a <= 12 and not home.startswith(DAY_FIRST)
    if b <= 12 and a <= 12 and parts.weekday is not None:
        month_first = date(parts.year, a, b).weekday() == parts.weekday
    parts.month, parts.day = (a, b) if month_first or b > 12 else (b, a)
    return True


def _beside_month(parts: _Parts, numbers: list[str]) -> bool:
    """Settle year and day where the month has a name or a mark: `20 Nov 2026`, `November 20, 2026`, `Nov 2026`."""
    for number in sorted(numbers, key=len, reverse=True):
        if len(number) == 4 and parts.year is None:
            parts.year = int(number)
        elif len(number) <= 2 and parts.day is None and (len(numbers) < 2 or number == numbers[0] or parts.year):
            parts.day = int(number)
        elif len(number) == 2 and parts.year is None:
            parts.year = century(number)
        else:
            return False
    if parts.day is None:
        parts.day = 1
    return parts.year is not None
