"""OPML 2.0 (http://opml.org/spec2.opml): lists of feeds, written and read.

Folders are categories: an outline stands in the folder of its first, and names all of them in `category`.
What others write is often broken, so reading mends what can be mended; a document of another kind is refused.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html.entities import html5

from lxml import etree

from feeds.errors import ParseError
from feeds.model.channel import Channel, Feed, Format, Heard, SetAside
from feeds.model.entry import Person
from feeds.render import safe
from feeds.render.entries import rfc822
from feeds.render.shown import address, home, moment, origin, person, title

LARGEST = 10_000_000  # bytes; the largest public list that was seen has 1.2 MB
MOST = 20_000  # outlines
DEEPEST = 32  # folders within folders

_FEED_FORMATS: tuple[Format, ...] = ("atom", "rss", "json")  # in the order of preference
_PREDEFINED = {"amp", "lt", "gt", "quot", "apos"}
_ENTITY = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]*);|(?!#(?:[0-9]+|x[0-9A-Fa-f]+);))")  # a name, or a bare ampersand
_DECLARATION = re.compile(r"""^\s*<\?xml\s[^>]*?(?:encoding\s*=\s*["']([A-Za-z0-9._:\-]+)["'])?[^>]*\?>""")
_FEED_SCHEME = re.compile(r"^feed:((?://)?(?=(https?:))|(?=//))", re.IGNORECASE)  # `feed://host`, `feed:http://host`
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list. *categories* are names, outermost folder first."""

    title: str
    xml_url: str
    html_url: str = ""
    description: str = ""
    language: str = ""
    categories: tuple[str, ...] = ()


def render(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return the list of the feed's channel and its siblings; of the page of who is read, that of its sources."""
    mine = feed.channel
    others = (other for other in feed.others if not (mine.category and other.category))  # of sections whole lists tell
    channels = {channel.id: channel for channel in (mine, *others)}
    listed = map(_source, feed.sources) if "sources" in feed.channel.formats else map(_outline, channels.values())
    outlines = [outline for outline in listed if outline]
    body = write_opml(title(feed.channel), outlines, updated=feed.updated, owner=feed.channel.author)
    return body, ()


def _outline(channel: Channel) -> Outline | None:
    format = next((f for f in _FEED_FORMATS if f in channel.formats), None)
    if format is None:
        return None
    return Outline(
        title=title(channel),
        xml_url=address(channel, format),
        html_url=home(channel),
        description=safe.line(channel.description),
        language=safe.language(channel.language),
    )


def _source(heard: Heard) -> Outline | None:
    found = origin(heard.origin)
    if found is None or not found.feed_url:
        return None
    return Outline(title=found.title, xml_url=found.feed_url, html_url=found.url, categories=heard.categories)


def write_opml(
    title: str, outlines: Sequence[Outline], *, updated: datetime | None = None, owner: Person | None = None
) -> bytes:
    """Return *outlines* as OPML 2.0, in their order within each folder; folders where their first outline stands."""
    top = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(top, "head"), etree.SubElement(top, "body")
    who = person(owner) if owner else None
    for name, value in (
        ("title", safe.line(title)),
        ("dateModified", rfc822(moment(updated)) if updated else ""),
        ("ownerName", who.name if who else ""),
        ("ownerEmail", who.email if who else ""),
    ):
        if value:
            etree.SubElement(head, name).text = value
    folders: dict[str, etree._Element] = {"": body}
    for outline in outlines:
        folder = safe.line(outline.categories[0]) if outline.categories else ""
        if folder not in folders:
            folders[folder] = etree.SubElement(body, "outline", text=folder)
        etree.SubElement(folders[folder], "outline", _attributes(outline))
    etree.indent(top, space=" ")
    return etree.tostring(top, xml_declaration=True, encoding="UTF-8") + b"\n"


def _attributes(outline: Outline) -> dict[str, str]:
    found = {
        "type": "rss",
        "text": safe.line(outline.title),
        "title": safe.line(outline.title),
        "xmlUrl": safe.web(outline.xml_url),
        "htmlUrl": safe.web(outline.html_url),
        "description": safe.line(outline.description),
        "language": safe.language(outline.language),
        "category": ",".join(safe.line(name.replace(",", " ")) for name in outline.categories[1:]),
    }
    return {name: value for name, value in found.items() if value}


def read_opml(body: bytes) -> tuple[Outline, ...]:
    """Return the feeds of an OPML document, each address once, in the order of the document.

    Raises `ParseError`: `empty`, `too_big`, `entities`, `depth`, `unknown` (not OPML).
    """
    if len(body) > LARGEST:
        raise ParseError("too_big", f"{len(body)} bytes; the limit is {LARGEST}")
    if not body.strip():
        raise ParseError("empty")
    top = _tree(body)
    if top is None or _name(top) != "opml":
        raise ParseError("unknown", f"not OPML but {_name(top)!r}" if top is not None else "not XML")
    found: dict[str, Outline] = {}
    for count, outline in enumerate(_feeds(top)):
        if count >= MOST:
            raise ParseError("too_big", f"more than {MOST} outlines")
        known = found.get(outline.xml_url)
        found[outline.xml_url] = _joined(known, outline) if known else outline
    return tuple(found.values())


def _joined(known: Outline, again: Outline) -> Outline:
    """One feed listed in two folders is one feed with both categories."""
    return replace(known, categories=tuple(dict.fromkeys((*known.categories, *again.categories))))


def _tree(body: bytes) -> etree._Element | None:
    """The document's root, mended, with no way to other files, addresses or entities; None if there is none."""
    text = _DECLARATION.sub("", _decoded(body), count=1)
    if re.search(r"<!ENTITY", text, re.IGNORECASE):
        raise ParseError("entities")
    text = _ENTITY.sub(_character, _DOCTYPE.sub("", text, count=1))
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(safe.text(text).strip().encode(), parser)
    except etree.XMLSyntaxError:
        return None


def _decoded(body: bytes) -> str:
    """Byte order mark, then the declaration, then UTF-8; Korean lists of old are cp949 without saying so."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    declared = _DECLARATION.match(body[:200].decode("latin-1"))
    label = (declared[1] if declared else "") or "utf-8"
    for name in ("cp949" if label.lower() in ("euc-kr", "ks_c_5601-1987") else label, "utf-8", "cp949"):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8", "replace")


def _character(found: re.Match[str]) -> str:
    """HTML's names stand for characters; a name that nobody knows, and a bare ampersand, stay as they were written."""
    name = found[1]
    if name in _PREDEFINED:
        return found[0]
    return html5.get(f"{name};") or found[0].replace("&", "&amp;")


def _feeds(top: etree._Element) -> Iterator[Outline]:
    """The outlines that name a feed, with the folders that they stand in. Walks without recursion."""
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(top, ())]
    while waiting:
        element, folders = waiting.pop()
        if len(folders) > DEEPEST:
            raise ParseError("depth", f"more than {DEEPEST} folders within folders")
        inner = folders
        if _name(element) == "outline":
            found = {str(name).lower(): safe.line(str(value)) for name, value in element.attrib.items()}
            if url := _address(found):
                yield _read(found, url, folders)
            else:
                inner = (*folders, found.get("text") or found.get("title", ""))
        waiting.extend((child, inner) for child in reversed(element) if isinstance(child.tag, str))


def _address(found: dict[str, str]) -> str:
    """The outline's feed, '' where it is a folder, or a link to something else."""
    kind = found.get("type", "").lower()
    if kind in ("include", "link", "source"):  # other lists and pages
        return ""
    url = found.get("xmlurl", "") or (found.get("url", "") if kind in ("rss", "atom", "feed", "pie") else "")
    return safe.web(_FEED_SCHEME.sub(lambda found: "" if found[2] else "http:", url))


def _read(found: dict[str, str], url: str, folders: Iterable[str]) -> Outline:
    named = (part for entry in found.get("category", "").split(",") for part in entry.split("/"))
    categories = dict.fromkeys(name for name in (*folders, *map(str.strip, named)) if name)
    return Outline(
        title=found.get("text") or found.get("title") or url,
        xml_url=url,
        html_url=safe.web(found.get("htmlurl", "")),
        description=found.get("description", ""),
        language=safe.language(found.get("language", "")),
        categories=tuple(categories),
    )


def _name(element: etree._Element) -> str:
    tag: str = element.tag  # `:` alone too, which is no name that etree.QName takes
    return tag.rpartition("}")[2].rpartition(":")[2].lower()
