"""Many feeds at a time by libcurl: the same order, lanes and pauses as by threads."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from feeds.fetch import NO_TIME, Fetcher, batch, fetcher
from feeds.fetch import http as asked
from feeds.model.source import Kind, Source, SourceState
from feeds.net import Client, Limits
from tests.faults import ABORT, HANG, KEEP, Faults, Script, answer

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def pair(id: str, location: str, kind: Kind = "feed") -> tuple[Source, SourceState]:
    return Source(id=id, kind=kind, location=location), SourceState(source_id=id, due=NOW)


def curl(client: Client, per_host: int = 1, workers: int = 8, spacing: timedelta = NO_TIME) -> Fetcher:
    return fetcher(client, per_host, workers, spacing=spacing, way="curl")


def said(fetcher: Fetcher, pairs: list[tuple[Source, SourceState]]) -> list[str]:
    """What each gave: its document, or the code of its problem."""
    return [f.problem.code if f.problem else f.documents[0].body.decode() for f in fetcher(pairs)]


def test_answers_come_in_order_whatever_becomes_of_them(tmp_path: object) -> None:
    file = f"{tmp_path}/local.xml"
    with open(file, "w", encoding="ascii") as out:
        out.write("local")
    scripts: dict[str, Script] = {
        "/slow": [0.3, answer(b"slow")],
        "/cut": [answer(b"xxxx")[:-1], ABORT],
        "/moved": [answer(b"", "Location: /quick", status="301 X")],
        "/quick": [answer(b"quick")],
        "/missing": [answer(b"", status="404 X"), KEEP],
    }
    with Faults(scripts) as server, Client([server.place]) as client:
        pairs = [pair(path, server.url(path)) for path in scripts]
        pairs[2:2] = [pair("local", file, "file"), pair("bad", "http://[")]
        found = said(curl(client, 4), pairs)
    assert found == ["slow", "truncated", "local", "address", "quick", "quick", "missing"]


def test_lines_are_used_again_and_never_more_than_allowed() -> None:
    bodies: dict[str, Script] = {f"/{n}": [answer(b"%d" % n), KEEP] for n in range(60)}
    with Faults(bodies) as server, Client([server.place]) as client:
        pairs = [pair(str(n), server.url(f"/{n}")) for n in range(60)]
        ask = curl(client, 3)
        assert said(ask, pairs) == said(ask, pairs) == [str(n) for n in range(60)]
        assert server.connections == 3


def test_net_36_host_that_asks_for_a_pause_gets_it() -> None:
    scripts: dict[str, Script] = {"/": [answer(b"", "Retry-After: 120", status="429 X")], "/b": [answer(b"b")]}
    with Faults(scripts) as server, Client([server.place]) as client:
        pairs = [pair("a", server.url("/")), pair("b", server.url("/b")), pair("c", server.url("/b"))]
        answers = list(curl(client)(pairs))
    assert [(f.problem and f.problem.code, f.retry_after) for f in answers] == [
        ("rate_limited", timedelta(minutes=2))
    ] * 3
    assert len(server.requests) == 1


def test_net_03_hanging_resolver_holds_up_nobody_else() -> None:
    done = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        if host.startswith("slow"):
            done.wait(5)
        return ["127.0.0.1"]

    with Faults({"/": [answer(b"x"), KEEP]}) as server:
        places = [f"{host}.example:{server.port}" for host in ("slow", "a", "b")]
        with Client(places, resolve=resolve, limits=Limits(total=timedelta(seconds=0.6))) as client:
            found = said(curl(client), [pair(place, f"http://{place}/") for place in places])
    done.set()
    assert found == ["timeout", "x", "x"]


def test_bom_27_hanging_sources_keep_a_run_no_longer_than_their_share_of_the_lines() -> None:
    """24 hang, 8 lines, 0.3 s each: the last is asked after three rounds, and answers."""
    scripts: dict[str, Script] = {f"/{n}": [HANG] for n in range(24)} | {"/good": [answer(b"x")]}
    with Faults(scripts) as server:
        places = [f"h{n}.example:{server.port}" for n in range(25)]
        limits = Limits(total=timedelta(seconds=0.3))
        with Client(places, resolve=lambda _host, _port: ["127.0.0.1"], limits=limits) as client:
            pairs = [pair(path, f"http://{place}{path}") for place, path in zip(places, scripts, strict=True)]
            begun = monotonic()
            assert said(curl(client), pairs) == ["timeout"] * 24 + ["x"]
            assert monotonic() - begun < 24 * 0.3


def test_net_48_first_address_dead_second_alive() -> None:
    with Faults({"/": [answer(b"x")]}) as server:
        place = f"a.example:{server.port}"
        with Client([place], resolve=lambda host, port: ["127.1.2.3", "127.0.0.1"]) as client:
            assert said(curl(client), [pair("a", f"http://{place}/")]) == ["x"]


def test_answers_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one is slow; the others must not pile up without end meanwhile, and still all come."""
    monkeypatch.setattr(batch, "HELD", 3000)
    enough = threading.Event()

    def first() -> Script:
        enough.wait(5)
        return [answer(b"0")]

    counted: list[int] = []

    def other() -> Script:
        counted.append(1)
        if len(counted) == 4:
            enough.set()
        return [answer(b"x" * 1000)]

    scripts: dict[str, Callable[[], Script] | Script] = {"/0": first, "/": other}
    with Faults(scripts) as server, Client([server.place]) as client:
        pairs = [pair("0", server.url("/0")), *[pair(str(n), server.url("/")) for n in range(20)]]
        answers = curl(client, 2)(pairs)
        assert next(answers).documents[0].body == b"0"
        assert len(counted) <= 6
        assert len(list(answers)) == 20


def test_closing_early_calls_off_what_hangs() -> None:
    with Faults({"/a": [answer(b"<rss/>")], "/b": [HANG]}) as server, Client([server.place]) as client:
        answers = curl(client, 2)([pair("a", server.url("/a")), pair("b", server.url("/b"))])
        assert next(answers).outcome == "fresh"
        begun = monotonic()
        answers.close()  # type: ignore[attr-defined]  # the port promises no more than an iterator
        assert monotonic() - begun < 2
    assert not [thread for thread in threading.enumerate() if thread.name == "fetch"]


def test_fault_of_ours_is_one_failure(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(asked, "sha256", None)
    with (
        Faults({"/a": [answer(b"x")], "/b": [answer(b"", status="404 X")]}) as server,
        Client([server.place]) as client,
    ):
        found = said(curl(client), [pair("a", server.url("/a")), pair("b", server.url("/b"))])
    assert found == ["reader", "missing"]
    assert "source a could not be read" in caplog.text
