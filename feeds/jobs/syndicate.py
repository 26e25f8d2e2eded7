"""Channels as partners get them: composed when they are asked for, out of fragments that all share.

Nothing is rendered ahead: what a partner may see depends on the second in which it asks. A document is made anew where
its channel changed since (`Ledger.standing`) or time changes what may be seen (`Edition.until`); the stories of a
channel are read once for all its partners, and what is rendered of one is shared by all whose terms show it alike.

What a source takes back is told to partners only once the channel itself has told it: a build that is held for what it
loses (a folder that is not mounted) would else ask every partner to delete everything. The desk's word waits for
nobody.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from feeds.core import agreement
from feeds.core.agreement import Deal, Edition
from feeds.errors import FeedsError
from feeds.model.channel import Channel, Feed, Item, Rendered, Rendition, Window
from feeds.model.partner import RETOLD, Held, How, Issue, Owed, Partner, Standing, Terms, TokenKind, Traffic
from feeds.model.settings import Settings
from feeds.model.source import ContentPolicy
from feeds.model.story import Category, Story
from feeds.ports import Archive, Clock, Ledger
from feeds.render import render

logger = logging.getLogger(__name__)

LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)  # stories under embargo are read too: terms hold them back
FEWEST, MOST = 100, 3200  # stories read of a channel: twice the limit, more where terms leave too few
KEPT = 64 * 1024 * 1024  # bytes of documents
STORIES = 20_000  # held, so that equal ones stay one


@dataclass(slots=True)
class _Made:
    """A document as it was made, and until when it is right. Its bytes are kept apart, and may be made again."""

    standing: Standing
    until: datetime | None
    feed: Feed
    issue: Issue
    before: tuple[str, tuple[Item, ...]] = ("", ())  # the etag and the stories of the document before this one


@dataclass(slots=True)
class _Shared:
    """The stories of a channel, as many as any partner needed."""

    edition: int
    count: int
    since: datetime | None
    stories: tuple[Story, ...]


@dataclass(slots=True)
class _Seen:
    """What all with equal terms see of a channel, who are owed nothing."""

    edition: int
    at: datetime
    found: Edition
    held: tuple[Held, ...]

    def holds(self, edition: int, now: datetime) -> bool:
        until = self.found.until
        return self.edition == edition and self.at <= now and (until is None or now < until)


@dataclass(slots=True)
class _Drawn:
    """All that follows from settings: made anew when they are replaced.

    Each answer is made of one of these, taken once: what was begun under the terms before ends among their documents.
    """

    settings: Settings
    deals: Mapping[str, Deal]
    policies: Mapping[str, ContentPolicy]
    channels: dict[tuple[str, ...], Mapping[str, Channel]] = field(default_factory=dict)
    seen: dict[tuple[Terms, str], _Seen] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    looked: datetime | None = None
    made: dict[tuple[str, str], _Made] = field(default_factory=dict)
    bodies: OrderedDict[tuple[str, str], Rendition] = field(default_factory=OrderedDict)
    kept: int = 0  # bytes of them
    shared: dict[str, _Shared] = field(default_factory=dict)


class Syndicate:
    """The port `Office`. Threads may ask it for anything at once; a document may then be made twice."""

    def __init__(self, settings: Callable[[], Settings], archive: Archive, ledger: Ledger, clock: Clock) -> None:
        self._settings, self._archive, self._ledger, self._clock = settings, archive, ledger, clock
        self._lock = threading.Lock()
        self._drawn = _drawn(settings())
        self._bare: dict[str, Story] = {}
        self._got: dict[tuple[str, str], tuple[str, int]] = {}  # what we entered: the etag, and the channel's edition
        self._counts: dict[tuple[str, str, str], Traffic] = {}

    # the port `Office`

    def partner(self, id: str) -> Partner | None:
        deal = self._now().deals.get(id)
        return deal.partner if deal else None

    def digests(self, id: str, kind: TokenKind) -> Sequence[str]:
        now, partner = self._clock(), self.partner(id)
        issued = [k.digest for k in self._ledger.tokens(id) if k.kind == kind and (not k.ends or k.ends > now)]
        given = [partner.token_hash] if partner and partner.token_hash and kind == "header" else []
        return [*issued, *given] if partner else []

    def issue(self, partner: Partner, channel_id: str, file: str) -> Issue | None:
        drawn = self._now()
        deal = drawn.deals.get(partner.id)
        if deal is None:  # the partner left the settings since its token was looked at
            return None
        public = self._public(drawn, deal.partner).get(channel_id)
        if public is None or public.file(deal.partner.dialect) != public.path + file:
            return None
        now, key = self._clock(), (partner.id, channel_id)
        standing = self._ledger.standing(channel_id, now)
        made = drawn.made.get(key)
        if made and made.standing == standing and (made.until is None or now < made.until):
            return made.issue
        channel = made.feed.channel if made else agreement.private(public, deal.partner)
        edition = self._edition(drawn, deal, channel, standing, now)
        if made and edition.feed == made.feed:  # it is as it was; equal stories are the same objects
            drawn.made[key] = replace(made, standing=standing, until=edition.until)
            return made.issue
        rendered = _rendered(edition.feed)
        if not rendered.renditions:
            return None
        (rendition,) = rendered.renditions
        held = _held_of(drawn, deal, edition.feed, {aside.story_id for aside in rendered.set_aside})
        issue = _issue(deal.partner, edition.feed, rendition.etag, held)
        before = (made.issue.etag, made.feed.items) if made else ("", ())
        drawn.made[key] = _Made(standing, edition.until, edition.feed, issue, before)
        self._keep(drawn, key, rendition)
        return issue

    def rendition(self, issue: Issue) -> Rendition | None:
        drawn, key = self._now(), (issue.partner_id, issue.channel_id)
        with self._lock:
            known = drawn.bodies.get(key)
            if known and known.etag == issue.etag:
                drawn.bodies.move_to_end(key)
                return known
        made = drawn.made.get(key)
        rendition = self.render(made.feed) if made and made.issue.etag == issue.etag else None
        if rendition:
            self._keep(drawn, key, rendition)
        return rendition

    def changes(self, issue: Issue, tags: Collection[str]) -> Rendition | None:
        made = self._now().made.get((issue.partner_id, issue.channel_id))
        if made is None or made.issue.etag != issue.etag or made.before[0] not in tags:
            return None
        had = {(item.story.id, item.story.updated, item.content) for item in made.before[1]}
        fresh = tuple(i for i in made.feed.items if (i.story.id, i.story.updated, i.content) not in had)
        return self.render(replace(made.feed, items=fresh)) if len(fresh) < len(made.feed.items) else None

    def picked_up(self, issue: Issue, how: How, sent: int) -> None:
        """Enter it once for each edition of its channel: between two, others may have told it another document."""
        now, key = self._clock(), (issue.partner_id, issue.channel_id)
        made = self._now().made.get(key)
        edition = made.standing.edition if made and made.issue.etag == issue.etag else None
        if edition is None or self._got.get(key) != (issue.etag, edition):
            self._ledger.picked_up(issue, how, now)
            if edition is not None:
                self._got[key] = (issue.etag, edition)
        self._count(issue.partner_id, issue.channel_id, now, how, sent, issue.newest)

    def refused(self, partner: Partner) -> None:
        self._count(partner.id, "", self._clock(), None, 0, None)

    # what is looked at

    def channels(self, partner: Partner) -> Mapping[str, Channel]:
        """Return the channels of a partner as they are published for it, by the ids of the public ones."""
        public = self._public(self._now(), partner)
        return {id: agreement.private(channel, partner) for id, channel in public.items()}

    def edition(self, partner: Partner, channel: Channel, standing: Standing, now: datetime) -> Edition:
        """Return what *channel* says to *partner* at *now*, which may lie ahead."""
        drawn = self._now()
        return self._edition(drawn, drawn.deals[partner.id], channel, standing, now)

    def _edition(self, drawn: _Drawn, deal: Deal, channel: Channel, standing: Standing, now: datetime) -> Edition:
        owed = self._ledger.owed(deal.partner.id, channel.id, now - deal.terms.tombstones, now)
        if owed:
            return self._owing(drawn, deal, channel, standing, now, owed)
        seen = drawn.seen.get((deal.terms, channel.id))
        if seen is None or not seen.holds(standing.edition, now):
            found = self._enough(drawn, deal, channel, standing.edition, now)
            seen = _Seen(standing.edition, now, found, _held(found.feed))
            drawn.seen[deal.terms, channel.id] = seen
        return replace(seen.found, feed=replace(seen.found.feed, channel=channel))

    def _owing(
        self, drawn: _Drawn, deal: Deal, channel: Channel, standing: Standing, now: datetime, owed: Sequence[Owed]
    ) -> Edition:
        told = [o for o in owed if o.told == "retraction" and (standing.settled or o.cause == "retracted")]
        again = [s for o in owed if o.told == "correction" if (s := self._archive.story(o.story_id))]
        found = self._enough(drawn, deal, channel, standing.edition, now, told, [self._same(s) for s in again])
        ends = [*_ends(owed, deal, now), *([found.until] if found.until else [])]
        return replace(found, until=min(ends, default=None))

    def _enough(
        self,
        drawn: _Drawn,
        deal: Deal,
        channel: Channel,
        edition: int,
        now: datetime,
        owed: Sequence[Owed] = (),
        corrected: Sequence[Story] = (),
    ) -> Edition:
        """Read more of a channel until terms that leave little of it have their number."""
        count, since = max(FEWEST, 2 * deal.terms.limit), _since(deal, now)
        while True:
            stories = self._stories(drawn, channel.id, edition, count, since)
            found = agreement.edition(channel, deal, stories, drawn.policies, now, owed=owed, corrected=corrected)
            if len(found.feed.items) >= deal.terms.limit or len(stories) < count or count >= MOST:
                return found
            count *= 2

    def stories(self, channel_id: str, standing: Standing) -> tuple[Story, ...]:
        """Return the newest stories of a channel, as many as are ever read."""
        return self._stories(self._now(), channel_id, standing.edition, MOST, None)

    def deal(self, partner: Partner) -> Deal:
        return self._now().deals[partner.id]

    def render(self, feed: Feed) -> Rendition | None:
        """Return *feed* as a document; None where it breaks a rule of the gate, which is logged."""
        return next(iter(_rendered(feed).renditions), None)

    def flush(self) -> None:
        """Write the counts of requests."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts:
            return
        try:
            self._ledger.count(tuple(counts.values()))
        except FeedsError as error:  # the store is held: they are written the next time
            logger.warning("partner counts wait: %s", error)
            with self._lock:
                for key, was in counts.items():
                    self._counts[key] = _sum(was, self._counts[key]) if key in self._counts else was

    # inside

    def _now(self) -> _Drawn:
        settings = self._settings()
        drawn = self._drawn
        if drawn.settings is not settings:
            with self._lock:
                drawn = self._drawn
                if drawn.settings is not settings:
                    self._drawn = drawn = _drawn(settings)
        return drawn

    def _public(self, drawn: _Drawn, partner: Partner) -> Mapping[str, Channel]:
        """The public channels that a partner gets; a category that came up since is among them."""
        now = self._clock()
        if drawn.looked != now:  # once a second at the most: the clock has no finer hands
            categories = self._archive.categories()
            drawn.looked = now
            if drawn.categories != categories:
                drawn.categories, drawn.channels = categories, {}
        found = drawn.channels.get(partner.channels)
        if found is None:
            found = {c.id: c for c in agreement.names(partner, drawn.settings, drawn.categories)}
            drawn.channels[partner.channels] = found
        return found

    def _keep(self, drawn: _Drawn, key: tuple[str, str], rendition: Rendition) -> None:
        with self._lock:
            if old := drawn.bodies.pop(key, None):
                drawn.kept -= _size(old)
            drawn.bodies[key] = rendition
            drawn.kept += _size(rendition)
            while drawn.kept > KEPT and len(drawn.bodies) > 1:
                drawn.kept -= _size(drawn.bodies.popitem(last=False)[1])

    def _stories(
        self, drawn: _Drawn, channel_id: str, edition: int, count: int, since: datetime | None
    ) -> tuple[Story, ...]:
        known = drawn.shared.get(channel_id)
        if known and known.edition == edition and known.count >= count and _reaches(known.since, since):
            return known.stories
        window = Window(channel_id=channel_id, limit=count, since=since, at=LAST)
        stories = tuple(map(self._same, self._archive.stories(window)))
        drawn.shared[channel_id] = _Shared(edition, count, since, stories)
        return stories

    def _same(self, story: Story) -> Story:
        """Return *story* bare, and the very object that was given for its equal: fragments are found by that."""
        bare = agreement.bare(story)
        known = self._bare.get(story.id)
        if known is not None and (known is bare or known == bare):
            return known
        if len(self._bare) >= STORIES:
            self._bare = {}
        self._bare[story.id] = bare
        return bare

    def _count(
        self, partner_id: str, channel_id: str, now: datetime, how: How | None, sent: int, newest: datetime | None
    ) -> None:
        day = now.strftime("%Y-%m-%d")
        with self._lock:
            key = (partner_id, channel_id, day)
            was = self._counts.get(key) or Traffic(partner_id=partner_id, channel_id=channel_id, day=day)
            self._counts[key] = replace(
                was,
                requests=was.requests + 1,
                full=was.full + (how in ("polled", "changes")),
                unchanged=was.unchanged + (how == "unchanged"),
                refused=was.refused + (how is None),
                sent=was.sent + sent,
                last=now,
                newest=newest or was.newest,
            )


def _sum(one: Traffic, other: Traffic) -> Traffic:
    """Add up what was counted of one channel on one day, the second after the first."""
    names = ("requests", "full", "unchanged", "refused", "sent")
    added = {name: getattr(one, name) + getattr(other, name) for name in names}
    return replace(other, **added, newest=other.newest or one.newest)


def _drawn(settings: Settings) -> _Drawn:
    sources = {source.id: source for source in settings.sources}
    deals = {p.id: Deal(partner=p, settings=settings, sources=sources) for p in settings.partners}
    return _Drawn(settings, deals, {source.id: source.options.content for source in settings.sources})


def _rendered(feed: Feed) -> Rendered:
    rendered = render(feed)
    for aside in rendered.set_aside:
        logger.info("partner set_aside=%s:%s reason=%s", feed.channel.path, aside.story_id, aside.reason)
    for held in rendered.withheld:
        logger.error("partner withheld=%s:%s reason=%s", feed.channel.path, held.format, held.reason)
    return rendered


def _held_of(drawn: _Drawn, deal: Deal, feed: Feed, aside: set[str]) -> tuple[Held, ...]:
    """What a document tells, without stories *aside*: one value, a tenth of it in size, for all who see the same."""
    seen = drawn.seen.get((deal.terms, feed.channel.id))
    held = seen.held if seen and seen.found.feed.items is feed.items and not feed.gone else _held(feed)
    return tuple(one for one in held if one.story_id not in aside) if aside else held


def _held(feed: Feed) -> tuple[Held, ...]:
    return (
        *(Held(item.story.id, item.story.updated) for item in feed.items),
        *(Held(stone.story_id, stone.at, "retraction") for stone in feed.gone),
    )


def _issue(partner: Partner, feed: Feed, etag: str, held: tuple[Held, ...]) -> Issue:
    return Issue(
        partner_id=partner.id,
        channel_id=feed.channel.id,
        etag=etag,
        updated=feed.updated,
        held=held,
        newest=max((item.story.updated for item in feed.items), default=None),
    )


def _size(rendition: Rendition) -> int:
    return len(rendition.body) + len(rendition.gzipped)


def _since(deal: Deal, now: datetime) -> datetime | None:
    """From when on all stories are read: whole days, so that one reading serves for a day."""
    days = deal.terms.days
    return (now - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0) if days else None


def _reaches(known: datetime | None, wanted: datetime | None) -> bool:
    return wanted is None or (known is not None and known <= wanted)


def _ends(owed: Sequence[Owed], deal: Deal, now: datetime) -> list[datetime]:
    """When what was picked up has been told long enough."""
    spans = {"retraction": deal.terms.tombstones, "correction": RETOLD}
    ends = [one.since + spans.get(one.told, RETOLD) for one in owed if one.settled]
    return [end for end in ends if end > now]
