"""Feed documents on disk, each held against the rules of its format: `feeds check FILE`."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeds.errors import UsageError
from feeds.model.breach import Breach
from feeds.render.gate import judge

INPUT = "-"
"""The name that stands for standard input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One document and the rules that it breaks, by line."""

    file: str
    breaches: tuple[Breach, ...]

    @property
    def errors(self) -> int:
        return sum(breach.severity == "error" for breach in self.breaches)


def judge_files(files: Sequence[str], now: datetime, url: str = "") -> tuple[Judged, ...]:
    """Judge each of *files* at *now*; *url* is where the document is published.

    Raises `UsageError` where one cannot be read, before any is judged.
    """
    bodies = [(file, _read(file)) for file in files]
    return tuple(Judged(file=file, breaches=judge(body, now, url)) for file, body in bodies)


def _read(file: str) -> bytes:
    if file == INPUT:
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from error
