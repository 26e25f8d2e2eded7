"""From a saved post to another site's feed: two instances over loopback, the second subscribed to the first.

A publishes a folder of posts and is its own hub. B has A's feed as its source, and subscribes. In each round a post is
saved in A's folder; what counts is the time until B serves a feed that has it. Both are the program as it is installed,
in processes of their own; nothing but loopback is used.

The goal: the median of 20 rounds is under 2 seconds.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import timing

ROOT = Path(__file__).resolve().parents[2]
GOAL = 2.0  # seconds, median
ROUNDS = 20
POST = "---\ntitle: {0}\ndate: 2026-01-01 10:00:{1:02} +0000\n---\nWords of {0}, told once.\n"
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool], what: str, seconds: float = 60, step: float = 0.01) -> float:
    """Wait until *holds*, and return how long that took."""
    start = time.monotonic()
    while not holds():
        if time.monotonic() - start > seconds:
            raise SystemExit(f"push: {what} did not come about in {seconds:g} s")
        time.sleep(step)
    return time.monotonic() - start


def get(port: int, path: str) -> bytes:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return bytes(answer.read())
    except OSError:
        return b""


def tells(port: int, title: str) -> bool:
    return f"<title>{title}</title>".encode() in get(port, "/atom.xml")


@contextmanager
def serving(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "feeds", "--config", str(folder / "feeds.yaml"), "serve"]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def subscribers(folder: Path) -> int:
    """How many A's hub tells, as `feeds status` says."""
    command = [sys.executable, "-m", "feeds", "--config", str(folder / "feeds.yaml"), "status", "--json"]
    said = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    return int(json.loads(said.stdout)["push"]["subscribers"]) if said.returncode == 0 else 0


def laid_out(folder: Path, trust: str) -> tuple[Path, Path, int, int]:
    """Lay out both instances; return their folders and ports."""
    a, b = free_port(), free_port()
    for name, text in (("a", A), ("b", B)):
        (folder / name).mkdir()
        (folder / name / "feeds.yaml").write_text(text.format(a=a, b=b, trust=trust))
    (folder / "a/site").mkdir()
    (folder / "a/site/first.md").write_text(POST.format("first", 0))
    return folder / "a", folder / "b", a, b


def save(folder: Path, number: int) -> None:
    """Save a post as editors do: beside its place, then into it."""
    name = f"post-{number}"
    (folder / f".{name}.tmp").write_text(POST.format(name, number % 60))
    os.replace(folder / f".{name}.tmp", folder / f"{name}.md")


def measured(rounds: int, trust: str) -> list[float]:
    with TemporaryDirectory(prefix="feeds-push-") as place:
        a, b, a_port, b_port = laid_out(Path(place), trust)
        with serving(a):
            until(lambda: b"first" in get(a_port, "/atom.xml"), "A's first feed", step=0.2)
            with serving(b):
                until(lambda: b"first" in get(b_port, "/atom.xml"), "B's first feed", step=0.2)
                until(lambda: subscribers(a) == 1, "B's subscription", step=0.2)
                took = []
                for number in range(rounds):
                    save(a / "site", number)
                    took.append(until(partial(tells, b_port, f"post-{number}"), f"post {number} at B"))
                    time.sleep(0.1)
                feed = get(b_port, "/atom.xml")
                again = [n for n in range(rounds) if feed.count(f"<title>post-{n}</title>".encode()) != 1]
                if again:
                    raise SystemExit(f"push: posts {again} are not in B's feed once")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    worst = 0.0
    for trust in ("refetch", "signed"):
        took = sorted(measured(rounds, trust))
        median = statistics.median(took)
        print(f"{trust:8} median {median:.2f} s, quickest {took[0]:.2f} s, slowest {took[-1]:.2f} s of {rounds}")
        worst = max(worst, median)
    timing.close(
        "push",
        f"{worst:.2f} s from a saved post to the subscriber's feed (median)",
        f"under {GOAL:g} s",
        holds=worst < GOAL,
    )


if __name__ == "__main__":
    main()
