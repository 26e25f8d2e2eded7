"""status: how all of it goes, on one page for people or as one JSON document."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import click

from feeds.app.build import App
from feeds.app.cluster import standing
from feeds.app.looking import look
from feeds.app.partners import outlook, partners
from feeds.app.partners.outlook import Untold
from feeds.app.serving import planning, push
from feeds.cli.common import DAY, Desk, as_json, command, count, print_json, say
from feeds.model.lease import Lease
from feeds.model.overview import HoldLine, SourceLine
from feeds.model.source import Answers

LATELY = timedelta(hours=24)


@click.command()
@as_json
@click.pass_obj
@command
def status(desk: Desk, json_: bool) -> None:
    """Show how it goes: totals, then every source that has a problem, the worst first, with cause and remedy;
    sources that moved, that went quiet, or that read one feed twice; partners that stopped asking, lag or are
    overdue; how many our hub tells, whom it gave up within a day, and which sources are told by theirs; which
    months a store in partitions has; how far the bucket that mirrors us is behind."""
    with desk.open() as app:
        now, lines = app.clock(), look.worst_first(app)
        if json_:
            print_json(_as_values(app, lines, now))
            return
        if error := app.store.overview.meta("config_error"):
            say(desk, f"The configuration was changed and has faults; the old one is in force:\n{error}\n")
        _say_totals(desk, app, now)
        _say_machinery(desk, app, now)
        for name, alarms in partners.alarms(app).items():
            for alarm in alarms:
                say(desk, f"\npartner    {name}  {alarm}")
        _say_sources(desk, app, lines, now)
        for lease in push.leases(app):
            _say_lease(desk, lease, now)
        for delivery in push.lost(app):
            say(desk, f"\ngiven up   {push.whom(delivery)}")
            say(desk, f"           {delivery.problem}")
        for hold in app.store.overview.holds():
            _say_hold(desk, hold)
        for owner, line in look.doubled(lines):
            say(desk, f"\ndouble     {line.source.id}  reads the feed that {owner.source.id} reads")
            say(desk, f"           {line.source.location}: `feeds remove {line.source.id}`, or the other")
        for aside in app.store.overview.set_aside():
            say(desk, f"\nset aside  {aside.channel_id} {aside.aside.format}: {aside.aside.story_id}")
            say(desk, f"           {aside.aside.reason}")
        _say_untold(desk, *outlook.untold(app))


def _as_values(app: App, lines: Sequence[SourceLine], now: datetime) -> dict[str, object]:
    answered = app.store.looks.answered(now - LATELY)
    untold, unlooked = outlook.untold(app)
    parts = app.store.figures.partitions()
    return {
        "totals": asdict(app.store.overview.totals(now)),
        "config_error": app.store.overview.meta("config_error"),
        "sources": [source_values(s, now, answered.get(s.source.id, Answers())) for s in lines],
        "held": [asdict(hold) for hold in app.store.overview.holds()],
        "cluster": standing.standing(app),
        "load": asdict(planning.load_of(app)),
        "untold": [one._asdict() for one in untold],
        "mirror": standing.mirror(app),
        "partitions": asdict(parts) if parts else {},
        "partners": partners.alarms(app),
        "push": push.standing(app),
        "documents_not_looked_at": unlooked,
    }


def source_values(line: SourceLine, now: datetime, answered: Answers) -> dict[str, object]:
    """Return what is shown of a source, as plain values; *answered* is what came of it in the last day."""
    cause, remedy = look.advice(line.state.problem)
    return {
        "id": line.source.id,
        "kind": line.source.kind,
        "location": line.source.location,
        "title": line.source.title or line.state.info.title,
        "entries": line.entries,
        "newest": line.newest,
        "polled": line.state.polled,
        "due": line.state.due,
        "due_in_seconds": round((line.state.due - now).total_seconds()),
        "paused": line.state.paused,
        "failures": line.state.failures,
        "problem": line.state.problem.code if line.state.problem else "",
        "cause": cause,
        "remedy": remedy,
        "last_day": {
            "answers": answered.number,
            "failed": answered.failed,
            "new": answered.new,
            "bytes": answered.size,
            "seconds": answered.took.total_seconds(),
        },
    }


def _say_totals(desk: Desk, app: App, now: datetime) -> None:
    totals = app.store.overview.totals(now)
    stories, entries = count(totals.stories, "story"), count(totals.entries, "entry")
    say(desk, f"{stories} of {entries} ({totals.copies} merged as copies)")
    categories, channels = count(totals.categories, "category"), count(totals.channels, "channel")
    say(desk, f"{categories}, {channels}, {count(totals.renditions, 'document')} published")
    if totals.hidden or totals.embargoed or totals.set_aside or totals.owed or totals.marked:
        say(
            desk,
            f"{count(totals.hidden, 'story')} not shown, {totals.embargoed} to come, {totals.set_aside} set aside, "
            f"{count(totals.marked, 'channel')} waiting, {count(totals.owed, 'delivery')} owed",
        )
    if totals.resting:
        say(desk, f"{count(totals.resting, 'channel')} resting until somebody asks (`site.rest_after`)")


def _say_machinery(desk: Desk, app: App, now: datetime) -> None:
    """Say what is late, divided, shared, mirrored and pushed."""
    if lag := planning.said(planning.load_of(app)):
        say(desk, lag)
    if parts := app.store.figures.partitions():
        still = "" if parts.parts else "; `feeds migrate --partition` has not ended"
        say(desk, f"texts by month, {parts.months[0]} to {parts.months[-1]}{still}")
    if cluster := standing.said(standing.standing(app)):
        say(desk, cluster)
    for told in standing.mirror_said(app, now):
        say(desk, told)
    if app.settings.push.builtin:
        topics = app.store.outbox.hub.topics(now)
        number = count(sum(line.subscribers for line in topics), "subscriber")
        say(desk, f"our hub tells {number} of {count(len(topics), 'document')}")


def _say_sources(desk: Desk, app: App, lines: Sequence[SourceLine], now: datetime) -> None:
    bad = [line for line in lines if line.state.problem]
    say(desk, f"\n{count(len(lines), 'source')}, {len(bad)} with a problem")
    for line in bad:
        _say_problem(desk, line, now)
    for line in lines:
        if line.state.lives_at:
            say(desk, f"\nmoved      {line.source.id}  {line.source.location}")
            say(desk, f"           asked at {line.state.lives_at}: write that as its url in {app.settings.file}")
        if silence := look.quiet(line, now):
            say(desk, f"\nquiet      {line.source.id}  nothing new for {silence.days} days, which is unlike it")


def _say_untold(desk: Desk, found: Sequence[Untold], unlooked: int) -> None:
    for untold in found:
        stories = count(untold.number, "story")
        say(desk, f"\nset aside  {stories} of partner {untold.partner_id}, {untold.channel_id} {untold.dialect}")
        say(desk, f"           {untold.reason}")
    if unlooked:
        where = f"of partners in dialects, beyond the first {outlook.LOOKED}"
        say(desk, f"\nnot seen   {count(unlooked, 'document')} {where}")
        say(desk, "           `feeds partner preview NAME` tells what those of one partner go without")


def _say_problem(desk: Desk, line: SourceLine, now: datetime) -> None:
    cause, remedy = look.advice(line.state.problem)
    problem = line.state.problem
    where = problem.where if problem and problem.where else line.source.location
    failures = f"{count(line.state.failures, 'time')} in a row, " if line.state.failures else ""
    say(desk, f"\n{line.source.id}  {where}")
    say(desk, f"  cause   {cause}")
    say(desk, f"  remedy  {remedy}")
    say(desk, f"  next    {failures}asked again {look.ago(line.state.due, now)}")


def _say_lease(desk: Desk, lease: Lease, now: datetime) -> None:
    until = f", until {lease.lease_until:{DAY}}" if lease.lease_until and lease.held(now) else ""
    say(desk, f"\npush       {lease.source_id}  {push.told(lease, now)}{until}, by {lease.hub}")
    if lease.problem:
        say(desk, f"           {lease.problem}; it is asked for again {look.ago(lease.due, now)}")


def _say_hold(desk: Desk, hold: HoldLine) -> None:
    what = f"withheld   {hold.channel_id} {hold.format}" if hold.format else f"held       {hold.channel_id}"
    say(desk, f"\n{what}, since {hold.since:{DAY}}: what was published before stays")
    say(desk, f"           {hold.reason}")
    if not hold.format:
        how = "allowed: the next pass" if hold.allowed else f"`feeds allow {hold.channel_id}`"
        say(desk, f"           {how} brings it out")
