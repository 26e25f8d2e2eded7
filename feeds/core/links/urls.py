"""The identity of a page: one key for all the links that lead to it.

The link that is shown stays as its site gave it, made `absolute`; nobody is ever sent to a key.
A key is `host[:port]/path[?query][#!route]`: no scheme, user name, tracking, AMP or mobile form, session, index file
or closing slash; percent-encoding, dots, case of the host and order of parameters in one form. Articles of Naver News,
Daum and YouTube have many addresses and one number, so their keys are `naver-news:`, `daum-news:`, `youtube:` and that.
What is no URL of the web (`tag:`, `urn:`, rubbish) is its own key. feedburner and news.google.com links tell nothing of
where they lead and stay as they are.

A wrong merge is worse than a missed one: what may tell pages apart stays in the key.

Sources: RFC 3986 §6.2, the facts in `tracking.py`.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from feeds.core.links import tracking
from feeds.core.links.resolve import absolute, place, trimmed, undotted

__all__ = ["absolute", "canonical"]

_ROUNDS = 12  # a link inside a link inside a link …: no honest one is deeper
_SHAPE = re.compile(
    r"(?:(?:feed:)?https?:[/\\]*|feed:[/\\]*|[/\\]{2,})?([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_OPAQUE = re.compile(r"(?!(?:https?|feed):)[a-z][a-z0-9+.-]*:(?!\d{1,5}(?:[/?#]|$))", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9._~!$&'()*,;=:@/?-]*")
_SAFE = "%/:@!$&'()*+,;=~?"
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_BYTES = re.compile(r"(?:%[89A-F][0-9A-F])+")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPES = {f"{n:02{x}}": chr(n) if n in _UNRESERVED else f"%{n:02X}" for n in range(256) for x in "xX"}

_SLASHES = re.compile(r"(?<!:)//+")  # but not in `/web/2020/https://a.example/`
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_SESSION_ID = re.compile(r"(?=\D*\d)[0-9A-Za-z]{26,}")
_INDEX = re.compile(
    r"/(?:index\.(?:x?html?|s?html|php[345]?|aspx?|jsp|cgi)|default\.(?:aspx?|html?|php))$", re.IGNORECASE
)
_AMP = re.compile(r"(?<=[^/])/amp$|^/amp(?=/[^/])|\.amp(?=\.html?$|$)|(?<=articleview)amp(?=\.html$)", re.IGNORECASE)

_SECOND = frozenset(("co", "com", "or", "org", "go", "gov", "ac", "edu", "ne", "net", "re", "pe", "gob", "nom"))
_FOLDED = frozenset(("www", "m", "mobile", "amp", "wap"))
_WIKI = re.compile(r"(?<=\.)m\.(?=(?:wikipedia|wikimedia|wiktionary|wikinews|wikiquote|wikisource|wikivoyage)\.org$)")

_AMP_CACHE = re.compile(r"/(?:c|v|i|wp|amp)/(?:s/)?([^/]+\.[^/]+.*)", re.DOTALL)
_NAVER = re.compile(r"/article/(?:comment/)?(\d{3})/(\d{10})$")
_NAVER_BLOG = re.compile(r"/postview\.(?:naver|nhn)$", re.IGNORECASE)
_DAUM = re.compile(r"/v/(\d{14,20})$")
_YOUTUBE = re.compile(r"/(?:shorts|embed|live|v)/([\w-]{11})$", re.ASCII)
_YOUTUBE_ID = re.compile(r"/?([\w-]{11})", re.ASCII)


class _Site(NamedTuple):
    """What is known of a host."""

    host: str
    names: frozenset[str]  # parameters that only track, here


def canonical(url: str) -> str:
    """Return the key of the page that *url* leads to; '' for ''. A key is its own key.

    So is a link that wraps more than honest ones do.
    """
    found = text = trimmed(url)
    for _ in range(_ROUNDS):
        key = _once(text)
        if key == text or text in (f"https://{key}", f"http://{key}"):
            return key  # all that went is the scheme, which tells nothing
        text = key
    return found


def _once(text: str) -> str:
    """Return the key, or the link that *text* wraps; what is no URL of the web comes back as it is."""
    shape = None if _OPAQUE.match(text) else _SHAPE.fullmatch(text)
    if shape is None:
        return text
    authority, path, query, fragment = shape.groups()
    found = place(authority.rpartition("@")[2])
    if found is None or (shape.start(1) == 0 and "." not in found[0]):
        return text
    site = _site(found[0])
    path = _path(path)
    pairs = _pairs(query) if query else []
    return (
        _leads_to(site.host, path, pairs)
        or _number(site.host, path, pairs)
        or _written(site, found[1], _AMP.sub("", path) or "/", pairs, fragment)
    )


def _written(site: _Site, port: str, path: str, pairs: list[tuple[str, str]], fragment: str | None) -> str:
    """Write the key of an ordinary page."""
    door = f":{port}" if port not in ("", "80", "443") else ""
    kept = sorted((p for p in pairs if not _tracks(site, *p)), key=lambda p: p[0].partition("=")[0])
    query = "?" + "&".join([p[0] for p in kept]) if kept else ""
    route = f"#{_encoded(fragment)}" if fragment and fragment[0] in "!/" and len(fragment) > 1 else ""
    return f"{site.host}{door}{path}{query}{route}"


@lru_cache(maxsize=4096)
def _site(host: str) -> _Site:
    """Fold the names that one site answers to, and gather what its own links carry."""
    host = host.removesuffix(".")
    while (label := host.partition(".")[0]) in _FOLDED and _is_site(host[len(label) + 1 :]):
        host = host[len(label) + 1 :]
    host = _WIKI.sub("", host)
    labels = host.split(".")
    above = [".".join(labels[i:]) for i in range(len(labels))]
    names = frozenset[str]().union(*(tracking.BY_HOST.get(name, ()) for name in above))
    return _Site(tracking.TWINS.get(host, host), names)


def _is_site(host: str) -> bool:
    """Whether a site can have this name: `example.com`, but neither `com` nor `co.kr`."""
    labels = host.split(".")
    return len(labels) > 2 or (len(labels) == 2 and not (len(labels[1]) == 2 and labels[0] in _SECOND))


def _path(path: str) -> str:
    """Bring a path to one form; it begins with '/' and ends with none but its first."""
    path = _encoded(path.replace("\\", "/")) or "/"
    path = _SLASHES.sub("/", undotted(path))
    if ";" in path:
        path = _SESSION.sub("", path)
    return _INDEX.sub("/", path).rstrip("/") or "/"


def _pairs(query: str) -> list[tuple[str, str]]:
    """Return each parameter as (as written in the key, its name in lower case); `&amp;` counts as `&`."""
    pairs = []
    for pair in _encoded(query.replace("+", "%20")).split("&"):
        while pair.startswith("amp;"):
            pair = pair[4:]
        if pair:
            pairs.append((pair, pair.partition("=")[0].lower()))
    return pairs


def _tracks(site: _Site, pair: str, name: str) -> bool:
    """Whether a parameter says nothing of what is shown."""
    if name in tracking.NAMES or name in site.names or name.startswith(tracking.PREFIXES):
        return True
    value = pair[len(name) + 1 :]
    if name == "amp":
        return value in ("", "1", "true", "yes")
    if name == "outputtype":
        return value == "amp"
    if name in tracking.MAYBE:
        return value.lower() in tracking.ORIGINS
    return name in tracking.SESSIONS and _SESSION_ID.fullmatch(value) is not None


def _leads_to(host: str, path: str, pairs: list[tuple[str, str]]) -> str:
    """Return the link that this one wraps, '' where it wraps none."""
    if names := tracking.DETOURS.get((host, path)):
        for pair, name in pairs:
            target = unquote(pair[len(name) + 1 :], errors="surrogateescape") if name in names else ""
            if target.lower().startswith(("http://", "https://")):
                return target
    cached = host.endswith("cdn.ampproject.org") or (
        path.startswith("/amp/") and (host.startswith("google.") or host == "bing.com")
    )
    if cached and (found := _AMP_CACHE.fullmatch(path)):
        tail = "?" + "&".join([p[0] for p in pairs]) if pairs else ""
        return f"https://{found[1]}{tail}"
    return ""


def _number(host: str, path: str, pairs: list[tuple[str, str]]) -> str:
    """Return the key of an article that is known by its number, whatever page shows it; '' for all others."""
    if host.endswith("naver.com"):
        values = {name: pair[len(name) + 1 :] for pair, name in pairs}
        if found := _NAVER.search(path):
            return f"naver-news:{found[1]}:{found[2]}"
        oid, aid = values.get("oid", ""), values.get("aid", "")
        if oid.isdigit() and aid.isdigit():
            return f"naver-news:{oid:>03}:{aid:>010}"
        if _NAVER_BLOG.search(path) and values.get("blogid") and values.get("logno"):
            return f"https://blog.naver.com/{values['blogid']}/{values['logno']}"
    elif host.endswith("daum.net"):
        if found := _DAUM.search(path):
            return f"daum-news:{found[1]}"
    elif host in ("youtube.com", "youtu.be", "youtube-nocookie.com"):
        watched = next((pair[2:] for pair, name in pairs if name == "v"), "") if path == "/watch" else ""
        found = _YOUTUBE.match(path) or _YOUTUBE_ID.fullmatch(watched or (path if host == "youtu.be" else ""))
        return f"youtube:{found[1]}" if found else ""
    elif host.endswith(".tistory.com") and path.startswith("/m/"):
        return f"https://{host}{path[2:]}"
    return ""


def _encoded(text: str) -> str:
    """Bring percent-encoding to one form: unreserved characters bare, hex in capitals, text as UTF-8 of its NFC.

    Bytes that are no UTF-8 (EUC-KR in old Korean links) stay as they are.
    """
    if _PLAIN.fullmatch(text):
        return text
    if "%" in text:
        text = _ESCAPE.sub(lambda m: _ESCAPES.get(m[1], "") or "%" + m[1].upper() if m[1] else "%25", text)
        text = _BYTES.sub(_decoded, text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return quote(text, safe=_SAFE, errors="surrogateescape")


def _decoded(found: re.Match[str]) -> str:
    """Return percent-encoded UTF-8 as text, anything else as it is."""
    try:
        return bytes.fromhex(found[0].replace("%", "")).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]
