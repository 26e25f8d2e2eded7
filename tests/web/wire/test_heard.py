"""Requests that are known by their bytes are answered as if they had been read."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from feeds.web.front import Front
from feeds.web.wire.crowd import Crowd
from feeds.web.wire.heard import KEPT, LONGEST, Heard, Memory
from feeds.web.wire.http import Answer
from feeds.web.wire.protocol import guarded

GET = b"GET /atom.xml HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"
SAME = b'GET /atom.xml HTTP/1.1\r\nHost: a\r\nIf-None-Match: "a1"\r\n\r\n'
HEAD = b"HEAD /atom.xml HTTP/1.1\r\nHost: a\r\n\r\n"
OTHER = b"GET /other HTTP/1.1\r\nHost: a\r\n\r\n"  # by the framework
LAST = b"GET /atom.xml HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
OLD = b"GET /atom.xml HTTP/1.0\r\n\r\n"
WHOLE = b"GET http://b/atom.xml HTTP/1.1\r\nHost: a\r\n\r\n"
BODY = b"GET /atom.xml HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nGET "
POST = b"POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(GET)  # answered before its body is there
BAD = b"GET /atom.xml HTTP/1.1\nHost: a\n\n"


class Site:
    """Answers from memory, and says which request it answers."""

    front = Front()

    def __init__(self) -> None:
        self.word = b"first"

    def at_hand(self, target: bytes, raw: Sequence[tuple[bytes, bytes]], peer: str) -> Answer | None:
        if target != b"/atom.xml":
            return None
        if (b"if-none-match", b'"a1"') in raw:
            return Answer(status=304, headers={"ETag": '"a1"'})
        return Answer(body=b" ".join((self.word, target, *(b"=".join(pair) for pair in raw))))


class Line:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.sent, self.closed = b"", False

    def write(self, data: bytes) -> None:
        self.sent += b"" if self.closed else data

    def writelines(self, lines: Sequence[bytes]) -> None:
        self.write(b"".join(lines))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str) -> object:
        return ("192.0.2.1", 4) if name in ("peername", "sockname") else None

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def _app(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"none"})


class Forgetful(Memory):
    def keep(self, sent: bytes, heard: Heard) -> None: ...


class Talk:
    """One server to which connections talk; without *memory* every request is read."""

    def __init__(self, *, memory: bool = True) -> None:
        self.site = Site()
        self.crowd = Crowd(self.site)
        if not memory:
            self.crowd.memory = Forgetful()
        self._config = uvicorn.Config(_app, lifespan="off", log_config=None)
        self._config.load()
        self._state = ServerState()
        self._state.default_headers = [(b"date", b"today")]

    async def say(self, packets: Sequence[bytes]) -> bytes:
        """Return what one connection is answered that sends *packets*."""
        line = Line()
        connection = cast("Any", guarded(self.crowd))(self._config, self._state, {}, asyncio.get_running_loop())
        connection.connection_made(line)
        for packet in packets:
            if line.closed:
                break
            connection.data_received(packet)
            for _ in range(5):  # for the tasks of the framework
                await asyncio.sleep(0)
        connection.connection_lost(None)
        return line.sent


def said(talk: Talk, *connections: Sequence[bytes]) -> list[bytes]:
    async def all_of_them() -> list[bytes]:
        return [await talk.say(packets) for packets in connections]

    return asyncio.run(all_of_them())


@pytest.mark.parametrize(
    ("packets", "known"),
    [
        pytest.param([GET], GET, id="whole"),
        pytest.param([SAME], SAME, id="304"),
        pytest.param([HEAD], HEAD, id="HEAD"),
        pytest.param([WHOLE], WHOLE, id="absolute form"),
        pytest.param([OTHER, GET], GET, id="after another"),
        pytest.param([GET[:9], GET[9:]], None, id="in two pieces"),
        pytest.param([GET + SAME], None, id="two in one piece"),
        pytest.param([GET + SAME[:5]], None, id="one and a bit"),
        pytest.param([GET[:9], GET[9:] + SAME], None, id="a bit and one"),
        pytest.param([POST, GET, OTHER], None, id="a body that looks like one"),
        pytest.param([OTHER], None, id="not from memory"),
        pytest.param([LAST], None, id="the last"),
        pytest.param([OLD], None, id="HTTP/1.0"),
        pytest.param([BODY], None, id="with a body"),
        pytest.param([BAD], None, id="malformed"),
        pytest.param([GET.replace(b"*/*", b"x" * LONGEST)], None, id="long"),
    ],
)
def test_what_is_remembered(packets: list[bytes], known: bytes | None) -> None:
    talk = Talk()
    said(talk, packets)
    pieces = {*packets, *(packet[n:] for packet in packets for n in range(len(packet)))}
    assert {piece for piece in pieces if talk.crowd.memory.get(piece)} == ({known} if known else set())


PIECES = st.lists(st.sampled_from([GET, SAME, HEAD, OTHER, WHOLE, BODY, POST, LAST, OLD, BAD, b"\r\n"]), max_size=5)


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """Requests in packets: each in its own, or cut anywhere."""
    requests = draw(PIECES)
    if draw(st.booleans()):
        return requests
    whole = b"".join(requests)
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    return [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True) if a < b]


@given(st.lists(streams(), max_size=4))
def test_srv_21_it_is_answered_as_if_it_had_been_read(connections: list[list[bytes]]) -> None:
    first = [[each] for each in (GET, SAME, HEAD, WHOLE)]  # so that these are known
    remembers, reads = Talk(), Talk(memory=False)
    assert said(remembers, *first, *connections) == said(reads, *first, *connections)
    assert remembers.crowd.counts == reads.crowd.counts


@pytest.mark.parametrize("begun", [GET[:9], b"GET /other HTTP/1.1\r\nHost: a\r\nX: ", POST])
def test_srv_21_what_is_known_means_that_where_a_request_begins_alone(begun: bytes) -> None:
    [answer] = said(Talk(memory=False), [begun, GET])
    assert said(Talk(), [GET], [begun, GET])[1:] == [answer]


def test_what_is_answered_is_asked_each_time() -> None:
    """What is remembered is the request alone."""
    talk = Talk()
    before, again = said(talk, [GET], [GET])
    assert before == again
    assert b"first" in before
    talk.site.word = b"later"
    assert said(talk, [GET]) == [before.replace(b"first", b"later")]


def test_memory_is_bounded() -> None:
    memory = Memory()
    for n in range(KEPT + 1):
        memory.keep(b"%d" % n, Heard(b"/", (), body=True))
    assert [bool(memory.get(b"%d" % n)) for n in (0, KEPT - 1, KEPT)] == [False, False, True]
