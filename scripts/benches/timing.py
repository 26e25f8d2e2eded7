"""What the benches share: CPU seconds of whole processes, interleaved rounds, and the closing line."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
"""Real data that lies beside a checkout; benches that need it say so and end with 2 where it is missing."""


def cpu_of(command: Sequence[str], environ: Mapping[str, str] | None = None) -> float:
    """Run *command* to its end and return the CPU seconds, user and system, that it and its children took.

    Raises CalledProcessError where it fails.
    """
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def interleaved(runs: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Run each of *runs* once a round, in turns, and return the median of what each returned.

    In turns, so that whatever else the machine does falls on all of them.
    """
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(run())
    return {name: statistics.median(figures) for name, figures in found.items()}


def shared(folder: str) -> Path:
    """Return a folder of the real data, or end with 2 where it is missing."""
    path = SHARED / folder
    if not path.exists():
        print(f"this bench reads {folder} in ../shared/data beside the checkout, which is missing", file=sys.stderr)
        raise SystemExit(2)
    return path


def close(name: str, figure: str, goal: str, *, holds: bool) -> None:
    """Print the closing line and end: with 0 where the goal holds, else 1."""
    print(f"{name}: {figure}, goal {goal}: {'holds' if holds else 'MISSED'}")
    raise SystemExit(0 if holds else 1)
