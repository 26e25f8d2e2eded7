"""Many sources side by side, their answers in order: what both ways of asking share, and the way by threads."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from math import inf
from threading import Event
from time import monotonic

from feeds.fetch.lanes import Lanes, host_of
from feeds.model.quick import replace
from feeds.model.source import Fetched, Haste, Problem, Source, SourceState

Pair = tuple[Source, SourceState]
Ask = Callable[[Source, SourceState, Event], Fetched]
"""Ask one source; give up soon after the event is set. Never raises."""

Hurry = Callable[[int], Haste]
"""How much haste there is, given how many answers are under way or wait to be taken."""

PATIENCE = 1.0  # seconds until haste is looked for again where nothing else happens
HELD = 64 << 20  # bytes of answers that wait for their turn, above which no more are asked for


def unhurried(_ahead: int) -> Haste:
    """Ask all of them."""
    return "none"


class Round:
    """One call of `Fetch`: what is asked, what waits for its turn. One thread asks, another one may take."""

    def __init__(self, pairs: Sequence[Pair], lanes: Lanes, workers: int, hurry: Hurry = unhurried) -> None:
        self._hurry, self._haste = hurry, hurry(0)
        self.pairs, self._lanes, self._workers = pairs, lanes, max(workers, 1)
        self.asked: set[int] = set()
        self._since: dict[int, float] = {}  # when each of those was asked
        self.turn = 0
        self._ready: dict[int, Fetched] = {}
        self._came = self._went = 0  # bytes of documents, each counted by one thread alone

    @property
    def full(self) -> bool:
        """Whether so much waits for its turn that no more is asked for."""
        return self._came - self._went > HELD

    @property
    def closed(self) -> bool:
        """Whether no one else is asked."""
        return self._haste != "none"

    @property
    def over(self) -> bool:
        """Whether nothing is waited for any more."""
        return self._haste == "now" or (self.closed and not self.asked)

    def next(self, now: float) -> int | None:
        """Return the place of the source to ask now; the one whose turn it is even when much waits already."""
        if self._haste != "now" and (haste := self._hurry(len(self.asked) + len(self._ready))) != "none":
            self._haste = haste
        if (
            self.closed
            or len(self.asked) >= self._workers
            or (self.full and (self.turn in self._ready or self.turn in self.asked))
        ):
            return None
        place = self._lanes.take(now)
        if place is not None:
            self.asked.add(place)
            self._since[place] = now
        return place

    def rest(self, now: float) -> float:
        """Return the seconds until a host that rests may be asked; infinite where none does or there is no room."""
        return self._lanes.rest(now) if len(self.asked) < self._workers and not self.closed else inf

    def settle(self, place: int, fetched: Fetched, now: float) -> int:
        """Keep an answer for its turn, and return how many sources have theirs now.

        Where the host wants to be left alone, that is the answer for all that wait for it.
        """
        self._came += _weight(fetched)
        self._ready[place] = replace(fetched, took=timedelta(seconds=max(now - self._since.pop(place, now), 0.0)))
        self.asked.discard(place)  # after it is ready: else who takes could hold it for one that was not asked
        self._lanes.give_back(place, now)
        if fetched.status != 429 and not (fetched.status == 503 and fetched.retry_after):
            return 1
        spared = self._lanes.close(place)
        self._ready.update((other, _spared(self.pairs[other][0], fetched.retry_after)) for other in spared)
        return 1 + len(spared)

    def is_ready(self) -> bool:
        """Whether the turn can be taken: the answer came, or none is to come."""
        if self.turn in self._ready:
            return True
        return self.closed and (self._haste == "now" or self.turn not in self.asked)

    def take(self) -> Fetched | None:
        """Give the answer whose turn it is; None where the source was not asked, or was called off."""
        fetched = self._ready.pop(self.turn, None)
        self._went += _weight(fetched) if fetched else 0
        self.turn += 1
        return fetched


class Batch:
    """A round by threads: give its answers by iterating over `answers`. *clock* counts seconds."""

    def __init__(
        self,
        round: Round,
        ask: Ask,
        workers: int,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._round, self._ask, self._workers = round, ask, max(workers, 1)
        self._running: dict[Future[Fetched], int] = {}
        self._stop = Event()
        self._clock, self._sleep = clock, sleep or self._stop.wait

    def answers(self) -> Generator[Fetched | None, None, None]:
        """Give the answers in the order of the sources; when closed early, call off what is under way."""
        with ThreadPoolExecutor(self._workers, "fetch") as executor:
            try:
                for _ in self._round.pairs:
                    self._collect(0)
                    self._start(executor)
                    while not self._round.is_ready():
                        self._collect(min(self._round.rest(self._clock()), PATIENCE))
                        self._start(executor)
                    yield self._round.take()
            finally:
                self._stop.set()
                executor.shutdown(wait=True, cancel_futures=True)

    def _start(self, executor: ThreadPoolExecutor) -> None:
        while (place := self._round.next(self._clock())) is not None:
            source, state = self._round.pairs[place]
            self._running[executor.submit(self._ask, source, state, self._stop)] = place
        if self._round.over:
            self._stop.set()

    def _collect(self, seconds: float) -> None:
        """Take up what is done, waiting for that at most so long."""
        if not self._running:
            if seconds:
                self._sleep(seconds)
            return
        done, _ = wait(self._running, seconds, FIRST_COMPLETED)
        for future in done:
            self._round.settle(self._running.pop(future), future.result(), self._clock())


def _weight(fetched: Fetched) -> int:
    return sum(len(document.body) for document in fetched.documents) if fetched.documents else 0


def _spared(source: Source, retry_after: timedelta | None) -> Fetched:
    """What a source gets whose host asked a moment ago to be left alone (NET-36)."""
    problem = Problem(code="rate_limited", detail=f"{host_of(source)} asked for a pause; not asked again")
    return Fetched(outcome="failed", retry_after=retry_after, problem=problem)
