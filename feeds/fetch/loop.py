"""Many feeds side by side by libcurl, in one thread of its own: asking goes on while answers are read."""

from collections.abc import Callable, Generator
from threading import Event, Thread
from time import monotonic

from feeds.fetch.batch import Round
from feeds.model.source import Fetched, Source, SourceState
from feeds.net import Journey
from feeds.net.multi import Multi

Begin = Callable[[Source, SourceState], Journey[Fetched]]
"""The journey that asks one source. Never raises."""

PATIENCE = 1.0  # seconds of one step without any event


class Loop:
    """A round by libcurl: give its answers by iterating over `answers`."""

    def __init__(self, round: Round, begin: Begin, multi: Multi[Fetched]) -> None:
        self._round, self._begin, self._multi = round, begin, multi
        self._stop, self._came = Event(), Event()
        self._waits = False  # for room
        self._error: BaseException | None = None

    def answers(self) -> Generator[Fetched, None, None]:
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
        left = len(self._round.pairs)
        while left and not self._stop.is_set():
            now = monotonic()
            while (place := self._round.next(now)) is not None:
                self._multi.begin(place, self._begin(*self._round.pairs[place]))
            self._waits = self._round.full
            ended = self._multi.step(min(PATIENCE, self._round.rest(now)))
            now = monotonic()
            for place, fetched in ended:
                left -= self._round.settle(place, fetched, now)
            if ended and self._round.is_ready():
                self._came.set()
