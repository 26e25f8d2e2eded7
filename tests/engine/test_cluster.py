"""The engine of a cluster: one waits and one runs, whoever dies; nothing is put off; no tick fires twice."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from feeds.engine.cluster import Clockwork, Hands
from feeds.engine.queue import Queue, key_of
from feeds.model.job import Job, Report
from feeds.store.server import connected
from feeds.store.turns import Turns
from tests import servers
from tests.engine.engines import SOON, Rests, states

POLL, OTHER, PUBLISH = Job(name="poll"), Job(name="poll", shard=1), Job(name="publish")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def address() -> str:
    return servers.ready()


@pytest.fixture
def queue(address: str) -> Iterator[Queue]:
    found = Queue(address)
    yield found
    found.close()


class Away:
    """Stands for what lies in a database that is away; tells when it was closed."""

    def __init__(self, _address: str) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Queue", "Holder"):
        monkeypatch.setattr(f"feeds.engine.cluster.{name}", Away)


def test_a_worker_stops_while_its_database_is_away(away: None, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Event()

    def app_for(*_: object) -> None:
        raise OSError("the database is away")

    monkeypatch.setattr("feeds.engine.cluster.app_for", app_for)
    hands = Hands("", lambda job, _: Report(job=job), lambda: (), Rests())
    wait = hands._stopping.wait

    def waits(seconds: float | None = None) -> bool:
        closed.set()  # the loop of the first try is closed by now
        return wait(seconds)

    monkeypatch.setattr(hands._stopping, "wait", waits)
    hands.start()
    assert closed.wait(20)
    assert hands.stop(SOON)
    assert [one.closed for one in (hands._holder, hands._queue)] == [True, True]  # type: ignore[union-attr]  # `Away`


@pytest.mark.parametrize("error", [asyncio.CancelledError(), OSError("the database is away")], ids=repr)
def test_a_worker_that_lost_its_loop_begins_anew_and_tells_that_it_lives(
    away: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    ticks: list[int] = []
    tried = threading.Semaphore(0)

    def app_for(*_: object) -> None:
        tried.release()
        raise error

    monkeypatch.setattr("feeds.engine.cluster.AGAIN", 0)
    monkeypatch.setattr("feeds.engine.cluster.app_for", app_for)
    hands = Hands("", lambda job, _: Report(job=job), lambda: (), Rests(), ticked=lambda: ticks.append(1))
    hands.start()
    assert all(tried.acquire(timeout=20) for _ in range(3))
    assert hands.stop(SOON)
    assert len(ticks) >= 3
    assert "worker begins anew" in caplog.text


def test_a_worker_that_waits_for_jobs_tells_that_it_lives(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.engine.cluster.PULSE", 0.01)
    ticks = threading.Semaphore(0)
    hands = Hands(address, lambda job, _: Report(job=job), lambda: (), Rests(), many=1, ticked=ticks.release)
    hands.start()
    assert all(ticks.acquire(timeout=20) for _ in range(5))
    assert hands.stop(SOON)


def test_jobs_are_there_if_the_transaction_is(address: str, queue: Queue) -> None:
    with psycopg.connect(address) as connection:
        queue.put([POLL], connection)
        connection.rollback()
        assert states(queue) == {}
        queue.put([POLL], connection)
        connection.execute("INSERT INTO meta VALUES ('a', 'b')")
        assert queue.put([POLL, OTHER], connection) == 1, "what waits already undoes nothing"
    assert states(queue) == {"todo": 2}


def test_what_another_puts_at_the_same_moment_undoes_nothing(
    address: str, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.engine.queue._WAITING", "SELECT 'not yet seen'")
    queue.enqueue(POLL)
    with psycopg.connect(address) as connection:
        assert queue.put([POLL, OTHER], connection) == 1
        connection.execute("INSERT INTO meta VALUES ('a', 'b')")
    assert states(queue) == {"todo": 2}


def test_no_job_is_ever_put_off(address: str, queue: Queue) -> None:
    """Procrastinate's fetch takes 515 ms among a million of them (measured): what is due when stands in our rows."""
    queue.put([POLL, OTHER, PUBLISH])
    with psycopg.connect(address) as connection:
        assert connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL"
        ).fetchone() == (0,)
    sources = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "feeds").rglob("*.py"))
    assert not [word for word in ("schedule_at", "schedule_in", "periodic(") if word in sources]


def test_no_tick_fires_twice(address: str, queue: Queue) -> None:
    db = connected(address)
    fired = []

    def due() -> list[Job]:
        fired.append(1)
        return [POLL]

    day = timedelta(days=1000)
    clocks = [Clockwork(queue, due, Turns(db).take, every=day) for _ in range(4)]
    threads = [threading.Thread(target=clock.tick) for clock in clocks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(fired) == 1
    assert states(queue) == {"todo": 1}
    db.close()


def test_a_tick_that_raises_is_logged_and_the_next_one_comes(queue: Queue, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> list[Job]:
        raise RuntimeError("no rows")

    ticks: list[int] = []
    clock = Clockwork(queue, broken, lambda _name, _every: True, ticked=lambda: ticks.append(1))
    assert [clock.tick(), clock.tick()] == [False, False]
    assert len(ticks) == 2, "it lives all the same"
    assert caplog.text.count("tick failed") == 2


def test_locks_differ() -> None:
    assert len({key_of(Job(name="poll", shard=n).lock) for n in range(4096)}) == 4096
