"""Which channels feel it when stories change: who shows them, who is published again, who tells that they are gone.

A channel that showed a story which is not shown any more, whoever took it back, has a tombstone for it (RFC 6721) for
as long as its output says; one of a story that is shown again goes. A story that merely left a channel, because its
categories changed, has none; nor has one that was never due to be seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from feeds.core.publishing import archives, pages, resting
from feeds.core.sorting.channels import wanted
from feeds.model.changes import Mark
from feeds.model.channel import Tombstone
from feeds.model.names import ChannelName
from feeds.model.quick import replace
from feeds.model.settings import Settings
from feeds.model.source import Source
from feeds.model.story import Story, StoryStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """*stories* with the channels that want them; the rest as in `Changes`."""

    stories: tuple[Story, ...]
    marks: tuple[Mark, ...]
    tombstones: tuple[Tombstone, ...]
    lifted: tuple[str, ...]


def reach(
    stories: Iterable[Story],
    before: Mapping[str, Story],
    settings: Settings,
    sources: Mapping[str, Source],
    now: datetime,
    *,
    ended: Iterable[str] = (),
    naming: Iterable[str] = (),
) -> Reach:
    """Return what follows from *stories*, which changed at *now*.

    *before* holds stories as they were, by id, where they existed; *ended* names those of them that became part of
    others, *naming* the channels whose pages name others than before.
    """
    due: dict[Mark, None] = {}
    done: list[Story] = []
    tombstones: list[Tombstone] = []
    lifted: list[str] = []
    for story in stories:
        story = replace(story, channels=wanted(story, settings, sources))
        done.append(story)
        old = before.get(story.id)
        due.update(_felt(story, old, settings, now))
        if story.status == "shown" and old and old.status != "shown":
            lifted.append(story.id)
        elif story.status != "shown" and old and old.status == "shown" and not _embargoed(old, now):
            tombstones += _stones(old, story.status, now)
    for gone in ended:
        if gone in before:
            due.update(_left(before[gone], settings, now))
    due.update((mark, None) for mark in _ends(tombstones, settings))
    if named := tuple(naming):  # a category comes out with its stories
        for at in (now, *(story.release for story in done if story.release and story.release > now)):
            due.update(_marks(named, at))
    marks = tuple(mark for mark in due if not mark.adds or replace(mark, adds=False) not in due)
    return Reach(stories=tuple(done), marks=marks, tombstones=tuple(tombstones), lifted=tuple(lifted))


def _felt(story: Story, old: Story | None, settings: Settings, now: datetime) -> dict[Mark, None]:
    """Marks for the channels, archives and pages that show *story* now or at its release, or that showed *old*."""
    were = old.channels if old else ()
    adds = resting.adds(story, old)
    due = _marks((*were, *story.channels), now, adds=adds)
    if old or story.first_seen < now:  # else it is new, and filed where it comes
        due |= archive_marks(story, set(were) ^ set(story.channels), settings, now)
    if story.release and story.release > now:
        due |= _marks(story.channels, story.release, adds=adds)
    return due if settings.site.pages == "none" else due | _pages(story, old, settings, now)


def _left(gone: Story, settings: Settings, now: datetime) -> dict[Mark, None]:
    """Marks for what showed a story that became part of another one, its page among it."""
    page = Mark(channel_id=ChannelName(story=gone.id).id, due=now)
    return {page: None, **_marks(gone.channels, now), **archive_marks(gone, gone.channels, settings, now)}


def _stones(old: Story, status: StoryStatus, now: datetime) -> list[Tombstone]:
    """Tombstones for a story in the channels that showed it, with its last form there."""
    lead = old.lead
    url = next((member.entry.url for member in old.members if member.entry.url), "")
    return [
        Tombstone(
            channel_id=channel,
            story_id=old.id,
            at=now,
            title=lead.title,
            url=url,
            language=lead.language,
            published=old.published,
            status=status,
        )
        for channel in old.channels
    ]


def _embargoed(story: Story, now: datetime) -> bool:
    """Nobody saw it yet, and its id would tell of it."""
    return story.release is not None and story.release > now


def _marks(channels: Iterable[str], at: datetime, *, adds: bool = False) -> dict[Mark, None]:
    return {Mark(channel_id=channel, due=at, adds=adds): None for channel in channels}


def archive_marks(story: Story, channels: Iterable[str], settings: Settings, now: datetime) -> dict[Mark, None]:
    """Marks for the archives that may hold *story*, in channels that it joined or left; new text is no reason."""
    kept = {output.id: output.archives for output in settings.outputs if output.archives}
    found = ((c, kept.get(ChannelName.of(c).output)) for c in channels) if kept else ()
    return {
        Mark(channel_id=ChannelName.of(channel).archive(period).id, due=now): None
        for channel, rhythm in found
        if rhythm
        for period in sorted(archives.touched(rhythm, story.published, story.first_seen))
        if archives.closes(period) <= now
    }


def _pages(story: Story, old: Story | None, settings: Settings, now: datetime) -> dict[Mark, None]:
    """Marks for the story's own page, where it has one or had one; again when it is released."""
    if not any(pages.place(one, settings.site) for one in (story, old) if one):
        return {}
    times = (now, story.release) if story.release and story.release > now else (now,)
    return {Mark(channel_id=ChannelName(story=story.id).id, due=at): None for at in times}


def _ends(tombstones: Iterable[Tombstone], settings: Settings) -> list[Mark]:
    """Marks for the moments at which channels stop telling of what is gone."""
    kept = {output.id: output.tombstones for output in settings.outputs}
    found = ((t, kept.get(ChannelName.of(t.channel_id).output)) for t in tombstones)
    return [Mark(channel_id=t.channel_id, due=t.at + long) for t, long in found if long]
