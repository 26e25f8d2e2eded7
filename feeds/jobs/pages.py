"""The page of one story beside the channels: told while the story is shown, gone when it was and is not any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from feeds.core.publishing import pages
from feeds.jobs.work import Work
from feeds.model.channel import Channel
from feeds.model.names import ChannelName
from feeds.model.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A story's page as a channel, the story, and the channels that it links to."""

    channel: Channel
    story: Story
    others: tuple[Channel, ...]


def find(id: str, channels: Mapping[str, Channel], taken: frozenset[str], work: Work, now: datetime) -> Page | None:
    """Return the page that a mark names; None where there is none, or none any more.

    *taken* are the files of channels, which no page may take. What waits for its release has none, and what was never
    told is not said to be gone. What is gone is said so where it was told, wherever its post is now.
    """
    site, story_id = work.settings.site, ChannelName.of(id).story
    story = work.ports.archive.story(story_id) or _survivor(story_id, work)
    if story is None or site.pages == "none":
        return None
    channel = pages.channel(story, site)
    waits = story.release is not None and story.release > now
    if story.id != story_id or story.status != "shown" or waits:
        known = work.ports.outbox.places(id)
        if waits or not known or (story.id != story_id and channel):
            return None
        channel = pages.left(story_id, next(iter(known.values())).path, site)
    if channel is None or not _is_free(channel.file(channel.formats[0]), taken):
        return None
    slugs = {category.slug for category in story.categories}
    others = (c for c in channels.values() if "html" in c.formats and (not c.category or c.category.slug in slugs))
    return Page(channel=channel, story=story, others=tuple(others))


def moved(id: str, work: Work) -> dict[str, str]:
    """Return where the page that a mark names is now: the path of the story's that took in its own, by its old path."""
    story = _survivor(ChannelName.of(id).story, work)
    channel = pages.channel(story, work.settings.site) if story else None
    if channel is None:
        return {}
    there = channel.file(channel.formats[0])
    return {place.path: there for place in work.ports.outbox.places(id).values() if place.path != there}


def _survivor(story_id: str, work: Work) -> Story | None:
    """The story that took in one which is there no more."""
    fate = work.ports.archive.fates([story_id]).get(story_id)
    return work.ports.archive.story(fate.story_id) if fate and fate.story_id != story_id else None


def _is_free(path: str, taken: frozenset[str]) -> bool:
    """Whether no channel has a file there, or one where *path* has a folder."""
    return path not in taken and not any(str(above) in taken for above in PurePosixPath(path).parents)


def files(channels: Mapping[str, Channel]) -> frozenset[str]:
    """Return the paths that channels write."""
    return frozenset(c.file(format) for c in channels.values() for format in c.formats)
