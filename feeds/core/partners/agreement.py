"""What a partner may see of a story, and when: each rule's word, and the feed that follows from all of them.

Rules are asked in the order below; all of them are asked, so that `feeds why` can tell every one. A story goes out
where all pass. Time enters as an argument alone: what a partner may see at any moment, also one to come, is computed
and never stored, so that an embargo ends to the second and no rebuild is needed.

loop      what is ours does not come back as another's: an item of a remote source that lies on our own host, or on the
          partner's own
embargo   `release` of the story: an embargo, a post's date ahead (Superdesk: `content/common.py` has the same order)
delay     counts from when readers could see it: the release, else the first sight
quota     the first so many of a day in the order in which they came due, so that a later story takes no place
window    as for outputs: by count and by age (Flipboard wants 30 items, MSN 20 at a poll; a count alone loses bursts)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from feeds.core.publishing import terms
from feeds.core.publishing.compose import EMPTY_UPDATED
from feeds.core.sorting.channels import channels as all_channels
from feeds.core.sorting.rules import compile_rule
from feeds.core.sorting.slugs import fold
from feeds.model.channel import Channel, Feed, Item, Tombstone
from feeds.model.partner import Owed, Partner, Reason, Terms
from feeds.model.passing import Passing
from feeds.model.quick import replace
from feeds.model.settings import Settings
from feeds.model.source import ContentPolicy, Extent, Source
from feeds.model.story import Category, Story

FOLDER = "/partner/"
_EXTENTS: Sequence[Extent] = ("title", "summary", "full")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A partner's terms with all that judging by them needs."""

    partner: Partner
    settings: Settings
    sources: Mapping[str, Source]

    @property
    def terms(self) -> Terms:
        return self.partner.terms

    @property
    def passing(self) -> Passing:
        """Return how this site passes on what it has from others, under the terms of this partner."""
        said = self.terms
        return Passing(
            host=_host(self.settings.site.url),
            site=self.settings.site.title,
            images=said.images,
            rights=said.rights,
            licence=said.licence,
            attribution=said.attribution,
            links=said.links,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What a partner's channel says at one moment, and when time alone changes that next (None: never)."""

    feed: Feed
    until: datetime | None


def names(partner: Partner, settings: Settings, categories: Mapping[str, Category]) -> tuple[Channel, ...]:
    """Return the channels that *partner* gets, as they are published, in the order of the outputs."""
    every = all_channels(settings, categories)
    each = {output.id for output in settings.outputs if output.each}
    if not partner.channels:
        return tuple(c for c in every if c.output_id not in each)
    wanted = {*partner.channels}
    subjects = {fold(name.removeprefix("category:")) for name in wanted if name.startswith("category:")}
    found: dict[str, Channel] = {}
    for channel in every:
        subject = channel.category and {fold(channel.category.name), fold(channel.category.slug)} & subjects
        if channel.output_id in wanted or channel.id in wanted or subject:
            found[channel.id] = channel
    return tuple(found.values())


def private(channel: Channel, partner: Partner) -> Channel:
    """Return *channel* as it is published for *partner*: in its folder, in its dialect, and announced to no hub."""
    return replace(
        channel,
        path=f"{FOLDER}{partner.id}/{channel.id}/",
        formats=(partner.dialect,),
        hubs=(),
        archives=None,
        limit=partner.terms.limit,
        days=partner.terms.days,
        private=True,
    )


def address(channel: Channel, partner: Partner, site: str, key: str = "") -> str:
    """Return where *partner* gets its private *channel* below *site*, with *key* in it where one is given."""
    path = channel.file(partner.dialect).split("/")
    return site.rstrip("/") + quote("/".join([*path[:3], *([key] if key else []), *path[3:]]), safe="/:")


def judge(story: Story, deal: Deal, now: datetime) -> tuple[Reason, ...]:
    """Return each rule's word on *story* but for those that look at others beside it (quota, window)."""
    return (_status(story), _loop(story, deal), *_share(story, deal), *_rules(story, deal), *_times(story, deal, now))


def due(story: Story, said: Terms) -> datetime:
    """Return when *story* may be told under terms *said*: the delay counts from when readers could see it."""
    return max(story.first_seen, story.release or story.first_seen) + said.delay


def bare(story: Story) -> Story:
    """Return *story* without copies: who else tells it is no part of the agreement, and some of them may wait."""
    return replace(story, members=story.members[:1]) if len(story.members) > 1 else story


def extent(story: Story, deal: Deal, policies: Mapping[str, ContentPolicy]) -> Extent:
    """Return how much of *story* is told: what its source allows, and no more than the terms."""
    lead = story.members[0]
    own = terms.extent(policies.get(story.lead.source_id, "summary"), lead.entry, lead.origin, local=lead.local)
    return min(own, deal.terms.content, key=_EXTENTS.index)


def chosen(stories: Iterable[Story], deal: Deal, now: datetime) -> tuple[tuple[Story, ...], datetime | None]:
    """Return those of a channel's stories that the partner sees at *now*, the newest first, and when that changes."""
    found: list[Story] = []
    aged: set[str] = set()  # they had their place in their day's quota
    changes: list[datetime] = []
    for story in {s.id: s for s in stories}.values():
        refused = [reason for reason in judge(story, deal, now) if not reason.passes]
        if all(reason.rule == "age" for reason in refused):
            found.append(story)
            aged.update([story.id] if refused else [])
        elif all(reason.until for reason in refused):
            changes.append(max(reason.until for reason in refused if reason.until))
    newest = sorted(sorted(found, key=lambda s: s.id), key=lambda s: s.published, reverse=True)
    seen = within([s for s in _first(newest, deal) if s.id not in aged], deal.terms, now)
    changes += _ends(seen, deal.terms, now)
    return seen, min(changes, default=None)


def explain(story: Story, others: Iterable[Story], deal: Deal, now: datetime) -> tuple[Reason, ...]:
    """Return each rule's word on *story* in a channel whose stories are *others*, those too that look beside it."""
    reasons = judge(story, deal, now)
    if not all(reason.passes for reason in reasons):
        return reasons
    every = {**{s.id: s for s in others}, story.id: story}.values()
    passing = [s for s in every if all(r.passes or r.rule == "age" for r in judge(s, deal, now))]
    newest = sorted(sorted(passing, key=lambda s: s.id), key=lambda s: s.published, reverse=True)
    first = {s.id for s in _first(newest, deal)}
    seen = {s.id for s in chosen(passing, deal, now)[0]}
    said = deal.terms
    found = list(reasons)
    if said.quota:
        had = story.id in first
        found.append(Reason("quota", had, f"it is {'' if had else 'not '}among the first {said.quota} of its day"))
    if story.id in first:
        held = story.id in seen
        days = f", or younger than {said.days} days" if said.days else ""
        why = f"it is {'' if held else 'not '}among the newest {said.limit}{days}"
        found.append(Reason("window", held, why))
    return tuple(found)


def within(newest: Sequence[Story], said: Terms, now: datetime) -> tuple[Story, ...]:
    """Return those of *newest* that the window holds: by count, or younger than *days*."""
    since = now - timedelta(days=said.days)
    young = sum(story.published > since for story in newest) if said.days else 0
    return tuple(newest[: max(said.limit, young)])


def edition(
    channel: Channel,
    deal: Deal,
    stories: Sequence[Story],
    policies: Mapping[str, ContentPolicy],
    now: datetime,
    *,
    owed: Sequence[Owed] = (),
    corrected: Sequence[Story] = (),
) -> Edition:
    """Return what the partner's *channel* says at *now*, of stories that are `bare`.

    *owed* are the retractions that this channel has to tell, *corrected* the stories whose corrections its holders are
    owed: they are told whatever rule or window they fell out of meanwhile, but for an embargo, and no longer than the
    desk shows them.
    """
    seen, until = chosen(stories, deal, now)
    known = {story.id for story in seen}
    late = [s for s in corrected if s.id not in known and s.status == "shown" and not (s.release and s.release > now)]
    newest = sorted(sorted((*seen, *late), key=lambda s: s.id), key=lambda s: s.published, reverse=True)
    passing = deal.passing
    items = tuple(Item(story=story, content=extent(story, deal, policies), passing=passing) for story in newest)
    told = {item.story.id for item in items}
    gone = tuple(
        replace(o.stone or Tombstone(channel_id=channel.id, story_id=o.story_id, at=o.since), channel_id=channel.id)
        for o in sorted(owed, key=lambda o: (o.since, o.story_id), reverse=True)
        if o.told == "retraction" and o.story_id not in told
    )
    updated = max((*(item.story.updated for item in items), *(t.at for t in gone)), default=EMPTY_UPDATED)
    feed = Feed(channel=channel, items=items, updated=updated, gone=gone, passing=passing)
    return Edition(feed=feed, until=until)


def _status(story: Story) -> Reason:
    return Reason("status", story.status == "shown", f"the story is {story.status}")


def _loop(story: Story, deal: Deal) -> Reason:
    lead = story.members[0]
    source = deal.sources.get(lead.entry.source_id)
    places = {_host(lead.entry.url), _host(source.location if source else ""), _host(_home_of(story))} - {""}
    if not lead.local and _host(deal.settings.site.url) in {_host(lead.entry.url), _host(_home_of(story))}:
        return Reason("loop", False, f"{lead.entry.source_id} tells what is ours")
    home = _host(deal.terms.home)
    if home and not lead.local and home in places:
        return Reason("loop", False, f"it is from {home}, the partner's own")
    return Reason("loop", True, "it is neither ours told by others nor the partner's own")


def _home_of(story: Story) -> str:
    origin = story.lead.origin or story.members[0].origin
    return origin.url or origin.feed_url if origin else ""


def _share(story: Story, deal: Deal) -> tuple[Reason, ...]:
    lead, said = story.members[0], deal.terms
    id = lead.entry.source_id
    found: list[Reason] = []
    if said.only_sources:
        listed = id in said.only_sources
        found.append(Reason("sources", listed, f"{id} is {'' if listed else 'not '}among the sources of the terms"))
    match said.sources:
        case _ if lead.local:
            found.append(Reason("sources", True, f"{id} is our own"))
        case "own":
            found.append(Reason("sources", False, f"{id} is not our own, and the terms pass on no others"))
        case "licensed":
            free = terms.passable(lead.entry, lead.origin)
            why = "a licence lets it be passed on" if free else "no licence lets it be passed on to others"
            found.append(Reason("sources", free, f"{id}: {why}"))
        case "all":
            found.append(Reason("sources", True, "the terms pass on whatever we publish"))
    return tuple(found)


def _rules(story: Story, deal: Deal) -> tuple[Reason, ...]:
    lead, said = story.lead, deal.terms
    found: list[Reason] = []
    if said.only:
        source = deal.sources.get(lead.source_id) or Source(id=lead.source_id, kind="feed", location="")
        met = compile_rule(said.only).meets(lead, source)
        found.append(Reason("only", met, f"it {'meets' if met else 'does not meet'} {said.only}"))
    if said.languages:
        language = (lead.language or deal.settings.site.language).lower()
        spoken = any(language == one.lower() or language.startswith(one.lower() + "-") for one in said.languages)
        found.append(Reason("language", spoken, f"it is in {language or 'no known language'}"))
    return tuple(found)


def _times(story: Story, deal: Deal, now: datetime) -> tuple[Reason, ...]:
    said, release, zone = deal.terms, story.release, ZoneInfo(deal.settings.site.timezone)
    found = []
    if release:
        out = release <= now
        found.append(Reason("embargo", out, f"it is released at {_in(zone, release)}", None if out else release))
    if said.delay:
        at = due(story, said)
        why = f"readers could see it at {_in(zone, at - said.delay)}, the partner from {_in(zone, at)} on"
        found.append(Reason("delay", at <= now, why, None if at <= now else at))
    if said.oldest:
        young = story.published > now - said.oldest
        found.append(Reason("age", young, f"it is of {_in(zone, story.published)}"))
    return tuple(found)


def _in(zone: ZoneInfo, at: datetime) -> str:
    return at.astimezone(zone).isoformat(sep=" ", timespec="seconds")


def _first(newest: Sequence[Story], deal: Deal) -> list[Story]:
    """Return *newest* without what is beyond the day's quota."""
    if not deal.terms.quota:
        return list(newest)
    zone = ZoneInfo(deal.settings.site.timezone)
    used: dict[object, int] = {}
    kept: set[str] = set()
    for story in sorted(newest, key=lambda s: (due(s, deal.terms), s.id)):
        day = due(story, deal.terms).astimezone(zone).date()
        used[day] = used.get(day, 0) + 1
        if used[day] <= deal.terms.quota:
            kept.add(story.id)
    return [story for story in newest if story.id in kept]


def _ends(seen: Sequence[Story], said: Terms, now: datetime) -> list[datetime]:
    """When age will take stories away."""
    found = []
    if said.oldest and seen:
        found.append(seen[-1].published + said.oldest)
    if said.days and len(seen) > said.limit:
        found.append(seen[-1].published + timedelta(days=said.days))
    return [at for at in found if at > now]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
