"""The page of who is read. It goes out just before the front page: what stops between the two leaves a mark."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from feeds.core.publishing import pages
from feeds.core.publishing.compose import EMPTY_UPDATED
from feeds.core.sorting.channels import siblings
from feeds.jobs.work import Work
from feeds.model.channel import Channel, Feed, Rendered
from feeds.render import render


def river(channels: Mapping[str, Channel]) -> Channel | None:
    """Return the front page's channel, beside which the page of sources stands; None where there is no such page."""
    found = next((c for c in channels.values() if c.category is None and "html" in c.formats), None)
    return found if found and found.sources else None


def bring_out(
    channels: Mapping[str, Channel], taken: frozenset[str], work: Work, mark: datetime | None, now: datetime
) -> tuple[str, ...]:
    """Bring the page out, or take it away; return the paths that were written. Raises `OutputError`."""
    ports, front = work.ports, river(channels)
    channel = pages.sources(front) if front else None
    if front is None or channel is None or any(channel.file(format) in taken for format in channel.formats):
        ports.remove(ports.outbox.ended([pages.SOURCES], now))
        return ()
    heard = ports.archive.heard([c.id for c in channels.values() if "html" in c.formats], now)
    feed = Feed(
        channel=channel,
        items=(),
        updated=max((one.published for one in heard), default=EMPTY_UPDATED),
        others=siblings(channel, tuple(channels.values())),
        sources=heard,
    )
    rendered: Rendered = render(feed)
    before = ports.outbox.places(channel.id)
    paths = ports.write(rendered.renditions)
    fresh = tuple(r for r in rendered.renditions if before.get(r.format) != (r.path, r.etag))
    if fresh or mark:
        ports.outbox.published(channel.id, mark, replace(rendered, renditions=fresh), (), now)
    return paths
