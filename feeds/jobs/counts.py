"""Requests of partners and what they prove, kept in memory and written together: not a write for each answer."""

import logging
import threading
from dataclasses import replace
from datetime import datetime
from typing import Literal

from feeds.errors import FeedsError
from feeds.model.partner import How, Traffic
from feeds.ports.partners import Ledger

logger = logging.getLogger(__name__)


class Counts:
    """Traffic that is not written yet. Threads may add at once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, str], Traffic] = {}
        self._proved: dict[datetime, set[tuple[str, str, str]]] = {}

    def add(
        self,
        partner_id: str,
        channel_id: str,
        now: datetime,
        how: How | Literal["cut"] | None,
        sent: int,
        newest: datetime | None,
    ) -> None:
        """Count one request (None: refused) or push with *sent* bytes of a body whose newest story is of *newest*."""
        day = now.strftime("%Y-%m-%d")
        with self._lock:
            key = (partner_id, channel_id, day)
            was = self._counts.get(key) or Traffic(partner_id=partner_id, channel_id=channel_id, day=day)
            self._counts[key] = replace(
                was,
                requests=was.requests + (how != "pushed"),
                full=was.full + (how in ("polled", "changes")),
                unchanged=was.unchanged + (how == "unchanged"),
                cut=was.cut + (how == "cut"),
                pushed=was.pushed + (how == "pushed"),
                refused=was.refused + (how is None),
                sent=was.sent + sent,
                last=now,
                newest=newest or was.newest,
            )

    def prove(self, document: tuple[str, str, str], now: datetime) -> None:
        """Keep that a partner named a document: partner, channel, etag."""
        with self._lock:
            self._proved.setdefault(now, set()).add(document)

    def flush(self) -> None:
        """Write what was counted and proved; what the store does not take now is written the next time."""
        self._flush_proved()
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

    def _flush_proved(self) -> None:
        with self._lock:
            proved, self._proved = self._proved, {}
        try:
            while proved:
                at = min(proved)
                self._ledger.proved(sorted(proved[at]), at)
                del proved[at]
        except FeedsError as error:
            logger.warning("proofs of partners wait: %s", error)
            with self._lock:
                for at, named in proved.items():
                    self._proved.setdefault(at, set()).update(named)


def _sum(one: Traffic, other: Traffic) -> Traffic:
    """Add up what was counted of one channel on one day, the second after the first."""
    names = ("requests", "full", "unchanged", "refused", "sent", "cut", "pushed")
    added = {name: getattr(one, name) + getattr(other, name) for name in names}
    return replace(other, **added, newest=other.newest or one.newest)
