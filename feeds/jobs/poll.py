"""World to library: ask the sources that are due, read what they say, decide, write."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from feeds import parse
from feeds.core import cadence, identity
from feeds.core.decide import Arrivals, arrivals, decide
from feeds.core.normalise import Normalised, normalise
from feeds.errors import ParseError, PostError, StaleView
from feeds.jobs.work import Tally, Work
from feeds.model.changes import Changes, PollView
from feeds.model.entry import Parsed, RawEntry
from feeds.model.job import Job, Report
from feeds.model.source import FeedInfo, Fetched, Problem, Source, SourceState, Validators

logger = logging.getLogger(__name__)

BATCH = 200  # sources asked at a time; the fetcher bounds how many at once
MANY = 1_000_000  # all that are due, to pick the named ones from
TRIES = 3  # when another writer was faster: read again, decide again


@dataclass(slots=True)
class _Pass:
    work: Work
    tally: Tally = field(default_factory=Tally)
    problems: dict[str, Problem] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)


def poll(job: Job, work: Work) -> Report:
    """Poll every source of the shard that is due, until none is or the budget ends."""
    run = _Pass(work)
    now = work.ports.clock()
    more = True
    while more and run.tally.took < work.budget and not work.stopping():
        with run.tally.step("store"):
            due = work.ports.library.due(job.shard, now, MANY if work.only else BATCH + len(run.asked))
        batch = [p for p in due if p[0].id not in run.asked and (not work.only or p[0].id in work.only)][:BATCH]
        more = bool(batch)
        _poll_batch(run, batch)
    return Report(
        job=job,
        outcome="more" if more else "done",
        counts=run.tally.counts,
        problems=run.problems,
        steps=run.tally.all_steps("fetch"),
        took=run.tally.took,
    )


def _poll_batch(run: _Pass, batch: list[tuple[Source, SourceState]]) -> None:
    run.asked.update(source.id for source, _ in batch)
    states = {source.id: state for source, state in batch}
    resting = {s.id for s, state in batch if cadence.rested(state)} - run.work.forced
    awake = [(s, state) for s, state in batch if s.id not in resting]
    for source in [s for s, _ in batch if s.id in resting]:
        _settle(run, states[source.id], source, Fetched(outcome="failed", problem=Problem(code="crashed")))
    answers = run.work.ports.fetch(awake)
    for left, (source, _) in zip(range(len(awake) - 1, -1, -1), awake, strict=True):
        if run.work.stopping():
            return
        _settle(run, states[source.id], source, next(answers))
        run.work.progress(source.id, left)


def _settle(run: _Pass, state: SourceState, source: Source, fetched: Fetched) -> None:
    """Bring one answer to its end; whatever goes wrong with it stays with this source."""
    run.tally.add("sources")
    try:
        fetched, changes = _read_and_apply(run, state, source, fetched)
    except Exception as error:
        logger.exception("poll failed source=%s", source.id)
        fetched = Fetched(outcome="failed", problem=Problem(code="reader", detail=repr(error), where=source.location))
        fetched, changes = _read_and_apply(run, state, source, fetched)
    run.tally.add(fetched.outcome)
    _count(run.tally, changes)
    problem = changes.state.problem if changes else fetched.problem
    if problem and not fetched.problems:
        run.problems[source.id] = problem
    for found in fetched.problems:
        run.problems[f"{source.id}:{found.where}"] = found
    logger.info(
        "poll source=%s outcome=%s status=%s bytes=%s problem=%s",
        source.id,
        fetched.outcome,
        fetched.status,
        fetched.size,
        problem.code if problem else "",
    )


def _read_and_apply(run: _Pass, state: SourceState, source: Source, fetched: Fetched) -> tuple[Fetched, Changes | None]:
    """Read the documents and write what follows from them; None where others were faster each time."""
    work, tally = run.work, run.tally
    if fetched.outcome == "fresh":
        with tally.step("store"):
            work.ports.library.begin(source.id)
    with tally.step("parse"):
        fetched, parsed = read(source, fetched)
    with tally.step("clean"):
        found = normalise(parsed, source, _base(source, fetched))
    for attempt in range(TRIES):
        view, arrived = PollView(source=source, state=state), Arrivals()
        if fetched.outcome == "fresh" or attempt:  # else nothing but the state as it was read matters
            view, arrived = _look(run, source, found, fetched)
        with tally.step("decide"):
            changes = decide(
                view,
                fetched,
                arrived,
                work.settings,
                work.sources,
                work.ports.clock(),
                info=parsed.info if fetched.outcome == "fresh" and source.kind != "content" else None,
                force=source.id in work.forced,
            )
        try:
            with tally.step("store"):
                work.ports.library.apply(changes)
        except StaleView:
            continue
        return fetched, changes
    logger.warning("poll gave way to another writer source=%s", source.id)
    return fetched, None


def _look(run: _Pass, source: Source, found: Normalised, fetched: Fetched) -> tuple[PollView, Arrivals]:
    """Return what the library knows of the entries, and of the stories that new and changed ones may belong to."""
    library, settings = run.work.ports.library, run.work.settings
    guids = [variant for e in found.entries for variant in identity.guid_variants(e.guid)]
    pages = [key for e in found.entries if (key := identity.url_key(e))]
    with run.tally.step("store"):
        view = library.poll_view(source.id, guids, [f"url:{page}" for page in pages])
    with run.tally.step("decide"):
        arrived = arrivals(found, fetched, view, settings)
    if arrived.keys:
        with run.tally.step("store"):
            view = library.poll_view(
                source.id, [*guids, *arrived.keys], [f"url:{p}" for p in pages] + [*arrived.all_keys()]
            )
    return view, arrived


def read(source: Source, fetched: Fetched) -> tuple[Fetched, Parsed]:
    """Parse the documents of an answer. A feed that cannot be read turns it into a failure; a post stays alone."""
    if fetched.outcome != "fresh":
        return fetched, Parsed()
    if source.kind == "content":
        return _read_posts(source, fetched)
    document = fetched.documents[0]
    try:
        parsed = parse.parse(document, source)
    except ParseError as error:
        problem = Problem(code=error.code, detail=error.detail, where=document.url)
        return replace(fetched, outcome="failed", problem=problem), Parsed()
    info = replace(
        parsed.info,
        hub=fetched.hub or parsed.info.hub,
        self_url=fetched.self_url or parsed.info.self_url or document.url,
    )
    if not parsed.complete:  # NET-17: what came is kept, but the next poll asks for the whole
        fetched = replace(fetched, validators=Validators(), body_hash="")
    return fetched, replace(parsed, info=info)


def _read_posts(source: Source, fetched: Fetched) -> tuple[Fetched, Parsed]:
    entries: list[RawEntry] = []
    problems: list[Problem] = list(fetched.problems)
    notes: list[Problem] = []
    for document in fetched.documents:
        try:
            parsed = parse.parse(document, source)
        except PostError as error:
            fault = error.fault
            where = ":".join([document.url, *(str(n) for n in (fault.line, fault.column) if n)])
            problems.append(Problem(code="post", detail=fault.message, where=where))
        except ParseError as error:
            problems.append(Problem(code=error.code, detail=error.detail, where=document.url))
        else:
            entries.extend(parsed.entries)
            notes.extend(parsed.problems)
    return replace(fetched, problems=tuple(problems)), Parsed(
        info=FeedInfo(format="posts"), entries=tuple(entries), problems=tuple(notes)
    )


def _base(source: Source, fetched: Fetched) -> str:
    if source.kind == "content" or not fetched.documents:
        return source.home or source.location
    return fetched.documents[0].url


def _count(tally: Tally, changes: Changes | None) -> None:
    if changes is None:
        tally.add("gave_way")
        return
    tally.add("entries", len(changes.entries) + len(changes.seen))
    kinds: Mapping[str, str] = {"seen": "new"}
    for decision in changes.decisions:
        tally.add(kinds.get(decision.kind, decision.kind))
