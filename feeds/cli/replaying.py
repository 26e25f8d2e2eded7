"""dedupe: which entries were taken for one story, and which would be under another setting."""

from dataclasses import asdict
from datetime import timedelta

import click

from feeds.app import look
from feeds.app import replay as telling
from feeds.app.replay import Replayed
from feeds.cli.common import Desk, as_json, command, count, language, print_json, progress, say
from feeds.model.decision import Decision
from feeds.model.overview import Difference


@click.command()
@click.option("--replay", is_flag=True, help="Judge again what is stored, and show what would be otherwise than it is.")
@click.option("--threshold", default="", metavar="SHARE", help="With --replay: instead of dedupe.near.threshold.")
@click.option("--within", default="", metavar="DURATION", help="With --replay: instead of dedupe.near.within.")
@click.option("--days", default=7, type=click.IntRange(1, 365), help="How far to look back; 7 where it is left out.")
@as_json
@click.pass_obj
@command
def dedupe(desk: Desk, replay: bool, threshold: str, within: str, days: int, json_: bool) -> None:
    """Show which entries of the last days were taken for one story by what they say, and which nearly were.

    With --replay, show what another setting would have made of them before you set it: merges that would come and
    that would go, each with its score. Nothing is written, and the desk's word holds. It takes about a second for each
    thousand entries, and as much memory as their texts.
    """
    with desk.open() as app:
        if not replay:
            if threshold or within:
                raise click.UsageError("--threshold and --within go with --replay")
            found = app.store.overview.judged(app.clock() - timedelta(days=days))
            _show(desk, found, days, json_=json_)
            return
        asked = telling.asked(app, threshold, within)
        with progress(desk, "replay") as tell:
            told = telling.replay(app, asked, days, tell)
        if json_:
            print_json(_plain(told))
        else:
            _say(desk, told, days)


def _show(desk: Desk, found: tuple[Decision, ...], days: int, *, json_: bool) -> None:
    if json_:
        print_json([{**asdict(d), "text": look.told(d, "en")} for d in found])
        return
    for decision in found:
        facts = decision.facts
        say(desk, f"{decision.kind:<8}{facts.get('score', ''):>5}  {decision.source_id}: {decision.guid}")
        say(desk, f"               {facts.get('with_source', '')}: {facts.get('with', '')}")
        say(desk, f"               {look.told(decision, language())}")
    merged = sum(d.kind == "merged" for d in found)
    say(desk, f"{count(merged, 'merge')}, {len(found) - merged} kept apart, in {count(days, 'day')}")


def _plain(told: Replayed) -> dict[str, object]:
    return {
        "since": told.since,
        "within_seconds": round(told.dedupe.near.total_seconds()) if told.dedupe.near else None,
        "threshold": told.dedupe.threshold,
        "entries": told.entries,
        "stories": {"now": told.now, "then": told.then},
        "differences": [_difference(d) for d in told.differences],
    }


def _difference(found: Difference) -> dict[str, object]:
    return {
        "kind": found.kind,
        "score": None if found.score is None else round(found.score, 3),
        "why": look.reason(found.why, "en"),
        **{
            name: {"source": e.source_id, "id": e.guid, "url": e.url, "title": e.title, "published": e.published}
            for name, e in (("entry", found.entry), ("with", found.other))
        },
    }


def _say(desk: Desk, told: Replayed, days: int) -> None:
    near = told.dedupe.near
    how = (
        f"similar texts within {near.total_seconds() / 3600:g}h, threshold {told.dedupe.threshold:.0%}"
        if near
        else "exact copies only"
    )
    say(desk, f"{told.entries} entries of {count(days, 'day')}; {how}")
    for found in told.differences:
        score = "" if found.score is None else f"{found.score:.2f}"
        say(desk, f"\n{found.kind:<7}{score:>4}  {found.entry.title}  ({found.entry.source_id})")
        say(desk, f"       with  {found.other.title}  ({found.other.source_id})")
        say(desk, f"             {look.reason(found.why, language())}")
    comes = sum(d.kind == "comes" for d in told.differences)
    goes = len(told.differences) - comes
    say(desk, f"\n{count(comes, 'merge')} would come, {goes} would go: {told.then} instead of {told.now} stories")
