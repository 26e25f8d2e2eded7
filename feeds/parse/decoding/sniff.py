"""What a document is, whatever its label says: the bytes are looked at, the Content-Type is not."""

import html
import re
from typing import Literal, NamedTuple

from feeds.parse.finding import challenge

Kind = Literal[
    "rss",  # RSS 0.9x and 2.0, and a bare channel (CDF among them)
    "rdf",  # RSS 0.90 and 1.0
    "atom",  # Atom 0.3 and 1.0
    "json",  # an object or a list: maybe a JSON Feed
    "html",  # a page, well-formed or not: logins and challenges come as 200 too
    "other",  # none of these; *said* tells what
]

# First bytes of what servers send instead of feeds. Source: the formats' own specifications.
_BINARY = (
    (b"\x1f\x8b", "a gzip file"),
    (b"PK\x03\x04", "a zip file"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"RIFF", "a media file"),
    (b"ID3", "a media file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"BZh", "a bzip2 file"),
    (b"\x7fELF", "a program"),
)
_ROOTS: dict[str, Kind] = {"rss": "rss", "channel": "rss", "rdf": "rdf", "feed": "atom", "html": "html"}
_NAMES = {
    "opml": "an OPML list of feeds: `feeds import` reads it",
    "urlset": "a sitemap",
    "sitemapindex": "a list of sitemaps",
    "entry": "a single Atom entry, not a feed",
    "error": "an error message of a server",
    "svg": "a picture",
}
_FEED_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(rss|rdf|feed)(?=[\s>/])", re.IGNORECASE)
_PAGE = re.compile(r"<!doctype\s+html|<(?:[\w.-]+:)?(?:html|head|body)[\s>]", re.IGNORECASE)
_ELEMENT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_ASIDE = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>([^<]{0,300})", re.IGNORECASE)
_HEAD = 20_000  # characters in which a document must have shown what it is


class Sniffed(NamedTuple):
    kind: Kind
    start: int = 0  # where the root element begins: what stands before is junk or says nothing more
    root: str = ""  # the root element's name as written
    said: str = ""  # what it is, in plain words, where it is no feed


def binary(body: bytes) -> str:
    """Return what *body* is where it is no text at all, else ''."""
    return next((name for magic, name in _BINARY if body.startswith(magic)), "")


def sniff(text: str) -> Sniffed:
    """Return what *text* is and where it begins.

    Blank lines, PHP warnings and the like may stand before a feed; a page that has a feed inside is a page.
    """
    start = len(text) - len(text.lstrip("\0 \t\r\n\x0b\x0c"))
    if text[start : start + 1] in {"{", "["}:
        return Sniffed("json", start)
    head = text[: start + _HEAD]
    asides = [(m.start(), m.end()) for m in _ASIDE.finditer(head)]
    element = _outside(_ELEMENT, head, asides)
    if element is None:
        return Sniffed("other", said=_quoted(text) if text.strip("\0 \t\r\n") else "")
    name = element[2].lower()
    if name not in _ROOTS and name not in _NAMES:  # junk before a feed, unless it belongs to a page
        feed, page = _outside(_FEED_ROOT, head, asides), _outside(_PAGE, head, asides)
        if feed and not (page and page.start() < feed.start()):
            element, name = feed, feed[1].lower()
        elif page:
            name = "html"
    kind = _ROOTS.get(name, "other")
    root = element[0][1:]
    if kind == "html":
        return Sniffed(kind, said=_titled(text))
    if kind == "other":
        return Sniffed(kind, said=_NAMES.get(name) or f"the root element is <{root}>")
    return Sniffed(kind, element.start(), root)


def _outside(pattern: re.Pattern[str], text: str, asides: list[tuple[int, int]]) -> re.Match[str] | None:
    """The first match that stands in no comment, instruction or CDATA."""
    position = 0
    for begin, end in [*asides, (len(text), len(text))]:
        if found := pattern.search(text, position, begin):
            return found
        position = end
    return None


def _titled(page: str) -> str:
    title = _TITLE.search(page[:_HEAD])
    words = " ".join(html.unescape(title[1]).split())[:100] if title else ""
    said = [f"it is {name}"] if (name := challenge.named(page)) else []
    return ", ".join([*said, *([f"titled {words!r}" if said else f"it is titled {words!r}"] if words else [])])


def _quoted(text: str) -> str:
    words = " ".join(text[:200].split())
    return f"it begins with {words[:60]!r}"
