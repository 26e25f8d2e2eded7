"""Right answers: what a well-formed document says, taken literally by lxml, without any reader's habits.

Entries are the `item` elements of RSS and RSS 1.0 and the `entry` elements of Atom, where their formats have them. Of
each are taken, where it states them:

id         RSS: `guid`; RSS 1.0: `rdf:about`; Atom: `id`
links      its page; any of several is right. RSS: `link`, FeedBurner's original of it, else what it has in its place,
           an Atom link or a guid that is a permalink (RSS 2.0); Atom: links of the rel `alternate` or none (RFC 4287)
title      `title`, the letters of it where it is XHTML
published  RSS: `pubDate`, else `dc:date`; Atom: `published`, `issued`; where there is none, what stands for `updated`
updated    `updated` or `modified`, of Atom in any feed
enclosures RSS: `enclosure`; Atom: links of the rel `enclosure`; each with its type and length

A date counts where RFC 5322 or RFC 3339 reads it, but for the zero dates of programs (year 1); the forms that neither
knows are in the rows of dates.
Sources: RSS 2.0, RSS 1.0, RFC 4287, JSON Feed 1.1, XML Base.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import webencodings
from lxml import etree

URL = "https://a.example/feed"
"""Where every document is said to come from."""

_ATOM = {"http://www.w3.org/2005/atom", "http://purl.org/atom/ns#"}
_RSS = {"", "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", "http://purl.org/rss/2.0/"}
_USERLAND = "http://backend.userland.com/rss"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "http://purl.org/dc/elements/1.1/"
_FEEDBURNER = "http://rssnamespace.org/feedburner/ext/1.0"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[Zz]|[+-]\d\d:\d\d)")
_RFC5322 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} [12]\d{3} \d\d:\d\d(?::\d\d)? (?:GMT|UTC?|Z|[+-]\d{4})"
)
_FOLDERS = {  # of chardet's documents, by the encoding that people found them in
    "EUC-KR": "cp949", "KOI8-R": "koi8-r", "SHIFT_JIS": "cp932", "windows-1251-russian": "cp1251", "utf-8": "utf-8",
}  # fmt: skip
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file: its address as written and made absolute, its type and length as stated."""

    urls: frozenset[str]
    media_type: str = ""
    length: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What one entry states; empty is not stated. Addresses are as written and, where that differs, made absolute."""

    id: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    title: str = ""
    summary: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    enclosures: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    title: str
    items: tuple[Item, ...]


def read(body: bytes) -> Feed | None:
    """Return what *body* says; None where it is not well-formed, or no feed.

    Blanks before the XML declaration are cut: they alone make no document unreadable.
    """
    body = body.lstrip(b" \t\r\n")
    if body[:1] == b"{":
        return _json(body)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return _feed(root)


def decoded(body: bytes, encoding: str) -> Feed | None:
    """Return what *body*, which is in *encoding* whatever it says of itself, holds; None as `read`."""
    text = body.decode(encoding).removeprefix("\ufeff")
    return read(_DECLARATION.sub("", text).encode())


def encoding(path: Path) -> str:
    """Return the encoding of a document of which it can be known, else ''.

    By a byte order mark or the zeros of wide ones, by its folder, by being UTF-8, by its declaration as the WHATWG's
    standard reads it: in this order, and only where all its bytes are such.
    """
    body = path.read_bytes()
    marked = next((name for mark, name in _MARKS if body.startswith(mark)), "")
    said = _DECLARED.search(body[:1000])
    label = webencodings.lookup(said[1].decode()) if said else None
    for name in (marked, _FOLDERS.get(path.parent.name, ""), "utf-8", label.codec_info.name if label else ""):
        try:
            if name:
                body.decode(name)
                return name
        except UnicodeDecodeError:
            continue
    return ""


def moment(text: str) -> datetime | None:
    """Return the moment of a date in the form of RFC 5322 or RFC 3339, in whole seconds of UTC."""
    text = " ".join(text.split())
    try:
        if _RFC3339.fullmatch(text):
            found = datetime.fromisoformat(text.upper())
        elif _RFC5322.fullmatch(text):
            found = parsedate_to_datetime(text)
        else:
            return None
        found = found if found.tzinfo else found.replace(tzinfo=UTC)  # -0000: in UTC, of an unknown place
        return found.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def _feed(root: etree._Element) -> Feed | None:
    space, kind = _name(root)
    if next(root.iter(etree.Entity), None) is not None:
        return None  # an entity of a DOCTYPE: not what a feed may hold
    channel = root if kind == "feed" else next((child for child in root if _name(child)[1] == "channel"), None)
    if channel is None or kind not in {"rss", "RDF", "feed"}:
        return None
    around = root if kind in {"RDF", "feed"} else channel
    inner = "entry" if kind == "feed" else "item"
    items = [child for child in around if _name(child)[1] == inner and (kind != "feed" or _name(child)[0] == space)]
    read_one = _entry if kind == "feed" else _item
    return Feed(title=_text(_first(channel, "title")), items=tuple(read_one(item) for item in items))


def _item(item: etree._Element) -> Item:
    guid = _first(item, "guid")
    about = item.get(f"{_RDF}about", "").strip()
    links = [_text(child) for child in _all(item, "link") if _name(child)[0] not in _ATOM]
    links += [_text(child) for child in item if _name(child) == (_FEEDBURNER, "origLink")]
    if not any(links):
        links = [child.get("href", "") for child in _all(item, "link") if child.get("rel", "alternate") == "alternate"]
    if not any(links) and guid is not None and guid.get("isPermaLink", "true").lower() == "true":
        links = [_text(guid)]
    updated = _date(item, "updated", "modified")
    return Item(
        id=_addresses(item, [_text(guid) or about]),
        links=_addresses(item, links),
        title=_text(_first(item, "title")),
        summary=_text(_first(item, "description")),
        published=_date(item, "pubDate") or _date(item, "date", space=_DC) or updated,
        updated=updated,
        enclosures=_attached(_all(item, "enclosure"), "url"),
    )


def _entry(entry: etree._Element) -> Item:
    links = list(_all(entry, "link"))
    pages = [k for k in links if _rel(k) == "alternate" and k.get("href")]
    updated = _date(entry, "updated", "modified")
    original = [_text(child) for child in entry if _name(child) == (_FEEDBURNER, "origLink")]
    return Item(
        id=_addresses(entry, [_text(_first(entry, "id"))]),
        links=_addresses(entry, original).union(*(_addresses(k, [k.get("href", "")]) for k in pages)),
        title=_text(_first(entry, "title")),
        summary=_text(_first(entry, "summary")),
        published=_date(entry, "published", "issued") or updated,
        updated=updated,
        enclosures=_attached((link for link in links if _rel(link) == "enclosure"), "href"),
    )


def _rel(link: etree._Element) -> str:
    """A registered rel may be written in full (RFC 4287 §4.2.7.2)."""
    return link.get("rel", "alternate").removeprefix("http://www.iana.org/assignments/relation/")


def _attached(elements: Iterable[etree._Element], address: str) -> tuple[Attached, ...]:
    found = [
        Attached(urls=_addresses(e, [e.get(address, "")]), media_type=e.get("type", ""), length=e.get("length", ""))
        for e in elements
    ]
    return tuple(file for file in found if file.urls)


def _json(body: bytes) -> Feed | None:
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except ValueError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        return None
    return Feed(title=str(found.get("title", "")), items=tuple(_json_item(item) for item in found["items"]))


def _json_item(item: dict[str, Any]) -> Item:
    updated = moment(str(item.get("date_modified", "")))
    attached = [
        Attached(urls=frozenset([a["url"]]), media_type=a.get("mime_type", ""), length=str(a.get("size_in_bytes", "")))
        for a in item.get("attachments", ())
    ]
    return Item(
        id=frozenset(filter(None, [str(item.get("id", ""))])),
        links=frozenset(filter(None, [str(item.get("url") or item.get("external_url") or "")])),
        title=str(item.get("title") or ""),
        published=moment(str(item.get("date_published", ""))) or updated,
        updated=updated,
        enclosures=tuple(attached),
    )


def _name(element: etree._Element) -> tuple[str, str]:
    """The namespace, Atom's and RSS's in lower case, and the local name; ('', '') for comments and the like."""
    if not isinstance(element.tag, str):
        return "", ""
    space, _, local = element.tag.rpartition("}")
    space = space[1:]
    lower = space.lower()
    return (lower if lower in _ATOM or lower in _RSS or lower.startswith(_USERLAND) else space), local


def _all(parent: etree._Element, *names: str, space: str = "") -> Iterator[etree._Element]:
    """Children by local name: of *space*, or of RSS, Atom and no namespace."""
    for child in parent:
        found, local = _name(child)
        known = found == space if space else found in _ATOM or found in _RSS or found.startswith(_USERLAND)
        if known and local in names:
            yield child


def _first(parent: etree._Element, name: str) -> etree._Element | None:
    """The first child with words in it, RSS's own before Atom's."""
    found = sorted(_all(parent, name), key=lambda child: (not _text(child), _name(child)[0] in _ATOM))
    return found[0] if found else None


def _text(element: etree._Element | None) -> str:
    return "" if element is None else "".join(str(part) for part in element.itertext()).strip()


def _date(parent: etree._Element, *names: str, space: str = "") -> datetime | None:
    return next((found for child in _all(parent, *names, space=space) if (found := moment(_text(child)))), None)


def _addresses(element: etree._Element, written: list[str]) -> frozenset[str]:
    """Addresses as written, and as they are from where they stand."""
    base = URL
    for above in reversed([element, *element.iterancestors()]):
        base = _joined(base, above.get(_BASE, ""))
    found = {text.strip() for text in written} - {""}
    return frozenset(found | {_joined(base, text) for text in found})


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:  # `http://[`
        return address.strip()
