"""The desk's pages answered from the store: how sources do and why, copies, stories, what waits."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feeds.app.build import App
from feeds.app.looking import look
from feeds.core.polling import cadence
from feeds.model.decision import Decision, DecisionKind
from feeds.model.desk import (
    TONES,
    AsideView,
    CopyLine,
    HeldView,
    Hour,
    QueueView,
    SourceDetail,
    SourceView,
    StatusView,
    Tone,
    Wait,
)
from feeds.model.entry import EntryKey
from feeds.model.overview import Found, SourceLine
from feeds.model.source import FetchLine
from feeds.model.story import Member, Story

PAGE = 50  # lines of a list
FETCHES = 100
QUEUE = 100  # of what waits
ENDED = 20  # of what came to its end: a publish announces each document to our own hub
HOURS = 24
HOUR = timedelta(hours=1)
_COPIES: Mapping[str, tuple[DecisionKind, ...]] = {"merged": ("merged",), "apart": ("apart", "split")}
_TOLD = frozenset({"with", "with_title", "with_source"})  # facts that have a place of their own

# The key of feeds.yaml that answers a problem; those of a source stand in its item.
KEYS: Mapping[str, str] = {
    "address": "server.allow_private",
    "charset": "sources[].encoding",
    "date": "sources[].timezone",
    "stamped": "sources[].ignore",
    "guid": "sources[].ids",
    "repeated": "sources[].ids",
    "title": "sources[].rewrite",
    "denied": "sources[].auth",
    "rate_limited": "sources[].every",
    "mass_vanish": "sources[].deletions",
    "post": "content[].kind",
    "assumed": "content[].kind",
}
_ADDRESS = {"content": "content[].path", "file": "sources[].file", "feed": "sources[].url"}


class DeskViews:
    """Answers the port `Views`."""

    def __init__(self, app: App) -> None:
        self._app = app

    def status(self, words: str, page: int) -> StatusView:
        app, now = self._app, self._app.clock()
        lines = look.worst_first(app)
        twins = {line.source.id: owner.source.id for owner, line in look.doubled(lines)}
        views = sorted(
            (seen(line, now, twins.get(line.source.id, "")) for line in lines), key=lambda v: TONES.index(v.tone)
        )
        found = [v for v in views if _meant(v.line, words)]
        some = found[page * PAGE : (page + 1) * PAGE]
        return StatusView(
            totals=app.store.overview.totals(now),
            config_error=app.store.overview.meta("config_error"),
            file=app.settings.file,
            counts=Counter[Tone](v.tone for v in views),
            sources=tuple(self._with_hours(some, now)),
            found=len(found),
            held=sum(not hold.format for hold in app.store.overview.holds()),
        )

    def _with_hours(self, views: Sequence[SourceView], now: datetime) -> Iterable[SourceView]:
        start = now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * HOUR
        by_source = defaultdict[str, list[FetchLine]](list)
        for line in self._app.store.looks.answers_since([v.line.source.id for v in views], start):
            by_source[line.source_id].append(line)
        return [replace(v, hours=hours(by_source[v.line.source.id], start)) for v in views]

    def source(self, source_id: str) -> SourceDetail | None:
        app, now = self._app, self._app.clock()
        lines = look.worst_first(app)
        line = next((found for found in lines if found.source.id == source_id), None)
        if line is None:
            return None
        twins = {other.source.id: owner.source.id for owner, other in look.doubled(lines)}
        (view,) = self._with_hours([seen(line, now, twins.get(source_id, ""))], now)
        return SourceDetail(
            view=view,
            fetches=app.store.looks.answers(source_id, FETCHES),
            decisions=app.store.looks.decisions_of(source_id, 20),
            interval=line.source.every,
        )

    def copies(self, kind: str, page: int) -> tuple[CopyLine, ...]:
        store = self._app.store
        found = store.looks.decisions(_COPIES.get(kind, _COPIES["merged"]), PAGE, after=page * PAGE)
        keys = [EntryKey(d.source_id, d.guid) for d in found]
        places = store.looks.places(keys)
        stories = store.looks.stories_of({*places.values(), *(d.story_id for d in found if d.story_id)})
        others = {d.facts["with"]: look.why_or_none(self._app, d.facts["with"]) for d in found if "with" in d.facts}
        return tuple(
            self._copy(d, stories.get(places.get(key, "")), others) for d, key in zip(found, keys, strict=True)
        )

    def _copy(self, decision: Decision, story: Story | None, others: Mapping[str, Found | None]) -> CopyLine:
        facts, members = decision.facts, story.members if story else ()
        own = next((m for m in members if m.key == (decision.source_id, decision.guid)), None)
        entry, with_source = own.entry if own else None, facts.get("with_source", "")
        other = _told_by(others.get(facts.get("with", "")), with_source)
        beside = next((m for m in other.members if m.entry.source_id == with_source), None) if other else None
        return CopyLine(
            decision=decision,
            source=_source(own) or decision.source_id,
            other_source=_source(beside) or with_source,
            title=entry.title if entry else decision.guid,
            url=entry.url if entry else "",
            score=_number(facts.get("score", "")),
            facts=tuple((name, fact) for name, fact in facts.items() if name not in _TOLD),
            story=story,
            other=other,
            together=bool(story and other and story.id == other.id and len(story.members) > 1),
        )

    def stories(self, words: str, page: int) -> tuple[Story, ...]:
        looks = self._app.store.looks
        if not words.strip():
            return looks.stories(PAGE, after=page * PAGE)
        named = look.why_or_none(self._app, words.strip()) if page == 0 else None
        return named.stories if named else looks.stories_with(words.split(), PAGE, after=page * PAGE)

    def story(self, what: str) -> Found:
        return look.why(self._app, what)

    def held(self) -> HeldView:
        store = self._app.store
        holds, aside = store.overview.holds(), store.overview.set_aside()
        stories = store.looks.stories_of({line.aside.story_id for line in aside})
        titles = {id: story.lead.title for id, story in stories.items()}
        return HeldView(
            builds=tuple(hold for hold in holds if not hold.format),
            documents=tuple(hold for hold in holds if hold.format),
            aside=tuple(AsideView(line=line, title=titles.get(line.aside.story_id, "")) for line in aside),
        )

    def queue(self) -> QueueView:
        looks, now = self._app.store.looks, self._app.clock()
        known = self._app.store.outbox.hub.subscriptions(now)[:QUEUE]
        return QueueView(
            marks=looks.marks(QUEUE),
            deliveries=looks.deliveries(QUEUE, ENDED),
            due=looks.due(now),
            totals=self._app.store.overview.totals(now),
            subscribers=tuple(replace(one, secret="") for one in known),
        )


def seen(line: SourceLine, now: datetime, twin: str) -> SourceView:
    """Return how a source does: by its last answer, its standing and its rhythm."""
    silence = look.quiet(line, now)
    problem = line.state.problem
    return SourceView(
        line=line,
        tone=tone(line, silence, twin),
        wait=wait(line),
        key=KEYS.get(problem.code, _ADDRESS[line.source.kind]) if problem else _standing_key(line, twin),
        silence=silence,
        twin=twin,
    )


def tone(line: SourceLine, silence: timedelta | None, twin: str) -> Tone:
    """Return how a source is shown: what is worst about it; *silence* is how long it told nothing, where too long."""
    state = line.state
    found: tuple[tuple[Tone, bool], ...] = (
        ("off", not line.source.enabled),
        ("paused", state.paused),
        ("failing", bool(state.problem) and (state.failures > 0 or cadence.rested(state))),
        ("doubtful", bool(state.problem) or bool(twin)),
        ("new", state.polled is None),
        ("moved", bool(state.lives_at)),
        ("quiet", silence is not None),
    )
    return next((name for name, holds in found if holds), "well")


def wait(line: SourceLine) -> Wait:
    """Return why a source is asked when it is: the rules of `core/polling/cadence.py`, told from what they led to."""
    source, state = line.source, line.state
    usual = max(source.every, source.options.up_to or source.every)
    asked_for = state.polled is not None and state.due - state.polled > usual * 1.1
    found: tuple[tuple[Wait, bool], ...] = (
        ("off", not source.enabled),
        ("paused", state.paused),
        ("rests", cadence.rested(state)),
        ("gone", cadence.gone(state)),
        ("wish", bool(state.problem) and state.problem is not None and state.problem.code == "rate_limited"),
        ("backoff", state.failures > 0),
        ("local", source.kind != "feed"),
        ("wish", asked_for),
        ("rhythm", source.options.up_to is not None),
    )
    return next((name for name, holds in found if holds), "every")


def hours(answers: Sequence[FetchLine], start: datetime) -> tuple[Hour, ...]:
    """Return what came hour by hour from *start* on."""
    by_hour = defaultdict[int, list[FetchLine]](list)
    for line in answers:
        by_hour[(line.at - start) // HOUR].append(line)
    return tuple(
        Hour(
            start=start + number * HOUR,
            answers=len(by_hour[number]),
            failed=sum(line.outcome in ("failed", "gone") for line in by_hour[number]),
            new=sum(line.new for line in by_hour[number]),
        )
        for number in range(HOURS)
    )


def _standing_key(line: SourceLine, twin: str) -> str:
    if twin or line.state.lives_at:
        return _ADDRESS[line.source.kind]
    if not line.source.enabled:
        return "sources[].enabled"
    return "sources[].up_to" if line.source.options.up_to else "sources[].every"


def _meant(line: SourceLine, words: str) -> bool:
    said = " ".join((line.source.id, line.source.title, line.state.info.title, line.source.location)).casefold()
    return all(word in said for word in words.casefold().split())


def _told_by(found: Found | None, source_id: str) -> Story | None:
    """The story with an entry of *source_id*, where a URL names several."""
    if found is None or not found.stories:
        return None
    of_source = (s for s in found.stories if any(m.entry.source_id == source_id for m in s.members))
    return next(of_source, found.stories[0])


def _source(member: Member | None) -> str:
    return member.origin.title if member and member.origin else ""


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
