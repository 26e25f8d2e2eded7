"""Checks of single values: each takes a text and the time, and gives the code of the rule that it breaks, or ''."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache, wraps
from typing import TypeAlias
from urllib.parse import unquote

from feeds.render import safe

Check: TypeAlias = Callable[[str, datetime], str]

_KEPT = (
    4096  # outcomes: a story's addresses and dates are asked about once a format, and those of a site again and again
)
_LONG = 500  # characters; longer values are not kept


def _remembered(check: Check) -> Check:
    """*check*, which asks about the same value once only."""
    kept = lru_cache(maxsize=_KEPT)(check)

    @wraps(check)
    def asked(value: str, now: datetime) -> str:
        return kept(value, now) if len(value) < _LONG else check(value, now)

    return asked


AHEAD = timedelta(minutes=10)
"""How far a clock may run ahead of ours."""
FIRST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the web there were no feeds; 1970 is what a broken clock says."""

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII
)  # RFC 4287 §3.3: capital T and Z
_W3CDTF = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC822 = re.compile(
    rf"(?:({'|'.join(_DAYS)}) ?, ?)?(\d\d?) ({'|'.join(_MONTHS)}) (\d{{4}}|\d\d) (\d\d):(\d\d)(?::(\d\d))? "
    r"(UT|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|[A-IK-Z]|[+-]\d{4})",
    re.ASCII | re.IGNORECASE,  # RFC 822 §3.4.7
)  # RFC 822 §5.1, with the years of RFC 1123 §5.2.14
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)", re.DOTALL)  # RFC 822 §3.4.3; the innermost ones
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
# RFC 3987 §2.2: all but blanks, controls and the characters that no URI may hold.
_IRI = re.compile(r"(?:[^\x00-\x20\x7f<>\"{}|\\^`%\[\]]|%[0-9A-Fa-f]{2})*")
_AUTHORITY = re.compile(
    r"(?:[^@/?#\[\]]*@)?(?:\[[0-9A-Fa-f:.]+\]|\[v[0-9A-Fa-f]+\.[^\]]+\]|[^@:/?#\[\]\s]+)(?::\d*)?(?=[/?#]|\Z)"
)
_WEB = re.compile(r"(?:https?|ftp|feed):", re.IGNORECASE)
_TAG = re.compile(
    r"tag:(?:[A-Za-z0-9\-._]+@)?[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?,\d{4}(?:-(?:0[1-9]|1[012])(?:-[0-3]\d)?)?"
    r":(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*(?:#(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?"
)
_URN = re.compile(r"urn:[a-z0-9][a-z0-9\-]{0,31}:(?:[a-z0-9()+,\-.:=@;$_!*'/?#&~]|%[0-9a-f]{2})+", re.IGNORECASE)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9_\-+.'!#$%&*/=?^`{|}~]+@(?:[A-Za-z0-9\-]+\.)+[A-Za-z0-9\-]+")
_CONTACT = re.compile(rf"{_EMAIL.pattern}(?: ?\([^()]*(?:\([^()]*\)[^()]*)*\))?|[^<>@]*<{_EMAIL.pattern}>")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-]+(?:\s*;.*)?", re.DOTALL)
_TAGGED = re.compile(r"(?:[A-Za-z]{2,3}|[ixIX])(?:-[A-Za-z0-9]{1,8})*")  # longer ones: none is registered
_WHOLE = re.compile(r"\d+", re.ASCII)
_FORM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_:.\-]*")


# dates


@_remembered
def date3339(value: str, now: datetime) -> str:
    """RFC 3339 as RFC 4287 §3.3 narrows it: with seconds and zone, nothing around it."""
    found = _RFC3339.fullmatch(value)
    if not found:
        return "value.spaces" if _RFC3339.fullmatch(value.strip()) else "date.rfc3339"
    at = _moment(found.groups()[:6], found[7])
    return _plausible(at, now) if at else "date.rfc3339"


def w3cdtf(value: str, now: datetime) -> str:
    """W3C-DTF in any of its lengths; a time without a zone is one in the event module (RSS 1.0 mod_event)."""
    found = _W3CDTF.fullmatch(value.strip())
    if not found:
        return "date.w3cdtf"
    year, month, day, hour, minute, second, zone = found.groups()
    at = _moment((year, month or "1", day or "1", hour or "0", minute or "0", second or "0"), zone or "Z")
    return _plausible(at, now) if at else "date.w3cdtf"


@_remembered
def timestamp(value: str, now: datetime) -> str:
    """W3C-DTF that names its zone where it names a time."""
    if "T" in value and not re.search(r"(?:Z|[+-]\d\d:\d\d)\s*\Z", value):
        return "date.w3cdtf"
    return w3cdtf(value, now)


def _without_comments(value: str) -> str:
    for _ in range(min(value.count("("), 9)):
        value = _COMMENT.sub(" ", value)
    return value


@_remembered
def date822(value: str, now: datetime) -> str:
    """RFC 822, with the day of the week that the date has, where one is named."""
    found = _RFC822.fullmatch(" ".join(_without_comments(value).split()))
    if not found:
        return "date.rfc822"
    weekday, day, month, year, hour, minute, second, zone = found.groups()
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 50 else 1900)
    offset = f"{zone[:3]}:{zone[3:]}" if zone[0] in "+-" else "Z"
    number = _MONTHS.index(month.title()) + 1
    at = _moment((str(full), str(number), day, hour, minute, second or "0"), offset)
    if not at or (weekday and _DAYS[at.weekday()] != weekday.title()):
        return "date.rfc822"
    return "date.year" if len(year) == 2 else _plausible(at, now)


def _moment(parts: tuple[str, ...], zone: str) -> datetime | None:
    year, month, day, hour, minute, second = map(int, parts)
    try:
        ahead = timedelta(0)
        if zone != "Z":
            hours, minutes = int(zone[1:3]), int(zone[4:6])
            ahead = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
            if minutes > 59:
                return None
        return datetime(
            year, month, day, hour, minute, min(second, 59 if second == 60 else second), tzinfo=timezone(ahead)
        )
    except (ValueError, OverflowError):
        return None


def _plausible(at: datetime, now: datetime) -> str:
    if at > now + AHEAD:
        return "date.future"
    return "date.implausible" if at < FIRST else ""


# addresses


@_remembered
def iri_reference(value: str, now: datetime) -> str:
    """An IRI, or a reference that is resolved against a base (RFC 3987 §2.2)."""
    del now
    if value != value.strip():
        return "value.spaces" if _faultless(value.strip()) else "uri.invalid"
    if not _faultless(value):
        return "uri.invalid"
    return "" if _SCHEME.match(value) else "uri.relative"


def _faultless(value: str) -> bool:
    """Whether *value* holds what an IRI may hold, and names a host where its scheme asks for one."""
    scheme = _SCHEME.match(value)
    rest = value[scheme.end() :] if scheme else value
    if value.count("#") > 1:
        return False
    if rest.startswith("//"):
        authority = _AUTHORITY.match(rest, 2)
        if not authority and not (scheme and scheme[0].lower() == "file:"):
            return False
        rest = rest[authority.end() :] if authority else rest[2:]
    elif (scheme and _WEB.match(value)) or (not scheme and ":" in re.split(r"[/?#]", rest, maxsplit=1)[0]):
        return False
    return bool(_IRI.fullmatch(rest))


@_remembered
def iri(value: str, now: datetime) -> str:
    """A full IRI, of the form that its scheme asks for where we know that."""
    found = iri_reference(value, now)
    if found:
        return "uri.absolute" if found == "uri.relative" else _of_scheme(value) or found
    return _of_scheme(value)


def _of_scheme(value: str) -> str:
    scheme = value.partition(":")[0].lower()
    if scheme == "tag":
        return "" if _TAG.fullmatch(value) else "id.tag"
    if value.lower().startswith("urn:uuid:"):
        return "" if _UUID.fullmatch(value) else "id.uuid"
    if scheme == "urn":
        return "" if _URN.fullmatch(value) else "id.urn"
    return ""


@_remembered
def uri(value: str, now: datetime) -> str:
    """A full URI, as RSS asks for it: ASCII alone; blanks around it are overlooked there."""
    found = iri(value.strip(), now)
    return "uri.ascii" if not found and not value.isascii() else found


@_remembered
def web(value: str, now: datetime) -> str:
    """A full URI that can be followed."""
    found = uri(value, now)
    return found or ("" if "//" in value or not _WEB.match(value.strip()) else "uri.invalid")


# people, languages, types, numbers


def email(value: str, now: datetime) -> str:
    del now
    return "" if _EMAIL.fullmatch(value) else "email.form"


def contact(value: str, now: datetime) -> str:
    """An address with a name in parentheses (the profile's form), in angle brackets, or as a mailto URI."""
    del now
    plain = value.strip()
    if plain.lower().startswith("mailto:"):
        plain = unquote(plain[7:].partition("?")[0])
    return "" if _CONTACT.fullmatch(plain) else "contact.form"


@_remembered
def language(value: str, now: datetime) -> str:
    """A tag of RFC 5646 whose first part is a code that exists, as far as we know those of two letters."""
    del now
    plain = value.strip()
    if not _TAGGED.fullmatch(plain):
        return "language.form"
    first = plain.partition("-")[0]
    return "language.form" if len(first) == 2 and not safe.language(first) else ""


def language_or_none(value: str, now: datetime) -> str:
    """XML 1.0 §2.12: an empty xml:lang takes back that of the parent."""
    return language(value, now) if value else ""


def media_type(value: str, now: datetime) -> str:
    del now
    return "" if _MEDIA_TYPE.fullmatch(value) else "type.media"


def whole(value: str, now: datetime) -> str:
    del now
    return "" if _WHOLE.fullmatch(value.strip()) else "value.number"


def positive(value: str, now: datetime) -> str:
    return whole(value, now) or ("" if int(value) else "value.number")


def number(value: str, now: datetime) -> str:
    del now
    return "" if re.fullmatch(r"-?\d+", value.strip(), re.ASCII) else "value.number"


def numbers(value: str, now: datetime) -> str:
    """Whole numbers with commas between (RSS 1.0 mod_slash)."""
    del now
    return "" if re.fullmatch(r"\d+(?:,\s*\d+)*", value.strip(), re.ASCII) else "value.number"


def boolean(value: str, now: datetime) -> str:
    del now
    return "" if value in {"true", "false"} else "value.boolean"


def hour(value: str, now: datetime) -> str:
    """0 to 23 by the specification; 24 is midnight in RSS 0.91."""
    return "value.hour" if whole(value, now) or int(value) > 24 else ""


def day(value: str, now: datetime) -> str:
    del now
    known = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
    return "" if value.strip() in known else "value.day"


def width(value: str, now: datetime) -> str:
    return "value.size" if positive(value, now) or int(value) > 144 else ""


def height(value: str, now: datetime) -> str:
    return "value.size" if positive(value, now) or int(value) > 400 else ""


def form_name(value: str, now: datetime) -> str:
    del now
    return "" if _FORM_NAME.fullmatch(value.strip()) else "value.name"


def period(value: str, now: datetime) -> str:
    del now
    return "" if value.strip() in {"hourly", "daily", "weekly", "monthly", "yearly"} else "value.period"


def _degrees(most: float, rule: str) -> Check:
    def check(value: str, now: datetime) -> str:
        del now
        try:
            return "" if abs(float(value)) <= most else rule
        except ValueError:
            return rule

    return check


latitude = _degrees(90, "value.latitude")
longitude = _degrees(180, "value.longitude")


def name(value: str, now: datetime) -> str:
    del now
    return "" if value.strip() else "name.empty"


def base64(value: str, now: datetime) -> str:
    del now
    try:
        b64decode("".join(value.split()), validate=True)
    except ValueError:
        return "content.base64"
    return ""
