"""HTTP/1.1 on one connection: uvicorn's protocol on llhttp, with the bounds that it lacks, and a short way for what is
in memory. Only this file knows the server.

Measured: uvicorn keeps a connection whose headers never end, and one that says nothing, for as long as it likes; its
h11 protocol takes bare line feeds and folded headers, which llhttp refuses. An answer from memory that goes straight
to the transport takes a third of the CPU of one that goes through a task of the framework.
"""

import asyncio
import logging
from typing import Any, cast

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from feeds.web.wire.crowd import Crowd
from feeds.web.wire.heard import Heard
from feeds.web.wire.http import WRITTEN
from feeds.web.wire.sendfile import LARGE, Line

logger = logging.getLogger(__name__)

TARGET_BYTES = 8 * 1024  # RFC 9112 §3 recommends at least 8,000
HEADER_BYTES = 32 * 1024  # of a request in all
HEADERS = 100
HEAD_SECONDS = 10.0  # until the headers of a first request are there; a body has as long again
IDLE_SECONDS = 10.0  # between two requests
STALLED_SECONDS = 20.0  # without the client taking LEAST_TAKEN of what waits for it
LEAST_TAKEN = 8 * 1024
LOOK_SECONDS, LOOKS_SECONDS = 0.001, 0.1  # until it is first looked whether all was written, and at most
_FETCHING = (b"GET", b"HEAD")
_MORE = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))  # than a request from memory needs
RETRY_SECONDS = 10  # for who holds too many connections


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
        if self.crowd.files:
            self.crowd.files.close()


def guarded(crowd: Crowd) -> type["Guarded"]:
    """Return the protocol class that a server of *crowd* is to use."""
    return type("Guarded", (Guarded,), {"crowd": crowd})


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
        self._cycles: list[Any] = []  # requests that the framework answers, in their order
        self._own: Any = None  # the one of them that is read, or was last
        self._line: Line | None = None  # the same connection, for what the transport cannot send
        self._between = True  # nothing of a request has come
        self._begun = 0
        self.in_head = self._refused = self._gone = self._cut = self._again = False
        self.peer = self.client[0] if self.client else ""
        if not self.crowd.admits(self, self.peer):
            self.refuse(429, "Too many connections.\n", retry=RETRY_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone = True
        self._cut = self._cut or exc is not None
        self.crowd.leaves(self)
        if self._line:
            self._line.close()
        for cycle in self._cycles:  # uvicorn tells the one that came last alone, others would write to what is closed
            cycle.disconnected = not cycle.response_complete
            cycle.message_event.set()
        super().connection_lost(exc)

    @property
    def idle(self) -> bool:
        """Nothing is asked and nothing waits to be sent."""
        return self._done and not self.in_head

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
        """A request has begun to come, its headers have not all been heard, and nothing waits to be sent before it."""
        return self._done and self.in_head and not self._refused

    @property
    def _done(self) -> bool:
        """What was heard is answered, and the operating system has it: this can end at once."""
        return (self.cycle is None or self.cycle.response_complete) and not self.transport.get_write_buffer_size()

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
        """Answer and close: what else comes on this connection is not read.

        Where others are to be answered before, these are, and nothing is said: it would be taken for theirs.
        """
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        due = [each for each in self._cycles if not each.response_complete]
        if before := [each for each in due if each is not self._own or each.response_started]:
            before[-1].keep_alive = self.reading = False
            return
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
        between = self._between
        if between and (known := self.crowd.memory.get(data)) and self._from_memory(known, stays=True):
            self.reading = False
            self.since = self.loop.time()
            return
        self._heard += len(data)
        self._begun = 0
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.refuse(400, "Nothing is spoken here but HTTP/1.1.\n")
        except httptools.HttpParserError:
            self.refuse(400, "This is not HTTP as RFC 9112 has it.\n")
        else:
            if self.in_head and self._heard > HEADER_BYTES + TARGET_BYTES:
                self.refuse(431, "The headers are too large.\n")
            if between and self._begun == 1 and self._again:  # one request, and whole
                self.crowd.memory.keep(data, self._read())

    def on_message_begin(self) -> None:
        self._begun += 1
        self._between = self._again = False
        self._own = None
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
        if self.url[:1] != b"/" and not self._origin_form():
            self.refuse(400, "This is no address of a page.\n")
        if self._refused or self.transport.is_closing():
            raise httptools.HttpParserError  # nothing of it is read further, and nothing goes to another's body
        if not self._short_way():
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
        self._own = self.cycle
        self._cycles = [each for each in (*self._cycles, self.cycle) if not each.response_complete]

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
        self._between = True
        self.reading = False
        self.since = self.loop.time()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.since = self.loop.time()
        super().on_response_complete()
        self._unset_keepalive_if_required()
        own = self.cycle.response_complete and not self.in_head  # else it is the next one that is read
        if self.reading and own:  # answered before all was read: the rest is not wanted
            self.end()

    # the short way

    def _read(self) -> Heard:
        return Heard(self.url, tuple(self.headers), self.parser.get_method() == b"GET")

    def _short_way(self) -> bool:
        """Answer from memory; False where it is not at hand, or the request says more than such an answer needs."""
        if not self._plain or self.parser.get_method() not in _FETCHING or self.parser.get_http_version() != "1.1":
            return False
        stays = self.parser.should_keep_alive()
        answered = self._from_memory(self._read(), stays=stays)
        self._again = answered and stays
        return answered

    def _from_memory(self, asked: Heard, *, stays: bool) -> bool:
        """Answer where nothing else is under way on this connection, which *stays* or ends then; False where it is
        not at hand."""
        if self.flow.write_paused or not (self.cycle is None or self.cycle.response_complete) or self.pipeline:
            return False
        crowd = self.crowd
        try:
            answer = crowd.site.at_hand(asked.target, asked.headers, self.peer)
            lines = answer.wire if answer else b""
        except Exception:  # llhttp would take it for a fault of the client's
            logger.exception("answer from memory failed")
            return False
        if answer is None:
            return False
        end = b"\r\n" if stays else b"connection: close\r\n\r\n"
        head = STATUS_LINE[answer.status] + crowd.date(self.server_state.default_headers) + lines + end
        if answer.body and asked.body:
            self._send(head, answer.body)
        else:
            self.transport.write(head)
        self.cycle = cast("Any", _Done)
        crowd.counts[answer.status] += 1
        if not stays:
            self.transport.close()
        return True

    def _send(self, head: bytes, body: bytes) -> None:
        """Write an answer; a body that has a file from there, as far as it is taken at once and nothing waits before
        it."""
        files = self.crowd.files
        file = files.of(body) if files and len(body) >= LARGE else None
        sent = 0
        if files and file is not None and not self.transport.get_write_buffer_size():
            self._line = self._line or files.line(self.transport.get_extra_info("socket").fileno())
            sent = self._line.send(head, file, len(body)) if self._line else 0
        if sent < len(head):
            self.transport.writelines((head[sent:], body))
        elif sent < len(head) + len(body):
            self.transport.write(memoryview(body)[sent - len(head) :])
