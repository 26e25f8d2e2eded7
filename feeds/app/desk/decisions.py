"""Decisions of the desk, from words that people use to what the store holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feeds.app.build import App
from feeds.app.looking.look import forms, why
from feeds.core.deciding.desk import MINOR, Desk
from feeds.core.deciding.revision import UPDATED_BEFORE
from feeds.core.entries import identity
from feeds.errors import StaleView, UsageError
from feeds.model.changes import Edit
from feeds.model.entry import EntryKey
from feeds.model.job import Job, Report
from feeds.model.overview import Found
from feeds.model.story import Story

TRIES = 5  # a poll that writes the same story in between makes us decide anew
OFTEN = 3  # splits between two sources after which they had better not be compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What was decided: the stories as they are now, and the channels that show otherwise from now on."""

    stories: tuple[Story, ...]
    channels: tuple[str, ...]
    advice: str = ""


def retract(app: App, what: str, reason: str) -> Ruled:
    """Take the story that *what* names back from everywhere. Raises `UsageError`."""
    return _decided(app, lambda: _desk(app).retract(_story(app, what)[0], reason))


def unretract(app: App, what: str, reason: str) -> Ruled:
    """Let it be shown again, so far as its sources still tell it. Raises `UsageError`."""

    def decide() -> Edit:
        story, found = _story(app, what)
        return _desk(app).unretract(story, found.entries, reason)

    return _decided(app, decide)


def touch(app: App, what: str, reason: str, *, minor: bool) -> Ruled:
    """Say whether the last change of a story is news. Raises `UsageError`, also where no change moved its date."""

    def decide() -> Edit:
        story, found = _story(app, what)
        known = next(k for k in found.entries if k.entry.key == story.members[0].key)
        moved = [d for d in found.decisions if (d.source_id, d.guid) == known.entry.key and UPDATED_BEFORE in d.facts]
        if minor and (not moved or moved[-1].facts.get(MINOR)):
            raise UsageError(f"no change moved the date of {story.id}: there is nothing to take back")
        was = datetime.fromisoformat(moved[-1].facts[UPDATED_BEFORE]) if minor else None
        return _desk(app).touch(story, known, was, reason)

    return _decided(app, decide)


def merge(app: App, one: str, other: str) -> Ruled:
    """Make one story of the two that are named, for good. Raises `UsageError`."""
    return _decided(app, lambda: _desk(app).merge(_story(app, one)[0], _story(app, other)[0]))


def split(app: App, what: str, source: str) -> Ruled:
    """Take the entry that *what* names, of *source* where given, out of its story for good. Raises `UsageError`."""
    pair: tuple[str, ...] = ()

    def decide() -> Edit:
        nonlocal pair
        story, _ = _story(app, what)
        key = _member(app, story, what, source)
        desk = _desk(app)
        edit = desk.split(story, key, app.store.library.taken(desk.ids(story)))
        pair = (key.source_id, edit.decisions[0].facts["with_source"])
        return edit

    ruled = _decided(app, decide)
    times = app.store.overview.splits(*pair)
    if times < OFTEN or pair[0] == pair[1]:
        return ruled
    advice = f"{times} times {pair[0]} and {pair[1]} were split: `alone: true` at one of them keeps them apart"
    return Ruled(stories=ruled.stories, channels=ruled.channels, advice=advice)


def allow(app: App, channel_ids: Sequence[str]) -> tuple[str, ...]:
    """Let builds of these channels be brought out that are held for what they lose. Raises `UsageError`."""
    held = {line.channel_id: line.reason for line in app.store.overview.holds() if not line.format}
    if unknown := [id for id in channel_ids if id not in held]:
        lines = "".join(f"\n  {id}  {reason}" for id, reason in held.items())
        raise UsageError(f"no build of {', '.join(unknown)} is held; held are:{lines or ' none'}")
    app.store.outbox.allow(channel_ids, app.clock())
    return tuple(channel_ids)


def publish(app: App) -> Report:
    """Bring out what a decision changed, here and in the bucket that mirrors us."""
    work = replace(app.work(), shards=1)
    report = app.run_job(Job(name="publish"), work)
    if not app.settings.mirror:
        return report
    copied = app.run_job(Job(name="mirror"), work)
    failed = "failed" in (report.outcome, copied.outcome)
    return replace(
        report,
        outcome="failed" if failed else report.outcome,
        problems={**report.problems, **copied.problems},
    )


def _desk(app: App) -> Desk:
    return Desk(app.settings, {s.id: s for s in app.settings.sources}, app.clock())


def _decided(app: App, decide: Callable[[], Edit]) -> Ruled:
    """Decide and write; anew where a poll was faster. Raises `StaleView` where one always is."""
    for left in range(TRIES - 1, -1, -1):
        edit = decide()
        try:
            app.store.library.edit(edit, app.clock())
            break
        except StaleView:
            if not left:
                raise
    channels = tuple(dict.fromkeys(mark.channel_id for mark in edit.marks))
    return Ruled(stories=edit.stories, channels=channels)


def _story(app: App, what: str) -> tuple[Story, Found]:
    found = why(app, what)
    if not found.stories:
        raise UsageError(f"{what!r} is in no story: nothing of it was ever shown; `feeds why` tells why")
    if named := next((story for story in found.stories if story.id == what), None):
        return named, found  # the id of one may be the address of another, as after a split
    if len(found.stories) > 1:
        lines = "".join(f"\n  {s.id}  {s.lead.title}" for s in found.stories)
        raise UsageError(f"{what!r} names {len(found.stories)} stories; give the id of one:{lines}")
    return found.stories[0], found


def _member(app: App, story: Story, what: str, source: str) -> EntryKey:
    """Return the entry of *story* that *what* names, of *source* where that is given; of none of that name, its one.

    Where a copy and its lead bear one address it is the copy.
    """
    named = {what, *forms(app, what)}
    entries = [m.entry for m in story.members if not source or m.entry.source_id == source]
    exact = [e.key for e in entries if {e.guid, e.url, identity.url_key(e)} & named]
    found = exact or [e.key for e in entries if source]
    copies = [key for key in found if key != story.members[0].key]
    chosen = found if len(found) == 1 else copies
    if len(chosen) != 1:
        lines = "".join(f"\n  --source {m.entry.source_id}  {m.entry.guid}" for m in story.members)
        raise UsageError(f"{what!r} does not say which entry leaves the story; name its source, or give its id:{lines}")
    return chosen[0]
