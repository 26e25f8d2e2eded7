"""When an entry was published and updated: the rules that keep dates still.

A date ahead of the clock, by the source's policy (Planet Venus `scrub.py` has three of these four):

`clip`    it becomes the first sight; the policy where nothing is said
`ignore`  it is no date: the date of change counts where that lies behind, else the first sight
`wait`    it is a promise: the entry is held until then; always so for our own posts
`keep`    it is believed

A date that is known and lies behind never moves (miniflux `storage/entry.go`), whatever the feed says later. Nor does
a story that was out go in again for an embargo, or a date ahead, that is set afterwards: who read it has it, and those
whom it was sent to under terms would have to be asked to delete what comes again. The wire has the same rule (Superdesk
`content/common.py`: no embargo after publication). Who means to take it back retracts it, or makes it a draft.
"""

from datetime import datetime, timedelta

from feeds.model.changes import Known
from feeds.model.entry import Entry
from feeds.model.quick import replace
from feeds.model.source import FutureDates


def dated(
    entry: Entry,
    known: Known | None,
    now: datetime,
    position: int,
    *,
    future: FutureDates,
    changed: bool,
    significant: bool = True,
) -> Entry:
    """Return *entry* with both dates.

    `published`: as known before, except while an entry still waits; else as given, by *future* where it lies ahead.
    Without a date it is the first sight. Items first seen together stand one second apart, by *position*, so that
    the document's order holds.

    `updated`: as given, unless in the future. An entry whose words *changed* under an old date: now, where that is
    *significant*. One whose words did not change keeps what was known: many feeds re-date all items at each request.
    """
    waiting = known is not None and known.entry.release is not None and known.entry.release > now
    sight = (known.first_seen if known else now) - timedelta(seconds=position)
    published = (known.entry.published if known and not waiting else entry.published) or sight
    release = known.entry.release if known and late(entry, known, now) else entry.release
    if published > now:
        match future:
            case "wait":
                release = max(release or published, published)
            case "ignore":
                published = entry.updated if entry.updated and entry.updated <= now else sight
            case "clip":
                published = sight
            case "keep":
                pass
    updated = _updated(entry, known, published, now, changed=changed and not entry.minor, significant=significant)
    if (published, updated, release) == (entry.published, entry.updated, entry.release):
        return entry
    return replace(entry, published=published, updated=updated, release=release)


def late(entry: Entry, known: Known | None, now: datetime) -> datetime | None:
    """Return until when *entry* is to wait now although it was out already; None where nothing is wrong with it."""
    if known is None or known.status != "kept" or entry.release is None or entry.release <= now:
        return None
    was = known.entry.release
    return entry.release if was is None or was <= now else None


def _updated(
    entry: Entry, known: Known | None, published: datetime, now: datetime, *, changed: bool, significant: bool
) -> datetime:
    given = entry.updated if entry.updated and entry.updated <= max(now, published) else published
    before = known.entry.updated if known else None
    if before is not None:
        late = now if significant else before
        given = before if not changed else late if given <= before < now else given
    return max(given, published)
