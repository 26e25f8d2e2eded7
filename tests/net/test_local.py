"""What systemd is told, over a socket of the test's own."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.errors import ListenError
from feeds.net.local import Notifier, free, listening


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    name = str(tmp_path / "notify") if request.param == "path" else f"@feeds-test-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        opened.setblocking(False)
        yield opened, name


def heard(opened: socket.socket) -> list[list[str]]:
    found = []
    while True:
        try:
            found.append(opened.recv(4096).decode().split("\n"))
        except BlockingIOError:
            return found


def test_told_what_is(manager: tuple[socket.socket, str]) -> None:
    opened, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.ready("serving")
    notifier.reloading()
    notifier.stopping()
    ready, reloading, stopping = heard(opened)
    assert ready == ["READY=1", "STATUS=serving"]
    assert reloading[0] == "RELOADING=1"
    assert reloading[1].removeprefix("MONOTONIC_USEC=").isdecimal()
    assert stopping == ["STOPPING=1"]


def test_life_signs_come_twice_as_often_as_the_watchdog_wants(manager: tuple[socket.socket, str]) -> None:
    opened, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "4000000"})
    for tenths in range(100):
        notifier.alive(1000 + tenths / 10)
    assert heard(opened) == [["WATCHDOG=1"]] * 5


def test_a_manager_that_reads_nothing_holds_nobody_up(manager: tuple[socket.socket, str]) -> None:
    opened, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "2"})
    for second in range(5000):  # without patience: a single wait would last for ever
        notifier.alive(float(second))
    assert 0 < len(heard(opened)) < 1000


@pytest.mark.parametrize("usec", ["", "0", "soon"])
def test_no_watchdog_no_life_signs(manager: tuple[socket.socket, str], usec: str) -> None:
    opened, name = manager
    Notifier({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": usec}).alive(1000.0)
    assert heard(opened) == []


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}], ids=["none", "gone"])
def test_without_a_manager_nothing_happens(environ: dict[str, str]) -> None:
    Notifier(environ).ready("serving")


def test_an_address_that_is_taken_is_named() -> None:
    with listening("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port} cannot be listened on"):
            listening("127.0.0.1", port)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_who_would_listen_where_another_does_is_told_so_beforehand(host: str) -> None:
    with listening("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ListenError, match=rf"{host}:{port} cannot be listened on"):
            free(host, port)
    free(host, port)
