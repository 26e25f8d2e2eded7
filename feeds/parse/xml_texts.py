"""Texts of a feed with their kind: plain, escaped HTML, or XHTML written out again as HTML."""

import re
from functools import lru_cache
from html import escape, unescape

from feedparser.mixin import _FeedParserMixin
from lxml import etree

from feeds.model.entry import Text
from feeds.parse.xml_names import Declined, mended, text_of

_KINDS = {
    "text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml",
    "text/plain": "text/plain", "text/html": "text/html", "application/xhtml+xml": "application/xhtml+xml",
}  # fmt: skip
_XHTML = "application/xhtml+xml"
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"</[a-zA-Z]+>|<(?:br|p|img|a|hr|b|i)[\s/>]|&#?\w{2,8};", re.IGNORECASE)


def typed(element: etree._Element, default: str, version: str) -> Text | None:
    """Return a text construct; *default* is the media type of an element that names none. Empty: None.

    *version* is the feed's format. In RSS what claims to be plain is HTML where all its tags and entities are HTML's
    (feedparser's rule).
    """
    kind = default if not element.attrib else _said(element, default)
    if kind == _XHTML:
        return Text(value=value, kind="html") if (value := written(element, version)) else None
    if not (value := text_of(element)):
        return None
    if kind == "text/plain" and not version.startswith("atom") and _looks_like_html(value):
        kind = "text/html"
    return Text(value=value, kind="text" if kind == "text/plain" else "html")


def plain_or_html(value: str) -> Text | None:
    """Return the text of an element of an extension, which rarely says whether it holds HTML."""
    return Text(value=value, kind="html" if _MARKUP.search(value) else "text") if value else None


def words(markup: str) -> str:
    """Return one line of plain text; for what a feed says of itself, which is shown and never parsed again."""
    text = unescape(_TAG.sub(" ", markup)) if "<" in markup or "&" in markup else markup
    return " ".join(text.split())


def _said(element: etree._Element, default: str) -> str:
    """Return the media type that an element names."""
    said = element.get("type")
    kind = _KINDS.get(said.lower()) if said else default
    if kind is None or element.get("mode") == "base64" or element.get("src"):
        raise Declined(f"content of type {said}")
    return kind


def _looks_like_html(value: str) -> bool:
    return ("<" in value or "&" in value) and bool(_FeedParserMixin.looks_like_html(value))


def written(element: etree._Element, version: str) -> str:
    """Return what is in an element of XHTML, as HTML; the `div` of Atom 1.0 is no part of it (RFC 4287 §3.1.1.3)."""
    inner = list(element)
    if version == "atom10" and len(inner) == 1 and _local(inner[0]) == "div" and _blank(element.text, inner[0].tail):
        element = inner[0]
    return mended(_inner(element).strip())


def _blank(*texts: str | None) -> bool:
    return not any(text and text.strip() for text in texts)


def _inner(element: etree._Element) -> str:
    parts = [escape(element.text or "", quote=False)]
    for child in element:
        parts += [_outer(child), escape(child.tail or "", quote=False)]
    return "".join(parts)


def _outer(element: etree._Element) -> str:
    name = _local(element)
    if name in {"svg", "math"}:
        raise Declined(name)
    attributes = "".join(f' {_attribute(key)}="{_quoted(str(value))}"' for key, value in element.attrib.items())
    return f"<{name}{attributes}>" + ("" if name in _VOID else f"{_inner(element)}</{name}>")


def _quoted(value: str) -> str:
    return escape(value, quote=False).replace('"', "&quot;")


def _attribute(name: object) -> str:
    uri, _, local = str(name).rpartition("}")
    return f"xml:{local}".lower() if uri.endswith("XML/1998/namespace") else local.lower()


@lru_cache(maxsize=1024)
def _local_of(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _local(element: etree._Element) -> str:
    if not isinstance(element.tag, str):
        raise Declined("reference")
    return _local_of(element.tag)
