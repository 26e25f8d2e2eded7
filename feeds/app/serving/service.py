"""`feeds serve`: the engine, the web server and the watch over the configuration, in one process."""

import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any, Protocol
from urllib.parse import urlsplit

import uvicorn

from feeds.app.build import App
from feeds.app.desk import web as desk_web
from feeds.app.partners import partners
from feeds.app.partners.usage import Usage
from feeds.app.passes import tidy
from feeds.app.serving import api, onward, planning, push, refusals, search
from feeds.app.serving.gallery import Gallery
from feeds.app.serving.operating import Operating
from feeds.app.serving.watch import Watch
from feeds.config.read import read_with_warnings
from feeds.config.stamp import changed
from feeds.engine.embedded import Embedded
from feeds.errors import ConfigError, FeedsError
from feeds.jobs.tick import tick
from feeds.log import Once, about
from feeds.model.job import Job, Report
from feeds.model.settings import Settings
from feeds.net.accepted import Accepted
from feeds.net.local import free
from feeds.render.static import STATIC
from feeds.store.database.places import file_of, is_server
from feeds.web import partner
from feeds.web.front import Front
from feeds.web.metrics import watched
from feeds.web.site import Site, site
from feeds.web.wire.crowd import Crowd
from feeds.web.wire.protocol import GuardedServer, guarded
from feeds.web.wire.sendfile import Files

logger = logging.getLogger(__name__)

WATCH = timedelta(minutes=1)
FILES = 512  # beside the connections: the store, sources that are asked, the sandbox
LOOK = 0.5  # seconds between two looks for what others published; each reads one row
GRACE = 2  # seconds that answers under way get at a stop; the engine gets 3 after them


class Engine(Protocol):
    """What runs jobs, here or elsewhere; *tick* has it look at once for what became due."""

    def start(self) -> None: ...

    def tick(self) -> None: ...

    def stop(self) -> bool: ...


class Service:
    """One process that polls, publishes and serves until it is told to stop."""

    leads = True  # brings the store in line with the configuration

    def __init__(self, app: App, environ: Mapping[str, str], engine: Engine | None = None) -> None:
        self.app = app
        self.environ = environ
        self._began_with = app.settings
        self.stopping = threading.Event()
        self.first_pass = threading.Event()
        self.operating = Operating(app, environ, self._first_pass_over)
        self.engine: Engine = engine or Embedded(self._job, self._due)
        self.web: Site | None = None
        self.watch = Watch(app, self.engine.tick)
        self._polled = threading.Event()
        self._reload = threading.Event()
        self._reloading = threading.Lock()  # ticks come of several threads
        self._stamp = changed(app.settings.file, None)
        self._faults = Once(logger, "reload")
        self.office = partners.office(app)
        self.usage = Usage(app)
        self._watched = datetime.min.replace(tzinfo=UTC)  # when it was last looked at what partners are owed

    def _job(self, job: Job) -> Report:
        with about(job=job.lock):
            try:
                work = self.app.work(listening=True, stopping=self.stopping.is_set)
                report = self.app.run_job(job, work.under(self.app.store.figures.pressure()))
            except Exception:
                self.operating.meters.crashed(job.name)
                raise
            self.operating.meters.reported(report)
            if job.name == "poll" and report.outcome != "more":
                self._polled.set()
            took, counts = report.took.total_seconds(), dict(sorted(report.counts.items()))
            logger.info("job done outcome=%s took=%.3f", report.outcome, took, extra={"facts": counts})
        return report

    def _due(self) -> tuple[Job, ...]:
        self.operating.ticked()
        self._reload_if_changed()
        self._flush()
        if (now := self.app.clock()) >= self._watched + WATCH:
            self._watched = now
            apart("watch over partners", lambda: partners.watch(self.app))
            apart("tidying", lambda: tidy(self.app))
            if self.first_pass.is_set():  # a service that was away for long has no more to ask than usual
                apart("planning", lambda: planning.plan(self.app))
        jobs = tick(self.app.work(listening=True))
        names = {job.name for job in jobs}
        if "publish" not in names and (self._polled.is_set() or "poll" not in names):  # nothing was due, perhaps
            self.first_pass.set()
        return jobs

    def _flush(self) -> None:
        """Write the counts of requests."""
        apart("counting partners", self.office.flush)
        apart("counting readers", self.usage.flush)

    def _reload_if_changed(self) -> None:
        """Reload where the file is another, or where it was asked for; what fails is done again at the next tick."""
        if not self._reloading.acquire(blocking=False):  # another tick does it, and may regroup for minutes
            return
        try:
            stamp, asked = changed(self.app.settings.file, self._stamp), self._reload.is_set()
            if stamp is None and not asked:
                return
            self._reload.clear()
            if self.reload():
                self._stamp = stamp or self._stamp
            elif asked:
                self._reload.set()
        finally:
            self._reloading.release()

    def reload(self) -> bool:
        """Read the configuration again; a bad one leaves the old in force, and says so in the log and the status.

        False when it could not be carried out, as while the store is held: then it is to be tried again.
        """
        self.operating.notifier.reloading()
        try:
            self.app.store.library.set_meta("config_error", self._read_again())
        except Exception as error:
            self._faults.log(error)
            return False
        finally:
            self.operating.notifier.ready(f"reloaded {self.app.settings.file}")
        self._faults.over()
        return True

    def _read_again(self) -> str:
        """Bring what the file says into force; return why it was refused, '' where it was not."""
        try:
            settings, _ = read_with_warnings(self.app.settings.file, self.environ)
            waiting = needs_restart(self._began_with, settings)
            if waiting:
                logger.warning("reload: the rest is in force, a restart is needed for=%s", ",".join(waiting))
            if self.web and "site.url" not in waiting:
                self.web.adopt(Front(settings.site.url, settings.server))
            self.app.adopt(settings)
            self.operating.apply(settings)
            if self.leads:
                self.app.sync()
                push.attend(self.app, woken=False)
            self.watch.apply(settings)
        except ConfigError as error:
            for fault in error.faults:
                logger.error("reload refused, the old configuration stays in force fault=%s", fault)
            return str(error)
        logger.info("reloaded file=%s", self.app.settings.file)
        return ""

    def run(self) -> bool:
        """Serve until SIGTERM or SIGINT; False when a job had to be left behind (its rows stay due).

        Raises `ListenError` before anything is done.
        """
        free(self.app.settings.server.host, self.app.settings.server.port)
        if self.leads:
            self.app.sync()
            push.attend(self.app, woken=True)
        server = self._server()
        self.operating.apply(self.app.settings)
        signal.signal(signal.SIGHUP, self._on_hup)
        for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises them again once it has stopped: come back here
            signal.signal(number, self._on_stop)
        self.watch.apply(self.app.settings)
        self.engine.start()
        threading.Thread(target=self._look, name="look", daemon=True).start()
        try:
            server.run()
        finally:
            self.stopping.set()
            self.watch.stop()
            self.operating.notifier.stopping()
            clean = self.engine.stop()
            self.operating.stop()
            self._flush()
            logger.info("stopped" if clean else "stopped: jobs that did not end in time go on at the next start")
        return clean

    def _look(self) -> None:
        """Find what another process published to the same store: what this one does is known at once."""
        faults = Once(logger, "look")
        while not self.stopping.wait(LOOK):
            try:
                self.app.store.overview.look()
            except FeedsError as error:
                faults.log(error)
            else:
                faults.over()

    def _in_clear(self, place: str) -> bool:
        return place in self.app.settings.server.allow_private

    def _first_pass_over(self) -> bool:
        return self.first_pass.is_set()

    def _ready(self) -> bool:
        return not self.operating.unready()

    def site(self) -> Site:
        """Return the web application: whatever leaves this process by its front door."""
        wake = self.engine.tick
        ways = (
            *api.entrances(self.app, self.operating.meters),
            *search.entrances(self.app),
            *push.entrances(self.app, wake),
            *desk_web.entrances(self.app, wake),
            *partner.entrances(self.office, self.app.clock, self.app.store.outbox.hub, wake, self._in_clear),
        )
        front = Front(self.app.settings.site.url, self.app.settings.server)
        shelf, ready = self.app.store.overview, self._ready
        draw, turned = refusals.pages(self.app), onward.turner(self.app)
        look = Gallery(lambda: self.app.settings, self.app.store.pictures).look
        return site(shelf, STATIC, ready, ways, front, self.usage.see, draw, look, turned, self._woken)

    def _server(self) -> uvicorn.Server:
        settings = self.app.settings.server
        allow_files(2 * settings.connections + FILES)  # a connection that is sent a file has two descriptors
        web = self.web = self.site()
        store = self.app.settings.store
        files = None if is_server(store) else Files(file_of(store).parent, Accepted)
        crowd = Crowd(web, self.operating.meters.answered, files=files)
        return _Server(
            self.operating,
            uvicorn.Config(
                watched(web, self.operating.meters),
                host=settings.host,
                port=settings.port,
                http=guarded(crowd),
                loop="uvloop" if sys.platform != "win32" else "asyncio",  # half the CPU of an answer from memory
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=True,
                proxy_headers=False,  # what a client says of itself decides nothing here
                timeout_graceful_shutdown=GRACE,
                lifespan="off",
            ),
            crowd,
        )

    def _woken(self, path: str) -> bool:
        """Have brought out what rests at *path*: who writes a folder too lets nothing rest."""
        del path
        return True

    def _on_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _on_hup(self, _signal: int, _frame: FrameType | None) -> None:
        self._reload.set()


class _Server(GuardedServer):
    """A web server that tells systemd when it listens, and that it lives."""

    def __init__(self, operating: Operating, config: uvicorn.Config, crowd: Crowd) -> None:
        super().__init__(config, crowd)
        self._operating = operating

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._operating.notifier.ready(f"serving {self.config.host}:{self.config.port}")

    async def on_tick(self, counter: int) -> bool:
        self._operating.alive()
        return await super().on_tick(counter)


def apart(what: str, do: Callable[[], None]) -> None:
    """Do what the work must not wait for: where it fails, that is logged, and jobs are said all the same."""
    try:
        do()
    except Exception:
        logger.exception("%s failed", what)


def needs_restart(old: Settings, new: Settings) -> tuple[str, ...]:
    """Return the keys that differ and take effect at a start only; of the site's address the path."""
    pairs = (
        ("store", old.store, new.store),
        ("site.url", urlsplit(old.site.url).path.rstrip("/"), urlsplit(new.site.url).path.rstrip("/")),
        ("server.listen", (old.server.host, old.server.port), (new.server.host, new.server.port)),
    )
    return tuple(key for key, was, is_ in pairs if was != is_)


def allow_files(wanted: int) -> None:
    """Let this process open so many files and sockets, as far as its hard limit goes; the soft one is often 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def leave(code: int) -> None:
    """End the process now: threads that still wait on slow servers are left behind, their rows stay due."""
    logging.shutdown()
    os._exit(code)
