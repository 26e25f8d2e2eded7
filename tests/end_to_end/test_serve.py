"""The service: first pass at once, feeds served, configuration read again, a clean stop, one process a store."""

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feeds.app.serving.service import allow_files

ROOT = Path(__file__).parents[2]
CONFIG = """\
version: 1
site: {{title: Desk, url: 'https://desk.example'}}
content:
  - {{id: posts, path: site, every: 1s}}
server: {{listen: '127.0.0.1:{port}'}}
"""
POST = "---\ntitle: {0}\ndate: 2026-01-01 10:00:00 +0000\n---\nWords.\n"
PATIENCE = threading.Event()  # never set: its wait is how these tests let the service have its time


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def until(port: int, path: str, wanted: bytes) -> bool:
    """Ask until *wanted* is in the answer, 20 seconds at the most."""
    return any(wanted in get(port, path)[1] or PATIENCE.wait(0.1) for _ in range(200))


def desk(folder: Path) -> int:
    port = free_port()
    (folder / "site").mkdir()
    (folder / "site/one.md").write_text(POST.format("First"))
    (folder / "feeds.yaml").write_text(CONFIG.format(port=port))
    return port


@contextmanager
def serving(folder: Path) -> Iterator[subprocess.Popen[str]]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "feeds", "--config", str(folder / "feeds.yaml"), "serve"]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_pictures_of_our_posts_are_served_as_they_are_now(tmp_path: Path) -> None:
    port = desk(tmp_path)
    (tmp_path / "site/one.md").write_text(POST.format("First") + "\n![](/img/quay.png)\n")
    (tmp_path / "site/img").mkdir()
    (tmp_path / "site/img/other.png").write_bytes(b"of nobody")
    quay, published = tmp_path / "site/img/quay.png", tmp_path / "var/public/img/quay.png"
    with serving(tmp_path):
        assert until(port, "/atom.xml", b"/img/quay.png")
        assert get(port, "/img/quay.png")[0] == 404, "it is not there yet"
        for body in (b"\x89PNG one", b"\x89PNG two"):  # a picture that comes later, and one in its place
            quay.write_bytes(body)
            assert get(port, "/img/quay.png") == (200, body)
            assert any(
                (published.exists() and published.read_bytes() == body) or PATIENCE.wait(0.1) for _ in range(200)
            )
        for path in ("/img/other.png", "/one.md", "/img/../one.md", "/img/%2e%2e/feeds.yaml", "/var/feeds.db"):
            assert get(port, path)[0] == 404
        (tmp_path / "site/one.md").unlink()
        (tmp_path / "site/two.md").write_text(POST.format("Second"))
        assert any(get(port, "/img/quay.png")[0] == 404 or PATIENCE.wait(0.1) for _ in range(200))
        assert not published.exists()


def test_first_pass_new_post_reload_and_stop(tmp_path: Path) -> None:
    port = desk(tmp_path)
    with serving(tmp_path) as process:
        assert until(port, "/atom.xml", b"First")
        assert until(port, "/readyz", b"ready\n")
        (tmp_path / "site/two.md").write_text(POST.format("Second"))
        assert until(port, "/rss.xml", b"Second")

        good = (tmp_path / "feeds.yaml").read_text()
        (tmp_path / "feeds.yaml").write_text(good.replace("title: Desk", "title: Renamed"))
        assert until(port, "/feed.json", b"Renamed")
        (tmp_path / "feeds.yaml").write_text("version: [\n")
        process.send_signal(signal.SIGHUP)
        (tmp_path / "site/three.md").write_text(POST.format("Third"))
        assert until(port, "/atom.xml", b"Third")

        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=5)
        assert process.returncode == 0, said
        assert "the old configuration stays in force" in said
        assert "Traceback" not in said


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    port = desk(tmp_path)
    with serving(tmp_path) as first:
        assert until(port, "/readyz", b"ready\n")
        with serving(tmp_path) as second:
            said, _ = second.communicate(timeout=20)
        assert second.returncode == 1
        assert str(first.pid) in said
        assert get(port, "/healthz")[0] == 200


def test_srv_23_as_many_files_may_be_open_as_connections_are_kept() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 4096 if hard == resource.RLIM_INFINITY else hard
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most - 100, hard))
        for wanted, allowed in ((most - 50, most - 50), (most - 90, most - 50), (most, most)):
            allow_files(wanted)
            assert resource.getrlimit(resource.RLIMIT_NOFILE) == (allowed, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
