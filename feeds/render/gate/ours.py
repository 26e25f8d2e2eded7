"""What our own documents are held to, piece by piece, before they replace the last good ones.

A story's piece is judged once, when it is made, and its outcome kept with it; a channel's head with each change of it.
Put together they are a document that breaks no rule: namespaces are those that heads declare, ids are told apart by
whoever puts pieces together. Whether a date lies ahead is not asked here: `future` of each source decided that.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from lxml import etree

from feeds.model.breach import Breach
from feeds.model.channel import Format
from feeds.render.entries import ATOM_SPACES, RSS_SPACES
from feeds.render.gate import atom, jsonfeed, rss
from feeds.render.gate.dialects import RSS as DIALECTS
from feeds.render.gate.dialects import ninjs
from feeds.render.gate.document import judge
from feeds.render.gate.sheet import Sheet

STRICT = frozenset({"uri.relative", "self.missing", "self.repeated", "self.other"})
"""Warnings that are faults in a document of ours."""

_LATER = datetime(9000, 1, 1, tzinfo=UTC)
_PARSER = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _declared(spaces: Mapping[str, str]) -> bytes:
    return "".join(f' xmlns:{prefix}="{space}"' for prefix, space in spaces.items()).encode()


def _head(spaces: Mapping[str, str]) -> bytes:
    return b'<rss version="2.0"' + _declared(spaces) + b"><channel>"


_ATOM = b'<feed xmlns="' + atom.ATOM.encode() + b'"' + _declared(ATOM_SPACES) + b">"


def entry_faults(format: Format, raws: Sequence[bytes]) -> list[str]:
    """Return for each of *raws*, one story in *format* each, why it may not be published; '' if it may."""
    if of_json := _JSON.get(format):
        return [_fault(_json(raw, of_json)) for raw in raws]
    judged = _atom if format == "atom" else _of_rss(format)
    with suppress(etree.XMLSyntaxError):
        at_once = judged(raws)  # parsed as one, which costs less
        if len(at_once) == len(raws) and not any(map(_fault, at_once)):
            return [""] * len(raws)
    return [_alone(judged, raw) for raw in raws]  # so that what is said of one does not depend on others


def _alone(judged: Callable[[Sequence[bytes]], list[Sheet]], raw: bytes) -> str:
    sheet = Sheet(_LATER)
    try:
        found = judged([raw])
        if len(found) == 1:
            return _fault(found[0])
        sheet.note("root.unknown", detail="it is not one story")
    except etree.XMLSyntaxError as error:
        sheet.note("xml.malformed", detail=error.msg or "")
    return _fault(sheet)


_JSON: Mapping[Format, Callable[[bytes, Sheet], None]] = {"json": jsonfeed.judge_item, "ninjs": ninjs.judge_item}


def _json(raw: bytes, judge_item: Callable[[bytes, Sheet], None]) -> Sheet:
    sheet = Sheet(_LATER)
    judge_item(raw, sheet)
    return sheet


def _atom(raws: Sequence[bytes]) -> list[Sheet]:
    feed = etree.fromstring(b"".join([_ATOM, *raws, b"</feed>"]), _PARSER)
    return [_held(entry, f"{{{atom.ATOM}}}entry", atom.judge_entry) for entry in feed]


def _of_rss(format: Format) -> Callable[[Sequence[bytes]], list[Sheet]]:
    """The judge of items, those of a dialect by its rules too."""
    dialect = DIALECTS.get(format)
    head = _head(dialect.spaces if dialect else RSS_SPACES)

    def judge_item(item: etree._Element, sheet: Sheet) -> None:
        rss.judge_item(item, sheet)
        if dialect:
            dialect.item(item, sheet)

    def judged(raws: Sequence[bytes]) -> list[Sheet]:
        root = etree.fromstring(b"".join([head, *raws, b"</channel></rss>"]), _PARSER)
        return [_held(item, "item", judge_item) for item in root[0]] if len(root) == 1 else []

    return judged


def _held(element: etree._Element, tag: str, judge: Callable[[etree._Element, Sheet], None]) -> Sheet:
    sheet = Sheet(_LATER)
    if element.tag == tag:
        judge(element, sheet)
    else:
        sheet.note("root.unknown", detail="it is not one story")
    return sheet


def element_fault(element: etree._Element, lint: Callable[[etree._Element, Sheet], None]) -> str:
    """Return why *element*, one story, may not be published by what *lint* asks of it; '' if it may."""
    sheet = Sheet(_LATER)
    lint(element, sheet)
    return _fault(sheet)


def head_fault(document: bytes, url: str) -> str:
    """Return why *document*, one without stories, may not be published at *url*; '' if it may."""
    return _worst(judge(document, _LATER, url))


def _fault(sheet: Sheet) -> str:
    return _worst(sheet.breaches) if sheet.breaches else ""


def _worst(breaches: Sequence[Breach]) -> str:
    """The first of *breaches* that forbids publishing, in words."""
    found = next((b for b in breaches if b.severity == "error" or b.rule in STRICT), None)
    return f"{found.what} [{found.rule}]" if found else ""
