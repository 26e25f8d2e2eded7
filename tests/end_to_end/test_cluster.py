"""The processes of a cluster, started as a supervisor starts them: each may be killed, and work goes on."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeds.cli import cli
from feeds.store import migrate, open_store
from tests import servers

POST = "---\ntitle: {title}\ndate: 2026-11-25 {hour}:00:00 +0000\n---\nText.\n"


class Processes:
    """Processes by kind, on one store."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, kind: str, *words: str, name: str = "") -> None:
        environ = {**os.environ, "FEEDS_STORE": self.url}
        command = [sys.executable, "-m", "feeds", "-c", str(self.folder / "feeds.yaml"), kind, *words]
        with (self.folder / f"{name or kind}.log").open("ab") as log:
            self.running[name or kind] = subprocess.Popen(command, env=environ, stdout=log, stderr=log)

    def said(self) -> str:
        return "\n".join(p.read_text(errors="replace")[-2000:] for p in sorted(self.folder.glob("*.log")))


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
        return found


@pytest.fixture
def processes(tmp_path: Path, port: int) -> Iterator[Processes]:
    url = servers.empty()
    migrate(url)
    (tmp_path / "posts").mkdir()
    (tmp_path / "feeds.yaml").write_text(
        "site: {title: Desk, url: 'https://desk.example'}\ncontent: [{path: posts, every: 1m}]\n"
        f"server: {{listen: '127.0.0.1:{port}'}}\nschedule: {{shards: 2}}\n",
        encoding="utf-8",
    )
    found = Processes(tmp_path, url)
    yield found
    for process in found.running.values():
        process.kill()
        process.wait()


def _until(found: Callable[[], bool], processes: Processes) -> None:
    end = time.monotonic() + 60
    while not found():
        assert time.monotonic() < end, processes.said()
        time.sleep(0.2)


def _shows(port: int, title: str, path: str = "/atom.xml") -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return title.encode() in answer.read()
    except (urllib.error.URLError, ConnectionError):
        return False


def _write(processes: Processes, title: str, hour: int) -> None:
    post = processes.folder / "posts" / f"2026-11-25-{title}.md"
    post.write_text(POST.format(title=title, hour=hour), encoding="utf-8")
    store = open_store(processes.url, lock=False, beside=True)  # what the next look would find in a minute
    now = datetime.now(UTC).replace(microsecond=0)
    store.library.hasten([line.source.id for line in store.overview.sources()], now)
    store.close()


def _command(processes: Processes, name: str) -> Result:
    words = ["-c", str(processes.folder / "feeds.yaml"), name]
    return CliRunner().invoke(cli, words, env={"FEEDS_STORE": processes.url})


def test_every_process_may_be_killed_and_all_stop_in_good_order(processes: Processes, port: int) -> None:
    _write(processes, "first", 10)
    for kind in ("scheduler", "web", "worker"):
        processes.start(kind)
    _until(lambda: _shows(port, "ready", "/readyz"), processes)
    assert _shows(port, ""), "a proxy that asked whether it is ready finds the documents"
    _until(lambda: _shows(port, "first"), processes)
    for kind in ("scheduler", "web", "worker"):
        processes.running[kind].kill()
        processes.running[kind].wait()
    _write(processes, "second", 11)
    for kind in ("worker", "web", "scheduler"):
        processes.start(kind)
    _until(lambda: _shows(port, "second"), processes)
    assert _shows(port, "first")
    said = _command(processes, "status")
    assert "alive, " in said.output, said.output
    refused = _command(processes, "run")
    assert refused.exit_code == 1
    assert "in use by process" in refused.output, "one embedded process beside a cluster is refused"
    for process in processes.running.values():
        process.send_signal(signal.SIGTERM)
    ended = {kind: process.wait(30) for kind, process in processes.running.items()}
    assert ended == {"scheduler": 0, "web": 0, "worker": 0}, processes.said()


FEED = """<rss version="2.0"><channel><title>Of {path}</title><link>https://f.example/</link><description>d</description>
<item><guid>{path}</guid><title>Story {path}</title><description>Text.</description></item></channel></rss>"""
LATE = 0.03  # seconds until an answer comes


class Host(ThreadingHTTPServer):
    """Feeds of one host, each answer a little late; *most* is how many of them were asked for at a time."""

    daemon_threads = True

    def __init__(self, address: str, port: int) -> None:
        self.now = self.most = 0
        self.asked: set[str] = set()
        self.count = threading.Lock()
        super().__init__((address, port), Answers)
        self.name = f"{address}:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        with self.server.count:
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
        threading.Event().wait(LATE)
        with self.server.count:
            self.server.now -= 1
            self.server.asked.add(self.path)
        body = FEED.format(path=self.path).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def hosts(*addresses: str) -> Iterator[list[Host]]:
    """Serve at loopback *addresses*, all at one port, until the block ends."""
    found = [first := Host(addresses[0], 0)]
    found += [Host(address, first.server_port) for address in addresses[1:]]
    for host in found:
        threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield found
    finally:
        for host in found:
            host.shutdown()
            host.server_close()


@pytest.mark.parametrize("most", [1, 2])
def test_two_workers_ask_a_host_as_often_at_a_time_as_one_may(processes: Processes, most: int) -> None:
    """With 2 the servers see two at a time: so they would see what must not be."""
    with hosts("127.1.0.1", "127.1.0.2", "127.1.0.3", "127.1.0.4") as found:
        names = [host.name for host in found]
        sources = "".join(f"  - {{url: 'http://{name}/{n}'}}\n" for n in range(6) for name in names)
        (processes.folder / "feeds.yaml").write_text(
            f"site: {{title: Desk, url: 'https://desk.example'}}\nsources:\n{sources}"
            f"server: {{allow_private: {names}}}\nschedule: {{shards: 8, per_host: {most}, spacing: 0s}}\n",
            encoding="utf-8",
        )
        for name in ("worker1", "worker2"):
            processes.start("worker", "--jobs", "1", name=name)
        _until(lambda: "workers 2 alive" in _command(processes, "status").output, processes)
        processes.start("scheduler")
        _until(lambda: all(len(host.asked) == 6 for host in found), processes)
        logs = [processes.folder / f"worker{n}.log" for n in (1, 2)]
        _until(lambda: all("job done" in log.read_text() for log in logs), processes)
        assert [host.most for host in found] == [most] * 4


def test_a_file_is_no_store_for_many(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("site: {title: T, url: 'https://t.example'}\n", encoding="utf-8")
    for kind in ("worker", "scheduler", "web"):
        said = CliRunner().invoke(cli, ["-c", str(tmp_path / "feeds.yaml"), kind])
        assert said.exit_code == 1
        assert "many need a store at postgresql://" in said.output
