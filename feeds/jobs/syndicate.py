"""Channels as partners get them: composed when they are asked for, out of fragments that all share.

Nothing is rendered ahead: what a partner may see depends on the second in which it asks. A document is made anew where
its channel changed since (`Ledger.standing`) or time changes what may be seen (`Edition.until`).
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from feeds.core.partners import agreement
from feeds.core.partners.agreement import Deal, Edition
from feeds.jobs.counts import Counts
from feeds.jobs.editions import Editions, Same
from feeds.model.channel import Channel, Feed, Item, Rendered, Rendition
from feeds.model.partner import Held, How, Issue, Partner, Standing, TokenKind
from feeds.model.settings import Settings
from feeds.model.story import Story
from feeds.ports import Clock
from feeds.ports.library import Archive
from feeds.ports.partners import Ledger
from feeds.render import render

logger = logging.getLogger(__name__)

KEPT = 64 * 1024 * 1024  # bytes of documents


@dataclass(slots=True)
class _Made:
    """A document as it was made, and until when it is right. Its bytes are kept apart, and may be made again."""

    standing: Standing
    until: datetime | None
    feed: Feed
    issue: Issue
    before: tuple[str, tuple[Item, ...]] = ("", ())  # the etag and the stories of the document before this one


@dataclass(slots=True)
class _Drawn:
    """All that follows from settings: made anew when they are replaced.

    Each answer is made of one of these, taken once: what was begun under the terms before ends among their documents.
    """

    editions: Editions
    made: dict[tuple[str, str], _Made] = field(default_factory=dict)
    bodies: OrderedDict[tuple[str, str], Rendition] = field(default_factory=OrderedDict)
    kept: int = 0  # bytes of them


class Syndicate:
    """The port `Office`. Threads may ask it for anything at once; a document may then be made twice."""

    def __init__(self, settings: Callable[[], Settings], archive: Archive, ledger: Ledger, clock: Clock) -> None:
        self._settings, self._archive, self._ledger, self._clock = settings, archive, ledger, clock
        self._lock = threading.Lock()
        self._same = Same()
        self._drawn = self._draw(settings())
        self._got: dict[tuple[str, str], tuple[str, int]] = {}  # what we entered: the etag, and the channel's edition
        self._proved: dict[tuple[str, str], str] = {}  # the etag that they named last
        self._counts = Counts(ledger)

    # the port `Office`

    def partner(self, id: str) -> Partner | None:
        deal = self._now().editions.deals.get(id)
        return deal.partner if deal else None

    def digests(self, id: str, kind: TokenKind) -> Sequence[str]:
        now, partner = self._clock(), self.partner(id)
        issued = [k.digest for k in self._ledger.tokens(id) if k.kind == kind and (not k.ends or k.ends > now)]
        given = [partner.token_hash] if partner and partner.token_hash and kind == "header" else []
        return [*issued, *given] if partner else []

    def issue(self, partner: Partner, channel_id: str, file: str) -> Issue | None:
        drawn, now = self._now(), self._clock()
        deal = drawn.editions.deals.get(partner.id)
        if deal is None:  # the partner left the settings since its token was looked at
            return None
        public = drawn.editions.public(deal.partner, now).get(channel_id)
        if public is None or public.file(deal.partner.dialect) != public.path + file:
            return None
        key, standing = (partner.id, channel_id), self._ledger.standing(channel_id, now)
        made = drawn.made.get(key)
        if made and made.standing == standing and (made.until is None or now < made.until):
            return made.issue
        channel = made.feed.channel if made else agreement.private(public, deal.partner)
        edition = drawn.editions.edition(deal, channel, standing, now)
        if made and edition.feed == made.feed:  # it is as it was; equal stories are the same objects
            drawn.made[key] = replace(made, standing=standing, until=edition.until)
            return made.issue
        return self._make(drawn, deal, edition, standing)

    def _make(self, drawn: _Drawn, deal: Deal, edition: Edition, standing: Standing) -> Issue | None:
        key, feed = (deal.partner.id, edition.feed.channel.id), edition.feed
        rendered = _rendered(feed)
        if not rendered.renditions:
            return None
        (rendition,) = rendered.renditions
        held = drawn.editions.held(deal, feed, {aside.story_id for aside in rendered.set_aside})
        issue = _issue(deal.partner, feed, rendition.etag, held)
        made = drawn.made.get(key)
        before = (made.issue.etag, made.feed.items) if made else ("", ())
        drawn.made[key] = _Made(standing, edition.until, feed, issue, before)
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

    def channels(self, partner: Partner) -> Mapping[str, Channel]:
        public = self._now().editions.public(partner, self._clock())
        return {id: agreement.private(channel, partner) for id, channel in public.items()}

    def topics(self, partner: Partner) -> Mapping[str, str]:
        site = self._now().editions.settings.site.url
        return {agreement.address(channel, partner, site): id for id, channel in self.channels(partner).items()}

    def until(self, issue: Issue) -> datetime | None:
        made = self._now().made.get((issue.partner_id, issue.channel_id))
        return made.until if made and made.issue.etag == issue.etag else None

    def sending(self, issue: Issue, how: How) -> None:
        if not self._has(issue):
            self._ledger.sent(issue, how, self._clock())

    def picked_up(self, issue: Issue, how: How, sent: int) -> None:
        """Enter it once for each edition of its channel: between two, others may have told it another document."""
        now, key = self._clock(), (issue.partner_id, issue.channel_id)
        if not self._has(issue):
            if how != "unchanged" or not self._is_as_before(issue, now):
                self._ledger.picked_up(issue, how, now)
            if (edition := self._edition_of(issue)) is not None:
                self._got[key] = (issue.etag, edition)
        self._counts.add(issue.partner_id, issue.channel_id, now, how, sent, issue.newest)

    def cut(self, issue: Issue) -> None:
        logger.info("partner=%s channel=%s cut etag=%s", issue.partner_id, issue.channel_id, issue.etag)
        self._counts.add(issue.partner_id, issue.channel_id, self._clock(), "cut", 0, None)

    def named(self, issue: Issue, tags: Collection[str]) -> None:
        key = (issue.partner_id, issue.channel_id)
        last = self._got.get(key, ("", 0))[0]
        if last not in tags:  # another process told them, or this one before it was started anew
            pickup = self._ledger.pickup(*key)
            last = pickup.etag if pickup else ""
        if last in tags and self._proved.get(key) != last:
            self._proved[key] = last
            self._counts.prove((*key, last), self._clock())

    def _has(self, issue: Issue) -> bool:
        """Tell whether it was entered that they have it, as the channel stands now."""
        return self._got.get((issue.partner_id, issue.channel_id)) == (issue.etag, self._edition_of(issue))

    def _is_as_before(self, issue: Issue, now: datetime) -> bool:
        """Tell whether they have what we entered that they have, and are owed nothing: something else changed."""
        key = (issue.partner_id, issue.channel_id)
        drawn = self._now()
        made = drawn.made.get(key)
        same = made and made.issue.etag == issue.etag == self._got.get(key, ("", 0))[0]
        return bool(same and made and drawn.editions.is_quiet(*key, made.standing, now))

    def _edition_of(self, issue: Issue) -> int | None:
        made = self._now().made.get((issue.partner_id, issue.channel_id))
        return made.standing.edition if made and made.issue.etag == issue.etag else None

    def refused(self, partner: Partner) -> None:
        self._counts.add(partner.id, "", self._clock(), None, 0, None)

    # what is looked at

    def edition(self, partner: Partner, channel: Channel, standing: Standing, now: datetime) -> Edition:
        """Return what *channel* says to *partner* at *now*, which may lie ahead."""
        editions = self._now().editions
        return editions.edition(editions.deals[partner.id], channel, standing, now)

    def stories(self, channel_id: str, standing: Standing) -> tuple[Story, ...]:
        """Return the newest stories of a channel, as many as are ever read."""
        return self._now().editions.stories(channel_id, standing.edition)

    def deal(self, partner: Partner) -> Deal:
        return self._now().editions.deals[partner.id]

    def rendered(self, feed: Feed) -> Rendered:
        """Return *feed* as a document, or which rule of the gate it breaks, and what it goes without."""
        return _rendered(feed)

    def render(self, feed: Feed) -> Rendition | None:
        """Return *feed* as a document; None where it breaks a rule of the gate, which is logged."""
        return next(iter(_rendered(feed).renditions), None)

    def flush(self) -> None:
        """Write the counts of requests."""
        self._counts.flush()

    # inside

    def _now(self) -> _Drawn:
        settings = self._settings()
        drawn = self._drawn
        if drawn.editions.settings is not settings:
            with self._lock:
                drawn = self._drawn
                if drawn.editions.settings is not settings:
                    self._drawn = drawn = self._draw(settings)
        return drawn

    def _draw(self, settings: Settings) -> _Drawn:
        return _Drawn(Editions(settings, self._archive, self._ledger, self._same))

    def _keep(self, drawn: _Drawn, key: tuple[str, str], rendition: Rendition) -> None:
        with self._lock:
            if old := drawn.bodies.pop(key, None):
                drawn.kept -= _size(old)
            drawn.bodies[key] = rendition
            drawn.kept += _size(rendition)
            while drawn.kept > KEPT and len(drawn.bodies) > 1:
                drawn.kept -= _size(drawn.bodies.popitem(last=False)[1])


def _rendered(feed: Feed) -> Rendered:
    rendered = render(feed)
    for aside in rendered.set_aside:
        logger.info("partner set_aside=%s:%s reason=%s", feed.channel.path, aside.story_id, aside.reason)
    for held in rendered.withheld:
        logger.error("partner withheld=%s:%s reason=%s", feed.channel.path, held.format, held.reason)
    return rendered


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
    return rendition.size + len(rendition.gzipped)
