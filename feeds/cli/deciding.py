"""retract, unretract, touch, merge, split: what the desk decides for good."""

from collections.abc import Callable, Sequence

import click

from feeds.app.build import App
from feeds.app.desk import decisions
from feeds.app.desk.decisions import Ruled
from feeds.app.partners import partners
from feeds.cli.common import FAILED, Desk, as_json, command, count, noted, print_json, say
from feeds.model.job import Report

FEW = 3  # partners that are shown one by one
WAITS = "whoever works on the store now publishes it, a service in seconds"
REASON = "Why, for those who ask `feeds why` later; it is never published."


@click.command()
@click.argument("what")
@click.option("--reason", default="", help=REASON)
@as_json
@click.pass_obj
@command
def retract(desk: Desk, what: str, reason: str, json_: bool) -> None:
    """Take a story back: it goes from every document, Atom and JSON say that it is gone, and no poll and no later copy
    brings it back. WHAT as in `feeds why`. Also while `feeds serve` runs, which then publishes within seconds."""
    _decide(desk, "retract", "retracted", lambda app: decisions.retract(app, what, reason), json_=json_)


@click.command()
@click.argument("what")
@click.option("--reason", default="", help=REASON)
@as_json
@click.pass_obj
@command
def unretract(desk: Desk, what: str, reason: str, json_: bool) -> None:
    """Let a story that was retracted be shown again, so far as its sources still tell it. WHAT as in `feeds why`."""
    _decide(desk, "unretract", "unretracted", lambda app: decisions.unretract(app, what, reason), json_=json_)


@click.command()
@click.argument("what")
@click.option("--minor", is_flag=True, help="It is no news: `updated` goes back to what it was before the change.")
@click.option("--reason", default="", help=REASON)
@as_json
@click.pass_obj
@command
def touch(desk: Desk, what: str, minor: bool, reason: str, json_: bool) -> None:
    """Say that the last change of a story is news: `updated` is now, and readers show it anew; or, with --minor, that
    it is none. WHAT as in `feeds why`."""
    _decide(
        desk,
        "minor" if minor else "touch",
        "touched",
        lambda app: decisions.touch(app, what, reason, minor=minor),
        json_=json_,
    )


@click.command()
@click.argument("one")
@click.argument("other")
@as_json
@click.pass_obj
@command
def merge(desk: Desk, one: str, other: str, json_: bool) -> None:
    """Make one story of two, for good: the older keeps its id. ONE and OTHER as in `feeds why`."""
    _decide(desk, "merge", "merged", lambda app: decisions.merge(app, one, other), json_=json_)


@click.command()
@click.argument("what")
@click.option("--source", default="", help="The source of the entry that leaves, where WHAT names several.")
@as_json
@click.pass_obj
@command
def split(desk: Desk, what: str, source: str, json_: bool) -> None:
    """Take an entry out of its story into one of its own, for good: the two never merge again. WHAT is the entry's
    URL or id."""
    _decide(desk, "split", "split", lambda app: decisions.split(app, what, source), json_=json_)


@click.command()
@click.argument("channels", nargs=-1, required=True, metavar="CHANNEL...")
@as_json
@click.pass_obj
@command
def allow(desk: Desk, channels: tuple[str, ...], json_: bool) -> None:
    """Bring out a build that is held because it would lose most of what a channel shows; `feeds status` names those.
    Also while `feeds serve` runs, which then publishes within seconds."""
    with desk.deciding() as (app, alone):
        allowed = decisions.allow(app, channels)
        noted(app, "allow", " ".join(allowed))
        report = decisions.publish(app) if alone else None
    if json_:
        print_json({"channels": allowed, "written": report.paths if report else []})
    elif report:
        say(desk, f"wrote       {count(len(report.paths), 'file')} of {count(len(allowed), 'channel')}")
    else:
        say(
            desk,
            f"waits       {count(len(allowed), 'channel')}: {WAITS}",
        )
    _fail(report)


def _decide(desk: Desk, action: str, done: str, decide: Callable[[App], Ruled], *, json_: bool) -> None:
    """Decide, and publish what follows unless a running service will."""
    with desk.deciding() as (app, alone):
        if alone:
            app.sync()
        ruled = decide(app)
        titles = " | ".join(story.lead.title for story in ruled.stories)
        noted(app, action, " ".join(story.id for story in ruled.stories), titles)
        report = decisions.publish(app) if alone else None
        owed = partners.owed(app, [story.id for story in ruled.stories])
    if json_:
        stories = [{"id": s.id, "status": s.status, "title": s.lead.title} for s in ruled.stories]
        written = report.paths if report else []
        debts = [{"partner": d.partner_id, "channel": d.channel_id, "told": d.told, "since": d.since} for d in owed]
        print_json({"stories": stories, "channels": ruled.channels, "written": written, "owed": debts})
    else:
        for story in ruled.stories:
            say(desk, f"{done:<12}{story.lead.title}")
            say(desk, f"            {story.id}, {story.status}")
        if ruled.advice:
            say(desk, f"advice      {ruled.advice}")
        if report:
            say(desk, f"wrote       {count(len(report.paths), 'file')} of {count(len(ruled.channels), 'channel')}")
        else:
            say(desk, f"waits       {count(len(ruled.channels), 'channel')}: {WAITS}")
        if names := sorted({debt.partner_id for debt in owed}):
            say(desk, f"owed        {said_owed(names)}")
    _fail(report)


def said_owed(names: Sequence[str]) -> str:
    """Return who has what was taken back or corrected, and where to see when they picked that up."""
    few = [f"feeds partner show {name}" for name in names] if len(names) <= FEW else ["feeds partner list"]
    shown = ", ".join(f"`{how}`" for how in few)
    return f"{', '.join(names)} {'has' if len(names) == 1 else 'have'} it, until picked up: {shown}"


def _fail(report: Report | None) -> None:
    if report and report.outcome == "failed":
        for where, problem in report.problems.items():
            click.echo(f"feeds: {where}: {problem.detail}", err=True)
        raise SystemExit(FAILED)
