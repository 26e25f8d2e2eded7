"""What a client has already: the preconditions of RFC 9110 §13, and HTTP's dates (§5.6.7)."""

import re
from calendar import timegm
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Literal, NamedTuple

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOCK = r"(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)"
_DATES = (
    re.compile(rf"[A-Z][a-z]{{2}}, (?P<day>\d\d) (?P<month>[A-Z][a-z]{{2}}) (?P<year>\d{{4}}) {_CLOCK} GMT"),
    re.compile(rf"[A-Z][a-z]{{5,8}}, (?P<day>\d\d)-(?P<month>[A-Z][a-z]{{2}})-(?P<year>\d\d) {_CLOCK} GMT"),  # RFC 850
    re.compile(rf"[A-Z][a-z]{{2}} (?P<month>[A-Z][a-z]{{2}}) (?P<day>[ \d]\d) {_CLOCK} (?P<year>\d{{4}})"),  # asctime
)


class Verdict(NamedTuple):
    """*status* is 200 (send it), 304 (the client has it, by *etag*) or 412 (what it asked for is not so)."""

    status: Literal[200, 304, 412]
    etag: str = ""


def judge(headers: Mapping[str, str], etag: str, also: Collection[str], modified: int | None, now: int) -> Verdict:
    """Answer a GET or HEAD for what bears *etag* and was *modified* then (seconds since 1970), by its preconditions.

    *also* are tags of the same bytes in other codings that this client takes: it may keep what it has. A coding that
    it refuses is not among them, for a cache would hand it on. Names of *headers* are in lower case.

    Source: RFC 9110 §13.2.2, the order in which they count. A date ahead of the clock says nothing: who invents one
    would miss what comes until then.
    """
    if (wanted := headers.get("if-match")) is not None:
        if not _any_of(wanted, (etag,), strong=True):
            return Verdict(412)
    elif (unmodified := seconds(headers.get("if-unmodified-since", ""))) is not None and (
        modified is not None and modified > unmodified  # without a date of ours it says nothing (§13.1.4)
    ):
        return Verdict(412)
    if (known := headers.get("if-none-match")) is not None:
        found = _any_of(known, (etag, *also), strong=False)
        return Verdict(304, found) if found else Verdict(200)
    since = seconds(headers.get("if-modified-since", ""))
    if since is not None and modified is not None and modified <= since <= now:
        return Verdict(304, etag)
    return Verdict(200)


def _any_of(given: str, tags: Collection[str], *, strong: bool) -> str:
    """Return the first of *tags* that *given* names, '' where it names none; `*` names all."""
    if given.strip() == "*":
        return next(iter(tags))
    named = {tag for weak, tag in _listed(given) if not (strong and weak)}
    return next((tag for tag in tags if tag in named), "")


def _listed(given: str) -> list[tuple[str, str]]:
    """The tags of a list. Programs that keep them without quotes mean the same."""
    if '"' not in given:
        return [("", part.strip()) for part in given.split(",")]
    return [(match[1] or "", match[2]) for match in _TAG.finditer(given)]


def tags_of(given: str) -> tuple[str, ...]:
    """Return the tags that If-None-Match names, without their marks of weakness."""
    return tuple(tag for _, tag in _listed(given))


def seconds(date: str) -> int | None:
    """Return an HTTP date, in any of its three forms, as seconds since 1970; None where it is none."""
    found = next(filter(None, (form.fullmatch(date.strip()) for form in _DATES)), None)
    if found is None or found["month"] not in _MONTHS:
        return None
    year = int(found["year"])
    if len(found["year"]) == 2:  # RFC 9110 §5.6.7: at most 50 years ahead
        year += 2000 if year < 77 else 1900
    try:
        at = datetime(
            year, _MONTHS.index(found["month"]) + 1, int(found["day"]), int(found["h"]), int(found["m"]),
            min(int(found["s"]), 59), tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None
    return timegm(at.timetuple())


def http_date(at: int) -> str:
    """Return seconds since 1970 as an HTTP date, whatever the locale."""
    day = datetime.fromtimestamp(at, UTC)
    return f"{_DAYS[day.weekday()]}, {day.day:02} {_MONTHS[day.month - 1]} {day.year:04} {day:%H:%M:%S} GMT"
