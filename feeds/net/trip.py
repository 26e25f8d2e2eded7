"""One call of the client: how long it may take, how much it may bring, whom it may reach.

The deadline covers everything: names, connections, handshakes, redirects, bodies. No timeout of requests or urllib3
does that (measured: a body of one byte in half a second runs 60 s with `timeout=(2, 3)`), for each is per read;
here every single wait asks the trip how long it may last.
"""

import queue
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TypeVar

from feeds.errors import FetchError
from feeds.net.addresses import Dial, Resolve, admitted, is_literal
from feeds.net.guard import Limits

T = TypeVar("T")
_Found = tuple[Sequence[str], Exception | None]

PULSE = 0.25  # seconds until a waiting trip notices that it was called off
LOOKUPS = threading.BoundedSemaphore(32)  # look-ups under way in this process: getaddrinfo cannot be interrupted
_STOP: ContextVar[threading.Event | None] = ContextVar("stop", default=None)


class Trip:
    """One call under way. Belongs to one thread; only *stop* may be set by another."""

    def __init__(self, limits: Limits, resolve: Resolve, dial: Dial) -> None:
        self.limits = limits
        self.private = False  # the present hop may reach any address
        self.reused = True  # the present hop rides on a connection that was open already
        self._resolve, self._dial = resolve, dial
        self._deadline = monotonic() + limits.total.total_seconds()
        self._stop = _STOP.get()

    def left(self, most: float = float("inf")) -> float:
        """Return how many seconds the next wait may last, at most *most*. Raises `FetchError` when time is up."""
        if self._stop and self._stop.is_set():
            raise FetchError("timeout", "called off")
        rest = self._deadline - monotonic()
        if rest <= 0:
            raise FetchError("timeout", f"not done in {self.limits.total.total_seconds():g} s")
        return min(rest, most)

    def connect(self, host: str, port: int) -> socket.socket:
        """Open a line to an address of *host* that was looked up and checked just now, so that no second look-up
        can answer otherwise (DNS rebinding)."""
        addresses = self._addresses(host, port)
        patience = self.limits.connect.total_seconds()
        failure: OSError = OSError()
        for address in addresses:
            share = 1 if address == addresses[-1] else 3  # leave time for the next one
            try:
                line = self._dial(address, port, self.left(patience / share))
            except OSError as error:
                failure = error
                continue
            self.reused = False
            rest = max(self._deadline - monotonic(), 0.001)  # never raises here, where the line would be lost
            line.settimeout(min(rest, self.limits.read.total_seconds()))  # bounds the whole TLS handshake
            return line
        code = "timeout" if isinstance(failure, TimeoutError) else "connect"
        raise FetchError(code, f"{host} port {port}") from failure

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        found = [host] if is_literal(host) else self._look_up(host, port)
        return admitted(found, host, port, private=self.private)

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        """Ask the resolver in a thread of its own, for it may hang far beyond our deadline."""
        answers: queue.SimpleQueue[_Found] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put((self._resolve(host, port), None))
            except Exception as error:  # handed to the thread that waits
                answers.put(((), error))
            finally:
                LOOKUPS.release()

        def take(seconds: float) -> _Found | None:
            try:
                return answers.get(timeout=seconds)
            except queue.Empty:
                return None

        self._wait(lambda seconds: LOOKUPS.acquire(timeout=seconds) or None)
        threading.Thread(target=ask, name=f"look up {host}", daemon=True).start()
        addresses, error = self._wait(take)
        if error:
            raise FetchError("dns", host) from error
        return addresses

    def _wait(self, attempt: Callable[[float], T | None]) -> T:
        while True:
            result = attempt(self.left(PULSE))
            if result is not None:
                return result


@contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
    """Call off the trips of this thread soon after *stop* is set: in a `PULSE`, or in one connection attempt."""
    token = _STOP.set(stop)
    try:
        yield
    finally:
        _STOP.reset(token)
