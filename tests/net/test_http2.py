"""HTTP/2, as most servers behind TLS speak it: the same promises, and one connection for many requests.

libcurl agrees on it where it is offered (ALPN); requests knows HTTP/1.1 alone, and gets that from the same server.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread
from typing import Literal, Self

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import pytest
import trustme

from feeds import net
from feeds.errors import FetchError
from feeds.net import Limits
from tests.faults import LONGEST, answer
from tests.ways import Curl

NAME = "feed.example"
SECOND = Limits(total=timedelta(seconds=1))
End = Literal[
    "end",
    "reset",  # of this stream alone
    "goaway",  # after a proper end: no more requests on this connection
    "hang",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer: its *body* is sent *times* over, as far as the other side takes it."""

    status: int = 200
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b"x"
    times: int = 1
    end: End = "end"


class Http2:
    """A server on loopback by TLS: answers by path. *protocols* has the one agreed on for each connection."""

    def __init__(self, answers: Mapping[str, Said], tls: ssl.SSLContext) -> None:
        self.answers, self.protocols = answers, list[str | None]()
        self.asked: list[dict[str, str]] = []
        tls.set_alpn_protocols(["h2", "http/1.1"])
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [Thread(target=self._accept, daemon=True)]

    def url(self, path: str) -> str:
        return f"https://{NAME}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(LONGEST)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                line.settimeout(LONGEST)
                self._threads.append(Thread(target=self._serve, args=(line,), daemon=True))
                self._threads[-1].start()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError, h2.exceptions.ProtocolError), self._tls.wrap_socket(plain, server_side=True) as line:
            protocol = line.selected_alpn_protocol()
            self.protocols.append(protocol)
            if protocol == "h2":
                _Connection(self, line).run()
            else:
                line.recv(1 << 16)
                line.sendall(answer(b"x"))


class _Connection:
    """One connection, until either side ends it."""

    def __init__(self, server: Http2, line: ssl.SSLSocket) -> None:
        self.server, self.line = server, line
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        self.left: dict[int, tuple[Said, bytes]] = {}  # what is still to be sent, by stream

    def run(self) -> None:
        self.h2.initiate_connection()
        self._flush()
        while data := self.line.recv(1 << 16):
            for event in self.h2.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    self._answer(event)
                elif isinstance(event, h2.events.StreamReset):
                    self.left.pop(event.stream_id, None)
                elif isinstance(event, h2.events.ConnectionTerminated):
                    return
            for stream in list(self.left):
                self._send(stream)
            self._flush()

    def _answer(self, event: h2.events.RequestReceived) -> None:
        fields = {str(name): str(value) for name, value in event.headers}
        self.server.asked.append(fields)
        said = self.server.answers[fields[":path"]]
        assert event.stream_id is not None
        self.h2.send_headers(event.stream_id, [(":status", str(said.status)), *said.headers])
        self.left[event.stream_id] = said, said.body * said.times

    def _send(self, stream: int) -> None:
        said, body = self.left[stream]
        room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
        while body and room > 0:
            piece, body = body[:room], body[room:]
            self.h2.send_data(stream, piece)
            self._flush()
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
        self.left[stream] = said, body
        if body or said.end == "hang":
            return
        del self.left[stream]
        if said.end == "reset":
            self.h2.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
            return
        self.h2.end_stream(stream)
        if said.end == "goaway":
            self.h2.close_connection()

    def _flush(self) -> None:
        self.line.sendall(self.h2.data_to_send())


class Served:
    """A server and a client that knows its authority."""

    def __init__(self, server: Http2, client: net.Client) -> None:
        self.server, self.client = server, client

    def get(self, path: str = "/") -> net.Answer:
        return self.client.get(self.server.url(path))

    def refusal(self, path: str = "/") -> str:
        with pytest.raises(FetchError) as caught:
            self.get(path)
        return caught.value.code


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def served(
    authority: trustme.CA, answers: Mapping[str, Said], way: type[net.Client] = Curl, limits: Limits = SECOND
) -> Iterator[Served]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(tls)
    with authority.cert_pem.tempfile() as file, Http2(answers, tls) as server:
        place = f"{NAME}:{server.port}"
        with way([place], authorities=file, resolve=lambda _host, _port: ["127.0.0.1"], limits=limits) as client:
            yield Served(server, client)


FEED = Said(headers=[("etag", '"1"'), ("content-type", "text/xml"), ("link", "<a>"), ("link", "<b>")], body=b"<rss/>")


def test_http2_is_spoken_where_offered(authority: trustme.CA) -> None:
    with served(authority, {"/a?b": FEED}) as here:
        found = here.get("/a?b")
        assert here.server.protocols == ["h2"]
    assert (found.status, found.body, found.headers["etag"]) == (200, b"<rss/>", '"1"')
    assert found.headers["link"] == "<a>, <b>"
    (fields,) = here.server.asked
    assert (fields[":scheme"], fields[":path"], fields["user-agent"]) == ("https", "/a?b", "feeds")
    assert (fields["accept-encoding"], "cookie" in fields) == ("gzip", False)


def test_requests_gets_http1_from_the_same_server(authority: trustme.CA) -> None:
    with served(authority, {}, net.Client) as here:
        assert here.get().body == b"x"
        assert here.server.protocols == ["http/1.1"]


ONE = Said(body=b"1")
MOVED = [("location", "/one")]


@pytest.mark.parametrize(
    ("first", "code", "lines"),
    [
        pytest.param(ONE, "", 1, id="a proper answer"),
        pytest.param(Said(status=304, body=b""), "", 1, id="304"),
        pytest.param(Said(status=301, headers=MOVED, times=1 << 20, end="hang"), "", 1, id="NET-26 redirect's body"),
        pytest.param(Said(status=404, times=1 << 20, end="hang"), "", 1, id="an error's body"),
        pytest.param(Said(body=b"half", end="reset"), "truncated", 1, id="NET-12 reset"),
        pytest.param(Said(headers=[("content-length", "9")]), "truncated", 1, id="NET-13 longer than its body"),
        pytest.param(Said(body=bytes(1 << 16), times=99, end="hang"), "too_big", 1, id="BOM-06 endless body"),
        pytest.param(Said(headers=[("content-length", "5000000")]), "too_big", 1, id="BOM-05 long by its length"),
        pytest.param(Said(headers=[("x", "y" * 9000)] * 8), "protocol", 1, id="NET-46 long head"),
        pytest.param(Said(headers=[("x", "y")] * 200), "protocol", 1, id="NET-46 many headers"),
        pytest.param(Said(end="hang"), "timeout", 1, id="NET-11 stall"),
        pytest.param(Said(body=b"1", end="goaway"), "", 2, id="NET-49 closed after the answer"),
    ],
)
def test_whatever_comes_of_one_request_the_next_is_answered(
    authority: trustme.CA, first: Said, code: str, lines: int
) -> None:
    """*lines*: of connections that both take together; a stream that goes wrong does not take its neighbours along."""
    limits = Limits(total=timedelta(seconds=1), read=timedelta(seconds=0.3))
    with served(authority, {"/": first, "/one": ONE}, limits=limits) as here:
        if code:
            assert here.refusal() == code
        else:
            here.get()
        assert here.get("/one").body == b"1"
        assert len(here.server.protocols) == lines
