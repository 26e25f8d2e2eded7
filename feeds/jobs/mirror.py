"""Outbox to bucket: each document that is published stands there too, in its latest version; what is gone goes.

A put names what it replaces, so that a worker that stalled and comes back changes nothing: where it is refused, it
looks what is there, then what is published, in this order, and puts only what is published still.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from feeds.errors import OutputError
from feeds.jobs.work import Tally, Work
from feeds.model.job import Job, Report
from feeds.model.mirror import Closed, Gap
from feeds.model.source import Problem
from feeds.ports.mirror import Mirror

logger = logging.getLogger(__name__)

BATCH = 500
AT_ONCE = 16  # requests; each waits for the network for most of its time
TRIES = 3  # of one put that others outrun


def mirror(job: Job, work: Work) -> Report:
    """Close every gap between what is published and what is in the bucket, until none is left or the budget ends."""
    tally, to = Tally(), work.ports.mirror
    if to is None:
        return Report(job=job)
    now = work.ports.clock()
    until = to.notes.begin(to.bucket.name)
    try:
        if to.notes.comparing(now):
            tally.add("astray", to.notes.compared(dict(to.bucket.tags()), now))
        problems, more = _close_gaps(to, work, tally)
    except OutputError as error:
        to.notes.failed(str(error), now)
        logger.error("mirror failed error=%s", error)
        problem = Problem(code="mirror", detail=str(error), where=to.bucket.name)
        return _report(job, tally, {to.bucket.name: problem}, "failed")
    if not more:
        to.notes.reached(until)
    return _report(job, tally, problems, "more" if more else "done")


def _report(job: Job, tally: Tally, problems: dict[str, Problem], outcome: str) -> Report:
    return Report(job=job, outcome=outcome, counts=tally.counts, problems=problems, took=tally.took)  # type: ignore[arg-type]  # one of three


def _close_gaps(to: Mirror, work: Work, tally: Tally) -> tuple[dict[str, Problem], bool]:
    """Return the problems of single documents, and whether there is more to do. Raises `OutputError` where nothing of
    a batch can be done: it is the bucket then."""
    problems: dict[str, Problem] = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mirror") as hands:
        while gaps := to.notes.gaps(work.ports.clock(), BATCH):
            if work.stopping() or tally.took >= work.budget:
                return problems, True
            if gone := [gap for gap in gaps if not gap.wants]:
                to.notes.leave(gone)
            if new := [gap for gap in gaps if gap.wants and not gap.tag]:
                to.notes.intend(new)
            closed = tuple(hands.map(lambda gap: _closed(to, gap), gaps))
            _note(to, work, tally, closed)
            problems.update(
                (one.gap.path, Problem(code="mirror", detail=one.problem, where=one.gap.path))
                for one in closed
                if one.problem
            )
            work.progress(to.bucket.name, max(len(gaps) - BATCH, 0))
    return problems, False


def _note(to: Mirror, work: Work, tally: Tally, closed: Sequence[Closed]) -> None:
    failed = [one for one in closed if one.problem]
    if len(failed) == len(closed) and not _takes(to):
        raise OutputError(to.bucket.name, failed[0].problem)
    to.notes.close(closed, work.ports.clock())
    tally.add("unmirrored", len(failed))
    tally.add("outrun", sum(one.outrun for one in closed))
    tally.add("mirrored", sum(bool(one.gap.wants and one.tag) for one in closed))
    tally.add("removed", sum(not (one.gap.wants or one.problem) for one in closed))
    for one in failed:
        logger.warning("mirror failed path=%s error=%s", one.gap.path, one.problem)


def _takes(to: Mirror) -> bool:
    """Tell whether the bucket takes what any bucket takes: then it is the documents that it refuses."""
    thing = next(iter(to.assets.values()), None)
    try:
        return thing is not None and to.bucket.put(thing, to.bucket.tag(thing.path)) is not None
    except OutputError:
        return False


def _closed(to: Mirror, gap: Gap) -> Closed:
    """Do what is to be done at one path, and tell what came of it."""
    try:
        return _put(to, gap) if gap.wants else _removed(to, gap)
    except OutputError as error:
        return Closed(gap=gap, problem=str(error))


def _put(to: Mirror, gap: Gap) -> Closed:
    thing = to.notes.document(gap)
    if thing is None:
        return Closed(gap=gap, outrun=True)
    tag, over = gap.tag, tuple[str, ...]()
    for _ in range(TRIES):
        if (put := to.bucket.put(thing, tag)) is not None:
            return Closed(gap=gap, tag=put, over=over)
        tag = to.bucket.tag(gap.path)  # first what is there, then what is published: never an old one over a new one
        if to.notes.wanted(gap.path) != gap.wants:
            return Closed(gap=gap, outrun=True)
        over = (*over, tag)
    return Closed(gap=gap, problem=f"{gap.path}: others write there all the time")


def _removed(to: Mirror, gap: Gap) -> Closed:
    """Nothing can be taken away on condition: whoever put something there meanwhile finds it out by our notes."""
    if to.notes.wanted(gap.path):
        return Closed(gap=gap, outrun=True)
    to.bucket.remove(gap.path)
    return Closed(gap=Gap(path=gap.path, wants=""), over=("",))
