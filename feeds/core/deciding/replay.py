"""What other settings of `dedupe` would have made of entries that are stored: told again in order, nothing is written.

Entries before a moment are taken as they lie, in the stories that exist; those since then are judged as a poll judges
them, over what was told before. The desk's word holds: what it put together is one, what it parted stays apart, what
is `alone` is nobody's copy.

Limits: entries are read as they are now, not as they first came; those of one poll come in the order of their ids; what
was forgotten meanwhile (`keep`) is in no story here. So a few differences may stand even under the settings in force.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from feeds.core.deciding.arrivals import Arrivals, crowded_keys
from feeds.core.duplicates import cluster, near
from feeds.core.duplicates.habits import unpacked
from feeds.core.duplicates.near import Likeness, Side
from feeds.core.duplicates.nearby import Found, Nearby
from feeds.core.duplicates.sketch import sketch
from feeds.core.entries import identity
from feeds.core.words.writing import other_writing
from feeds.model.changes import Known, PollView
from feeds.model.entry import Entry, EntryKey
from feeds.model.overview import Difference
from feeds.model.quick import replace
from feeds.model.settings import Dedupe
from feeds.model.source import Source, SourceState
from feeds.model.story import Member, Story

WARM = timedelta(days=7)  # before the first entry that is judged: in it sources' habits are learned
_WEEK = timedelta(days=7)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Replay:
    """Stories as they would be, growing with each poll that is told again.

    *ruled* are the stories over which the desk decided, by id; entries first seen *since* are judged.
    """

    dedupe: Dedupe
    sources: Mapping[str, Source]
    ruled: Mapping[str, Story]
    since: datetime
    judged: int = 0  # entries
    _stories: dict[str, Story] = field(default_factory=dict)
    _merged: dict[str, str] = field(default_factory=dict)
    _by_key: dict[str, str] = field(default_factory=dict)
    _told: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))  # by stored story, in order
    _where: dict[EntryKey, str] = field(default_factory=dict)
    _tells: dict[str, set[str]] = field(default_factory=dict)  # stored stories that one of ours tells
    _posted: dict[int, dict[int, list[int]]] = field(default_factory=dict)  # numbers of stories by week and hint
    _habits: dict[str, bytes] = field(default_factory=dict)
    _found: dict[EntryKey, tuple[tuple[Entry, Likeness], ...]] = field(default_factory=dict)
    _comes: list[Difference] = field(default_factory=list)
    _apart: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for story in self.ruled.values():
            for other in story.apart:
                self._apart[story.id].add(other)
                self._apart[other].add(story.id)

    def tell(self, entries: Sequence[Known]) -> None:
        """Take in what one poll brought: entries of one source, first seen at one time, which are in stories."""
        keys = {k.entry.guid: identity.match_keys(k.entry, self.dedupe) for k in entries}
        crowded = crowded_keys([k.entry for k in entries], keys)
        nearby = self._nearby(entries, keys)
        for known in entries:
            own = tuple(k for k in keys[known.entry.guid] if k not in crowded)
            self._take(known, own, nearby)
        week = _week_of(entries[0].first_seen)
        for hinted in nearby.hinted:
            for hint in hinted.hints:
                self._posted.setdefault(week, {}).setdefault(hint, []).append(int(hinted.story_id))
        self._habits[entries[0].entry.source_id] = nearby.habits() or self._habits.get(entries[0].entry.source_id, b"")

    def stories(self) -> tuple[int, int]:
        """Return in how many stories the entries that were judged are now, and would be."""
        recent = [k for told in self._told.values() for k in told if k.first_seen >= self.since]
        return len({k.story_id for k in recent}), len({self._final(self._where[k.entry.key]) for k in recent})

    def differences(self) -> tuple[Difference, ...]:
        """Return what would be otherwise than it is, in the order in which the entries came."""
        found = [*self._comes, *(d for told in self._told.values() for d in self._goes(told))]
        came = {key: number for number, key in enumerate(self._where)}
        return tuple(sorted(found, key=lambda d: came[d.entry.key]))

    # telling again

    def _nearby(self, entries: Sequence[Known], keys: Mapping[str, tuple[str, ...]]) -> Nearby:
        """Return what is near, as a poll of *entries* would have read it from the store."""
        source_id, at = entries[0].entry.source_id, entries[0].first_seen
        lone = [k.entry for k in entries if not any(key in self._by_key for key in keys[k.entry.guid])]
        arrived = Arrivals(sketches={e.guid: sketch(e) for e in lone} if self.dedupe.near else {})
        first = _week_of(at - (self.dedupe.near or timedelta(0)))
        for week in [w for w in self._posted if w < first]:
            del self._posted[week]
        view = PollView(
            source=self.sources.get(source_id) or Source(id=source_id, kind="feed", location=""),
            state=SourceState(source_id=source_id, due=at),
            posted={h: numbers for h in arrived.hints() if (numbers := self._under(h))},
        )
        told = {number: _id(number) for number in arrived.candidates(view)}
        wanted = {source_id, *(s.lead.source_id for i in told.values() if (s := self._story(i)))}
        view = replace(view, told=told, habits={s: self._habits[s] for s in sorted(wanted) if s in self._habits})
        return Nearby(view=view, dedupe=self.dedupe, sketches=arrived.sketches)

    def _under(self, hint: int) -> tuple[int, ...]:
        return tuple(n for week in sorted(self._posted) for n in self._posted[week].get(hint, ()))

    def _take(self, known: Known, keys: tuple[str, ...], nearby: Nearby) -> None:
        entry = known.entry
        if known.first_seen < self.since or (known.story_id in self.ruled and self.ruled[known.story_id].bound):
            told = self._told.get(known.story_id, ())
            own = self._story(self._where[told[0].entry.key]) if told else None
        else:
            own = self._judged(known, keys, nearby)
        self.judged += known.first_seen >= self.since
        story = self._with(known, own)
        free = tuple(k for k in keys if self._by_key.setdefault(k, story.id) == story.id)
        self._stories[story.id] = replace(story, keys=tuple(dict.fromkeys((*story.keys, *free))))
        self._where[entry.key] = story.id
        self._told[known.story_id].append(known)
        self._tells.setdefault(story.id, set()).add(known.story_id)
        if story.lead.key == entry.key:
            nearby.begin(entry, story)

    def _judged(self, known: Known, keys: tuple[str, ...], nearby: Nearby) -> Story | None:
        """Return the story that an entry tells, as `decide` finds it; note merges that there are not now."""
        own: Story | None = None
        may = self._may(known)
        for key in keys:
            other = may(self._by_key.get(key, ""))
            if other is None or (own and (other.id == own.id or self._parted(own, other))):
                continue
            verdict = cluster.joins(known.entry, other, key)
            if not verdict.joins:
                continue
            self._note(known, other, None, verdict.why)
            own = self._fused(other, own) if own else other
        if own is not None:
            return own
        found = nearby.find(known.entry, may)
        self._found[known.entry.key] = tuple((story.lead, likeness) for story, likeness in found.judged)
        if found.story:
            self._note(known, found.story, _score_of(found), "near_same")
        return found.story

    def _may(self, known: Known) -> Callable[[str], Story | None]:
        """Give stories by id as they stand, but for those that the desk keeps an entry out of."""
        apart = self._apart.get(known.story_id, set())
        own = known.entry.source_id

        def latest(story_id: str) -> Story | None:
            story = self._story(story_id)
            if story is None or not apart.isdisjoint(self._tells[story.id]):
                return None
            if not self.dedupe.across_languages and other_writing(known.entry, story.lead):
                return None
            strangers = {m.entry.source_id for m in story.members} - {own}
            return None if strangers and any(self._alone(i) for i in (own, *strangers)) else story

        return latest

    def _alone(self, source_id: str) -> bool:
        return source_id in self.sources and self.sources[source_id].options.alone

    def _parted(self, one: Story, other: Story) -> bool:
        return any(not self._tells[other.id].isdisjoint(self._apart.get(i, ())) for i in self._tells[one.id])

    def _note(self, known: Known, story: Story, score: float | None, why: str) -> None:
        if known.story_id not in self._tells[story.id]:
            lead = story.lead
            self._comes.append(Difference(kind="comes", entry=known.entry, other=lead, score=score, why=why))

    def _with(self, known: Known, own: Story | None) -> Story:
        entry = known.entry
        source = self.sources.get(entry.source_id)
        member = Member(entry=entry, first_seen=known.first_seen)
        if source:
            member = replace(member, prefer=source.prefer, local=source.kind == "content", order=source.order)
        if own:
            return cluster.assemble(own, (*own.members, member))
        at = entry.published or known.first_seen
        return Story(id=_id(len(self._where)), members=(member,), published=at, updated=at, first_seen=known.first_seen)

    def _fused(self, one: Story, other: Story) -> Story:
        kept, gone = cluster.elder(one, other)
        whole = self._stories[kept.id] = cluster.fused(kept, gone)
        self._merged[gone.id] = kept.id
        self._tells[kept.id] |= self._tells.pop(gone.id)
        del self._stories[gone.id]
        return whole

    def _story(self, story_id: str) -> Story | None:
        return self._stories.get(self._final(story_id))

    def _final(self, story_id: str) -> str:
        while story_id in self._merged:
            story_id = self._merged[story_id]
        return story_id

    # what goes

    def _goes(self, told: Sequence[Known]) -> Iterable[Difference]:
        """Return the merges of a story that exists which would not be: one for each part that it falls into."""
        parts: dict[str, list[Known]] = defaultdict(list)
        for known in told:
            parts[self._final(self._where[known.entry.key])].append(known)
        first, *others = parts.values()
        for part in others:
            yield self._gone(part[0], first)

    def _gone(self, known: Known, base: Sequence[Known]) -> Difference:
        entry, there = known.entry, {k.entry.key for k in base}
        best = next(((e, like) for e, like in self._found.get(entry.key, ()) if e.key in there), None)
        other, likeness = best or (base[0].entry, self._likeness(entry, base[0].entry))
        within, apart = self.dedupe.near, abs((entry.published or self.since) - (other.published or self.since))
        if within is None:
            why = "similar texts are not asked for"
        elif apart > within:
            why = f"published {apart // timedelta(hours=1)} hours apart"
        elif likeness.same(self.dedupe.threshold):
            why = "another story is likelier, or was told first"
        else:
            why = likeness.veto or "near_low"
        return Difference(kind="goes", entry=entry, other=other, score=likeness.score, why=why)

    def _likeness(self, entry: Entry, other: Entry) -> Likeness:
        one, two = (
            Side(sketch(e), e.source_id, e.published or self.since, unpacked(self._habits.get(e.source_id, b"")), e)
            for e in (entry, other)
        )
        return near.likenesses(one, [two], known=True)[0]


def _score_of(found: Found) -> float:
    return found.judged[0][1].score


def _id(number: int) -> str:
    return f"{number:012}"


def _week_of(at: datetime) -> int:
    """Number the weeks as the store does, where hints are read and forgotten by whole weeks."""
    return (at - _EPOCH) // _WEEK
