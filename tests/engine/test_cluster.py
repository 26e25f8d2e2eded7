"""The engine of a cluster: one waits and one runs, whoever dies; nothing is put off; no tick fires twice."""

import asyncio
import gc
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException

from feeds.engine.cluster import Clockwork, Hands, unnoted
from feeds.engine.queue import Holder, Queue, key_of
from feeds.model.job import Job, Report
from feeds.store import migrate
from feeds.store.database.server import connected
from feeds.store.turns import Turns
from tests import servers
from tests.engine.engines import SOON, Bench, Rests, states

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


def test_a_tick_that_raises_is_logged_once_and_the_next_one_comes(
    queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    faults = iter([RuntimeError("no rows"), RuntimeError("no rows"), None, RuntimeError("no rows")])

    def broken() -> list[Job]:
        if fault := next(faults):
            raise fault
        return []

    ticks: list[int] = []
    clock = Clockwork(queue, broken, lambda _name, _every: True, ticked=lambda: ticks.append(1))
    with caplog.at_level("INFO"):
        assert [clock.tick() for _ in range(4)] == [False, False, True, False]
    assert len(ticks) == 4, "it lives all the same"
    assert caplog.text.count("tick failed") == 2, (
        "what lasts is told once: 45 seconds without a server took 3,000 lines"
    )
    assert caplog.text.count("tick goes well again") == 1


@pytest.mark.parametrize(("error", "told"), [(ConnectorException("away"), True), (ValueError("ours"), False)], ids=str)
def test_the_end_of_a_job_that_another_has_is_told_in_a_line(
    error: Exception, told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def ends() -> None:
        async def job() -> None:
            raise error

        loop = asyncio.get_running_loop()
        loop.set_exception_handler(unnoted)
        task = loop.create_task(job())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()

    asyncio.run(ends())
    assert ("end of a job not noted" in caplog.text) is told
    assert ("never retrieved" in caplog.text) is not told


WORKER = """
import sys, time
from datetime import timedelta
from feeds.engine.cluster import Hands
from feeds.model.job import Report
from tests.engine.engines import Rests
def run(job, stopping):
    print("began", job.lock, flush=True)
    while not stopping():
        time.sleep(0.02)
    print("left", job.lock, flush=True)
    return Report(job=job)
from feeds.store.database.server import connected
db = connected(sys.argv[1])
writing = db.write()
writing.__enter__().exec_driver_sql("INSERT INTO meta VALUES ('stalled', 'in a transaction')")
hands = Hands(sys.argv[1], run, lambda: (), Rests(), many=2, beat=0.2, lease=2)
hands.start()
time.sleep(60)
"""


@pytest.fixture
def worker(address: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen([sys.executable, "-c", WORKER, address], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with process:
        yield process
        process.kill()


def _until(found: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait for what another process is to do."""
    end = time.monotonic() + seconds
    while not (true := found()) and time.monotonic() < end:
        time.sleep(0.05)
    return true


def test_the_jobs_of_a_killed_worker_run_again(address: str, queue: Queue, worker: "subprocess.Popen[str]") -> None:
    queue.enqueue(POLL)
    assert worker.stdout
    assert worker.stdout.readline() == "began poll:0\n"
    worker.kill()
    worker.wait()
    assert queue.sweep(60) == (), "it may live yet"
    assert _until(lambda: queue.sweep(1) == ("poll:0",))
    bench = Bench()
    bench.gate.release()
    hands = Hands(address, bench.run, lambda: (), Rests(), many=1)
    hands.start()
    assert bench.left.acquire(timeout=20)
    assert hands.stop(SOON)
    assert states(queue) == {}


def test_a_dead_workers_job_of_which_another_waits_ends(queue: Queue, worker: "subprocess.Popen[str]") -> None:
    queue.enqueue(POLL)
    assert worker.stdout
    assert worker.stdout.readline() == "began poll:0\n"
    queue.enqueue(POLL)
    worker.kill()
    worker.wait()
    assert _until(lambda: queue.sweep(1) == ("poll:0",))
    assert states(queue) == {"todo": 1}


def test_a_worker_that_stalled_past_its_lease_stops_when_it_comes_back(
    address: str, queue: Queue, worker: "subprocess.Popen[str]"
) -> None:
    queue.enqueue(POLL)
    assert worker.stdout
    assert worker.stdout.readline() == "began poll:0\n"
    worker.send_signal(signal.SIGSTOP)
    holder = Holder(address)
    with holder.holding("poll:0") as lost:
        assert lost is None, "while it may live, nobody else runs its job"
    assert _until(lambda: queue.sweep(1) == ("poll:0",))
    with psycopg.connect(address) as connection:
        connection.execute("SET lock_timeout = '5s'")
        connection.execute("INSERT INTO meta VALUES ('stalled', 'nobody waits for its transaction')")
    with holder.holding("poll:0") as lost:
        assert lost is not None
        assert not lost()
        worker.send_signal(signal.SIGCONT)
        assert worker.stdout.readline() == "left poll:0\n", "it finds its lock lost, and stops by itself"
    holder.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of connections that the restart cut
def test_the_server_restarted_and_work_goes_on() -> None:
    """Connections are made anew; what waited still waits."""
    trial = servers.fresh()
    address = trial.create("feeds", "template0")
    migrate(address)
    queue, ran = Queue(address), threading.Semaphore(0)

    def run(job: Job, _stopping: Callable[[], bool]) -> Report:
        ran.release()
        return Report(job=job)

    hands = Hands(address, run, lambda: (), Rests(), many=1)
    hands.start()
    queue.enqueue(POLL)
    assert ran.acquire(timeout=20)
    trial.stop()
    trial.start()
    assert _until(lambda: _put(queue), 30)
    assert ran.acquire(timeout=40)
    assert hands.stop(SOON)
    queue.close()
    trial.close()


def _put(queue: Queue) -> bool:
    try:
        queue.enqueue(POLL)
    except psycopg.Error:
        return False
    return True


def test_locks_differ() -> None:
    assert len({key_of(Job(name="poll", shard=n).lock) for n in range(4096)}) == 4096
