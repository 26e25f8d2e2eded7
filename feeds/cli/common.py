"""What all commands share: the configuration file, output for people and for programs, errors and exit codes.

Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 done but some sources failed.
"""

import functools
import getpass
import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from unicodedata import combining, east_asian_width

import click

from feeds import log
from feeds.app import checks
from feeds.app.build import App, opened
from feeds.app.keeping import audit
from feeds.errors import ConfigError, FeedsError, FetchError, ParseError, StoreLocked, UsageError
from feeds.model.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

FAILED, USAGE, SOME_FAILED = 1, 2, 3
FROM = "cli"  # in the audit log, for what is done on the machine itself
EXTRAS = ("procrastinate", "psycopg")  # packages that only a cluster needs
INSTALL = "`scripts/setup cluster,devpg` in a checkout, else `pip install 'feeds[cluster]'`"
PLACES = ("feeds.yaml", "config/feeds.yaml")
DAY = "%Y-%m-%d %H:%M"  # a moment, for people
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")  # not tab, not \n


@dataclass(frozen=True, slots=True)
class Desk:
    """The options that stand before the command."""

    config: str
    quiet: bool
    verbose: int

    @property
    def file(self) -> str:
        """The configuration file: --config, else FEEDS_CONFIG, else the first of `PLACES` that exists."""
        if self.config:
            return self.config
        found = next((p for p in PLACES if Path(p).is_file()), "")
        if not found:
            raise UsageError("no feeds.yaml here; write one with `feeds init`, or name it with --config")
        return found

    @property
    def file_or_new(self) -> str:
        """The configuration file, or where a new one belongs."""
        found = next((p for p in PLACES if Path(p).is_file()), PLACES[0])
        return self.config or found

    def settings(self) -> Settings:
        """Read the configuration. Raises `ConfigError`."""
        return checks.check(self.file, os.environ)[0]

    def settings_or_none(self) -> Settings | None:
        """Read the configuration, for commands that can do without one."""
        has_one = self.config or any(Path(p).is_file() for p in PLACES)
        return self.settings() if has_one else None

    def open(self, *, lock: bool = False) -> AbstractContextManager[App]:
        return opened(self.file, os.environ, lock=lock)

    def beside(self) -> AbstractContextManager[App]:
        """Open for what may be written while another process works on the store."""
        return opened(self.file, os.environ, lock=False, beside=True)

    @contextmanager
    def deciding(self) -> Iterator[tuple[App, bool]]:
        """Open for a decision; True where nobody else works on the store, so that it can be published at once."""
        with ExitStack() as stack:
            try:
                app, alone = stack.enter_context(opened(self.file, os.environ, lock=True)), True
            except StoreLocked:
                app, alone = stack.enter_context(self.beside()), False
            yield app, alone


def noted(app: App, action: str, what: str = "", detail: str = "") -> None:
    """Tell the audit log what was done on the machine itself, and as whom."""
    audit.note(app.store.staff, app.clock(), me(), FROM, action, what, detail=detail)


def me() -> str:
    """Who runs this, by name where the machine knows one: a container need not."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid {os.getuid()}"


def harmless(text: str) -> str:
    """Return *text* with every sign that a terminal obeys written out: controls, and those that turn its direction."""
    return _OBEYED.sub(lambda sign: sign[0].encode("unicode_escape").decode("ascii"), text)


def complain(text: str) -> None:
    """Print an error for people: it may quote a file or a server that nobody here wrote."""
    click.echo(harmless(text), err=True)


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Turn errors of ours into messages and exit codes."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ConfigError as error:
            complain(str(error))
            complain(f"{_count(len(error.faults), 'fault')} in the configuration; nothing was done")
            raise SystemExit(USAGE) from error
        except UsageError as error:
            complain(f"feeds: {error}")
            raise SystemExit(USAGE) from error
        except FeedsError as error:
            complain(f"feeds: {error}")
            if isinstance(error, FetchError | ParseError):
                complain(f"       {error.remedy}")
            raise SystemExit(FAILED) from error
        except ModuleNotFoundError as error:
            if error.name not in EXTRAS:
                raise
            complain(f"feeds: a cluster needs {error.name}: {INSTALL}")
            raise SystemExit(FAILED) from error

    return guarded


def as_json(function: Callable[P, R]) -> Callable[P, R]:
    """Give a command the option --json."""
    return click.option("--json", "json_", is_flag=True, help="Print JSON, for programs.")(function)


def print_json(value: Any) -> None:
    """Print *value* as JSON: times as RFC 3339 has them, spans in seconds, other values as their text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case _:
            return str(value)


def language() -> str:
    """Return the locale of who asks, as POSIX has it (XBD §8.2): the reasons of decisions are told in it."""
    return next((said for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (said := os.environ.get(name))), "")


def say(desk: Desk, line: str = "") -> None:
    """Print lines for people, unless -q, with nothing in them that their terminal would obey."""
    if not desk.quiet:
        click.echo(harmless(line))


def _count(number: int, noun: str) -> str:
    """`1 story`, `2 stories`: of nouns whose plural ends in -s, or in -ies for -y after a consonant."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{number} {noun}s"


count = _count


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows under their heads, columns as wide as their cells; Hangul counts two cells."""
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, *rows]
    return "\n".join("  ".join(_padded(c, w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def _width(cell: str) -> int:
    """How many cells of a terminal a text fills (Unicode Standard Annex 11)."""
    return sum(2 if east_asian_width(c) in "WF" else 0 if combining(c) else 1 for c in cell)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


@contextmanager
def progress(desk: Desk, label: str) -> Iterator[Callable[[str, int], None]]:
    """Show a bar on a terminal while work goes on, and nothing elsewhere."""
    if desk.quiet or not sys.stderr.isatty():
        yield lambda _what, _left: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        done = 0

        def advance(what: str, left: int) -> None:
            nonlocal done
            done += 1
            bar.update(task, completed=done, total=done + left, description=f"{label} {what[:40]}")

        yield advance


def start_logging(verbose: int, *, service: bool) -> None:
    """Log to stderr: warnings for a command, one line a job for the service, more with each -v."""
    levels = [logging.INFO if service else logging.CRITICAL, logging.INFO, logging.DEBUG]
    log.start(levels[min(verbose, 2)])
