"""What the headers of an answer mean for when to ask again, where the feed lives, and who tells of its changes.

Every function takes headers by lower-case name, as `net.Answer` has them, and never raises.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from feeds.model.source import Validators

LONGEST_FRESH = timedelta(days=31)  # a slip of the keyboard must not park a feed for a year
LONGEST_VALIDATOR = 4096  # what we would send back on every request

_SECONDS = re.compile(r"[0-9]{1,12}")
_DIRECTIVE = re.compile(r'([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;"]*)))?', re.IGNORECASE)
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[^\s=;,<>"]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"<>]*))?)*)')
_PARAMETER = re.compile(r';\s*([^\s=;,<>"]+)\s*=\s*(?:"([^"]*)"|([^\s;,"<>]*))')


def validators(headers: Mapping[str, str]) -> Validators:
    """Return ETag and Last-Modified byte for byte, or none where `Expires: 0` says that nothing is to be kept.

    Source: RFC 9110 §8.8; servers that send `Expires: 0` have been seen to answer 304 to everything.
    """
    if headers.get("expires", "").strip() == "0":
        return Validators()
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    return Validators(
        etag=etag if len(etag) <= LONGEST_VALIDATOR else "",
        last_modified=modified if len(modified) <= LONGEST_VALIDATOR else "",
    )


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long the answer stays fresh, at most 31 days; None where it says nothing or is stale already.

    Relative to the server's own `Date`, for its clock may differ from ours (RFC 9111 §4.2).
    """
    if "cache-control" not in headers and "expires" not in headers:
        return None
    control = _directives(headers.get("cache-control", ""))
    if {"no-cache", "no-store"} & control.keys():
        return None
    if "max-age" in control:
        lifetime = _seconds(control["max-age"])
    else:
        expires = http_date(headers.get("expires", ""))
        lifetime = expires - (http_date(headers.get("date", "")) or now) if expires else None
    if lifetime is None:
        return None
    rest = min(lifetime - (_seconds(headers.get("age", "")) or timedelta(0)), LONGEST_FRESH)
    return rest if rest > timedelta(0) else None


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long the server wants to be left alone, at most 31 days; None for nonsense or the past.

    Source: RFC 9110 §10.2.3: seconds, or a date in one of three forms, read against our clock.
    """
    text = headers.get("retry-after", "").strip()
    date = http_date(text)
    wait = date - now if date else _seconds(text)
    return min(wait, LONGEST_FRESH) if wait and wait > timedelta(0) else None


def http_date(text: str) -> datetime | None:
    """Return the time that an HTTP date names (RFC 9110 §5.6.7: IMF-fixdate, RFC 850, asctime), else None."""
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def links(headers: Mapping[str, str], base: str) -> dict[str, str]:
    """Return the first absolute http(s) URL of each relation in the Link header, by lower-case relation.

    Links with an `anchor` speak of something else and are left out; of hubs one by https goes first.
    Source: RFC 8288 §3.
    """
    found: dict[str, str] = {}
    if "link" not in headers:
        return found
    for match in _LINK.finditer(headers["link"]):
        parameters: dict[str, str] = {}
        for name, quoted, plain in _PARAMETER.findall(match[2]):
            parameters.setdefault(name.lower(), quoted or plain)
        url = "" if "anchor" in parameters else _absolute(base, match[1].strip())
        for relation in parameters.get("rel", "").lower().split():
            if url:
                known = found.setdefault(relation, url)
                if relation == "hub" and known.startswith("http:") and url.startswith("https:"):  # secrets go there
                    found[relation] = url
    return found


def _absolute(base: str, url: str) -> str:
    try:
        joined = urljoin(base, url)
    except ValueError:
        return ""
    return joined if joined.lower().startswith(("http://", "https://")) else ""


def _directives(text: str) -> dict[str, str]:
    """Return Cache-Control's directives by lower-case name; of repeated ones the first (RFC 9111 §4.2.1)."""
    found: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(text):
        found.setdefault(name.lower(), quoted or plain)
    return found


def _seconds(text: str) -> timedelta | None:
    """Return a delta-seconds value, capped so that it can be added to a date."""
    text = text.strip()
    return min(timedelta(seconds=int(text)), timedelta(days=36500)) if _SECONDS.fullmatch(text) else None
