"""Reading only what is new of a document: its items whose bytes are not those of the last time.

What comes of it is the same as of reading the whole, but for the cost. So it is done only where the items stand by
themselves: the document can be cut, the whole one was read without oddities not long ago, its frame is as it was, and
no new item bears the id of one that is left unread. Else the document is read whole, and remembered if it is such.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.core.entries.normalise import Normalised
from feeds.core.entries.outline import Outline, id_digest, outlined
from feeds.model.entry import Parsed
from feeds.model.quick import replace
from feeds.model.source import FeedInfo, Fetched, Source, SourceState
from feeds.parse.items import Cut, cut

# Problems of a document, and of its entries, with which what an item says may depend on the others.
ODD = frozenset({"malformed", "excess", "charset"})
ODD_ENTRIES = frozenset({"repeated", "date"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an answer holds: *found*, and *info* of the feed; the *outline* to remember.

    *unread* are the digests of the ids of items that were left unread; None: all were read.
    """

    fetched: Fetched
    info: FeedInfo | None = None
    found: Normalised = Normalised(entries=(), problems=())
    odd: bool = True
    complete: bool = True  # the end of the document was there
    outline: bytes = b""
    unread: frozenset[bytes] | None = None


Read = Callable[[Source, Fetched], Reading]


def read_news(read: Read, source: Source, state: SourceState, fetched: Fetched, now: datetime) -> Reading:
    """Return what *fetched* holds that was not known, by *read*, which reads whole documents."""
    pieces = cut(fetched.documents[0]) if source.kind != "content" and not source.options.encoding else None
    if pieces is None:
        return read(source, fetched)
    frame, digests = pieces.frame(), pieces.digests()
    known = Outline.read(state.outline)
    if known and known.holds(frame, now):
        reading = _partly(read, source, state, fetched, pieces, digests, known)
        if reading is not None:
            return reading
    whole = read(source, fetched)
    if whole.odd or whole.fetched.outcome != "fresh":
        return whole
    ids = [id_digest(e.guid) for e in whole.found.entries]
    return replace(whole, outline=outlined(frame, now, digests, ids))


def _partly(
    read: Read,
    source: Source,
    state: SourceState,
    fetched: Fetched,
    pieces: Cut,
    digests: Sequence[bytes],
    known: Outline,
) -> Reading | None:
    """Read the items that are not *known*; None where the document has to be read whole after all."""
    ids = dict(known.items)
    if ids.keys().isdisjoint(digests):  # nothing is left of it: as good as another document
        return None
    fresh = [place for place, digest in enumerate(digests) if digest not in ids]
    unread = frozenset(ids[digest] for digest in digests if digest in ids)
    reading = Reading(fetched=fetched, info=state.info, odd=False)
    if fresh:
        (document,) = fetched.documents
        reading = read(source, replace(fetched, documents=(replace(document, body=pieces.only(set(fresh))),)))
    new = {place: id_digest(e.guid) for place, e in zip(fresh, reading.found.entries, strict=False)}
    if reading.odd or len(reading.found.entries) != len(fresh) or not unread.isdisjoint(new.values()):
        return None
    outline = outlined(
        known.frame, known.whole, digests, [new[p] if p in new else ids[d] for p, d in enumerate(digests)]
    )
    if not outline:
        return None
    return replace(
        reading,
        fetched=replace(reading.fetched, documents=fetched.documents),
        found=replace(reading.found, places=tuple(fresh)),
        outline=outline,
        unread=unread,
    )


def is_odd(parsed: Parsed, found: Normalised) -> bool:
    """Tell whether items of a document have to be seen beside one another."""
    odd = any(p.code in ODD for p in parsed.problems) or any(p.code in ODD_ENTRIES for p in found.problems)
    return odd or not parsed.complete or len(parsed.entries) != len(found.entries)
