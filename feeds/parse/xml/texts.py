"""Texts of a feed with their kind: plain, escaped HTML, or XHTML written out again as HTML."""

import re
from functools import lru_cache
from html import escape, unescape
from typing import Any

from feedparser.mixin import _FeedParserMixin
from lxml import etree

from feeds.model.entry import Text
from feeds.model.quick import quick
from feeds.parse.xml.names import Declined, mended, text_of

_KINDS = {
    "text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml",
    "text/plain": "text/plain", "text/html": "text/html", "application/xhtml+xml": "application/xhtml+xml",
}  # fmt: skip
_text = quick(Text)
_XHTML = "application/xhtml+xml"
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_FOREIGN = frozenset({"svg", "math"})  # whose names are no HTML
_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"</[a-zA-Z]+>|<(?:br|p|img|a|hr|b|i)[\s/>]|&#?\w{2,8};", re.IGNORECASE)


def typed(element: etree._Element, default: str, version: str) -> Text | None:
    """Return a text construct; *default* is the media type of an element that names none. Empty: None.

    *version* is the feed's format. In RSS what claims to be plain is HTML where all its tags and entities are HTML's
    (feedparser's rule).
    """
    kind = _said(element, default) if element.keys() else default
    if kind == _XHTML:
        return _text(value=value, kind="html") if (value := written(element, version)) else None
    if not (value := text_of(element)):
        return None
    if kind == "text/plain" and (version.startswith("atom") or not _looks_like_html(value)):
        return _text(value=value)
    return _text(value=value, kind="html")


def plain_or_html(value: str) -> Text | None:
    """Return the text of an element of an extension, which rarely says whether it holds HTML."""
    return _text(value=value, kind="html" if _has_markup(value) else "text") if value else None


def words(markup: str) -> str:
    """Return one line of plain text; for what a feed says of itself, which is shown and never parsed again.

    What is no markup stays: `1 < 2 > 0`, `vector<T>`.
    """
    markup = unescape(_TAG.sub(" ", markup)) if _has_markup(markup) else markup
    return " ".join(markup.split())


def plainly(found: Text | None) -> str:
    """Return a text construct as one line of plain text."""
    if found is None:
        return ""
    return words(found.value) if found.kind == "html" else " ".join(found.value.split())


def _said(element: etree._Element, default: str) -> str:
    """Return the media type that an element names."""
    said = element.get("type")
    kind = _KINDS.get(said.lower()) if said else default
    if kind is None or element.get("mode") == "base64" or element.get("src"):
        raise Declined(f"content of type {said}")
    return kind


def _has_markup(value: str) -> bool:
    return ("<" in value or "&" in value) and bool(_MARKUP.search(value))


def _looks_like_html(value: str) -> bool:
    return ("<" in value or "&" in value) and bool(_FeedParserMixin.looks_like_html(value))


def written(element: etree._Element, version: str) -> str:
    """Return what is in an element of XHTML, as HTML; the `div` of Atom 1.0 is no part of it (RFC 4287 §3.1.1.3)."""
    inner = list(element)
    if version == "atom10" and len(inner) == 1 and _local(inner[0]) == "div" and _blank(element.text, inner[0].tail):
        element = inner[0]
    parts: list[str] = []
    _write(element, parts)
    return mended("".join(parts).strip())


def _blank(*texts: str | None) -> bool:
    return not any(text and text.strip() for text in texts)


def _write(element: etree._Element, parts: list[str]) -> None:
    """Add what is in an element."""
    if element.text:
        parts.append(escape(element.text, quote=False))
    for child in element:
        name = _local(child)
        if name in _FOREIGN:
            raise Declined(name)
        items: Any = child.items()
        attributes = [f' {_attribute(key)}="{_quoted(value)}"' for key, value in items]
        parts.append(f"<{name}{''.join(attributes)}>")
        if name not in _VOID:
            _write(child, parts)
            parts.append(f"</{name}>")
        if child.tail:
            parts.append(escape(child.tail, quote=False))


def _quoted(value: str) -> str:
    return escape(value, quote=False).replace('"', "&quot;")


@lru_cache(maxsize=1024)
def _attribute(name: str) -> str:
    uri, _, local = name.rpartition("}")
    return f"xml:{local}".lower() if uri.endswith("XML/1998/namespace") else local.lower()


@lru_cache(maxsize=1024)
def _local_of(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _local(element: etree._Element) -> str:
    if not isinstance(element.tag, str):
        raise Declined("reference")
    return _local_of(element.tag)
