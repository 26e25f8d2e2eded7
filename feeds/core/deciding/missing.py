"""What is not there any more: posts whose file is gone, and entries that their feed took back.

A feed drops its oldest items for want of room, so that an item which is not in it any more says nothing. It was taken
back where the feed has a tombstone for it (RFC 6721) that is not older than what it last said of the item, or, where
`deletions: missing` wants it, where it is gone for a day from among items that are older. Source of the second rule:
Pluto (`models/feed.rb`), which a cache between us and the feed must not set off: hence the day, from
when it was first missed to a document that misses it still.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from feeds.core.entries.identity import guid_variants
from feeds.model.changes import Known, PollView
from feeds.model.entry import Deleted, Entry
from feeds.model.quick import replace
from feeds.model.source import Fetched, Missed, Problem, SourceState

# A folder that is unmounted or emptied by mistake must not take the site down: from this many posts on, and when
# more than this share of them vanish at once, nothing is withdrawn until someone says so. The same for a feed.
VANISH_FROM = 5
VANISH_SHARE = 0.5
UNSEEN = timedelta(days=1)
_STANDING = ("kept", "held")


def posts(view: PollView, present: Collection[str], listing: Collection[str]) -> list[Known]:
    """Return the posts of a folder whose file is gone, by the guids that are *present* and the paths of *listing*."""
    return [k for k in there(view) if k.entry.guid not in present and k.entry.path not in listing]


def held(gone: int, there: int, *, force: bool, meant: str = "") -> Problem | None:
    """Return why nothing is withdrawn, where most of those that were *there* vanish at once, unless *force* says so, or
    a person *meant* just that: another disk may be away by then."""
    problem = Problem(code="mass_vanish", detail=f"{gone} of {there}")
    if force or meant == problem.detail or there < VANISH_FROM or gone <= there * VANISH_SHARE:
        return None
    return problem


def told(view: PollView, present: Collection[str], tombstones: Collection[Deleted]) -> list[Known]:
    """Return the entries that a feed has a tombstone for; *present* are guids that its document holds."""
    if view.source.options.deletions == "never":
        return []
    known = [k for k in view.known.values() if k.status in _STANDING and k.entry.guid not in present]
    by_id = {variant: k for k in known for variant in guid_variants(k.entry.guid)}
    found = {k.entry.guid: k for one in tombstones if (k := by_id.get(one.ref)) and _not_older(one, k)}
    return list(found.values())


def absent(view: PollView, present: Collection[str], now: datetime) -> tuple[Missed, ...]:
    """Return the entries that a feed does not tell, though it tells older ones, and since when."""
    since = {one.guid: one.since for one in view.state.missed}
    ids = (g for g in sorted(view.unseen) if g in view.known and g not in present)
    return tuple(Missed(guid=g, since=since.get(g, now)) for g in ids if view.known[g].status in _STANDING)


def there(view: PollView) -> list[Known]:
    """Return the entries that were not withdrawn yet."""
    return [k for k in view.known.values() if k.status != "withdrawn"]


def _not_older(one: Deleted, known: Known) -> bool:
    """RFC 6721 §3: a tombstone that is older than the item's last change is ignored."""
    changed = known.entry.updated or known.entry.published
    return one.when is None or changed is None or one.when >= changed


def folder_problem(state: SourceState, fetched: Fetched) -> Problem | None:
    """Return what is wrong with a folder's posts: faults found now, or those of before while nothing changed."""
    if fetched.outcome == "unchanged":
        return state.problem
    if not fetched.problems:
        return None
    first, count = fetched.problems[0], len(fetched.problems)
    return first if count == 1 else replace(first, detail=f"{count} posts have faults; the first: {first.detail}")


def late_embargo(entry: Entry, until: datetime) -> Problem:
    """Return what is wrong with a post that was published and is to wait *until* a later moment now."""
    return Problem(code="embargo", detail=f"{until:%Y-%m-%d %H:%M} UTC", where=entry.path)
