"""One document, whatever its format, and every rule that it breaks."""

from datetime import datetime

from lxml import etree

from feeds.model.breach import Breach
from feeds.render.gate import atom, dialects, jsonfeed, rdf, rss
from feeds.render.gate.advice import advise
from feeds.render.gate.dialects import ninjs
from feeds.render.gate.json_schema import loaded
from feeds.render.gate.sheet import Sheet
from feeds.render.gate.source import tree
from feeds.render.gate.values import iri
from feeds.render.gate.walk import split

_OWN = {"feed": atom.ATOM, "entry": atom.ATOM, "rss": "", "RDF": rdf.RDF}


def judge(body: bytes, now: datetime, url: str = "") -> tuple[Breach, ...]:
    """Return every rule that *body* breaks at *now*, in the order of its lines; *url* is where it is published."""
    sheet = Sheet(now, url, len(body))
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        found, text = loaded(body, sheet)
        if text:
            (ninjs if ninjs.told(found) else jsonfeed).judge(found, text, sheet)
    else:
        root = tree(body, sheet)
        if root is not None:
            _of_xml(root, sheet)
            advise(root, sheet)
    return tuple(sorted(sheet.breaches, key=lambda b: b.line))


def _in_dialects(root: etree._Element, sheet: Sheet) -> None:
    for dialect in dialects.of(root):
        dialect.document(root, sheet)
        for item in root.iterfind("channel/item"):
            dialect.item(item, sheet)


def _of_xml(root: etree._Element, sheet: Sheet) -> None:
    if judge_own := dialects.OWN.get(root.tag):
        judge_own(root, sheet)
        return
    space, local = split(root.tag)
    if local not in _OWN:
        sheet.add("root.unknown", root, local)
        return
    for prefix, uri in root.nsmap.items():
        if rule := iri(uri, sheet.now) if uri.lower().startswith(("tag:", "urn:")) else "":
            sheet.add(rule, root, uri, inside=f"@xmlns:{prefix}" if prefix else "@xmlns")
    if space != _OWN[local]:
        sheet.add("root.namespace", root, space or "none")
    elif local == "rss":
        rss.judge(root, sheet)
        _in_dialects(root, sheet)
    elif local == "RDF":
        rdf.judge(root, sheet)
    else:
        atom.judge(root, sheet)
