"""user, audit: who may sit at the desk, and what was done there."""

import getpass
import sys

import click

from feeds.app.desk import staff
from feeds.cli.common import Desk, as_json, command, noted, print_json, say, table
from feeds.errors import UsageError

HOW = {True: "done", False: "refused"}
FROM_STDIN = "Read the password from standard input, one line, instead of asking for it."


@click.group()
def user() -> None:
    """Say who may sign in at the desk (`/desk` of `feeds serve`)."""


@user.command("add")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help=FROM_STDIN)
@click.pass_obj
@command
def add(desk: Desk, name: str, password_stdin: bool) -> None:
    """Let NAME sign in at the desk, with a password that is asked for."""
    password = _password(stdin=password_stdin)
    with desk.deciding() as (app, _):
        staff.add(app.store.staff, name, password, app.clock())
        noted(app, "user add", name)
    say(desk, f"{name} may sign in")


@user.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help=FROM_STDIN)
@click.pass_obj
@command
def password_(desk: Desk, name: str, password_stdin: bool) -> None:
    """Give NAME another password. Whoever is signed in under that name is not any more, and a wait after failures
    ends."""
    password = _password(stdin=password_stdin)
    with desk.deciding() as (app, _):
        staff.set_password(app.store.staff, name, password, app.clock())
        noted(app, "user password", name)
    say(desk, f"{name} has another password")


@user.command("remove")
@click.argument("name")
@click.pass_obj
@command
def remove(desk: Desk, name: str) -> None:
    """Let NAME sign in no more; what was done under the name stays in the audit log."""
    with desk.deciding() as (app, _):
        app.store.staff.remove(name)
        noted(app, "user remove", name)
    say(desk, f"{name} is removed")


@user.command("list")
@as_json
@click.pass_obj
@command
def list_(desk: Desk, json_: bool) -> None:
    """List who may sign in, since when with this password ("none" after a restore without secrets), and how many
    sessions each has."""
    with desk.open() as app:
        sessions = app.store.staff.signed_in(app.clock())
        rows = [
            (u.name, u.made, u.changed if u.password else None, sessions.get(u.name, 0))
            for u in app.store.staff.users()
        ]
    if json_:
        print_json([{"name": n, "made": m, "changed": c, "sessions": s} for n, m, c, s in rows])
    elif rows:
        lines = [(n, f"{m:%Y-%m-%d}", f"{c:%Y-%m-%d}" if c else "none", str(s)) for n, m, c, s in rows]
        click.echo(table(("name", "made", "password of", "sessions"), lines))
    else:
        say(desk, "nobody may sign in yet: `feeds user add NAME`")


@click.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help="How many lines; 50 unless told otherwise.")
@as_json
@click.pass_obj
@command
def audit(desk: Desk, limit: int, json_: bool) -> None:
    """Show what was done at the desk, the newest first: who, when, what, from where, and what came of it."""
    with desk.open() as app:
        lines = app.store.staff.audit(limit)
    if json_:
        names = ("id", "at", "who", "client", "action", "what", "done", "detail")
        print_json([{name: getattr(line, name) for name in names} for line in lines])
        return
    rows = [
        (f"{a.at:%Y-%m-%d %H:%M:%S}", a.who, a.client, a.action, HOW[a.done], f"{a.what} {a.detail}".strip())
        for a in lines
    ]
    click.echo(table(("when (UTC)", "who", "from", "what", "how", "of"), rows))


def _password(*, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask for the password; give it on standard input: --password-stdin")
    password = getpass.getpass("password: ")
    if getpass.getpass("once more: ") != password:
        raise UsageError("the two passwords differ; nothing was done")
    return password
