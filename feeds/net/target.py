"""A URL, parsed once: what is dialled, named in TLS, sent as `Host` and compared is this one value.

`urlsplit` and urllib3 disagree on `http://public\\@127.0.0.1/`: so nothing here is repaired, and a host that
is not spelled as a server would spell it is refused before any name is looked up.
Sources: RFC 3986 appendix B; WHATWG URL "ends in a number"; UTS 46 for names in other scripts.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote, urljoin

import idna

from feeds.errors import FetchError

PORTS = {"http": 80, "https": 443}
LONGEST = 8192  # RFC 9110 §4.1 asks for 8000 octets at least

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(\?[^#]*)?(?:#.*)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_OCTETS = frozenset(map(str, range(256)))
_SAFE = "!$%&'()*+,/:;=?@~-._"
_PLAIN = re.compile(r"[A-Za-z0-9!$&'()*+,/:;=?@~._-]*")  # nothing to encode
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place to ask, in all the forms in which it is compared and sent.

    *host* is ASCII, lower case, without brackets or final dot; *place* is `host:port`, the form in which private places
    are allowed; *origin* is scheme, host and port as a URL without path (RFC 6454); *path* includes the query.
    """

    scheme: str
    host: str
    port: int
    place: str
    origin: str
    path: str

    @property
    def is_address(self) -> bool:
        """Whether the host is an address already: no name ends in a number."""
        return ":" in self.host or self.host.rpartition(".")[2].isdigit()

    @property
    def url(self) -> str:
        return self.origin + self.path


def parse(url: str) -> Target:
    """Return the place that *url* names. Raises `FetchError`: `scheme`, or `address` for all that is not canonical."""
    found = _URL.fullmatch(url.strip(" "))
    if _CONTROL.search(url) or len(url) > LONGEST:
        raise FetchError("address", "the url is too long or holds control characters")
    if not found or found[1].lower() not in PORTS:
        raise FetchError("scheme", f"{found[1].lower()}:" if found else "")
    scheme, authority = found[1].lower(), found[2] or ""
    if "@" in authority:
        raise FetchError("address", "a user name in the url is not sent; give credentials under `headers`")
    name, number = _split(authority)
    host, port = _host(name), _port(number) if number else PORTS[scheme]
    shown = f"[{host}]" if ":" in host else host
    place = f"{shown}:{port}"
    return Target(
        scheme=scheme,
        host=host,
        port=port,
        place=place,
        origin=f"{scheme}://{shown if port == PORTS[scheme] else place}",
        path=_encoded(found[3] or "/") + _encoded(found[4] or ""),
    )


def follow(base: Target, location: str) -> Target:
    """Return where the `Location` of an answer from *base* leads; raw UTF-8 in it is read as such (NET-30)."""
    with suppress(UnicodeError):  # the header really is Latin-1
        location = location.encode("latin-1").decode("utf-8")
    location = location.strip(" ")
    if _CONTROL.search(location) or "\\" in location.partition("?")[0]:
        raise FetchError("redirect", "the Location header is malformed")
    try:
        return parse(urljoin(base.url, location))
    except ValueError as error:  # urljoin on a broken bracket
        raise FetchError("redirect", "the Location header is malformed") from error


def _split(authority: str) -> tuple[str, str]:
    host, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return authority, ""
    return host, port


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= 65535):
        raise FetchError("address", "the port is not a number from 1 to 65535")
    return int(text)


def _host(text: str) -> str:
    """Return the canonical host, or refuse: decimal, hex, octal and short addresses, zone ids, escapes, blanks."""
    if text.startswith("[") and text.endswith("]"):
        return _literal6(text[1:-1])
    name = text.lower().removesuffix(".") if text.isascii() else _ascii(text)
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        if text != name or not _is_dotted_quad(name):
            raise FetchError("address", "the host is not spelled in the usual way")
    elif not _NAME.fullmatch(name):
        raise FetchError("address", "the host is not spelled in the usual way")
    return name


def _literal6(text: str) -> str:
    try:
        if "%" not in text:
            return IPv6Address(text).compressed
    except AddressValueError:
        pass
    raise FetchError("address", "the host is not spelled in the usual way")


def _is_dotted_quad(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(part in _OCTETS for part in parts)


def _ascii(text: str) -> str:
    try:
        if len(text) <= 253:
            return idna.encode(text.removesuffix("."), uts46=True).decode("ascii")
    except idna.IDNAError:
        pass
    raise FetchError("address", "the host is not a valid name")


def _encoded(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return quote(_LONE_PERCENT.sub("%25", text), safe=_SAFE, errors="replace")
