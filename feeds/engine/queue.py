"""Jobs in PostgreSQL, for any number of processes: Procrastinate's tables, our rules.

It carries shard jobs only, and none that is to start later: what is due when stands in our own rows, and a queue of
waiting jobs slows each fetch (515 ms among a million, measured). A job's lock is its queueing lock, so that at most one
of a lock runs and one waits. Procrastinate never runs a dead worker's jobs again by itself (its issues 740, 1518):
`Queue.sweep` does.

Who runs a job also holds an advisory lock of PostgreSQL, by a connection of its own. Before a job of a worker that
fell silent runs again, that connection is ended, and all others of its process: a transaction in which it stalled holds
up nobody, and when it comes back it finds its lock lost before it asks anyone anything.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any
from zlib import crc32

import psycopg
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from psycopg import errors

from feeds.model.job import Job

logger = logging.getLogger(__name__)

TASK = "feeds.shard"
PRIORITY = {
    "deliver": 3,
    "subscribe": 2,
    "publish": 2,
    "hand": 3,
    "mirror": 1,
    "poll": 1,
    "index": 0,
}  # the higher first
LEASE = 30.0  # seconds without a sign of life after which a worker counts as dead
RUNNING = 0x66656565  # the first half of advisory locks of jobs
GLANCE = 1.0  # seconds between two looks whether a lock is still held


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker that gives signs of life, or did lately: *silent* seconds ago it gave the last."""

    id: int
    silent: float
    running: tuple[str, ...]


def app_for(connector: Any, run: Callable[[str, int], None]) -> App:
    """Return Procrastinate's application with our one task."""
    app = App(connector=connector)
    app.task(name=TASK)(run)
    return app


def _elsewhere(name: str, shard: int) -> None:
    """Stand for a task that other processes run."""


class Queue:
    """Jobs that wait and run, in the database at *address* (a URI of libpq)."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._app = app_for(SyncPsycopgConnector(conninfo=address, min_size=1, max_size=4), _elsewhere)
        self._app.open()

    def close(self) -> None:
        self._app.close()

    def enqueue(self, job: Job) -> None:
        self.put([job])

    def put(self, jobs: Iterable[Job], connection: "psycopg.Connection[Any] | None" = None) -> int:
        """Ask for jobs, each whether or not it waits already; return how many wait now that did not.

        Within the transaction of *connection* where one is given: they exist if it is committed.
        """
        if connection is not None:
            return self._put(jobs, connection)
        with psycopg.connect(self._address) as own:
            return self._put(jobs, own)

    def _put(self, jobs: Iterable[Job], connection: "psycopg.Connection[Any]") -> int:
        waiting = {lock for (lock,) in connection.execute(_WAITING)}
        added = 0
        for job in jobs:
            if job.lock in waiting:
                continue
            options = {"lock": job.lock, "queueing_lock": job.lock, "queue": job.name, "priority": PRIORITY[job.name]}
            task = self._app.configure_task(TASK, connection=connection, **options)  # type: ignore[arg-type]  # by name
            try:
                with connection.transaction():  # a savepoint: one that waits already undoes nothing else
                    task.defer(name=job.name, shard=job.shard)
            except AlreadyEnqueued:
                continue
            added += 1
        return added

    def sweep(self, lease: float = LEASE) -> tuple[str, ...]:
        """Let the jobs of workers that fell silent run again; return their locks.

        The connections of the process that held such a job's lock are ended first. Where another waits already, the job
        ends.
        """
        again = []
        with psycopg.connect(self._address, autocommit=True) as connection:
            for id, lock in connection.execute(_STALLED, (lease,)).fetchall():
                connection.execute(_END, (RUNNING, key_of(lock), _JOBS))
                try:
                    connection.execute(_AGAIN, (id,))
                except errors.UniqueViolation:
                    connection.execute(_OVER, (id,))
                logger.warning("job of a silent worker runs again job=%s", lock)
                again.append(lock)
            connection.execute(
                "DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - %s * interval '1 s'", (10 * lease,)
            )
        return tuple(again)

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many jobs there are by name and state: `todo`, `doing`."""
        with psycopg.connect(self._address) as connection:
            found = connection.execute(
                "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2"
            )
            return {(name, status): number for name, status, number in found}

    def workers(self) -> tuple[Worker, ...]:
        with psycopg.connect(self._address) as connection:
            found = connection.execute(_WORKERS).fetchall()
            return tuple(Worker(id=id, silent=float(silent), running=tuple(locks or ())) for id, silent, locks in found)


_WAITING = "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock IS NOT NULL"
_STALLED = """
SELECT job.id, job.lock FROM procrastinate_jobs job LEFT JOIN procrastinate_workers w ON w.id = job.worker_id
WHERE job.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - %s * interval '1 s') ORDER BY job.id
"""
_JOBS = " jobs"  # after the name of a process: what the connection that holds its locks is called
_END = """
WITH holder AS (
    SELECT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN holder ON name IN (application_name, application_name || %s)
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_AGAIN = "UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE id = %s AND status = 'doing'"
_OVER = "DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'doing'"
_WORKERS = """
SELECT w.id, extract(epoch FROM now() - w.last_heartbeat),
array_agg(j.lock ORDER BY j.lock) FILTER (WHERE j.id IS NOT NULL)
FROM procrastinate_workers w LEFT JOIN procrastinate_jobs j ON j.worker_id = w.id AND j.status = 'doing'
GROUP BY w.id ORDER BY w.id
"""


def key_of(lock: str) -> int:
    """Return the second half of a job's advisory lock."""
    return crc32(lock.encode()) & 0x7FFFFFFF


class Holder:
    """The advisory locks of the jobs that this process runs, held by one connection."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._turn = threading.Lock()
        self._mine: set[str] = set()
        self._connection: psycopg.Connection[Any] | None = None
        self._looked = 0.0
        self._generation = 0

    @contextmanager
    def holding(self, lock: str) -> Iterator[Callable[[], bool] | None]:
        """Hold a job's lock; what is given tells whether it was lost. None where another holds it."""
        with self._turn:
            taken = lock not in self._mine and self._take(lock)
            generation = self._generation
            if taken:
                self._mine.add(lock)
        if not taken:
            yield None
            return
        try:
            yield lambda: self._lost(generation)
        finally:
            self._release(lock, generation)

    def _take(self, lock: str) -> bool:
        for _ in range(2):  # a connection may have been ended since
            try:
                found = self._open().execute("SELECT pg_try_advisory_lock(%s, %s)", (RUNNING, key_of(lock))).fetchone()
            except psycopg.OperationalError:
                self._drop()
            else:
                return bool(found and found[0])
        return False

    def _open(self) -> "psycopg.Connection[Any]":
        if self._connection is None:
            name = f"feeds {os.getpid()}@{os.uname().nodename[:40]}{_JOBS}"  # as `store/database/postgres.py` calls us
            self._connection = psycopg.connect(self._address, autocommit=True, application_name=name)
        return self._connection

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None
        self._generation += 1  # whatever was held is not any more

    def _lost(self, generation: int) -> bool:
        with self._turn:
            if generation != self._generation:
                return True
            if monotonic() - self._looked < GLANCE:
                return False
            self._looked = monotonic()
            try:
                self._open().execute("SELECT 1")
            except psycopg.OperationalError:
                self._drop()
                return True
            return False

    def _release(self, lock: str, generation: int) -> None:
        with self._turn:
            self._mine.discard(lock)
            if generation != self._generation or self._connection is None:
                return
            try:
                self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", (RUNNING, key_of(lock)))
            except psycopg.OperationalError:
                self._drop()

    def close(self) -> None:
        with self._turn:
            self._drop()
