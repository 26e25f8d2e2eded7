"""A channel as a page: stories by day, copies folded, addresses to subscribe to. No script, nothing from elsewhere
but pictures.

Only plain text of stories is shown, escaped by the template; their HTML stays in the feeds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup

from feeds.model.channel import MEDIA_TYPES, Channel, Feed, Format, SetAside
from feeds.model.entry import Enclosure, Image
from feeds.render import frame, safe
from feeds.render.frame import Place, clipped, local, may_show
from feeds.render.pieces import each
from feeds.render.shown import Shown, address, home, moment, root, title
from feeds.render.words import day, speaker, speech

EXCERPT = 280  # characters; about three lines of the page
FILES = 3  # of a story in a list

_LABELS: Mapping[Format, str] = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed", "opml": "OPML"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One story as pages list it. *time* is the wall clock of the channel's zone."""

    shown: Shown
    time: datetime
    title: str | Markup
    link: str  # '' where the story is nowhere else
    source: str
    excerpt: str | Markup
    image: Image | None
    files: tuple[Enclosure, ...]  # to be heard, seen or read; its pictures are on its own page
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
    """Return *feed* as one HTML page: the newest *limit* of its stories where that leads on to the others."""
    shown = feed.items[: feed.channel.limit] if feed.older else feed.items
    return _page(replace(feed, items=shown), before="", newer="")


def older(feed: Feed, before: str, newer: str) -> bytes:
    """Return *feed*, which lies behind the point *before*, as a page; *newer* is as `behind` takes it."""
    return _page(feed, before=before, newer=behind(feed.channel, newer))[0]


def behind(channel: Channel, point: str) -> str:
    """Where the stories of a channel are that lie behind a point of that name; the newest of all for ''."""
    return local(home(channel)) + _asked(point)


def _asked(point: str) -> str:
    return f"?before={quote(point, safe=':,/@')}" if point else ""


def _page(feed: Feed, *, before: str, newer: str) -> tuple[bytes, tuple[SetAside, ...]]:
    channel = feed.channel
    zone = ZoneInfo(channel.timezone)
    pages = paths(feed)
    cards, aside = each(feed, "html", lambda told: card(told.shown, channel, zone, pages))
    body = frame.page(
        "channel.html",
        feed,
        title=title(channel),
        heading=frame.named(channel),
        description=_description(channel),
        address=home(channel) + _asked(before),
        newest=behind(channel, ""),
        addresses=tuple(addresses(channel, feed.others)),
        days=tuple(_days(cards, speech(channel.language))),
        updated=moment(feed.updated).astimezone(zone) if cards else None,
        before=before,
        newer=newer,
        older=behind(channel, feed.older) if feed.older else "",
        subjects=() if before or channel.category else frame.subjects(feed),
    )
    return body, aside


def paths(feed: Feed) -> Mapping[str, str]:
    """Where each category has its page, by slug."""
    return {c.category.slug: local(home(c)) for c in (feed.channel, *feed.others) if c.category and "html" in c.formats}


def card(shown: Shown, channel: Channel, zone: ZoneInfo, pages: Mapping[str, str]) -> Card:
    """Return *shown* as a page of *channel* lists it."""
    source = shown.source.title if shown.source else ", ".join(author.name for author in shown.authors)
    return Card(
        shown=shown,
        time=shown.published.astimezone(zone),
        title=shown.title,
        link=root(channel) + shown.page if shown.page and not shown.source else shown.url,
        source=source,
        excerpt=clipped(shown.summary, EXCERPT),
        image=shown.image if shown.image and may_show(shown.image.url, channel) else None,
        files=tuple(f for f in shown.enclosures if not f.media_type.startswith("image/"))[:FILES],
        subjects=tuple(
            Place(name=category.name, url=pages.get(category.slug, ""))
            for category in shown.categories
            if not channel.category or category.slug != channel.category.slug
        ),
    )


def _description(channel: Channel) -> str:
    """What a channel says of itself; a title said twice says nothing."""
    said = safe.line(channel.description)
    return "" if said == title(channel) else said


def _days(cards: Iterable[Card], spoken: str) -> Iterable[Day]:
    for when, of_day in groupby(cards, key=lambda card: card.time.date()):
        yield Day(name=day(when, spoken), date=date.isoformat(when), cards=tuple(of_day))


def addresses(channel: Channel, others: Iterable[Channel] = ()) -> Iterable[Address]:
    """Give the ways to subscribe to a channel, in the order in which pages offer them.

    A category has no list of its own as a rule: the front page's among *others* is offered with it.
    """
    say = speaker(speech(channel.language)).gettext
    uses: Mapping[Format, str] = {
        "atom": say("most feed readers"),
        "rss": say("all readers, podcasts"),
        "json": say("programs, newer readers"),
        "opml": say("all sources at once") if "sources" in channel.formats else say("all sections at once"),
    }
    for format, label in _LABELS.items():
        whose = channel if format in channel.formats else None
        if format == "opml" and channel.category and not whose:
            whose = next((c for c in others if c.category is None and "opml" in c.formats), None)
        if whose:
            media_type = MEDIA_TYPES[format].partition(";")[0]
            url = address(whose, format)
            yield Address(label=label, url=url, path=local(url), media_type=media_type, use=uses[format])
