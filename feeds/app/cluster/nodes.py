"""The processes of a cluster: workers, schedulers, web nodes; any number of each, on any machine."""

import logging
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import FrameType

from feeds.app.build import App, client_for, fetcher_for, ports_for
from feeds.app.partners import partners
from feeds.app.passes import tidy
from feeds.app.serving import planning, push
from feeds.app.serving.gallery import Gallery
from feeds.app.serving.operating import Operating
from feeds.app.serving.service import Service
from feeds.app.serving.waking import Waking
from feeds.config.read import read_with_warnings
from feeds.config.stamp import changed
from feeds.core.sorting.channels import channels
from feeds.engine.cluster import TICK, Clockwork, Hands, Remote
from feeds.engine.queue import Queue
from feeds.errors import ConfigError
from feeds.jobs.tick import beside
from feeds.jobs.work import Work
from feeds.log import Once, about
from feeds.model.buckets import bucket_of_channel, shard_in
from feeds.model.job import Job, Report
from feeds.model.settings import Settings
from feeds.ports import Ports
from feeds.store.database.postgres import enduring

logger = logging.getLogger(__name__)

BUDGET = timedelta(seconds=30)  # of one job: then others get a turn
WAIT = timedelta(seconds=5)  # for a configuration that others have: files reach machines one after the other
PATIENCE = 600.0  # seconds that a process waits for another to bring up the schema
KEEPING = timedelta(hours=1)  # between two looks for what was kept long enough
PIECES = 200  # of it are deleted at each look, 500 rows each


def address_of(settings: Settings) -> str:
    """Return the store's address as PostgreSQL's own library takes it."""
    scheme, _, rest = settings.store.partition("://")
    return enduring(f"{scheme.partition('+')[0]}://{rest}")


def due(app: App) -> tuple[Job, ...]:
    """Return a job for each kind of work and each shard that has something due; not those that rest."""
    turns, now, shards = app.store.turns, app.clock(), app.store.shards
    jobs = [
        *(Job(name="poll", shard=n) for n in turns.shards(now)),
        *(Job(name="publish", shard=n) for n in sorted({shard_in(b, shards) for b in turns.marked(now)})),
        *(Job(name="deliver", shard=n) for n in sorted({shard_in(b, shards) for b in turns.owed(now)})),
        *beside(app.work(listening=True)),
    ]
    resting = turns.resting()
    return tuple(job for job in jobs if job.lock not in resting)


def shown(app: App) -> bool:
    """Tell whether a scheduler took the configuration in, and no channel of it waits to be published the first time.

    While no channel has a story yet, a source that waits to be asked may bring the first one.
    """
    library, figures = app.store.library, app.store.figures
    if not library.meta("settings") or not (figures.tells() or not figures.waiting(app.clock())[0]):
        return False
    ids = [channel.id for channel in channels(app.settings, library.categories(app.clock()))]
    return not app.store.outbox.begins(ids, app.clock())


class _Watch:
    """The configuration file: read again when it changed; one that cannot be read leaves the old one in force.

    Where *adopted* fails, as while the store is away, that is logged once and done again at each look.
    """

    def __init__(self, app: App, environ: Mapping[str, str], adopted: Callable[[], None]) -> None:
        self._app, self._environ, self._adopted = app, environ, adopted
        self._stamp = changed(app.settings.file, None)
        self._turn = threading.Lock()
        self._faults = Once(logger, "reload")

    def look(self) -> None:
        with self._turn:
            if (stamp := changed(self._app.settings.file, self._stamp)) is None:
                return
            try:
                settings, _ = read_with_warnings(self._app.settings.file, self._environ)
                self._app.adopt(settings)
                self._adopted()
            except ConfigError as error:
                logger.error("reload refused, the old configuration stays in force: %s", error)
            except Exception as error:
                self._faults.log(error)
                return
            else:
                self._faults.over()
                logger.info("reloaded file=%s", settings.file)
            self._stamp = stamp


class WorkerNode:
    """Runs jobs until it is told to stop."""

    def __init__(self, app: App, environ: Mapping[str, str], jobs: int) -> None:
        self._app = app
        self._operating = Operating(app, environ, lambda: True)
        self._watch = _Watch(app, environ, lambda: self._operating.apply(app.settings))
        self._own = threading.local()
        ticked = self._operating.ticked
        self._hands = Hands(
            address_of(app.settings), self._run, lambda: due(app), app.store.turns, many=jobs, ticked=ticked
        )

    def run(self) -> bool:
        """Work until SIGTERM or SIGINT; False when a job had to be left behind (its rows stay due)."""
        stopping = stopped_by_signal()
        self._hands.start()
        self._operating.attend(stopping, "working")
        logger.info("stopping: no new jobs, those that run reach their next pause")
        return self._hands.stop()

    def _run(self, job: Job, stopping: Callable[[], bool]) -> Report:
        self._watch.look()
        if job.name in ("poll", "publish") and not self._app.in_force():
            logger.warning("job waits for the configuration that is in force job=%s", job.lock)
            self._app.store.turns.rest(job.lock, WAIT)
            return Report(job=job, outcome="more")
        with about(job=job.lock):
            app, settings = self._app, self._app.settings
            work = app.work(listening=True, stopping=stopping, current=lambda: app.in_force(settings))
            work = replace(work.under(app.store.figures.pressure()), ports=self._ports(), budget=BUDGET)
            try:
                report = self._polled(job, work) if job.name == "poll" else self._app.run_job(job, work)
            except Exception:
                self._operating.meters.crashed(job.name)
                raise
            self._operating.meters.reported(report)
            counts = dict(sorted(report.counts.items()))
            took = report.took.total_seconds()
            logger.info("job done outcome=%s took=%.3f", report.outcome, took, extra={"facts": counts})
        return report

    def _polled(self, job: Job, work: Work) -> Report:
        """Poll as one who goes on from where the shard's last job ended, whoever ran it: no host is asked too soon.

        What a job that ends by an exception, or with its process, has asked is known to nobody.
        """
        turns, fetcher, deal = self._app.store.turns, self._own.fetcher, self._own.deal
        turn, left = turns.begin_asking(job.shard, deal)
        fetcher.go_on(left)
        report = self._app.run_job(job, work)
        if (left := fetcher.left()) is not None:
            turns.end_asking(job.shard, turn, deal, left)
        return report

    def _ports(self) -> Ports:
        """One set a thread, for a fetcher keeps its connections; documents go into the store alone."""
        app, own = self._app, self._own
        if getattr(own, "settings", None) is not app.settings:
            own.settings = app.settings
            client = client_for(app.settings)
            dealt = app.deal()
            own.deal, own.fetcher = dealt.stamp, fetcher_for(app.settings, client, dealt.parts)
            made = ports_for(app.settings, app.store, client, app.clock, app.sandbox, own.fetcher)
            noting = Gallery(lambda: app.settings, app.store.pictures, reads=False)
            resting = app.store.outbox.resting
            own.ports = replace(made, write=lambda _: (), remove=lambda _: None, gallery=noting, resting=resting)
        found: Ports = own.ports
        return found


class SchedulerNode:
    """Says what is due, brings the store in line with the configuration, and forgets what was kept long enough."""

    def __init__(self, app: App, environ: Mapping[str, str]) -> None:
        self._app = app
        self._operating = Operating(app, environ, lambda: True)
        self._watch = _Watch(app, environ, self._align)
        self._queue = Queue(address_of(app.settings))
        self._clockwork = Clockwork(self._queue, self._due, app.store.turns.take, ticked=self._operating.ticked)

    def run(self) -> None:
        """Tick until SIGTERM or SIGINT."""
        stopping = stopped_by_signal()
        self._align()
        thread = threading.Thread(target=self._clockwork.run, name="clockwork", daemon=True)
        thread.start()
        self._operating.attend(stopping, "saying what is due")
        self._clockwork.stop()
        thread.join(10)
        self._queue.close()

    def _align(self) -> None:
        self._operating.apply(self._app.settings)
        with self._app.store.turns.alone("settings"):
            self._app.sync()
            push.attend(self._app, woken=False)
            if not self._app.store.outbox.channels():  # a store that shows nothing yet
                self._app.store.outbox.mark(self._app.channels(), self._app.clock())

    def _due(self) -> Iterable[Job]:
        self._watch.look()
        if self._app.store.turns.take("planning", planning.EVERY):
            planning.plan(self._app)
        if self._app.store.turns.take("keeping", KEEPING):
            tidy(self._app, PIECES)
            partners.watch(self._app)
        return due(self._app)


class WebNode(Service):
    """Serves what is published, and puts the jobs that follow from what it is told."""

    def __init__(self, app: App, environ: Mapping[str, str]) -> None:
        self._queue = Queue(address_of(app.settings))
        super().__init__(app, environ, engine=Remote(self._queue, self._housekeeping, lambda: due(app), TICK))
        self.leads = False
        self._waking = Waking(app.store.outbox.resting, app.clock, self._bring_out)

    def _first_pass_over(self) -> bool:
        """Tell whether the cluster shows what it is to show; once it did, that is never asked again."""
        if not self.first_pass.is_set() and shown(self.app):
            self.first_pass.set()
        return self.first_pass.is_set()

    def _woken(self, path: str) -> bool:
        return self.app.settings.site.rest_after is None or self._waking(path)

    def _bring_out(self, channel_id: str) -> None:
        """Ask for the job at once; where that fails, a scheduler finds the mark."""
        try:
            shard = shard_in(bucket_of_channel(channel_id), self.app.store.shards)
            self._queue.put([Job(name="publish", shard=shard)])
        except Exception:
            logger.exception("wake failed channel=%s", channel_id)

    def _housekeeping(self) -> None:
        self.operating.ticked()
        self._reload_if_changed()
        self._flush()

    def run(self) -> bool:
        try:
            return super().run()
        finally:
            self._queue.close()


def stopped_by_signal() -> threading.Event:
    """Return what SIGTERM and SIGINT set."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return stopping
