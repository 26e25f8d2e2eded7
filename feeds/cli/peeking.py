"""peek: one feed as its publisher should see it."""

from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from os import environ

import click

from feeds.app.build import client_for, clock_from
from feeds.app.looking.peek import Group, Peek
from feeds.app.looking.peek import peek as look_at
from feeds.cli.common import DAY, Desk, as_json, command, count, print_json, say, table
from feeds.model.oddity import Effect

SHOWN = 10  # entries
READERS = {
    "fast": "the fast reader",
    "repaired": "the fast reader, once it was repaired",
    "feedparser": "feedparser, as the fast reader declined it",
    "json": "the JSON reader",
}


@click.command()
@click.argument("target", metavar="URL|FILE|SOURCE")
@as_json
@click.pass_obj
@command
def peek(desk: Desk, target: str, json_: bool) -> None:
    """Read one feed and show what is in it: its entries, what your overrides change, and each oddity with its place,
    the rule by which it is read, and the remedy for its publisher. Nothing is stored."""
    settings = desk.settings_or_none()
    seen = look_at(target, client_for(settings), clock_from(environ)(), settings)
    if json_:
        print_json(_as_values(seen))
        return
    _say_head(desk, seen)
    _say_entries(desk, seen)
    for effect in seen.effects:
        _say_effect(desk, effect, len(seen.parsed.entries))
    _say_oddities(desk, seen.groups)


def _as_values(seen: Peek) -> dict[str, object]:
    return {
        "url": seen.document.url,
        "media_type": seen.document.media_type,
        "bytes": len(seen.document.body),
        "encoding": seen.decoded,
        "read_by": _reader(seen),
        "seconds": round(seen.took, 6),
        "info": asdict(seen.parsed.info),
        "complete": seen.parsed.complete,
        "overrides": [asdict(effect) for effect in seen.effects],
        "oddities": [
            {
                "code": g.code, "severity": g.oddity.severity, "times": g.times, "place": g.place, "details": g.details,
                "says": g.oddity.says, "rule": g.oddity.rule, "remedy": g.oddity.remedy, "source": g.oddity.source,
            }
            for g in seen.groups
        ],
        "entries": [asdict(entry) for entry in seen.found.entries],
    }  # fmt: skip


def _reader(seen: Peek) -> str:
    return "json" if seen.parsed.info.format.startswith("json") else seen.parsed.reader or "feedparser"


def _say_head(desk: Desk, seen: Peek) -> None:
    info, document = seen.parsed.info, seen.document
    size = f"{len(document.body):,} bytes"
    whole = "" if seen.parsed.complete else ", its end is missing"
    kinds = filter(None, (info.format, size + whole, seen.decoded, document.media_type))
    say(desk, info.title or "(no title)")
    for name, value in (
        ("where", document.url),
        ("what", " · ".join(kinds)),
        ("read", f"in {seen.took * 1000:.1f} ms by {READERS.get(_reader(seen), _reader(seen))}"),
        ("page", info.home),
        ("self", info.self_url if info.self_url != document.url else ""),
        ("hub", info.hub),
        ("language", info.language),
    ):
        if value:
            say(desk, f"  {name:<9} {value}")


def _say_entries(desk: Desk, seen: Peek) -> None:
    entries = seen.found.entries
    if not entries:
        return
    rows = [(_day(e.published), _cut(e.title, 60), _cut(e.url, 70)) for e in entries[:SHOWN]]
    say(desk, f"\n{'1 entry' if len(entries) == 1 else f'{len(entries)} entries'}")
    for line in table(("published", "title", "link"), rows).splitlines():
        say(desk, f"  {line}")
    if len(entries) > SHOWN:
        say(desk, f"  … and {len(entries) - SHOWN} more")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _day(date: datetime | None) -> str:
    return f"{date:{DAY}}" if date else "no date"


def _say_effect(desk: Desk, effect: Effect, entries: int) -> None:
    touched = f"{effect.entries or 'none'} of {entries} entries" if effect.counted else "sent to this origin only"
    say(desk, f"\noverride  {effect.option}  ({touched})")
    if effect.before or effect.after:
        say(desk, f"  before  {effect.before or '(nothing)'}")
        say(desk, f"  after   {effect.after or '(nothing)'}")


def _say_oddities(desk: Desk, groups: tuple[Group, ...]) -> None:
    if not groups:
        say(desk, "\nnothing odd: as it should be")
        return
    for severity, some in groupby(groups, key=lambda g: g.oddity.severity):
        those = list(some)
        say(desk, f"\n{count(len(those), severity)}")
        for group in those:
            _say_group(desk, group)


def _say_group(desk: Desk, group: Group) -> None:
    times = f"{group.times} times" if group.times > 1 else ""
    place = f"{'first at ' if times else 'at '}{group.place}" if group.place else ""
    about = ", ".join(filter(None, (times, place)))
    say(desk, f"  {group.oddity.says}{f' ({about})' if about else ''}  [{group.code}]")
    for detail in group.details:
        say(desk, f"    found   {detail}")
    say(desk, f"    here    {group.oddity.rule}")
    say(desk, f"    remedy  {group.oddity.remedy} ({group.oddity.source})")
