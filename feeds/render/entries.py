"""One story as an entry of Atom 1.0 or an item of RSS 2.0.

Written by ourselves: feedgen 1.0.0 takes three times as long, reads the clock for each entry, loses rel, type and
length of links (its issue 135), and knows neither atom:source in full nor Media RSS with sizes. The order of the
elements is feedgen's.
One element a line, so that a change of one story is a change of few lines.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from feeds.errors import RenderError
from feeds.model.channel import Channel
from feeds.model.entry import Enclosure, Image, Origin, Person
from feeds.render import safe
from feeds.render.episode import ITUNES, episode
from feeds.render.shown import Shown
from feeds.render.written import declared, element, in_words

DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
THREAD = "http://purl.org/syndication/thread/1.0"
ATOM_SPACES = {"dc": DC, "media": MEDIA}
RSS_MODULES = {
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "itunes": ITUNES,
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
RSS_SPACES = {
    **ATOM_SPACES,
    **RSS_MODULES,
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
"""The namespaces that heads declare, beside the formats' own, and stories count on."""

_WORDS = (
    "<title",
    "<category",
    "<source",
    "<author",
    "<dc:",
    "<media:",
    "<itunes:",
    "<atom:link",
)  # other elements hold HTML or URLs

# What validators and old readers take for the address of an enclosure: a host with a dot, then a path.
_ENCLOSURE = re.compile(r"https?://(?:[a-z0-9\-]+\.)+[a-z0-9\-]+(?::\d+)?(?:/|$)", re.IGNORECASE)


def rfc822(time: datetime) -> str:
    """`Fri, 20 Nov 2026 15:05:10 +0000`: English and with a numeric zone in every locale."""
    return format_datetime(time)


def atom_entry(channel: Channel, shown: Shown) -> bytes:
    """Return *shown* as an entry of Atom (RFC 4287 §4.1.2)."""
    language = _language(channel, shown)
    start = f'<entry xml:lang="{language}">' if language else "<entry>"
    return "\n".join((start, *_atom(channel, shown), "</entry>\n")).encode()


def rss_item(channel: Channel, shown: Shown) -> bytes:
    """Return *shown* as an item of RSS 2.0."""
    return "\n".join(("<item>", *map(_worded, _rss(channel, shown)), "</item>\n")).encode()


def _worded(found: str) -> str:
    """The element *found* with its signs as RSS asks for them where words stand.

    Source: RSS Best Practices Profile, "Character Data": `&#x26;` and `&#x3C;`, which readers that take text for HTML
    show as the signs they are more often than `&amp;` and `&lt;`.
    """
    return in_words(found) if found.startswith(_WORDS) else found


def _language(channel: Channel, shown: Shown) -> str:
    """The story's language where it is another than the channel's."""
    return shown.language if shown.language.lower() != safe.language(channel.language).lower() else ""


def _atom(channel: Channel, shown: Shown) -> Iterator[str]:
    yield element("id", shown.id)
    yield element("title", shown.title)
    yield element("updated", shown.updated.isoformat())
    for author in shown.byline:
        yield _atom_person("author", author)
    if shown.content:
        yield element("content", shown.content, type="html")
    elif not shown.url:  # RFC 4287 §4.1.2: without a link there must be content
        yield element("content", shown.summary or shown.title, type="text")
    if shown.summary:
        yield element("summary", shown.summary, type="text")
    for term, scheme, label in _categories(channel, shown):
        yield element("category", term=term, scheme=scheme, label=label)
    for one in shown.contributors:
        yield _atom_person("contributor", one)
    yield element("published", shown.published.isoformat())
    if shown.rights:
        yield element("rights", shown.rights)
    yield from _atom_links(shown)
    if shown.source:
        yield _atom_source(shown.source, shown.byline, shown.updated)
    yield from _picture(shown.image)
    for file in shown.enclosures:
        if (file.duration or _described(file)) and not _leads(file, shown):  # more than a link can say
            yield _media_file(file)
    yield from _threads(shown)
    if shown.podcast:
        yield from episode(shown.podcast, declared_once=False)


def _rss(channel: Channel, shown: Shown) -> Iterator[str]:
    """Plain text is escaped for <description>, which readers take for HTML; a title is not.

    Content alone stands in <description>: content:encoded without one is reported, and skipped by some readers.
    """
    yield element("title", shown.title)
    if (
        shown.url and "[" not in shown.url
    ):  # an IPv6 host: unknown to the URIs that RSS was written for (RFC 2396 §3.2.2)
        yield element("link", shown.url)
    if shown.summary:
        yield element("description", safe.markup(shown.summary))
    if shown.content:
        yield element("content:encoded" if shown.summary else "description", shown.content)
    yield element("guid", shown.id, isPermaLink="false")
    for term, scheme, label in _categories(channel, shown):
        yield element("category", label or term, domain=scheme)
    if shown.comments:
        yield element("comments", shown.comments)
    first = first_enclosure(shown)
    if first:
        yield element("enclosure", url=first.url, length=str(first.length), type=first.media_type)  # 0: unknown
    if shown.source and shown.source.feed_url:
        yield element("source", shown.source.title, url=shown.source.feed_url)
    yield element("pubDate", rfc822(shown.published))
    for rel, href, name in _other_places(shown):
        yield element("atom:link", href=href, rel=rel, type="text/html" if rel != "via" else "", title=name)
    yield from _rss_authors(shown.authors)
    yield from _rss_terms(shown)
    if language := _language(channel, shown):
        yield element("dc:language", language)
    yield from _picture(shown.image, next((file.title for file in shown.enclosures if _leads(file, shown)), ""))
    for file in shown.enclosures:
        if (file is not first or file.title or _described(file)) and not _leads(file, shown):
            yield _media_file(file)
    if first and first.duration:
        yield element("itunes:duration", _seconds(first))
    yield from _threads(shown)
    if shown.podcast:
        yield from episode(shown.podcast, declared_once=True)


def _rss_terms(shown: Shown) -> Iterator[str]:
    for one in shown.contributors:
        yield element("dc:contributor", one.name)
    if shown.rights:
        yield element("dc:rights", shown.rights)
    if shown.licence:
        yield element("creativeCommons:license", shown.licence)
    if shown.comments_feed:
        yield element("wfw:commentRss", shown.comments_feed)


def first_enclosure(shown: Shown) -> Enclosure | None:
    """The file for RSS's <enclosure>, of which an item may have one; others go out as media:content.

    What is heard, seen or read comes before pictures: these, galleries most of all, go with a text.
    """
    fit = [file for file in shown.enclosures if _ENCLOSURE.match(file.url)]
    return next((file for file in fit if not file.media_type.startswith("image/")), fit[0] if fit else None)


def _leads(file: Enclosure, shown: Shown) -> bool:
    """Tell whether *file* is the lead picture, which Media RSS names once."""
    return shown.image is not None and file.url == shown.image.url


def _described(file: Enclosure) -> bool:
    return bool(file.description or file.credit or file.width or file.height)


def _seconds(file: Enclosure) -> str:
    return str(round(file.duration.total_seconds())) if file.duration else ""


def _categories(channel: Channel, shown: Shown) -> Iterator[tuple[str, str, str]]:
    """Term, scheme and label of each subject and tag (RFC 4287 §4.2.2)."""
    ours = safe.web(channel.base_url) + "/" if shown.categories else ""
    for category in shown.categories:
        yield category.slug, ours, category.name
    for tag in shown.tags:
        known = shown.labels.get(tag)
        yield (known.term or tag, known.scheme, tag) if known else (tag, "", "")


def _atom_person(name: str, found: Person) -> str:
    if not found.name:
        raise RenderError("", "an author without a name")
    said = element("name", found.name)
    if found.email:
        said += element("email", found.email)
    if found.url:
        said += element("uri", found.url)
    return element(name, inner=said)


def _atom_links(shown: Shown) -> Iterator[str]:
    if shown.url:
        yield element("link", href=shown.url, rel="alternate", type="text/html")
    for file in shown.enclosures:
        size = str(file.length) if file.length else ""
        yield element("link", href=file.url, rel="enclosure", type=file.media_type, length=size, title=file.title)
    for rel, href, name in _other_places(shown):
        yield element("link", href=href, rel=rel, type="text/html" if rel != "via" else "", title=name)
    if shown.comments:
        yield element("link", href=shown.comments, rel="replies", type="text/html")  # RFC 4685 §4
    if shown.comments_feed:
        yield element("link", href=shown.comments_feed, rel="replies", type="application/atom+xml")
    if shown.licence:
        yield element("link", href=shown.licence, rel="license")  # RFC 4946 §2


def _other_places(shown: Shown) -> Iterator[tuple[str, str, str]]:
    """Relation, address and title of the other places of the story (RFC 4287 §4.2.7.2, RFC 6596)."""
    if shown.canonical:
        yield "canonical", shown.canonical, ""
    for copy in shown.copies:
        yield "related", copy.url, copy.title
    if shown.via:
        yield "via", shown.via.url or shown.via.feed_url or shown.via.id, shown.via.title


def _atom_source(origin: Origin, authors: tuple[Person, ...], updated: datetime) -> str:
    """The feed that the entry is from (RFC 4287 §4.2.11).

    Its own `updated` would change with every story it publishes and ours with it, so the entry's stands for it.
    """
    said = [
        element("id", origin.id),
        element("title", origin.title),
        element("updated", updated.isoformat()),
        element("author", inner=element("name", origin.title or authors[0].name)),
    ]
    if origin.url:
        said.append(element("link", href=origin.url, rel="alternate", type="text/html"))
    if origin.feed_url:
        said.append(element("link", href=origin.feed_url, rel="self"))
    if origin.rights:
        said.append(element("rights", origin.rights))
    if origin.icon:
        said.append(element("icon", origin.icon))
    return element("source", inner="".join(said))


def _rss_authors(authors: tuple[Person, ...]) -> Iterator[str]:
    """One author with an address as <author>, else every name as dc:creator.

    RSS's <author> is an address; both elements together are reported as the same thing said twice.
    """
    match authors:
        case (Person(email=email, name=name),) if email:
            yield element("author", f"{email} ({name})")
        case _:
            for author in authors:
                yield element("dc:creator", author.name)


def _picture(image: Image | None, title: str = "") -> Iterator[str]:
    """The lead image by Media RSS 1.5.1: as content, and as thumbnail for readers that look only there.

    *title* is that of the same picture as a file, for which RSS's enclosure has no room.
    """
    if not image:
        return
    size = {"width": str(image.width or ""), "height": str(image.height or "")}
    kind = safe.media_type("", image.url)
    kind = kind if kind.startswith("image/") else ""
    said = _captions(title, image.alt, image.credit)
    yield element("media:content", inner=said, url=image.url, type=kind, medium="image", **size)
    yield element("media:thumbnail", url=image.url, **size)


def _media_file(file: Enclosure) -> str:
    """One file by Media RSS 1.5.1; those of one item are a gallery (§ media:content: "one or more")."""
    kind = file.media_type.partition("/")[0]
    return element(
        "media:content",
        inner=_captions(file.title, file.description, file.credit),
        url=file.url,
        type=file.media_type,
        medium=kind if kind in ("image", "audio", "video") else "document",
        fileSize=str(file.length or ""),
        duration=_seconds(file),
        width=str(file.width or ""),
        height=str(file.height or ""),
    )


def _captions(title: str, description: str, credit: str) -> str:
    """The words that go with a picture or file. A credit without a role is anybody's who made it."""
    said = element("media:title", title, type="plain") if title else ""
    if description:
        said += element("media:description", description, type="plain")
    return said + (element("media:credit", credit) if credit else "")


def _threads(shown: Shown) -> Iterator[str]:
    """What the story answers (RFC 4685 §3)."""
    for reply in shown.answers:
        kind = "text/html" if reply.url else ""
        yield declared("thr", THREAD, "in-reply-to", ref=reply.id, href=reply.url, type=kind)
