"""A pass that is killed at any moment, then another pass: the same result as without."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Counts every moment at which something becomes lasting, and ends the process at the one that it is told.
CHILD = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine

left = int(sys.argv.pop(1))

def step(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def around(name):
    real = getattr(os, name)
    def counted(*words, **more):
        step()
        try:
            return real(*words, **more)
        finally:
            step()
    setattr(os, name, counted)

for name in ("replace", "rename", "fsync"):
    around(name)
event.listen(Engine, "begin", step)
event.listen(Engine, "commit", step)

from feeds.cli import main
try:
    main()
finally:
    if left > 0:
        print("steps", 1_000_000 - left, file=sys.stderr)
"""


def run(desk: Path, kill_at: int = 1_000_000) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, str(kill_at), "--config", str(desk / "feeds.yaml"), "run"]
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "1795000000", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


def fresh(desk: Path) -> Path:
    shutil.rmtree(desk, ignore_errors=True)
    shutil.copytree(ROOT / "config", desk, ignore=shutil.ignore_patterns("var"))
    return desk


def published(desk: Path) -> dict[str, str]:
    public = desk / "var/public"
    files = [p for p in public.rglob("*") if p.is_file() and ".tmp" not in p.parts]
    return {str(p.relative_to(public)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], int]:
    desk = fresh(tmp_path_factory.mktemp("desk") / "config")
    done = run(desk)
    assert done.returncode == 0, done.stderr
    steps = re.search(r"steps (\d+)", done.stderr)
    assert steps
    return published(desk), int(steps[1])


@pytest.mark.parametrize("share", [n / 12 for n in range(13)], ids=lambda s: f"at {s:.0%}")
def test_pub_13_killed_and_run_again(share: float, unharmed: tuple[dict[str, str], int], tmp_path: Path) -> None:
    expected, steps = unharmed
    desk = fresh(tmp_path / "config")
    killed = run(desk, kill_at=max(1, round(steps * share)))
    assert killed.returncode == -signal.SIGKILL
    again = run(desk)
    assert again.returncode == 0, again.stdout + again.stderr
    assert published(desk) == expected
