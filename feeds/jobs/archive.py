"""Archives beside a channel: periods are closed in time, and each is brought out as a channel of its own.

Closing marks the archive and the one before it, which links to it from then on; a retraction marks the archives that
may hold its story. A mark of an archive that is not there makes it where it has a story by now, and else does nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from feeds.core.publishing import archives
from feeds.jobs import pictures
from feeds.model.changes import Mark
from feeds.model.channel import Channel, Period
from feeds.model.names import ChannelName
from feeds.model.story import Story
from feeds.ports import Ports


def close(channel: Channel, ports: Ports, now: datetime) -> Channel:
    """Close the periods of *channel* that are over; return it with a link to the last one.

    Archives that are not wanted any more, or of another length, end.
    """
    born, periods = ports.outbox.archives(channel.id)
    unwanted = [p for p in periods if not channel.archives or archives.rhythm_of(p) != channel.archives]
    if unwanted or (born and not channel.archives):
        _end(channel, unwanted if channel.archives else [*unwanted, ""], ports, now)
        periods = tuple(p for p in periods if p not in unwanted)
    if not channel.archives:
        return channel
    current = archives.still_open(channel.archives, now)
    since = archives.bounds(periods[-1])[1] if periods else datetime.min.replace(tzinfo=now.tzinfo)
    fresh = archives.closed(channel.archives, ports.archive.dates(channel.id, since), born or now, now)
    fresh = [p for p in fresh if p not in periods]
    again = Mark(channel_id=channel.id, due=archives.closes(current))
    name = ChannelName.of(channel.id)
    marks = [Mark(channel_id=name.archive(p).id, due=now) for p in (*periods[-1:], *fresh) if fresh]
    ports.outbox.close(channel.id, fresh if born else ["", *fresh], [*marks, again], now)
    return archives.with_last(channel, sorted({*periods, *fresh}))


def find(id: str, channels: dict[str, Channel], ports: Ports, now: datetime) -> Channel | None:
    """Return the channel that a mark names: one of *channels*, or an archive of one; None where it is there no more.

    An archive of a period that is over and had no story is made when it has one.
    """
    name = ChannelName.of(id)
    period = name.period
    channel = channels.get(id) or channels.get(name.channel)
    if channel is None or not period or channel.id == id:
        return channel
    born, periods = ports.outbox.archives(channel.id)
    wanted = born is not None and channel.archives == archives.rhythm_of(period) and archives.closes(period) <= now
    if wanted and period not in periods and _filed(channel.id, period, ports, now):
        periods = tuple(sorted({*periods, period}))  # a story of that time appeared: see reach.py
        place = periods.index(period)
        beside = (*periods[:place][-1:], *periods[place + 1 :][:1])
        ids = (channel.id, *(name.archive(p).id for p in beside))
        ports.outbox.close(channel.id, [period], [Mark(channel_id=i, due=now) for i in ids], now)
    return archives.archive(channel, period, periods) if period in periods else None


def stories(channel: Channel, ports: Ports, now: datetime) -> Sequence[Story]:
    """Return the stories of an archive."""
    name = ChannelName.of(channel.id)
    return _filed(name.channel, name.period, ports, now)


def late(channel: Channel, ports: Ports, now: datetime) -> Sequence[Story]:
    """Return the stories that no archive has yet, whatever their dates: the feed tells them until theirs is made."""
    if not channel.archives:
        return ()
    return _filed(channel.id, archives.still_open(channel.archives, now), ports, now)


def _filed(name: str, period: Period, ports: Ports, now: datetime) -> list[Story]:
    """The stories of channel *name* that are filed under *period*."""
    born, _ = ports.outbox.archives(name)
    start, end = archives.bounds(period)
    rhythm = archives.rhythm_of(period)
    found = ports.archive.told(name, start, end + archives.GRACE, now)
    return [s for s in found if archives.filed(rhythm, s.published, s.first_seen, born or now) == period]


def _end(channel: Channel, periods: Sequence[Period], ports: Ports, now: datetime) -> None:
    ids = [ChannelName.of(channel.id).archive(p).id for p in periods if p]
    pictures.take_down(ids, ports)
    ports.remove(ports.outbox.ended(ids, now))
    ports.outbox.reopen(channel.id, periods)
