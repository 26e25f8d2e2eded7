"""What comes over the wire, well-formed or not, slow or not, and how the server ends."""

import errno
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from feeds.model.settings import Server
from feeds.web.front import Front
from feeds.web.site import Site
from feeds.web.wire.http import Answer, Entrance, Pieces, text
from feeds.web.wire.protocol import Guarded
from feeds.web.wire.sendfile import OFTEN
from tests.web.served import BIG, Running, Shelf, descriptors, everything, parted, rendition, running

FEED = b"<feed/>" * 100


@pytest.fixture(scope="module")
def web() -> Iterator[Running]:
    shelf = Shelf(rendition("/atom.xml", "atom", FEED), rendition("/big.xml", "atom", BIG, "big"))
    echo = Entrance(
        path="/echo", methods=("GET", "POST"), handler=lambda asked: text(f"{asked.method} {len(asked.body)}")
    )
    with running(shelf, [echo]) as found:
        found.get("/atom.xml")
        yield found


def get(path: str = "/atom.xml", more: str = "", host: str = "Host: a\r\n") -> bytes:
    return f"GET {path} HTTP/1.1\r\n{host}{more}\r\n".encode()


LAST = "Connection: close\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="length and chunked"),
        pytest.param(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", id="two lengths"),
        pytest.param(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", id="xchunked"),
        pytest.param(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", id="blank before the colon"),
        pytest.param(b"GET /atom.xml HTTP/1.1\nHost: a\n\n", id="bare line feeds"),
        pytest.param(b"GET /atom.xml HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", id="one bare line feed"),
        pytest.param(b"GET /atom.xml HTTP/1.1\r\nHost: a\r\nX: b\r\n folded\r\n\r\n", id="folded"),
        pytest.param(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na", id="plus sign"),
        pytest.param(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na", id="hex length"),
        pytest.param(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\na\n0\n\n", id="chunk ends in a line feed"),
        pytest.param(b"GET /atom.xml HTTP/1.1\r\nHost: a\r\nX\x00: b\r\n\r\n", id="NUL in a name"),
        pytest.param(b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", id="blank in the address"),
        pytest.param(b"GET /atom.xml HTTP/3.7\r\nHost: a\r\n\r\n", id="unknown version"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00", id="TLS"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP/2"),
    ],
)  # fmt: skip
def test_srv_21_what_two_programs_could_read_differently_is_refused(web: Running, request_bytes: bytes) -> None:
    answer = web.ask(request_bytes + get())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1, "and nothing after it is read"
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(get(more="X: " + "a" * 200_000 + "\r\n"), 431, id="SRV-24 header of 200 kB"),
        pytest.param(get(more="".join(f"X{n}: a\r\n" for n in range(3000))), 431, id="SRV-24 3,000 headers"),
        pytest.param(get("/" + "a" * 100_000), 414, id="SRV-24 address of 100 kB"),
        pytest.param(get("/" + "a" * 7000, LAST), 404, id="SRV-24 address of 7 kB"),
        pytest.param(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n" + b"a" * 200_000, 413, id="SRV-24 body of 100 MB"),
        pytest.param(
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"a" * 65_536 + b"\r\n1\r\na\r\n",
            413,
            id="SRV-24 body of unknown length",
        ),
        pytest.param(b"POST /atom.xml HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n" + b"a" * 1000, 405, id="body where none is wanted"),
    ],
)  # fmt: skip
def test_srv_24_what_is_too_large_is_refused_at_once(web: Running, request_bytes: bytes, status: int) -> None:
    answer = web.ask(request_bytes)
    assert parted(answer)[0] == status
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(get(more=LAST), 200, id="SRV-09 one host"),
        pytest.param(get(host="", more=LAST), 400, id="SRV-09 no host"),
        pytest.param(get(host="Host: a\r\nHost: b\r\n", more=LAST), 400, id="SRV-09 two hosts"),
        pytest.param(get(host="Host: \r\n", more=LAST), 400, id="SRV-09 empty host"),
        pytest.param(get(host="Host: x/admin?\r\n", more=LAST), 400, id="SRV-09 host with a path"),
        pytest.param(get(host="Host: a:99999\r\n", more=LAST), 400, id="SRV-09 port beyond the last"),
        pytest.param(get(host="Host: u@a\r\n", more=LAST), 400, id="SRV-09 user in the host"),
        pytest.param(b"GET /atom.xml HTTP/1.0\r\n\r\n", 200, id="HTTP/1.0 needs none"),
        pytest.param(get("http://a/atom.xml", LAST), 200, id="SRV-08 absolute form"),
        pytest.param(get("ftp://a/atom.xml"), 400, id="SRV-08 absolute form of another scheme"),
        pytest.param(get("http://u@a/atom.xml"), 400, id="SRV-08 absolute form with a user"),
        pytest.param(b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, id="CONNECT"),
        pytest.param(b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400, id="OPTIONS for the server"),
        pytest.param(get(more="Connection: Upgrade\r\nUpgrade: websocket\r\n"), 400, id="another protocol"),
        pytest.param(b"TRACE /atom.xml HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405, id="SRV-26 TRACE"),
    ],
)  # fmt: skip
def test_srv_09_requests_name_one_host(web: Running, request_bytes: bytes, status: int) -> None:
    assert parted(web.ask(request_bytes))[0] == status


def shortly(web: Running) -> int:
    """How many answers went the short way."""
    return len(web.answered) + sum(web.crowd.counts.values())


def test_the_short_way_and_the_long_one_answer_alike(web: Running) -> None:
    """The second answer comes from memory; a request with a body never does."""
    short = web.get("/atom.xml", {"Accept": "*/*"})
    before = shortly(web)
    long = web.get("/atom.xml", {"Accept": "*/*", "Content-Length": "0"})
    assert (short[0], long[0], short[2]) == (200, 200, FEED)
    assert shortly(web) == before, "the framework answers those, and counts them elsewhere"
    assert {n: v for n, v in short[1].items() if n != "date"} == {n: v for n, v in long[1].items() if n != "date"}
    assert short[2] == long[2]
    for _ in range(3):  # made, then remembered, then known by the request's bytes
        assert web.get("/atom.xml", {"Accept": "*/*"})[2] == FEED
    assert shortly(web) == before + 3
    unchanged = web.get("/atom.xml", {"If-None-Match": short[1]["etag"]})
    assert (unchanged[0], unchanged[2], unchanged[1]["etag"]) == (304, b"", short[1]["etag"])
    head = web.get("/atom.xml", {"Accept": "*/*"}, "HEAD")
    assert {n: v for n, v in head[1].items() if n != "date"} == {n: v for n, v in short[1].items() if n != "date"}
    assert head[2] == b""


def test_requests_in_one_piece_are_answered_in_their_order(web: Running) -> None:
    requests = (get() + get("/nothing") + get("/echo") + get(more='If-None-Match: "a1"\r\n')) * 20
    answer = web.ask(requests + get("/nothing", LAST))
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"404", b"200", b"304"] * 20 + [b"404"]


@pytest.mark.parametrize(
    ("begun", "rest", "answer"),
    [
        pytest.param(get("/echo", LAST)[:9], get("/echo", LAST)[9:], b"GET 0", id="a head"),
        pytest.param(
            b"POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab", b"cd", b"POST 4", id="a body"
        ),
    ],
)  # fmt: skip
def test_what_has_begun_behind_another_request_is_read_to_its_end(
    web: Running, begun: bytes, rest: bytes, answer: bytes
) -> None:
    with web.connect() as client:
        client.sendall(get("/echo") + begun)
        first = b""
        while not first.endswith(b"GET 0"):
            first += client.recv(1 << 16) or b"gone: GET 0"
        client.sendall(rest)
        assert everything(client).endswith(b"\r\n\r\n" + answer)


REFUSED_BEHIND = [
    pytest.param(b"BAD\n\n", id="no HTTP"),
    pytest.param(b"GET * HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd", id="no address"),
    pytest.param(get("/" + "a" * 9000), id="a long address"),
    pytest.param(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", id="a body that is none"),
]  # fmt: skip


@pytest.mark.parametrize("refused", REFUSED_BEHIND)
def test_a_refusal_does_not_stand_for_the_answer_before_it(web: Running, refused: bytes) -> None:
    post = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
    assert re.findall(rb"HTTP/1.1 |(?:GET|POST) \d+", web.ask(get("/echo") + post + refused)) == [
        b"HTTP/1.1 ", b"GET 0", b"HTTP/1.1 ", b"POST 2"
    ]  # fmt: skip


@pytest.mark.parametrize("refused", REFUSED_BEHIND)
def test_a_refusal_does_not_come_into_a_download(refused: bytes) -> None:
    go = threading.Event()

    class Halves(list[bytes]):
        def __getitem__(self, at: Any) -> Any:
            return super().__getitem__(at) if at == 0 or go.wait(10) else b""

    halves = Pieces(found=Halves([b"half", b"rest"]), step=4, size=8, wanted=range(8))
    slow = Entrance(path="/slow", handler=lambda _: Answer(pieces=halves))
    with running(Shelf(), [slow]) as web, web.connect() as client:
        client.sendall(get("/slow"))
        found = b""
        while not found.endswith(b"half"):
            found += client.recv(1 << 16) or b"gone: half"
        client.sendall(refused)
        for _ in range(500):
            if all(cast("Guarded", each)._refused for each in web.crowd._open) or go.wait(0.01):
                break
        go.set()
        assert everything(client) == b"rest"


@pytest.mark.parametrize("laid", [False, True], ids=["copied", "from a file"])
def test_one_who_asks_and_does_not_read_is_waited_for(tmp_path: Path, laid: bool) -> None:
    """What waits to be sent stays bounded, however many requests come at once, and nothing of it is lost."""
    shelf = Shelf(rendition("/big.xml", "atom", BIG, "big"))
    with running(shelf, folder=tmp_path if laid else None) as web:
        for _ in range(OFTEN + 2):
            assert web.get("/big.xml")[2] == BIG
        assert descriptors(tmp_path) == int(laid)
        with web.connect() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            client.sendall(get("/big.xml") * 49 + get("/big.xml", LAST))
            wait = threading.Event()
            for _ in range(20):
                waiting = [cast("Guarded", c).transport.get_write_buffer_size() for c in web.crowd._open]
                assert max(waiting, default=0) <= 2 * len(BIG) + 65_536
                wait.wait(0.01)
            answers = everything(client)
        assert answers.count(b"HTTP/1.1 200 OK") == 50
        assert answers.count(b"\r\n\r\n" + BIG) == 50
    assert descriptors(tmp_path) == 0


def test_srv_29_who_leaves_before_the_answers_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    asked, go = threading.Semaphore(0), threading.Event()

    def slow(_: object) -> Answer:
        asked.release()
        go.wait(10)
        return text("late")

    with running(Shelf(), [Entrance(path="/slow", handler=slow)]) as web:
        with web.connect() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(get("/slow") * 3)
            assert asked.acquire(timeout=10)
        for _ in range(1000):
            if not web.crowd.connections or go.wait(0.01):
                break
        assert not web.crowd.connections
        go.set()
        assert web.get("/slow")[2] == b"late"
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_where_no_descriptor_is_left_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_: int) -> int:
        raise OSError(errno.EMFILE, "too many open files")

    with running(Shelf(rendition("/big.xml", "atom", BIG, "big")), folder=tmp_path) as web:
        assert all(web.get("/big.xml")[2] == BIG for _ in range(OFTEN + 1))
        assert descriptors(tmp_path) == 1
        monkeypatch.setattr("feeds.net.accepted.os.dup", none_left)
        assert all(web.get("/big.xml")[2] == BIG for _ in range(3))
        monkeypatch.undo()
        assert web.get("/big.xml")[2] == BIG


def test_what_is_laid_in_a_file_is_left_with_its_revision(tmp_path: Path) -> None:
    shelf = Shelf(rendition("/big.xml", "atom", BIG, "one"))
    with running(shelf, folder=tmp_path) as web:
        assert [web.get("/big.xml")[2] == BIG for _ in range(OFTEN + 4)] == [True] * (OFTEN + 4)
        shelf.put(rendition("/big.xml", "atom", BIG[::-1], "two"))
        assert [web.get("/big.xml")[2] == BIG[::-1] for _ in range(OFTEN + 4)] == [True] * (OFTEN + 4)
        assert web.get("/big.xml", method="HEAD")[2] == b""
        assert descriptors(tmp_path) == 2
        assert web.crowd.files
        web.crowd.files.clear()
        web.get("/big.xml")
        web.crowd.files.clear()
        assert descriptors(tmp_path) == 1, "the first was not asked for between the two"


@pytest.mark.parametrize(
    ("sent", "dripped", "answer"),
    [
        pytest.param(b"", b"", b"", id="SRV-22 nothing"),
        pytest.param(b"GET /atom.xml HTTP/1.1\r\nHost: a\r\n", b"X: a\r\n", b"HTTP/1.1 408 ", id="SRV-22 slow headers"),
        pytest.param(b"GET /atom", b"a", b"HTTP/1.1 408 ", id="SRV-22 slow address"),
        pytest.param(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n", b"a", b"", id="SRV-22 slow body"),
        pytest.param(get(), b"", b"HTTP/1.1 200 ", id="SRV-22 idle after an answer"),
    ],
)  # fmt: skip
def test_srv_22_whoever_is_slow_is_left(sent: bytes, dripped: bytes, answer: bytes) -> None:
    """With a hundredth of the patience: 10 seconds are 0.1."""
    echo = Entrance(path="/echo", methods=("POST",), handler=lambda asked: text("too late"))
    with running(Shelf(rendition("/atom.xml", "atom", FEED)), [echo], patience=0.01) as web, web.connect() as client:
        client.sendall(sent)
        client.settimeout(0.02)
        found = b""
        for _ in range(250):  # five seconds, fifty times what is allowed
            try:
                some = client.recv(65_536)
                if not some:
                    break
                found += some
            except TimeoutError:
                if dripped:
                    client.sendall(dripped)
            except ConnectionError:
                break
        else:
            pytest.fail("the connection is still open")
        assert found.startswith(answer)
        assert web.crowd.connections == 0


def test_srv_22_whoever_does_not_take_the_answer_is_left() -> None:
    with running(Shelf(rendition("/big.xml", "atom", BIG * 8, "big")), patience=0.01) as web:
        web.get("/big.xml")
        with web.connect() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            client.sendall(get("/big.xml"))
            wait = threading.Event()
            assert any(web.crowd.connections == 0 or wait.wait(0.05) for _ in range(100))


def test_srv_23_idle_connections_make_place_for_new_ones(caplog: pytest.LogCaptureFixture) -> None:
    few = Server(requests_per_minute=0, connections=20)
    with running(Shelf(rendition("/atom.xml", "atom", FEED)), server=few) as web:
        idle = [web.connect() for _ in range(200)]
        assert web.get("/atom.xml")[0] == 200
        assert web.crowd.connections <= 20
        assert caplog.text.count("connections full most=20") == 1
        for each in idle:
            each.close()


def test_srv_23_two_hundred_slow_ones_keep_nobody_out() -> None:
    """Each of them begins a request and never ends it: the places that they hold are given to who asks whole."""
    few, wait = Server(requests_per_minute=0, connections=200), threading.Event()
    with running(Shelf(rendition("/atom.xml", "atom", FEED)), server=few, patience=0.2) as web:
        slow = [web.connect() for _ in range(200)]
        for each in slow:
            each.sendall(b"GET /atom.xml HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert any(web.crowd.connections == 200 or wait.wait(0.01) for _ in range(500))
        started = time.monotonic()
        assert any(web.get("/atom.xml")[0] == 200 or wait.wait(0.01) for _ in range(500))
        assert time.monotonic() - started < 1.9, "sooner than what bears the slow ones would end them"
        assert [web.get("/atom.xml")[0] for _ in range(50)] == [200] * 50
        for each in slow:
            each.close()


def test_srv_23_who_begins_to_ask_and_takes_no_answer_is_not_forgotten() -> None:
    """It makes no place, for it would stay open, uncounted, until it takes all."""
    one, wait = Server(requests_per_minute=0, connections=1), threading.Event()
    with running(Shelf(rendition("/big.xml", "atom", BIG * 32, "big")), server=one, patience=0.01) as web:
        web.get("/big.xml")
        assert any(not web.crowd.connections or wait.wait(0.01) for _ in range(500))
        with web.connect() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            client.sendall(get("/big.xml") + get()[:9])
            assert any(web.crowd.connections or wait.wait(0.01) for _ in range(500))
            held = next(iter(web.crowd._open))
            for _ in range(100):
                web.ask(get("/other", LAST))
                if held not in web.server.server_state.connections or wait.wait(0.01):
                    break
            assert held not in web.server.server_state.connections


def test_srv_23_connections_of_one_client_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is not, for a proxy on this machine speaks for many: here it is taken for another one's."""
    monkeypatch.setattr("feeds.web.wire.crowd.is_local", lambda _: False)
    one = Server(requests_per_minute=0, connections_per_client=3)
    wait = threading.Event()
    with running(Shelf(rendition("/atom.xml", "atom", FEED)), server=one) as web:
        held = [web.connect() for _ in range(3)]
        assert any(web.crowd.connections == 3 or wait.wait(0.01) for _ in range(500))
        status, headers, _ = parted(web.ask(get()))
        assert (status, headers["retry-after"]) == (429, "10")
        held.pop().close()
        assert any(web.crowd.connections == 2 or wait.wait(0.01) for _ in range(500))
        assert web.get("/atom.xml")[0] == 200
        for each in held:
            each.close()


def test_srv_28_a_stop_lets_downloads_end() -> None:
    """A hundred are under way when the server is told to stop: each gets all of its body."""
    body = BIG * 12
    with running(Shelf(rendition("/big.xml", "atom", body, "big")), grace=10) as web:
        clients = [web.connect() for _ in range(100)]
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            client.sendall(get("/big.xml"))
        first = [client.recv(1) for client in clients]
        web.server.should_exit = True
        bodies = [parted(one + everything(client))[2] for one, client in zip(first, clients, strict=True)]
        assert {len(found) for found in bodies} == {len(body)}
        web.thread.join(10)
        assert not web.thread.is_alive()
        for client in clients:
            client.close()


def test_srv_28_a_download_that_does_not_end_is_cut_where_its_length_tells() -> None:
    with running(Shelf(rendition("/big.xml", "atom", BIG * 40, "big")), grace=1) as web, web.connect() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        client.sendall(get("/big.xml"))
        client.recv(1)
        web.server.should_exit = True
        web.thread.join(10)
        assert not web.thread.is_alive()
        answer = b"H" + everything(client)
        assert len(parted(answer)[2]) < int(parted(answer)[1]["content-length"])


@pytest.mark.parametrize("agent", ["a\x1b[31mred", "a" * 20_000, "a\tb"])
def test_srv_29_nothing_that_a_client_sends_is_logged_as_it_is(
    web: Running, caplog: pytest.LogCaptureFixture, agent: str
) -> None:
    web.get("/nothing", {"User-Agent": agent})
    web.ask(b"GET /a\x1b[31m HTTP/1.1\r\nHost: a\r\n\r\n")
    assert "\x1b" not in caplog.text
    assert "a" * 1000 not in caplog.text


def test_requests_from_memory_are_counted_too() -> None:
    few = Server(requests_per_minute=20, trusted_proxies=("127.0.0.1",))
    with running(Shelf(rendition("/atom.xml", "atom", FEED)), server=few) as web:
        one, other = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
        answers = [web.get("/atom.xml", one) for _ in range(12)]
        assert [status for status, _, _ in answers] == [200] * 10 + [429] * 2
        assert int(answers[-1][1]["retry-after"]) > 0
        assert web.get("/atom.xml", other)[0] == 200


@pytest.mark.parametrize("path", ["/led", "/evil.xml"], ids=["by the framework", "from memory"])
def test_pub_05_no_value_becomes_a_header_of_its_own(path: str) -> None:
    """Names and paths are made safe long before; here is the last wall."""
    split = 'a"\r\nX-Evil: 1\r\n\r\n<script>'
    shelf = Shelf(rendition("/evil.xml", "atom", FEED, split), rendition("/atom.xml", "atom", FEED))
    led = Entrance(path="/led", handler=lambda asked: Answer(status=302, headers={"Location": split}))
    with running(shelf, [led]) as web:
        for _ in range(3):
            answer = web.ask(get(path, LAST))
            assert b"x-evil" not in answer.lower()
            assert b"<script>" not in answer
            assert not answer or parted(answer)[0] == 500
        assert web.get("/atom.xml")[0] == 200


def test_srv_27_a_fault_on_the_short_way_costs_that_way_alone(caplog: pytest.LogCaptureFixture) -> None:
    def through(made: Site) -> Site:
        def broken(*_: object) -> None:
            raise RuntimeError("secret")

        made.at_hand = broken  # type: ignore[assignment]  # it never answers
        return made

    with running(Shelf(rendition("/atom.xml", "atom", FEED)), through=through) as web:
        status, _, body = web.get("/atom.xml")
        assert (status, body) == (200, FEED)
    assert "answer from memory failed" in caplog.text


def test_other_rules_hold_from_the_next_request_on() -> None:
    """Also for who is known from before."""
    sites: list[Site] = []

    def through(made: Site) -> Site:
        sites.append(made)
        return made

    with running(Shelf(rendition("/atom.xml", "atom", FEED)), url="https://old.example", through=through) as web:
        asked = {"Host": "old.example"}
        assert [web.get("/atom.xml", asked)[0] for _ in range(4)] == [200] * 4
        sites[0].adopt(Front("https://new.example"))
        assert web.get("/atom.xml", asked)[0] == 400
        assert web.get("/atom.xml", {"Host": "new.example"})[0] == 200
