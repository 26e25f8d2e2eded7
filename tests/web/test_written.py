"""Whether an answer went out whole is told after its last byte, and not of one that was cut."""

import queue
import socket
import struct
from collections.abc import Iterator
from dataclasses import replace

import pytest

from feeds.web.wire.http import Entrance, text
from tests.web.served import Running, Shelf, everything, running

HUGE = "0123456789abcdef" * 400_000  # more than the operating system takes at once

ANSWERS = {"/small": "small", "/huge": HUGE}


@pytest.fixture(scope="module")
def web() -> Iterator[tuple[Running, "queue.Queue[bool]"]]:
    told: queue.Queue[bool] = queue.Queue()
    entrances = [
        Entrance(path=path, handler=lambda asked: replace(text(ANSWERS[asked.path]), after=told.put))
        for path in ANSWERS
    ]
    with running(Shelf(), entrances) as found:
        yield found, told


def ask(client: socket.socket, path: str, more: str = "") -> None:
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode())


@pytest.mark.parametrize("path", ["/small", "/huge"])
@pytest.mark.parametrize("more", ["", "Connection: close\r\n"])
def test_what_is_read_whole_is_whole(web: tuple[Running, "queue.Queue[bool]"], path: str, more: str) -> None:
    running, told = web
    with running.connect() as client:
        ask(client, path, more)
        if more:
            assert len(everything(client)) > 5
        else:
            seen = bytearray()
            while not seen.endswith(b"small" if path == "/small" else b"cdef") or len(seen) < len(ANSWERS[path]):
                seen += client.recv(1 << 20)
        assert told.get(timeout=10) is True


def test_who_leaves_in_the_middle_has_not_all(web: tuple[Running, "queue.Queue[bool]"]) -> None:
    running, told = web
    client = running.connect()
    ask(client, "/huge")
    client.recv(1000)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    assert told.get(timeout=10) is False


def test_who_closes_politely_in_the_middle_has_not_all(web: tuple[Running, "queue.Queue[bool]"]) -> None:
    running, told = web
    client = running.connect()
    ask(client, "/huge")
    client.recv(1000)
    client.close()
    assert told.get(timeout=10) is False


def test_who_takes_nothing_is_cut_in_the_end() -> None:
    told: queue.Queue[bool] = queue.Queue()
    entrance = Entrance(path="/huge", handler=lambda _: replace(text(HUGE), after=told.put))
    with running(Shelf(), [entrance], patience=0.02) as found, found.connect() as client:
        ask(client, "/huge")
        assert told.get(timeout=10) is False
