"""Work to do, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from feeds.model.source import Problem

JobName = Literal["poll", "publish", "deliver", "subscribe", "index", "hand", "mirror"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One kind of work on one shard. At most one of a lock runs and one waits."""

    name: JobName
    shard: int = 0

    @property
    def lock(self) -> str:
        return f"{self.name}:{self.shard}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the log, the command line and the status page all show.

    *counts* by name: sources, fresh, unchanged, failed, entries, new, changed, merged, dropped, held, set_aside,
    channels, written, bytes, delivered, indexed, looked, mirrored, removed. *problems* by source id, post,
    channel or bucket. *paths* are files written.
    *took* in seconds of wall clock; *steps* in CPU seconds by step: fetch, parse, clean, decide, store, render, write.
    """

    job: Job
    outcome: Literal["done", "more", "failed"] = "done"  # more: the time budget ended first
    counts: Mapping[str, int] = field(default_factory=dict)
    problems: Mapping[str, Problem] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    steps: Mapping[str, float] = field(default_factory=dict)
    took: timedelta = timedelta(0)
