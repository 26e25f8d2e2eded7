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
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from time import monotonic
from typing import TypeVar

from feeds.errors import FetchError
from feeds.net.addresses import Dial, Resolve, interleaved, is_public

T = TypeVar("T")
_Found = tuple[Sequence[str], Exception | None]

ADDRESSES = 4  # tried for one host
PULSE = 0.25  # seconds until a waiting trip notices that it was called off
_LOOKUPS = threading.BoundedSemaphore(32)  # look-ups under way in this process: getaddrinfo cannot be interrupted
_STOP: ContextVar[threading.Event | None] = ContextVar("stop", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one call may take, all its redirects together."""

    total: timedelta = timedelta(seconds=20)
    connect: timedelta = timedelta(seconds=3)  # for one address
    read: timedelta = timedelta(seconds=5)  # of silence
    wire: int = 4 << 20  # bytes as sent
    body: int = 15 << 20  # bytes once decompressed
    head: int = 64 << 10  # bytes of one answer's status line and headers
    hops: int = 5


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
        addresses = interleaved(self._addresses(host, port), ADDRESSES)
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
        """Return the addresses of *host*; one bad one spoils them all, for which is used is left to chance."""
        addresses = [host] if _is_literal(host) else self._look_up(host, port)
        if not addresses:
            raise FetchError("dns", host)
        if not self.private and not all(map(is_public, addresses)):
            raise FetchError("address", f"{host} port {port}")
        return addresses

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        """Ask the resolver in a thread of its own, for it may hang far beyond our deadline."""
        answers: queue.SimpleQueue[_Found] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put((self._resolve(host, port), None))
            except Exception as error:  # handed to the thread that waits
                answers.put(((), error))
            finally:
                _LOOKUPS.release()

        def take(seconds: float) -> _Found | None:
            try:
                return answers.get(timeout=seconds)
            except queue.Empty:
                return None

        self._wait(lambda seconds: _LOOKUPS.acquire(timeout=seconds) or None)
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


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
