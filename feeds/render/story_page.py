"""A story as a page of its own: its text, its sources, and where else it is told; or that it is gone.

The text was cleaned when it came in, and the page's policy lets no script run and nothing load but pictures and sound.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from feeds.errors import RenderError
from feeds.model.channel import Channel, Feed, SetAside
from feeds.model.entry import Image
from feeds.render import safe
from feeds.render.page import PAGES, Place, clipped, local, may_show, navigation
from feeds.render.pieces import each
from feeds.render.shown import Shown, home, root, title
from feeds.render.static import STYLE
from feeds.render.words import speech, words

DESCRIPTION = 200  # characters that search engines show, about


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """*own*: the story is told here first, and search engines are welcome."""

    shown: Shown
    published: datetime
    updated: datetime | None
    content: Markup
    image: Image | None
    subjects: tuple[Place, ...]
    own: bool


def render(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return the one story of *feed* as a page. Raises `RenderError` where there is none."""
    channel = feed.channel
    views, aside = each(feed, "page", lambda told: _view(told.shown, feed))
    if not views:
        raise RenderError(channel.id, aside[0].reason if aside else "there is no story to tell")
    document = PAGES.get_template("story.html").render(
        view=views[0],
        address=_address(channel, "page"),
        description=clipped(views[0].shown.summary, DESCRIPTION),
        **_around(feed),
    )
    return document.encode(), aside


def gone(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return the page that stands where a story was told once."""
    return PAGES.get_template("gone.html").render(**_around(feed)).encode(), ()


def _around(feed: Feed) -> dict[str, object]:
    """What every page has around its story."""
    channel, spoken = feed.channel, speech(feed.channel.language)
    brand = next((c for c in feed.others if c.category is None), channel)
    named = replace(feed, channel=brand)
    return {
        "language": safe.language(channel.language) or spoken,
        "brand": Place(name=title(channel), url=local(home(brand))),
        "channels": [replace(place, here=False) for place in navigation(named, words(spoken))],
        "style": root(channel) + STYLE,
        "say": words(spoken),
    }


def _view(shown: Shown, feed: Feed) -> _View:
    channel = feed.channel
    zone = ZoneInfo(channel.timezone)
    where = {c.category.slug: local(home(c)) for c in feed.others if c.category}
    picture = shown.image if shown.image and may_show(shown.image.url, channel) else None
    return _View(
        shown=shown,
        published=shown.published.astimezone(zone),
        updated=shown.updated.astimezone(zone) if shown.updated > shown.published else None,
        content=Markup(shown.content),  # noqa: S704 - cleaned by nh3 when it came in, and shown under the page's policy
        image=picture if picture and picture.url not in shown.content else None,
        subjects=tuple(Place(name=c.name, url=where.get(c.slug, "")) for c in shown.categories),
        own=shown.source is None,
    )


def _address(channel: Channel, format: str) -> str:
    path = channel.file("page") if format == "page" else channel.file("gone")
    return safe.web(channel.base_url) + safe.uri(path.removesuffix("index.html"))
