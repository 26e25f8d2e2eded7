"""HTTP/1.1 on one connection: uvicorn's protocol on llhttp, with the bounds that it lacks, and a short way for what is
in memory. Only this file knows the server.

Measured: uvicorn keeps a connection whose headers never end, and one that says nothing, for as long as it likes; its
h11 protocol takes bare line feeds and folded headers, which llhttp refuses. An answer from memory that goes straight
to the transport takes a third of the CPU of one that goes through a task of the framework.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol, cast

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from feeds.web.front import Front
from feeds.web.wire.client import household, is_local
from feeds.web.wire.http import WRITTEN, Answer

logger = logging.getLogger(__name__)

TARGET_BYTES = 8 * 1024  # RFC 9112 §3 recommends at least 8,000
HEADER_BYTES = 32 * 1024  # of a request in all
HEADERS = 100
HEAD_SECONDS = 10.0  # until the headers of a first request are there; a body has as long again
IDLE_SECONDS = 10.0  # between two requests
STALLED_SECONDS = 20.0  # without the client taking LEAST_TAKEN of what waits for it
LEAST_TAKEN = 8 * 1024
SWEEP_SECONDS = 1.0
SLOW_SECONDS = 1.0  # for the headers of a request, where others wait for a place: a slow line sends 32 KB in that time
LOOK_SECONDS, LOOKS_SECONDS = 0.001, 0.1  # until it is first looked whether all was written, and at most
_FETCHING = (b"GET", b"HEAD")
_MORE = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))  # than a request from memory needs
RETRY_SECONDS = 10  # for who holds too many connections


class AtHand(Protocol):
    """What the short way asks of the application."""

    front: Front

    def at_hand(self, target: bytes, raw: list[tuple[bytes, bytes]], peer: str) -> Answer | None: ...


class Crowd:
    """The connections of one server: how many there are, of whom, and which of them take too long.

    *answered* is told how many answers of a status went the short way, every second and at the end.
    """

    def __init__(
        self, site: AtHand, answered: Callable[[int, int], None] = lambda *_: None, *, patience: float = 1.0
    ) -> None:
        self.site, self._answered = site, answered
        self.counts: Counter[int] = Counter()
        self._patience = patience
        self._of: dict[str, int] = {}
        self._open: dict[Guarded, str] = {}  # in the order of arrival
        self._sweeper: asyncio.TimerHandle | None = None
        self._warned = -1e9
        self._lines: list[tuple[bytes, bytes]] = []
        self._date = b""

    @property
    def connections(self) -> int:
        return len(self._open)

    def protocol(self) -> type["Guarded"]:
        """Return the protocol class that a server is to use."""
        return type("Guarded", (Guarded,), {"crowd": self})

    def admits(self, connection: "Guarded", peer: str) -> bool:
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

    def leaves(self, connection: "Guarded") -> None:
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
        self._sweeper = loop.call_later(SWEEP_SECONDS * self._patience, self._sweep, loop) if self._open else None


class GuardedServer(uvicorn.Server):
    """A server whose connections go through *crowd*, and whose stop leaves none open.

    uvicorn itself forgets those that outlast its patience.
    """

    def __init__(self, config: uvicorn.Config, crowd: Crowd) -> None:
        super().__init__(config)
        self.crowd = crowd

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        await super().shutdown(sockets)
        self.crowd.cut()
        while self.crowd.connections:
            await asyncio.sleep(0)
        self.crowd.tell()


class _Done:
    """Stands where uvicorn keeps the request under way: the last one was answered the short way."""

    response_complete = True
    message_event = asyncio.Event()


class Guarded(HttpToolsProtocol):
    """One connection. *since* is when what it waits for began: a request, the rest of one, or the next one."""

    crowd: Crowd

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.timeout_keep_alive = 3600  # `check` sees to it
        self.since = self.loop.time()
        self.reading = True  # a request is awaited or under way, not answered
        self._head = self._heard = self._left = 0
        self._left_since = self.since
        self.in_head = self._refused = self._gone = self._cut = False
        self.peer = self.client[0] if self.client else ""
        if not self.crowd.admits(self, self.peer):
            self.refuse(429, "Too many connections.\n", retry=RETRY_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone = True
        self._cut = self._cut or exc is not None
        self.crowd.leaves(self)
        super().connection_lost(exc)

    @property
    def idle(self) -> bool:
        """Nothing is asked and nothing waits to be sent."""
        done = self.cycle is None or self.cycle.response_complete
        return done and not self.in_head and not self.transport.get_write_buffer_size()

    async def written(self) -> bool:
        """Wait until the operating system has all that was answered just now; tell whether the connection stood until
        then. Whether it arrives no server sees (RFC 9293 acknowledges to the system alone)."""
        if self._gone:  # before anything was written
            return False
        pause = LOOK_SECONDS
        while not self._gone and self.transport.get_write_buffer_size():  # `check` ends who takes nothing
            await asyncio.sleep(pause)
            pause = min(2 * pause, LOOKS_SECONDS)
        return not self._cut

    def abort(self) -> None:
        self._cut = True
        self.transport.abort()

    @property
    def begun(self) -> bool:
        """A request has begun to come, and its headers have not all been heard."""
        return self.in_head and not self._refused

    def end(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def resume_writing(self) -> None:
        """What waited to be taken was, so that more can be written: whoever takes all of a long answer, only slowly,
        is not left for it."""
        self._left = 0
        super().resume_writing()

    def check(self, now: float, patience: float) -> None:
        """Close what takes too long."""
        left = self.transport.get_write_buffer_size()
        if left:
            if self._left == 0 or left <= self._left - LEAST_TAKEN:
                self._left, self._left_since = left, now
            elif now - self._left_since > STALLED_SECONDS * patience:
                self.abort()
            return
        self._left = 0
        waited = now - self.since
        if self.idle:
            if waited > IDLE_SECONDS * patience:
                self.end()
        elif self.reading and waited > HEAD_SECONDS * patience:
            if self.in_head or self.cycle is None or self.cycle.response_complete:
                self.refuse(408, "This took too long.\n")
            else:
                self.abort()  # the application waits for a body that does not come

    def refuse(self, status: int, words: str, *, retry: int = 0) -> None:
        """Answer and close: what else comes on this connection is not read."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self.crowd.counts[status] += 1
        later = b"retry-after: %d\r\n" % retry if retry else b""
        head = b"content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\ncontent-length: %d\r\n"
        end = b"connection: close\r\n\r\n"
        self.transport.write(
            STATUS_LINE[status]
            + self.crowd.date(self.server_state.default_headers)
            + later
            + head % len(words)
            + end
            + words.encode("ascii")
        )
        self.transport.close()

    # reading

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._heard += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.refuse(400, "Nothing is spoken here but HTTP/1.1.\n")
        except httptools.HttpParserError:
            self.refuse(400, "This is not HTTP as RFC 9112 has it.\n")
        else:
            if self.in_head and self._heard > HEADER_BYTES + TARGET_BYTES:
                self.refuse(431, "The headers are too large.\n")

    def on_message_begin(self) -> None:
        self.url, self.headers, self.expect_100_continue = b"", [], False
        self.since = self.loop.time()
        self.in_head = self.reading = self._plain = True
        self._head = self._heard = 0

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > TARGET_BYTES:
            self.refuse(414, "The address is too long.\n")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value) + 4
        if self._head > HEADER_BYTES or len(self.headers) >= HEADERS:
            self.refuse(431, "The headers are too large.\n")
            return
        name = name.lower()
        if name in _MORE:
            self._plain = False
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.in_head = False
        if self._refused:
            self.cycle = cast("Any", _Done)
            return
        if self.url[:1] != b"/" and not self._origin_form():
            self.refuse(400, "This is no address of a page.\n")
            self.cycle = cast("Any", _Done)
        elif not self._short_way():
            self._long_way()

    def _long_way(self) -> None:
        """Let uvicorn begin a request that is there already: it takes a scope of twelve items to do so."""
        self.since = self.loop.time()
        url, headers = self.url, self.headers
        super().on_message_begin()
        cast("dict[str, object]", self.scope)[WRITTEN] = self.written
        self.url = url
        self.headers[:] = headers
        self.expect_100_continue = any(name == b"expect" and v.lower() == b"100-continue" for name, v in headers)
        super().on_headers_complete()

    def _origin_form(self) -> bool:
        """Make of `http://host/path` what is asked of us: its host counts, whatever Host says (RFC 9112 §3.2.2)."""
        parsed = httptools.parse_url(self.url)
        if (parsed.schema or b"").lower() not in (b"http", b"https") or not parsed.host or parsed.userinfo:
            return False
        port = b":%d" % parsed.port if parsed.port else b""
        self.headers[:] = [(b"host", parsed.host + port), *(pair for pair in self.headers if pair[0] != b"host")]
        self.url = (parsed.path or b"/") + (b"?" + parsed.query if parsed.query else b"")
        return True

    def on_message_complete(self) -> None:
        self.reading = False
        self.since = self.loop.time()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.since = self.loop.time()
        super().on_response_complete()
        self._unset_keepalive_if_required()
        if self.reading and not self.pipeline:  # answered before all was read: the rest is not wanted
            self.end()

    # the short way

    def _short_way(self) -> bool:
        """Answer from memory, where nothing else is under way on this connection; False where it is not at hand."""
        method = self.parser.get_method()
        if not self._plain or method not in _FETCHING or self.flow.write_paused:
            return False
        if not (self.cycle is None or self.cycle.response_complete) or self.pipeline:
            return False
        if self.parser.get_http_version() != "1.1":
            return False
        try:
            answer = self.crowd.site.at_hand(self.url, self.headers, self.peer)
            lines = answer.wire if answer else b""
        except Exception:  # llhttp would take it for a fault of the client's
            logger.exception("answer from memory failed")
            return False
        if answer is None:
            return False
        stays = self.parser.should_keep_alive()
        end = b"\r\n" if stays else b"connection: close\r\n\r\n"
        crowd = self.crowd
        head = STATUS_LINE[answer.status] + crowd.date(self.server_state.default_headers) + lines + end
        if answer.body and method == b"GET":
            self.transport.writelines((head, answer.body))
        else:
            self.transport.write(head)
        self.cycle = cast("Any", _Done)
        crowd.counts[answer.status] += 1
        if not stays:
            self.transport.close()
        return True
