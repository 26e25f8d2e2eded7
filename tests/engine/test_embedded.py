"""What the engine of one process has of its own: a first tick at once."""

import threading
from datetime import timedelta

import pytest

from feeds.engine.embedded import Embedded
from feeds.model.job import Job, Report

POLL, PUBLISH = Job(name="poll"), Job(name="publish")


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


def test_a_tick_that_raises_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> list[Job]:
        raise RuntimeError("no database")

    engine = Embedded(lambda job: Report(job=job), broken, every=timedelta(hours=1))
    engine.start()
    engine.tick()
    assert engine.stop()
    assert caplog.text.count("tick failed") == 2
