"""The page of one story beside the channels: told while the story is shown, gone when it was and is not any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feeds.core import pages
from feeds.jobs.work import Work
from feeds.model.channel import Channel
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
    told is not said to be gone.
    """
    story = work.ports.archive.story(pages.story_of(id))
    channel = pages.channel(story, work.settings.site) if story else None
    if story is None or channel is None or channel.file(channel.formats[0]) in taken:
        return None
    waits = story.release is not None and story.release > now
    if story.status != "shown" or waits:
        known = work.ports.outbox.places(channel.id)
        if waits or not known:
            return None
    slugs = {category.slug for category in story.categories}
    others = (c for c in channels.values() if "html" in c.formats and (not c.category or c.category.slug in slugs))
    return Page(channel=channel, story=story, others=tuple(others))


def files(channels: Mapping[str, Channel]) -> frozenset[str]:
    """Return the paths that channels write."""
    return frozenset(c.file(format) for c in channels.values() for format in c.formats)
