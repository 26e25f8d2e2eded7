"""Requests of partners, counted in memory and written together: a count must not cost a write for each answer."""

import logging
import threading
from dataclasses import replace
from datetime import datetime

from feeds.errors import FeedsError
from feeds.model.partner import How, Traffic
from feeds.ports import Ledger

logger = logging.getLogger(__name__)


class Counts:
    """Traffic that is not written yet. Threads may add at once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, str], Traffic] = {}

    def add(
        self, partner_id: str, channel_id: str, now: datetime, how: How | None, sent: int, newest: datetime | None
    ) -> None:
        """Count one request (None: refused) with *sent* bytes of a body whose newest story is of *newest*."""
        day = now.strftime("%Y-%m-%d")
        with self._lock:
            key = (partner_id, channel_id, day)
            was = self._counts.get(key) or Traffic(partner_id=partner_id, channel_id=channel_id, day=day)
            self._counts[key] = replace(
                was,
                requests=was.requests + 1,
                full=was.full + (how in ("polled", "changes")),
                unchanged=was.unchanged + (how == "unchanged"),
                refused=was.refused + (how is None),
                sent=was.sent + sent,
                last=now,
                newest=newest or was.newest,
            )

    def flush(self) -> None:
        """Write what was counted; what the store does not take now is written the next time."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts:
            return
        try:
            self._ledger.count(tuple(counts.values()))
        except FeedsError as error:
            logger.warning("partner counts wait: %s", error)
            with self._lock:
                for key, was in counts.items():
                    self._counts[key] = _sum(was, self._counts[key]) if key in self._counts else was


def _sum(one: Traffic, other: Traffic) -> Traffic:
    """Add up what was counted of one channel on one day, the second after the first."""
    names = ("requests", "full", "unchanged", "refused", "sent")
    added = {name: getattr(one, name) + getattr(other, name) for name in names}
    return replace(other, **added, newest=other.newest or one.newest)
