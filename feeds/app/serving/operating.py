"""What the operator of a service has: numbers and readiness at an address of their own, and word to systemd."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

import uvicorn

from feeds import __version__
from feeds.app.build import App
from feeds.app.serving.health import unready
from feeds.errors import FeedsError, ListenError
from feeds.log import reshape
from feeds.model.overview import Levels
from feeds.model.settings import Settings
from feeds.net.local import Notifier, listening
from feeds.web.metrics import Meters, small
from feeds.web.wire.http import Answer, Asked, text

logger = logging.getLogger(__name__)

FRESH = 10.0  # seconds for which the store's numbers are kept: scrapers that hurry cost nothing
BEAT = 1.0  # seconds between two life signs of a process without a web server
SILENT = 600.0  # seconds without a tick after which the engine is taken for stuck; a reload may regroup for minutes


class Operating:
    """Numbers, readiness, life signs. *first_pass* tells whether the first pass is over."""

    def __init__(self, app: App, environ: Mapping[str, str], first_pass: Callable[[], bool]) -> None:
        self._app, self._first_pass = app, first_pass
        self._fixed = "SOURCE_DATE_EPOCH" in environ
        self.meters = Meters(self._levels, __version__)
        self.notifier = Notifier(environ)
        self._kept: tuple[float, Levels | None] = (-FRESH, None)
        self._ticked = time.monotonic()
        self._listener: _Listener | None = None

    def unready(self) -> tuple[str, ...]:
        return unready(self._app.store, None if self._fixed else self._app.clock(), self._first_pass)

    def ticked(self) -> None:
        """Note that the engine lives."""
        self._ticked = time.monotonic()

    def alive(self) -> None:
        """Tell systemd that we live, as long as the engine does; called by the web server's own beat."""
        now = time.monotonic()
        if now - self._ticked < SILENT:
            self.notifier.alive(now)

    def apply(self, settings: Settings) -> None:
        """Bring what can change without a restart in line with *settings*. A bad address leaves the old one."""
        reshape(settings.log)
        wanted = settings.server.metrics
        if self._listener and self._listener.address != wanted:
            self._listener.stop()
            self._listener = None
        if wanted and self._listener is None:
            try:
                self._listener = _Listener(wanted, self)
            except ListenError as error:
                logger.error("metrics refused reason=%s", error)

    def attend(self, stopping: threading.Event, status: str) -> None:
        """Stand by until *stopping*, for a process without a web server: ready, alive, and at the end gone.

        Its engine calls `ticked`: a process whose threads are dead gives no life sign, however long this one stands by.
        """
        self.apply(self._app.settings)
        self.notifier.ready(status)
        self.ticked()  # what came before, as a regrouping, may have taken long
        while not stopping.wait(BEAT):
            self.alive()
        self.notifier.stopping()
        self.stop()

    def stop(self) -> None:
        if self._listener:
            self._listener.stop()
            self._listener = None

    def _levels(self) -> Levels | None:
        at, found = self._kept
        if time.monotonic() - at >= FRESH:
            try:
                found = self._app.store.figures.levels(self._app.clock())
            except FeedsError:
                logger.exception("levels failed")
                found = None
            self._kept = (time.monotonic(), found)
        return found

    def ready(self, _asked: Asked) -> Answer:
        """Answer 200, or 503 with the reasons: for the operator alone."""
        reasons = self.unready()
        return text("".join(f"{reason}\n" for reason in reasons) or "ready\n", 503 if reasons else 200)


class _Listener:
    """A small server of its own in a thread. Raises `ListenError`."""

    def __init__(self, address: str, operating: Operating) -> None:
        self.address = address
        host, _, port = address.rpartition(":")
        self._socket = listening(host.strip("[]"), int(port))
        handlers = {
            "/metrics": operating.meters.answer,
            "/readyz": operating.ready,
            "/healthz": lambda _: text("ok\n"),
        }
        config = uvicorn.Config(
            small(handlers),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            limit_concurrency=16,
            lifespan="off",
        )
        self._server = uvicorn.Server(config)
        sockets = [self._socket]
        self._thread = threading.Thread(target=self._server.run, args=(sockets,), name="metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(5)
        self._socket.close()
