"""list, usage, why: the commands that show."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from feeds.app.build import App
from feeds.app.desk import beside, judged
from feeds.app.desk.beside import Beside
from feeds.app.looking import look
from feeds.app.partners import outlook
from feeds.app.partners import usage as audience
from feeds.app.partners.partners import span
from feeds.app.post_faults import post_faults
from feeds.cli.common import DAY, Desk, as_json, command, language, print_json, say, table
from feeds.cli.partnering import say_reasons
from feeds.cli.status import LATELY, source_values
from feeds.model.changes import Earlier, Run
from feeds.model.decision import Decision
from feeds.model.entry import EntryKey
from feeds.model.overview import Found
from feeds.model.source import Answers, Problem
from feeds.model.story import Story


@click.command("list")
@as_json
@click.pass_obj
@command
def list_(desk: Desk, json_: bool) -> None:
    """List the sources: what they gave, when they were asked, when they are asked next."""
    with desk.open() as app:
        now = app.clock()
        lines = [line for line in app.store.overview.sources() if not line.removed]
        if json_:
            answered = app.store.looks.answered(now - LATELY)
            print_json([source_values(line, now, answered.get(line.source.id, Answers())) for line in lines])
            return
        rows = [
            (
                line.source.id,
                line.source.kind,
                str(line.entries),
                look.ago(line.newest, now),
                look.ago(line.state.polled, now),
                "paused" if line.state.paused else "off" if not line.source.enabled else look.ago(line.state.due, now),
                line.state.problem.code if line.state.problem else "ok",
                line.source.location,
            )
            for line in lines
        ]
        click.echo(table(("id", "kind", "entries", "last new", "asked", "next", "how", "where"), rows))


@click.command()
@click.option("--days", default=7, type=click.IntRange(1, 400), help="How many days to look back.")
@as_json
@click.pass_obj
@command
def usage(desk: Desk, days: int, json_: bool) -> None:
    """Show who reads the public feeds: requests, share of 304 and bytes by channel, subscribers that services tell of,
    and other readers by day; of what date the latest item was that they got, and how far that is behind by now."""
    with desk.open() as app:
        lines = audience.lines(app, days)
    if json_:
        print_json(
            [
                {**asdict(n.traffic), "subscribers": n.subscribers, "readers": n.readers, "behind": n.behind}
                for n in lines
            ]
        )
        return
    rows = [
        (
            line.traffic.channel_id,
            line.traffic.day,
            f"{line.traffic.requests}",
            f"{line.traffic.unchanged / max(line.traffic.requests, 1):.0%}",
            f"{line.traffic.sent}",
            f"{line.subscribers}",
            f"{line.readers}",
            f"{line.traffic.newest:{DAY}}" if line.traffic.newest else "-",
            span(line.behind) if line.behind else "-",
        )
        for line in lines
    ]
    head = ("channel", "day", "requests", "304", "bytes", "subscribers", "readers", "latest item", "behind")
    click.echo(table(head, rows))


@click.command()
@click.argument("what")
@click.option("--beside", "other", default="", metavar="OTHER", help="Tell how it stands to OTHER: one story, or two.")
@click.option("--partner", "name", default="", help="Tell why this partner gets it, or does not: each rule's word.")
@click.option("--at", default="+0s", help="With --partner, the time: 2026-12-01T09:00 in the site's zone, or +2h.")
@as_json
@click.pass_obj
@command
def why(desk: Desk, what: str, other: str, name: str, at: str, json_: bool) -> None:
    """Tell the life of one item: seen, changed, merged by which rule, dropped by which line, which channels hold it.

    WHAT is the item's URL or id, a post's file or its path on the site, or a story's id; so is OTHER. Of a post's file
    that is set aside for a fault it tells the place and the remedy.
    """
    if other and name:
        raise click.UsageError("--beside and --partner are two questions; ask one of them")
    with desk.open() as app:
        if other:
            _why_beside(desk, beside.beside(app, what, other, language()), json_=json_)
            return
        if name:
            _why_partner(desk, app, what, name, at, json_=json_)
            return
        faults = post_faults(app, what)
        found = Found() if faults and not look.why_or_none(app, what) else look.why(app, what)
        if json_:
            print_json({**_found(found), "faults": [_fault(problem) for problem in faults]})
            return
        for problem in faults:
            cause, remedy = look.advice(problem)
            say(desk, f"set aside: {cause} at {problem.where}\n  remedy      {remedy}")
        if found:
            _say_found(desk, app, found)


def _fault(problem: Problem) -> dict[str, str]:
    cause, remedy = look.advice(problem)
    return {"code": problem.code, "cause": cause, "where": problem.where, "remedy": remedy}


def _why_beside(desk: Desk, found: Beside, *, json_: bool) -> None:
    pair = [(e.title, e.source_id, e.url or e.guid) for e in (found.one, found.other)]
    if json_:
        entries = [{"title": title, "source": source, "url": url} for title, source, url in pair]
        print_json({"entries": entries, "together": found.together, "reasons": found.reasons})
        return
    for title, source, url in pair:
        say(desk, f"{title}\n  {source}: {url}")
    say(desk, "one story now" if found.together else "two stories now")
    for reason, words in found.reasons:
        say(desk, f"  {reason}: {words}")


def _why_partner(desk: Desk, app: App, what: str, name: str, at: str, *, json_: bool) -> None:
    found = outlook.why(app, what, name, outlook.moment(app, at))
    if json_:
        print_json(
            [
                {"story": story.id, "channel": channel, "rules": [reason._asdict() for reason in reasons]}
                for story, channel, reasons in found
            ]
        )
        return
    for story, channel, reasons in found:
        say(desk, f"{story.lead.title}\n  id  {story.id}")
        say_reasons(desk, channel, reasons, ZoneInfo(app.settings.site.timezone))


def _found(found: Found) -> dict[str, object]:
    return {
        "stories": [
            {
                "id": story.id,
                "status": story.status,
                "title": story.lead.title,
                "published": story.published,
                "updated": story.updated,
                "release": story.release,
                "categories": [c.name for c in story.categories],
                "channels": story.channels,
                "members": [
                    {"source": m.entry.source_id, "url": m.entry.url, "title": m.entry.title} for m in story.members
                ],
                "keys": story.keys,
            }
            for story in found.stories
        ],
        "entries": [
            {"source": k.entry.source_id, "guid": k.entry.guid, "title": k.entry.title, "status": k.status}
            for k in found.entries
        ],
        "decisions": [{**asdict(d), "text": look.told(d, "en")} for d in found.decisions],
        "earlier": [{"source": one.key.source_id, "guid": one.key.guid, **_said(one)} for one in found.earlier],
        "set_aside": [asdict(a) for a in found.set_aside],
        "merged_ids": dict(found.moves),
    }


def _said(one: Earlier) -> dict[str, object]:
    return {"until": one.at, "title": one.title, "summary": one.summary, "content": one.content}


def _say_found(desk: Desk, app: App, found: Found) -> None:
    told = {m.key for story in found.stories for m in story.members}
    for story in found.stories:
        say(desk, f"{story.lead.title}")
        say(desk, f"  id          {story.id}")
        say(desk, f"  status      {_standing(story, app.clock())}")
        say(desk, f"  published   {story.published:{DAY}} UTC, updated {story.updated:{DAY}} UTC")
        say(desk, f"  categories  {', '.join(c.name for c in story.categories) or 'none'}")
        say(desk, f"  channels    {', '.join(story.channels) or 'none'}")
        for number, member in enumerate(story.members):
            role = "lead" if number == 0 else "copy"
            say(desk, f"  {role}        {member.entry.source_id}: {member.entry.url or member.entry.guid}")
    for known in found.entries:
        if known.entry.key not in told:
            say(desk, f"{known.entry.title}\n  {known.status} entry of {known.entry.source_id}, in no story")
    say(desk, "  what happened")
    for decision in found.decisions:
        _say_decision(desk, decision)
        if decision.kind == "changed":
            for field, runs in found.revisions.get((EntryKey(decision.source_id, decision.guid), decision.at), ()):
                say(desk, f"                      {field}: {_marked(runs)}")
    for aside in found.set_aside:
        say(
            desk,
            f"    {aside.since:{DAY}}  set aside from {aside.channel_id} {aside.aside.format}: {aside.aside.reason}",
        )


def _marked(runs: Sequence[Run]) -> str:
    """What went and what came, as `git diff --word-diff` marks it."""
    signs = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return " ".join(signs[run.kind].format(run.words) for run in runs)


def _standing(story: Story, now: datetime) -> str:
    return f"waits until {story.release:{DAY}} UTC" if story.waits(now) and story.release else story.status


def _say_decision(desk: Desk, decision: Decision) -> None:
    rule, facts = f" [{decision.rule}]" if decision.rule else "", decision.facts
    say(desk, f"    {decision.at:{DAY}}  {decision.kind}{rule}: {look.told(decision, language())}")
    if decision.kind != "seen":
        say(desk, f"                      entry: {decision.source_id}: {decision.guid}")
    if "with" in facts:
        say(desk, f"                      with: {facts.get('with_source', '')}: {facts['with']}")
    for name, value in judged.reasons(decision, language()):
        say(desk, f"                      {name}: {value}")
