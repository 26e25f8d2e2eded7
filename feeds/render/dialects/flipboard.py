"""Flipboard: RSS 2.0 with the whole text and Media RSS.

By the pages that `render/gate/dialects/flipboard.py` names: at least 30 items, so give its output a `limit` of 30 or
more; the text, a picture and the author of each; hubs. They tell nothing of corrections and takedowns. A correction is
the same item with a newer `atom:updated`, a takedown leaves the item out; where stories have pages here, the page
answers with 410.
"""

from feeds.model.channel import Channel, Feed, SetAside
from feeds.render import safe
from feeds.render.dialects.rss import Dialect, Element, add, credited, document, identified, media
from feeds.render.entries import rfc822
from feeds.render.gate.dialects.asked import BODY
from feeds.render.gate.dialects.flipboard import DOCS
from feeds.render.gate.dialects.spaces import ATOM, DC, FLIPBOARD
from feeds.render.pieces import Body
from feeds.render.shown import Shown


def render(feed: Feed) -> tuple[Body, tuple[SetAside, ...]]:
    """Return *feed* for Flipboard."""
    return document(feed, _FLIPBOARD)


def _head(top: Element, feed: Feed) -> None:
    add(top, "docs", DOCS)
    for hub in filter(None, map(safe.web, feed.channel.hubs)):
        add(top, f"{{{ATOM}}}link", href=hub, rel="hub")


def _story(item: Element, shown: Shown, channel: Channel) -> None:
    identified(item, shown.id, shown.title, shown.url)
    if shown.summary:
        add(item, "description", safe.markup(shown.summary))
    add(item, "pubDate", rfc822(shown.published))
    if shown.updated > shown.published:
        add(item, f"{{{ATOM}}}updated", shown.updated.isoformat())
    credited(item, shown)
    if shown.language and shown.language.lower() != channel.language.lower():
        add(item, f"{{{DC}}}language", shown.language)
    if shown.content:
        add(item, BODY, shown.content)
    if shown.image:
        media(item, shown.image, shown.image.url)


_FLIPBOARD = Dialect(format="flipboard", spaces=FLIPBOARD, head=_head, story=_story)
