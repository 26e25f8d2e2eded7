"""run, serve, fetch, build: the commands that work."""

import os
from contextlib import ExitStack
from pathlib import Path

import click

from feeds.app import passes
from feeds.app.build import App, copied
from feeds.app.passes import Outcome
from feeds.app.serving.service import Service, leave
from feeds.cli.common import (
    FAILED,
    SOME_FAILED,
    Desk,
    as_json,
    command,
    count,
    noted,
    print_json,
    progress,
    say,
    start_logging,
)
from feeds.errors import PROBLEMS, StoreLocked
from feeds.model.source import Problem

# What a pass counts, in the order of the data's path: (count, words)
READ = (
    ("sources", "sources asked"),
    ("fresh", "with something to read"),
    ("unchanged", "unchanged"),
    ("gone", "gone"),
    ("failed", "failed"),
)
TAKEN = (
    ("new", "new entries"),
    ("changed", "changed"),
    ("merged", "merged as copies"),
    ("dropped", "dropped by rules"),
    ("held", "held back"),
    ("renamed", "renamed"),
    ("withdrawn", "withdrawn"),
    ("returned", "returned"),
)
ONE = {"sources": "source asked", "new": "new entry", "merged": "merged as a copy"}  # words for a count of one
LEFT = {
    "poll": "polling",
    "publish": "publishing",
    "deliver": "telling hubs",
    "hand": "telling partners",
    "mirror": "mirroring",
}
SHOWN_PATHS = 12


@click.command()
@click.option("--once", is_flag=True, help="One pass, then exit: the default, spelled out for cron lines.")
@as_json
@click.pass_obj
@command
def run(desk: Desk, once: bool, json_: bool) -> None:
    """Do one pass and exit: poll what is due, publish what changed, deliver what is owed."""
    del once  # the only way there is
    start_logging(desk.verbose, service=False)
    with desk.open(lock=True) as app, progress(desk, "run") as tell:
        outcome = passes.run_pass(app, progress=tell)
        finish(desk, app, outcome, json_=json_)


@click.command()
@click.argument("ids", nargs=-1, metavar="[SOURCE]...")
@click.option("--force", is_flag=True, help="Read again from scratch, whatever held the source back.")
@as_json
@click.pass_obj
@command
def fetch(desk: Desk, ids: tuple[str, ...], force: bool, json_: bool) -> None:
    """Poll sources now, without publishing: those named, or all that are due. Beside a running service the named ones
    are left to it, to be read within seconds."""
    start_logging(desk.verbose, service=False)
    with ExitStack() as stack:
        try:
            app = stack.enter_context(desk.open(lock=True))
        except StoreLocked:
            if not ids:
                raise
            app = stack.enter_context(desk.beside())
            passes.hasten(app, ids, force=force)
            if force:
                noted(app, "force", " ".join(ids))
            say(desk, f"left to the service, which reads {'it' if len(ids) == 1 else 'them'} within seconds")
            return
        tell = stack.enter_context(progress(desk, "fetch"))
        finish(desk, app, passes.fetch(app, ids, force=force, progress=tell), json_=json_)


@click.command()
@click.option("--out", type=click.Path(file_okay=False), default="", help="Write to this folder instead of `public`.")
@as_json
@click.pass_obj
@command
def build(desk: Desk, out: str, json_: bool) -> None:
    """Bring out every channel from what is stored, without polling."""
    start_logging(desk.verbose, service=False)
    folder = str(Path(out).resolve()) if out else ""
    opened = copied(desk.file, os.environ, folder) if folder else desk.open(lock=True)
    with opened as app, progress(desk, "build") as tell:
        finish(desk, app, passes.build(app, progress=tell), json_=json_)


@click.command()
@click.pass_obj
@command
def serve(desk: Desk) -> None:
    """Run the service: scheduler and web server, until SIGTERM. SIGHUP reads the configuration again."""
    start_logging(desk.verbose, service=True)
    with desk.open(lock=True) as app:
        for warning in app.warnings:
            click.echo(str(warning), err=True)
        server = app.settings.server
        say(desk, f"{app.settings.site.title}: http://{server.host}:{server.port}/ (stop with Ctrl-C)")
        clean = Service(app, os.environ).run()
    if not clean:
        leave(0)


def finish(desk: Desk, app: App, outcome: Outcome, *, json_: bool) -> None:
    """Print what a pass did, and exit with what it means."""
    if json_:
        print_json(_as_values(outcome))
    else:
        _print(desk, app, outcome)
    if outcome.failed:
        raise SystemExit(FAILED)
    if outcome.counts.get("failed") or outcome.counts.get("gone"):
        raise SystemExit(SOME_FAILED)


def _as_values(outcome: Outcome) -> dict[str, object]:
    return {
        "counts": outcome.counts,
        "cpu_seconds": {name: round(seconds, 3) for name, seconds in outcome.steps.items()},
        "problems": {
            key: {"code": p.code, "cause": PROBLEMS[p.code][0], "detail": p.detail, "where": p.where}
            for key, p in outcome.problems.items()
        },
        "written": outcome.paths,
        "unfinished": outcome.unfinished,
    }


def _print(desk: Desk, app: App, outcome: Outcome) -> None:
    counts = outcome.counts
    names = {report.job.name for report in outcome.reports}
    if "poll" in names:
        say(desk, "read     " + _words(counts, READ, "nothing was due"))
        say(desk, "took in  " + _words(counts, TAKEN, "nothing new"))
    for key, problem in outcome.problems.items():
        say(desk, f"set aside  {_plain(key, problem)}")
    if "publish" in names:
        _print_published(desk, app, outcome)
    if "deliver" in names and (counts.get("delivered") or counts.get("undelivered")):
        say(desk, f"told hubs  {counts.get('delivered', 0)}, not accepted {counts.get('undelivered', 0)}")
    if outcome.unfinished:
        left = ", ".join(LEFT.get(name, name) for name in outcome.unfinished)
        say(desk, f"not done {left}: the time of a pass was over; nothing is lost, run `feeds run` again to go on")
    if desk.verbose:
        say(desk, "CPU s    " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in outcome.steps.items()))


def _words(counts: dict[str, int], names: tuple[tuple[str, str], ...], none: str) -> str:
    found = [(name, counts[name], words) for name, words in names if counts.get(name)]
    return ", ".join(f"{n} {ONE.get(name, words) if n == 1 else words}" for name, n, words in found) or none


def _plain(key: str, problem: Problem) -> str:
    cause, remedy = PROBLEMS[problem.code]
    where = problem.where or key
    return f"{where}: {cause}{f' ({problem.detail})' if problem.detail else ''}\n           {remedy}"


def _print_published(desk: Desk, app: App, outcome: Outcome) -> None:
    counts, folder = outcome.counts, Path(app.settings.public)
    if not outcome.paths:
        say(desk, f"wrote    nothing: {count(counts.get('channels', 0), 'channel')} looked at, no byte differs")
        return
    say(desk, f"wrote    {count(len(outcome.paths), 'file')} of {count(counts.get('channels', 0), 'channel')}")
    for path in outcome.paths[:SHOWN_PATHS]:
        say(desk, f"         {path}")
    if len(outcome.paths) > SHOWN_PATHS:
        say(desk, f"         … and {len(outcome.paths) - SHOWN_PATHS} more")
    # Not the file: a page finds its style and its neighbours from the site's root.
    say(desk, f"look at  http://{_address(app)}/ with `feeds serve`; any web server may serve {folder}")


def _address(app: App) -> str:
    return f"{app.settings.server.host}:{app.settings.server.port}"
