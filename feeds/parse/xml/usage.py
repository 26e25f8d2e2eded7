"""How the elements of RSS and Atom are used: what is unknown, empty, given twice, missing or of the wrong form.

Tables of the formats' own names (RSS 2.0 as the Advisory Board publishes it; RFC 4287), compared as they are written:
`<pubdate>` is another element than `<pubDate>`, and most readers know the second only.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice

from lxml import etree

MOST = 2000  # children of one element that are looked at
ATOM = "http://www.w3.org/2005/Atom"
Found = Iterator[tuple[etree._Element, str, str]]  # element, code, detail


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KNOWN: Mapping[tuple[str, str], frozenset[str]] = {
    ("rss", "channel"): _names(
        "title link description language copyright managingEditor webMaster pubDate lastBuildDate category generator "
        "docs cloud ttl image rating textInput skipHours skipDays item"
    ),
    ("rss", "item"): _names("title link description author category comments enclosure guid pubDate source"),
    ("atom", "feed"): _names(
        "author category contributor generator icon id link logo rights subtitle title updated entry"
    ),
    ("atom", "entry"): _names(
        "author category content contributor id link published rights source summary title updated"
    ),
    ("atom", "author"): _names("name uri email"),
    ("atom", "contributor"): _names("name uri email"),
}
_MANY = _names("item entry category author contributor link enclosure")  # in RSS one link and one author, see below
_MANY_RSS = _names("item category enclosure")
_NOT_EMPTY = _names("title link guid id name pubDate published updated language ttl email uri author comments")
_MISSING = {
    ("atom", "author"): ("name",),
    ("atom", "contributor"): ("name",),
    ("rss", "image"): ("url", "title", "link"),
}
_TEXTS = _names("title subtitle rights summary name copyright category author generator managingEditor webMaster")
_URLS = ("href", "url", "src", "uri")
_URL_ELEMENTS = _names("link comments docs url uri icon logo")
_BAD_URL = re.compile(r"[\s<>\"\\^`{|}]|%(?![0-9A-Fa-f]{2})|^[a-z]+:/[^/]|^https?:(?!//.)", re.IGNORECASE)
_IRIS = (
    (
        "tag:",
        re.compile(r"tag:[A-Za-z0-9._-]+(?:@[A-Za-z0-9.-]+)?,\d{4}(?:-\d\d(?:-\d\d)?)?:[^\s<>\"\\^`{|}#]*(?:#\S*)?"),
    ),
    ("urn:uuid:", re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)),
    ("urn:", re.compile(r"urn:[A-Za-z0-9][A-Za-z0-9-]{0,31}:\S+")),
    ("", re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")),
)
_MAIL = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.[^\s@<>(),;:.]+")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;.*)?", re.ASCII)
_TEXT_TYPES = frozenset({"text", "html", "xhtml", ""})


def usage(parent: etree._Element, kind: str) -> Found:
    """Give what is odd about the children of *parent*, a channel, feed, item or entry, of RSS or Atom (*kind*)."""
    own = [child for child in islice(parent, MOST) if isinstance(child.tag, str) and _is_own(child, kind)]
    for check in _CHECKS:
        yield from check(parent, own, kind)
    for child in own:
        if (kind, _name(child)) in _MISSING:
            yield from _persons(child, kind)


def _persons(element: etree._Element, kind: str) -> Found:
    inner = [child for child in islice(element, MOST) if isinstance(child.tag, str) and _is_own(child, kind)]
    names = {_name(child) for child in inner}
    for name in _MISSING[kind, _name(element)]:
        if name not in names:
            yield element, "element.missing", f"<{_name(element)}> without <{name}>"
    for check in (_unknown, _twice, _empty, _texts, _mails, _addresses):
        yield from check(element, inner, kind)


def _is_own(element: etree._Element, kind: str) -> bool:
    """Whether an element is of the format itself: those of extensions have rules of their own."""
    space = str(element.tag).rpartition("}")[0].lstrip("{")
    return space == (ATOM if kind == "atom" else "") and ":" not in str(element.tag).rpartition("}")[2]


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def _unknown(parent: etree._Element, own: Sequence[etree._Element], kind: str) -> Found:
    known = _KNOWN.get((kind, _name(parent)))
    for child in own:
        if known is not None and _name(child) not in known:
            meant = _meant(_name(child)[:40].lower(), known)
            yield child, "element.unknown", f"<{_name(child)}>{f'; is <{meant}> meant?' if meant else ''}"


@lru_cache(maxsize=256)
def _meant(name: str, known: frozenset[str]) -> str:
    """Return the known name that is nearest to *name*, '' where none is near."""
    near = get_close_matches(name, sorted(k.lower() for k in known), n=1, cutoff=0.8)
    return next((k for k in known if near and k.lower() == near[0]), "")


def _twice(parent: etree._Element, own: Sequence[etree._Element], kind: str) -> Found:
    many, seen = _MANY_RSS if kind == "rss" else _MANY, set[str]()
    for child in own:
        name = _name(child)
        if name in seen and name not in many and name in _KNOWN.get((kind, _name(parent)), {name}):
            yield child, "element.twice", f"<{name}>"
        seen.add(name)


def _empty(parent: etree._Element, own: Sequence[etree._Element], kind: str) -> Found:
    for child in own:
        if _name(child) in _NOT_EMPTY and not len(child) and not _text(child).strip() and not child.get("href"):
            yield child, "element.empty", f"<{_name(child)}>"


def _texts(parent: etree._Element, own: Sequence[etree._Element], kind: str) -> Found:
    for child in own:
        name = _name(child)
        if name in _TEXTS and name != "title" and child.get("type", "text") in {"text", "text/plain"}:
            words = child.get("label", "") if kind == "atom" and name == "category" else (child.text or "")
            if found := _TAG.search(words):
                yield child, "text.html", f"{found[0][:40]} in <{name}>"


def _mails(parent: etree._Element, own: Sequence[etree._Element], kind: str) -> Found:
    for child in own:
        said = _text(child).strip()
        if _name(child) == "email" and said and not _MAIL.fullmatch(said):
            yield child, "author.mail", said
        if kind == "rss" and _name(child) in {"managingEditor", "webMaster"} and said and "@" not in said:
            yield child, "author.form", said


def _addresses(parent: etree._Element, own: Sequence[etree._Element], kind: str) -> Found:
    for child in own:
        name = _name(child)
        found = [child.get(key, "") for key in _URLS if child.get(key)]
        found += [_text(child)] if name in _URL_ELEMENTS and not child.get("href") else []
        for url in found:
            if url.strip() and (_BAD_URL.search(url.strip()) or (kind == "atom" and url != url.strip())):
                yield child, "link.invalid", url


def _ids(parent: etree._Element, own: Sequence[etree._Element], kind: str) -> Found:
    for child in own:
        if kind == "atom" and _name(child) == "id" and (said := _text(child)).strip():
            shape = next(shape for start, shape in _IRIS if said.lower().startswith(start))
            if not shape.fullmatch(said):
                yield child, "id.form", said


def _types(parent: etree._Element, own: Sequence[etree._Element], kind: str) -> Found:
    for child in own:
        said = child.get("type")
        if said is None or kind != "atom" or _name(child) not in {"link", "content"}:
            continue
        if not _MEDIA_TYPE.fullmatch(said) and not (_name(child) == "content" and said in _TEXT_TYPES - {""}):
            yield child, "type.form", said


def _pages(parent: etree._Element, own: Sequence[etree._Element], kind: str) -> Found:
    """Atom allows one alternate link of a type and language (RFC 4287 §4.1.1)."""
    seen = set[tuple[str, str]]()
    for child in own:
        if kind == "atom" and _name(child) == "link" and child.get("rel", "alternate") == "alternate":
            key = child.get("type", ""), child.get("hreflang", "")
            if key in seen:
                yield child, "link.twice", child.get("href", "")
            seen.add(key)


_CHECKS: tuple[Callable[[etree._Element, Sequence[etree._Element], str], Found], ...] = (
    _unknown,
    _twice,
    _empty,
    _texts,
    _mails,
    _addresses,
    _ids,
    _types,
    _pages,
)
