"""A feed's XML looked over for its publisher: what is odd, at which line. Nothing is taken from here into entries.

libxml2 reads on behind each fault and says where it was; then tables of checks look at the channel and at each item.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lxml import etree

from feeds.model.limits import has_overlong_space
from feeds.model.oddity import Finding
from feeds.parse.decoding.doctype import without_doctype
from feeds.parse.decoding.repair import MOST_ITEMS
from feeds.parse.decoding.sniff import sniff
from feeds.parse.times.dates import read_date
from feeds.parse.xml.usage import ATOM, usage

LARGEST = 8 << 20  # characters; what is longer is read, and not looked over
LONGEST_TTL = 7 * 24 * 60  # minutes
MOST_FAULTS = 2000  # faults of well-formedness: a document that is no XML at all has one at every sign

_OUTDATED = {"http://purl.org/atom/ns#": "Atom 0.3", "http://my.netscape.com/rdf/simple/0.9/": "RSS 0.90"}
# libxml2's names of faults, by what they begin with.
_FAULTS: tuple[tuple[str, str], ...] = (
    ("ERR_UNDECLARED_ENTITY", "xml.entity"),
    ("WAR_UNDECLARED_ENTITY", "xml.entity"),
    ("ERR_NAME_REQUIRED", "xml.ampersand"),
    ("ERR_ENTITYREF_SEMICOL_MISSING", "xml.ampersand"),
    ("ERR_INVALID_CHAR", "xml.character"),
    ("ERR_TAG_NAME_MISMATCH", "xml.tags"),
    ("ERR_LTSLASH_REQUIRED", "xml.tags"),
    ("ERR_GT_REQUIRED", "xml.tags"),
    ("ERR_TAG_NOT_FINISHED", "xml.end"),
    ("ERR_DOCUMENT_END", "xml.other"),
    ("NS_ERR_UNDEFINED_NAMESPACE", "xml.prefix"),
)
_LINE = re.compile(r" line \d+")  # counted from the root element
_PROLOG = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<![^>]*>", re.DOTALL)
_SHOWN = frozenset({"xml.ampersand", "xml.entity", "xml.character"})  # the place says more than libxml2's words
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
_TWICE = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_TWICE_IN_HTML = re.compile(r"&amp;(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_DAY = (
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:\d{2}|\d{4})"
)
_FORMS = {  # RFC 822 §5 with years of four digits too (RSS 2.0); RFC 3339 §5.6; W3C-DTF
    "rfc822": re.compile(rf"{_DAY} \d\d:\d\d(?::\d\d)? (?:UT|GMT|[ECMP][SD]T|[A-IK-Z]|[+-]\d{{4}})"),
    "rfc3339": re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)"),
    "w3c": re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?)?"),
}
_DATES = {"pubdate": "rfc822", "published": "rfc3339", "updated": "rfc3339", "date": "w3c"}
_ZONED = re.compile(r"(?:[+-]\d\d:?\d\d|[A-Za-z]{1,5}\)?)$")
_LONGEST = 80  # characters of a detail


class Survey(NamedTuple):
    findings: tuple[Finding, ...] = ()
    lines: tuple[int, ...] = ()  # where each item begins


class _Document(NamedTuple):
    root: etree._Element
    channel: etree._Element  # what holds title and link
    items: list[etree._Element]
    shift: int  # lines before the root element


def survey(text: str) -> Survey:
    """Return what is odd about *text*, the whole decoded document; nothing for JSON, pages and giants."""
    begun = without_doctype(text)
    sniffed = sniff(begun)
    if sniffed.kind not in {"rss", "rdf", "atom"} or len(text) > LARGEST:
        return Survey()
    body = begun[sniffed.start :]
    if has_overlong_space(body.encode("utf-8", "replace")):
        return Survey()
    shift = text.count("\n") - body.count("\n")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    faults = [*_before(text, begun[: sniffed.start]), *_faults(parser, body.split("\n"), shift)]
    if root is None:
        return Survey(tuple(faults))
    document = _document(root, shift)
    findings = [*faults, *(f for check in _CHECKS for f in check(document)), *_of_items(document)]
    return Survey(tuple(findings), tuple(_line(item, shift) for item in document.items))


def _before(text: str, prolog: str) -> Iterator[Finding]:
    if text[:1].isspace() and prolog.lstrip().startswith("<?xml"):
        yield Finding(code="xml.before", detail="blanks before the XML declaration", line=1, column=1)
    elif junk := _PROLOG.sub("", prolog).strip():
        line = text[: max(text.find(junk[:20]), 0)].count("\n") + 1
        yield Finding(code="xml.before", detail=_short(junk), line=line, column=1)
    if "<!doctype" in text[:4000].lower() and text != prolog:
        opening = text[: text.lower().index("<!doctype")]
        yield Finding(code="xml.doctype", line=opening.count("\n") + 1, column=len(opening) - opening.rfind("\n"))


def _faults(parser: etree.XMLParser, lines: Sequence[str], shift: int) -> Iterator[Finding]:
    seen = set[tuple[int, str]]()
    for fault in list(parser.error_log)[:MOST_FAULTS]:
        code = next((code for start, code in _FAULTS if fault.type_name.startswith(start)), "xml.other")
        if (fault.line, code) not in seen:
            seen.add((fault.line, code))
            around = (
                lines[fault.line - 1][max(fault.column - 30, 0) : fault.column + 20] if fault.line <= len(lines) else ""
            )
            detail = _short(around) if code in _SHOWN else _short(_LINE.sub("", fault.message.split("\n")[0]))
            yield Finding(code=code, detail=detail, line=fault.line + shift, column=max(fault.column, 0))


def _document(root: etree._Element, shift: int) -> _Document:
    channel = next((child for child in root if _name(child) == "channel"), root)
    items = islice((element for element in root.iter() if _name(element) in {"item", "entry"}), MOST_ITEMS)
    return _Document(root, channel, list(items), shift)


# the feed itself


def _about_format(document: _Document) -> Iterator[Finding]:
    root = document.root
    spaces = (_space(root), *(uri for uri in root.nsmap.values() if uri))
    said = next((name for uri, name in _OUTDATED.items() if uri in spaces), "")
    version = root.get("version", "")
    if _name(root) == "rss" and version != "2.0":
        said = f"RSS {version or 'without a version'}"
    if said:
        yield _at(document, root, "feed.format", said)


def _about_atom(document: _Document) -> Iterator[Finding]:
    if _name(document.root) == "feed":
        names = {_name(child) for child in document.channel}
        for name, code in (("id", "feed.id"), ("updated", "feed.updated")):
            if name not in names and not (name == "updated" and "modified" in names):
                yield _at(document, document.channel, code)


def _about_channel(document: _Document) -> Iterator[Finding]:
    if _name(document.root) != "rss":
        return
    if not any(_name(child) == "description" and _text(child) for child in document.channel):
        yield _at(document, document.channel, "feed.description")
    for child in document.root:
        if _name(child) == "item":
            yield _at(document, child, "feed.outside")


def _kind(root: etree._Element) -> str:
    """Name the format where its own elements are known: RSS 2.0 and its like, or Atom 1.0."""
    if _name(root) == "rss":
        return "rss"
    return "atom" if _space(root) == ATOM else ""


def _about_usage(document: _Document) -> Iterator[Finding]:
    if kind := _kind(document.root):
        for element, code, detail in usage(document.channel, kind):
            yield _at(document, element, code, detail)
    elif _name(document.root) == "feed" and _space(document.root) not in _OUTDATED:
        yield _at(document, document.root, "xml.namespace", _space(document.root) or "none")


def _about_ttl(document: _Document) -> Iterator[Finding]:
    for child in document.channel:
        if _name(child) != "ttl":
            continue
        text = _text(child)
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LONGEST_TTL):
            yield _at(document, child, "feed.ttl", text)


_CHECKS: tuple[Callable[[_Document], Iterator[Finding]], ...] = (
    _about_format,
    _about_atom,
    _about_channel,
    _about_ttl,
    _about_usage,
)


# items


def _of_items(document: _Document) -> Iterator[Finding]:
    rss = _name(document.root) == "rss"
    for number, item in enumerate(document.items, 1):
        children = [child for child in item if isinstance(child.tag, str)]
        found = [*_dates(children), *_titles(children), *_files(children, rss=rss)]
        if kind := _kind(document.root):
            found += usage(item, kind)
        if rss:
            found += [*_guids(children), *_authors(children)]
        for element, code, detail in found:
            yield _at(document, element, code, detail, number)


_Found = Iterator[tuple[etree._Element, str, str]]


def _dates(children: Sequence[etree._Element]) -> _Found:
    for child in children:
        form, text = _DATES.get(_name(child), ""), _text(child)
        if not form or not text:
            continue
        if read_date(text, "UTC") is None:
            yield child, "date.unread", text
        elif _FORMS[form].fullmatch(text):
            continue
        elif not _ZONED.search(text):
            yield child, "date.zone", text
        else:
            yield child, "date.form", text


def _titles(children: Sequence[etree._Element]) -> _Found:
    for child in children:
        if _name(child) != "title" or _is_foreign(child):
            continue
        text, html = _text(child), child.get("type", "") in {"html", "text/html", "xhtml"}
        if not html and _TAG.search(text):
            yield child, "title.html", text
        elif (_TWICE_IN_HTML if html else _TWICE).search(text):
            yield child, "title.escaped", text


def _files(children: Sequence[etree._Element], *, rss: bool) -> _Found:
    files = [c for c in children if _name(c) == "enclosure" or (_name(c) == "link" and c.get("rel") == "enclosure")]
    for file in files:
        url = (file.get("url") or file.get("href") or "").strip()
        if not re.match(r"https?://", url, re.IGNORECASE):
            yield file, "enclosure.address", url
        if rss and not re.fullmatch(r"0*[1-9][0-9]*", file.get("length", "").strip(), re.ASCII):
            yield file, "enclosure.length", file.get("length", "") or url
        if rss and "/" not in file.get("type", ""):
            yield file, "enclosure.type", file.get("type", "") or url
    if rss and len(files) > 1:
        yield files[1], "enclosure.many", f"{len(files)} files"


def _guids(children: Sequence[etree._Element]) -> _Found:
    for child in children:
        says = child.get("isPermaLink", "true").strip().lower()
        if _name(child) == "guid" and says != "false" and not re.match(r"https?://", _text(child), re.IGNORECASE):
            yield child, "id.permalink", _text(child)


def _authors(children: Sequence[etree._Element]) -> _Found:
    for child in children:
        if str(child.tag) == "author" and "@" not in _text(child):
            yield child, "author.form", _text(child)


# elements


def _name(element: etree._Element) -> str:
    """The local name in lower case, '' for comments; a prefix that nobody declared is left out too."""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""


def _space(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[0].lstrip("{")


def _is_foreign(element: etree._Element) -> bool:
    """Whether an element is of an extension: `media:title` is no title of the item."""
    parent = element.getparent()
    return ":" in str(element.tag).rpartition("}")[2] or (
        parent is not None and _space(element) not in {"", _space(parent)}
    )


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _line(element: etree._Element, shift: int) -> int:
    return (int(str(element.sourceline)) if element.sourceline else 1) + shift


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _at(document: _Document, element: etree._Element, code: str, detail: str = "", item: int = 0) -> Finding:
    return Finding(code=code, detail=_short(detail), line=_line(element, document.shift), item=item)
