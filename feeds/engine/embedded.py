"""Jobs in this process: APScheduler is the clock, threads are the hands.

APScheduler holds one job, the tick. The lanes are ours: in APScheduler 3.11.3 a job that is added again while it
runs is dropped with a warning (measured), and work that was asked for must not be lost.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from feeds.model.job import Job, Report

logger = logging.getLogger(__name__)

TICK = timedelta(seconds=2)  # how late a due source or a waiting post may be noticed; a tick costs under 1 ms
REST = timedelta(seconds=30)  # after a job that failed as a whole (no disk, no rights): its rows stay due
PATIENCE = timedelta(seconds=3)  # how long a stop waits for running jobs to reach their next pause


class Lanes:
    """At most one job of a lock runs and one waits; different locks run side by side, each in its own thread."""

    def __init__(self, run: Callable[[Job], None]) -> None:
        self._run = run
        self._state = threading.Condition()
        self._wanted: dict[str, Job] = {}
        self._running: dict[str, threading.Thread] = {}
        self._closed = False

    def enqueue(self, job: Job) -> None:
        """Ask for a job: at once if its lane is idle, else once more after the one that runs."""
        with self._state:
            if self._closed:
                return
            self._wanted[job.lock] = job
            if job.lock not in self._running:
                thread = threading.Thread(target=self._lane, args=(job.lock,), name=job.lock, daemon=True)
                self._running[job.lock] = thread
                thread.start()

    def _lane(self, lock: str) -> None:
        while True:
            with self._state:
                job = self._wanted.pop(lock, None)
                if job is None or self._closed:
                    del self._running[lock]
                    self._state.notify_all()
                    return
            try:
                self._run(job)
            except Exception:  # a failing job harms no other, and its lane lives on
                logger.exception("job failed job=%s", lock)

    def wait(self, patience: timedelta) -> bool:
        """Wait until nothing runs; False when *patience* ended first."""
        with self._state:
            return self._state.wait_for(lambda: not self._running, patience.total_seconds())

    def close(self, patience: timedelta = PATIENCE) -> bool:
        """Take no more jobs and wait for those that run."""
        with self._state:
            self._closed = True
            self._wanted.clear()
        return self.wait(patience)


class Embedded:
    """The engine of one process: a tick now and every *every*, and another after each job, for what follows from it."""

    def __init__(
        self, run: Callable[[Job], Report], due: Callable[[], Iterable[Job]], *, every: timedelta = TICK
    ) -> None:
        self._work = run
        self._due = due
        self._rests: dict[str, float] = {}
        self.lanes = Lanes(self._run)
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=every.total_seconds(),
            id="tick",
            coalesce=True,  # after a sleep of three days: one tick, not a burst (SCH-02)
            max_instances=1,
            misfire_grace_time=None,  # a late tick still runs; the default of 1 s skips it with a log line only
        )

    def _run(self, job: Job) -> None:
        if self._resting(job):  # it failed while this one waited; its rows stay due
            return
        self._rests[job.lock] = time.monotonic() + REST.total_seconds()
        if self._work(job).outcome != "failed":
            del self._rests[job.lock]
        self.tick()

    def tick(self) -> None:
        """Enqueue what is due, save for jobs that rest after a failure."""
        try:
            for job in self._due():
                if not self._resting(job):
                    self.lanes.enqueue(job)
        except Exception:
            logger.exception("tick failed")

    def _resting(self, job: Job) -> bool:
        return self._rests.get(job.lock, 0.0) > time.monotonic()

    def start(self) -> None:
        """Begin, with a first tick at once."""
        self._scheduler.start()
        self.tick()

    def stop(self, patience: timedelta = PATIENCE) -> bool:
        """Stop the clock and the lanes; False when a job was left behind (its rows stay due)."""
        self._scheduler.shutdown(wait=False)
        return self.lanes.close(patience)
