"""Many sources at a time: in order, one host at a time, nobody waits for somebody else's host."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.fetch import Fetcher, batch, fetcher
from feeds.model.source import Document, Fetched, Kind, Problem, Source, SourceState
from feeds.net import Client
from tests.faults import HANG, KEEP, Faults, Script, answer

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PATIENCE = 5.0


def pair(id: str, url: str = "", kind: Kind = "feed") -> tuple[Source, SourceState]:
    source = Source(id=id, kind=kind, location=url or f"http://{id}.example/")
    return source, SourceState(source_id=id, due=NOW)


def found(id: str) -> Fetched:
    return Fetched(outcome="fresh", body_hash=id)


def kinds(ask: Callable[[Source], Fetched]) -> Mapping[Kind, Callable[[Source, SourceState, Client], Fetched]]:
    def asked(source: Source, state: SourceState, client: Client) -> Fetched:
        return ask(source)

    return {"feed": asked, "content": asked, "file": asked}


def threads(ask: Callable[[Source], Fetched], per_host: int, workers: int) -> Fetcher:
    return fetcher(Client(), per_host, workers, way="requests", kinds=kinds(ask))


class Watch:
    """Counts who is being asked at the same time, by host and in all."""

    def __init__(self) -> None:
        self.most: dict[str, int] = {}
        self._now: dict[str, int] = {}
        self._lock = threading.Lock()

    def __call__(self, source: Source) -> Fetched:
        hosts = (source.location, "all")
        with self._lock:
            for host in hosts:
                self._now[host] = self._now.get(host, 0) + 1
                self.most[host] = max(self.most.get(host, 0), self._now[host])
        sha256(bytes(1 << 18))  # lets other threads run meanwhile
        with self._lock:
            for host in hosts:
                self._now[host] -= 1
        return found(source.id)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=30), st.integers(1, 3), st.integers(1, 6))
def test_answers_come_in_order_within_limits(hosts: list[int], per_host: int, workers: int) -> None:
    watch = Watch()
    pairs = [pair(str(n), f"http://{host}.example/") for n, host in enumerate(hosts)]
    answers = list(threads(watch, per_host, workers)(pairs))
    assert [fetched.body_hash for fetched in answers] == [str(n) for n in range(len(hosts))]
    assert watch.most.pop("all", 0) <= workers
    assert all(count <= per_host for count in watch.most.values())


def test_sch_09_slow_host_does_not_hold_up_others() -> None:
    others = threading.Semaphore(0)

    def ask(source: Source) -> Fetched:
        if "slow" in source.location:
            for _ in range(20):
                assert others.acquire(timeout=PATIENCE)
            for _ in range(20):
                others.release()
        else:
            others.release()
        return found(source.id)

    pairs = [pair(f"s{n}", "http://slow.example/") for n in range(10)] + [pair(f"o{n}") for n in range(20)]
    assert len(list(threads(ask, 1, 2)(pairs))) == 30


def test_local_sources_have_no_host() -> None:
    both = threading.Barrier(2)

    def ask(source: Source) -> Fetched:
        both.wait(PATIENCE)
        return found(source.id)

    pairs = [pair("a", "/posts", "content"), pair("b", "/posts", "file")]
    assert [fetched.body_hash for fetched in threads(ask, 1, 2)(pairs)] == ["a", "b"]


def test_one_exception_is_one_failure(caplog: pytest.LogCaptureFixture) -> None:
    def ask(source: Source) -> Fetched:
        if source.id == "b":
            raise ZeroDivisionError("with a secret")
        return found(source.id)

    answers = list(threads(ask, 1, 2)([pair("a"), pair("b"), pair("c")]))
    assert [fetched.outcome for fetched in answers] == ["fresh", "failed", "fresh"]
    assert answers[1].problem == Problem(code="reader", detail="ZeroDivisionError", where="http://b.example/")
    assert "source b could not be read" in caplog.text


@pytest.mark.parametrize(
    ("status", "wait", "spared"),
    [
        pytest.param(429, timedelta(seconds=120), True, id="NET-36 429 with a wait"),
        pytest.param(429, None, True, id="NET-36 429"),
        pytest.param(503, timedelta(seconds=120), True, id="NET-37 503 with a wait"),
        pytest.param(503, None, False, id="503"),
        pytest.param(404, timedelta(seconds=120), False, id="404"),
    ],
)
def test_host_that_asks_for_a_pause_gets_it(status: int, wait: timedelta | None, spared: bool) -> None:
    asked: list[str] = []

    def ask(source: Source) -> Fetched:
        asked.append(source.id)
        if source.id == "a":
            return Fetched(outcome="failed", status=status, retry_after=wait, problem=Problem(code="status"))
        return found(source.id)

    urls = {
        "a": "http://h.example/1",
        "b": "http://h.example/2",
        "c": "http://H.example:80/3",
        "d": "http://i.example/",
    }
    answers = list(threads(ask, 1, 1)([pair(id, url) for id, url in urls.items()]))
    assert asked == (["a", "d"] if spared else ["a", "b", "c", "d"])
    assert answers[3].outcome == "fresh"
    for fetched in answers[1:3]:
        assert (fetched.outcome == "failed") == spared
        if spared:
            assert fetched.problem
            assert (fetched.problem.code, fetched.retry_after) == ("rate_limited", wait)


def test_answers_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one is slow; the others must not pile up without end meanwhile, and still all come."""
    monkeypatch.setattr(batch, "HELD", 30)
    held: list[int] = []
    enough = threading.Event()

    def ask(source: Source) -> Fetched:
        if source.id == "0":
            assert enough.wait(PATIENCE)
        else:
            held.append(10)
        if sum(held) > 30:
            enough.set()
        return Fetched(outcome="fresh", documents=(Document(url="", body=bytes(10)),), body_hash=source.id)

    answers = threads(ask, 1, 2)([pair(str(n)) for n in range(20)])
    first = next(answers)
    assert first.body_hash == "0"
    assert sum(held) <= 50
    assert [fetched.body_hash for fetched in answers] == [str(n) for n in range(1, 20)]


def test_closing_early_asks_no_more() -> None:
    asked: list[str] = []

    def ask(source: Source) -> Fetched:
        asked.append(source.id)
        return found(source.id)

    answers = threads(ask, 1, 2)([pair(str(n)) for n in range(100)])
    next(answers)
    answers.close()  # type: ignore[attr-defined]  # the port promises no more than an iterator
    assert len(asked) <= 6
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("fetch")]


def test_closing_early_calls_off_what_hangs() -> None:
    with Faults({"/a": [answer(b"<rss/>")], "/b": [HANG]}) as server, Client([server.place]) as client:
        pairs = [pair("a", server.url("/a")), pair("b", server.url("/b"))]
        answers = fetcher(client, 2, 2)(pairs)
        assert next(answers).outcome == "fresh"
        begun = datetime.now(UTC)
        answers.close()  # type: ignore[attr-defined]  # the port promises no more than an iterator
        assert datetime.now(UTC) - begun < timedelta(seconds=2)


def test_real_client_serves_many_threads() -> None:
    bodies: dict[str, Script] = {f"/{n}": [answer(b"<rss>%d</rss>" % n), KEEP] for n in range(40)}
    with Faults(bodies) as server, Client([server.place]) as client:
        pairs = [pair(str(n), server.url(f"/{n}")) for n in range(40)]
        answers = list(fetcher(client, 4, 8)(pairs))
        assert [fetched.documents[0].body for fetched in answers] == [b"<rss>%d</rss>" % n for n in range(40)]
        assert server.connections <= 8
