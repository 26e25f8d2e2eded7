"""Apply new settings to what is stored: categories, channels and marks of every story, without asking any source."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feeds.core.duplicates import cluster
from feeds.core.publishing import pages
from feeds.core.publishing.reach import archive_marks
from feeds.core.sorting.categories import Catalogue
from feeds.core.sorting.channels import channels, wanted
from feeds.errors import StaleView
from feeds.jobs.work import Work
from feeds.model.changes import Mark
from feeds.model.channel import Channel
from feeds.model.names import ChannelName
from feeds.model.story import Category, Member, Story

BATCH = 500
AHEAD = timedelta(seconds=1)


def regroup(work: Work) -> int:
    """Rewrite stories whose categories, lead or channels follow otherwise from the settings; return how many.

    All channels are marked: titles, limits and languages may have changed too. Equal bytes are not written again. Those
    that the configuration names come before the hundreds that feeds may have brought: who changed it waits for them.
    So are those that are published, though they are not configured any more: publishing takes their files away. One
    whose files another channel writes now, which is new, was given another id: what is kept of it goes along.
    """
    archive, now = work.ports.archive, work.ports.clock()
    catalogue = Catalogue(work.settings.categories, work.settings.unknown_category)
    categories = {**archive.categories()}
    configured = [c for c in catalogue.configured() if c.slug not in categories]
    categories.update((c.slug, c) for c in configured)
    archive.restate((), configured, ())
    _rename(work, channels(work.settings, categories))
    changed, after = 0, ""
    while True:
        try:
            some = _some(after, catalogue, categories, work)
        except StaleView:  # a poll wrote one of them meanwhile
            continue
        if some is None:
            break
        after, moved = some
        changed += moved
    every = channels(work.settings, categories)
    first = [c.id for c in every if c.category is None or c.configured]
    work.ports.outbox.mark(first, now - AHEAD)
    work.ports.outbox.mark(sorted({*(c.id for c in every), *work.ports.outbox.channels()} - {*first}), now)
    return changed


def _rename(work: Work, configured: Sequence[Channel]) -> None:
    """Tell by their files which channels have another id since, and give it to what is kept of them."""
    outbox = work.ports.outbox
    published, known = set(outbox.channels()), {c.id for c in configured}
    fresh = {c.file(format): c.id for c in configured if c.id not in published for format in c.formats}
    left = [name for id in sorted(published - known) if not (name := ChannelName.of(id)).story] if fresh else []
    names: dict[str, str] = {}
    for name in (name for name in left if not name.period):
        new = next((fresh[p.path] for p in outbox.places(name.id).values() if p.path in fresh), "")
        if new and new not in names.values():
            names[name.id] = new
    if names:
        old = [name for name in left if name.period and name.channel in names]
        beside = {name.id: ChannelName.of(names[name.channel]).archive(name.period).id for name in old}
        outbox.rename({**names, **beside})


def _some(after: str, catalogue: Catalogue, categories: dict[str, Category], work: Work) -> tuple[str, int] | None:
    """Regroup the next stories; return the last one's id and how many were rewritten, None where there are no more."""
    archive, now = work.ports.archive, work.ports.clock()
    stories = archive.every_story(after, BATCH)
    if not stories:
        return None
    known = set(categories)
    moved = [s for old in stories if (s := _restated(old, catalogue, categories, work)) != old]
    fresh = [c for slug, c in categories.items() if slug not in known]
    # channels that a story leaves need a new edition as well as those that it joins: regroup() marks them all
    marks = [m for s in moved for m in _marks(s, now)]
    before = {s.id: set(s.channels) for s in stories}
    marks += [m for s in moved for m in archive_marks(s, before[s.id] ^ set(s.channels), work.settings, now)]
    if work.settings.site.pages != "none":
        told = (s for s in stories if s.status == "shown" and pages.place(s, work.settings.site))
        marks += [Mark(channel_id=ChannelName(story=s.id).id, due=now) for s in told]
    archive.restate(moved, fresh, marks)
    return stories[-1].id, len(moved)


def _restated(story: Story, catalogue: Catalogue, categories: dict[str, Category], work: Work) -> Story:
    members = [_member(m, catalogue, categories, work) for m in story.members]
    story = replace(cluster.assemble(story, members), updated=story.updated)
    return replace(story, channels=wanted(story, work.settings, work.sources))


def _member(member: Member, catalogue: Catalogue, categories: dict[str, Category], work: Work) -> Member:
    """Return *member* under its source's present preference and categories; a source that left keeps what it had."""
    source = work.sources.get(member.entry.source_id)
    if source is None:
        return replace(member, categories=tuple(dict.fromkeys(map(catalogue.heir, member.categories))))
    resolved = catalogue.resolve(member.entry, source, categories)
    categories.update((c.slug, c) for c in resolved.new)
    return replace(
        member, prefer=source.prefer, local=source.kind == "content", order=source.order, categories=resolved.categories
    )


def _marks(story: Story, now: datetime) -> list[Mark]:
    later = story.release if story.release and story.release > now else None
    return [Mark(channel_id=c, due=at) for c in story.channels for at in (now, later) if at]
