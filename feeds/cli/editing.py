"""init, add, remove, pause, resume, import, export: the commands that change what is read."""

import os
import shlex
import sys
from collections.abc import Sequence

import click

from feeds.app import edit
from feeds.app.build import client_for
from feeds.app.looking import discovery
from feeds.cli.common import PLACES, Desk, as_json, command, count, noted, print_json, say
from feeds.errors import UsageError

SHOWN = 20  # addresses that were there already


@click.command()
@click.argument("source", metavar="[FROM]", default="")
@click.pass_obj
@command
def init(desk: Desk, source: str) -> None:
    """Write a new feeds.yaml, begun from nothing, a site's URL, OPML, Jekyll's _config.yml, hugo.toml, newsboat's urls
    or a planet ini."""
    target = desk.config or PLACES[0]
    known = edit.init(target, source)
    say(desk, f"wrote {target}, begun from {known.origin}: {known.reads or 'nothing to read yet'}")
    for note in known.left_out:
        say(desk, f"left out: {note}")
    if not known.reads:
        say(desk, "next: `feeds add URL` for each feed or site to read; `content:` in it names a folder of posts")
    say(desk, f"then: look {target} over, `feeds check`, and `feeds run` or `feeds serve`")


@click.command()
@click.argument("url")
@click.option("--id", "id_", default="", help="The source's id; made from the URL otherwise.")
@click.option("--category", "categories", multiple=True, help="A category for all its entries; may be repeated.")
@click.option("--yes", is_flag=True, help="Take the best feed found, without asking.")
@click.pass_obj
@command
def add(desk: Desk, url: str, id_: str, categories: tuple[str, ...], yes: bool) -> None:
    """Add a feed to feeds.yaml; behind a page's URL its feeds are found, shown and asked about."""
    settings = desk.settings()
    found = discovery.discover(url, client_for(settings))
    if not found:
        raise UsageError(f"no feed was found at {url} or behind it")
    chosen = found[:1]
    if not yes and (_is_asked() or not found[0].direct):
        chosen = _chosen(desk, found)
    if id_ and len(chosen) > 1:
        raise UsageError("--id names one source; choose one feed")
    for feed in chosen:
        made = edit.add(desk.file, feed.url, id=id_, title=feed.title, categories=categories, environ=os.environ)
        say(desk, f"added {made}: {feed.title or feed.url}")
        for title in feed.titles:
            say(desk, f"  {title}")


def _chosen(desk: Desk, found: Sequence[discovery.Candidate]) -> tuple[discovery.Candidate, ...]:
    """Show the feeds and ask which; away from a terminal say what to type."""
    for number, feed in enumerate(found, 1):
        newest = f", newest {feed.newest:%Y-%m-%d}" if feed.newest else ""
        click.echo(f"{number}  {feed.title or '(no title)'}")
        click.echo(f"   {feed.url}")
        click.echo(f"   {feed.format}, {'1 entry' if feed.entries == 1 else f'{feed.entries} entries'}{newest}")
        for title in feed.titles:
            click.echo(f"     {title}")
    if not _is_asked():
        lines = "\n".join(f"  feeds add {shlex.quote(feed.url)}" for feed in found)
        raise UsageError(f"nothing was added; add one of these, or take the first with --yes:\n{lines}")
    return tuple(
        found[number - 1] for number in click.prompt("which (1, or 1,2)", type=Numbers(len(found)), default="1")
    )


def _is_asked() -> bool:
    return sys.stdin.isatty()


class Numbers(click.ParamType[tuple[int, ...]]):
    """Places in a list of *most*, as in `1` or `1,3`."""

    name = "numbers"

    def __init__(self, most: int) -> None:
        self.most = most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        words = str(value).replace(",", " ").split()
        if not words or not all(w.isascii() and w.isdigit() and 1 <= int(w) <= self.most for w in words):
            self.fail(f"give numbers from 1 to {self.most}, as in 1 or 1,2")
        return tuple(dict.fromkeys(map(int, words)))


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
    with desk.deciding() as (app, alone):
        edit.set_paused(app, ids, paused=True, sync=alone)
        noted(app, "pause", " ".join(ids))
    say(desk, f"paused {', '.join(ids)}")


@click.command()
@click.argument("ids", metavar="SOURCE...", nargs=-1, required=True)
@click.pass_obj
@command
def resume(desk: Desk, ids: tuple[str, ...]) -> None:
    """Ask paused sources again."""
    with desk.deciding() as (app, alone):
        edit.set_paused(app, ids, paused=False, sync=alone)
        noted(app, "resume", " ".join(ids))
    say(desk, f"resumed {', '.join(ids)}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@as_json
@click.pass_obj
@command
def import_(desk: Desk, file: str, json_: bool) -> None:
    """Add the feeds of a list to feeds.yaml: OPML (also of Miniflux and FreshRSS), newsboat's urls, a planet's or
    Pluto's ini, osmosfeed's YAML, JSON. What it is, its content says; what cannot be taken is told with its line."""
    done, left_out = edit.take_list(file, desk.file, os.environ)
    if json_:
        print_json({"added": done.added, "known": done.known, "left_out": left_out})
        return
    say(desk, f"added {count(len(done.added), 'source')}, {len(done.known)} were there already")
    for url in done.known[:SHOWN]:
        say(desk, f"  there already: {url}")
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
