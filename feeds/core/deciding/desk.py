"""What people decide over stories, for good: to take one back, to let it return, to make one of two, or two of one, and
whether a change is news.

Each gives an `Edit`, explained by decisions under the rule `desk`, which are kept as long as the store. Polls hold to
it: `decide` neither shows a story that was taken back, nor fuses stories that were parted, nor lets an entry leave one
that was put together.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from feeds.core.deciding.revision import UPDATED_BEFORE
from feeds.core.duplicates import cluster
from feeds.core.duplicates.sketch import sketch
from feeds.core.entries import identity
from feeds.core.publishing.reach import reach
from feeds.errors import UsageError
from feeds.model.changes import Edit, Hinted, Known, Saved
from feeds.model.decision import Decision, DecisionKind
from feeds.model.entry import Entry, EntryKey
from feeds.model.quick import replace
from feeds.model.settings import Settings
from feeds.model.source import Source
from feeds.model.story import Member, Story

RULE = "desk"
MINOR = "minor"  # the fact of a touch that put `updated` back


class Desk:
    """The desk at one moment: what it decides is dated *now*, and holds under these settings."""

    def __init__(self, settings: Settings, sources: Mapping[str, Source], now: datetime) -> None:
        self.settings, self.sources, self.now = settings, sources, now

    def retract(self, story: Story, reason: str) -> Edit:
        """Take *story* back from every channel. Raises `UsageError` where it is taken back already."""
        if story.status == "retracted":
            raise UsageError(f"{story.id} is retracted already; `feeds why` tells since when")
        note = self._note("retracted", story, story.lead, "desk_retracted", {"reason": reason})
        return self._edit([replace(story, status="retracted")], [story], [note])

    def unretract(self, story: Story, known: Sequence[Known], reason: str) -> Edit:
        """Let *story* be shown again, so far as its sources still tell it; *known* are its entries as they stand."""
        if story.status != "retracted":
            raise UsageError(f"{story.id} is not retracted but {story.status}")
        standing = {k.entry.key: k.status for k in known}
        told = [m for m in story.members if standing.get(m.key, "withdrawn") == "kept"]
        if told:
            shown = replace(cluster.assemble(story, told), status="shown")
        else:
            held = standing.get(story.lead.key) == "held"
            shown = replace(story, status="held" if held else "withdrawn")
        note = self._note("unretracted", story, story.lead, f"desk_{shown.status}", {"reason": reason})
        left = tuple(m.key for m in story.members if m not in shown.members)
        return replace(self._edit([shown], [story], [note]), left=left)

    def touch(self, story: Story, known: Known, was: datetime | None, reason: str) -> Edit:
        """Say of the last change of *story* that it is news, dated now, or that it is none: `updated` is *was* again.

        *known* is the lead's entry as it is stored.
        """
        if story.status != "shown":
            raise UsageError(f"{story.id} is {story.status}; only a story that is shown has a date to move")
        self._is_out(story)
        lead = replace(known.entry, updated=was or self.now)
        saved = Saved(
            entry=lead,
            fingerprint=known.fingerprint,
            status=known.status,
            story_id=story.id,
            first_seen=known.first_seen,
            url_key=identity.url_key(lead),
        )
        members = (replace(story.members[0], entry=lead), *story.members[1:])
        dated = replace(story, members=members, updated=was or self.now)
        says = "desk_minor" if was else "desk_news"
        facts = {"reason": reason, UPDATED_BEFORE: story.updated.isoformat(), MINOR: "yes" if was else ""}
        note = self._note("touched", story, lead, says, facts)
        return replace(self._edit([dated], [story], [note]), entries=(saved,))

    def merge(self, one: Story, other: Story) -> Edit:
        """Make one story of two, whatever they say; the older one keeps its id, its dates and its links."""
        if one.id == other.id:
            raise UsageError(f"both are one story already: {one.id}")
        for story in (one, other):
            if story.status != "shown":
                raise UsageError(f"{story.id} is {story.status}; only stories that are shown can be merged")
            self._is_out(story)
        kept, gone = cluster.elder(one, other)
        whole = cluster.fused(kept, gone)
        apart = tuple(i for i in whole.apart if i not in (kept.id, gone.id))
        whole = replace(whole, bound=True, apart=apart)
        facts = {"with": kept.lead.url or kept.lead.guid, "with_title": kept.lead.title}
        facts |= {"with_source": kept.lead.source_id}
        notes = [self._note("merged", kept, m.entry, "desk_merged", facts) for m in gone.members]
        return self._edit([whole], [kept, gone], notes, merged={gone.id: kept.id})

    def split(self, story: Story, key: EntryKey, taken: Iterable[str]) -> Edit:
        """Take the entry *key* out of *story* into one of its own; the two never merge again.

        The id stays with the entry that it was made of, where that is to be told, else with the lead's part.
        *taken* are ids that other stories have.
        """
        out = [m for m in story.members if m.key == key]
        rest = [m for m in story.members if m.key != key]
        if not out or not rest:
            raise UsageError(f"{story.id} has no copy to split off: {story.lead.title!r} stands alone in it")
        stays, leaves = (out, rest) if self._owns(story, out, rest) else (rest, out)
        kept, new = self._parts(story, stays, leaves, set(taken))
        entry, lead = out[0].entry, rest[0].entry
        facts = {"with": lead.url or lead.guid, "with_title": lead.title, "with_source": lead.source_id}
        mine = new if leaves is out else kept
        note = self._note("split", mine, entry, "desk_split", facts)
        hinted = (_hinted(new),) if self.settings.dedupe.near else ()
        return replace(self._edit([kept, new], [story], [note]), hinted=hinted)

    def ids(self, story: Story) -> tuple[str, ...]:
        """Return every id that an entry of *story* may give to a story of its own."""
        return tuple(dict.fromkeys(id for m in story.members for id in self._ids(m)))

    def _owns(self, story: Story, out: Sequence[Member], rest: Sequence[Member]) -> bool:
        """Tell whether the entry that leaves is the one that the story's id was made of."""
        made = [any(story.id in self._ids(m) for m in part) for part in (out, rest)]
        return made[0] if made[0] != made[1] else story.members[0] in out

    def _ids(self, member: Member) -> tuple[str, str]:
        """The ids that a story which begins with this entry may have, the likelier first."""
        site, local, entry = self.settings.site, member.local, member.entry
        free = identity.story_id(entry, site, local=local, free=True)
        return free, identity.story_id(entry, site, local=local, free=False)

    def _parts(
        self, story: Story, stays: Sequence[Member], leaves: Sequence[Member], taken: set[str]
    ) -> tuple[Story, Story]:
        """Return what stays under the story's id, and a new one; a key that both have stays."""
        of_stay, of_leave = (
            {k for m in part for k in identity.match_keys(m.entry, self.settings.dedupe)} for part in (stays, leaves)
        )
        first = min(leaves, key=cluster.rank)
        own = tuple(k for k in story.keys if k in of_leave - of_stay)
        lead = first.entry
        fresh = next((i for i in self._ids(first) if i not in {*taken, story.id}), "")
        fresh = fresh or f"{self._ids(first)[1]}.{identity.digest(story.id)[:8]}"
        apart = tuple(dict.fromkeys((*story.apart, fresh)))
        kept = replace(story, keys=tuple(k for k in story.keys if k not in own), bound=False, apart=apart)
        new = Story(
            id=fresh,
            members=(first,),
            keys=own,
            published=lead.published or first.first_seen,
            updated=lead.updated or lead.published or first.first_seen,
            first_seen=min(m.first_seen for m in leaves),
            apart=(*story.apart, story.id),
        )
        return cluster.assemble(kept, stays), cluster.assemble(new, leaves)

    def _edit(
        self,
        stories: Sequence[Story],
        before: Sequence[Story],
        notes: Sequence[Decision],
        merged: Mapping[str, str] | None = None,
    ) -> Edit:
        was = {s.id: s for s in before}
        found = reach(stories, was, self.settings, self.sources, self.now, ended=merged or ())
        return Edit(
            stories=found.stories,
            merged=merged or {},
            marks=found.marks,
            decisions=tuple(notes),
            tombstones=found.tombstones,
            lifted=found.lifted,
        )

    def _is_out(self, story: Story) -> None:
        if story.release and story.release > self.now:
            raise UsageError(f"{story.id} waits until {story.release:%Y-%m-%d %H:%M} UTC; nobody saw it yet")

    def _note(self, kind: DecisionKind, story: Story, entry: Entry, says: str, facts: Mapping[str, str]) -> Decision:
        return Decision(
            at=self.now,
            kind=kind,
            source_id=entry.source_id,
            guid=entry.guid,
            story_id=story.id,
            rule=RULE,
            says=says,
            facts={name: fact for name, fact in facts.items() if fact},
        )


def _hinted(story: Story) -> Hinted:
    """What finds the new story: it is hinted at like one that a poll brought, but for its source's habits."""
    return Hinted(story_id=story.id, hints=sketch(story.lead).hints())
