"""Only what is new: RFC 3229 with the instance manipulation `feed`, for Atom, RSS and JSON Feed.

A client that says `A-IM: feed` and names by If-None-Match the revision that it has gets 226 and a feed of the entries
that came or changed since. All else of the document stays, tombstones among it. What left the feed is not told, as in
every feed.

Source: RFC 3229 §10; https://web.archive.org/web/2004/http://bobwyman.pubsub.com/main/2004/09/using_rfc3229_w.html
"""

from collections.abc import Sequence

from feeds.model.channel import Rendition
from feeds.web.wire.codings import weight_of

FORMATS = frozenset({"atom", "rss", "json"})
_BEGINNINGS = {"atom": b"<entry", "rss": b"<item"}


def asked_for(a_im: str) -> bool:
    """Tell whether a client takes `feed` by its A-IM (RFC 3229 §10.5.3)."""
    for item in a_im.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        if name == "feed":
            return bool(weight_of(parameters))
    return False


def since(rendition: Rendition, tags: Sequence[str]) -> bytes | None:
    """Return *rendition* with the entries alone that are new to whoever has the latest revision that *tags* name.

    None where none of them is remembered, or where all entries are new.
    """
    if rendition.format not in FORMATS or not rendition.parts:
        return None
    version = max((_version(rendition, tag) for tag in tags), default=0)
    if not version:
        return None
    pieces, entries, fresh = _pieces(rendition, version)
    if fresh == entries:
        return None
    return _json(pieces) if rendition.format == "json" else b"".join(pieces)


def _version(rendition: Rendition, tag: str) -> int:
    """The version that bore *tag* last, 0 where that is not known. Each of `past` is one, the one before comes last."""
    past = rendition.past
    for back, etag in enumerate(reversed(past), 1):
        if etag == tag:
            return rendition.version - back
    return 0


def _pieces(rendition: Rendition, version: int) -> tuple[list[bytes], int, int]:
    """The pieces to send, how many entries there are, and how many of these are new."""
    body, format = rendition.body, rendition.format
    beginning = _BEGINNINGS.get(format, b"{")
    found: list[bytes] = []
    place = entries = fresh = 0
    for part in rendition.parts:
        piece = body[place : place + part.length]
        is_entry = place > 0 and piece.startswith(beginning)
        place += part.length
        entries += is_entry
        if is_entry and part.since <= version:
            continue
        fresh += is_entry
        found.append(piece)
    return found, entries, fresh


def _json(pieces: Sequence[bytes]) -> bytes:
    """A JSON Feed of the items left: what stood before, between and after them stands there again."""
    head, *rest, tail = pieces
    blanks = [p for p in rest if not p.strip(b", \n\t")]
    items = [p for p in rest if p.strip(b", \n\t")]
    if not items:
        return head + tail
    return head + blanks[0] + next((b for b in blanks if b"," in b), b",").join(items) + blanks[-1] + tail
