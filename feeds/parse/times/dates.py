"""Dates as found in feeds and posts, read by a ladder of our own: exact forms first, then the words one by one.

The rule: a date that cannot be read with certainty is no date. feedparser 6.0.14 reads `2026년 11월 20일` as
1 November, `KST` as UTC and `12` as the year 1101, all without an error; its guesses are never used.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from feeds.parse.times.date_words import MONTHS
from feeds.parse.times.moment import century, known, moment, time_of_day, zone_named
from feeds.parse.times.wording import by_words

LONGEST = 200  # characters; the longest real date seen has 62
FIRST_YEAR, LAST_YEAR = 1900, 2999  # years 0001 and 9999 are the zero dates of Go, .NET and SQL

# What nine of ten dates look like, for a first step at a tenth of the ladder's cost. It answers as the ladder would.
_USUAL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), {1,2})?([0-3]?[0-9]) "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([12][0-9]{3}) ([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]) "
    r"(GMT|UTC|UT|Z|[+-][01][0-9][0-5][0-9])"
)
_MONTHS = {name.title(): number for name, number in MONTHS.items()}
_USUAL_ISO = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][01][0-9]:?[0-5][0-9])"
)
_ISO = re.compile(
    r"""(?P<year>\d{4})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?))?|(?P<month2>\d\d)(?P<day2>\d\d)
      |-?W(?P<week>\d\d)(?:-?(?P<weekday>[1-7]))?|-(?P<ordinal>\d{3}))?
    (?:[ T]\ ?T?(?P<hour>\d\d?)(?::?(?P<minute>\d\d)(?::?(?P<second>\d\d?)(?:[.,](?P<fraction>\d+))?)?)?
      (?:\ ?(?P<zone>Z|UTC|GMT|[+-]\d\d?(?::?\d\d?)?))?Z?)?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
# What programs leave around a date: .NET's `/Date(1609459200000+0900)/`, Go's `m=+0.01`, Java's `[Europe/London]`
# after an offset, a tag; RFC 5322's quoted pairs.
_DEBRIS = re.compile(r"\\?/Date\((\d{10,13})(?:[+-]\d{4})?\)\\?/|\sm=[+-][\d.]+$|(?<=[\dZz])\[[\w/+-]+\]$|<[^<>]*>|\\.")
# Years of Japan's eras and of Taiwan's republic, as those before the first.
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018, "民國": 1911, "民国": 1911}
_ERA = re.compile(rf"({'|'.join(_ERAS)}) ?(\d{{1,3}}|元) ?年")
_EPOCH = re.compile(r"(\d{10})(?:\.\d{1,9}|(\d{3}(?:\d{3}(?:\d{3})?)?))?", re.ASCII)
_RFC822 = re.compile(
    r"""(?:[a-z]{3,9}\.?,?\ )?(?P<day>\d\d?)\ (?P<month>[a-z]{3,9})\.?\ (?P<year>\d{2,4})
    \ (?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d?))?(?:\ ?(?P<zone>[+-]\d{4}|[a-z]{1,5}))?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def read_date(text: str, timezone: str) -> datetime | None:
    """Return the moment that *text* names, aware and UTC; None where it cannot be read or is absurd. Never raises.

    *timezone* is an IANA name and holds for dates without an offset; an unknown name counts as UTC.
    Seconds of 60 and hours of 24 run over into what follows.
    Sources: RFC 5322 §3.3 and §4.3, ISO 8601, W3CDTF, and the dates of real feeds.
    """
    if found := _usual(text):
        return found
    text = _plain(text)
    if not text or len(text) > LONGEST:
        return None
    home = zone_named(timezone) or UTC
    try:
        for read in (_rfc822, _iso, _epoch, by_words):
            found = read(text, home)
            if found is not None:
                return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
    except (ValueError, OverflowError, ArithmeticError):  # 31 February, 25:61: a form that we know, a day that is not
        return None
    return None


def _usual(text: str) -> datetime | None:
    """Return the moment of a date in the usual form of RFC 5322 or RFC 3339; None for all that needs the ladder."""
    try:
        if text[4:5] == "-":
            if not _USUAL_ISO.fullmatch(text):
                return None
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo is UTC else found.astimezone(UTC)
        elif match := _USUAL.fullmatch(text):
            day, month, year, hour, minute, second, zone = match.groups()
            found = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), 0, UTC)
            if offset := _offset(zone):
                found -= offset
        else:
            return None
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


@lru_cache(maxsize=256)
def _offset(zone: str) -> timedelta:
    """How far east of Greenwich `+0900` is; the names that the usual form allows are all 0."""
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:])) if zone[0] in "+-" else timedelta()
    return -size if zone[0] == "-" else size


def _plain(text: str) -> str:
    """One line, one blank between words, without comments in parentheses (RFC 5322 §3.2.2), which nest, and tags."""
    text = " ".join(text[: 4 * LONGEST].replace("\u200b", "").replace("\u200e", "").split())
    text = _DEBRIS.sub(lambda found: found[1] or " ", text)
    while "(" in text:
        shorter = re.sub(r"\([^()]*\)", " ", text)
        if shorter == text:
            break
        text = shorter
    text = _ERA.sub(lambda found: f"{_ERAS[found[1]] + (1 if found[2] == '元' else int(found[2]))}年", text)
    return " ".join(text.split()).strip(" .,;|")


def _rfc822(text: str, home: tzinfo) -> datetime | None:
    match = _RFC822.fullmatch(text)
    month = match and MONTHS.get(match["month"].lower())
    if not match or not month or (match["zone"] and not known(match["zone"])):
        return None
    day = date(century(match["year"]), month, int(match["day"]))
    clock = time_of_day(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    return moment(day, clock, match["zone"] or "", home)


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
    clock = time_of_day(int(match["hour"] or 0), int(match["minute"] or 0), int(match["second"] or 0))
    clock += timedelta(microseconds=int((match["fraction"] or "0")[:6].ljust(6, "0")))
    return moment(day, clock, match["zone"] or "", home)


def _epoch(text: str, home: tzinfo) -> datetime | None:
    """Seconds since 1970, or thousandths, millionths, billionths, and the digits of `20261120150510` without signs."""
    if match := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]), UTC)
    if len(text) in {12, 14} and text.isascii() and text.isdigit():
        form = "%Y%m%d%H%M%S"[: len(text) - 2]
        return datetime.strptime(text, form).replace(tzinfo=home).astimezone(UTC)
    return None
