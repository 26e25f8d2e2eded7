"""Two services, the second subscribed to the first: what was saved arrives, once, whoever is killed when."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.end_to_end.test_serve import PATIENCE, ROOT, free_port, get

POST = "---\ntitle: {0}\ndate: 2026-01-01 10:00:00 +0000\n---\nWords of {0}.\n"
A = """\
version: 1
site: {{title: A, url: 'http://127.0.0.1:{a}'}}
content: [{{id: posts, path: site}}]
push: {{hub: builtin}}
server: {{listen: '127.0.0.1:{a}', allow_private: ['127.0.0.1:{b}']}}
"""
B = """\
version: 1
site: {{title: B, url: 'http://127.0.0.1:{b}'}}
sources: [{{id: a, url: 'http://127.0.0.1:{a}/atom.xml', every: 1d}}]
push: {{callback: 'http://127.0.0.1:{b}', trust: {trust}}}
server: {{listen: '127.0.0.1:{b}', allow_private: ['127.0.0.1:{a}']}}
"""


@dataclass
class Two:
    """Both services, by name."""

    folder: Path
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        command = [sys.executable, "-m", "feeds", "--config", str(self.folder / name / "feeds.yaml"), "serve"]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        with (self.folder / name / "log").open("ab") as log:
            self.running[name] = subprocess.Popen(command, env=environ, stdout=log, stderr=log)

    def kill(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGKILL)
        self.running[name].wait(10)

    def save(self, title: str) -> None:
        (self.folder / f"a/site/{title}.md").write_text(POST.format(title))

    def tells(self, name: str, title: str) -> bool:
        return f"<title>{title}</title>".encode() in get(self.ports[name], "/atom.xml")[1]

    def until(self, holds: Callable[[], bool], step: float = 0.05) -> None:
        assert any(holds() or PATIENCE.wait(step) for _ in range(1200)), self.logs()

    def logs(self) -> str:
        return "\n".join((self.folder / name / "log").read_text()[-3000:] for name in "ab")

    def heard(self) -> int:
        """How many pushes B took."""
        return (self.folder / "b/log").read_text().count("feeds.web.push.callback push")


@contextmanager
def subscribed(folder: Path, trust: str) -> Iterator[Two]:
    """Give both services with the second subscribed to the first, and one post known to both."""
    two = Two(folder, {"a": free_port(), "b": free_port()})
    for name, text in (("a", A), ("b", B)):
        (folder / name).mkdir()
        (folder / name / "feeds.yaml").write_text(text.format(**two.ports, trust=trust))
    (folder / "a/site").mkdir()
    two.save("first")
    with ExitStack() as stack:
        for name in "ab":
            two.start(name)
            stack.callback(two.kill, name)
            two.until(partial(two.tells, name, "first"))
        two.until(lambda: "kind=verify" in (folder / "a/log").read_text())
        yield two


@pytest.mark.parametrize("trust", ["refetch"])  # what is signed, test_push_crash ends at many more points
def test_what_is_saved_arrives_once_whoever_is_killed(tmp_path: Path, trust: str) -> None:
    """WS-23. The points: B away while A tells; A killed before it looks, once it published, once B took the push."""
    with subscribed(tmp_path, trust) as two:
        two.save("second")
        two.until(lambda: two.tells("b", "second"))

        two.kill("b")
        two.save("while-b-is-away")
        two.until(lambda: two.tells("a", "while-b-is-away"))
        two.start("b")
        two.until(lambda: two.tells("b", "while-b-is-away"))

        two.save("a-is-killed-at-once")
        two.kill("a")
        two.start("a")
        two.until(lambda: two.tells("b", "a-is-killed-at-once"))

        two.save("a-is-killed-when-it-published")
        two.until(lambda: two.tells("a", "a-is-killed-when-it-published"), step=0.005)
        two.kill("a")
        two.start("a")
        two.until(lambda: two.tells("b", "a-is-killed-when-it-published"))

        before = two.heard()
        two.save("b-is-killed-when-it-took-the-push")
        two.until(lambda: two.heard() > before, step=0.005)
        two.kill("b")
        two.start("b")
        two.until(lambda: two.tells("b", "b-is-killed-when-it-took-the-push"))

        feed = get(two.ports["b"], "/atom.xml")[1].decode()
        for post in (tmp_path / "a/site").iterdir():
            assert feed.count(f"<title>{post.stem}</title>") == 1, f"{post.stem}\n{two.logs()}"
