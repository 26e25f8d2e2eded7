"""check, doctor, schema, migrate, config show: the commands about the set-up itself."""

import os
from dataclasses import asdict

import click

from feeds.app import checks
from feeds.app.build import client_for, clock_from
from feeds.app.keeping.doctor import doctor as look
from feeds.app.looking.judge import Judged, judge_files
from feeds.app.settings import json_schema, migrate_store, move_store, partition_store
from feeds.cli.common import FAILED, SOME_FAILED, USAGE, Desk, as_json, command, count, print_json, say, table
from feeds.errors import Fault, UsageError


@click.command()
@click.option("--posts", is_flag=True, help="Read every local post too.")
@click.option("--online", is_flag=True, help="Ask every remote source too, and say what is odd about it.")
@click.option("--url", default="", metavar="URL", help="Where FILE is published: its link to itself must name it.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@as_json
@click.pass_obj
@command
def check(desk: Desk, files: tuple[str, ...], posts: bool, online: bool, url: str, json_: bool) -> None:
    """Check the configuration, and on request the posts and the sources: every fault at once.

    With FILE, a feed document or - for standard input, judge that instead, as the publish gate does: Atom by RFC 4287,
    RSS by its specification and profile, JSON Feed by a schema. Each breach has its line, the rule and the remedy.
    Exit code 1 where a document breaks a rule, 2 where it cannot be read; warnings change nothing.
    """
    if files:
        if posts or online or (url and len(files) > 1):
            raise UsageError("--posts and --online check the configuration, --url goes with one FILE")
        _say_judged(desk, judge_files(files, clock_from(os.environ)(), url), json_)
        return
    settings, faults = checks.check(desk.file, os.environ)
    found = list(faults)
    client = client_for(settings)
    if posts:
        found += checks.check_posts(settings, client)
    if online:
        found += checks.check_online(settings, client)
    if json_:
        print_json([asdict(fault) for fault in found])
    else:
        for fault in found:
            click.echo(str(fault))
        for line in checks.content_kinds(settings):
            say(desk, line)
        _sum_up(desk, found)
    if any(fault.level == "error" for fault in found):
        raise SystemExit(SOME_FAILED if online and not posts else USAGE)


def _say_judged(desk: Desk, found: tuple[Judged, ...], json_: bool) -> None:
    if json_:
        print_json([{"file": judged.file, **asdict(breach)} for judged in found for breach in judged.breaches])
    else:
        for judged in found:
            for breach in judged.breaches:
                place = f"{judged.file}:{breach.line}" if breach.line else judged.file
                click.echo(f"{place}: {breach.severity}: {breach.what} [{breach.rule}]\n       = {breach.remedy}")
            warnings = len(judged.breaches) - judged.errors
            say(desk, f"{judged.file}: {count(judged.errors, 'error')}, {count(warnings, 'warning')}")
    if any(judged.errors for judged in found):
        raise SystemExit(FAILED)


def _sum_up(desk: Desk, found: list[Fault]) -> None:
    errors = sum(fault.level == "error" for fault in found)
    say(desk, f"{desk.file}: {count(errors, 'error')}, {count(len(found) - errors, 'warning')}")


@click.command()
@click.option(
    "--online", is_flag=True, help="Look up the hosts of some sources too, and into the bucket that mirrors us."
)
@as_json
@click.pass_obj
@command
def doctor(desk: Desk, online: bool, json_: bool) -> None:
    """Look at everything that a pass stands on: Python, libraries, TLS roots, clock, configuration, permissions, store,
    lock, folder, disks, open files."""
    findings = look(desk.file, os.environ, online=online)
    if json_:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            say(desk, f"{finding.level:<8} {finding.what}: {finding.said}")
            if finding.remedy:
                say(desk, f"         {finding.remedy}")
    if any(finding.level == "error" for finding in findings):
        raise SystemExit(FAILED)


@click.command()
@command
def schema() -> None:
    """Print the JSON Schema of feeds.yaml, for editors: `feeds schema > feeds.schema.json`."""
    print_json(json_schema())


@click.command()
@click.option("--from", "source", default="", metavar="STORE", help="Move all of this store, on which nothing works.")
@click.option("--to", "target", default="", metavar="STORE", help="Where to: a place where nothing is yet.")
@click.option("--partition", is_flag=True, help="Divide a store on PostgreSQL for many millions of entries.")
@click.pass_obj
@command
def migrate(desk: Desk, source: str, target: str, partition: bool) -> None:
    """Bring the store to this version's schema; `run` and `serve` do it by themselves.

    With --from and --to, move a store into another database: all of it, compared row by row, or nothing.
    With --partition, divide a store on PostgreSQL, by month and by key; where it is interrupted, the next run goes on.
    """
    if partition:
        if source or target:
            raise UsageError("--partition divides the store of the configuration: give it without --from and --to")
        partition_store(desk.settings(), lambda said: say(desk, said))
        say(desk, "the store is in partitions")
        return
    if not source and not target:
        say(desk, f"the store has schema {migrate_store(desk.settings())}")
        return
    if not (source and target):
        raise UsageError("give both --from and --to, as in --from sqlite:///var/feeds.db --to postgresql://host/feeds")
    moved = move_store(source, target)
    say(desk, table(("table", "rows", "digest"), [(m.table, str(m.rows), m.digest) for m in moved]))
    say(desk, "all of it arrived as it left; set `store` to the new place")


@click.group()
def config() -> None:
    """Look at the configuration as it is understood."""


@config.command("show")
@as_json
@click.pass_obj
@command
def show(desk: Desk, json_: bool) -> None:
    """Show every setting in force, defaults included; secrets are left out."""
    del json_  # one form serves both
    print_json(checks.in_force(desk.settings()))
