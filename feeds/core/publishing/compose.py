"""What a channel says at one moment.

A story is in while it is among the newest *limit*, or younger than *days*: a limit by count alone loses stories of a
busy hour for a partner that asks once an hour, a limit by age alone empties a quiet channel.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from feeds.core.publishing import archives, pages, terms
from feeds.model.channel import NEWS_AGE, Channel, Feed, Item, Tombstone, Window
from feeds.model.quick import replace
from feeds.model.settings import Site
from feeds.model.source import ContentPolicy, Extent
from feeds.model.story import Story

INSTANT = timedelta(microseconds=1)  # bounds of a window are left out

# What an empty channel was "updated" at. RFC 4287 §4.2.15 wants a date; the clock's would change the bytes of a feed
# to which nothing happened, and 1970 or year 1 are what readers and validators take for a broken clock.
EMPTY_UPDATED = datetime(2000, 1, 1, tzinfo=UTC)


def window(channel: Channel, now: datetime) -> Window:
    """Return which stories of *channel* to read at *now*."""
    ages = [now - timedelta(days=channel.days)] if channel.days > 0 else []
    if channel.archives:  # what no archive has yet
        ages.append(archives.bounds(archives.still_open(channel.archives, now))[0] - INSTANT)
    return Window(channel_id=channel.id, limit=channel.limit, since=min(ages, default=None), at=now)


def compose(
    channel: Channel,
    stories: Sequence[Story],
    others: Sequence[Channel],
    policies: Mapping[str, ContentPolicy],
    read: Window | None = None,
    gone: Sequence[Tombstone] = (),
    site: Site | None = None,
    last: datetime | None = None,
) -> Feed:
    """Return the feed of *channel*: shown stories, newest first, equal ones by id, each once.

    *policies* say by source how much of a lead may be published; of a source that is not named (it left the
    configuration, and its terms with it) the summary alone. *read* is the window that *stories* were read through:
    its bounds are held to here too. Without it a channel with *days* takes all that is given. *gone* are the
    channel's tombstones, the latest first; one of a story that is told is left out. *site* says which stories have
    pages of their own. *last* is when the latest story was taken back, though that is not told any more: the feed's
    date does not go back to before.
    """
    unique = {story.id: story for story in stories if story.status == "shown" and _released(story, read)}
    newest = sorted(sorted(unique.values(), key=lambda s: s.id), key=lambda s: s.published, reverse=True)
    items = tuple(
        Item(
            story=story if read is None else told_at(story, read.at),
            content=_extent(story, policies.get(story.lead.source_id, "summary")),
            page=pages.address(story, site) if site else "",
        )
        for story in newest[: _count(channel, newest, read)]
    )
    told = {item.story.id for item in items}
    left = tuple(t for t in gone if t.story_id not in told)
    return Feed(
        channel=channel,
        items=items,
        updated=max(
            (*(item.story.updated for item in items), *(t.at for t in left), *([last] if last else [])),
            default=EMPTY_UPDATED,
        ),
        others=tuple(other for other in others if other.id != channel.id),
        gone=left,
        at=read.at if read and "news" in channel.formats else None,
    )


def outlived(feed: Feed) -> datetime | None:
    """Return when the next story of *feed* gets too old for its news sitemap; None where it has none, or no story."""
    at = feed.at
    ends = (item.story.published + NEWS_AGE for item in feed.items) if at else ()
    return min((end for end in ends if at and end > at), default=None)


def _extent(story: Story, policy: ContentPolicy) -> Extent:
    lead = story.members[0]
    return terms.extent(policy, lead.entry, lead.origin, local=lead.local)


def told_at(story: Story, at: datetime) -> Story:
    """Return *story* without copies that wait for their own day at that time: their titles are not out yet."""
    if not any(m.entry.release for m in story.members[1:]):
        return story
    copies = (m for m in story.members[1:] if m.entry.release is None or m.entry.release <= at)
    return replace(story, members=(story.members[0], *copies))


def _released(story: Story, read: Window | None) -> bool:
    return read is None or story.release is None or story.release <= read.at


def _count(channel: Channel, newest: Sequence[Story], read: Window | None) -> int:
    """How many of *newest* the channel holds."""
    if channel.archived.period or channel.archives:  # what is given is what no archive has
        return len(newest)
    if read is None or read.since is None:
        return channel.limit if channel.days <= 0 else len(newest)
    since = read.since
    return max(channel.limit, sum(story.published > since for story in newest))
