"""What the library knows of an answer's entries: read in widening circles, each asked for only where it may matter."""

from feeds.core.deciding.arrivals import Arrivals, arrivals, with_sketches
from feeds.core.entries import identity
from feeds.jobs.news import Reading
from feeds.jobs.work import Tally, Work
from feeds.model.changes import PollView
from feeds.model.quick import replace
from feeds.model.source import Source, SourceState
from feeds.ports.library import Library


def look(
    work: Work, tally: Tally, library: Library, source: Source, reading: Reading, state: SourceState | None = None
) -> tuple[PollView, Arrivals]:
    """Return what the library knows of the entries, and of the stories that new and changed ones may belong to.

    *state* is that of *source* as it was read before; None: read both anew.
    """
    found = reading.found
    guids = [variant for e in found.entries for variant in identity.guid_variants(e.guid)]
    pages = [f"url:{page}" for e in found.entries if (page := identity.url_key(e))]
    with tally.step("store"):
        begun = PollView(source=source, state=state) if state else library.poll_view(source.id, (), ())
        unseen = _younger(library, source, reading)
        guids += [*unseen, *(variant for d in found.deleted for variant in identity.guid_variants(d.ref))]
        view = library.known(begun, guids, pages)
    with tally.step("decide"):
        arrived = arrivals(found, reading.fetched, view, work.settings, reading.unread)
    keys = [*pages, *arrived.all_keys()]
    with tally.step("store"):
        if not arrived.keys.keys() <= {*guids, *view.known}:
            view = library.known(view, [*guids, *arrived.keys], keys)
        view = library.widened(view, keys)
    if arrived.keys and work.settings.dedupe.near:
        view, arrived = _look_around(work, tally, library, view, arrived)
    return replace(view, unseen=frozenset(unseen)) if unseen else view, arrived


def _younger(library: Library, source: Source, reading: Reading) -> tuple[str, ...]:
    """Return the guids of entries that a whole document should tell, for it tells older ones; where that matters."""
    dates = [e.published for e in reading.found.entries if e.published]
    if source.options.deletions != "missing" or reading.unread is not None or not reading.complete or not dates:
        return ()
    return library.younger(source.id, min(dates))


def _look_around(
    work: Work, tally: Tally, library: Library, view: PollView, arrived: Arrivals
) -> tuple[PollView, Arrivals]:
    """Widen a view by the stories that new entries may tell in other words."""
    within, now = work.settings.dedupe.near, work.ports.clock()
    with tally.step("decide"):
        arrived = with_sketches(arrived, view, work.settings)
    if not arrived.sketches or within is None:
        return view, arrived
    with tally.step("store"):
        view = library.posted(view, arrived.hints(), now - within, now)
    with tally.step("decide"):
        alike = arrived.candidates(view)
    with tally.step("store"):
        return library.likely(view, alike), arrived
