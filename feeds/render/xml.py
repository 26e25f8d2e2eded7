"""Atom 1.0 and RSS 2.0: feedgen builds heads and entries, `extension` supplies and corrects.

The bytes depend on the feed alone. feedgen reads the clock in its constructors, so every date that it would write is
set here; the generator is named without a version, for an upgrade is no news to subscribers.
"""

from functools import partial
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.errors import RenderError
from feeds.model.channel import Channel, Feed, Format, SetAside
from feeds.model.entry import Person
from feeds.render import safe
from feeds.render.extension import Head, Story, first_enclosure
from feeds.render.shown import Shown, address, each, home, moment, person, root, title

GENERATOR = "feeds"


class _Built:
    """An entry that was built, and found good, before the head takes it in: feedgen loses all for one that fails."""

    def __init__(self, element: etree._Element) -> None:
        element.tail = "\n"
        self.element = element

    def register_extension(self, *_: object) -> None:
        """Nothing: feedgen offers its feed's extensions to every entry it is given."""

    def atom_entry(self) -> etree._Element:
        return self.element

    rss_entry = atom_entry


def atom(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return *feed* as Atom 1.0 (RFC 4287)."""
    built, aside = each(feed, "atom", partial(_atom_entry, feed.channel))
    head = _head(feed, "atom")
    for entry in built:
        head.add_entry(entry, order="append")
    return _document(head.atom_str()), aside


def rss(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return *feed* as RSS 2.0 with the modules content, dc, atom and media."""
    built, aside = each(feed, "rss", partial(_rss_entry, feed.channel))
    head = _head(feed, "rss")
    for entry in built:
        head.add_entry(entry, order="append")
    return _document(head.rss_str()), aside


def _document(written: bytes) -> bytes:
    """*written* with the stylesheet instruction on a line of its own."""
    return written.replace(b"?><", b"?>\n<", 1) + b"\n"


def _head(feed: Feed, format: Format) -> Any:
    channel, updated = feed.channel, moment(feed.updated)
    head = FeedGenerator()
    head.id(safe.web(channel.base_url) + safe.uri(channel.path))
    head.title(title(channel))
    head.description(safe.line(channel.description) or title(channel))
    head.subtitle(safe.line(channel.description) or None)
    head.updated(updated)
    head.generator(GENERATOR)
    author = person(channel.author) or Person(name=title(channel))
    head.author(_person(author))
    if author.email:
        head.managingEditor(f"{author.email} ({author.name})")
    if language := safe.language(channel.language):
        head.language(language)
    hubs = tuple(filter(None, map(safe.web, channel.hubs)))
    for hub in hubs:
        head.link(href=hub, rel="hub")
    media_type = {"atom": "application/atom+xml", "rss": "application/rss+xml"}[format]
    head.link(href=address(channel, format), rel="self", type=media_type)
    head.link(href=home(channel), rel="alternate", type="text/html")  # last: RSS takes the last one as <link>
    _keep_the_locale(head)
    extension = partial(Head, f"{root(channel)}/static/feed.css", hubs, updated if feed.items else None)
    head.register_extension("feeds", extension)
    return head


def _keep_the_locale(head: Any) -> None:
    """Take lastBuildDate from feedgen, which would switch the locale of every thread to write it."""
    vars(head)["_FeedGenerator__rss_lastBuildDate"] = None


def _entry(channel: Channel, shown: Shown) -> Any:
    """What both formats share."""
    entry = FeedEntry()
    entry.id(shown.id)
    entry.title(shown.title)
    entry.updated(shown.updated)
    scheme = safe.web(channel.base_url) + "/"
    for category in shown.categories:
        entry.category(term=category.slug, scheme=scheme, label=category.name)
    for tag in shown.tags:
        entry.category(term=tag)
    if shown.url:
        entry.link(href=shown.url, rel="alternate")
    entry.register_extension("feeds", partial(Story, shown, safe.language(channel.language)))
    return entry


def _atom_entry(channel: Channel, shown: Shown) -> _Built:
    entry = _entry(channel, shown)
    entry.author([_person(author) for author in shown.byline])
    entry.published(shown.published)
    if shown.rights:
        entry.rights(shown.rights)
    if shown.summary:
        entry.summary(shown.summary, type="text")
    if shown.content:
        entry.content(shown.content, type="html")
    elif not shown.url:  # RFC 4287 §4.1.2: without a link there must be content
        entry.content(shown.summary or shown.title, type="text")
    return _Built(entry.atom_entry())


def _rss_entry(channel: Channel, shown: Shown) -> _Built:
    """Plain text is escaped for <description>, which readers take for HTML; a title is not.

    Content alone stands in <description>: content:encoded without one is reported, and skipped by some readers.
    """
    entry = _entry(channel, shown)
    if shown.summary:
        entry.description(safe.markup(shown.summary))
    if shown.content:
        entry.content(shown.content)
    if shown.comments:
        entry.comments(shown.comments)
    if file := first_enclosure(shown):
        entry.enclosure(file.url, file.length, file.media_type)  # length 0: unknown, by the RSS profile
    if shown.source and shown.source.feed_url:
        entry.source(shown.source.feed_url, shown.source.title)
    return _Built(entry.rss_entry())


def _person(found: Person) -> dict[str, str]:
    if not found.name:
        raise RenderError("", "an author without a name")
    return {"name": found.name, "email": found.email, "uri": found.url}
