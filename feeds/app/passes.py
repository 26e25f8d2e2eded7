"""One pass: poll what is due, publish what changed, deliver what is owed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from feeds.app.build import App
from feeds.app.partners import partners
from feeds.errors import UsageError
from feeds.jobs.work import Progress, never, silent
from feeds.model.job import Job, Report
from feeds.model.source import Problem

PIECES = 20  # of 500 rows that are forgotten at a time


@dataclass(slots=True)
class Outcome:
    """What a pass did: its reports, their counts added up, and the problems of all."""

    reports: list[Report] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        total: dict[str, int] = {}
        for report in self.reports:
            for name, number in report.counts.items():
                total[name] = total.get(name, 0) + number
        return total

    @property
    def steps(self) -> dict[str, float]:
        """CPU seconds by step."""
        total: dict[str, float] = {}
        for report in self.reports:
            for name, seconds in report.steps.items():
                total[name] = total.get(name, 0.0) + seconds
        return total

    @property
    def problems(self) -> dict[str, Problem]:
        return {key: problem for report in self.reports for key, problem in report.problems.items()}

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(path for report in self.reports for path in report.paths)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The jobs whose time ended before their work: the next pass goes on."""
        return tuple(dict.fromkeys(report.job.name for report in self.reports if report.outcome == "more"))

    @property
    def failed(self) -> bool:
        """Tell whether publishing failed, which no later pass of a source mends."""
        return any(report.outcome == "failed" for report in self.reports)


def run_pass(app: App, *, progress: Progress = silent, stopping: Callable[[], bool] = never) -> Outcome:
    """Do one pass."""
    stands = _published(app)  # asked first: whoever does work makes the folder
    app.sync()
    app.look_into_folders()
    if not stands:
        app.ports.outbox.mark(app.channels(), app.clock())
    outcome = Outcome()
    for job in (*_polls(app), Job(name="publish"), Job(name="hand"), Job(name="deliver"), *_mirrors(app)):
        outcome.reports.append(app.run_job(job, app.work(progress=progress, stopping=stopping)))
    tidy(app)
    partners.watch(app)
    return outcome


def tidy(app: App, pieces: int = PIECES) -> None:
    """Forget what was kept long enough, so many *pieces* of it at most: each is one short transaction."""
    for _ in range(pieces):
        if not app.store.library.expire(app.clock()):
            return


def fetch(app: App, ids: Sequence[str], *, force: bool, progress: Progress = silent) -> Outcome:
    """Poll the named sources now, or all that are due; *force* reads them whatever held them back."""
    app.sync()
    chosen = ids or ([s.id for s in app.settings.sources] if force else [])
    hasten(app, chosen, force=force)
    work = app.work(forced=frozenset(chosen) if force else frozenset(), only=frozenset(ids), progress=progress)
    return Outcome([app.run_job(job, work) for job in _polls(app)])


def hasten(app: App, ids: Sequence[str], *, force: bool) -> None:
    """Make the named sources due, for whoever polls; *force* has them read from scratch. Raises `UsageError`."""
    if unknown := [i for i in ids if app.source(i) is None]:
        raise UsageError(f"no source is called {unknown[0]!r}; `feeds list` shows them")
    if ids:
        (app.store.library.force if force else app.store.library.hasten)(ids, app.clock())


def build(app: App, *, progress: Progress = silent) -> Outcome:
    """Bring out every channel; files that hold the same bytes already are left alone."""
    app.sync()
    app.ports.outbox.mark(app.channels(), app.clock())
    return Outcome([app.run_job(Job(name="publish"), app.work(progress=progress))])


def _polls(app: App) -> tuple[Job, ...]:
    return tuple(Job(name="poll", shard=n) for n in range(app.store.shards))


def _mirrors(app: App) -> tuple[Job, ...]:
    return (Job(name="mirror"),) if app.settings.mirror else ()


def _published(app: App) -> bool:
    """Tell whether the output folder stands; one that was deleted is written again."""
    folder = Path(app.settings.public)
    return folder.is_dir() and any(p.name != ".tmp" for p in folder.iterdir())
