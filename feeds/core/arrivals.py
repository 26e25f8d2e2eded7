"""What a document brought, held against what the library knows: which entries need a look, and by which keys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from feeds.core import identity, ledger
from feeds.core.normalise import Normalised
from feeds.model.changes import Known, PollView
from feeds.model.entry import Entry
from feeds.model.settings import Settings
from feeds.model.source import Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Entries as they are known, and the match keys, by guid, of those that are new or changed.

    *places* as in `Normalised`; *partial*: the document holds others, which were not read again.
    """

    entries: tuple[Entry, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: tuple[int, ...] = ()
    partial: bool = False

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
    entries = ledger.recognise(found.entries, view.known, fetched.listing, unread or (), local=local)
    fresh = [e for e in entries if not _as_stored(e, view.known.get(e.guid))]
    return Arrivals(
        entries=entries,
        keys={e.guid: identity.match_keys(e, settings.dedupe) for e in fresh},
        places=found.places if len(found.places) == len(entries) else (),
        partial=unread is not None,
    )


def _as_stored(entry: Entry, known: Known | None) -> bool:
    return known is not None and known.status == "kept" and known.fingerprint == identity.fingerprint(entry)
