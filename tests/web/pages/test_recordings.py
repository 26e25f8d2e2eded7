"""Sound and video of our own posts over the wire: in pieces, in parts, no faster than they are taken, never whole."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from feeds.model.picture import PIECE, Hanging
from feeds.web.wire.protocol import Guarded
from tests.web.served import Running, Shelf, everything, parted, running

SIZE = 3 * PIECE + 100
SOUND = bytes(range(251)) * (SIZE // 251 + 1)
SOUND = SOUND[:SIZE]
FORMER = 1_700_000_000 * 10**9


@dataclass
class Tape(Sequence[bytes]):
    """A file of pieces that says which of them were read; the one at *torn* cannot be."""

    body: bytes = SOUND
    torn: int = -1
    read: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return (len(self.body) + PIECE - 1) // PIECE

    def __getitem__(self, place: Any) -> Any:
        if place >= len(self):
            raise IndexError
        self.read.append(place)
        if place == self.torn and self.read.count(place) > 1:  # once for its ETag
            raise OSError("it changed since it was looked at")
        return self.body[place * PIECE : (place + 1) * PIECE]

    def look(self, path: str) -> Hanging | None:
        def never() -> tuple[bytes, tuple[int, int]]:
            raise AssertionError("it is read whole")

        stamp = (FORMER, len(self.body))
        return Hanging(media_type="audio/mpeg", stamp=stamp, read=never, pieces=self) if path == "/a.mp3" else None


@contextmanager
def playing(tape: Tape, patience: float = 1.0) -> Iterator[Running]:
    with running(Shelf(), look=tape.look, patience=patience) as web:
        yield web


@pytest.fixture(scope="module")
def web() -> Iterator[Running]:
    with playing(Tape()) as found:
        yield found


def test_a_recording_comes_whole_with_its_type_and_no_rights(web: Running) -> None:
    status, headers, body = web.get("/a.mp3")
    assert (status, body) == (200, SOUND)
    assert (headers["content-type"], headers["content-length"]) == ("audio/mpeg", str(SIZE))
    assert (headers["accept-ranges"], headers["x-content-type-options"]) == ("bytes", "nosniff")
    policy = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"
    assert headers["content-security-policy"] == policy, "opened by itself it is played, and nothing else"
    assert web.get("/a.mp3", {"If-None-Match": headers["etag"]})[0] == 304
    assert web.get("/b.mp3")[0] == 404


def test_head_tells_its_length_and_reads_nothing() -> None:
    tape = Tape()
    with playing(tape) as web:
        web.get("/a.mp3")
        tape.read.clear()
        status, headers, body = web.get("/a.mp3", {}, "HEAD")
        assert (status, headers["content-length"], body) == (200, str(SIZE), b"")
        assert tape.read == []


@pytest.mark.parametrize(
    ("wanted", "begin", "end"),
    [
        pytest.param("bytes=0-0", 0, 1, id="one byte"),
        pytest.param("bytes=0-", 0, SIZE, id="all"),
        pytest.param(f"bytes={PIECE - 1}-{PIECE}", PIECE - 1, PIECE + 1, id="over an edge"),
        pytest.param(f"bytes={PIECE}-{2 * PIECE - 1}", PIECE, 2 * PIECE, id="one piece"),
        pytest.param(f"bytes=5-{3 * PIECE + 5}", 5, 3 * PIECE + 6, id="over all edges"),
        pytest.param("bytes=-100", SIZE - 100, SIZE, id="the last bytes"),
        pytest.param(f"bytes={SIZE - 1}-{SIZE + 9}", SIZE - 1, SIZE, id="beyond its end"),
    ],
)
def test_one_range_is_answered(web: Running, wanted: str, begin: int, end: int) -> None:
    status, headers, body = web.get("/a.mp3", {"Range": wanted})
    assert (status, body) == (206, SOUND[begin:end])
    assert headers["content-range"] == f"bytes {begin}-{end - 1}/{SIZE}"
    assert headers["content-length"] == str(end - begin)


def test_ranges_that_are_none_and_of_another_version(web: Running) -> None:
    tag = web.get("/a.mp3", {"Range": "bytes=0-0"})[1]["etag"]
    status, headers, _ = web.get("/a.mp3", {"Range": f"bytes={SIZE}-"})
    assert (status, headers["content-range"]) == (416, f"bytes */{SIZE}")
    assert web.get("/a.mp3", {"Range": "bytes=0-9", "If-Range": tag})[2] == SOUND[:10]
    assert web.get("/a.mp3", {"Range": "bytes=0-9", "If-Range": '"other"'})[2] == SOUND
    assert web.get("/a.mp3", {"Range": "bytes=0-1,3-4"})[2] == SOUND


def test_of_a_part_no_more_is_read_than_it_touches() -> None:
    tape = Tape()
    with playing(tape) as web:
        web.get("/a.mp3", {"Range": "bytes=0-0"})
        assert tape.read == [0, 1, 2, 3, 0], "all of it once, for its ETag"
        tape.read.clear()
        web.get("/a.mp3", {"Range": f"bytes={2 * PIECE}-{2 * PIECE + 9}"})
        assert tape.read == [2]


def asking(web: Running) -> socket.socket:
    client = web.connect()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    client.sendall(b"GET /a.mp3 HTTP/1.1\r\nHost: a\r\n\r\n")
    return client


def settles(count: Callable[[], int]) -> int:
    """Return the number at which *count* stays for a tenth of a second."""
    wait, last = threading.Event(), -1
    for _ in range(200):
        if (now := count()) == last:
            return now
        last = now
        wait.wait(0.1)
    pytest.fail("it goes on and on")


def test_no_more_is_read_than_is_taken_and_nothing_for_who_has_gone() -> None:
    tape = Tape(b"x" * (256 * PIECE))
    with playing(tape) as web:
        web.get("/a.mp3", {"Range": "bytes=0-0"})
        tape.read.clear()
        client = asking(web)
        client.recv(1)
        ahead = settles(lambda: len(tape.read))
        assert 0 < ahead < 40, "of 256: what the systems' buffers hold"
        client.close()
        assert settles(lambda: len(tape.read)) <= ahead + 1
        assert web.get("/a.mp3", {"Range": "bytes=0-9"})[2] == b"x" * 10


def test_a_file_that_changes_is_cut_where_its_length_tells(caplog: pytest.LogCaptureFixture) -> None:
    tape = Tape(torn=2)
    with playing(tape) as web:
        with asking(web) as client:
            _, headers, body = parted(everything(client))
        assert headers["content-length"] == str(SIZE)
        assert body == SOUND[: 2 * PIECE]
        assert "not sent whole path='/a.mp3' error=it changed since it was looked at" in caplog.text
        assert web.get("/a.mp3", {"Range": "bytes=0-9"})[2] == SOUND[:10]


@pytest.mark.parametrize(("takes", "ended"), [(True, False), (False, True)], ids=["slowly", "never"])
def test_srv_22_who_takes_it_slowly_is_not_left_and_who_does_not_is(takes: bool, ended: bool) -> None:
    """What is taken is written anew at once, so that as much as before waits, whenever one looks."""
    aborted: list[float] = []
    guarded = Guarded.__new__(Guarded)
    guarded.transport = cast("Any", SimpleNamespace(get_write_buffer_size=lambda: 300_000, abort=lambda: None))
    guarded.flow = cast("Any", SimpleNamespace(resume_writing=lambda: None))
    guarded._left, guarded._left_since = 0, 0.0
    for second in range(100):
        if takes and second % 10 == 0:
            guarded.resume_writing()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Guarded, "abort", lambda _, second=second: aborted.append(second))
            guarded.check(float(second), 1.0)
    assert bool(aborted) == ended


def test_what_is_gone_when_it_is_read_is_not_there() -> None:
    class Gone(Tape):
        def __getitem__(self, place: Any) -> Any:
            raise FileNotFoundError

    with playing(Gone()) as web:
        assert web.get("/a.mp3")[0] == 404
