"""Library to outbox: bring out channels that are marked, each document whole or not at all."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from feeds.core.partners import naver
from feeds.core.publishing import losses, onward, pages
from feeds.core.publishing.compose import compose, outlived, window
from feeds.core.push import websub
from feeds.core.sorting.channels import channels, siblings
from feeds.errors import OutputError, StaleView
from feeds.jobs import archive, hand, pictures, renamed, resting, sources
from feeds.jobs import pages as pages_job
from feeds.jobs.work import Tally, Work
from feeds.model.buckets import ALL, bucket_of_channel
from feeds.model.channel import TELLING_GONE, Channel, Feed, Format, Place, Rendered, Rendition, Tombstone
from feeds.model.delivery import Delivery
from feeds.model.job import Job, Report
from feeds.model.lease import Push
from feeds.model.names import ChannelName
from feeds.model.onward import Point
from feeds.model.source import Problem
from feeds.model.story import Story
from feeds.render import render

logger = logging.getLogger(__name__)

Stories = Mapping[str, datetime]  # dates of publication by id
BATCH = 500
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
TOMBSTONES = 500  # in one document: they take some 80 kB


@dataclass(slots=True)
class _Edition:
    work: Work
    now: datetime
    channels: dict[str, Channel]
    part: range = ALL
    tally: Tally = field(default_factory=Tally)
    problems: dict[str, Problem] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)  # those of the page of sources
    failed: bool = False  # a channel kept its mark
    _taken: frozenset[str] | None = None

    def taken(self) -> frozenset[str]:
        """The files of channels."""
        if self._taken is None:
            self._taken = pages_job.files(self.channels)
        return self._taken

    def find(self, id: str) -> Channel | None:
        """Return a channel or archive; where there is none, look again: a poll may have made a category meanwhile."""
        found = archive.find(id, self.channels, self.work.ports, self.now)
        if found is None:
            known = channels(self.work.settings, self.work.ports.archive.categories(self.now))
            self.channels, self._taken = {c.id: c for c in known}, None
            found = archive.find(id, self.channels, self.work.ports, self.now)
        return found

    def bring_out_sources(self, mark: datetime | None) -> None:
        if mark is None and bucket_of_channel(pages.SOURCES) not in self.part:  # who has that shard does it
            self.work.ports.outbox.mark([pages.SOURCES], self.now)
            return
        paths = sources.bring_out(self.channels, self.taken(), self.work, mark, self.now)
        self.tally.add("written", len(paths))
        self.beside.extend(paths)


def publish(job: Job, work: Work) -> Report:
    """Publish every channel of the shard whose mark is due, until none is or the budget ends."""
    now = work.ports.clock()
    configured = channels(work.settings, work.ports.archive.categories(now))
    edition = _Edition(work, now, {c.id: c for c in configured}, work.part(job))
    done: set[str] = set()
    more = True
    while more and edition.tally.took < work.budget and _goes_on(work):
        with edition.tally.step("store"):
            marks = work.ports.outbox.dirty(now, BATCH + len(done), edition.part)
        batch = [(c, mark) for c, mark in marks if c not in done][:BATCH]
        more = bool(batch)
        with edition.tally.step("store"):
            rested = resting.put_off(batch, edition.channels, work, now)
        edition.tally.add("rested", len(rested))
        for left, (channel_id, mark) in zip(range(len(batch) - 1, -1, -1), batch, strict=True):
            if not _goes_on(work):
                break
            done.add(channel_id)
            if channel_id not in rested:
                _publish_one(edition, channel_id, mark)
            work.progress(channel_id, left)
    if done:
        hand.wish(work, whole=False)  # a category that came up has channels that partners are sent
    return Report(
        job=job,
        outcome="failed" if edition.failed else "more" if more else "done",
        counts=edition.tally.counts,
        problems=edition.problems,
        paths=(*edition.paths, *edition.beside),
        steps=edition.tally.all_steps("other"),
        took=edition.tally.took,
    )


def _goes_on(work: Work) -> bool:
    """Tell whether to bring out another channel: under old settings a new one would look like one that ended."""
    return work.current() and not work.stopping()


def _publish_one(edition: _Edition, channel_id: str, mark: datetime) -> None:
    """Bring one channel out; what goes wrong with it leaves its mark, and the other channels go on."""
    try:
        if channel_id == pages.SOURCES:
            edition.bring_out_sources(mark)
            return
        name = ChannelName.of(channel_id)
        if name.story:
            page = pages_job.find(channel_id, edition.channels, edition.taken(), edition.work, edition.now)
            channel = page.channel if page else None
        else:
            page, channel = None, edition.find(channel_id)
        if channel is None:
            if name.story:
                moved = pages_job.moved(channel_id, edition.work)
            else:
                moved = renamed.moved(channel_id, edition.channels, edition.work)
            pictures.take_down([channel_id], edition.work.ports)
            edition.work.ports.remove(edition.work.ports.outbox.ended([channel_id], edition.now, moved))
        else:
            _bring_out(edition, channel, mark, page)
    except StaleView as error:
        edition.tally.add("gave_way")
        logger.info("publish gave way channel=%s reason=%s", channel_id, error)
    except OutputError as error:
        edition.failed = True
        edition.problems[channel_id] = Problem(code="output", detail=str(error), where=error.path)
        logger.error("publish failed channel=%s error=%s", channel_id, error)
    except Exception as error:
        edition.failed = True
        edition.problems[channel_id] = Problem(code="publish", detail=repr(error), where=channel_id)
        logger.exception("publish failed channel=%s", channel_id)


def _bring_out(edition: _Edition, channel: Channel, mark: datetime, page: pages_job.Page | None) -> None:
    """Compose, render and write what one channel or page shows now; hold it where too much is gone at once."""
    outbox = edition.work.ports.outbox
    feed = _composed(edition, channel, page)
    before = outbox.places(channel.id)
    with edition.tally.step("render"):
        rendered: Rendered | None = render(replace(feed, older=_older(edition, feed)))
    if again := outlived(feed):
        outbox.mark([channel.id], again)
    outdated = False
    if rendered and not page:
        with edition.tally.step("store"):
            rendered, outdated = _allowed(edition, feed, rendered, mark)
    if rendered:
        _write(edition, feed, rendered, mark, before, outdated=outdated)


def _composed(edition: _Edition, channel: Channel, page: pages_job.Page | None) -> Feed:
    ports = edition.work.ports
    with edition.tally.step("store"):
        view = window(channel, edition.now)
        stories: Sequence[Story]
        if page:
            stories = (page.story,)
        elif channel.archived.period:
            stories = archive.stories(channel, ports, edition.now)
        else:
            channel = archive.close(channel, ports, edition.now)
            stories = (*ports.archive.stories(view), *archive.late(channel, ports, edition.now))
        gone, last_gone = _gone(edition, channel)
    with edition.tally.step("render"):
        others = page.others if page else siblings(channel, tuple(edition.channels.values()))
        policies = {s.id: s.options.content for s in edition.work.sources.values()}
        feed = compose(channel, stories, others, policies, view, gone, edition.work.settings.site, last_gone)
        if page:
            feed = replace(feed, versions=ports.archive.versions([member.key for member in page.story.members]))
    return feed


def _allowed(edition: _Edition, feed: Feed, rendered: Rendered, mark: datetime) -> tuple[Rendered | None, bool]:
    """Return what may come out, None where the channel is held; and whether the last good documents of a rendition that
    is withheld tell what was taken back."""
    outbox, channel = edition.work.ports.outbox, feed.channel
    last = outbox.shown(channel.id)
    shown, lately = losses.shown(feed, rendered), losses.before(last, rendered)
    free = last.allowed or channel.archived.period  # what leaves an archive was taken back, or has another date
    if reason := "" if free else _lost_too_much(edition, feed, lately, shown):
        _hold(edition, channel, mark, reason, None if last.waiting is None else lately)
        return None, False
    fates = edition.work.ports.archive.fates(last.stories).values() if rendered.withheld else ()
    outdated = any(fate.status != "shown" for fate in fates)
    return replace(rendered, shown=None if shown == last.stories else shown), outdated


def _write(
    edition: _Edition, feed: Feed, rendered: Rendered, mark: datetime, before: Mapping[Format, Place], *, outdated: bool
) -> None:
    """Write the documents, then note them; *before* is where the channel's documents were."""
    ports, channel = edition.work.ports, feed.channel
    with edition.tally.step("write"):
        if (front := sources.river(edition.channels)) and front.id == channel.id:
            edition.bring_out_sources(None)
        paths = (*ports.write(rendered.renditions), *pictures.bring_out(feed, ports))
    fresh = tuple(r for r in rendered.renditions if before.get(r.format) != (r.path, r.etag))
    with edition.tally.step("store"):
        news = _news(channel, fresh, edition.work.settings.push, edition.now)
        ports.outbox.published(channel.id, mark, replace(rendered, renditions=fresh), news, edition.now)
        kept = set() if outdated else {w.format for w in rendered.withheld}
        if left := {p.path for f, p in before.items() if f not in kept} - {r.path for r in rendered.renditions}:
            ports.remove(ports.outbox.vacate(sorted(left)))
    _count(edition, channel, rendered, paths)
    if fresh or paths:
        logger.info("publish channel=%s stories=%d written=%d", channel.id, len(feed.items), len(paths))


def _older(edition: _Edition, feed: Feed) -> str:
    """Return the point from which the channel's page leads on; '' where it does not, or nothing lies behind it."""
    onward_, site, channel = edition.work.ports.onward, edition.work.settings.site, feed.channel
    if onward_ is None or not site.older or "html" not in channel.formats or not feed.items:
        return ""
    last = feed.items[: channel.limit][-1].story
    point = Point(last.published, last.id)
    return onward.written(point) if onward_.follows(channel.id, point, edition.now) else ""


def _lost_too_much(edition: _Edition, feed: Feed, before: Stories, shown: Stories) -> str:
    """Return why this build waits for a person's word; '' where it does not."""
    gate = edition.work.settings.gate
    lost = losses.lost(before, feed, shown)
    if not losses.too_much(len(lost), len(before), gate):
        return ""
    fates = edition.work.ports.archive.fates(before)
    if losses.retracted(fates):
        return ""
    return losses.too_much(len(losses.missed(lost, fates, shown)), len(before), gate)


def _hold(edition: _Edition, channel: Channel, mark: datetime, reason: str, before: Stories | None) -> None:
    edition.work.ports.outbox.hold(channel.id, mark, reason, edition.now, before)
    edition.tally.add("held")
    edition.problems[channel.id] = Problem(code="losses", detail=reason, where=channel.id)
    logger.warning("publish held channel=%s reason=%s", channel.id, reason)


def _gone(edition: _Edition, channel: Channel) -> tuple[tuple[Tombstone, ...], datetime | None]:
    """Return what the channel says is gone, in the formats that have words for it, for as long as it is told to.

    With when the latest story was taken back, also where that is told no more.
    """
    if not channel.tombstones or TELLING_GONE.isdisjoint(channel.formats):
        return (), None
    archive = edition.work.ports.archive
    found = archive.gone(channel.id, edition.now - channel.tombstones, TOMBSTONES)
    last = found or archive.gone(channel.id, _FIRST, 1)
    return found, last[0].at if last else None


def _count(edition: _Edition, channel: Channel, rendered: Rendered, paths: Sequence[str]) -> None:
    edition.tally.add("channels")
    edition.tally.add("written", len(paths))
    edition.tally.add("bytes", sum(r.size for r in rendered.renditions))
    edition.paths.extend(paths)
    for aside in rendered.set_aside:
        edition.tally.add("set_aside")
        where = f"{channel.id}:{aside.format}:{aside.story_id}"
        edition.problems[where] = Problem(code="set_aside", detail=aside.reason, where=where)
        logger.info("publish set_aside=%s reason=%s", where, aside.reason)
    for document in rendered.withheld:
        edition.tally.add("withheld")
        where = f"{channel.id}:{document.format}"
        edition.problems[where] = Problem(code="withheld", detail=document.reason, where=where)
        logger.error("publish withheld=%s reason=%s", where, document.reason)


def _news(channel: Channel, fresh: Sequence[Rendition], push: Push, now: datetime) -> tuple[Delivery, ...]:
    """Return what is owed for new documents: one message each to the channel's hubs (WebSub §6), and to Naver."""
    feeds = [(channel.url(r.format), r.etag) for r in fresh if r.format in ("atom", "rss", "json", "flipboard")]
    told = [naver.notice(channel.url(r.format), r.etag, now) for r in fresh if r.format == "naver" and push.naver]
    return (
        *(
            (websub.announcement if hub == push.builtin else websub.notice)(hub, topic, etag, now)
            for topic, etag in feeds
            for hub in channel.hubs
        ),
        *(() if channel.private else told),
    )
