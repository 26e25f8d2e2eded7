"""preview: what another configuration would show, before it is in force."""

import os
from dataclasses import asdict

import click

from feeds.app.looking import preview as trial
from feeds.cli.common import Desk, as_json, command, print_json, say
from feeds.model.desk import ChannelChange, Told

MARKS = {"new": "+", "ends": "-", "differs": "~", "same": " "}
SHOWN = 20  # stories of a side


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@as_json
@click.pass_obj
@command
def preview(desk: Desk, file: str, json_: bool) -> None:
    """Show what every channel would show under FILE, another configuration, beside what it shows now. It is tried on
    a copy of the store, without asking any source: nothing is written, also while a service runs."""
    found = trial.preview_file(desk.file, file, os.environ)
    if json_:
        print_json(asdict(found))
        return
    for change in found.channels:
        if change.state != "same":
            _say_change(desk, change)
    same = sum(change.state == "same" for change in found.channels)
    say(desk, f"{same} of {len(found.channels)} channels stay as they are")
    if found.dropped or found.taken:
        say(desk, f"{found.dropped} stored entries would be kept out, {found.taken} would be let in")


def _say_change(desk: Desk, change: ChannelChange) -> None:
    counts = f"{change.before} stories now, {change.after} then"
    say(desk, f"{MARKS[change.state]} {change.channel_id}  {change.title} ({change.state}): {counts}")
    for sign, told in (("+", change.came), ("-", change.went)):
        _say_stories(desk, sign, told)


def _say_stories(desk: Desk, sign: str, told: tuple[Told, ...]) -> None:
    for one in told[:SHOWN]:
        say(desk, f"    {sign} {one.title or one.id}")
    if len(told) > SHOWN:
        say(desk, f"    {sign} … and {len(told) - SHOWN} more")
