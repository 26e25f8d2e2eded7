"""Two entries side by side: what makes them one story, or keeps them two, asked now."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from feeds.app.build import App
from feeds.app.desk import judged
from feeds.app.looking import look
from feeds.core.deciding import telling
from feeds.core.duplicates import cluster, near
from feeds.core.duplicates.evidence import evidence
from feeds.core.duplicates.habits import unpacked
from feeds.core.duplicates.near import Likeness, Side
from feeds.core.duplicates.sketch import sketch
from feeds.core.entries import identity
from feeds.core.words.writing import other_writing
from feeds.errors import UsageError
from feeds.model.entry import Entry
from feeds.model.story import Story

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """*together*: they are in one story now. *reasons* are names and words, what rules most before the rest."""

    one: Entry
    other: Entry
    together: bool
    reasons: tuple[tuple[str, str], ...]


def beside(app: App, one: str, other: str, language: str) -> Beside:
    """Return how the entries that *one* and *other* name stand to each other. Raises `UsageError`.

    The keys and the likeness are of what is stored now, by the settings in force and without other candidates; what
    was decided when they came is told by `feeds why` alone.
    """
    (mine, my_story), (theirs, their_story) = _named(app, one), _named(app, other)
    if mine.key == theirs.key:
        raise UsageError(f"{one!r} and {other!r} name one entry: {mine.source_id}: {mine.guid}")
    together = bool(my_story and their_story and my_story.id == their_story.id)
    reasons = [*_rulings(app, mine, theirs, my_story, their_story), *_keys(app, mine, theirs, their_story)]
    reasons += _likeness(app, mine, theirs, language)
    return Beside(one=mine, other=theirs, together=together, reasons=tuple(reasons))


def _named(app: App, what: str) -> tuple[Entry, Story | None]:
    found, names = look.why(app, what), {what, *look.forms(app, what)}
    entries = [k.entry for k in found.entries]
    named = [e for e in entries if {e.guid, e.url, identity.url_key(e)} & names] or entries
    story = next(iter(found.stories), None)
    entry = story.lead if story and (story.lead in named or story.id == what) else named[0]
    return entry, story


def _rulings(app: App, mine: Entry, theirs: Entry, one: Story | None, other: Story | None) -> Iterator[tuple[str, str]]:
    """Give what no text outweighs: the desk's word, and the settings."""
    if one and other and one.id != other.id and cluster.parted(one, other):
        yield "desk", "the desk said that they are two stories"
    if one and one == other and one.bound:
        yield "desk", "the desk said that they are one story"
    alone = [s.id for s in app.settings.sources if s.options.alone and s.id in (mine.source_id, theirs.source_id)]
    if alone and mine.source_id != theirs.source_id:
        yield "settings", f"`alone: true` of {' and '.join(alone)}: its entries are nobody's copies"
    if not app.settings.dedupe.across_languages and other_writing(mine, theirs):
        yield "settings", "they are told in different writings, and dedupe.across_languages is off"


def _keys(app: App, mine: Entry, theirs: Entry, story: Story | None) -> Iterator[tuple[str, str]]:
    others = identity.match_keys(theirs, app.settings.dedupe)
    shared = [key for key in identity.match_keys(mine, app.settings.dedupe) if key in others]
    told = tuple(m for m in story.members if m.key == theirs.key) if story else ()
    if not shared:
        yield "keys", "none in common: another id, another page, other words"
    for key in shared if story and told else ():
        assert story  # noqa: S101 - it was asked for
        verdict = cluster.joins(mine, replace(story, members=told), key)
        kind, _, value = key.partition(":")
        holds = "holds" if verdict.joins else "does not hold"
        yield (
            "keys",
            f"the same {kind}{f' {value}' if kind in ('id', 'url') else ''} {holds}: {telling.why(verdict.why)}",
        )


def _likeness(app: App, mine: Entry, theirs: Entry, language: str) -> Iterator[tuple[str, str]]:
    within = app.settings.dedupe.near
    apart = abs(mine.published - theirs.published) if mine.published and theirs.published else timedelta(0)
    habits = app.store.overview.habits({mine.source_id, theirs.source_id})
    one, other = (
        Side(sketch(e), e.source_id, e.published or app.clock(), unpacked(habits.get(e.source_id, b"")), e)
        for e in (mine, theirs)
    )
    found = near.likenesses(one, [other], known=True)[0]
    yield "words", _verdict(found, app.settings.dedupe.threshold, language)
    if within is None:
        yield "settings", "similar texts are not asked for: dedupe.near is left out"
    elif apart > within:
        yield "settings", f"published {apart / _HOUR:.0f} hours apart, and dedupe.near.within is {within / _HOUR:g}h"
    yield from judged.named({**evidence(mine, theirs), **found.told()}, language)


def _verdict(found: Likeness, threshold: float, language: str) -> str:
    if found.veto:
        return f"score {found.score:.2f}, but {telling.veto(found.veto, telling.spoken(language))}"
    return f"score {found.score:.2f}, {'enough' if found.score >= threshold else 'too low'} for {threshold:.0%}"
