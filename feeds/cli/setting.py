"""check, doctor, schema, migrate, config show: the commands about the set-up itself."""

import os
from dataclasses import asdict

import click

from feeds.app import checks
from feeds.app.build import client_for
from feeds.app.settings import json_schema, migrate_store
from feeds.cli.common import FAILED, SOME_FAILED, USAGE, Desk, as_json, command, count, print_json, say
from feeds.errors import Fault


@click.command()
@click.option("--posts", is_flag=True, help="Read every local post too.")
@click.option("--online", is_flag=True, help="Ask every remote source too, and say what is odd about it.")
@as_json
@click.pass_obj
@command
def check(desk: Desk, posts: bool, online: bool, json_: bool) -> None:
    """Check the configuration, and on request the posts and the sources: every fault at once."""
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
        _sum_up(desk, found)
    if any(fault.level == "error" for fault in found):
        raise SystemExit(SOME_FAILED if online and not posts else USAGE)


def _sum_up(desk: Desk, found: list[Fault]) -> None:
    errors = sum(fault.level == "error" for fault in found)
    say(desk, f"{desk.file}: {count(errors, 'error')}, {count(len(found) - errors, 'warning')}")


@click.command()
@as_json
@click.pass_obj
@command
def doctor(desk: Desk, json_: bool) -> None:
    """Look at everything that a pass stands on: Python, libraries, clock, configuration, store, folder, disk."""
    findings = checks.doctor(desk.file, os.environ)
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
@click.pass_obj
@command
def migrate(desk: Desk) -> None:
    """Bring the store to this version's schema; `run` and `serve` do it by themselves."""
    say(desk, f"the store has schema {migrate_store(desk.settings())}")


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
