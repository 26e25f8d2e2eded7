"""backup, restore: the store and the configuration, carried away and put back."""

import os
from dataclasses import asdict
from pathlib import Path

import click

from feeds.app.build import clock_from
from feeds.app.keeping.backup import backup as make
from feeds.app.keeping.backup import restore as put_back
from feeds.app.keeping.backup import verify
from feeds.cli.common import Desk, as_json, command, count, me, print_json, say


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@click.option(
    "--secrets",
    is_flag=True,
    help="With the secrets too: request headers, passwords and sessions of users, what signs pushes.",
)
@as_json
@click.pass_obj
@command
def backup(desk: Desk, file: Path, force: bool, secrets: bool, json_: bool) -> None:
    """Write the store and the configuration to FILE, as they stand at this moment, also while `feeds serve` runs.

    FILE is whole or not there. Secrets are left out unless asked for; what is published follows from the store.
    """
    made = make(desk.file, os.environ, file, clock_from(os.environ)(), force=force, secrets=secrets, who=me())
    if json_:
        print_json(asdict(made))
        return
    say(desk, f"{made.path}: {made.size // 1024} KiB, schema {made.manifest.schema}")
    if not secrets:
        left = (
            f"{count(made.left_out, 'secret')} of the configuration and all of the store"
            if made.left_out
            else "secrets"
        )
        say(desk, f"without {left}; --secrets keeps them")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the store that is there; it is kept beside, as NAME.replaced.")
@click.option("--check", "check_", is_flag=True, help="Read and check FILE, and touch nothing.")
@as_json
@click.pass_obj
@command
def restore(desk: Desk, file: Path, force: bool, check_: bool, json_: bool) -> None:
    """Put the store of a backup in its place, once all of it has been read and checked; no process may work on it.

    A configuration that is missing is written too; beside the one that is there where the two differ.
    """
    if check_:
        manifest = verify(file)
        if json_:
            print_json(asdict(manifest))
        else:
            say(desk, f"{file}: whole, as of {manifest.made}, schema {manifest.schema}")
        return
    found = put_back(desk.file_or_new, os.environ, file, force=force, who=me())
    if json_:
        print_json(asdict(found))
        return
    say(desk, f"{found.store}: as of {found.manifest.made}, schema {found.manifest.schema}")
    if found.kept:
        say(desk, f"what was there is kept as {found.kept}")
    if found.config:
        say(desk, f"the configuration of the backup is {found.config}")
    for fault in found.missing:
        click.echo(str(fault), err=True)
    if found.missing:
        click.echo(
            f"the store is restored; {count(len(found.missing), 'fault')} above: bring back what no backup holds"
            f" (posts, lists, secrets), until `feeds -c {desk.file_or_new} check` is content",
            err=True,
        )
    for name in found.locked_out:
        click.echo(f"{name} cannot sign in, the backup has no passwords: `feeds user password {name}`", err=True)
    say(desk, "`feeds build` brings out what it holds")
