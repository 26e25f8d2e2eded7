"""The DOCTYPE, cut before any XML parser sees it.

Entities are how an XML document bombs its reader or names a file of ours, and feeds need none. libxml2 opens a local
DTD in some configurations (measured with lxml 6.1.0 and 6.1.3), so nothing of the DOCTYPE is left to read.
"""

import re

from feeds.errors import ParseError

# The first of these that is no comment tells: a DOCTYPE that is not a page's, or the root.
_BEGIN = re.compile(
    r"<!--.*?(?:-->|\Z)|(?P<doctype><!DOCTYPE(?!\s+html))|(?P<root><(?:[A-Za-z_][\w.-]*:)?(?:rss|rdf|feed|channel)[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
_INNER = re.compile(r"""[^"'\[>]*(?:"[^"]*"|'[^']*')?""")
_ENTITY = re.compile(r"""<!ENTITY\s+(?:%\s+)?[^\s"'>]+\s+["']""", re.IGNORECASE)
_PIECE = re.compile(r"""<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|(?P<end>\]\s*>)""", re.DOTALL)
_HEAD = 20_000  # characters within which a DOCTYPE begins


def without_doctype(text: str) -> str:
    """Return *text* without the DOCTYPE before its root element; a page's own stays, for it tells what it is.

    Declarations of outside entities go with it unread: their references show as written.
    Raises ParseError("entities") where an entity is given a value inside the document.
    """
    begin = next((m for m in _BEGIN.finditer(text, 0, _HEAD) if m.lastgroup), None)
    if begin is None or begin["root"]:
        return text
    end = _end(text, begin.end())
    if declared := len(_ENTITY.findall(text, begin.end(), end)):
        raise ParseError("entities", f"{declared} of them")
    return text[: begin.start()] + text[end:]


def _end(text: str, position: int) -> int:
    """Where the declaration that is open at *position* ends; an unclosed one ends the document."""
    while position < len(text):
        found = _INNER.match(text, position)
        position = found.end() if found else position
        sign = text[position : position + 1]
        if sign == ">":
            return position + 1
        if sign == "[":
            return _end_of_subset(text, position + 1)
        if sign in {'"', "'"}:  # a quote that never closes
            close = text.find(">", position)
            return close + 1 if close >= 0 else len(text)
    return len(text)


def _end_of_subset(text: str, position: int) -> int:
    for piece in _PIECE.finditer(text, position):
        if piece["end"]:
            return piece.end()
    return len(text)
