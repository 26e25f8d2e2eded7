"""What channels say to partners under one set of settings, out of stories that are read once for all of them.

The stories of a channel are read once for all its partners, and what all with equal terms see is found once: equal
stories are the same objects, by which what is rendered of one is shared by all whose terms show it alike.

What a source takes back is told to partners only once the channel itself has told it: a build that is held for what it
loses (a folder that is not mounted) would else ask every partner to delete everything. The desk's word waits for
nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from feeds.core.partners import agreement
from feeds.core.partners.agreement import Deal, Edition
from feeds.model.channel import Channel, Feed, Window
from feeds.model.partner import RETOLD, Held, Owed, Partner, Standing, Terms
from feeds.model.settings import Settings
from feeds.model.story import Category, Story
from feeds.ports.library import Archive
from feeds.ports.partners import Ledger

LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)  # stories under embargo are read too: terms hold them back
FEWEST, MOST = 100, 3200  # stories read of a channel: twice the limit, more where terms leave too few
TRUSTED = timedelta(hours=1)  # for which who was owed nothing is not asked about where `Standing.owed` says nothing new
STORIES = 20_000  # held, so that equal ones stay one


class Same:
    """Stories without copies, each equal one the very object that was given before: fragments are found by that."""

    def __init__(self) -> None:
        self._known: dict[str, Story] = {}

    def __call__(self, story: Story) -> Story:
        bare = agreement.bare(story)
        known = self._known.get(story.id)
        if known is not None and (known is bare or known == bare):
            return known
        if len(self._known) >= STORIES:
            self._known = {}
        self._known[story.id] = bare
        return bare


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
class _Quiet:
    """Partners that were owed nothing of a channel, and when that was seen; all since it stood so."""

    owed: int
    partners: dict[str, datetime] = field(default_factory=dict)


class Editions:
    """What each channel says to each partner, as long as *settings* hold."""

    def __init__(self, settings: Settings, archive: Archive, ledger: Ledger, same: Same) -> None:
        self.settings, self._archive, self._ledger, self._same = settings, archive, ledger, same
        sources = {source.id: source for source in settings.sources}
        self.deals = {p.id: Deal(partner=p, settings=settings, sources=sources) for p in settings.partners}
        self._added = ledger.added()
        self._policies = {source.id: source.options.content for source in settings.sources}
        self._categories: Mapping[str, Category] = {}
        self._looked: datetime | None = None
        self._channels: dict[tuple[str, ...], Mapping[str, Channel]] = {}
        self._seen: dict[tuple[Terms, str], _Seen] = {}
        self._shared: dict[str, _Shared] = {}
        self._quiet: dict[str, _Quiet] = {}

    def public(self, partner: Partner, now: datetime) -> Mapping[str, Channel]:
        """Return the public channels that a partner gets; a category that came up since is among them."""
        if self._looked != now:  # once a second at the most: the clock has no finer hands
            categories = self._archive.categories(now)
            self._looked = now
            if self._categories != categories:
                self._categories, self._channels = categories, {}
        found = self._channels.get(partner.channels)
        if found is None:
            found = {c.id: c for c in agreement.names(partner, self.settings, self._categories)}
            self._channels[partner.channels] = found
        return found

    def edition(self, deal: Deal, channel: Channel, standing: Standing, now: datetime) -> Edition:
        """Return what *channel* says under *deal* at *now*, which may lie ahead.

        An empty one was changed when its partner came to be known: a date that is true, and never moves.
        """
        found = self._edition(deal, channel, standing, now)
        if found.feed.items or found.feed.gone or deal.partner.id not in self._added:
            return found
        return replace(found, feed=replace(found.feed, updated=self._added[deal.partner.id]))

    def _edition(self, deal: Deal, channel: Channel, standing: Standing, now: datetime) -> Edition:
        if owed := self._owed(deal, channel.id, standing, now):
            return self._owing(deal, channel, standing, now, owed)
        seen = self._seen.get((deal.terms, channel.id))
        if seen is None or not seen.holds(standing.edition, now):
            found = self._enough(deal, channel, standing.edition, now)
            if seen and seen.found.feed.items == found.feed.items:  # one tuple: that nothing came is seen at once
                found = replace(found, feed=replace(found.feed, items=seen.found.feed.items))
            seen = _Seen(standing.edition, now, found, held(found.feed))
            self._seen[deal.terms, channel.id] = seen
        return replace(seen.found, feed=replace(seen.found.feed, channel=channel))

    def is_quiet(self, partner_id: str, channel_id: str, standing: Standing, now: datetime) -> bool:
        """Tell whether a partner is owed nothing of a channel, as far as that is known without a look."""
        quiet = self._quiet.get(channel_id)
        seen = quiet.partners.get(partner_id) if quiet and quiet.owed == standing.owed else None
        return seen is not None and seen <= now < seen + TRUSTED

    def _owed(self, deal: Deal, channel_id: str, standing: Standing, now: datetime) -> Sequence[Owed]:
        if self.is_quiet(deal.partner.id, channel_id, standing, now):
            return ()
        owed = self._ledger.owed(deal.partner.id, channel_id, now - deal.terms.tombstones, now)
        quiet = self._quiet.get(channel_id)
        if quiet is None or quiet.owed != standing.owed:
            quiet = self._quiet[channel_id] = _Quiet(standing.owed)
        if not owed:
            quiet.partners[deal.partner.id] = now
        return owed

    def held(self, deal: Deal, feed: Feed, aside: Collection[str]) -> tuple[Held, ...]:
        """What a document tells, without stories *aside*: one value, a tenth of it in size, for all who see the
        same."""
        seen = self._seen.get((deal.terms, feed.channel.id))
        found = seen.held if seen and seen.found.feed.items is feed.items and not feed.gone else held(feed)
        return tuple(one for one in found if one.story_id not in aside) if aside else found

    def stories(
        self, channel_id: str, edition: int, count: int = MOST, since: datetime | None = None
    ) -> tuple[Story, ...]:
        """Return the newest stories of a channel, *count* and those *since*."""
        known = self._shared.get(channel_id)
        if known and known.edition == edition and known.count >= count and _reaches(known.since, since):
            return known.stories
        window = Window(channel_id=channel_id, limit=count, since=since, at=LAST)
        stories = tuple(map(self._same, self._archive.stories(window)))
        self._shared[channel_id] = _Shared(edition, count, since, stories)
        return stories

    def _owing(self, deal: Deal, channel: Channel, standing: Standing, now: datetime, owed: Sequence[Owed]) -> Edition:
        told = [o for o in owed if o.told == "retraction" and (standing.settled or o.cause == "retracted")]
        again = [s for o in owed if o.told == "correction" if (s := self._archive.story(o.story_id))]
        found = self._enough(deal, channel, standing.edition, now, told, [self._same(s) for s in again])
        ends = [*_ends(owed, deal, now), *([found.until] if found.until else [])]
        return replace(found, until=min(ends, default=None))

    def _enough(
        self,
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
            stories = self.stories(channel.id, edition, count, since)
            found = agreement.edition(channel, deal, stories, self._policies, now, owed=owed, corrected=corrected)
            if len(found.feed.items) >= deal.terms.limit or len(stories) < count or count >= MOST:
                return found
            count *= 2


def held(feed: Feed) -> tuple[Held, ...]:
    """Return what a document of *feed* tells, of which versions."""
    return (
        *(Held(item.story.id, item.story.updated) for item in feed.items),
        *(Held(stone.story_id, stone.at, "retraction") for stone in feed.gone),
    )


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
