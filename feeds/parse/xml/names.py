"""Names of elements, whatever prefix a document gave them: `title`, `dc_date`, `media_content`, all lower case.

Atom's and all of RSS's namespaces, and none at all, are one: `<atom:link>` in RSS is a `link`. Namespaces compare
without regard to case, for they are written in every case. Source: feedparser's table, which knows the wild best.
"""

import re
from typing import Any

from feedparser.mixin import _FeedParserMixin
from lxml import etree

# Namespaces that feedparser's table lacks. Sources: RFC 4685 §2; podcastindex.org/namespace/1.0, and the address that
# stood for it in its first months.
_SPACES = {
    "http://purl.org/syndication/thread/1.0": "thr",
    "https://podcastindex.org/namespace/1.0": "podcast",
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
}
NAMESPACES = {**_FeedParserMixin.namespaces, **_SPACES}
_PREFIXES = {uri.lower(): prefix.lower() for uri, prefix in NAMESPACES.items()}
_USERLAND = "backend.userland.com/rss"
_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
_TWICE = re.compile(rb"\xc3[\x82-\xb4](?:\xc2|&#)")  # two letters of Latin-1 that may be one character of UTF-8
_NUMBERED = re.compile(  # begins with one literal, which is found faster than a choice
    rb"#(?=[012xX])(?<=&#)(?:(?:0*1(?:2[89]|[345][0-9])|[xX]0*[89][0-9a-fA-F]);"  # a control
    rb"|(?:0*(?:19[4-9]|2[0-4][0-9])|[xX]0*[c-fC-F][0-9a-fA-F]);(?:\xc2|&#))"  # the first of two letters
)
_CONTROLS = re.compile("[\x80-\x9f]")
_UNUSED = {0x81, 0x8D, 0x8F, 0x90, 0x9D}  # by windows-1252
_SIGNS = {n: bytes([n]).decode("cp1252") for n in range(0x80, 0xA0) if n not in _UNUSED}
_REGISTERED = "http://www.iana.org/assignments/relation/"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Declined(Exception):
    """Another reader has to look at this document."""


MOST_NAMES = 4096
MOST_ATTRIBUTES = 1_000  # of one element that is read or passed over; with more a document is refused elsewhere
_NAMES: dict[object, str] = {}  # of tags that name their element alone


def name_of(element: etree._Element) -> str:
    """Return the name of an element; where nobody knows its namespace its prefix counts, `?` where it has none."""
    tag: Any = element.tag
    if (name := _NAMES.get(tag)) is not None:
        return name
    if not isinstance(tag, str):  # a reference to an entity that nobody declared
        raise Declined("reference")
    uri, _, local = tag.rpartition("}")
    uri = uri[1:].lower()
    known = _USERLAND in uri or uri in _PREFIXES
    prefix = "" if _USERLAND in uri else _PREFIXES.get(uri, element.prefix or "?")
    name = f"{prefix}_{local}".lower() if prefix else local.lower()
    if known:
        if len(_NAMES) >= MOST_NAMES:
            _NAMES.clear()
        _NAMES[tag] = name
    return name


class _Keys(dict[str, str]):
    """Names of attributes by local name in lower case."""

    def __missing__(self, name: str) -> str:
        if len(self) >= MOST_NAMES:
            self.clear()
        self[name] = key = name.rpartition("}")[2].lower()
        return key


_KEYS = _Keys()


def attributes_of(element: etree._Element) -> dict[str, str]:
    """Return attributes by local name in lower case; `rel` and `type` in lower case as well."""
    items: Any = element.items()
    if not items:
        return {}
    if len(items) > MOST_ATTRIBUTES:
        raise Declined("too many attributes")
    found = {_KEYS[name]: value for name, value in items}
    for key in ("rel", "type"):
        if key in found:
            found[key] = found[key].lower()
    return found


def link_attributes(attributes: dict[str, str]) -> dict[str, str]:
    """Return the attributes of a link: a registered rel by its short name (RFC 4287 §4.2.7.2), no `uri` beyond the web.

    Feeds of Bluesky have an `at://` there and the page as text (gofeed's case rss_channel_item_uri_at_protocol).
    """
    rel, uri = attributes.get("rel", ""), attributes.get("uri", "")
    if rel.startswith(_REGISTERED):
        attributes = {**attributes, "rel": rel.removeprefix(_REGISTERED)}
    if "://" in uri and not uri.startswith(("http://", "https://")):
        attributes = {name: value for name, value in attributes.items() if name != "uri"}
    return attributes


def text_of(element: etree._Element) -> str:
    """Return the text of an element that holds nothing else, stripped."""
    if len(element):
        raise Declined(f"elements in {element.tag}")
    text = element.text
    return text.strip() if text else ""


def mended(text: str) -> str:
    """Return *text* with UTF-8 that was taken for Latin-1 read as it was meant.

    As feedparser does, field by field: some feeds hold a few such texts among good ones.
    """
    if text.isascii():
        return text
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


def mend(root: etree._Element, body: bytes) -> None:
    """Put right the texts of a document that were spoilt on their way: see `mended`; C1 controls, written or numbered.

    Those become the signs of windows-1252, as browsers show them. Few documents have any; their bytes tell which.
    """
    spoilt = (b"\xc2" in body and _CONTROL.search(body)) or (b"\xc3" in body and _TWICE.search(body))
    if not spoilt and not _NUMBERED.search(body):
        return
    for element in root.iter():
        text = element.text
        if text and not text.isascii():
            inner = text.strip()
            whole = mended(inner)
            if whole != inner:
                element.text = whole
            elif _CONTROLS.search(text):
                element.text = text.translate(_SIGNS)
