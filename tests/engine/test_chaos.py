"""Mishaps: workers killed or stalled, the server restarted, the network cut, clocks that differ; work goes on."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from feeds.engine.cluster import Hands
from feeds.engine.queue import Holder, Queue
from feeds.model.job import Job, Report
from feeds.store import migrate
from tests import servers
from tests.engine.engines import SOON, Bench, Rests, states
from tests.waiting import until

POLL, OTHER = Job(name="poll"), Job(name="poll", shard=1)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def address() -> str:
    return servers.ready()


@pytest.fixture
def queue(address: str) -> Iterator[Queue]:
    found = Queue(address)
    yield found
    found.close()


WORKER = """
import sys, threading
from feeds.engine.cluster import Hands
from feeds.model.job import Report
from tests.engine.engines import Rests
pause = threading.Event()
def run(job, stopping):
    print("began", job.lock, flush=True)
    while not stopping():
        pause.wait(0.02)
    print("left", job.lock, flush=True)
    return Report(job=job)
if "stall" in sys.argv:
    from feeds.store.server import connected
    writing = connected(sys.argv[1]).write()
    writing.__enter__().exec_driver_sql("INSERT INTO meta VALUES ('stalled', 'in a transaction')")
hands = Hands(sys.argv[1], run, lambda: (), Rests(), many=2, beat=0.2, lease=2)
hands.start()
sys.stdin.read()
"""


class Worker:
    """A worker in a process of its own, whose jobs go on until they are stopped; a command may lead there."""

    def __init__(self, address: str, *more: str, by: Sequence[str] = ()) -> None:
        command = [*by, sys.executable, "-c", WORKER, address, *more]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def says(self, line: str) -> bool:
        """Wait for its next line, and tell whether it is this one."""
        assert self.process.stdout
        return self.process.stdout.readline() == f"{line}\n"

    def kill(self) -> None:
        with self.process:
            self.process.kill()


@pytest.fixture
def worker(address: str) -> Iterator[Worker]:
    found = Worker(address, "stall")
    yield found
    found.kill()


def test_the_jobs_of_a_killed_worker_run_again(address: str, queue: Queue, worker: Worker) -> None:
    queue.enqueue(POLL)
    assert worker.says("began poll:0")
    worker.kill()
    assert queue.sweep(60) == (), "it may live yet"
    until(lambda: queue.sweep(1) == ("poll:0",))
    bench = Bench()
    bench.gate.release()
    hands = Hands(address, bench.run, lambda: (), Rests(), many=1)
    hands.start()
    assert bench.left.acquire(timeout=20)
    assert hands.stop(SOON)
    assert states(queue) == {}


def test_a_dead_workers_job_of_which_another_waits_ends(queue: Queue, worker: Worker) -> None:
    queue.enqueue(POLL)
    assert worker.says("began poll:0")
    queue.enqueue(POLL)
    worker.kill()
    until(lambda: queue.sweep(1) == ("poll:0",))
    assert states(queue) == {"todo": 1}


def test_a_worker_that_stalled_past_its_lease_stops_when_it_comes_back(
    address: str, queue: Queue, worker: Worker
) -> None:
    queue.enqueue(POLL)
    assert worker.says("began poll:0")
    worker.process.send_signal(signal.SIGSTOP)
    holder = Holder(address)
    with holder.holding("poll:0") as lost:
        assert lost is None, "while it may live, nobody else runs its job"
    until(lambda: queue.sweep(1) == ("poll:0",))
    with psycopg.connect(address) as connection:
        connection.execute("SET lock_timeout = '5s'")
        connection.execute("INSERT INTO meta VALUES ('stalled', 'nobody waits for its transaction')")
    with holder.holding("poll:0") as lost:
        assert lost is not None
        assert not lost()
        worker.process.send_signal(signal.SIGCONT)
        assert worker.says("left poll:0"), "it finds its lock lost, and stops by itself"
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
    until(lambda: _put(queue), 30)
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


# the network


class Cable:
    """A network of two: this machine, and a room of its own for a worker, by a cable that can be cut."""

    def __init__(self) -> None:
        number = os.getpid() % 250
        self.room, self.end = f"feeds{os.getpid()}", f"fd{os.getpid()}"
        self.here, self.there = f"10.233.{number}.1", f"10.233.{number}.2"

    def lay(self) -> None:
        self._ip("netns", "add", self.room)
        self._ip("link", "add", self.end, "type", "veth", "peer", "name", "eth0", "netns", self.room)
        self._ip("addr", "add", f"{self.here}/30", "dev", self.end)
        self._ip("link", "set", self.end, "up")
        self._ip("-n", self.room, "addr", "add", f"{self.there}/30", "dev", "eth0")
        self._ip("-n", self.room, "link", "set", "eth0", "up")

    def cut(self) -> None:
        self._ip("link", "set", self.end, "down")

    def mend(self) -> None:
        self._ip("link", "set", self.end, "up")

    def take_away(self) -> None:
        for words in (("link", "del", self.end), ("netns", "del", self.room)):
            with suppress(subprocess.CalledProcessError, FileNotFoundError):
                self._ip(*words)

    def _ip(self, *words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def cable() -> Iterator[Cable]:
    found = Cable()
    try:
        found.lay()
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        found.take_away()
        pytest.skip(f"no network can be laid here (needs root and iproute2): the cut was not tried: {error!r}")
    yield found
    found.take_away()


def test_a_worker_whose_network_is_cut_is_replaced_and_comes_back(cable: Cable) -> None:
    """Nothing tells it that it was cut off: no packet comes at all."""
    trial = servers.fresh({"listen_addresses": cable.here})
    address = trial.create("feeds", "template0")
    migrate(address)
    with (trial.folder / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {cable.there}/32 trust\n")
    with psycopg.connect(address) as connection:
        connection.execute("SELECT pg_reload_conf()")
    queue, holder = Queue(address), Holder(address)
    worker = Worker(f"postgresql://feeds@{cable.here}/feeds", by=["ip", "netns", "exec", cable.room])
    try:
        queue.enqueue(POLL)
        assert worker.says("began poll:0")
        cable.cut()
        until(lambda: queue.sweep(1) == ("poll:0",))
        with holder.holding("poll:0") as lost:
            assert lost is not None, "another may run it now"
            cable.mend()
            assert worker.says("left poll:0"), "it finds its lock lost, and stops by itself"
            assert not lost()
        queue.enqueue(OTHER)
        assert worker.says("began poll:1") or worker.says("began poll:1"), (
            "it works again, perhaps at the old job first"
        )
    finally:
        worker.kill()
        holder.close()
        queue.close()
        trial.close()
