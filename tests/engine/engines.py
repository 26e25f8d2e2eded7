"""Both engines behind one face, for the suite that both must pass, and jobs that stop at a gate."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

from feeds.engine.cluster import Hands
from feeds.engine.embedded import Embedded
from feeds.engine.queue import Queue
from feeds.model.job import Job, Report
from tests import servers

Run = Callable[[Job, Callable[[], bool]], Report]
Due = Callable[[], Iterable[Job]]
SOON = timedelta(seconds=20)


def nothing() -> tuple[Job, ...]:
    """Nothing is due but what the test asks for."""
    return ()


class Engine(Protocol):
    """What runs jobs: those that are asked for, and after each what is due by then."""

    def start(self) -> None: ...

    def ask(self, *jobs: Job) -> None: ...

    def stop(self, patience: timedelta = SOON) -> bool: ...


class InProcess:
    """The engine of one process."""

    def __init__(self, run: Run, due: Due, workers: int = 1, many: int = 4) -> None:
        self._stopping = threading.Event()
        self._engine = Embedded(lambda job: run(job, self._stopping.is_set), due, every=timedelta(hours=1))

    def start(self) -> None:
        self._engine.start()

    def ask(self, *jobs: Job) -> None:
        for job in jobs:
            self._engine.lanes.enqueue(job)

    def stop(self, patience: timedelta = SOON) -> bool:
        if self._stopping.is_set():
            return self._engine.lanes.wait(patience)
        self._stopping.set()
        return self._engine.stop(patience)


class Clustered:
    """Workers over one PostgreSQL: *workers* of them, each with *many* jobs at a time."""

    def __init__(self, run: Run, due: Due, workers: int = 2, many: int = 2) -> None:
        self.address = servers.ready()
        self.queue, self.rests = Queue(self.address), Rests()
        self.hands = [Hands(self.address, run, due, self.rests, many=many) for _ in range(workers)]

    def start(self) -> None:
        for hands in self.hands:
            hands.start()

    def ask(self, *jobs: Job) -> None:
        self.queue.put(jobs)

    def stop(self, patience: timedelta = SOON) -> bool:
        stopped = [hands.stop(patience) for hands in self.hands]
        self.queue.close()
        return all(stopped)


def states(queue: Queue) -> dict[str, int]:
    """Return how many jobs there are by state."""
    found: dict[str, int] = {}
    for (_, state), number in queue.counts().items():
        found[state] = found.get(state, 0) + number
    return found


class Rests:
    """Rests that never end, in memory."""

    def __init__(self) -> None:
        self.locks: set[str] = set()

    def rest(self, lock: str, span: timedelta) -> None:
        self.locks.add(lock)

    def resting(self) -> frozenset[str]:
        return frozenset(self.locks)


class Bench:
    """Jobs that stop at a gate until the test opens it."""

    def __init__(self) -> None:
        self.gate, self.entered, self.left = (threading.Semaphore(0) for _ in range(3))
        self.runs: list[str] = []
        self.now: list[str] = []
        self.most = 0

    def run(self, job: Job, _stopping: Callable[[], bool]) -> Report:
        self.now.append(job.lock)
        self.most = max(self.most, self.now.count(job.lock))
        self.entered.release()
        assert self.gate.acquire(timeout=20)
        self.now.remove(job.lock)
        self.runs.append(job.lock)
        self.left.release()
        return Report(job=job)

    def came(self, number: int = 1) -> bool:
        """Wait until so many more jobs stand at the gate."""
        return all(self.entered.acquire(timeout=20) for _ in range(number))

    def ended(self, number: int = 1) -> bool:
        """Wait until so many more jobs have ended."""
        return all(self.left.acquire(timeout=20) for _ in range(number))

    def open(self, number: int = 99) -> None:
        with suppress(ValueError):
            self.gate.release(number)
