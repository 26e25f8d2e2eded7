"""Our extension of feedgen: what it lacks or gets wrong.

feedgen 1.0.0 builds each entry and each head; then it calls `extend_atom` or `extend_rss` here with the element.
It loses rel, type and length of entry links (its issue 135), knows neither atom:source in full nor Media RSS with
sizes, writes no hub into RSS, and formats RFC 822 dates by switching the locale of the whole process.
In an Atom tree its elements have no namespace (`xmlns` is a plain attribute of the root), so ours have none either.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from feeds.model.entry import Enclosure, Image, Origin, Person
from feeds.render import safe
from feeds.render.episode import ITUNES, add_episode
from feeds.render.shown import Shown

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
FH = "http://purl.org/syndication/history/1.0"
RSS_MODULES = {
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "itunes": ITUNES,
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
THREAD = "http://purl.org/syndication/thread/1.0"
ATOM_SPACES = {"dc": DC, "media": MEDIA}
RSS_SPACES = {**ATOM_SPACES, **RSS_MODULES, "atom": ATOM, "content": CONTENT}
"""The namespaces that heads declare, beside the formats' own, and stories count on."""
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# What validators and old readers take for the address of an enclosure: a host with a dot, then a path.
_ENCLOSURE = re.compile(r"https?://(?:[a-z0-9\-]+\.)+[a-z0-9\-]+(?::\d+)?(?:/|$)", re.IGNORECASE)

Element = etree._Element


def rfc822(time: datetime) -> str:
    """`Fri, 20 Nov 2026 15:05:10 +0000`: English and with a numeric zone in every locale."""
    return format_datetime(time)


def first_enclosure(shown: Shown) -> Enclosure | None:
    """The file for RSS's <enclosure>, of which an item may have one; others go out as media:content.

    What is heard, seen or read comes before pictures: these, galleries most of all, go with a text.
    """
    fit = [file for file in shown.enclosures if _ENCLOSURE.match(file.url)]
    return next((file for file in fit if not _is_picture(file)), fit[0] if fit else None)


class Head:
    """The feed's own elements. *style* is the address of the CSS that browsers show the bare feed with.

    *pages* are the documents around this one by their relation (RFC 5005 §4); an *archive* says that it is one.
    """

    def __init__(
        self,
        style: str,
        hubs: tuple[str, ...],
        updated: datetime | None,
        pages: Mapping[str, str],
        *,
        rss: bool,
        archive: bool,
    ) -> None:
        self.style, self.hubs, self.updated, self.pages = style, hubs, updated, pages
        self.rss, self.archive = rss, archive

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DC, "media": MEDIA, **(RSS_MODULES if self.rss else {}), **({"fh": FH} if self.archive else {})}

    def extend_atom(self, feed: Element) -> None:
        for relation, address in self.pages.items():
            _add(feed, "link", href=address, rel=relation, type="application/atom+xml")
        if self.archive:
            _add(feed, f"{{{FH}}}archive")
        _style(feed, self.style)
        _lines(feed)

    def extend_rss(self, rss: Element) -> None:
        channel = rss[0]
        if self.updated:
            _add(channel, "lastBuildDate", rfc822(self.updated))
        for hub in self.hubs:
            _add(channel, f"{{{ATOM}}}link", href=hub, rel="hub")
        for relation, address in self.pages.items():
            _add(channel, f"{{{ATOM}}}link", href=address, rel=relation, type="application/rss+xml")
        if self.archive:
            _add(channel, f"{{{FH}}}archive")
        _style(rss, self.style)
        _lines(rss)
        _lines(channel)


class Story:
    """One entry's elements."""

    def __init__(self, shown: Shown, language: str) -> None:
        self.shown = shown
        self.language = shown.language if shown.language.lower() != language.lower() else ""

    def extend_atom(self, entry: Element) -> None:
        shown = self.shown
        if self.language:
            entry.set(_LANG, self.language)
        for wrong in entry.findall("link"):
            entry.remove(wrong)
        _atom_links(entry, shown)
        if shown.source:
            _atom_source(entry, shown.source, shown.byline, shown.updated)
        _pictures(entry, shown.image)
        for file in shown.enclosures:
            if (file.duration or _described(file)) and not _leads(file, shown):  # more than a link can say
                _media_file(entry, file)
        _thread_and_episode(entry, shown)
        _lines(entry)

    def extend_rss(self, item: Element) -> None:
        shown = self.shown
        if "[" in shown.url and (link := item.find("link")) is not None:
            item.remove(link)  # an IPv6 host, which the URIs that RSS was written for do not know (RFC 2396 §3.2.2)
        _add(item, "pubDate", rfc822(shown.published))
        _rss_authors(item, shown.authors)
        for one in shown.contributors:
            _add(item, f"{{{DC}}}contributor", one.name)
        if shown.rights:
            _add(item, f"{{{DC}}}rights", shown.rights)
        if shown.licence:
            _add(item, f"{{{RSS_MODULES['creativeCommons']}}}license", shown.licence)
        if shown.comments_feed:
            _add(item, f"{{{RSS_MODULES['wfw']}}}commentRss", shown.comments_feed)
        if self.language:
            _add(item, f"{{{DC}}}language", self.language)
        _pictures(item, shown.image, next((file.title for file in shown.enclosures if _leads(file, shown)), ""))
        first = first_enclosure(shown)
        for file in shown.enclosures:
            if (file is not first or file.title or _described(file)) and not _leads(file, shown):
                _media_file(item, file)
        if first and first.duration:
            _add(item, f"{{{ITUNES}}}duration", _seconds(first))
        _thread_and_episode(item, shown)
        _lines(item)


def _is_picture(file: Enclosure) -> bool:
    return file.media_type.startswith("image/")


def _leads(file: Enclosure, shown: Shown) -> bool:
    """Tell whether *file* is the lead picture, which Media RSS names once."""
    return shown.image is not None and file.url == shown.image.url


def _described(file: Enclosure) -> bool:
    return bool(file.description or file.credit or file.width or file.height)


def _seconds(file: Enclosure) -> str:
    return str(round(file.duration.total_seconds())) if file.duration else ""


def _thread_and_episode(entry: Element, shown: Shown) -> None:
    for reply in shown.answers:
        said = {"ref": reply.id, "href": reply.url, "type": "text/html" if reply.url else ""}
        said = {key: value for key, value in said.items() if value}
        etree.SubElement(entry, f"{{{THREAD}}}in-reply-to", said, nsmap={"thr": THREAD})  # RFC 4685 §3
    if shown.podcast:
        add_episode(entry, shown.podcast)


def _atom_links(entry: Element, shown: Shown) -> None:
    if shown.url:
        _add(entry, "link", href=shown.url, rel="alternate", type="text/html")
    for file in shown.enclosures:
        size = str(file.length) if file.length else ""
        _add(entry, "link", href=file.url, rel="enclosure", type=file.media_type, length=size, title=file.title)
    for copy in shown.copies:
        _add(entry, "link", href=copy.url, rel="related", type="text/html", title=copy.title)
    if shown.via:
        _add(entry, "link", href=shown.via.url or shown.via.feed_url or shown.via.id, rel="via", title=shown.via.title)
    if shown.comments:
        _add(entry, "link", href=shown.comments, rel="replies", type="text/html")  # RFC 4685 §4
    if shown.comments_feed:
        _add(entry, "link", href=shown.comments_feed, rel="replies", type="application/atom+xml")
    if shown.licence:
        _add(entry, "link", href=shown.licence, rel="license")  # RFC 4946 §2


def _atom_source(entry: Element, origin: Origin, authors: tuple[Person, ...], updated: datetime) -> None:
    """The feed that the entry is from (RFC 4287 §4.2.11).

    Its own `updated` would change with every story it publishes and ours with it, so the entry's stands for it.
    """
    source = _add(entry, "source")
    _add(source, "id", origin.id)
    _add(source, "title", origin.title)
    _add(source, "updated", updated.isoformat())
    _add(_add(source, "author"), "name", origin.title or authors[0].name)
    if origin.url:
        _add(source, "link", href=origin.url, rel="alternate", type="text/html")
    if origin.feed_url:
        _add(source, "link", href=origin.feed_url, rel="self")
    if origin.rights:
        _add(source, "rights", origin.rights)
    if origin.icon:
        _add(source, "icon", origin.icon)


def _rss_authors(item: Element, authors: tuple[Person, ...]) -> None:
    """One author with an address as <author>, else every name as dc:creator.

    RSS's <author> is an address; both elements together are reported as the same thing said twice.
    """
    match authors:
        case (Person(email=email, name=name),) if email:
            _add(item, "author", f"{email} ({name})")
        case _:
            for author in authors:
                _add(item, f"{{{DC}}}creator", author.name)


def _pictures(entry: Element, image: Image | None, title: str = "") -> None:
    """The lead image by Media RSS 1.5.1: as content, and as thumbnail for readers that look only there.

    *title* is that of the same picture as a file, for which RSS's enclosure has no room.
    """
    if not image:
        return
    size = {"width": str(image.width or ""), "height": str(image.height or "")}
    kind = safe.media_type("", image.url)
    kind = kind if kind.startswith("image/") else ""
    content = _add(entry, f"{{{MEDIA}}}content", url=image.url, type=kind, medium="image", **size)
    _captions(content, title, image.alt, image.credit)
    _add(entry, f"{{{MEDIA}}}thumbnail", url=image.url, **size)


def _media_file(item: Element, file: Enclosure) -> None:
    """One file by Media RSS 1.5.1; those of one item are a gallery (§ media:content: "one or more")."""
    kind = file.media_type.partition("/")[0]
    content = _add(
        item,
        f"{{{MEDIA}}}content",
        url=file.url,
        type=file.media_type,
        medium=kind if kind in ("image", "audio", "video") else "document",
        fileSize=str(file.length or ""),
        duration=_seconds(file),
        width=str(file.width or ""),
        height=str(file.height or ""),
    )
    _captions(content, file.title, file.description, file.credit)


def _captions(content: Element, title: str = "", description: str = "", credit: str = "") -> None:
    """The words that go with a picture or file. A credit without a role is anybody's who made it."""
    if title:
        _add(content, f"{{{MEDIA}}}title", title, type="plain")
    if description:
        _add(content, f"{{{MEDIA}}}description", description, type="plain")
    if credit:
        _add(content, f"{{{MEDIA}}}credit", credit)


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A new last child; attributes that are '' are left out."""
    child = etree.SubElement(parent, name, {k: v for k, v in attributes.items() if v})
    if text:
        child.text = text
    return child


def _style(top: Element, address: str) -> None:
    """Browsers apply CSS to feeds; XSLT, which did more, is being removed from them."""
    top.addprevious(etree.ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{address}"'))


def _lines(parent: Element) -> None:
    """One line a child, so that a change of one story is a change of few lines. Only blanks between elements."""
    parent.text = "\n"
    for child in parent:
        child.tail = "\n"
