"""Many journeys side by side in one thread: libcurl's sockets and clocks, and the look-up of names beside them."""

import select
import socket
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from math import inf
from threading import Thread
from time import monotonic
from typing import Any, Generic, TypeVar
from weakref import finalize

from feeds.errors import FetchError
from feeds.net.body import Said
from feeds.net.curl import Line, libcurl
from feeds.net.guard import Guard, Hop, Journey
from feeds.net.trip import LOOKUPS, PULSE

T = TypeVar("T")

KEPT = 256  # connections kept open: sources of one host do not come one after the other


class Multi(Generic[T]):
    """Carries journeys side by side, each under the key that it was begun with. Belongs to one thread but for `wake`.

    Between `step`s nothing moves: whoever began journeys steps until all have ended, or calls them off.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._multi = libcurl.CurlMulti()
        self._multi.setopt(libcurl.M_MAXCONNECTS, KEPT)
        # Neither knows this object: a circle through libcurl would keep descriptors open until the collector comes by.
        self._poll, self._timer = select.poll(), _Timer()
        self._multi.setopt(libcurl.M_SOCKETFUNCTION, partial(_watch_socket, self._poll))
        self._multi.setopt(libcurl.M_TIMERFUNCTION, self._timer.set)
        self._check = inf  # when the lines are looked at
        self._serial = 0
        self._busy: dict[int, Line[T]] = {}
        self._idle: list[Line[T]] = []
        self._ended: list[tuple[int, T]] = []
        self._nameless: deque[Line[T]] = deque()  # lines whose name is to be looked up
        self._found: deque[tuple[Line[T], int, Sequence[str]]] = deque()
        self._ear, self._mouth = socket.socketpair()
        self._ear.setblocking(False)
        self._mouth.setblocking(False)
        self._poll.register(self._ear, select.POLLIN)
        self._closed = finalize(self, _close, self._ear, self._mouth)

    def __len__(self) -> int:
        """How many journeys are under way."""
        return len(self._busy)

    def begin(self, key: int, journey: Journey[T]) -> None:
        line = self._idle.pop() if self._idle else Line[T](self._guard)
        line.key, line.journey = key, journey
        now = monotonic()
        line.deadline = now + self._guard.limits.total.total_seconds()
        self._check = min(self._check, now + PULSE)
        self._busy[key] = line
        self._advance(line)

    def step(self, seconds: float) -> list[tuple[int, T]]:
        """Move on for at most so many seconds, and return what has ended: key and what the journey returned."""
        now = monotonic()
        wait = 0.0 if self._ended else max(min(seconds, self._timer.due - now, self._check - now, PULSE), 0.0)
        for file, event in self._poll.poll(wait * 1000):
            if file == self._ear.fileno():
                with suppress(BlockingIOError):
                    self._ear.recv(4096)
            else:
                self._multi.socket_action(file, _action(event))
        if self._timer.due <= monotonic():
            self._timer.due = inf
            self._multi.socket_action(libcurl.SOCKET_TIMEOUT, 0)
        self._reap()
        self._name()
        self._watch()
        ended, self._ended = self._ended, []
        return ended

    def wake(self) -> None:
        """Make a `step` that waits return soon. For any thread."""
        with suppress(OSError):  # it is full of calls already, or closed
            self._mouth.send(b"!")

    def call_off(self) -> None:
        """Forget all journeys."""
        for line in list(self._busy.values()):
            line.journey.close()
            self._rest(line)
        self._nameless.clear()
        self._ended.clear()

    def close(self) -> None:
        self.call_off()
        for line in self._idle:
            line.easy.close()
        self._multi.close()
        self._closed()

    def _reap(self) -> None:
        """Take up what libcurl has finished with, well or not."""
        more = True
        while more:
            more, good, bad = self._multi.info_read()
            for easy in good:
                self._finished(easy.line, 0, "")
            for easy, code, words in bad:
                self._finished(easy.line, code, words)

    def _finished(self, line: Line[T], code: int, words: str) -> None:
        self._multi.remove_handle(line.easy)
        line.busy = False
        if line.nameless and not line.fault:
            self._nameless.append(line)
            return
        try:
            said = line.outcome(code, words)
        except FetchError as error:
            self._advance(line, None, error)
        else:
            self._advance(line, said)

    def _advance(self, line: Line[T], said: Said | None = None, error: FetchError | None = None) -> None:
        """Tell the journey what came of its exchange; send the next one, or note what the journey returned."""
        while True:
            try:
                hop = line.journey.throw(error) if error else line.journey.send(said)  # type: ignore[arg-type]  # begins
            except StopIteration as end:
                self._ended.append((line.key, end.value))
                self._rest(line)
                return
            try:
                self._serial += 1
                line.load(hop, self._serial, monotonic())
                self._start(line)
            except FetchError as fault:
                said, error = None, fault
            else:
                return

    def _start(self, line: Line[T]) -> None:
        self._multi.add_handle(line.easy)
        line.busy = True

    def _rest(self, line: Line[T]) -> None:
        if line.busy:
            self._multi.remove_handle(line.easy)
        del self._busy[line.key]
        line.rest()
        self._idle.append(line)

    def _name(self) -> None:
        """Go on where a name was found; look up those that wait, as far as look-ups are free."""
        while self._found:
            line, serial, found = self._found.popleft()
            if line.serial == serial:
                self._dial(line, found)
        while self._nameless and LOOKUPS.acquire(blocking=False):
            line = self._nameless.popleft()
            if line.serial and not line.busy:
                Thread(target=self._look_up, args=(line, line.serial, line.hop), daemon=True).start()
            else:
                LOOKUPS.release()

    def _dial(self, line: Line[T], found: Sequence[str]) -> None:
        try:
            line.resolve(found)
        except FetchError as error:
            self._advance(line, None, error)
        else:
            self._start(line)

    def _watch(self) -> None:
        """End what takes too long."""
        now = monotonic()
        if now < self._check:
            return
        self._check = now + PULSE if self._busy else inf
        for line in list(self._busy.values()):
            if error := line.watch(now):
                if line.busy:
                    self._multi.remove_handle(line.easy)
                    line.busy = False
                self._advance(line, None, error)

    def _look_up(self, line: Line[T], serial: int, hop: Hop) -> None:
        """Ask the resolver, in a thread of its own, for it may hang far beyond our deadline."""
        found: Sequence[str] = ()
        try:
            with suppress(Exception):  # whatever it is, the name was not found
                found = self._guard.resolve(hop.target.host, hop.target.port)
        finally:
            LOOKUPS.release()
        self._found.append((line, serial, found))
        self.wake()


def _close(*lines: socket.socket) -> None:
    for line in lines:
        line.close()


class _Timer:
    """When libcurl wants to be called; infinite where it need not be."""

    due = inf

    def set(self, milliseconds: int) -> None:
        self.due = inf if milliseconds < 0 else monotonic() + milliseconds / 1000


def _watch_socket(poll: select.poll, event: int, file: int, _multi: Any, _known: Any) -> None:
    """Watch a socket for what libcurl waits for on it, or no longer."""
    if event == libcurl.POLL_REMOVE:
        with suppress(KeyError):
            poll.unregister(file)
    else:
        poll.register(file, _POLLED[event])


_POLLED = {1: select.POLLIN, 2: select.POLLOUT, 3: select.POLLIN | select.POLLOUT}


def _action(event: int) -> int:
    """Return what `poll` saw in libcurl's words: to read, to write, broken."""
    broken = event & (select.POLLERR | select.POLLHUP | select.POLLNVAL)
    return bool(event & select.POLLIN) | bool(event & select.POLLOUT) << 1 | bool(broken) << 2
