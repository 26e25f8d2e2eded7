"""Dates as found in feeds and posts, read by a ladder of our own: exact forms first, then the words one by one.

The rule: a date that cannot be read with certainty is no date. feedparser 6.0.14 reads `2026년 11월 20일` as
1 November, `KST` as UTC and `12` as the year 1101, all without an error; its guesses are never used.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from feeds.parse.date_words import FILLER, HALVES, MONTHS, PLACES, WEEKDAY_SIGNS, WEEKDAYS, ZONES, fold

LONGEST = 200  # characters; the longest real date seen has 62
FIRST_YEAR, LAST_YEAR = 1900, 2999  # years 0001 and 9999 are the zero dates of Go, .NET and SQL

_ISO = re.compile(
    r"""(?P<year>\d{4})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?))?|(?P<month2>\d\d)(?P<day2>\d\d)
      |-?W(?P<week>\d\d)(?:-?(?P<weekday>[1-7]))?|-(?P<ordinal>\d{3}))?
    (?:[ T]\ ?T?(?P<hour>\d\d?)(?::?(?P<minute>\d\d)(?::?(?P<second>\d\d?)(?:[.,](?P<fraction>\d+))?)?)?
      (?:\ ?(?P<zone>Z|UTC|GMT|[+-]\d\d?(?::?\d\d?)?))?Z?)?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_RFC822 = re.compile(
    r"""(?:[a-z]{3,9}\.?,?\ )?(?P<day>\d\d?)\ (?P<month>[a-z]{3,9})\.?\ (?P<year>\d{4}|\d\d)
    \ (?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d?))?(?:\ ?(?P<zone>[+-]\d{4}|[a-z]{1,5}))?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_TOKEN = re.compile(
    r"""(?P<zone>(?:(?:GMT|UTC)\ ?|(?<![\w./-]))[+-]\d\d?(?::?\d\d)?(?![\d./:])|(?<=\d)[+-]\d\d:?\d\d(?!\d))
    |(?P<time>\d{1,2}:\d{2}(?::\d{1,2}(?:[.,]\d+)?)?)
    |(?P<numbers>\d{1,4}(?:\ ?[./-]\ ?\d{1,4}){2}|\d{1,4}[./-]\d{1,4})
    |(?P<place>[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+){1,2})
    |(?P<half>[ap]\.\ ?m\.?(?![a-z])|[ap]m(?![a-z])|오전|오후|午前|午後|上午|下午|[πμ]\.?μ\.?)
    |(?P<marked>\d{1,4}\ ?(?:년|월|일|시|분|초|年|月|日|時|时|点|分|秒))
    |(?P<number>\d+)
    |(?P<word>[^\W\d_]+\.?)
    |(?P<rest>[^\s,;.'"|·–—-]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_MARKS = {"年": "년", "月": "월", "日": "일", "時": "시", "时": "시", "点": "시", "分": "분", "秒": "초"}


def read_date(text: str, timezone: str) -> datetime | None:
    """Return the moment that *text* names, aware and UTC; None where it cannot be read or is absurd. Never raises.

    *timezone* is an IANA name and holds for dates without an offset; an unknown name counts as UTC.
    Seconds of 60 and hours of 24 run over into what follows.
    Sources: RFC 5322 §3.3 and §4.3, ISO 8601, W3CDTF, and the dates of real feeds.
    """
    text = _plain(text)
    if not text or len(text) > LONGEST:
        return None
    home = _zone(timezone) or UTC
    try:
        for read in (_rfc822, _iso, _epoch, _words):
            found = read(text, home)
            if found is not None:
                return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
    except (ValueError, OverflowError, ArithmeticError):  # 31 February, 25:61: a form that we know, a day that is not
        return None
    return None


def _plain(text: str) -> str:
    """One line, one blank between words, without comments in parentheses (RFC 5322 §3.2.2), which nest."""
    text = " ".join(text[: 4 * LONGEST].replace("\u200b", "").replace("\u200e", "").split())
    text = re.sub(r"\\.", " ", text)
    while "(" in text:
        shorter = re.sub(r"\([^()]*\)", " ", text)
        if shorter == text:
            break
        text = shorter
    return " ".join(text.split()).strip(" .,;|")


def _rfc822(text: str, home: tzinfo) -> datetime | None:
    match = _RFC822.fullmatch(text)
    month = match and MONTHS.get(match["month"].lower())
    if not match or not month or (match["zone"] and not _known(match["zone"])):
        return None
    day = date(_century(match["year"]), month, int(match["day"]))
    clock = _clock(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    return _moment(day, clock, match["zone"] or "", home)


def _iso(text: str, home: tzinfo) -> datetime | None:
    match = _ISO.fullmatch(text)
    if not match:
        return None
    year = int(match["year"])
    if match["week"]:
        day = date.fromisocalendar(year, int(match["week"]), int(match["weekday"] or 1))
    elif match["ordinal"]:
        day = date(year, 1, 1) + timedelta(days=int(match["ordinal"]) - 1)
        if day.year != year:
            return None
    else:
        day = date(year, int(match["month"] or match["month2"] or 1), int(match["day"] or match["day2"] or 1))
    clock = _clock(int(match["hour"] or 0), int(match["minute"] or 0), int(match["second"] or 0))
    clock += timedelta(microseconds=int((match["fraction"] or "0")[:6].ljust(6, "0")))
    return _moment(day, clock, match["zone"] or "", home)


def _epoch(text: str, home: tzinfo) -> datetime | None:
    """Seconds or milliseconds since 1970, and the digits of `20261120150510` without signs between them."""
    if not (text.isascii() and text.isdigit()):
        return None
    if len(text) == 10:
        return datetime.fromtimestamp(int(text), UTC)
    if len(text) == 13:
        return datetime.fromtimestamp(int(text) // 1000, UTC)
    if len(text) in {12, 14}:
        form = "%Y%m%d%H%M%S"[: len(text) - 2]
        return datetime.strptime(text, form).replace(tzinfo=home).astimezone(UTC)
    return None


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


def _words(text: str, home: tzinfo) -> datetime | None:
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
    clock = _clock(hour, minute, second) + timedelta(microseconds=parts.micro)
    return _moment(date(parts.year or 0, parts.month or 0, parts.day or 0), clock, parts.zone, home)


def _take(parts: _Parts, kind: str, token: str, begun: bool) -> bool:
    """Let *parts* know one more token; false where it has no place in a date."""
    match kind:
        case "zone":
            parts.zone = parts.zone if parts.zone and parts.zone[0] in "+-" else token
        case "place":
            parts.zone = parts.zone or token
            return _zone(token) is not None
        case "time":
            if parts.clock:
                return False
            whole, _, fraction = token.replace(",", ".").partition(".")
            hour, minute, second = (*map(int, whole.split(":")), 0)[:3]
            parts.clock, parts.micro = (hour, minute, second), int(fraction[:6].ljust(6, "0")) if fraction else 0
        case "half":
            parts.half = HALVES[fold(token).replace(" ", "")]
        case "numbers":
            if parts.numbers:
                return False
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


def _mark(parts: _Parts, number: int, mark: str) -> bool:
    """Take a number whose mark says what it is: `11월`, `3시`."""
    if mark in "년월일":
        name = {"년": "year", "월": "month", "일": "day"}[mark]
        if getattr(parts, name) is not None:
            return False
        setattr(parts, name, _century(str(number)) if mark == "년" else number)
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
    elif name in ZONES:
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
    if len(third) == 2 and (a > 31 or (home.startswith("Asia/") and parts.sign in ".-" and b <= 12)):
        parts.year, parts.month, parts.day = _century(first), b, int(third)  # 26.11.20 as written in Korea
        return True
    parts.year = _century(third)
    month_first = parts.sign == "/" and a <= 12  # 11/20/2026 is American; 20.11.2026, 20-11-2026, 20 11 2026 are not
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
            parts.year = _century(number)
        else:
            return False
    if parts.day is None:
        parts.day = 1
    return parts.year is not None


def _century(year: str) -> int:
    """RFC 5322 §4.3: two digits up to 49 are of this century, others and three digits count from 1900."""
    number = int(year)
    if len(year) >= 4:
        return number
    return number + (2000 if len(year) <= 2 and number < 50 else 1900)


def _clock(hour: int, minute: int, second: int) -> timedelta:
    """The time since midnight. 24:00 and :60 (ISO 8601, leap seconds) run over; more is an error."""
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError("no such time")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _known(zone: str) -> bool:
    return zone[0] in "+-" or zone.lower() in ZONES or zone.lower() == "z"


def _moment(day: date, clock: timedelta, zone: str, home: tzinfo) -> datetime:
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
        return _zone(zone) or home
    name = fold(zone)
    if name in PLACES:
        return _zone(PLACES[name]) or home
    for season in (local, local.replace(month=1, day=1), local.replace(month=7, day=1)):
        aware = season.replace(tzinfo=home)
        if (aware.tzname() or "").lower() == name and name not in {"utc", "gmt"}:
            return timezone(aware.utcoffset() or timedelta())
    return timezone(ZONES[name]) if name in ZONES else home


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; OSError: the name of a folder
        return None
