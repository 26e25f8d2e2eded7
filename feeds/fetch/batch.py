"""Many sources side by side: one lane for each host, so that a slow host holds up nobody else."""

import heapq
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from urllib.parse import urlsplit

from feeds.model.source import Fetched, Problem, Source, SourceState

Pair = tuple[Source, SourceState]
Ask = Callable[[Source, SourceState, Event], Fetched]
"""Ask one source; give up soon after the event is set. Never raises."""

HELD = 64 << 20  # bytes of answers that wait for their turn, above which no more are asked for


@dataclass(slots=True)
class _Lane:
    """The sources of one host that wait, by place, and how many of them are being asked."""

    waiting: deque[int] = field(default_factory=deque)
    busy: int = 0
    offered: bool = False


class _Lanes:
    """Which source may be asked next: the first in order whose host has room."""

    def __init__(self, sources: Sequence[Source], per_host: int) -> None:
        self._per_host = max(per_host, 1)
        by_host: dict[str, _Lane] = {}
        self._lanes = [by_host.setdefault(_host(source), _Lane()) for source in sources]
        self._offers: list[int] = []
        for place, lane in enumerate(self._lanes):
            lane.waiting.append(place)
        for lane in by_host.values():
            self._offer(lane)

    def take(self) -> int | None:
        """Return the place of the source to ask next; None while every host is busy."""
        while self._offers:
            lane = self._lanes[heapq.heappop(self._offers)]
            lane.offered = False
            if lane.waiting:
                lane.busy += 1
                place = lane.waiting.popleft()
                self._offer(lane)
                return place
        return None

    def give_back(self, place: int) -> None:
        lane = self._lanes[place]
        lane.busy -= 1
        self._offer(lane)

    def close(self, place: int) -> list[int]:
        """Return all that wait for the host of *place*: they will not be asked."""
        waiting = self._lanes[place].waiting
        places = list(waiting)
        waiting.clear()
        return places

    def _offer(self, lane: _Lane) -> None:
        if lane.waiting and lane.busy < self._per_host and not lane.offered:
            lane.offered = True
            heapq.heappush(self._offers, lane.waiting[0])


class Batch:
    """One call of `Fetch`: give its answers by iterating over `answers`."""

    def __init__(self, pairs: Sequence[Pair], ask: Ask, per_host: int, workers: int) -> None:
        self._pairs, self._ask, self._workers = pairs, ask, max(workers, 1)
        self._lanes = _Lanes([source for source, _ in pairs], per_host)
        self._running: dict[Future[Fetched], int] = {}
        self._ready: dict[int, Fetched] = {}
        self._held = 0  # bytes of documents in _ready
        self._stop = Event()

    def answers(self) -> Iterator[Fetched]:
        """Give the answers in the order of the sources; when closed early, call off what is under way."""
        with ThreadPoolExecutor(self._workers, "fetch") as executor:
            try:
                for turn in range(len(self._pairs)):
                    self._collect(timeout=0)
                    self._start(executor, turn)
                    while turn not in self._ready:
                        self._collect(timeout=None)
                        self._start(executor, turn)
                    fetched = self._ready.pop(turn)
                    self._held -= _weight(fetched)
                    yield fetched
            finally:
                self._stop.set()
                executor.shutdown(wait=True, cancel_futures=True)

    def _start(self, executor: ThreadPoolExecutor, turn: int) -> None:
        """Ask as many as may be asked; the one whose *turn* it is even when much is held already."""
        while len(self._running) < self._workers:
            if self._held > HELD and (turn in self._ready or turn in self._running.values()):
                return
            place = self._lanes.take()
            if place is None:
                return
            source, state = self._pairs[place]
            self._running[executor.submit(self._ask, source, state, self._stop)] = place

    def _collect(self, timeout: float | None) -> None:
        done, _ = wait(self._running, timeout, FIRST_COMPLETED)
        for future in done:
            place = self._running.pop(future)
            fetched = self._ready[place] = future.result()
            self._held += _weight(fetched)
            self._lanes.give_back(place)
            if fetched.status == 429 or (fetched.status == 503 and fetched.retry_after):
                for other in self._lanes.close(place):
                    self._ready[other] = _spared(self._pairs[other][0], fetched.retry_after)


def _weight(fetched: Fetched) -> int:
    return sum(len(document.body) for document in fetched.documents)


def _spared(source: Source, retry_after: timedelta | None) -> Fetched:
    """What a source gets whose host asked a moment ago to be left alone (NET-36)."""
    problem = Problem(code="rate_limited", detail=f"{_host(source)} asked for a pause; not asked again")
    return Fetched(outcome="failed", retry_after=retry_after, problem=problem)


def _host(source: Source) -> str:
    """The lane of a source: the host of its url, or the source itself where it is on disk."""
    if source.kind == "feed":
        try:
            return urlsplit(source.location).hostname or ""
        except ValueError:
            pass
    return f"{source.kind} {source.id}"
