"""A desk with a hub of its own in this process, and subscribers over loopback."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from starlette.testclient import TestClient

from feeds.app.build import App, opened
from feeds.app.passes import run_pass
from feeds.app.serving import push
from feeds.jobs.tick import tick
from feeds.model.job import Job
from feeds.web.site import site

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
POST = "---\ntitle: {0}\ndate: 2026-01-01 10:00:00 +0000\n---\nWords of {0}.\n"


@dataclass
class Heard:
    """One request that came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass
class Place:
    """A server on loopback: what it heard, and what it says by path; a subscriber where nothing else is said."""

    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    says: dict[str, tuple[int, Mapping[str, str], bytes]] = field(default_factory=dict)
    means: bool = True

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, heard: Heard) -> tuple[int, Mapping[str, str], bytes]:
        self.heard.append(heard)
        path = urlsplit(heard.path).path
        if path in self.says:
            return self.says[path]
        if heard.method == "GET":
            challenge = heard.parameters.get("hub.challenge", "")
            return (200, {}, challenge.encode()) if challenge and self.means else (404, {}, b"")
        return 204, {}, b""

    def pushed(self) -> list[Heard]:
        return [heard for heard in self.heard if heard.method == "POST"]


@contextmanager
def place() -> Iterator[Place]:
    """Open a place on loopback until the block ends."""
    found = Place()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.reply()

        def do_POST(self) -> None:
            self.reply()

        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, given, said = found.answer(Heard(self.command, self.path, headers, body))
            self.send_response(status)
            for name, value in given.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            if status != 204:
                self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the record is `Place.heard`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class Time:
    """A clock in the test's hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """A desk whose time is in the test's hand."""

    app: App
    folder: Path
    web: TestClient
    time: Time

    @property
    def now(self) -> datetime:
        return self.time.now

    def later(self, **span: float) -> None:
        self.time.now += timedelta(**span)

    def tell(self, title: str) -> None:
        (self.folder / f"site/{title}.md").write_text(POST.format(title))
        self.app.store.library.hasten(["posts"], self.now)

    def pass_(self) -> None:
        run_pass(self.app)

    def settle(self) -> list[str]:
        """Do what is due until nothing is, and return the names of the jobs."""
        done: list[str] = []
        for _ in range(30):
            jobs = tick(self.app.work(listening=True))
            if not jobs:
                return done
            for job in jobs:
                self.app.run_job(job, self.app.work(listening=True))
                done.append(job.name)
        raise AssertionError(f"never done: {done}")

    def poll(self) -> None:
        """Ask every source now, as if its time had come, and do what follows."""
        self.app.store.library.hasten([s.id for s in self.app.settings.sources], self.now)
        self.settle()

    def deliver(self) -> None:
        self.app.run_job(Job(name="deliver"), self.app.work())

    def subscribe(self, callback: str, topic: str = "/atom.xml", mode: str = "subscribe", **more: str) -> int:
        form = {"hub.mode": mode, "hub.topic": f"https://desk.example{topic}", "hub.callback": callback, **more}
        return self.web.post("/hub", data=form).status_code


@contextmanager
def desk(folder: Path, *allowed: Place, more: str = "push: {hub: builtin}\n", sources: str = "") -> Iterator[Desk]:
    """Open a desk in *folder* that may reach the places *allowed*; *sources* are items of a YAML list."""
    private = ", ".join(f"'127.0.0.1:{found.port}'" for found in allowed)
    (folder / "site").mkdir(exist_ok=True)
    (folder / "feeds.yaml").write_text(
        "version: 1\nsite: {title: Desk, url: 'https://desk.example'}\ncontent:\n  - {id: posts, path: site}\n"
        f"server: {{allow_private: [{private}]}}\n{more}{sources and f'sources: [{sources}]'}\n"
    )
    with opened(str(folder / "feeds.yaml"), {}, lock=True) as app:
        time = Time()
        app.clock = time
        app.sync()
        push.attend(app, woken=True)
        web = site(app.store.overview, {}, lambda: True, push.entrances(app, lambda: None))
        yield Desk(app, folder, TestClient(web), time)
