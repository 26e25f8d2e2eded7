"""SmartNews: SmartFormat 2.1, which is RSS 2.0 with the module `snf`.

By the pages that `render/gate/dialects/smartnews.py` names:

- A story has its whole text, `media:status` active, the site's `snf:analytics`, and one logo for all.
- A correction is taken over where `pubDate` moved, so that `pubDate` is when the story was last changed.
- A takedown: the item stays, `media:status` says deleted, and `pubDate` is when; leaving the item out deletes nothing.
  Its text is its title, for an item without one is refused.

- An article is known by its address, which is to bear no utm parameters: they are left out.

A document holds as many of the newest stories as fit into a megabyte.
"""

from urllib.parse import urlsplit, urlunsplit

from lxml import etree

from feeds.model.channel import Channel, Feed, SetAside
from feeds.render import safe
from feeds.render.dialects.rss import Dialect, Element, add, credited, document, identified
from feeds.render.entries import rfc822
from feeds.render.gate.dialects.asked import BODY
from feeds.render.gate.dialects.smartnews import ANALYTICS, DARK, LOGO, MOST, STATUS
from feeds.render.gate.dialects.spaces import DC, MEDIA, SMARTNEWS
from feeds.render.pieces import Body
from feeds.render.shown import Gone, Shown, moment

TTL = "5"  # minutes; "1 to 5" in the Japanese specification


def render(feed: Feed) -> tuple[Body, tuple[SetAside, ...]]:
    """Return *feed* for SmartNews."""
    return document(feed, _SMARTNEWS)


def _head(top: Element, feed: Feed) -> None:
    add(top, "pubDate", rfc822(moment(feed.updated)))
    add(top, "ttl", TTL)
    brand = feed.channel.brand
    for name, address in ((LOGO, safe.web(brand.logo)), (DARK, safe.web(brand.dark_logo))):
        if address:
            add(etree.SubElement(top, name), "url", address)


def _story(item: Element, shown: Shown, channel: Channel) -> None:
    identified(item, shown.id, shown.title, _bare(shown.url))
    if shown.summary:
        add(item, "description", safe.markup(shown.summary))
    add(item, "pubDate", rfc822(shown.updated))
    credited(item, shown)
    if shown.language and shown.language.lower() != channel.language.lower():
        add(item, f"{{{DC}}}language", shown.language)
    if shown.content:
        add(item, BODY, shown.content)
    if shown.image:
        add(item, f"{{{MEDIA}}}thumbnail", url=shown.image.url)
    add(item, STATUS, state="active")
    if analytics := safe.text(channel.brand.analytics).strip():
        add(item, ANALYTICS, analytics)


def _gone(item: Element, gone: Gone, channel: Channel) -> None:
    del channel
    identified(item, gone.id, gone.title, _bare(gone.url))
    add(item, "pubDate", rfc822(gone.at))
    add(item, BODY, safe.markup(gone.title))
    add(item, STATUS, state="deleted")


def _bare(url: str) -> str:
    """Return *url* without utm parameters, whoever added them."""
    parts = urlsplit(url)
    kept = [part for part in parts.query.split("&") if not part.startswith("utm_")]
    return urlunsplit(parts._replace(query="&".join(kept))) if "utm_" in parts.query else url


_SMARTNEWS = Dialect(format="smartnews", spaces=SMARTNEWS, head=_head, story=_story, gone=_gone, linked=True, most=MOST)
