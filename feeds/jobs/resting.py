"""Channels that are put off until somebody asks for them: what changed only adds, and nobody asks for them."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from feeds.core.partners import agreement
from feeds.core.publishing.compose import window
from feeds.core.publishing.resting import Around, hot
from feeds.errors import StaleView
from feeds.jobs import sources
from feeds.jobs.work import Work
from feeds.model.channel import Channel

logger = logging.getLogger(__name__)

BATCH = 20  # channels that are put off in one transaction: who marks them waits for its end


def put_off(
    marks: Sequence[tuple[str, datetime]], channels: Mapping[str, Channel], work: Work, now: datetime
) -> frozenset[str]:
    """Put off those marked channels that nobody has to see at once; none before it is known who asks for what."""
    resting = work.ports.resting
    begun = resting.begun() if resting and work.settings.site.rest_after else None
    if resting is None or begun is None:
        return frozenset()
    calm = resting.calm([id for id, _ in marks if id in channels], now)
    if not calm:
        return frozenset()
    around = _around(channels, work, now)
    cold = {id for id, asked in calm.items() if not hot(channels[id], around, max(begun, asked or begun), now)}
    off: set[str] = set()
    waiting = [(window(channels[id], now), mark) for id, mark in marks if id in cold]
    for start in range(0, len(waiting), BATCH):
        try:
            off |= resting.put_off(waiting[start : start + BATCH], now)
        except StaleView as error:  # they are brought out
            logger.info("put off gave way reason=%s", error)
    return frozenset(off)


def _around(channels: Mapping[str, Channel], work: Work, now: datetime) -> Around:
    settings, front, resting = work.settings, sources.river(channels), work.ports.resting
    categories = work.ports.archive.categories() if settings.partners else {}
    return Around(
        settings=settings,
        front=front.id if front else "",
        subscribed=resting.subscribed(now) if resting and settings.push.builtin else frozenset(),
        partnered={c.id for p in settings.partners for c in agreement.names(p, settings, categories)},
    )
