"""Archives of a channel (RFC 5005): what was told before what the feed tells now, a document a period.

A period is a day, a month or a year, in UTC. It is closed an hour after its end; from then on its document is not
written for a story that comes later, or that is corrected: it changes where one is taken back or returns, where one
joins or leaves the channel by its categories, and to link to the one that follows. So a story that was first seen after
its period closed is filed under the period in which it was seen. What a channel held when its first archive was made is
filed by its dates alone.

The feed itself tells all that is filed under the period that is still open, however much it is and whatever its dates:
each story is in the feed or in an archive.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from feeds.model.channel import Archived, Channel, Format, Period, Rhythm
from feeds.model.names import ChannelName
from feeds.model.quick import replace

GRACE = timedelta(hours=1)
"""What was first seen so shortly after a period is told in it: a poll may have been under way."""

FORMATS: tuple[Format, ...] = ("atom", "rss", "json")
_LENGTHS: dict[int, Rhythm] = {4: "year", 7: "month", 10: "day"}


def period(rhythm: Rhythm, at: datetime) -> Period:
    """Return the period that *at* is in: `2026`, `2026-02` or `2026-02-03`."""
    return at.astimezone(UTC).date().isoformat()[: {"year": 4, "month": 7, "day": 10}[rhythm]]


def rhythm_of(found: Period) -> Rhythm:
    return _LENGTHS[len(found)]


def bounds(found: Period) -> tuple[datetime, datetime]:
    """Return the first moment of a period, and the first one after it."""
    begin = datetime.fromisoformat(found + "-01" * ((10 - len(found)) // 3)).replace(tzinfo=UTC)
    match rhythm_of(found):
        case "day":
            return begin, begin + timedelta(days=1)
        case "month":
            return begin, (begin + timedelta(days=31)).replace(day=1)
        case "year":
            return begin, begin.replace(year=begin.year + 1)


def closes(found: Period) -> datetime:
    """Return when a period is closed."""
    return bounds(found)[1] + GRACE


def still_open(rhythm: Rhythm, now: datetime) -> Period:
    """Return the first period that is not closed at *now*."""
    return period(rhythm, now - GRACE)


def filed(rhythm: Rhythm, published: datetime, first_seen: datetime, born: datetime) -> Period:
    """Return the period that a story is filed under, in a channel whose archives began at *born*."""
    own = period(rhythm, published)
    return own if first_seen <= born or first_seen < closes(own) else period(rhythm, first_seen - GRACE)


def closed(rhythm: Rhythm, dates: Iterable[tuple[datetime, datetime]], born: datetime, now: datetime) -> list[Period]:
    """Return the closed periods of stories, given when each was published and first seen, the oldest first."""
    current = still_open(rhythm, now)
    return sorted({p for told, seen in dates if (p := filed(rhythm, told, seen, born)) < current})


def touched(rhythm: Rhythm, published: datetime, first_seen: datetime) -> set[Period]:
    """Return the periods under which a story may be filed, whenever the archives began."""
    return {period(rhythm, published), period(rhythm, first_seen - GRACE)}


def archive(channel: Channel, found: Period, periods: Sequence[Period]) -> Channel:
    """Return the channel that *channel*'s archive of one period is; *periods* are all that it has, in order."""
    place = periods.index(found)
    return replace(
        channel,
        id=ChannelName.of(channel.id).archive(found).id,
        formats=tuple(f for f in channel.formats if f in FORMATS),
        hubs=(),
        tombstones=timedelta(0),
        archived=Archived(
            period=found,
            before=periods[place - 1] if place else "",
            after=periods[place + 1] if place + 1 < len(periods) else "",
            page="html" in channel.formats,
        ),
    )


def with_last(channel: Channel, periods: Sequence[Period]) -> Channel:
    """Return *channel*, which leads on to the last of its archives."""
    return replace(channel, archived=Archived(before=periods[-1])) if periods else channel
