"""dedupe: which entries were taken for one story, and which would be under another setting."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import click

from feeds.app.build import App
from feeds.app.desk import judged as judging
from feeds.app.desk.judged import Judged
from feeds.app.looking import look
from feeds.app.looking import replay as telling
from feeds.app.looking.replay import Replayed
from feeds.cli.common import Desk, as_json, command, count, language, print_json, progress, say
from feeds.model.entry import Entry
from feeds.model.overview import Difference
from feeds.model.settings import Dedupe

APPLIES = "`dedupe` holds for new entries only, what is stored stays: `feeds merge A B` and `feeds split A` change that"


@click.command()
@click.option("--replay", is_flag=True, help="Judge again what is stored, and show what would be otherwise than it is.")
@click.option("--threshold", default="", metavar="SHARE", help="With --replay: instead of dedupe.near.threshold.")
@click.option("--within", default="", metavar="DURATION", help="With --replay: instead of dedupe.near.within.")
@click.option(
    "--review",
    is_flag=True,
    help="Print every merge, by any rule, with both texts and what decided, to be marked by hand.",
)
@click.option(
    "--sample",
    default=0,
    type=click.IntRange(0),
    metavar="N",
    help="With --review: N merges, of all pairs of sources in turn; 0 for all.",
)
@click.option("--days", default=7, type=click.IntRange(1, 365), help="How far to look back; 7 where it is left out.")
@as_json
@click.pass_obj
@command
def dedupe(
    desk: Desk, replay: bool, threshold: str, within: str, review: bool, sample: int, days: int, json_: bool
) -> None:
    """Show which entries of the last days were taken for one story by what they say, and which nearly were.

    With --replay, show what another setting would have made of them before you set it: merges that would come and
    that would go, each with its score. Nothing is written, and the desk's word holds. A new setting is for new entries
    only; `feeds merge` and `feeds split` change single stories that are stored. It takes about a second for each
    thousand entries, and as much memory as their texts.

    With --review, a list to print or to keep: read both texts, mark each merge, and count how many were right. It
    holds what a shared id, page or text made one story too, and what the desk merged not.
    """
    if replay and review:
        raise click.UsageError("--replay and --review are two questions; ask one of them")
    if sample and not review:
        raise click.UsageError("--sample goes with --review")
    if (threshold or within) and not replay:
        raise click.UsageError("--threshold and --within go with --replay")
    with desk.open() as app:
        if replay:
            _replay(desk, app, telling.asked(app, threshold, within), days, json_=json_)
        elif json_:
            print_json([_row(line) for line in _judged(app, days, sample, review=review)])
        elif review:
            _review(desk, _judged(app, days, sample, review=True), days)
        else:
            _show(desk, judging.judged(app, days), days)
            if not app.settings.dedupe.near:
                _say_near_is_off(desk, judging.by_keys(app, days))


def _judged(app: App, days: int, sample: int, *, review: bool) -> Sequence[Judged]:
    return judging.sampled(judging.judged(app, days, judging.MERGING), sample) if review else judging.judged(app, days)


def _row(line: Judged) -> Mapping[str, object]:
    told = look.told(line.decision, "en")
    return {**asdict(line.decision), "text": told, "title": line.entry.title if line.entry else ""}


def _replay(desk: Desk, app: App, asked: Dedupe, days: int, *, json_: bool) -> None:
    with progress(desk, "replay") as tell:
        told = telling.replay(app, asked, days, tell)
    if json_:
        print_json(_plain(told))
    else:
        _say(desk, told, days)


def _show(desk: Desk, found: Sequence[Judged], days: int) -> None:
    for line in found:
        decision, facts = line.decision, line.decision.facts
        title = line.entry.title if line.entry else decision.guid
        say(desk, f"{decision.kind:<8}{facts.get('score', ''):>5}  {title}  ({decision.source_id})")
        say(desk, f"         with  {facts.get('with_title', '')}  ({facts.get('with_source', '')})")
        if decision.kind != "merged":
            say(desk, f"               {look.told(decision, language())}")
    merged = sum(line.decision.kind == "merged" for line in found)
    say(desk, f"{count(merged, 'merge')}, {len(found) - merged} kept apart, in {count(days, 'day')}")


def _say_near_is_off(desk: Desk, merges: int) -> None:
    say(desk, f"near is off: only exact copies were merged, {merges} by keys (a shared id, page or text; `--review`)")
    say(desk, "`dedupe: {near: {within: 72h}}` finds copies in other words; `--replay --within 72h` shows which")


def _review(desk: Desk, found: Sequence[Judged], days: int) -> None:
    """Print merges as text that is marked by hand: a letter between brackets at the beginning of a line."""
    say(desk, f"{count(len(found), 'merge')} of {count(days, 'day')}. Mark each: [y] one story, [n] two.")
    say(
        desk,
        "How many were wrong: grep -c '^\\[n\\]' FILE. What was wrong is parted by the line that begins with `feeds`.",
    )
    for number, line in enumerate(found, 1):
        decision = line.decision
        by = f"score {decision.facts['score']}" if "score" in decision.facts else decision.rule
        say(desk, f"\n[ ] {number}  {by}")
        _text(desk, decision.source_id, line.entry, decision.guid)
        _text(desk, decision.facts.get("with_source", ""), line.other, decision.facts.get("with_title", ""))
        if decision.rule != "near":
            say(desk, f"    {look.reason(decision.says, language())}")
        for name, said in judging.reasons(decision, language()):
            say(desk, f"    {name}: {said}")
        say(desk, f"    feeds split {shlex.quote(decision.guid)} --source {decision.source_id}")


def _text(desk: Desk, source_id: str, entry: Entry | None, name: str) -> None:
    if entry is None:
        say(desk, f"  {source_id}  {name}\n    forgotten since")
        return
    at = f"  {entry.published:%Y-%m-%d %H:%M}" if entry.published else ""
    say(desk, f"  {source_id}{at}  {entry.url or entry.guid}\n    {entry.title}\n    {judging.beginning(entry)}")


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
    say(desk, APPLIES)
