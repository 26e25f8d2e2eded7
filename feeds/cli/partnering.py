"""partner …: who takes our stories under terms, what they have of them, and what they are owed."""

import csv
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import click

from feeds.app.looking.look import ago
from feeds.app.partners import outlook, partners
from feeds.app.partners.outlook import Preview
from feeds.app.partners.partners import Account
from feeds.cli.common import Desk, as_json, command, count, noted, print_json, say, table
from feeds.errors import UsageError
from feeds.model.partner import Push, Reason, Receipt, Terms, TokenKind, Traffic

CHANNELS = 10  # of a partner, that are shown one by one
KIND = "Of the key that stands in addresses, for readers that know neither Basic nor Bearer."


@click.group()
def partner() -> None:
    """Partners: add them, hand out and take back tokens, see what they hold and are owed."""


@partner.command("add")
@click.argument("name")
@click.option("--title", default="", help="Name for people.")
@click.option("--channel", "channels", multiple=True, help="An output, or category:NAME; may be repeated.")
@click.option("--content", default="", help="What the partner may see at most: full, summary or title.")
@click.option("--delay", default="", help="How much later than readers, as in 10m.")
@click.option("--sources", default="", help="Whose stories are passed on: own, licensed or all.")
@click.option("--dialect", default="", help="In which form they get them: atom, rss, json …")
@click.option("--key", is_flag=True, help="Also make a key that stands in the address.")
@click.pass_obj
@command
def add(desk: Desk, /, name: str, channels: tuple[str, ...], key: bool, **said: str) -> None:
    """Add a partner to feeds.yaml and make its token, which is shown this once."""
    given: list[tuple[str, str | tuple[str, ...]]] = [(n, v) for n, v in said.items() if v]
    if channels:
        given.append(("channels", channels))
    partners.add(desk.file, name, given, os.environ)
    say(desk, f"added {name} to {desk.file}")
    _issue(desk, name, "header", timedelta(0))
    if key:
        _issue(desk, name, "path", timedelta(0))


@partner.command("rotate")
@click.argument("name")
@click.option("--key", is_flag=True, help=KIND)
@click.option("--overlap", default="7d", help="How long older ones still hold, as in 7d; 0s: no longer.")
@click.pass_obj
@command
def rotate(desk: Desk, name: str, key: bool, overlap: str) -> None:
    """Make a new token, which is shown this once; older ones hold on for a while, so that nobody is shut out."""
    _issue(desk, name, "path" if key else "header", _duration(overlap))


def _issue(desk: Desk, name: str, kind: TokenKind, overlap: timedelta) -> None:
    with desk.deciding() as (app, _):
        secret = partners.issue(app, name, kind, overlap)
        ends = [t.ends for t in app.store.partners.tokens(name) if t.kind == kind and t.ends and t.ends > app.clock()]
        zone = ZoneInfo(app.settings.site.timezone)
        noted(app, "partner token", name, "token" if kind == "header" else "key")
        urls = partners.addresses(app, partners.named(app, name), secret if kind == "path" else "")
    if kind == "header":
        click.echo(f"token  {secret}")
        say(desk, "       it is shown this once; as HTTP Basic password with any user, or as Bearer token, for:")
    else:
        click.echo(f"key    {secret}")
        say(desk, "       it is shown this once; whoever has one of these addresses has the feed:")
    for url in urls.values():
        click.echo(f"       {url}")
    if ends:
        say(
            desk,
            f"       older ones still hold, until {_told(max(ends), zone)}; `feeds partner revoke` ends them at once",
        )
    if not urls:
        say(desk, "       no channel yet: see `channels` of the partner, and `feeds check`")


@partner.command("revoke")
@click.argument("name")
@click.argument("tokens", nargs=-1, metavar="[TOKEN]...")
@click.pass_obj
@command
def revoke(desk: Desk, name: str, tokens: tuple[str, ...]) -> None:
    """Take tokens back at once, those named (`feeds partner show` lists them) or all that were issued."""
    with desk.deciding() as (app, _):
        gone = partners.revoke(app, name, tokens)
        noted(app, "partner revoke", name, count(gone, "token"))
        given = any(one.id == name and one.token_hash for one in app.settings.partners)
    say(desk, f"revoked {count(gone, 'token')} of {name}")
    if given and not tokens:
        say(desk, f"the token that {desk.file} gives still holds: take it out there")


@partner.command("list")
@as_json
@click.pass_obj
@command
def list_(desk: Desk, json_: bool) -> None:
    """List the partners, those with alarms first: last pick-up, share of 304, lag, bytes, what they hold and are
    owed."""
    with desk.open() as app:
        found, now = partners.accounts(app), app.clock()
    if json_:
        print_json([_account(one) for one in found])
        return
    rows = [
        (
            one.partner.id,
            ago(one.last, now),
            "" if one.unchanged is None else f"{one.unchanged:.0%}",
            partners.span(one.lag) if one.lag else "",
            f"{one.sent}",
            f"{sum(channel.held for channel in one.channels)}",
            f"{len(one.debts)}",
            one.alarms[0] if one.alarms else "ok",
        )
        for one in found
    ]
    click.echo(table(("name", "asked", "304", "lag", "bytes", "holds", "owed", "how"), rows))


@partner.command("show")
@click.argument("name")
@click.option("--all", "all_", is_flag=True, help="Every channel, however many there are.")
@as_json
@click.pass_obj
@command
def show(desk: Desk, name: str, all_: bool, json_: bool) -> None:
    """Show a partner: terms, tokens, what was picked up when, what it holds, what it is owed."""
    with desk.open() as app:
        found, now, zone = partners.account(app, name), app.clock(), ZoneInfo(app.settings.site.timezone)
    if json_:
        print_json(_account(found))
        return
    _say_account(desk, found, now.astimezone(zone), len(found.channels) if all_ else CHANNELS)


def _say_account(desk: Desk, found: Account, now: datetime, channels: int) -> None:
    """Print a partner as it stands *now*, in whose zone the times are."""
    one = found.partner
    say(desk, f"{one.title or one.id}")
    say(desk, f"  terms   {one.dialect}, {one.terms.content}, sources {one.terms.sources}, limit {one.terms.limit}")
    standard = Terms()
    shown = ("content", "sources", "limit")  # above, whatever they are
    for term in (f.name for f in fields(Terms) if f.name not in shown):
        if (value := getattr(one.terms, term)) != getattr(standard, term):
            say(desk, f"          {term} {_plain(value)}")
    say(desk, f"  asked   {ago(found.last, now)}")
    if found.unchanged is not None:
        lag = partners.span(found.lag) if found.lag else "not known"
        asked = f"the last {partners.RECENT}: {_asked(found.traffic)}, {found.unchanged:.0%} were 304"
        say(desk, f"  days    {asked}, {found.sent} bytes, lag {lag}")
    for token in found.tokens:
        until = f", ends {ago(token.ends, now)}" if token.ends else ""
        kind = "token" if token.kind == "header" else "key"
        say(desk, f"  {kind:<7} {token.id}, made {_told(token.made, now.tzinfo)}{until}")
    _say_channels(desk, found, channels, now.tzinfo)
    _say_pushes(desk, found, now)
    for debt in found.debts:
        say(desk, f"  owed    {debt.told} of {debt.story_id} ({debt.cause}), {debt.channel_id}, {ago(debt.since, now)}")
        if partners.by_hand(one, debt):
            say(desk, f"          {one.dialect} cannot say so: tell them, then `feeds partner acknowledge {one.id} …`")
    for alarm in found.alarms:
        say(desk, f"  alarm   {alarm}")


def _say_channels(desk: Desk, found: Account, most: int, zone: tzinfo | None) -> None:
    """Print the channels; of more than *most* first those that have more to tell, and how the others are."""
    many = len(found.channels) > most
    channels = sorted(found.channels, key=lambda c: not c.behind) if many else found.channels
    for one in channels[:most]:
        say(desk, f"  channel {one.channel.id}  {one.url}")
        if one.pickup:
            state = "there is more since" if one.behind else "up to date"
            held = count(one.held, "story")
            say(desk, f"          last {_told(one.pickup.at, zone)}, {state}, holds {held}")
            mine = [t for t in found.traffic if t.channel_id == one.channel.id]
            newest = max((t.newest for t in mine if t.newest), default=None)
            upto = f", the newest story of {_told(newest, zone)}" if newest else ""
            same, sent = sum(t.unchanged for t in mine), sum(t.sent for t in mine)
            say(desk, f"          {_asked(mine)}, {same} answered by 304, {sent} bytes{upto}")
        else:
            say(desk, "          never asked for")
    if many:
        rest = channels[most:]
        never, behind = sum(not c.pickup for c in rest), sum(c.behind for c in rest)
        fresh, held = len(rest) - never - behind, count(sum(c.held for c in rest), "story")
        say(desk, f"  and {count(len(rest), 'channel')} more: {fresh} up to date, {behind} behind, {never} never asked")
        say(desk, f"          they hold {held}; `feeds partner show {found.partner.id} --all` lists them")


def _asked(traffic: Sequence[Traffic]) -> str:
    """How often was asked, what was not answered whole, and what was sent unasked."""
    kinds = (("refused", "refused for coming too often"), ("cut", "cut short"), ("pushed", "sent to them"))
    sums = ((sum(getattr(t, name) for t in traffic), what) for name, what in kinds)
    odd = "".join(f", {number} {what}" for number, what in sums if number)
    return count(sum(t.requests for t in traffic), "request") + odd


def _told(when: datetime, zone: tzinfo | None) -> str:
    """A moment in the site's *zone*, with its offset, as `--at` takes one: `2026-12-01 09:00:00+09:00` (RFC 3339 §5.6,
    with a blank for the T)."""
    return when.astimezone(zone).isoformat(sep=" ", timespec="seconds")


def _say_pushes(desk: Desk, found: Account, now: datetime) -> None:
    push = found.partner.push
    if push.url:
        say(desk, f"  push    {push.url}")
    if push.websub:
        say(desk, f"  websub  they may subscribe at /partner/{found.partner.id}/hub")
    for one in found.pushes if push.url else ():
        documents = count(one.number, "document")
        if one.state == "owed":
            again = f"; again {ago(one.due, now)}" if one.attempts else ""
            tried = f", tried {count(one.attempts, 'time')}: {one.problem}" if one.attempts else ""
            say(desk, f"          {one.channel_id}: {documents}, the last is on its way{tried}{again}")
        else:
            say(desk, f"          {one.channel_id}: {documents}, the last was {_STATES[one.state]}{_why(one)}")


_STATES = {"done": "taken", "given_up": "given up"}


def _why(push: Push) -> str:
    return f": {push.problem}" if push.problem else ""


def _plain(value: object) -> str:
    """A term's value on one line."""
    if isinstance(value, tuple):
        return ", ".join(" ".join(v) if isinstance(v, tuple) else str(v) for v in value)
    return str(value)


def _account(found: Account) -> dict[str, object]:
    """A partner as plain values; of tokens what they are named by, never what they are known by."""
    return {
        "id": found.partner.id,
        "title": found.partner.title,
        "dialect": found.partner.dialect,
        "terms": asdict(found.partner.terms),
        "asked": found.last,
        "unchanged": found.unchanged,
        "lag_in_seconds": found.lag.total_seconds() if found.lag else None,
        "bytes": found.sent,
        "tokens": [{"id": t.id, "kind": t.kind, "made": t.made, "ends": t.ends} for t in found.tokens],
        "channels": [
            {
                "id": d.channel.id,
                "url": d.url,
                "picked_up": d.pickup.at if d.pickup else None,
                "etag": d.pickup.etag if d.pickup else "",
                "behind": d.behind,
                "holds": d.held,
            }
            for d in found.channels
        ],
        "push": {"url": found.partner.push.url, "websub": found.partner.push.websub},
        "pushes": [asdict(push) for push in found.pushes],
        "traffic": [asdict(t) for t in found.traffic],
        "owed": [{k: v for k, v in asdict(o).items() if k != "stone"} for o in found.debts],
        "alarms": found.alarms,
    }


@partner.command("preview")
@click.argument("name")
@click.argument("channel", default="")
@click.option("--at", default="+0s", help="The time to look at: 2026-12-01T09:00 in the site's zone, or +2h.")
@click.option("--document", is_flag=True, help="Print the documents themselves.")
@as_json
@click.pass_obj
@command
def preview(desk: Desk, name: str, channel: str, at: str, document: bool, json_: bool) -> None:
    """Show what a partner would get, now or at a time to come, of one channel or all. Nothing of it is noted.

    Times are in the site's zone (`site.timezone`), with its offset; so is --at where it names none.
    """
    with desk.open() as app:
        found = list(outlook.preview(app, name, outlook.moment(app, at), channel))
        zone = ZoneInfo(app.settings.site.timezone)
    if document:
        for one in found:
            click.echo(one.rendition.body.decode() if one.rendition else "", nl=False)
        return
    if json_:
        print_json([_previewed(one) for one in found])
        return
    if not found:
        say(desk, f"{name} has no channel: see `channels` of the partner, and `feeds check`")
    for one in found:
        _say_preview(desk, one, zone)


def _say_preview(desk: Desk, one: Preview, zone: tzinfo) -> None:
    feed = one.feed
    say(desk, f"{feed.channel.path}{'' if one.rendition else '  withheld: see the log (-v)'}")
    aside = {one.story_id for one in one.aside}
    for item in (i for i in feed.items if i.story.id not in aside):
        say(desk, f"  {_told(item.story.updated, zone)}  {item.content:<8}{item.story.lead.title}")
    for stone in (s for s in feed.gone if s.story_id not in aside):
        say(desk, f"  {_told(stone.at, zone)}  gone    {stone.title or stone.story_id}")
    if not one.stories and not feed.gone:
        say(desk, "  nothing: the channel has no stories yet")
    for rule, number, until in one.back:
        first = f", the first until {_told(until, zone)}" if until else ""
        say(desk, f"  held back  {count(number, 'story')} by {rule}{first}")
    for reason, number in Counter(a.reason for a in one.aside).items():
        say(desk, f"  set aside  {count(number, 'story')} by {feed.channel.formats[0]}: {reason}")
    if one.back and not feed.items:
        say(
            desk,
            f"  `feeds why STORY --partner {feed.channel.path.split('/')[2]}` gives each rule's word on one of them",
        )


def _previewed(one: Preview) -> dict[str, object]:
    feed = one.feed
    return {
        "channel": feed.channel.path,
        "stories": [
            {"id": i.story.id, "title": i.story.lead.title, "content": i.content, "updated": i.story.updated}
            for i in feed.items
            if i.story.id not in {aside.story_id for aside in one.aside}
        ],
        "gone": [{"id": stone.story_id, "at": stone.at} for stone in feed.gone],
        "set_aside": [{"id": aside.story_id, "reason": aside.reason} for aside in one.aside],
        "held_back": [{"rule": rule, "stories": n, "first_until": until} for rule, n, until in one.back],
    }


@partner.command("ledger")
@click.argument("name")
@click.option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv", help="csv or json.")
@click.option("--story", default="", help="Only rows of this story's id.")
@click.pass_obj
@command
def ledger(desk: Desk, name: str, format_: str, story: str) -> None:
    """Print every version of every story that reached a partner: when, how, as what; for audits."""
    with desk.open() as app:
        partner_id = name if any(app.store.partners.receipts(name)) else partners.named(app, name).id
        rows = [asdict(receipt) for receipt in app.store.partners.receipts(partner_id, story)]
    if format_ == "json":
        print_json(rows)
        return
    writer = csv.DictWriter(sys.stdout, [f.name for f in fields(Receipt)], lineterminator="\n")
    writer.writeheader()
    writer.writerows([{k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()} for row in rows])


@partner.command("acknowledge")
@click.argument("name")
@click.argument("story")
@click.pass_obj
@command
def acknowledge(desk: Desk, name: str, story: str) -> None:
    """Note that a person at the partner's said that a retraction or correction was carried out. STORY is its id or
    URL."""
    with desk.deciding() as (app, _):
        settled = partners.acknowledge(app, name, story)
    say(desk, f"settled {count(settled, 'debt')} of {name}")


def say_reasons(desk: Desk, where: str, reasons: tuple[Reason, ...], zone: tzinfo) -> None:
    """Print each rule's word, with times in *zone*."""
    through = all(reason.passes for reason in reasons)
    say(desk, f"  {where or 'no channel'}: {'goes out' if through else 'is held back'}")
    for reason in reasons:
        until = f" (until {_told(reason.until, zone)})" if reason.until else ""
        say(desk, f"    {'yes' if reason.passes else 'NO ':<4}{reason.rule:<9}{reason.text}{until}")


def _duration(text: str) -> timedelta:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    if text[-1:] not in units or not text[:-1].isdecimal():
        raise UsageError(f"--overlap is {text!r}; give a duration, as in 30m or 7d")
    return timedelta(seconds=int(text[:-1]) * units[text[-1]])
