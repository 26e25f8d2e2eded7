"""Atom 1.0 and RSS 2.0: feedgen builds heads, `extension` supplies and corrects; `entries` writes the stories.

The bytes depend on the feed alone. feedgen reads the clock in its constructors, so every date that it would write is
set here; the generator is named without a version, for an upgrade is no news to subscribers.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from xml.sax.saxutils import quoteattr

from feedgen.feed import FeedGenerator

from feeds.errors import RenderError
from feeds.model.channel import Channel, Feed, Format, SetAside
from feeds.model.entry import Person
from feeds.render import safe
from feeds.render.entries import atom_entry, rfc822, rss_item
from feeds.render.extension import Head
from feeds.render.gate.ours import head_fault
from feeds.render.pieces import Body, Heads, Piece, joined, piece, pieces
from feeds.render.shown import address, gone, home, moment, pages, person, root, title
from feeds.render.written import in_words

GENERATOR = "feeds"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"

_ATOM_TAIL = piece(b"</feed>\n")
_RSS_TAIL = piece(b"</channel>\n</rss>\n")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def atom(feed: Feed) -> tuple[Body, tuple[SetAside, ...]]:
    """Return *feed* as Atom 1.0 (RFC 4287)."""
    entries, aside = pieces(feed, "atom", partial(atom_entry, feed.channel))
    return joined([*_head(feed, "atom"), *_tombstones(feed), *entries, _ATOM_TAIL]), aside


def rss(feed: Feed) -> tuple[Body, tuple[SetAside, ...]]:
    """Return *feed* as RSS 2.0 with the modules content, dc, atom and media."""
    items, aside = pieces(feed, "rss", partial(rss_item, feed.channel))
    told = _tombstones(feed) if feed.channel.private else []  # RSS has no words of its own for what is gone
    return joined([*_head(feed, "rss"), *told, *items, _RSS_TAIL]), aside


def _tombstones(feed: Feed) -> list[Piece]:
    """What is gone, for readers and partners that take RFC 6721's word for it; its reason is the desk's own."""
    lines = [
        f'<at:deleted-entry xmlns:at="{TOMBSTONES}" ref={quoteattr(one.id)} when="{one.at.isoformat()}"/>\n'
        for one in gone(feed)
    ]
    return [piece("".join(lines).encode())] if lines else []


def _head(feed: Feed, format: Format) -> list[Piece]:
    """All that stands before the stories: what changes with them is the date alone."""
    before, *after = _HEADS.get(feed, format)
    updated = moment(feed.updated)
    said = updated.isoformat() if format == "atom" else rfc822(updated)
    return [before, piece(said.encode()), *after] if after else [before]


def _written(channel: Channel, format: Format, dated: bool) -> tuple[Piece, ...]:
    """The head as feedgen writes it, cut where its date goes.

    The date that stands in cannot stand elsewhere as an element: in texts `<` is escaped.
    """
    head = FeedGenerator()
    head.id(safe.web(channel.base_url) + safe.uri(channel.path))
    head.title(title(channel))
    head.description(safe.line(channel.description) or title(channel))
    head.subtitle(safe.line(channel.description) or None)
    head.updated(_EPOCH)
    head.generator(GENERATOR)
    author = person(channel.author) or Person(name=title(channel))
    head.author(_person(author))
    if author.email:
        head.managingEditor(f"{author.email} ({author.name})")
    if language := safe.language(channel.language):
        head.language(language)
    icon, logo = safe.web(channel.brand.icon), safe.web(channel.brand.logo)
    if format == "atom":
        head.icon(icon or None)  # RFC 4287 §4.2.5: square; §4.2.8: twice as wide as high
        head.logo(logo or None)
    elif image := icon or logo:
        head.image(url=image, title=title(channel), link=home(channel))
    hubs = tuple(filter(None, map(safe.web, channel.hubs)))
    for hub in hubs:
        head.link(href=hub, rel="hub")
    media_type = {"atom": "application/atom+xml", "rss": "application/rss+xml"}[format]
    head.link(href=address(channel, format), rel="self", type=media_type)
    head.link(href=home(channel), rel="alternate", type="text/html")  # last: RSS takes the last one as <link>
    _keep_the_locale(head)
    style, updated = f"{root(channel)}/static/feed.css", _EPOCH if dated else None
    head.register_extension("feeds", partial(_extension, channel, style, hubs, updated, format))
    document: bytes = head.atom_str() if format == "atom" else in_words(head.rss_str().decode()).encode()
    tail = _ATOM_TAIL if format == "atom" else _RSS_TAIL
    if fault := head_fault(document, address(channel, format)):
        raise RenderError("", fault)
    # the stylesheet instruction on a line of its own
    written = (document.replace(b"?><", b"?>\n<", 1) + b"\n").removesuffix(tail.raw)
    name, date = (b"updated", _EPOCH.isoformat()) if format == "atom" else (b"lastBuildDate", rfc822(_EPOCH))
    before, found, after = written.partition(b"<%s>%s</%s>" % (name, date.encode(), name))
    return (piece(before + b"<%s>" % name), piece(b"</%s>" % name + after)) if found else (piece(written),)


def _extension(channel: Channel, style: str, hubs: tuple[str, ...], updated: datetime | None, format: Format) -> Head:
    archive = bool(channel.archived.period)
    return Head(style, hubs, updated, pages(channel, format), rss=format == "rss", archive=archive)


_HEADS = Heads(_written)


def _keep_the_locale(head: Any) -> None:
    """Take lastBuildDate from feedgen, which would switch the locale of every thread to write it."""
    vars(head)["_FeedGenerator__rss_lastBuildDate"] = None


def _person(found: Person) -> dict[str, str]:
    if not found.name:
        raise RenderError("", "an author without a name")
    return {"name": found.name, "email": found.email, "uri": found.url}
