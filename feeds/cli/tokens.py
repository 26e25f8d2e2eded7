"""token: who may ask the programs' interface."""

from typing import cast

import click

from feeds.app.serving import tokens
from feeds.cli.common import Desk, as_json, command, noted, print_json, say, table
from feeds.model.access import Scope


@click.group()
def token() -> None:
    """Say who may ask the interface for programs (`/api/v1` of `feeds serve`)."""


@token.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(tokens.SCOPES),
    multiple=True,
    default=("read",),
    help="What it may see; may be repeated: read (the default), hidden (also what is not shown), metrics (only that).",
)
@as_json
@click.pass_obj
@command
def add(desk: Desk, name: str, scopes: tuple[str, ...], json_: bool) -> None:
    """Make a token for NAME and print it. It is shown this once; the store keeps its hash. Also while `feeds serve`
    runs."""
    with desk.deciding() as (app, _):
        made = tokens.add(app.store.tokens, name, cast("tuple[Scope, ...]", scopes), app.clock())
        noted(app, "token add", name, " ".join(scopes))
    if json_:
        print_json({"name": name, "scopes": scopes, "token": made})
    else:
        click.echo(made)


@token.command("remove")
@click.argument("name")
@click.pass_obj
@command
def remove(desk: Desk, name: str) -> None:
    """Let NAME's token count no more, from the next request on."""
    with desk.deciding() as (app, _):
        app.store.tokens.remove(name)
        noted(app, "token remove", name)
    say(desk, f"the token of {name} is removed")


@token.command("list")
@as_json
@click.pass_obj
@command
def list_(desk: Desk, json_: bool) -> None:
    """List tokens by name: what each may see, when it was made, and when it was shown last."""
    with desk.open() as app:
        found = app.store.tokens.lines()
    if json_:
        print_json([{"name": t.name, "scopes": t.scopes, "made": t.made, "used": t.used} for t in found])
    elif found:
        rows = [
            (t.name, " ".join(t.scopes), f"{t.made:%Y-%m-%d}", f"{t.used:%Y-%m-%d %H:%M}" if t.used else "never")
            for t in found
        ]
        click.echo(table(("name", "scopes", "made", "used"), rows))
    else:
        say(desk, "nobody may ask yet: `feeds token add NAME`")
