"""World to library: ask the sources that are due, read what they say, decide, write."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from feeds.core.deciding.arrivals import Arrivals
from feeds.core.deciding.decide import decide
from feeds.core.entries.normalise import normalise
from feeds.core.polling import cadence, flood, shards
from feeds.core.push import hearing
from feeds.core.sorting import own
from feeds.core.sorting.categories import Catalogue
from feeds.errors import StaleView, StoreLocked
from feeds.jobs import letters
from feeds.jobs.answer import Answer, line
from feeds.jobs.documents import read
from feeds.jobs.news import Reading, is_odd, read_news
from feeds.jobs.pace import Pace
from feeds.jobs.view import look
from feeds.jobs.work import Tally, Work
from feeds.model.changes import Changes, PollView
from feeds.model.entry import Parsed
from feeds.model.job import Job, Report
from feeds.model.quick import replace
from feeds.model.source import Fetched, Problem, Source, SourceState
from feeds.ports.library import Library

logger = logging.getLogger(__name__)

BATCH = 1000  # sources asked at a time; the fetcher bounds how many at once
GROUP = 200  # answers that are settled in one transaction
GROUP_BYTES = 8 << 20  # of documents in one group
TRIES = 3  # when another writer was faster: read again, decide again


@dataclass(slots=True)
class _Pass:
    work: Work
    tally: Tally = field(default_factory=Tally)
    problems: dict[str, Problem] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    letters: set[int] = field(default_factory=set)  # ids of those that were looked at
    stuck: set[str] = field(default_factory=set)  # asked, and still due: others were faster each time
    pace: Pace = field(init=False)
    catalogue: Catalogue = field(init=False)
    ours: own.Addresses = field(init=False)
    _places: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pace = Pace(self.work, self.tally)
        self.ours = own.addresses(self.work.settings)
        self.catalogue = Catalogue(self.work.settings.categories, self.work.settings.unknown_category)

    def configured(self, stored: Source) -> Source:
        """Return a source as the settings have it: its request headers, which may be secrets, are not stored."""
        known = self.work.sources.get(stored.id)
        return known or replace(stored, options=replace(stored.options, headers={}))

    def configured_at(self, address: str) -> Sequence[str]:
        """Return the ids of sources whose configuration names *address*; all are gone through once, when it matters."""
        if not self._places:
            for source in self.work.sources.values():
                self._places.setdefault(source.location, []).append(source.id)
        return self._places.get(address, ())


def poll(job: Job, work: Work) -> Report:
    """Poll every source of the shard that is due, until none is or the budget ends."""
    run, now = _Pass(work), work.ports.clock()
    more = True
    while more and not run.pace.closed and run.tally.took < work.budget and work.current() and not work.stopping():
        _read_letters(run, job.shard)
        with run.tally.step("store"):
            due = work.ports.library.due(job.shard, now, BATCH + len(run.stuck), work.only, work.sources)
        batch = [(run.configured(s), state) for s, state in due if s.id not in run.asked][:BATCH]
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


def _read_letters(run: _Pass, shard: int) -> None:
    """Take what was pushed before the wire is asked, one letter of a source at a time."""
    while run.tally.took < run.work.budget:
        with run.tally.step("store"):
            found = run.work.ports.library.leases.letters(shard, GROUP, GROUP_BYTES, run.letters)
        if not found:
            return
        run.letters.update(one.letter.id for one in found)
        _settle(run, [Answer(source=one.source, state=one.state, fetched=letters.fetched(one)) for one in found])
        if run.work.stopping():
            return


def _poll_batch(run: _Pass, batch: list[tuple[Source, SourceState]]) -> None:
    run.asked.update(source.id for source, _ in batch)
    run.stuck.update(source.id for source, _ in batch)
    resting = {s.id for s, state in batch if cadence.rested(state)} - run.work.forced
    crashed = Fetched(outcome="failed", problem=Problem(code="crashed"))
    _settle(run, [Answer(source=s, state=state, fetched=crashed) for s, state in batch if s.id in resting])
    moved = {s.id: _twin(run, s, state) for s, state in batch if state.lives_at and s.id not in resting}
    twins = [Answer(source=s, state=state, fetched=found) for s, state in batch if (found := moved.get(s.id))]
    _settle(run, twins)
    awake = [(s, state) for s, state in batch if s.id not in resting and not moved.get(s.id)]
    left = len(awake)
    for group in _groups(run, awake):
        if not run.work.current():  # the first of them may have waited for the last, and stories were regrouped
            return
        begun = run.tally.took
        _settle(run, group)
        run.pace.settled(len(group), run.tally.took - begun)
        for answer in group:
            left -= 1
            run.work.progress(answer.source.id, left)


def _addressed(awake: Sequence[tuple[Source, SourceState]], now: datetime) -> list[tuple[Source, SourceState]]:
    """Return sources as they are asked: those that moved for good at their new address, folders of posts as of *now*.

    A post may end, and a folder that was due an hour ago must not show what has ended since.
    """
    return [
        (shards.asked_at(s, state.lives_at), replace(state, due=now) if s.kind == "content" else state)
        for s, state in awake
    ]


def _twin(run: _Pass, source: Source, state: SourceState) -> Fetched | None:
    """Answer for a source that moved to an address where another one reads the feed; None where it is the one."""
    owner = next(iter(_readers(run, state.lives_at)), source.id)
    if owner == source.id:
        return None
    problem = Problem(code="twin", detail=f"source {owner} has {state.lives_at}", where=source.location)
    return Fetched(outcome="failed", problem=problem)


def _readers(run: _Pass, address: str) -> list[str]:
    """Return the ids of the sources that may be asked at *address*: whose own it is first, then by configuration.

    Who is paused, gone or lives elsewhere reads nothing there: two that changed places both go on.
    """
    states = run.work.ports.library.living_at(address, run.configured_at(address))
    known = ((run.work.sources.get(state.source_id), state) for state in states)
    found = [
        source
        for source, state in known
        if source
        and source.enabled
        and not state.paused
        and not cadence.gone(state)
        and (state.lives_at or source.location) == address
    ]
    return [source.id for source in sorted(found, key=lambda s: (s.location != address, s.order, s.id))]


def _groups(run: _Pass, awake: Sequence[tuple[Source, SourceState]]) -> Iterator[list[Answer]]:
    """Give the answers, in order, in groups that are settled together: all of them, for each was asked for.

    A source whose reading ended the program is a group of its own: no other shall be blamed for it.
    """
    group: list[Answer] = []
    weight = 0
    leases = letters.leases(run.work, (source.id for source, _ in awake))  # as they are before the wire is asked
    answers = run.work.ports.fetch(_addressed(awake, run.work.ports.clock()), run.pace.hurry)
    for (source, state), fetched in zip(awake, answers, strict=True):
        if not fetched:  # it was not asked
            continue
        if not run.pace.took():
            break
        answer = Answer(source=source, state=state, fetched=fetched, lease=leases.get(source.id))
        if state.strikes and fetched.outcome == "fresh":
            yield [answer]
            continue
        group.append(answer)
        weight += answer.weight
        if len(group) >= GROUP or weight >= GROUP_BYTES:
            yield group
            group, weight = [], 0
    if group:
        yield group


def _settle(run: _Pass, group: Sequence[Answer]) -> None:
    """Bring a group of answers to its end; whatever goes wrong with one stays with its source."""
    fresh = [a for a in group if a.fetched.outcome == "fresh"]
    if fresh:
        with run.tally.step("store"):
            run.work.ports.library.begin(*(a.source.id for a in fresh))
    for answer in fresh:
        _read(run, answer)
    silent = [a for a in group if a.fetched.outcome != "fresh" and a.source.kind != "content"]
    late = _settle_silent(run, silent)
    rest = [a for a in group if a.fetched.outcome == "fresh" or a.source.kind == "content" or a.source.id in late]
    if rest:
        with run.tally.step("store"), run.work.ports.library.together() as library:
            for answer in rest:
                _settle_one(run, library, answer)
    letters.judge(run.work, ((a.source, a.state, a.lease, a.changes) for a in group if a.changes))


def _settle_silent(run: _Pass, group: Sequence[Answer]) -> frozenset[str]:
    """Settle answers that tell nothing of entries, at once; return the sources that have to be looked at again."""
    with run.tally.step("decide"):
        found = [_silent(run, answer) for answer in group]
    with run.tally.step("store"):
        late = run.work.ports.library.settle(found)
    for answer, changes in zip(group, found, strict=True):
        if answer.source.id not in late:
            _report(run, answer, changes)
    return late


def _silent(run: _Pass, answer: Answer) -> Changes:
    now = run.work.ports.clock()
    state = cadence.after(answer.state, answer.source, answer.fetched, run.work.settings.schedule, now)
    found = Changes(
        was_due=answer.state.due,
        state=state,
        fetch=line(answer, now, 0),
        letter=answer.fetched.letter,
        shard=shards.moved(answer.source, answer.state, state, run.work.shard_of),
    )
    return letters.timed(answer.lease, answer.source, found, run.work)


def _settle_one(run: _Pass, library: Library, answer: Answer) -> None:
    try:
        changes = _decide_and_apply(run, library, answer)
    except StoreLocked as error:  # no fault of the source: it stays due
        logger.warning("poll gave way source=%s reason=%s", answer.source.id, error)
        changes = None
    except Exception as error:
        changes = _decide_and_apply(run, library, _broken(answer, error))
    _report(run, answer, changes)


def _broken(answer: Answer, error: Exception) -> Answer:
    """Turn an answer into a failure that no rule foresaw."""
    logger.exception("poll failed source=%s", answer.source.id)
    problem = Problem(code="reader", detail=repr(error), where=answer.source.location)
    answer.fetched, answer.reading = Fetched(outcome="failed", problem=problem), None
    return answer


def _report(run: _Pass, answer: Answer, changes: Changes | None) -> None:
    fetched, source = answer.fetched, answer.source
    answer.changes = changes
    if changes:
        run.stuck.discard(source.id)
    run.tally.add("sources")
    run.tally.add(fetched.outcome)
    _count(run.tally, changes)
    problem = changes.state.problem if changes else fetched.problem
    if problem and not fetched.problems:
        run.problems[source.id] = problem
    for found in fetched.problems:
        run.problems[f"{source.id}:{found.where}"] = found
    logger.log(
        logging.DEBUG if fetched.outcome == "unchanged" else logging.INFO,
        "poll source=%s outcome=%s status=%s bytes=%s problem=%s",
        source.id,
        fetched.outcome,
        fetched.status,
        fetched.size,
        problem.code if problem else "",
    )


def _read(run: _Pass, answer: Answer) -> None:
    """Read what is new in the documents of an answer."""

    def whole(source: Source, fetched: Fetched) -> Reading:
        with run.tally.step("parse"):
            fetched, parsed = read(source, fetched, run.work.ports.read)
            fetched, parsed = _foreign(run, source, fetched, parsed)
        with run.tally.step("clean"):
            found = normalise(parsed, source, _base(source, fetched))
        told = fetched.outcome == "fresh" and source.kind != "content" and not fetched.letter
        info = parsed.info if told else None
        odd = is_odd(parsed, found)
        return Reading(fetched=fetched, info=info, found=found, odd=odd, complete=parsed.complete)

    try:
        with run.tally.step("parse"):
            reading = read_news(whole, answer.source, answer.state, answer.fetched, run.work.ports.clock())
    except Exception as error:
        _broken(answer, error)
    else:
        answer.fetched, answer.reading = reading.fetched, reading


def _decide_and_apply(run: _Pass, library: Library, answer: Answer) -> Changes | None:
    """Write what follows from an answer; None where others were faster each time."""
    work, tally, source = run.work, run.tally, answer.source
    reading = answer.reading or Reading(fetched=answer.fetched)
    for attempt in range(TRIES):
        view, arrived = PollView(source=source, state=answer.state), Arrivals()
        if answer.fetched.outcome == "fresh" or attempt:  # else nothing but the state as it was read matters
            view, arrived = look(work, tally, library, source, reading, None if attempt else answer.state)
        with tally.step("decide"):
            changes = _decided(run, answer, reading, view, arrived)
        try:
            with tally.step("store"):
                library.apply(changes)
        except StaleView:
            continue
        return changes
    logger.warning("poll gave way to another writer source=%s", source.id)
    return None


def _decided(run: _Pass, answer: Answer, reading: Reading, view: PollView, arrived: Arrivals) -> Changes:
    """Return what follows from an answer, with what is remembered of it."""
    work, source = run.work, answer.source
    doubtful = False
    if answer.fetched.letter:
        arrived, doubtful = hearing.credible(view, arrived)
    changes = decide(
        view,
        answer.fetched,
        arrived,
        work.settings,
        work.sources,
        work.ports.clock(),
        info=reading.info,
        force=source.id in work.forced,
        catalogue=run.catalogue,
    )
    if answer.fetched.letter:
        due = work.ports.clock() if doubtful else changes.state.due
        changes = replace(changes, letter=answer.fetched.letter, state=replace(changes.state, due=due))
    elif answer.fetched.outcome == "fresh":
        changes = replace(changes, state=replace(changes.state, outline=reading.outline))
    changes = letters.timed(answer.lease, source, changes, work)
    if source.id not in work.forced:
        changes = flood.counted(changes, source, work.ports.clock())
    new = sum(saved.new for saved in changes.entries)
    shard = shards.moved(source, view.state, changes.state, work.shard_of)
    return replace(changes, fetch=line(answer, work.ports.clock(), new), shard=shard)


def _foreign(run: _Pass, source: Source, fetched: Fetched, parsed: Parsed) -> tuple[Fetched, Parsed]:
    """Refuse a feed that we publish ourselves (SSRF-22)."""
    if source.kind != "feed" or fetched.outcome != "fresh":
        return fetched, parsed
    ours = run.ours.first(source.location, fetched.documents[0].url, parsed.info.self_url)
    if not ours:
        return fetched, parsed
    return replace(fetched, outcome="failed", problem=Problem(code="own", detail=ours, where=source.location)), Parsed()


def _base(source: Source, fetched: Fetched) -> str:
    if source.kind == "content" or not fetched.documents:
        return source.home or source.location
    return fetched.documents[0].url


def _count(tally: Tally, changes: Changes | None) -> None:
    if changes is None:
        tally.add("gave_way")
        return
    tally.add("entries", len(changes.entries) + len(changes.seen))
    tally.add("new", sum(saved.new for saved in changes.entries))
    for decision in changes.decisions:
        tally.add(decision.kind)
