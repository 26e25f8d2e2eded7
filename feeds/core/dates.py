"""When an entry was published and updated: the rules that keep dates still."""

from dataclasses import replace
from datetime import datetime, timedelta

from feeds.model.changes import Known
from feeds.model.entry import Entry


def dated(entry: Entry, known: Known | None, now: datetime, position: int, *, local: bool, changed: bool) -> Entry:
    """Return *entry* with both dates.

    `published`: as known before, for it never moves (miniflux `storage/entry.go`), except while a post still waits.
    Else as given; a feed's date in the future becomes its first sight; without a date the first sight too.
    Items first seen together stand one second apart, by *position*, so that the document's order holds.
    A post's date in the future is a promise: it waits (`release`) until then.

    `updated`: as given, unless in the future. An entry whose words *changed* under an old date: now.
    One whose words did not change keeps what was known: many feeds re-date all items at each request.
    """
    waiting = known is not None and known.entry.release is not None and known.entry.release > now
    sight = (known.first_seen if known else now) - timedelta(seconds=position)
    published = (known.entry.published if known and not waiting else entry.published) or sight
    release = entry.release
    if published > now:
        if local:
            release = max(release or published, published)
        else:
            published = sight
    return replace(entry, published=published, updated=_updated(entry, known, published, now, changed), release=release)


def _updated(entry: Entry, known: Known | None, published: datetime, now: datetime, changed: bool) -> datetime:
    given = entry.updated if entry.updated and entry.updated <= max(now, published) else published
    before = known.entry.updated if known else None
    if before is not None:
        given = before if not changed else now if given <= before < now else given
    return max(given, published)
