"""What a partner would see, now or at a time to come, and why."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from feeds.app import look
from feeds.app.build import App
from feeds.app.partners import named, office
from feeds.core import agreement
from feeds.core.agreement import Deal
from feeds.errors import UsageError
from feeds.model.channel import Feed, Rendition
from feeds.model.partner import Reason
from feeds.model.story import Story


class Preview(NamedTuple):
    """What a channel says to a partner, as a document where it may go out, and which rules held back what.

    *back* names a rule, how many stories it holds back first of all, and when time alone lets the first of them out.
    """

    feed: Feed
    rendition: Rendition | None
    stories: int
    back: tuple[tuple[str, int, datetime | None], ...]


def preview(app: App, id: str, at: datetime, channel_id: str = "") -> Iterator[Preview]:
    """Give what each channel of a partner says at *at*, as it would be sent. Nothing of it is noted."""
    partner, desk = named(app, id), office(app)
    channels = desk.channels(partner)
    if channel_id and channel_id not in channels:
        raise UsageError(f"{id} has no channel {channel_id!r}; it has: {', '.join(channels)}")
    for channel in [channels[channel_id]] if channel_id else channels.values():
        standing = app.store.partners.standing(channel.id, app.clock())
        feed, stories = desk.edition(partner, channel, standing, at).feed, desk.stories(channel.id, standing)
        yield Preview(feed, desk.render(feed), len(stories), _held_back(desk.deal(partner), feed, stories, at))


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
    partner, desk = named(app, id), office(app)
    deal, channels = desk.deal(partner), desk.channels(partner)
    found = []
    for story in look.why(app, what).stories:
        bare = agreement.bare(story)
        mine = [c for c in channels if c in story.channels]
        if not mine:
            names = ", ".join(channels) or "none"
            reason = Reason("channel", False, f"it is in none of the partner's channels ({names})")
            found.append((story, "", (reason, *agreement.judge(bare, deal, at))))
        for channel in mine:
            others = desk.stories(channel, app.store.partners.standing(channel, app.clock()))
            inside = Reason("channel", True, f"it is in {channel}")
            found.append((story, channel, (inside, *agreement.explain(bare, others, deal, at))))
    return found


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
