"""What every job is given, and the clock by which it reports."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from feeds.model.buckets import part
from feeds.model.job import Job
from feeds.model.settings import Settings, Strained
from feeds.model.source import Source
from feeds.ports import Ports

Progress = Callable[[str, int], None]
"""Told after each unit of work: what it was (a source, a channel), and how many are known to follow."""


def never() -> bool:
    """Go on to the end."""
    return False


def always() -> bool:
    """These settings hold to the end."""
    return True


def alone(_source: Source) -> int:
    """One worker asks all sources."""
    return 0


def silent(_what: str, _left: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The world through ports, and the settings in force when the job began (they do not change under it).

    *budget* bounds one job; what is left then stays due. *forced* are sources read whatever held them back;
    *only* these are polled, where any are named. *listening*: the web server is there, and hubs may be asked to call.
    *stopping* is asked between units of work, and *current* whether these settings are in force still: under others,
    what a job would write is wrong. Channels and deliveries are dealt to so many *shards*: a job sees those
    of its own, and *shard_of* tells which of them asks a source.
    """

    ports: Ports
    settings: Settings
    sources: Mapping[str, Source]
    budget: timedelta = timedelta(minutes=5)
    forced: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    listening: bool = False
    progress: Progress = silent
    stopping: Callable[[], bool] = never
    current: Callable[[], bool] = always
    shards: int = 1
    shard_of: Callable[[Source], int] = alone

    def under(self, pressure: float) -> "Work":
        """Return this work as it is done where more is due than can be asked (`core/polling/load.py`)."""
        if pressure <= 1.0:
            return self
        strained = Strained.of(self.settings.schedule, pressure)
        return replace(self, settings=replace(self.settings, schedule=strained))

    def part(self, job: Job) -> range:
        """Return the buckets that a job sees."""
        return part(job.shard, self.shards)


@dataclass(slots=True)
class Tally:
    """Counts, and CPU seconds by step: of this thread for each step, of all other threads for `fetch`."""

    counts: dict[str, int] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    cpu: float = field(default_factory=time.process_time)
    inner: float = 0.0  # CPU seconds of the steps within the one that runs

    def add(self, name: str, number: int = 1) -> None:
        if number:
            self.counts[name] = self.counts.get(name, 0) + number

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Charge what this thread does meanwhile to *name*, but for the steps within this one."""
        begun, around, self.inner = time.thread_time(), self.inner, 0.0
        try:
            yield
        finally:
            spent = time.thread_time() - begun
            self.steps[name] = self.steps.get(name, 0.0) + spent - self.inner
            self.inner = around + spent

    @property
    def took(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self.started)

    def all_steps(self, rest: str) -> dict[str, float]:
        """Return the steps, with the CPU seconds that none of them claimed under *rest*."""
        other = time.process_time() - self.cpu - sum(self.steps.values())
        return {rest: max(other, 0.0), **self.steps}
