"""What a document brought, held against what the library knows: which entries need a look, and by which keys."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from feeds.core.deciding import ledger
from feeds.core.deciding.missing import VANISH_FROM
from feeds.core.duplicates import near
from feeds.core.duplicates.sketch import Sketch, sketch
from feeds.core.entries import identity
from feeds.core.entries.normalise import Normalised
from feeds.core.polling import rhythm
from feeds.model.changes import Known, PollView
from feeds.model.entry import Deleted, Entry
from feeds.model.quick import replace
from feeds.model.settings import Settings
from feeds.model.source import FeedInfo, Fetched, SourceState

COMPARED = 1000  # entries of one document that are compared by what they say: a second or two


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Entries as they are known, and the match keys, by guid, of those that are new or changed.

    *sketches*, by guid, of new entries that no key leads to a story, where similar texts are asked for.
    *places* and *deleted* as in `Normalised`; *partial*: the document holds others, which were not read again.
    """

    entries: tuple[Entry, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sketches: Mapping[str, Sketch] = field(default_factory=dict)
    places: tuple[int, ...] = ()
    deleted: tuple[Deleted, ...] = ()
    partial: bool = False

    def hints(self) -> frozenset[int]:
        """Return every hash under which a story may be that an entry tells in other words."""
        return frozenset().union(*(one.asked for one in self.sketches.values()))

    def candidates(self, view: PollView) -> tuple[int, ...]:
        """Return the numbers of all stories worth comparing with an entry, each once."""
        found = (story for one in self.sketches.values() for story in near.candidates(one, view.posted))
        return tuple(dict.fromkeys(found))

    def all_keys(self) -> tuple[str, ...]:
        """Return every key once, to ask the library which stories hold them."""
        return tuple(dict.fromkeys(key for keys in self.keys.values() for key in keys))


def arrivals(
    found: Normalised, fetched: Fetched, view: PollView, settings: Settings, unread: Collection[bytes] | None = None
) -> Arrivals:
    """Return a document's entries under the guids that the library knows, and the keys of those that need a look.

    *unread* are digests of the ids of items that were left unread; None where the document was read whole.
    """
    local = view.source.kind == "content"
    by_link = view.source.options.ids == "link"
    entries = ledger.recognise(found.entries, view.known, fetched.listing, unread or (), local=local, by_link=by_link)
    fresh = [e for e in entries if not _as_stored(e, view.known.get(e.guid))]
    return Arrivals(
        entries=entries,
        keys={e.guid: identity.match_keys(e, settings.dedupe) for e in fresh},
        places=found.places if len(found.places) == len(entries) else (),
        deleted=found.deleted,
        partial=unread is not None,
    )


def with_sketches(arrived: Arrivals, view: PollView, settings: Settings) -> Arrivals:
    """Return *arrived* with sketches of entries that are new and that no key of *view* leads to a story.

    Of more than `COMPARED` only the newest: the archive that a source publishes anew is told apart by keys alone, and
    holds nobody up.
    """
    if settings.dedupe.near is None:
        return arrived
    lone = [
        e
        for e in arrived.entries
        if e.guid in arrived.keys
        and e.guid not in view.known
        and not any(key in view.stories for key in arrived.keys[e.guid])
    ]
    if len(lone) > COMPARED:
        oldest = datetime.min.replace(tzinfo=UTC)
        lone = sorted(lone, key=lambda e: e.published or oldest, reverse=True)[:COMPARED]
    return replace(arrived, sketches={e.guid: sketch(e) for e in lone})


def _as_stored(entry: Entry, known: Known | None) -> bool:
    return known is not None and known.status == "kept" and known.fingerprint == identity.fingerprint(entry)


def crowded_keys(entries: Sequence[Entry], keys: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Return keys that several entries of one document share under different titles: they identify nobody.

    A feed whose items all link to the front page, or all carry one teaser, is common.
    """
    titles: dict[str, set[str]] = {}
    for entry in entries:
        for key in keys.get(entry.guid, ()):
            titles.setdefault(key, set()).add(entry.title)
    return frozenset(key for key, said in titles.items() if len(said) > 1)


def with_times(info: FeedInfo, state: SourceState, arrived: Arrivals, now: datetime) -> FeedInfo:
    """Return *info* with the times at which entries were published, so far as they are known."""
    return replace(info, times=rhythm.remembered(state.info.times, (e.published for e in arrived.entries), now))


def emptied(view: PollView, fetched: Fetched, arrived: Arrivals) -> bool:
    """Tell whether a feed that told something once holds nothing any more; nothing of it is withdrawn for that."""
    whole = fetched.outcome == "fresh" and not (fetched.partial or arrived.partial)
    return view.source.kind != "content" and whole and not arrived.entries and view.state.changed is not None


def replaced(view: PollView, fetched: Fetched, arrived: Arrivals, info: FeedInfo | None) -> bool:
    """Tell whether all that a feed told gave way at once to what is not simply newer; nothing is withdrawn for that.

    Where nobody looked for long, a busy feed has nothing left of what it told. But then what it tells is younger than
    the last reading, and it bears the name that it had. Another site at an address that was given up does not; one
    that gives all its entries new ids tells what should have been there before.
    """
    before, entries = view.state, arrived.entries
    whole = fetched.outcome == "fresh" and not (fetched.partial or arrived.partial)
    if view.source.kind == "content" or not whole or before.changed is None or len(entries) < VANISH_FROM:
        return False
    if any(e.guid in view.known for e in entries):
        return False
    renamed = info is not None and "" != before.info.title != info.title
    return renamed or all(e.published and e.published < before.changed for e in entries)


def older(arrived: Arrivals, view: PollView) -> frozenset[str]:
    """Return the guids of entries of a new source behind its newest `first`: an archive of ten years is no news.

    They are known from then on, so that none of them comes out later. Venus (`new_feed_items`) and Feedbin (300) cap
    the first reading too. An entry without a date stands where it stands in the document.
    """
    most = view.source.options.first
    if view.source.kind == "content" or not most or view.state.changed is not None:
        return frozenset()
    oldest = datetime.min.replace(tzinfo=UTC)
    dated = sum(1 for e in arrived.entries if e.published)
    newest_first = (
        sorted(arrived.entries, key=lambda e: e.published or oldest, reverse=True) if dated else arrived.entries
    )
    return frozenset(e.guid for e in newest_first[most:])
