"""The programs that are measured, each in a folder of its own, asked to refresh by one command a time."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU seconds of one refresh without (*work*) and with the program's start and end (*whole*); peak memory in MB.

    *steps* divide the work, where the program says how.
    """

    work: float
    whole: float
    memory: float
    steps: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """*prepare* once; *refresh* with the number of the pass; *held* counts feeds of which entries are stored.

    *once*: it takes minutes, however often, so that it refreshes once in each scenario.
    """

    name: str
    prepare: Callable[[], None]
    refresh: Callable[[int], Cost]
    held: Callable[[], int]
    once: bool = False


def measured(command: Sequence[str], environ: dict[str, str]) -> tuple[float, float, str]:
    """Run *command* and return its CPU seconds with those of its children, its peak memory in MB, and what it said."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said


def _cost(command: Sequence[str]) -> Cost:
    whole, memory, said = measured(command, dict(os.environ))
    told = json.loads(said.splitlines()[-1])
    return Cost(work=told["work"], whole=whole, memory=memory, steps=told.get("steps", {}))


def _count(database: Path, query: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(query).fetchone()[0])


def ours(folder: Path, urls: Sequence[str]) -> Program:
    config = folder / "feeds.yaml"

    def prepare() -> None:
        places = ", ".join(f'"{url.split("/")[2]}"' for url in urls)
        sources = "".join(f"  - {{id: s{n}, url: '{url}'}}\n" for n, url in enumerate(urls))
        config.write_text(
            "version: 1\nsite: {title: Desk, url: 'https://desk.example'}\n"
            f"server: {{allow_private: [{places}]}}\n"
            "categories:\n"
            "  - {name: Technology, slug: tech, aliases: [기술], add: [\"title ~ '(compiler|번역기)'\"]}\n"
            "  - {name: Business, slug: economy, aliases: [경제]}\n"
            "outputs:\n  - {id: all, path: /, formats: [atom, rss, json], limit: 50}\n"
            '  - {id: by-category, each: category, path: "/{slug}/"}\n'
            f"sources:\n{sources}"
        )

    def refresh(number: int) -> Cost:
        return _cost([sys.executable, str(HERE / "ours.py"), str(config), str(number)])

    database = folder / "var" / "feeds.db"
    return Program(
        name="feeds",
        prepare=prepare,
        refresh=refresh,
        held=lambda: _count(database, "SELECT count(DISTINCT source_id) FROM entries"),
    )


def reader(folder: Path, urls: Sequence[str], python: str) -> Program:
    database = folder / "reader.db"
    script = [python, str(HERE / "peer_reader.py"), str(database)]

    def prepare() -> None:
        listed = folder / "urls"
        listed.write_text("\n".join(urls))
        subprocess.run([*script, str(listed)], check=True)

    return Program(
        name="reader",
        prepare=prepare,
        refresh=lambda _: _cost(script),
        held=lambda: _count(database, "SELECT count(DISTINCT feed) FROM entries"),
    )


def blocks(folder: Path, urls: Sequence[str]) -> Program:
    """The parts alone: see `blocks.py`."""
    database, listed = folder / "blocks.db", folder / "urls"
    return Program(
        name="blocks",
        prepare=lambda: _write(listed, urls),
        refresh=lambda _: _cost([sys.executable, str(HERE / "blocks.py"), str(database), str(listed)]),
        held=lambda: _count(database, "SELECT count(DISTINCT feed) FROM entries"),
    )


def _write(listed: Path, urls: Sequence[str]) -> None:
    listed.write_text("\n".join(urls))


def newsboat(folder: Path, urls: Sequence[str]) -> Program:
    """Its start is that of a run which counts the unread of an empty store."""
    starts: list[float] = []
    environ = {**os.environ, "HOME": str(folder)}
    command = [
        "newsboat",
        "-q",
        "-u",
        str(folder / "urls"),
        "-c",
        str(folder / "cache.db"),
        "-C",
        str(folder / "config"),
    ]

    def prepare() -> None:
        (folder / "urls").write_text("\n".join(urls) + "\n")
        (folder / "config").write_text("reload-threads 8\nmax-items 0\n")
        starts.append(measured([*command, "-x", "print-unread"], environ)[0])

    def refresh(_number: int) -> Cost:
        whole, memory, _ = measured([*command, "-x", "reload"], environ)
        return Cost(work=whole - starts[0], whole=whole, memory=memory)

    return Program(
        name="newsboat",
        prepare=prepare,
        refresh=refresh,
        held=lambda: _count(folder / "cache.db", "SELECT count(DISTINCT feedurl) FROM rss_item"),
        once=True,
    )
