"""Many feeds side by side by libcurl, in one thread of its own: asking goes on while answers are read."""

from collections.abc import Callable, Generator, Sequence
from threading import Event, Thread
from time import monotonic
from typing import Protocol

from feeds.fetch.batch import PATIENCE, Round
from feeds.model.source import Fetched, Source, SourceState
from feeds.net import Journey

Begin = Callable[[Source, SourceState], Journey[Fetched]]
"""The journey that asks one source. Never raises."""

MANY = 32  # answers that are worth waking whoever takes them: a switch of threads costs as much as an answer of 304
SOON = 0.05  # seconds after which one is worth it


class Carrier(Protocol):
    """What carries journeys side by side: `net.multi.Multi`, whose promises these are."""

    def begin(self, key: int, journey: Journey[Fetched]) -> None: ...

    def step(self, seconds: float) -> Sequence[tuple[int, Fetched]]: ...

    def wake(self) -> None: ...

    def call_off(self) -> None: ...


class Loop:
    """A round by libcurl: give its answers by iterating over `answers`. *clock* counts seconds."""

    def __init__(self, round: Round, begin: Begin, multi: Carrier, clock: Callable[[], float] = monotonic) -> None:
        self._round, self._begin, self._multi, self._clock = round, begin, multi, clock
        self._stop, self._came = Event(), Event()
        self._waits = False  # for room
        self._error: BaseException | None = None

    def answers(self) -> Generator[Fetched | None, None, None]:
        """Give the answers in the order of the sources; when closed early, call off what is under way."""
        thread = Thread(target=self._run, name="fetch", daemon=True)
        thread.start()
        try:
            for _ in self._round.pairs:
                self._await()
                yield self._round.take()
                if self._waits:
                    self._multi.wake()
        finally:
            self._stop.set()
            self._multi.wake()
            thread.join()

    def _await(self) -> None:
        while not self._round.is_ready():
            self._came.clear()
            if self._round.is_ready():  # it came meanwhile
                return
            if self._error:
                raise self._error
            self._came.wait()

    def _run(self) -> None:
        try:
            self._ask_all()
        except BaseException as error:  # the thread that waits must not wait for ever
            self._error = error
        finally:
            self._multi.call_off()
            self._came.set()

    def _ask_all(self) -> None:
        left, kept, since = len(self._round.pairs), 0, 0.0
        while left and not self._stop.is_set() and not self._round.over:
            now = self._clock()
            while (place := self._round.next(now)) is not None:
                self._multi.begin(place, self._begin(*self._round.pairs[place]))
            self._waits = self._round.full
            if self._round.closed:  # whoever waits for one that is not asked goes on
                self._came.set()
            owing = kept and self._round.is_ready()
            ended = self._multi.step(min(SOON if owing else PATIENCE, self._round.rest(now)))
            now = self._clock()
            for place, fetched in ended:
                left -= self._round.settle(place, fetched, now)
            since = since if kept else now
            kept += len(ended)
            if kept and self._round.is_ready() and (kept >= MANY or self._round.full or now - since >= SOON):
                self._came.set()
                kept = 0
