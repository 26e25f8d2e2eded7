"""What both engines promise: one waits and one runs of a lock, a failure harms no other, a stop is clean."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feeds.errors import StoreLocked
from feeds.model.job import Job, Report
from feeds.store import open_store
from tests import servers
from tests.engine.engines import SOON, Bench, Clustered, Due, Engine, InProcess, Run, nothing

POLL, OTHER, PUBLISH = Job(name="poll"), Job(name="poll", shard=1), Job(name="publish", shard=7)
Make = Callable[..., Engine]


@pytest.fixture(params=[InProcess, Clustered], ids=["embedded", "cluster"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Start engines; what a test leaves running is stopped."""
    made: list[Engine] = []

    def start(run: Run, due: Due = nothing, **more: int) -> Engine:
        engine: Engine = request.param(run, due, **more)
        made.append(engine)
        engine.start()
        return engine

    yield start
    for engine in made:
        engine.stop()


def test_sch_01_one_runs_one_waits_and_asking_often_is_asking_once(make: Make) -> None:
    bench = Bench()
    engine = make(bench.run)
    engine.ask(POLL)
    assert bench.came()
    for _ in range(5):
        engine.ask(POLL)
    bench.open(2)
    assert bench.ended(2)
    engine.ask(OTHER)
    bench.open()
    assert bench.ended()
    assert engine.stop()
    assert (sorted(bench.runs), bench.most) == (["poll:0", "poll:0", "poll:1"], 1)


def test_different_locks_run_side_by_side(make: Make) -> None:
    bench = Bench()
    engine = make(bench.run)
    engine.ask(POLL, OTHER, PUBLISH)
    assert bench.came(3)
    assert sorted(bench.now) == ["poll:0", "poll:1", "publish:7"]
    bench.open()
    assert engine.stop()


def test_what_follows_from_a_job_is_done_at_once(make: Make) -> None:
    """Not at the next tick of the clock, which comes in an hour here, or never."""
    ran: list[str] = []
    followed = threading.Event()

    def run(job: Job, _stopping: Callable[[], bool]) -> Report:
        ran.append(job.lock)
        if job == PUBLISH:
            followed.set()
        return Report(job=job)

    engine = make(run, lambda: [PUBLISH] if ran == ["poll:0"] else [])
    engine.ask(POLL)
    assert followed.wait(20)
    assert engine.stop()
    assert ran == ["poll:0", "publish:7"]


@pytest.mark.parametrize(
    ("make", "many"), [(InProcess, 10_000), (Clustered, 400)], indirect=["make"], ids=["embedded", "cluster"]
)
def test_sch_13_runs_leave_nothing_behind(make: Make, many: int) -> None:
    """No thread, no descriptor and no program stays of a job."""

    def held() -> tuple[int, int, int]:
        return threading.active_count(), len(os.listdir("/proc/self/fd")), len(multiprocessing.active_children())

    seen: list[tuple[int, int, int]] = []
    over = threading.Semaphore(0)

    def run(job: Job, _stopping: Callable[[], bool]) -> Report:
        seen.append(held())
        over.release()
        return Report(job=job)

    engine = make(run)
    for _ in range(many // 100):
        engine.ask(*(Job(name="poll", shard=shard) for shard in range(100)))
        assert all(over.acquire(timeout=60) for _ in range(100))
    assert engine.stop()
    assert len(seen) == many
    early, late = (tuple(map(max, zip(*some, strict=True))) for some in (seen[50:150], seen[-50:]))
    slack = many // 50  # for what else this process holds; a leak would be as many as the runs
    assert all(after < before + slack for before, after in zip(early, late, strict=True)), (early, late)


def test_a_job_that_raises_harms_no_other_and_rests(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []
    raised, done = threading.Event(), threading.Event()

    def run(job: Job, _stopping: Callable[[], bool]) -> Report:
        ran.append(job.lock)
        if job == POLL:
            raised.set()
            raise RuntimeError("broken")
        done.set()
        return Report(job=job)

    engine = make(run, lambda: [POLL, PUBLISH] if ran and "publish:7" not in ran else [POLL] if ran else [])
    engine.ask(POLL)
    engine.ask(OTHER)
    assert raised.wait(20)  # else a stop may come before it began: what another did tells nothing of it
    assert done.wait(20)
    assert engine.stop()
    assert ran.count("poll:0") == 1
    assert "job failed job=poll:0" in caplog.text


def test_jobs_that_failed_rest_and_keep_no_thread_from_others(make: Make) -> None:
    """All four threads' worth of them: what else there is goes on."""
    broken = [Job(name="poll", shard=n) for n in range(4)]
    ran: list[str] = []
    failed, done = threading.Semaphore(0), threading.Event()

    def run(job: Job, _stopping: Callable[[], bool]) -> Report:
        ran.append(job.lock)
        if job.name == "poll":
            failed.release()
            return Report(job=job, outcome="failed")
        done.set()
        return Report(job=job)

    engine = make(run, lambda: broken if ran else (), workers=1, many=4)
    engine.ask(*broken)
    assert all(failed.acquire(timeout=20) for _ in broken)
    engine.ask(PUBLISH)
    assert done.wait(20), "long before the rest is over"
    assert engine.stop()
    assert sorted(ran) == ["poll:0", "poll:1", "poll:2", "poll:3", "publish:7"]


def test_a_stop_lets_a_job_reach_its_next_pause(make: Make) -> None:
    began, ended, pause = threading.Event(), [], threading.Event()

    def run(job: Job, stopping: Callable[[], bool]) -> Report:
        began.set()
        while not stopping():
            pause.wait(0.01)
        ended.append(job.lock)
        return Report(job=job)

    engine = make(run)
    engine.ask(POLL)
    assert began.wait(20)
    assert engine.stop()
    assert ended == ["poll:0"]


def test_a_stop_takes_no_more_jobs_and_says_when_one_was_left_behind(make: Make) -> None:
    bench = Bench()
    engine = make(bench.run)
    engine.ask(POLL)
    assert bench.came()
    assert not engine.stop(SOON * 0)
    bench.open()
    assert bench.ended()
    assert bench.runs == ["poll:0"]


def test_what_is_due_cannot_be_told_and_work_goes_on(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    ran = threading.Semaphore(0)

    def run(job: Job, _stopping: Callable[[], bool]) -> Report:
        ran.release()
        return Report(job=job)

    def broken() -> list[Job]:
        raise RuntimeError("no rows")

    engine = make(run, broken)
    engine.ask(POLL)
    assert ran.acquire(timeout=20)
    engine.ask(OTHER)
    assert ran.acquire(timeout=20)
    assert engine.stop()
    assert "tick failed" in caplog.text


@pytest.mark.parametrize("store", ["file", "server"])
def test_a_second_embedded_process_is_refused(store: str, tmp_path: Path) -> None:
    """So is one beside a cluster; of a cluster there may be many."""
    url = f"sqlite:///{tmp_path}/feeds.db" if store == "file" else servers.ready()
    first = open_store(url)
    for many in (False, True) if store == "server" else (False,):
        with pytest.raises(StoreLocked, match="in use by process"):
            open_store(url, lock=not many, many=many)
    first.close()
    if store == "server":
        one, other = (open_store(url, lock=False, many=True) for _ in range(2))
        with pytest.raises(StoreLocked, match="in use by process"):
            open_store(url)
        one.close()
        other.close()
    open_store(url).close()
