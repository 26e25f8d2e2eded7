"""A feed document cut into its items, without reading them: so that an item whose bytes are as before costs its hash.

A document is cut only where its items can be read apart from one another: XML in UTF-8 that says nothing else, whose
`<item>` or `<entry>` elements stand side by side. Comments and CDATA sections are passed over, for they may hold
anything. The cut is linear, and reads no markup but these few signs; whoever reads the pieces decides what they are.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b

from feeds.model.source import Document

DIGEST = 8  # bytes: among a thousand items, two are taken for one once in 10**13 documents

# CDATA and comments are passed over whole; one without an end is found by its beginning.
_SIGN = re.compile(
    rb"<(?:!\[CDATA\[(?:[^\]]++|\](?!\]>))*+\]\]>|!--(?:[^-]++|-(?!->))*+-->"
    rb"|(/?)(item|entry)(?=[\s/>])|(!\[CDATA\[|!--))"
)
_LABEL = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]+)", re.IGNORECASE)
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
# What of a feed's head differs each time it is made and touches no item: when it was made, and RSS 1.0's list of items.
_VOLATILE = re.compile(
    rb"<(lastBuildDate|pubDate|updated|atom:updated|dc:date|items|generator)(?=[\s>])[^>]*>.*?</\1\s*>", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Cut:
    """*around* is what stands before, between and after the *items*: one piece more than items."""

    around: tuple[bytes, ...]
    items: tuple[bytes, ...]

    def digests(self) -> tuple[bytes, ...]:
        return tuple(digest(item) for item in self.items)

    def frame(self) -> bytes:
        """Return a digest of all that may bear on how an item is read, though it stands outside of it."""
        return digest(b" ".join(_VOLATILE.sub(b"", b"".join(self.around)).split()))

    def only(self, places: Collection[int]) -> bytes:
        """Return the document with the items at *places* alone."""
        some = [item if place in places else b"" for place, item in enumerate(self.items)]
        return b"".join(piece for pair in zip(self.around, [*some, b""], strict=True) for piece in pair)


def digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=DIGEST).digest()


def cut(document: Document) -> Cut | None:
    """Return *document* in pieces, or None where its items cannot be told apart or another encoding is spoken of."""
    body = document.body
    if not _is_utf8(document):
        return None
    ends: list[tuple[int, int]] = []
    start, name = -1, b""
    for found in _SIGN.finditer(body):
        closing, kind, endless = found.groups()
        if kind is None and not endless:
            continue
        if endless or bool(closing) is (start < 0) or (name and kind != name):  # nested, unopened, or of two kinds
            return None
        if closing:
            ends.append((start, body.find(b">", found.end()) + 1))
            start = -1
        elif ends and found.start() < ends[-1][1]:  # within the closing tag before it
            return None
        else:
            start, name = found.start(), kind
    if start >= 0 or not ends or not ends[-1][1]:  # the last one may be cut off within its closing tag
        return None
    bounds = [0, *(edge for pair in ends for edge in pair), len(body)]
    around = tuple(body[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
    return Cut(around, tuple(body[a:b] for a, b in ends))


def _is_utf8(document: Document) -> bool:
    """Tell whether all that is said of the encoding is UTF-8, and the bytes agree."""
    label, charset = _LABEL.search(document.body, 0, 400), _CHARSET.search(document.media_type)
    said = {label[1].decode("latin-1").lower()} if label else set()
    said |= {charset[1].lower()} if charset else set()
    if said - _UTF_8 or b"\0" in document.body:
        return False
    try:
        document.body.decode()
    except UnicodeDecodeError:
        return False
    return True
