"""What one poll changes: entries, stories, categories, marks and decisions, from values alone.

The result is the same however often it is asked: an entry whose fingerprint and standing are as stored changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from feeds.core.deciding import missing
from feeds.core.deciding.arrivals import Arrivals, crowded_keys, emptied, older, replaced, with_times
from feeds.core.deciding.revision import UPDATED_BEFORE, Revision, earlier, revision
from feeds.core.duplicates import cluster
from feeds.core.duplicates.nearby import Nearby
from feeds.core.entries import dates, identity
from feeds.core.polling import cadence
from feeds.core.publishing.reach import reach
from feeds.core.sorting.categories import Catalogue
from feeds.core.sorting.channels import naming
from feeds.core.sorting.standing import standing
from feeds.core.words.writing import other_writing
from feeds.model.changes import Changes, Earlier, Known, PollView, Saved
from feeds.model.decision import Decision, DecisionKind
from feeds.model.entry import Entry, EntryKey, origin_of
from feeds.model.quick import replace
from feeds.model.settings import Settings
from feeds.model.source import FeedInfo, Fetched, Problem, Source, SourceState
from feeds.model.story import Category, Member, Story, StoryStatus


def decide(
    view: PollView,
    fetched: Fetched,
    arrived: Arrivals,
    settings: Settings,
    sources: Mapping[str, Source],
    now: datetime,
    *,
    info: FeedInfo | None = None,
    force: bool = False,
    catalogue: Catalogue | None = None,
) -> Changes:
    """Return what to write after a poll.

    *arrived* are the entries of the documents (none where there was no document); *info* what the feed said of itself;
    *view* holds the stories of all keys in *arrived*; *force* executes a mass vanish that would otherwise be held.
    *catalogue* is that of *settings*, where the caller has it already: making one costs more than an entry.
    """
    state = view.state if info is None else replace(view.state, info=with_times(info, view.state, arrived, now))
    state = cadence.after(state, view.source, fetched, settings.schedule, now)
    if emptied(view, fetched, arrived) or replaced(view, fetched, arrived, info):
        state = replace(state, problem=Problem(code="replaced" if arrived.entries else "emptied"))
    if view.source.kind == "content":
        state = replace(state, problem=missing.folder_problem(view.state, fetched) or state.problem)
    bench = _Bench(
        view=view,
        settings=settings,
        sources=sources,
        now=now,
        state=state,
        keys=arrived.keys,
        nearby=Nearby(view=view, dedupe=settings.dedupe, sketches=arrived.sketches),
        catalogue=catalogue or Catalogue(settings.categories, settings.unknown_category),
    )
    if fetched.outcome == "fresh":
        bench.read(arrived, fetched, force=force)
    return replace(bench.changes(), partial=arrived.partial or fetched.partial)


@dataclass(slots=True, kw_only=True)
class _Bench:
    """One poll in the making: stories by id and by key as they stand after each entry."""

    view: PollView
    settings: Settings
    sources: Mapping[str, Source]
    now: datetime
    state: SourceState
    keys: Mapping[str, tuple[str, ...]]
    nearby: Nearby
    catalogue: Catalogue
    stories: dict[str, Story] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    touched: dict[str, None] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    saved: dict[str, Saved] = field(default_factory=dict)
    seen: list[EntryKey] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)
    categories: dict[str, Category] = field(default_factory=dict)
    new_categories: dict[str, Category] = field(default_factory=dict)
    before: dict[str, Story] = field(default_factory=dict)
    older: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.stories = {s.id: s for s in (*self.view.alike.values(), *self.view.stories.values())}
        self.before = dict(self.stories)
        self.by_key = {key: s.id for s in self.stories.values() for key in s.keys}
        self.categories = dict(self.view.categories)

    @property
    def source(self) -> Source:
        return self.view.source

    @property
    def local(self) -> bool:
        return self.source.kind == "content"

    # entries

    def read(self, arrived: Arrivals, fetched: Fetched, *, force: bool) -> None:
        """Take in all entries of the documents, then what is not there any more."""
        entries = arrived.entries
        crowded = crowded_keys(entries, self.keys)
        self.older = older(arrived, self.view)
        for position, entry in zip(arrived.places or range(len(entries)), entries, strict=True):
            self.take(entry, position, crowded)
        present = {e.guid for e in entries}
        if self.local:
            gone = missing.posts(self.view, present, frozenset(fetched.listing))
            self.vanish(gone, len(missing.there(self.view)), "", "file_gone", force)
            return
        for known in missing.told(self.view, present, arrived.deleted):
            self.withdraw(known, "tombstone", "told_gone")
        absent = missing.absent(self.view, {*present, *self.saved}, self.now)
        self.state = replace(self.state, missed=absent)
        gone = [self.view.known[m.guid] for m in absent if self.now - m.since >= missing.UNSEEN]
        self.vanish(gone, len(gone) + len(present), "missing", "missing", force)

    def take(self, entry: Entry, position: int, crowded: frozenset[str]) -> None:
        """Take in one entry: new, changed, returned or as it was."""
        known = self.view.known.get(entry.guid)
        mark = identity.fingerprint(entry)
        revised = revision(known.entry, entry) if known and known.fingerprint != mark else None
        future = "wait" if self.local else self.source.options.future
        changed, significant = (revised.words, revised.significant) if revised else (False, False)
        late = dates.late(entry, known, self.now)
        entry = dates.dated(entry, known, self.now, position, future=future, changed=changed, significant=significant)
        if late and self.local:
            self.state = replace(self.state, problem=self.state.problem or missing.late_embargo(entry, late))
        was_older = known is not None and known.status == "older"
        status, rule, says = standing(entry, self.source, older=was_older or entry.guid in self.older)
        if known and known.fingerprint == mark and known.status == status and known.entry.path == entry.path:
            self.seen.append(entry.key)
            return
        self.note_change(entry, known, revised)
        if late:
            self.decisions.append(self.note(entry, "changed", "embargo", "embargo_late", {"until": late.isoformat()}))
        if says and (known is None or known.status != status):
            self.decisions.append(self.note(entry, "held" if status == "held" else "dropped", rule, says))
        story_id = known.story_id if known else ""
        if status == "kept":
            story_id = self.place(entry, story_id, crowded)
        elif story_id:
            self.leave(entry.key, story_id, "held" if status == "held" else "withdrawn")
        self.saved[entry.guid] = Saved(
            entry=entry,
            fingerprint=mark,
            status=status,
            story_id=story_id,
            first_seen=known.first_seen if known else self.now,
            url_key=identity.url_key(entry),
            new=known is None,
        )

    def note_change(self, entry: Entry, known: Known | None, revised: Revision | None) -> None:
        if known is None:  # the entry itself tells when it was first seen
            return
        if known.status == "withdrawn":
            self.decisions.append(self.note(entry, "returned", "", "back"))
        elif known.entry.path != entry.path:
            facts = {"from": known.entry.path, "to": entry.path}
            self.decisions.append(self.note(entry, "renamed", "", "renamed", facts))
        if revised:
            moved = known.entry.updated if known.entry.updated != entry.updated else None
            was = {UPDATED_BEFORE: moved.isoformat()} if moved else {}
            self.decisions.append(self.note(entry, "changed", "", revised.says, {**revised.facts, **was}))
            self.earlier += earlier(known.entry, revised, self.now, self.source.options.revisions)

    def vanish(self, gone: Sequence[Known], there: int, rule: str, says: str, force: bool) -> None:
        """Withdraw what is gone of what was *there*; hold where most vanish at once."""
        problem = missing.held(len(gone), there, force=force, meant=self.state.meant)
        self.state = replace(self.state, meant="", problem=problem or self.state.problem)
        if problem:
            return
        for known in gone:
            self.withdraw(known, rule, says)

    def withdraw(self, known: Known, rule: str, says: str) -> None:
        entry = known.entry
        self.decisions.append(self.note(entry, "withdrawn", rule, says))
        if known.story_id:
            self.leave(entry.key, known.story_id, "withdrawn")
        self.saved[entry.guid] = Saved(
            entry=entry,
            fingerprint=known.fingerprint,
            status="withdrawn",
            story_id=known.story_id,
            first_seen=known.first_seen,
            url_key=identity.url_key(entry),
        )

    # stories

    def place(self, entry: Entry, story_id: str, crowded: frozenset[str]) -> str:
        """Put a kept entry into its story: the one it was in, one that it matches, or a new one."""
        member = self.member(entry)
        keys = self.keys.get(entry.guid) or identity.match_keys(entry, self.settings.dedupe)
        keys = tuple(k for k in keys if k not in crowded)
        own = self.stories.get(self.final(story_id)) if story_id else None
        for key in keys:
            other = self.stories.get(self.final(self.by_key.get(key, "")))
            if other is None or (own and other.id == own.id) or not self.may_join(entry, own, other):
                continue
            verdict = cluster.joins(entry, other, key)
            if verdict.joins:
                self.explain_merge(entry, other, key, verdict)
                own = self.joined(entry, own, other)
        if own is None:
            own = self.in_other_words(entry)
        if own is None:
            self.put(story := self.new_story(entry, member, tuple(k for k in keys if k not in self.by_key)))
            self.nearby.begin(entry, story)
            return story.id
        free = tuple(k for k in keys if self.final(self.by_key.get(k, own.id)) == own.id)
        members = {m.key: m for m in own.members if self.active(m, own)}
        members[entry.key] = member
        story = cluster.assemble(own, tuple(members.values()))
        status: StoryStatus = "retracted" if own.status == "retracted" else "shown"
        story = replace(story, keys=tuple(dict.fromkeys((*own.keys, *free))), status=status)
        self.put(story)
        if story.lead.key == entry.key:
            self.nearby.begin(entry, story)
        return story.id

    def in_other_words(self, entry: Entry) -> Story | None:
        """Return the story that tells what *entry* tells, in other words; note what it was compared with."""
        found = self.nearby.find(entry, self.likely(entry))
        if found.judged:
            note = self.note(entry, "merged" if found.story else "apart", "near", found.says, found.facts(entry))
            self.decisions.append(replace(note, story_id=found.story.id if found.story else ""))
        return found.story

    def joined(self, entry: Entry, own: Story | None, other: Story) -> Story:
        """Return the story that an entry of *own* is in, now that it matches *other*: one of both, where it holds both.

        An entry that was rewritten and says nothing any more of what its story says leaves for the other alone:
        items that are used again for other news would else chain strangers together.
        """
        rest = [m.entry for m in own.members if m.key != entry.key] if own else []
        if own is None:
            return other
        if 0 < len(rest) < len(own.members) and not own.bound and not cluster.agree(entry, rest[0]):
            self.leave(entry.key, own.id, "kept")
            return other
        return self.fuse(other, own)

    def active(self, member: Member, story: Story) -> bool:
        """Tell whether a stored member still counts: a withdrawn story keeps its last words, which do not."""
        return story.status in ("shown", "retracted") or member.key.source_id != self.source.id

    def may_join(self, entry: Entry, own: Story | None, other: Story) -> bool:
        """Tell whether desk and settings let *entry*, which is in *own*, be a copy in *other* at all."""
        if (own and cluster.parted(own, other)) or self.in_other_language(entry, other):
            return False
        strangers = {m.entry.source_id for m in other.members} - {entry.source_id}
        return not strangers or not any(self.alone(id) for id in (entry.source_id, *strangers))

    def in_other_language(self, entry: Entry, other: Story) -> bool:
        return not self.settings.dedupe.across_languages and other_writing(entry, other.lead)

    def alone(self, source_id: str) -> bool:
        source = self.sources.get(source_id)
        return source is not None and source.options.alone

    def likely(self, entry: Entry) -> Callable[[str], Story | None]:
        """Give stories by id as they stand now, but for those that *entry* may not join."""

        def latest(story_id: str) -> Story | None:
            story = self.stories.get(self.final(story_id))
            return story if story and self.may_join(entry, None, story) else None

        return latest

    def new_story(self, entry: Entry, member: Member, keys: tuple[str, ...]) -> Story:
        free = "id:" + identity.guid_key(entry.guid) not in self.by_key
        assert entry.published is not None  # noqa: S101 - dated() gave it
        ids = (identity.story_id(entry, self.settings.site, local=self.local, free=each) for each in (free, False))
        return Story(
            id=first if (first := next(ids)) not in self.stories else next(ids),
            members=(member,),
            keys=keys,
            categories=member.categories,
            published=entry.published,
            updated=entry.updated or entry.published,
            first_seen=member.first_seen,
            release=entry.release,
        )

    def member(self, entry: Entry) -> Member:
        known = self.view.known.get(entry.guid)
        resolved = self.catalogue.resolve(entry, self.source, self.categories)
        for category in resolved.new:
            self.categories[category.slug] = self.new_categories[category.slug] = category
        return Member(
            entry=entry,
            prefer=self.source.prefer,
            local=self.local,
            order=self.source.order,
            first_seen=known.first_seen if known else self.now,
            categories=resolved.categories,
            origin=origin_of(self.source, self.state.info),
        )

    def leave(self, key: EntryKey, story_id: str, status: str) -> None:
        """Take an entry out of its story; the last one stays in it as what was said, under a status that hides it."""
        story = self.stories.get(self.final(story_id))
        if story is None:
            return
        rest = tuple(m for m in story.members if m.key != key)
        if rest:
            self.put(cluster.assemble(story, rest))
        elif story.status != "retracted":
            self.put(replace(story, status="held" if status == "held" else "withdrawn"))

    def fuse(self, one: Story, other: Story) -> Story:
        """Make one story of two; the one that is older, then the smaller id, is kept."""
        kept, gone = cluster.elder(one, other)
        self.merged[gone.id] = kept.id
        self.touched.pop(gone.id, None)
        story = cluster.fused(kept, gone)
        self.put(story)
        del self.stories[gone.id]
        return story

    def final(self, story_id: str) -> str:
        while story_id in self.merged:
            story_id = self.merged[story_id]
        return story_id

    def put(self, story: Story) -> None:
        self.stories[story.id] = story
        self.touched[story.id] = None
        self.by_key.update(dict.fromkeys(story.keys, story.id))

    # words

    def explain_merge(self, entry: Entry, story: Story, key: str, verdict: cluster.Verdict) -> None:
        lead = story.lead
        facts = {"key": key, "with": lead.url or lead.guid, "with_title": lead.title, "with_source": lead.source_id}
        note = self.note(entry, "merged", verdict.rule, verdict.why, facts)
        self.decisions.append(replace(note, story_id=story.id))

    def note(
        self, entry: Entry, kind: DecisionKind, rule: str, says: str, facts: Mapping[str, str] | None = None
    ) -> Decision:
        who = {"source_id": self.source.id, "guid": entry.guid}
        return Decision(at=self.now, kind=kind, rule=rule, says=says, facts=facts or {}, **who)

    def changes(self) -> Changes:
        """Return everything as one value, stories with the channels that want them and those channels' marks."""
        touched = [self.stories[story_id] for story_id in self.touched]
        named = naming(self.settings, self.catalogue, self.view.categories) if self.new_categories else ()
        who = (self.settings, self.sources, self.now)
        found = reach(touched, self.before, *who, ended=self.merged, naming=named)
        for story in found.stories:
            self.explain_lead(story)
        before = self.view.state.info
        changed = self.now if self.saved else self.state.changed
        return Changes(
            was_due=self.view.state.due,
            state=replace(self.state, changed=changed),
            entries=tuple(
                replace(s, story_id=self.final(s.story_id)) if s.story_id in self.merged else s
                for s in self.saved.values()
            ),
            stories=found.stories,
            merged={gone: self.final(gone) for gone in self.merged if gone in self.before},
            categories=tuple(self.new_categories.values()),
            marks=found.marks,
            decisions=tuple(self.decisions),
            earlier=tuple(self.earlier),
            seen=tuple(self.seen),
            tombstones=found.tombstones,
            lifted=found.lifted,
            hinted=tuple(self.nearby.hinted),
            told_to=self.view.told_to,
            habits=self.nearby.habits(),
            credit=origin_of(self.source, before) != origin_of(self.source, self.state.info),
        )

    def explain_lead(self, story: Story) -> None:
        before = self.before.get(story.id)
        if before and before.lead.key != story.lead.key and len(story.members) > 1:
            facts = {"with_title": before.lead.title, "with_source": before.lead.source_id}
            decision = self.note(story.lead, "leads", "lead", "leads", facts)
            self.decisions.append(replace(decision, source_id=story.lead.source_id, story_id=story.id))
