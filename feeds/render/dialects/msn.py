"""MSN: RSS 2.0 with Media RSS and Microsoft's own module (`mi`).

By the pages that `render/gate/dialects/msn.py` names:

- A story: its id and its date of publication never move; `dcterms:modified` is when it last changed.
- A correction: a newer `dcterms:modified`, without which it is passed over. A picture is fetched anew only from a new
  address, so that those of the site itself bear the date of the correction in theirs.
- A takedown: the item stays, with the same id, an expiry in the past and a newer `dcterms:modified`. The expiry is set
  a day before, so that no clock has it in the future.

A title beyond 150 characters is refused but for a short one beside it. `mi:hasSyndicationRights` is left out: whether
there are such rights is nothing that a feed tells us.
"""

import re
from datetime import timedelta
from functools import partial

from feeds.model.channel import Channel, Feed, SetAside
from feeds.render import safe
from feeds.render.dialects.rss import Dialect, Element, add, credited, document, identified, media
from feeds.render.entries import rfc822
from feeds.render.gate.dialects.msn import EXPIRY, LONGEST, MODIFIED, SHORT
from feeds.render.gate.dialects.spaces import CONTENT, DC, MEDIA, MI, MSN
from feeds.render.pieces import Body
from feeds.render.shown import Gone, Shown, home

BEFORE = timedelta(days=1)
_PICTURE = re.compile(r'(<img\b[^<>]*?\ssrc=")([^"]+)(")')


def render(feed: Feed) -> tuple[Body, tuple[SetAside, ...]]:
    """Return *feed* for MSN."""
    return document(feed, _MSN)


def _head(_channel: Element, _feed: Feed) -> None:
    """Nothing beyond RSS."""


def _story(item: Element, shown: Shown, channel: Channel) -> None:
    fresh = partial(_fresh, shown=shown, ground=safe.web(channel.base_url) + "/")
    identified(item, shown.id, shown.title, shown.url)
    if len(shown.title) > LONGEST:
        add(item, f"{{{MI}}}shortTitle", _short(shown.title))
    if shown.summary:
        add(item, "description", safe.markup(shown.summary))
    add(item, "pubDate", rfc822(shown.published))
    add(item, MODIFIED, shown.updated.isoformat())
    credited(item, shown)
    if shown.tags:
        add(item, f"{{{MEDIA}}}keywords", ", ".join(shown.tags))
    if shown.language and shown.language.lower() != channel.language.lower():
        add(item, f"{{{DC}}}language", shown.language)
    if shown.content:
        content = _PICTURE.sub(lambda m: m[1] + fresh(m[2], joint="&amp;") + m[3], shown.content)
        add(item, f"{{{CONTENT}}}encoded", content)
    if shown.image:
        media(item, shown.image, fresh(shown.image.url))


def _gone(item: Element, gone: Gone, channel: Channel) -> None:
    identified(item, gone.id, gone.title, gone.url or home(channel))
    add(item, "pubDate", rfc822(gone.published))
    add(item, MODIFIED, max(gone.at, gone.published + timedelta(seconds=1)).isoformat())
    for name in EXPIRY:
        add(item, name, (gone.at - BEFORE).isoformat())


def _short(title: str) -> str:
    """The first words of *title*; a word that is too long by itself is cut."""
    cut = title[:SHORT]
    return (cut.rpartition(" ")[0] or cut[:-1]).rstrip() + "…"


def _fresh(url: str, shown: Shown, ground: str, joint: str = "&") -> str:
    """The address of a picture of the site's own, another one for each correction of its story."""
    if shown.updated <= shown.published or not url.startswith(ground):
        return url
    address, mark, fragment = url.partition("#")
    return f"{address}{joint if '?' in address else '?'}v={shown.updated:%Y%m%d%H%M%S}{mark}{fragment}"


_MSN = Dialect(format="msn", spaces=MSN, head=_head, story=_story, gone=_gone)
