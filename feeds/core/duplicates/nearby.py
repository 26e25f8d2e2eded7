"""Stories that an entry may tell in other words, as one poll sees them: found, judged, explained, and taught.

Only an entry that no key leads to a story is looked at, once, when it is new. It is compared with the leads of stories,
never with their other members, so that no chain of copies drifts from what its story says; the best likeness wins.

Nor does a story grow for ever: what is near must have been published within `dedupe.near.within` of its first entry,
however late its last copy came, and a story of `LARGEST` entries takes no more.

The order in which copies arrive changes nothing where each of them is alike enough to whichever leads. It does matter
where two excerpts share nothing and come before the whole text: each begins a story, and the whole joins the likelier.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from feeds.core.duplicates import habits, near
from feeds.core.duplicates.evidence import evidence
from feeds.core.duplicates.near import Likeness, Side
from feeds.core.duplicates.sketch import Sketch, sketch
from feeds.model.changes import Hinted, PollView
from feeds.model.entry import Entry
from feeds.model.settings import Dedupe
from feeds.model.story import Story

LARGEST = 200  # entries of one story: no press release was printed by more outlets that one desk reads
TOLD = 0.2  # likenesses below are nothing to tell of


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The story that an entry tells, None where none does, and how alike the likeliest ones are, the best first."""

    story: Story | None
    judged: tuple[tuple[Story, Likeness], ...]
    threshold: float = near.THRESHOLD

    @property
    def says(self) -> str:
        """The code of the verdict's sentence, which `facts` fill."""
        return "near_same" if self.story else "near_veto" if self.judged[0][1].veto else "near_low"

    def facts(self, entry: Entry) -> Mapping[str, str]:
        """Return what decided on *entry*, as plain strings: of the likeliest story, then the others by title.

        The words that both say come first, then what weighed most in the score.
        """
        if not self.judged:
            return {}
        best, likeness = self.judged[0]
        facts = {"with": best.lead.url or best.lead.guid, "with_title": best.lead.title}
        facts |= {"with_source": best.lead.source_id, "score": f"{likeness.score:.3f}"}
        if likeness.veto:
            facts["veto"] = likeness.veto
        facts |= evidence(entry, best.lead)
        facts |= likeness.told()
        for number, (story, other) in enumerate(self.judged[1:4], 2):
            less = "less" if other.score >= self.threshold else "low"
            facts[f"other_{number}"] = f"{other.score:.3f} {story.lead.title} ({other.veto or less})"
        return facts


@dataclass(slots=True, kw_only=True)
class Nearby:
    """What is near in one poll; grows with the stories that begin in it."""

    view: PollView
    dedupe: Dedupe
    sketches: Mapping[str, Sketch]  # by guid
    hinted: list[Hinted] = field(default_factory=list)
    _posted: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _told: dict[int, str] = field(default_factory=dict)  # by number; stories that begin in this poll count down from -1
    _habits: dict[str, dict[int, int]] = field(default_factory=dict)
    _leads: dict[str, tuple[Entry, Sketch]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._posted, self._told = dict(self.view.posted), dict(self.view.told)
        self._habits = {source: habits.unpacked(counts) for source, counts in self.view.habits.items()}

    def find(self, entry: Entry, latest: Callable[[str], Story | None]) -> Found:
        """Judge the stories that *entry*, which is new, may tell; *latest* gives a story by id as it stands now."""
        mine = self.sketches.get(entry.guid)
        if mine is None or entry.published is None or self.dedupe.near is None:
            return Found(story=None, judged=())
        stories = self._recent(near.candidates(mine, self._posted), latest, entry, self.dedupe.near)
        side = Side(mine, entry.source_id, entry.published, self._said(entry.source_id), entry)
        likenesses = near.likenesses(side, [self._side(story) for story in stories])
        judged = sorted(zip(stories, likenesses, strict=True), key=lambda pair: (bool(pair[1].veto), -pair[1].score))
        same = [story for story, likeness in judged if likeness.same(self.dedupe.threshold)]
        told = tuple(pair for pair in judged if pair[1].score >= TOLD)
        return Found(story=same[0] if same else None, judged=told, threshold=self.dedupe.threshold)

    def begin(self, entry: Entry, story: Story) -> None:
        """Note a story that *entry* begins, or leads from now on: it can be found, and counts in the habits."""
        mine = self.sketches.get(entry.guid)
        if mine is None:
            return
        said = self._habits[entry.source_id] = habits.said(self._said(entry.source_id), mine)
        usual = {s.said for s in mine.sentences if said.get(s.said, 0) > habits.OFTEN}
        hints = tuple(h for h in mine.hints(usual) if len(self._posted.get(h, ())) < near.COMMON)
        self.hinted.append(Hinted(story_id=story.id, hints=hints, asked=tuple(mine.asked.intersection(hints))))
        self._told[number := -len(self.hinted)] = story.id
        self._posted.update((hint, (*self._posted.get(hint, ()), number)) for hint in hints)

    def habits(self) -> bytes:
        """Return this source's habits where they grew, packed."""
        return habits.packed(self._said(self.view.source.id)) if self.hinted else b""

    def _said(self, source_id: str) -> dict[int, int]:
        return self._habits.get(source_id, {})

    def _recent(
        self, numbers: Iterable[int], latest: Callable[[str], Story | None], entry: Entry, within: timedelta
    ) -> list[Story]:
        assert entry.published is not None  # noqa: S101 - find() asked
        found = {s.id: s for n in numbers if (s := latest(self._told.get(n, "")))}
        told = [s for s in found.values() if s.status in ("shown", "retracted") and len(s.members) < LARGEST]
        return [s for s in told if abs(s.published - entry.published) <= within]

    def _side(self, story: Story) -> Side:
        lead = story.lead
        if story.id not in self._leads or self._leads[story.id][0] is not lead:
            mine = self.sketches.get(lead.guid) if lead.source_id == self.view.source.id else None
            self._leads[story.id] = lead, mine or sketch(lead)
        return Side(self._leads[story.id][1], lead.source_id, story.published, self._said(lead.source_id), lead)
