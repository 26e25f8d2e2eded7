"""init, add, remove, pause, resume, import, export: the commands that change what is read."""

import os
import sys

import click

from feeds.app import edit, look
from feeds.app.build import client_for
from feeds.cli.common import PLACES, Desk, as_json, command, count, print_json, say
from feeds.errors import UsageError


@click.command()
@click.argument("source", metavar="[FROM]", default="")
@click.pass_obj
@command
def init(desk: Desk, source: str) -> None:
    """Write a new feeds.yaml, begun from nothing, a site's URL, OPML, Jekyll's _config.yml, hugo.toml, newsboat's urls
    or a planet ini."""
    target = desk.config or PLACES[0]
    edit.init(target, source)
    say(desk, f"wrote {target}; look it over, then `feeds check` and `feeds run`")


@click.command()
@click.argument("url")
@click.option("--id", "id_", default="", help="The source's id; made from the URL otherwise.")
@click.option("--category", "categories", multiple=True, help="A category for all its entries; may be repeated.")
@click.option("--yes", is_flag=True, help="Take the first feed found, without asking.")
@click.pass_obj
@command
def add(desk: Desk, url: str, id_: str, categories: tuple[str, ...], yes: bool) -> None:
    """Add a feed to feeds.yaml; behind a page's URL its feeds are found, shown and asked about."""
    settings = desk.settings()
    found = look.discover(url, client_for(settings))
    if not found:
        raise UsageError(f"no feed was found at {url} or behind it")
    chosen = found[0] if yes or not sys.stdin.isatty() else _ask(found)
    made = edit.add(desk.file, chosen.url, id=id_, title=chosen.title, categories=categories, environ=os.environ)
    say(desk, f"added {made}: {chosen.title or chosen.url}")
    for title in chosen.titles:
        say(desk, f"  {title}")


def _ask(found: tuple[look.Candidate, ...]) -> look.Candidate:
    for number, candidate in enumerate(found, 1):
        click.echo(f"{number}  {candidate.title}  {candidate.url}")
        for title in candidate.titles:
            click.echo(f"     {title}")
    if len(found) == 1:
        click.confirm("add it?", default=True, abort=True)
        return found[0]
    return found[click.prompt("which one", type=click.IntRange(1, len(found)), default=1) - 1]


@click.command()
@click.argument("id_", metavar="SOURCE")
@click.pass_obj
@command
def remove(desk: Desk, id_: str) -> None:
    """Take a source out of feeds.yaml; what it told stays published until it is old."""
    edit.remove(desk.file, id_, os.environ)
    say(desk, f"removed {id_}")


@click.command()
@click.argument("ids", metavar="SOURCE...", nargs=-1, required=True)
@click.pass_obj
@command
def pause(desk: Desk, ids: tuple[str, ...]) -> None:
    """Let sources rest until they are resumed."""
    with desk.open(lock=True) as app:
        edit.set_paused(app, ids, paused=True)
    say(desk, f"paused {', '.join(ids)}")


@click.command()
@click.argument("ids", metavar="SOURCE...", nargs=-1, required=True)
@click.pass_obj
@command
def resume(desk: Desk, ids: tuple[str, ...]) -> None:
    """Ask paused sources again."""
    with desk.open(lock=True) as app:
        edit.set_paused(app, ids, paused=False)
    say(desk, f"resumed {', '.join(ids)}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@as_json
@click.pass_obj
@command
def import_(desk: Desk, file: str, json_: bool) -> None:
    """Add the feeds of a list to feeds.yaml: OPML, newsboat's urls, a planet ini."""
    done, left_out = edit.take_list(file, desk.file, os.environ)
    if json_:
        print_json({"added": done.added, "known": done.known, "left_out": left_out})
        return
    say(desk, f"added {count(len(done.added), 'source')}, {len(done.known)} were there already")
    for sentence in left_out:
        say(desk, f"  {sentence}")


@click.command()
@click.argument("format", type=click.Choice(["opml", "json"]))
@click.pass_obj
@command
def export(desk: Desk, format: str) -> None:
    """Print the remote sources as OPML, or every story as JSON, one a line."""
    with desk.open() as app:
        if format == "opml":
            click.echo(edit.opml(app), nl=False)
            return
        for line in edit.as_json_lines(app):
            click.echo(line)
