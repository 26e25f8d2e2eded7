"""The connections of one server: how many there are, of whom, and which of them take too long."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from feeds.web.front import Front
from feeds.web.wire.client import household, is_local
from feeds.web.wire.heard import Memory
from feeds.web.wire.http import Answer
from feeds.web.wire.sendfile import Files

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
SWEEPS = 60  # until files that nobody asks for are closed
SLOW_SECONDS = 1.0  # for the headers of a request, where others wait for a place: a slow line sends 32 KB in that time


class AtHand(Protocol):
    """What the short way asks of the application."""

    front: Front

    def at_hand(self, target: bytes, raw: Sequence[tuple[bytes, bytes]], peer: str) -> Answer | None: ...


class Member(Protocol):
    """One connection; *since* is when what it waits for began."""

    loop: asyncio.AbstractEventLoop
    since: float

    @property
    def idle(self) -> bool: ...

    @property
    def begun(self) -> bool: ...

    def check(self, now: float, patience: float) -> None: ...

    def end(self) -> None: ...

    def abort(self) -> None: ...


class Crowd:
    """The connections of one server: how many there are, of whom, and which of them take too long.

    *answered* is told how many answers of a status went the short way, every second and at the end. *files* has the
    large ones; without it all are copied.
    """

    def __init__(
        self,
        site: AtHand,
        answered: Callable[[int, int], None] = lambda *_: None,
        *,
        patience: float = 1.0,
        files: Files | None = None,
    ) -> None:
        self.site, self._answered = site, answered
        self.counts: Counter[int] = Counter()
        self._patience = patience
        self._of: dict[str, int] = {}
        self._open: dict[Member, str] = {}  # in the order of arrival
        self._sweeper: asyncio.TimerHandle | None = None
        self._warned = -1e9
        self._lines: list[tuple[bytes, bytes]] = []
        self._date = b""
        self.memory = Memory()
        self.files = files
        self._sweeps = 0

    @property
    def connections(self) -> int:
        return len(self._open)

    def admits(self, connection: Member, peer: str) -> bool:
        """Take a connection in; False where its client has too many.

        The oldest idle one makes place for it, else the oldest whose request is slow to come: a swarm of those would
        hold every place for `HEAD_SECONDS` otherwise (SRV-23).
        """
        loop = connection.loop
        server = self.site.front.server  # which a reload may replace
        counted = "" if is_local(peer) or self.site.front.peers.trusts(peer) else household(peer)
        if counted and self._of.get(counted, 0) >= server.connections_per_client:
            return False
        if len(self._open) >= server.connections:
            if loop.time() - self._warned > 60:
                self._warned = loop.time()
                logger.warning("connections full most=%d", server.connections)
            spare = next((each for each in self._open if each.idle), None)
            slow = loop.time() - SLOW_SECONDS * self._patience
            spare = spare or next((each for each in self._open if each.begun and each.since < slow), None)
            if spare is None:
                return False
            self.leaves(spare)
            spare.end()
        self._open[connection] = counted
        if counted:
            self._of[counted] = self._of.get(counted, 0) + 1
        if self._sweeper is None:
            self._sweeper = loop.call_later(SWEEP_SECONDS * self._patience, self._sweep, loop)
        return True

    def leaves(self, connection: Member) -> None:
        counted = self._open.pop(connection, "")
        if counted:
            self._of[counted] -= 1
            if not self._of[counted]:
                del self._of[counted]

    def cut(self) -> None:
        """End every connection now: what was not sent is missing by the length that was told."""
        for connection in list(self._open):
            connection.abort()

    def tell(self) -> None:
        counts, self.counts = self.counts, Counter()
        for status, times in counts.items():
            self._answered(status, times)

    def date(self, lines: list[tuple[bytes, bytes]]) -> bytes:
        """Return the server's own header *lines*, which it makes anew every second, as they are sent."""
        if lines is not self._lines:
            self._lines, self._date = lines, b"".join([b"%s: %s\r\n" % pair for pair in lines])
        return self._date

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        self.tell()
        now = loop.time()
        for connection in list(self._open):
            connection.check(now, self._patience)
        self._sweeps += 1
        if self.files and self._sweeps % SWEEPS == 0:
            self.files.clear()
        self._sweeper = loop.call_later(SWEEP_SECONDS * self._patience, self._sweep, loop) if self._open else None
