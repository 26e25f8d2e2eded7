"""Whom to ask next: one lane for each host, so that a slow host holds up nobody else and none is asked too fast."""

import heapq
import re
from collections import deque
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from feeds.model.source import Source

_HOST = re.compile(r"[^:/?#]+://(?:[^/?#@]*@)?(\[[^/?#\]]*\]|[^/?#:]*)")


class Room(NamedTuple):
    """How fast a host may be asked: *most* requests at a time, *spacing* seconds apart at least."""

    most: int
    spacing: float = 0.0


@dataclass(slots=True)
class _Lane:
    """The sources of one host that wait, by place, and how many of them are being asked."""

    host: str
    room: Room
    free: float  # when the next may be asked
    waiting: deque[int] = field(default_factory=deque)
    busy: int = 0
    offered: bool = False


class Lanes:
    """Which source may be asked next: the first in order whose host has room.

    *rests* keeps, by host, when it may be asked again: what one batch leaves, the next one finds. Hosts that it does
    not name were asked at *since* at the latest.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        room: Callable[[Source], Room],
        rests: MutableMapping[str, float],
        now: float,
        since: float = -inf,
    ) -> None:
        self._rests = rests
        for host in [host for host, free in rests.items() if free <= now]:
            del rests[host]
        by_host: dict[str, _Lane] = {}
        self._lanes: list[_Lane] = []
        self._offers: list[int] = []
        self._resting: list[tuple[float, str]] = []
        for place, source in enumerate(sources):
            host = host_of(source)
            lane = by_host.get(host)
            if lane is None:
                space = room(source)
                lane = by_host[host] = _Lane(host, space, rests.get(host, since + space.spacing))
            lane.waiting.append(place)
            self._lanes.append(lane)
        self._by_host = by_host
        for lane in by_host.values():
            self._offer(lane, now)

    def take(self, now: float) -> int | None:
        """Return the place of the source to ask next; None while every host is busy or rests."""
        while self._resting and self._resting[0][0] <= now:
            lane = self._by_host[heapq.heappop(self._resting)[1]]
            lane.offered = False
            self._offer(lane, now)
        while self._offers:
            lane = self._lanes[heapq.heappop(self._offers)]
            lane.offered = False
            if lane.waiting:
                lane.busy += 1
                if lane.room.spacing:
                    lane.free = self._rests[lane.host] = now + lane.room.spacing
                place = lane.waiting.popleft()
                self._offer(lane, now)
                return place
        return None

    def rest(self, now: float) -> float:
        """Return how many seconds from *now* the first host that rests may be asked again; infinite where none does."""
        return max(self._resting[0][0] - now, 0.0) if self._resting else inf

    def give_back(self, place: int, now: float) -> None:
        lane = self._lanes[place]
        lane.busy -= 1
        self._offer(lane, now)

    def close(self, place: int) -> list[int]:
        """Return all that wait for the host of *place*: they will not be asked."""
        waiting = self._lanes[place].waiting
        places = list(waiting)
        waiting.clear()
        return places

    def _offer(self, lane: _Lane, now: float) -> None:
        if lane.waiting and lane.busy < lane.room.most and not lane.offered:
            lane.offered = True
            if lane.free > now:
                heapq.heappush(self._resting, (lane.free, lane.host))
            else:
                heapq.heappush(self._offers, lane.waiting[0])


def host_of(source: Source) -> str:
    """The lane of a source: the host of its url, or the source itself where it is on disk."""
    if source.kind == "feed" and (found := _HOST.match(source.location)):
        return found[1].lower()
    return f"{source.kind} {source.id}"
