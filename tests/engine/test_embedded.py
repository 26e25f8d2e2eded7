"""One waits, one runs; a failing job harms no other; stop is clean."""

import threading
from datetime import timedelta

import pytest

from feeds.engine.embedded import Embedded, Lanes
from feeds.model.job import Job, Report

POLL, PUBLISH = Job(name="poll"), Job(name="publish")
SOON = timedelta(seconds=5)


class Bench:
    """Jobs that stop at a gate until the test opens it."""

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.entered = threading.Semaphore(0)
        self.runs: list[str] = []
        self.now_running: list[str] = []
        self.most: dict[str, int] = {}

    def run(self, job: Job) -> None:
        self.now_running.append(job.lock)
        self.most[job.lock] = max(self.most.get(job.lock, 0), self.now_running.count(job.lock))
        self.entered.release()
        assert self.gate.acquire(timeout=5)
        self.now_running.remove(job.lock)
        self.runs.append(job.lock)


def test_one_runs_one_waits_and_asking_often_is_asking_once() -> None:
    bench = Bench()
    lanes = Lanes(bench.run)
    lanes.enqueue(POLL)
    assert bench.entered.acquire(timeout=5)
    for _ in range(50):
        lanes.enqueue(POLL)
    bench.gate.release(10)
    assert lanes.wait(SOON)
    assert bench.runs == ["poll:0", "poll:0"]
    assert bench.most == {"poll:0": 1}


def test_different_locks_run_side_by_side() -> None:
    bench = Bench()
    lanes = Lanes(bench.run)
    lanes.enqueue(POLL)
    lanes.enqueue(PUBLISH)
    assert bench.entered.acquire(timeout=5)
    assert bench.entered.acquire(timeout=5)
    assert sorted(bench.now_running) == ["poll:0", "publish:0"]
    bench.gate.release(2)
    assert lanes.wait(SOON)


def test_a_failing_job_harms_no_other_and_its_lane_lives_on(caplog: pytest.LogCaptureFixture) -> None:
    runs = []

    def run(job: Job) -> None:
        runs.append(job.lock)
        if len(runs) == 1:
            raise RuntimeError("broken")

    lanes = Lanes(run)
    lanes.enqueue(POLL)
    assert lanes.wait(SOON)
    lanes.enqueue(POLL)
    assert lanes.wait(SOON)
    assert runs == ["poll:0", "poll:0"]
    assert "job failed job=poll:0" in caplog.text


def test_close_takes_no_more_and_says_when_a_job_was_left_behind() -> None:
    bench = Bench()
    lanes = Lanes(bench.run)
    lanes.enqueue(POLL)
    assert bench.entered.acquire(timeout=5)
    assert not lanes.close(timedelta(0))
    lanes.enqueue(PUBLISH)
    bench.gate.release(2)
    assert lanes.wait(SOON)
    assert bench.runs == ["poll:0"]


def test_first_tick_comes_at_once_and_follow_up_work_without_waiting() -> None:
    due = [[POLL], [PUBLISH], []]
    ran: list[str] = []
    idle = threading.Event()

    def run(job: Job) -> Report:
        ran.append(job.lock)
        return Report(job=job)

    def next_due() -> list[Job]:
        found = due.pop(0) if due else []
        if not found:
            idle.set()
        return found

    engine = Embedded(run, next_due, every=timedelta(hours=1))
    engine.start()
    assert idle.wait(5)
    assert engine.stop()
    assert ran == ["poll:0", "publish:0"]


def test_a_job_that_failed_as_a_whole_rests() -> None:
    ran: list[str] = []

    def run(job: Job) -> Report:
        ran.append(job.lock)
        return Report(job=job, outcome="failed")

    engine = Embedded(run, lambda: [PUBLISH], every=timedelta(hours=1))
    engine.start()
    assert engine.lanes.wait(SOON)
    engine.tick()
    assert engine.stop()
    assert ran == ["publish:0"]


def test_a_tick_that_raises_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> list[Job]:
        raise RuntimeError("no database")

    engine = Embedded(lambda job: Report(job=job), broken, every=timedelta(hours=1))
    engine.start()
    engine.tick()
    assert engine.stop()
    assert caplog.text.count("tick failed") == 2
