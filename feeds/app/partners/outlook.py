"""What a partner would see, now or at a time to come, and why."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from feeds.app.build import App
from feeds.app.looking import look
from feeds.app.partners.partners import named, office
from feeds.core.partners import agreement
from feeds.core.partners.agreement import Deal
from feeds.errors import UsageError
from feeds.jobs.syndicate import Syndicate
from feeds.model.channel import Feed, Format, Rendition, SetAside
from feeds.model.partner import Partner, Reason, Terms
from feeds.model.story import Story
from feeds.render.dialects import DIALECTS

LOOKED = 50  # documents, some 20 ms each


class Preview(NamedTuple):
    """What a channel says to a partner, as a document where it may go out, and which rules held back what.

    *back* names a rule, how many stories it holds back first of all, and when time alone lets the first of them out.
    *aside* is what the terms let through and the dialect does not.
    """

    feed: Feed
    rendition: Rendition | None
    stories: int
    back: tuple[tuple[str, int, datetime | None], ...]
    aside: tuple[SetAside, ...]


class Untold(NamedTuple):
    """How many stories a partner's channel goes without, for a reason that its dialect has."""

    partner_id: str
    channel_id: str
    dialect: Format
    number: int
    reason: str


def preview(app: App, id: str, at: datetime, channel_id: str = "") -> Iterator[Preview]:
    """Give what each channel of a partner says at *at*, as it would be sent. Nothing of it is noted."""
    partner, syndicate = named(app, id), office(app)
    channels = syndicate.channels(partner)
    if channel_id and channel_id not in channels:
        raise UsageError(f"{id} has no channel {channel_id!r}; it has: {', '.join(channels)}")
    for channel in [channels[channel_id]] if channel_id else channels.values():
        standing = app.store.partners.standing(channel.id, app.clock())
        feed, stories = syndicate.edition(partner, channel, standing, at).feed, syndicate.stories(channel.id, standing)
        made, back = syndicate.rendered(feed), _held_back(syndicate.deal(partner), feed, stories, at)
        yield Preview(feed, next(iter(made.renditions), None), len(stories), back, made.set_aside)


def untold(app: App) -> tuple[list[Untold], int]:
    """Return what partners' documents go without now by the rules of their dialects, and how many were not looked at.

    Atom, RSS and JSON tell any story. Partners of equal terms get the same: one of them is looked at, and `LOOKED`
    documents in all.
    """
    syndicate, now = office(app), app.clock()
    found: list[Untold] = []
    looked: set[tuple[Format, Terms, str]] = set()
    for partner in app.settings.partners if any(p.dialect in DIALECTS for p in app.settings.partners) else ():
        for id, channel in syndicate.channels(partner).items() if partner.dialect in DIALECTS else ():
            key = (partner.dialect, partner.terms, id)
            if key in looked:
                continue
            looked.add(key)
            if len(looked) > LOOKED:
                continue
            feed = syndicate.edition(partner, channel, app.store.partners.standing(id, now), now).feed
            reasons = Counter(aside.reason for aside in syndicate.rendered(feed).set_aside)
            found += [Untold(partner.id, id, partner.dialect, number, why) for why, number in reasons.items()]
    return found, max(len(looked) - LOOKED, 0)


def _held_back(
    deal: Deal, feed: Feed, stories: Sequence[Story], at: datetime
) -> tuple[tuple[str, int, datetime | None], ...]:
    told = {item.story.id for item in feed.items}
    counts: dict[str, tuple[int, datetime | None]] = {}
    for story in stories:
        if story.id in told:
            continue
        refused = [reason for reason in agreement.judge(story, deal, at) if not reason.passes]
        rule = refused[0].rule if refused else "quota" if deal.terms.quota else "window"
        times = [reason.until for reason in refused]
        until = max(filter(None, times)) if times and all(times) else None
        number, first = counts.get(rule, (0, None))
        counts[rule] = (number + 1, min(filter(None, (first, until)), default=None))
    return tuple((rule, *found) for rule, found in counts.items())


def why(app: App, what: str, id: str, at: datetime) -> list[tuple[Story, str, tuple[Reason, ...]]]:
    """Return each rule's word on the stories that *what* names, by channel of the partner. Raises `UsageError`."""
    partner, syndicate = named(app, id), office(app)
    deal, channels = syndicate.deal(partner), syndicate.channels(partner)
    found = []
    for story in look.why(app, what).stories:
        bare = agreement.bare(story)
        mine = [c for c in channels if c in story.channels]
        if not mine:
            names = ", ".join(channels) or "none"
            reason = Reason("channel", False, f"it is in none of the partner's channels ({names})")
            found.append((story, "", (reason, *agreement.judge(bare, deal, at))))
        for channel in mine:
            others = syndicate.stories(channel, app.store.partners.standing(channel, app.clock()))
            inside = Reason("channel", True, f"it is in {channel}")
            reasons = (inside, *agreement.explain(bare, others, deal, at))
            if all(reason.passes for reason in reasons):
                reasons = (*reasons, _spoken(app, syndicate, partner, channel, story.id, at))
            found.append((story, channel, reasons))
    return found


def _spoken(app: App, syndicate: Syndicate, partner: Partner, channel_id: str, story_id: str, at: datetime) -> Reason:
    """The word of the partner's dialect on a story that the terms let through."""
    channel, standing = syndicate.channels(partner)[channel_id], app.store.partners.standing(channel_id, app.clock())
    aside = syndicate.rendered(syndicate.edition(partner, channel, standing, at).feed).set_aside
    reason = next((one.reason for one in aside if one.story_id == story_id), "")
    return Reason("dialect", not reason, f"set aside by {partner.dialect}: {reason}" if reason else partner.dialect)


def moment(app: App, text: str) -> datetime:
    """Read a time: ISO 8601, in the site's zone where it names none; `+2h` is so much from now. Raises `UsageError`."""
    if ahead := re.fullmatch(r"\+(\d{1,6})([smhd])", text):
        units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
        return app.clock() + timedelta(seconds=int(ahead[1]) * units[ahead[2]])
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no time; write 2026-12-01T09:00, or +2h") from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(app.settings.site.timezone))
