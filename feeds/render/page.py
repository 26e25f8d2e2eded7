"""A channel as a page: stories by day, copies folded, addresses to subscribe to. No script, nothing from elsewhere
but pictures.

Only plain text of stories is shown, escaped by the template; their HTML stays in the feeds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from feeds.model.channel import MEDIA_TYPES, Channel, Feed, Format, SetAside
from feeds.model.entry import Image
from feeds.render import safe
from feeds.render.pieces import each
from feeds.render.shown import Shown, address, home, moment, root, title
from feeds.render.static import STYLE
from feeds.render.words import day, speech, words

EXCERPT = 280  # characters; about three lines of the page

PAGES = Environment(
    loader=PackageLoader("feeds.render", "templates"),
    autoescape=True,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)
_LABELS: Mapping[Format, str] = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed", "opml": "OPML"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A name, with the page to go to where there is one."""

    name: str
    url: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One story as the page shows it. *time* is the wall clock of the channel's zone."""

    shown: Shown
    time: datetime
    source: str
    excerpt: str
    image: Image | None
    subjects: tuple[Place, ...]  # the story's categories, less the page's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    name: str
    date: str  # ISO 8601
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One way to subscribe."""

    label: str
    url: str
    path: str
    media_type: str
    use: str


def render(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return *feed* as one HTML page."""
    channel, spoken = feed.channel, speech(feed.channel.language)
    zone = ZoneInfo(channel.timezone)
    pages = {c.category.slug: local(home(c)) for c in (channel, *feed.others) if c.category and "html" in c.formats}
    cards, aside = each(feed, "html", lambda told: _card(told.shown, channel, zone, pages))
    brand = next((c for c in (channel, *feed.others) if c.category is None), channel)
    document = PAGES.get_template("channel.html").render(
        channel=channel,
        title=title(channel),
        description=safe.line(channel.description),
        language=safe.language(channel.language) or spoken,
        home=home(channel),
        brand=Place(name=title(brand), url=local(home(brand)), here=brand.id == channel.id),
        channels=navigation(feed, words(spoken)),
        addresses=tuple(_addresses(channel, words(spoken))),
        days=tuple(_days(cards, spoken)),
        updated=moment(feed.updated).astimezone(zone) if cards else None,
        style=root(channel) + STYLE,
        base=root(channel),
        say=words(spoken),
    )
    return document.encode(), aside


def _card(shown: Shown, channel: Channel, zone: ZoneInfo, pages: Mapping[str, str]) -> Card:
    source = shown.source.title if shown.source else ", ".join(author.name for author in shown.authors)
    return Card(
        shown=shown,
        time=shown.published.astimezone(zone),
        source=source,
        excerpt=clipped(shown.summary, EXCERPT),
        image=shown.image if shown.image and may_show(shown.image.url, channel) else None,
        subjects=tuple(
            Place(name=category.name, url=pages.get(category.slug, ""))
            for category in shown.categories
            if not channel.category or category.slug != channel.category.slug
        ),
    )


def may_show(url: str, channel: Channel) -> bool:
    """The pages' policy admits pictures by https, and those of the site itself: others would only leave a gap."""
    return url.startswith(("https://", safe.web(channel.base_url) + "/"))


def _days(cards: Iterable[Card], spoken: str) -> Iterable[Day]:
    for when, of_day in groupby(cards, key=lambda card: card.time.date()):
        yield Day(name=day(when, spoken), date=date.isoformat(when), cards=tuple(of_day))


def navigation(feed: Feed, say: Mapping[str, str]) -> list[Place]:
    """All channels that have pages, the current one among them: the whole river first, then by title."""
    channels = {channel.id: channel for channel in (feed.channel, *feed.others) if "html" in channel.formats}
    ordered = sorted(channels.values(), key=lambda c: (c.category is not None, title(c), c.id))
    rivers = sum(c.category is None for c in ordered)
    return [Place(name=_named(c, rivers, say), url=local(home(c)), here=c.id == feed.channel.id) for c in ordered]


def _named(channel: Channel, rivers: int, say: Mapping[str, str]) -> str:
    """A channel's name among others: its subject; the only river is all there is, and several need their titles."""
    if channel.category:
        return safe.line(channel.category.name) or title(channel)
    return say["all"] if rivers == 1 else title(channel)


def _addresses(channel: Channel, say: Mapping[str, str]) -> Iterable[Address]:
    for format, label in _LABELS.items():
        if format in channel.formats:
            media_type = MEDIA_TYPES[format].partition(";")[0]
            url = address(channel, format)
            yield Address(label=label, url=url, path=local(url), media_type=media_type, use=say[format])


def local(url: str) -> str:
    """*url* without its host: links within the site work wherever a copy of it is looked at."""
    return urlsplit(url).path or "/"


def clipped(value: str, limit: int) -> str:
    """*value* as one line of at most *limit* characters, cut between words where it can be, with an ellipsis."""
    line = safe.line(value)
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    words, blank, _ = head.rpartition(" ")
    return (words if blank and len(words) > limit // 2 else head).rstrip(" ,.;:·") + "…"
