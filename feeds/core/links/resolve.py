"""Absolute URLs, as browsers resolve them and as validators want them.

Sources: WHATWG URL standard (how browsers resolve), RFC 3986 (which characters a URI may hold), UTS 46 (host names).
"""

import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

import idna

_EDGES = "".join(map(chr, range(0x21)))
_INSIDE = str.maketrans("", "", "\t\n\r")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UPWARDS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)
# RFC 3986 pchar, and '/' '%' ; a query and a fragment may hold '?' too.
_PATH_SAFE = "/%:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + "?"
_VALID = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?-]*")
# WHATWG forbidden domain code points, and blanks of any kind.
_NO_HOST = re.compile(r"[\x00-\x20\x7f\s\"#%/:<>?@\[\\\]^`{|}]")
_END = re.compile(r"[/\\?#]")
_PORT = re.compile(r"0*[0-9]{1,5}", re.ASCII)
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|[0-9]+")
# What nine of ten addresses in feeds look like, and are as they should be: found at a sixth of the cost of taking them
# apart. Dots that lead upwards are looked for apart.
_CHARACTERS = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/{}-]++|%[0-9A-Fa-f]{{2}})*+"
_USUAL = re.compile(
    r"https?://(?=[^/]{4,200}/)(?:[a-z0-9-]++\.)++[a-z]{2,24}/"
    + _CHARACTERS.format("")
    + rf"(?:\?{_CHARACTERS.format('?')})?(?:#{_CHARACTERS.format('?')})?"
)


class Parts(NamedTuple):
    """An http(s) URL taken apart. *port* is '' where it is the scheme's own."""

    scheme: str
    host: str
    port: str
    path: str
    query: str | None
    fragment: str | None

    def __str__(self) -> str:
        """Put together, with everything percent-encoded that RFC 3986 does not allow."""
        tail = "" if self.query is None else f"?{encoded(self.query, _QUERY_SAFE)}"
        end = "" if self.fragment is None else f"#{encoded(self.fragment, _QUERY_SAFE)}"
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self.host}{port}{encoded(self.path, _PATH_SAFE)}{tail}{end}"


def absolute(url: str, base: str = "") -> str:
    """Return *url* as a browser on the page *base* would follow it, as a valid URI; '' where it leads nowhere.

    Tabs and newlines go, `\\` counts as `/`, `//host`, `/path`, `?query`, `#fragment` and `..` stand on *base*.
    Hangul and other non-ASCII characters are percent-encoded as UTF-8, host names become punycode; what is
    percent-encoded already stays as it is, also EUC-KR bytes. '' for an empty *url*, schemes other than http(s),
    user names and passwords, bad hosts or ports, and a relative *url* without a usable *base*.
    """
    if not url or (_USUAL.fullmatch(url) and "/." not in url and "/%2" not in url):
        return url
    parts = split(url, base)
    return str(parts) if parts else ""


def split(url: str, base: str = "") -> Parts | None:
    """Return *url* resolved and taken apart, or None where `absolute` gives ''. Nothing is encoded yet but the host."""
    text = trimmed(url)
    if not text:
        return None
    if found := _SCHEME.match(text):
        scheme, rest = found[1].lower(), text[found.end() :]
        if scheme not in ("http", "https"):
            return None
        if rest[:1] in ("/", "\\"):
            return _with_host(scheme, rest.lstrip("/\\"))
        ground = _ground(base)
        if ground is None or ground.scheme != scheme:
            return _with_host(scheme, rest)
        text = rest  # `http:page` on an http page is relative, says the WHATWG standard
    else:
        ground = _ground(base)
    return _on(ground, text) if ground else None


def trimmed(url: str) -> str:
    """Take away what surrounds a URL and the line breaks in it, as browsers do; lone surrogates become U+FFFD."""
    text = url.strip(_EDGES).translate(_INSIDE)
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


@lru_cache(maxsize=256)
def _ground(base: str) -> Parts | None:
    """Take *base* apart; None where nothing can stand on it."""
    return split(base) if base else None


def _on(ground: Parts, text: str) -> Parts | None:
    """Resolve a relative reference."""
    if text[:2] in ("//", "\\\\", "/\\", "\\/"):
        return _with_host(ground.scheme, text.lstrip("/\\"))
    path, query, fragment = _cut(text)
    if not path:
        return ground._replace(query=ground.query if query is None else query, fragment=fragment)
    if not path.startswith("/"):
        path = ground.path[: ground.path.rindex("/") + 1] + path
    return ground._replace(path=undotted(path), query=query, fragment=fragment)


def _with_host(scheme: str, rest: str) -> Parts | None:
    """Read `host:port/path?query#fragment`."""
    found = _END.search(rest)
    end = found.start() if found else len(rest)
    authority = rest[:end]
    if "@" in authority:
        return None
    here = place(authority)
    if here is None:
        return None
    host, port = here
    if port == ("443" if scheme == "https" else "80"):
        port = ""
    path, query, fragment = _cut(rest[end:])
    return Parts(scheme, host, port, undotted(path or "/"), query, fragment)


def _cut(text: str) -> tuple[str, str | None, str | None]:
    """Cut path, query and fragment apart; None where one is absent."""
    head, mark, fragment = text.partition("#")
    path, ask, query = head.partition("?")
    return path.replace("\\", "/"), query if ask else None, fragment if mark else None


def undotted(path: str) -> str:
    """Take `.` and `..` out of a path that starts with '/' (RFC 3986 §5.2.4; `%2e` counts as a dot)."""
    if ("/." not in path and "/%2" not in path) or not _UPWARDS.search(path):  # as it is in nearly all
        return path
    kept: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        dots = step.lower().replace("%2e", ".")
        if dots == ".." and kept:
            kept.pop()
        elif dots not in (".", ".."):
            kept.append(step)
    if steps[-1].lower().replace("%2e", ".") in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def encoded(text: str, safe: str) -> str:
    """Percent-encode what a URI may not hold, as UTF-8; a '%' that begins no escape becomes %25."""
    if _VALID.fullmatch(text):
        return text
    return quote(_BAD_PERCENT.sub("%25", text), safe=safe)


@lru_cache(maxsize=4096)
def place(authority: str) -> tuple[str, str] | None:
    """Return host and port of an authority without a user name, or None where it is none."""
    if authority.startswith("["):
        name, closed, rest = authority[1:].partition("]")
        try:
            host = f"[{ipaddress.IPv6Address(name)}]" if closed and "%" not in name else ""
        except ValueError:
            host = ""
        colon, port = rest[:1], rest[1:]
        if not host or colon not in ("", ":"):
            return None
    else:
        name, _, port = authority.partition(":")
        host = _host(name)
    if not host or (port and not (_PORT.fullmatch(port) and int(port[-5:]) < 65536)):
        return None
    return host, str(int(port[-5:])) if port else ""


def _host(name: str) -> str:
    """Return a host as lower-case ASCII: IDN as punycode (UTS 46), any spelling of an IPv4 address as four numbers."""
    name = _unescaped(name)
    if not name.isascii():
        name = _ascii(name)
    name = name.lower()
    bare = name.removesuffix(".")
    if not bare or len(bare) > 253 or ".." in name or name.startswith(".") or _NO_HOST.search(name):
        return ""
    if _NUMBER.fullmatch(bare.rpartition(".")[2]):
        return _ipv4(bare)
    return name


def _unescaped(name: str) -> str:
    """Undo percent-encoding of a host, as browsers do."""
    if "%" not in name:
        return name
    raw = re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), name.encode("utf-8"))
    return raw.decode("utf-8", "replace")


def _ascii(name: str) -> str:
    """Return an international host as punycode, '' where no browser would take it."""
    try:
        return idna.encode(name, uts46=True, std3_rules=False, transitional=False).decode("ascii")
    except (idna.IDNAError, ValueError):
        pass
    try:  # IDNA 2008 refuses signs such as a heart, and hyphens in some places; browsers take both
        folded = idna.uts46_remap(name, std3_rules=False, transitional=False)
        labels = [s if s.isascii() else f"xn--{s.encode('punycode').decode('ascii')}" for s in folded.split(".")]
    except (idna.IDNAError, ValueError):
        return ""
    tricky = any(unicodedata.bidirectional(c) in ("R", "AL", "AN", "BN") for c in folded)
    return "" if tricky or any(len(s) > 63 or s.startswith("xn--xn--") for s in labels) else ".".join(labels)


def _ipv4(name: str) -> str:
    """Return `127.0.0.1` for `127.1`, `0x7f.1` or `2130706433`, '' for numbers that are no address."""
    numbers = name.split(".")
    if len(numbers) > 4 or not all(map(_NUMBER.fullmatch, numbers)):
        return ""
    values = []
    for number in numbers:
        base = 16 if number.startswith("0x") else 8 if number.startswith("0") and number != "0" else 10
        try:
            values.append(int(number.removeprefix("0x")[:20] or "0", base))
        except ValueError:  # an 8 or 9 in an octal number
            return ""
    *most, last = values
    if any(not 0 <= n < 256 for n in most) or not 0 <= last < 256 ** (5 - len(values)):
        return ""
    total = last + sum(n << (8 * (3 - i)) for i, n in enumerate(most))
    return str(ipaddress.IPv4Address(total))
