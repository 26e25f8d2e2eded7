"""Who is read: each source with its page, its feed, and the latest story that it told here."""

from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize
from zoneinfo import ZoneInfo

from feeds.model.channel import Channel, Feed, Heard, SetAside
from feeds.model.entry import Origin
from feeds.render import frame, safe
from feeds.render.page import addresses
from feeds.render.shown import home, moment, origin
from feeds.render.words import short_day, speech


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    origin: Origin
    subjects: str
    title: str
    url: str
    published: datetime
    day: str


def render(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return the page, its sources by name."""
    channel = feed.channel
    rows = [row for row in (_row(heard, channel) for heard in feed.sources) if row]
    body = frame.page(
        "sources.html",
        feed,
        rows=sorted(rows, key=lambda row: (normalize("NFKC", row.origin.title).casefold(), row.origin.id)),
        home=home(channel).removesuffix("/") + channel.path,
        addresses=tuple(addresses(channel)),
    )
    return body, ()


def _row(heard: Heard, channel: Channel) -> _Row | None:
    found = origin(heard.origin)
    if found is None:
        return None
    published = moment(heard.published).astimezone(ZoneInfo(channel.timezone))
    return _Row(
        origin=found,
        subjects=", ".join(filter(None, map(safe.line, heard.categories))),
        title=safe.line(heard.title),
        url=safe.web(heard.url),
        published=published,
        day=short_day(published.date(), speech(channel.language)),
    )
