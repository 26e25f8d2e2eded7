"""Small values for the tests of decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from feeds.core.deciding.arrivals import arrivals
from feeds.core.deciding.decide import decide
from feeds.core.entries.normalise import Normalised
from feeds.model.changes import Changes, Edit, Known, PollView
from feeds.model.channel import Output
from feeds.model.entry import Deleted, Entry
from feeds.model.settings import Settings, Site
from feeds.model.source import Fetched, Source, SourceState
from feeds.model.story import Category, Story

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LONG = (
    "The council voted on Tuesday to rebuild the old harbour bridge, which engineers had closed in spring after "
    "divers found cracks in two of its nine piers; work begins in May and is expected to last fourteen months."
)
LONG_KOREAN = (
    "시의회는 화요일 오래된 항구 다리를 다시 짓기로 의결했다. "
    "지난봄 잠수사들이 교각 아홉 개 가운데 두 개에서 균열을 발견해 통행이 막혔다. "
    "공사는 오월에 시작해 열네 달 동안 이어질 전망이다."
)


def source(id: str = "one", **more: Any) -> Source:
    return Source(**{"id": id, "kind": "feed", "location": f"https://{id}.example/feed.xml", **more})


def entry(guid: str = "g1", source_id: str = "one", **more: Any) -> Entry:
    given: dict[str, Any] = {
        "url": f"https://{source_id}.example/{guid}",
        "title": f"Title of {guid}",
        "content": f"<p>Words of {guid}.</p>",
        "published": datetime(2026, 2, 1, tzinfo=UTC),
    }
    return Entry(source_id=source_id, guid=guid, **{**given, **more})


def settings(*sources: Source, **more: Any) -> Settings:
    given: dict[str, Any] = {
        "site": Site(title="Desk", url="https://desk.example"),
        "outputs": (Output(id="all", path="/"), Output(id="by-category", path="/{slug}/", each="category")),
    }
    return Settings(file="feeds.yaml", sources=sources, **{**given, **more})


class Shelf:
    """A library of dicts: what one poll wrote, the next one sees."""

    def __init__(self, config: Settings) -> None:
        self.settings = config
        self.sources = {s.id: s for s in config.sources}
        self.known: dict[tuple[str, str], Known] = {}
        self.stories: dict[str, Story] = {}
        self.categories: dict[str, Category] = {}
        self.states: dict[str, SourceState] = {}
        self.last: Changes | None = None

    def view(self, source: Source) -> PollView:
        return PollView(
            source=source,
            state=self.states.get(source.id, SourceState(source_id=source.id, due=NOW)),
            known={g: k for (s, g), k in self.known.items() if s == source.id},
            stories={key: story for story in self.stories.values() for key in story.keys},
            categories=dict(self.categories),
        )

    def poll(
        self,
        source_id: str,
        entries: Sequence[Entry],
        *,
        now: datetime = NOW,
        listing: Sequence[str] | None = None,
        force: bool = False,
        deleted: Sequence[Deleted] = (),
        unseen: Sequence[str] = (),
    ) -> Changes:
        """Poll as the job does: recognise, decide, apply."""
        src = self.sources[source_id]
        paths = [e.path for e in entries] if listing is None else listing
        fetched = Fetched(outcome="fresh", listing=tuple(paths))
        view = replace(self.view(src), unseen=frozenset(unseen))
        found = Normalised(entries=tuple(entries), problems=(), deleted=tuple(deleted))
        arrived = arrivals(found, fetched, view, self.settings)
        changes = decide(view, fetched, arrived, self.settings, self.sources, now, force=force)
        self.apply(source_id, changes)
        return changes

    def apply(self, source_id: str, changes: Changes) -> None:
        self.last = changes
        self.states[source_id] = changes.state
        self.categories.update((c.slug, c) for c in changes.categories)
        for gone, kept in changes.merged.items():
            self.stories.pop(gone, None)
            moved = {k: replace(v, story_id=kept) for k, v in self.known.items() if v.story_id == gone}
            self.known.update(moved)
        self.stories.update((s.id, s) for s in changes.stories)
        for saved in changes.entries:
            self.known[source_id, saved.entry.guid] = Known(
                entry=saved.entry,
                fingerprint=saved.fingerprint,
                status=saved.status,
                story_id=saved.story_id,
                first_seen=saved.first_seen,
            )

    def edit(self, found: Edit) -> None:
        """Apply what the desk decided, as the store does."""
        for gone in found.merged:
            self.stories.pop(gone, None)
        for story in found.stories:
            self.stories[story.id] = story
            for member in story.members:
                key = member.key
                self.known[key.source_id, key.guid] = replace(self.known[key.source_id, key.guid], story_id=story.id)

    def story(self, guid: str, source_id: str = "one") -> Story:
        """The story that an entry is in."""
        return self.stories[self.known[source_id, guid].story_id]

    def shown(self) -> dict[str, list[str]]:
        """Titles of the members of each story that is shown, the lead first."""
        return {s.id: [m.entry.title for m in s.members] for s in self.stories.values() if s.status == "shown"}

    def only(self) -> Story:
        (story,) = self.stories.values()
        return story


def kinds(changes: Changes) -> list[str]:
    return [d.kind for d in changes.decisions]


def facts(story: Story) -> Mapping[str, object]:
    return {"id": story.id, "leads": story.lead.source_id, "channels": story.channels}
