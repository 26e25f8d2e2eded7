"""Tell the index of words what stories say now."""

from feeds.core.publishing import terms
from feeds.core.words import search
from feeds.jobs.work import Tally, Work
from feeds.model.job import Job, Report
from feeds.model.search import Unsearched

BATCH = 100  # stories in one transaction: 30 ms, in which no poll can write


def index(job: Job, work: Work) -> Report:
    """Index every story that waits for it, until none does or the budget ends."""
    tally, port = Tally(), work.ports.index
    more = port is not None
    while port and more and tally.took < work.budget and not work.stopping():
        with tally.step("store"):
            some = port.unsearched(BATCH)
        texts = [(found, _text(found, work)) for found in some]
        if some:
            with tally.step("store"):
                port.index(texts)
        tally.add("indexed", len(some))
        more = len(some) == BATCH
    return Report(job=job, outcome="more" if more else "done", counts=tally.counts, took=tally.took)


def _text(found: Unsearched, work: Work) -> str:
    if found.story is None:
        return ""
    lead = found.story.members[0]
    source = work.sources.get(lead.entry.source_id)
    policy = source.options.content if source else "summary"  # as in what is published
    return search.searchable(found.story, terms.extent(policy, lead.entry, lead.origin, local=lead.local))
