"""A cluster in place of one process: each store a database of PostgreSQL, each job dealt to shards and put in its queue.

Workers take the jobs from there, as in production. Tests see what they see of one process: a job is over when all of
its shards are, and documents are files, too.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from feeds.app import build
from feeds.app.build import App
from feeds.app.cluster.nodes import due
from feeds.engine.cluster import Hands
from feeds.engine.queue import Queue
from feeds.jobs.work import Work
from feeds.model.job import Job, Report
from feeds.store import Store, open_store
from tests import servers

SHARDS = 4
ROUNDS = 10  # of shards that give each other work
WORST = ("done", "more", "failed")


class Workers:
    """Two workers of one database, and the job that they have to do by now."""

    def __init__(self, address: str) -> None:
        self.queue = Queue(address)
        self._over = threading.Semaphore(0)
        self._do: Callable[[Job], Report] = lambda job: Report(job=job)
        self._hands = [Hands(address, self._run, lambda: (), self, many=2) for _ in range(2)]
        self.reports: list[Report] = []
        self._errors: list[BaseException] = []
        for hands in self._hands:
            hands.start()

    def rest(self, _lock: str, _span: object) -> None:
        """A test's next pass comes when what failed has rested."""

    def resting(self) -> frozenset[str]:
        return frozenset()

    def _run(self, job: Job, _stopping: Callable[[], bool]) -> Report:
        try:
            self.reports.append(self._do(job))
        except BaseException as error:
            self._errors.append(error)
        self._over.release()
        return Report(job=job)

    def do(self, jobs: list[Job], do: Callable[[Job], Report]) -> None:
        """Put jobs, and wait until all of them are over; raise what one of them raised."""
        self._do = do
        assert self.queue.put(jobs) == len(jobs)
        assert all(self._over.acquire(timeout=120) for _ in jobs)
        if self._errors:
            raise self._errors.pop()

    def close(self) -> None:
        stopped = [hands.stop() for hands in self._hands]
        assert all(stopped)
        self.queue.close()


class Clustered:
    """All clusters of one test, by the file that each store would be, each in the database that *made* gives."""

    def __init__(self, made: Callable[[str], str] = lambda _: servers.ready()) -> None:
        self._made = made
        self._addresses: dict[str, str] = {}
        self._workers: dict[str, Workers] = {}
        self._run_job = App.run_job

    def take_over(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
        monkeypatch.setattr(build, "SHARDS", SHARDS)

        def run_job(app: App, job: Job, work: Work) -> Report:
            return self.run_job(app, job, work)

        monkeypatch.setattr(App, "run_job", run_job)
        for place in (build, module):
            if hasattr(place, "open_store"):
                monkeypatch.setattr(place, "open_store", self._open)

    def address(self, store: str) -> str:
        """Return the address of the database that stands for *store*, the same each time."""
        if not store.startswith("sqlite:"):
            return store
        if store not in self._addresses:
            self._addresses[store] = self._made(store)
        return self._addresses[store]

    def _open(self, store: str, **more: Any) -> Store:
        """Open what stands for a store; where it is worked on its workers go with it, and their connections."""
        found = open_store(self.address(store), **more)

        def close() -> None:
            if workers := self._workers.pop(self.address(store), None):
                workers.close()
            found.close()

        return replace(found, close=close) if more.get("lock", True) else found

    def run_job(self, app: App, job: Job, work: Work) -> Report:
        """Run a job's shards that have something due until none has, but for those that left something undone."""
        if job.name not in ("poll", "publish", "deliver"):
            return self._run_job(app, job, work)
        address = self.address(app.settings.store)
        if address not in self._workers:
            self._workers[address] = Workers(address)
        workers = self._workers[address]
        workers.reports = []
        for _ in range(ROUNDS):
            undone = {report.job for report in workers.reports if report.outcome != "done"}
            left = [one for one in due(app) if one.name == job.name and one not in undone]
            if not left:
                return _together(job, workers.reports)
            workers.do(left, lambda one: self._run_job(app, one, work))
        raise AssertionError(f"{job.name} is never done: {left}")

    def close(self) -> None:
        for workers in self._workers.values():
            workers.close()


def _together(job: Job, reports: list[Report]) -> Report:
    whole = Report(job=job)
    for report in reports:
        counts = {n: whole.counts.get(n, 0) + report.counts.get(n, 0) for n in (*whole.counts, *report.counts)}
        whole = replace(
            whole,
            outcome=max(whole.outcome, report.outcome, key=WORST.index),
            counts=counts,
            problems={**whole.problems, **report.problems},
            paths=(*whole.paths, *report.paths),
            took=max(whole.took, report.took),
        )
    return whole
