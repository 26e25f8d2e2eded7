"""Bytes to a tree, or the reasons why they are none.

Nothing of a DOCTYPE reaches the parser: entities are how a document bombs its reader or names a file of ours, and
feeds need none.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, lookup
from html.entities import html5

from lxml import etree

from feeds.render.gate.sheet import Sheet

_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>")
_VERSION = re.compile(r"""version\s*=\s*["']([^"']*)["']""")
_DOCTYPE = re.compile(r"""<!DOCTYPE\s+([^\s>\[]+)((?:[^"'\[>]|"[^"]*"|'[^']*')*)(\[)?>?""")
_BEFORE_ROOT = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>]*>", re.DOTALL)  # one at a time: it never goes back
_ROOT = re.compile(r"<(?:[\w.\-]+:)?([\w.\-]+)")
_ENTITY = re.compile(r"&(\w+);")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ROOTS = frozenset({"feed", "entry", "rss", "RDF"})
_NETSCAPE = "http://my.netscape.com/publish/formats/rss-0.91.dtd"  # gone since 2001
_BOARD = "http://www.rssboard.org/rss-0.91.dtd"


def tree(body: bytes, sheet: Sheet) -> etree._Element | None:
    """Return the root of *body*; None, with the reasons in *sheet*, where it is not well-formed XML."""
    text = _decoded(body, sheet)
    if text is None:
        return None
    if (declaration := _DECLARATION.match(text)) and (version := _VERSION.search(declaration[0])):
        if version[1] != "1.0":
            sheet.note("xml.version", line=1, detail=version[1])
        text = _blanked(text, declaration.start(), declaration.end())
    text = _without_doctype(text, sheet)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        root = _root(text)
        if root not in _ROOTS:
            sheet.note("root.unknown", line=1, where=root, detail=root)
        sheet.note("xml.malformed", line=error.lineno or 1, detail=_said(error))
    except UnicodeEncodeError:
        sheet.note("xml.encoding", line=1)
    return None


def _root(text: str) -> str:
    """The name of the first element, of a document that may be broken anywhere; '' where there is none."""
    at = 0
    while before := _BEFORE_ROOT.match(text, at):
        at = before.end()
    found = _ROOT.match(text, at)
    return found[1] if found else ""


def _said(error: etree.XMLSyntaxError) -> str:
    return (error.msg or "").partition(", line ")[0]


def _decoded(body: bytes, sheet: Sheet) -> str | None:
    head = body[:400]
    declared = _DECLARED.search(head)
    named = declared[1].decode("ascii", "replace") if declared else ""
    if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encoding = "utf-16"
    elif body.startswith(BOM_UTF8):
        encoding = "utf-8-sig"
        if named and named.lower().replace("_", "-") not in {"utf-8", "utf8"}:
            sheet.note("xml.encoding", line=1, detail=f"it begins as UTF-8 and says {named}")
            return None
    else:
        encoding = named or "utf-8"
    try:
        lookup(encoding)
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        sheet.note("xml.encoding", line=line, detail=f"byte {body[error.start]:#04x} in {encoding}")
    except (LookupError, ValueError):  # or a name that is none
        sheet.note("xml.encoding", line=1, detail=f"nobody knows {encoding}")
    return None


def _blanked(text: str, start: int, end: int) -> str:
    """*text* without a part; its lines stay where they are."""
    return text[:start] + "\n" * text.count("\n", start, end) + text[end:]


def _without_doctype(text: str, sheet: Sheet) -> str:
    found = _DOCTYPE.search(text, 0, 20_000)
    if not found or re.search(r"<[A-Za-z]", text[: found.start()]):
        return text
    line = text.count("\n", 0, found.start()) + 1
    if found[3]:
        sheet.note("xml.doctype", line=line, detail="it declares entities")
        close = text.find("]>", found.end())
        return _blanked(text, found.start(), close + 2 if close > 0 else found.end())
    if _NETSCAPE in found[2]:
        sheet.note("xml.doctype", line=line, detail=f"{_NETSCAPE} is gone")
    text = _blanked(text, found.start(), found.end())
    if _BOARD in found[2] or _NETSCAPE in found[2]:  # that DTD declares the entities of HTML
        return _ENTITY.sub(lambda m: m[0] if m[1] in _OF_XML else html5.get(f"{m[1]};", m[0]), text)
    return text
