"""Whatever a server or a name server does, a call ends in time. Wall clock, with little room."""

import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

import pytest

from feeds import net
from feeds.errors import FetchError
from feeds.net import Limits, stopping
from tests.faults import ABORT, HANG, Faults, Script, answer, drip
from tests.ways import Client

pytestmark = pytest.mark.usefixtures("way")

TOTAL = 0.6
LIMITS = Limits(total=timedelta(seconds=TOTAL))
HASTY = Limits(total=timedelta(seconds=5), read=timedelta(seconds=0.3))
LATE = 0.5  # seconds that a busy machine may add


def hops(pause: float) -> dict[str, Script]:
    return {f"/{n}": [pause, answer(b"", f"Location: /{n + 1}", status="302 X")] for n in range(9)}


SCRIPTS: dict[str, Callable[[], Script] | Script] = {
    "/headers": lambda: [b"HTTP/1.1 200 OK\r\n", *drip(b"A: b\r\n", 0.1)],
    "/continue": lambda: drip(b"HTTP/1.1 100 Continue\r\n\r\n", 0.1),
    "/status": lambda: [b"HTTP/1.1 200 ", *drip(b"H", 0.1)],
    "/body": lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *drip(b"x", 0.1)],
    "/chunks": lambda: [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *drip(b"1\r\nx\r\n", 0.1)],
    "/extension": lambda: [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", *drip(b"x", 0.1)],
    "/silent": [HANG],
    "/stall": [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nxxx", HANG],
    **hops(0.2),
}


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/headers", id="NET-08 endless headers"),
        pytest.param("/continue", id="NET-09 endless 100"),
        pytest.param("/status", id="NET-08 endless status line"),
        pytest.param("/body", id="NET-10 dripping body"),
        pytest.param("/chunks", id="NET-10 dripping chunks"),
        pytest.param("/extension", id="NET-10 dripping chunk extension"),
        pytest.param("/silent", id="NET-11 no answer"),
        pytest.param("/stall", id="NET-11 stall until the deadline"),
        pytest.param("/0", id="NET-25 slow redirects"),
    ],
)
def test_call_ends_at_its_deadline(path: str) -> None:
    with Faults(SCRIPTS) as server:
        begun = monotonic()
        with pytest.raises(FetchError) as caught:
            Client([server.place], limits=LIMITS).get(server.url(path))
        took = monotonic() - begun
    assert caught.value.code == "timeout"
    assert TOTAL - 0.05 <= took <= TOTAL + LATE


@pytest.mark.parametrize("path", ["/stall", "/silent"])
def test_net_11_silence_ends_sooner(path: str) -> None:
    with Faults(SCRIPTS) as server:
        begun = monotonic()
        with pytest.raises(FetchError) as caught:
            Client([server.place], limits=HASTY).get(server.url(path))
        took = monotonic() - begun
    assert (caught.value.code, caught.value.detail) == ("timeout", "the server fell silent")
    assert took <= 0.3 + LATE


def test_net_03_hanging_resolver_does_not_hold_us() -> None:
    done = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        done.wait(5)
        return []

    begun = monotonic()
    with pytest.raises(FetchError) as caught:
        Client(limits=LIMITS, resolve=resolve).get("http://a.example/")
    took = monotonic() - begun
    done.set()
    assert caught.value.code == "timeout"
    assert took <= TOTAL + LATE


def test_trip_is_called_off() -> None:
    stop = threading.Event()
    with Faults(SCRIPTS) as server, stopping(stop):
        begun = monotonic()
        threading.Timer(0.1, stop.set).start()
        with pytest.raises(FetchError) as caught:
            net.Client([server.place]).get(server.url("/silent"))
        took = monotonic() - begun
    assert caught.value.detail == "called off"
    assert took <= 0.35 + LATE


def test_net_12_reset_in_the_body_is_truncated() -> None:
    scripts: dict[str, Script] = {"/x": [answer(b"x" * 1000)[:-500], 0.05, ABORT]}
    with Faults(scripts) as server, pytest.raises(FetchError) as caught:
        Client([server.place]).get(server.url("/x"))
    assert caught.value.code == "truncated"
