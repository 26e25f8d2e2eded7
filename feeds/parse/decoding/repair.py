"""Text of a feed made fit for an XML parser, and looked over for what would cost one dear.

Repaired: characters and references that XML forbids, entities that only HTML declares, bare ampersands, a missing end.
feedparser 6.0.14 raises on `&#xD800;` and `&#x110000;`, and expat stops at the first bare `&`.
Refused or cut: nesting, attributes and items beyond the limits; measured with feedparser 6.0.14: 10^6 levels cost
12.9 CPU seconds, 40 000 attributes 14, 100 000 items 6.4.
"""

import re
from html.entities import html5
from typing import NamedTuple

from feeds.errors import ParseError
from feeds.parse.times.dates import read_date

DEEPEST = 256  # levels; libxml2 stops there too
MOST_ATTRIBUTES = 1_000  # on one element
MOST_ITEMS = 1_000  # of one document

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0 §2.2
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_ASIDE = r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)"
_AMPERSAND = re.compile(
    rf"{_ASIDE}|&(?!(?:lt|gt|amp|quot|apos|\#[0-9]{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}});)(?:([A-Za-z][A-Za-z0-9]{{1,31}};))?",
    re.DOTALL,
)
# Nothing is tried twice (`*+`): a name of 100 kB without an end took a minute.
_TAG = re.compile(
    rf"""(?P<aside>{_ASIDE})|</(?P<end>[A-Za-z_][^\s<>/]*+)[^<>]*+>
    |<(?P<name>[A-Za-z_][^\s>/<]*+)(?P<attributes>(?:[^<>"']|"[^"]*"|'[^']*')*+)>""",
    re.DOTALL | re.VERBOSE,
)
_ITEMS = frozenset({"item", "entry"})
# Elements of HTML that pages leave open; they do not nest. Source: HTML standard, void elements and optional end tags.
_LEFT_OPEN = frozenset(
    {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p", "li"}
)
_DATE = re.compile(r"<(?:[\w.-]+:)?(?:pubdate|updated|published|date|issued)[^<>]{0,500}>([^<]{1,100})<", re.IGNORECASE)


class Repaired(NamedTuple):
    text: str
    complete: bool  # the root element was closed
    items: int  # how many the document has; *text* holds at most MOST_ITEMS
    notes: tuple[str, ...] = ()  # what was wrong, in plain words


def repair(text: str) -> Repaired:
    """Return *text*, which begins at its root element, fit for an XML parser. Raises ParseError("depth")."""
    text, notes = _characters(text)
    text, more = _ampersands(text)
    text, complete, items = _outline(text)
    return Repaired(text, complete, items, (*notes, *more))


def without_forbidden(text: str) -> str:
    """Return *text* without the characters that XML forbids."""
    return _FORBIDDEN.sub("", text)


def _characters(text: str) -> tuple[str, tuple[str, ...]]:
    """Drop forbidden characters; references to such vanish too, those to no character at all become U+FFFD."""
    text, dropped = _FORBIDDEN.subn("", text)
    bad = 0

    def readable(found: re.Match[str]) -> str:
        nonlocal bad
        digits = found[1] or found[2]
        number = int(digits, 16 if found[1] else 10) if len(digits) < 12 else 0x110000
        if number in {0xFFFE, 0xFFFF} or (number < 0x20 and number not in {9, 10, 13}):
            bad += 1
            return ""
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            bad += 1
            return "\ufffd"
        return found[0]

    text = _REFERENCE.sub(readable, text)
    notes = (f"{dropped + bad} characters that XML does not allow",) if dropped + bad else ()
    return text, notes


def _ampersands(text: str) -> tuple[str, tuple[str, ...]]:
    """Make entities of HTML their characters and other bare ampersands `&amp;`, outside CDATA and comments."""
    names: dict[str, None] = {}  # in the order of the document
    bare = 0

    def mended(found: re.Match[str]) -> str:
        nonlocal bare
        if found[0][0] == "<":
            return found[0]
        name = found[1]
        if name and (sign := html5.get(name)):
            names[name] = None
            return sign.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        bare += 1
        return "&amp;" + (name or "")

    text = _AMPERSAND.sub(mended, text)
    notes = []
    if names:
        notes.append(f"entities that only HTML declares: {', '.join('&' + name for name in list(names)[:5])}")
    if bare:
        notes.append(f"{bare} bare ampersands")
    return text, tuple(notes)


def _outline(text: str) -> tuple[str, bool, int]:
    """Walk the tags once: (text with at most MOST_ITEMS items and every element closed, was it closed, its items).

    What follows the last complete item of a document that ends too early is cut: half an item would pass for an edit.
    """
    stack: list[str] = []
    spans: list[tuple[int, int]] = []
    begun, around, closed = -1, [""], False
    for tag in _TAG.finditer(text):
        if tag["aside"] is not None:
            continue
        if (end := tag["end"]) is not None:
            if end in stack:
                while stack.pop() != end:
                    pass
                if begun >= 0 and _local(end) in _ITEMS:
                    spans.append((begun, tag.end()))
                    begun, around = -1, stack.copy()
                if not stack:
                    closed = True
                    break
        else:
            name, attributes = tag["name"], tag["attributes"]
            if len(attributes) > 2 * MOST_ATTRIBUTES and attributes.count("=") > MOST_ATTRIBUTES:
                raise ParseError("depth", f"<{name[:40]}> has {attributes.count('=')} attributes")
            if attributes.endswith("/") or name.lower() in _LEFT_OPEN:
                continue
            if _local(name) in _ITEMS and (begun < 0 or len(stack) <= 2):
                begun = tag.start()
            stack.append(name)
            if len(stack) > DEEPEST:
                raise ParseError("depth", f"more than {DEEPEST} levels")
    return _kept(text, spans, around, closed), closed, len(spans)


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _kept(text: str, spans: list[tuple[int, int]], around: list[str], closed: bool) -> str:
    closing = "".join(f"</{name}>" for name in reversed(around) if name)
    if len(spans) > MOST_ITEMS:
        if _ascending(text, spans):
            return text[: spans[0][0]] + text[spans[-MOST_ITEMS][0] : spans[-1][1]] + closing
        return text[: spans[MOST_ITEMS - 1][1]] + closing
    return text if closed or not spans else text[: spans[-1][1]] + closing


def _ascending(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether the oldest item stands first, by the first date of the first and of the last item."""
    first, last = (_DATE.search(text, *spans[place]) for place in (0, -1))
    earlier, later = (read_date(found[1], "UTC") if found else None for found in (first, last))
    return earlier is not None and later is not None and earlier < later
