"""What was pushed, on its way through the same rooms as what was asked for, and what polls say of pushes."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from feeds.core.push import hearing
from feeds.jobs import subscribe
from feeds.jobs.work import Work
from feeds.model.changes import Changes
from feeds.model.lease import Lease, Lettered
from feeds.model.quick import replace
from feeds.model.source import Document, Fetched, Source, SourceState


def fetched(lettered: Lettered) -> Fetched:
    """Return a letter as an answer. What it leaves out is not gone, and it says nothing of validators."""
    letter, info = lettered.letter, lettered.state.info
    return Fetched(
        outcome="fresh",
        documents=(Document(url=letter.url, body=letter.body, media_type=letter.media_type),),
        partial=True,
        hub=info.hub,
        self_url=info.self_url,
        size=len(letter.body),
        letter=letter.id,
    )


def leases(work: Work, source_ids: Iterable[str]) -> Mapping[str, Lease]:
    """Return the leases of sources, where pushes are wanted at all."""
    return work.ports.library.leases.of([*source_ids]) if work.settings.push.subscribe else {}


def timed(lease: Lease | None, source: Source, changes: Changes, work: Work) -> Changes:
    """Return what a poll changes with the `due` that follows from pushes; not where it found news before them."""
    if lease is None or _found_first(lease, changes):
        return changes
    now = work.ports.clock()
    state = hearing.timed(lease, source, changes.state, news=bool(changes.entries), now=now)
    return replace(changes, state=state)


def judge(work: Work, polled: Iterable[tuple[Source, SourceState, Lease | None, Changes]]) -> None:
    """Note what polls taught of pushes: hubs that feeds name anew, and pushes that did not come."""
    told = [*polled]
    now = work.ports.clock()
    leased = [
        (lease, _found_first(lease, changes)) for _, _, lease, changes in told if lease and _heeded(lease, changes, now)
    ]
    if leased:
        work.ports.library.leases.judge(leased, now)
    named = [
        (source, changes.state.info)
        for source, before, _, changes in told
        if source.kind == "feed"
        and changes.state.info is not before.info
        and hearing.wish(source, before.info) != hearing.wish(source, changes.state.info)
    ]
    if named:
        subscribe.wish(work, named)


def _found_first(lease: Lease, changes: Changes) -> bool:
    return lease.trusted and not lease.waiting and any(saved.new for saved in changes.entries)


def _heeded(lease: Lease, changes: Changes, now: datetime) -> bool:
    """Tell whether nothing is to be asked any more for a push that came before this poll."""
    return not changes.state.failures and not hearing.unheeded(lease, news=bool(changes.entries), now=now)
