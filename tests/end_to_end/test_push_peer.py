"""An independent implementation of WebSub is talked to in both directions: Flask-WebSub, from PyPI."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.test_serve import PATIENCE, ROOT, free_port, get
from tests.end_to_end.test_subscriber_rocks import rss

PEER = ROOT / ".venv" / "peers-websub" / "bin" / "python"
POST = "---\ntitle: {0}\ndate: 2026-01-01 10:00:00 +0000\n---\nWords of {0}.\n"
CONFIG = """\
version: 1
site: {{title: Desk, url: 'http://127.0.0.1:{ours}'}}
content: [{{id: posts, path: site}}]
sources: [{{id: peer, url: 'http://127.0.0.1:{theirs}/topic', every: 1d}}]
push: {{hub: builtin, trust: signed}}
server: {{listen: '127.0.0.1:{ours}', allow_private: ['127.0.0.1:{theirs}']}}
"""

pytestmark = pytest.mark.skipif(
    not PEER.exists(), reason="Flask-WebSub is not installed: scripts/test installs it where it can be had"
)


@dataclass
class Pair:
    folder: Path
    ours: int
    theirs: int

    def post(self, path: str, body: bytes) -> str:
        url = f"http://127.0.0.1:{self.theirs}{path}"
        with urllib.request.urlopen(urllib.request.Request(url, body, method="POST"), timeout=20) as answer:
            return str(answer.read().decode())

    def said(self) -> dict[str, list[str]]:
        return dict(json.loads(get(self.theirs, "/heard")[1] or b"{}"))

    def tells(self, title: str) -> bool:
        return f"<title>{title}</title>".encode() in get(self.ours, "/atom.xml")[1]

    def save(self, title: str) -> None:
        (self.folder / f"site/{title}.md").write_text(POST.format(title))

    def log(self) -> str:
        return "\n".join((self.folder / name).read_text()[-4000:] for name in ("ours.log", "theirs.log"))

    def until(self, holds: Callable[[], bool]) -> None:
        assert any(holds() or PATIENCE.wait(0.1) for _ in range(400)), self.log()


@contextmanager
def running(command: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=out, stderr=out)
        try:
            yield
        finally:
            process.kill()
            process.wait(10)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    found = Pair(tmp_path, free_port(), free_port())
    (tmp_path / "site").mkdir()
    (tmp_path / "feeds.yaml").write_text(CONFIG.format(ours=found.ours, theirs=found.theirs))
    found.save("first")
    peer = [str(PEER), str(ROOT / "tests/end_to_end/websub_peer.py"), str(found.theirs), str(tmp_path)]
    ours = [sys.executable, "-m", "feeds", "--config", str(tmp_path / "feeds.yaml"), "serve"]
    with running(peer, tmp_path / "theirs.log"):
        found.until(lambda: get(found.theirs, "/heard")[0] == 200)
        found.post("/publish", rss("1"))
        with running(ours, tmp_path / "ours.log"):
            found.until(lambda: found.tells("first") and found.tells("Title 1"))
            yield found


def test_their_hub_tells_us(pair: Pair) -> None:
    """It signs by sha512; what it pushes is read without asking it again."""
    pair.until(lambda: "lease request" in pair.log() and "mode=subscribe" in pair.log())
    asked = pair.log().count('"GET /topic')
    pair.post("/publish", rss("1", "2"))
    pair.until(lambda: pair.tells("Title 2"))
    assert "feeds.web.push.callback push" in pair.log()
    assert pair.log().count('"GET /topic') == asked


def test_our_hub_tells_them_until_they_want_no_more(pair: Pair) -> None:
    id = pair.post("/subscribe", f"http://127.0.0.1:{pair.ours}/atom.xml".encode())
    pair.until(lambda: pair.said()["done"] == ["subscribe"])
    pair.save("second")
    pair.until(lambda: any("second" in body for body in pair.said()["heard"]))
    assert pair.said()["heard"][-1].encode() == get(pair.ours, "/atom.xml")[1]
    heard = len(pair.said()["heard"])
    assert heard == 1
    pair.post("/unsubscribe", id.encode())
    (question,) = [line for line in pair.log().splitlines() if "hub asked" in line and "mode=unsubscribe" in line]
    assert "host=127.0.0.1:" in question, "it is asked back a minute after the last time"
    assert id not in question, "whoever knows a callback can speak for its hub"
