"""What stands around every page: head, navigation, and the words of its language.

The classes of the style that others build on are named at its top (`static/style.css`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from feeds.model.channel import Channel, Feed
from feeds.render import safe
from feeds.render.shown import home, root, title
from feeds.render.static import ICON, STYLE
from feeds.render.words import speaker, speech

PAGES = Environment(
    loader=PackageLoader("feeds.render", "templates"),
    autoescape=True,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)

NAMED = 40  # categories in the head of a page; the pages of categories are given no more (`core/sorting/channels.py`)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A name, with the page to go to where there is one."""

    name: str
    url: str = ""
    here: bool = False


def page(template: str, feed: Feed, **more: object) -> bytes:
    """Return the page that *template* makes of what is around *feed*'s channel, and of *more*."""
    return PAGES.get_template(template).render({**around(feed), **more}).encode()


def around(feed: Feed) -> Mapping[str, object]:
    """Return what every page needs, whatever it tells.

    *brand* leads to the front page; *channels* are those that the navigation names; *search* and *sources* are paths,
    '' where there are none.
    """
    channel, spoken = feed.channel, speech(feed.channel.language)
    said = speaker(spoken)
    brand = next((c for c in (channel, *feed.others) if c.category is None and "html" in c.formats), channel)
    base, search = root(channel), channel.search or brand.search
    return {
        "_": said.gettext,
        "ngettext": said.ngettext,
        "language": safe.language(channel.language) or spoken,
        "brand": Place(name=title(brand), url=local(home(brand)), here=brand.id == channel.id),
        "channels": navigation(feed, said.gettext("All")),
        "search": base + search if search else "",
        "sources": base + brand.sources if brand.sources else "",
        "style": base + STYLE,
        "icon": icon if (icon := safe.web(channel.brand.icon)) and may_show(icon, channel) else base + ICON,
        "base": base,
    }


def navigation(feed: Feed, every: str) -> list[Place]:
    """The channels that have pages, the current one among them: the whole river first, then categories that the
    configuration names, then the others; each by title.

    More categories than a row holds are those of the configuration alone, as far as it does (`subjects` has them all).
    *every* is what the river is called where there is but one.
    """
    ordered = _ordered(feed)
    rivers, categories = [c for c in ordered if c.category is None], [c for c in ordered if c.category]
    if len(categories) > NAMED:
        here = [c for c in categories if c.id == feed.channel.id]
        others = [c for c in categories if c.configured and c not in here][: NAMED - len(here)]
        categories = [c for c in categories if c in here or c in others]
    return [
        Place(
            name=named(c) if c.category or len(rivers) > 1 else every,
            url=local(home(c)),
            here=c.id == feed.channel.id,
        )
        for c in (*rivers, *categories)
    ]


def subjects(feed: Feed) -> list[Place]:
    """All categories that have pages, where `navigation` names some of them alone; else none."""
    categories = [c for c in _ordered(feed) if c.category]
    return [Place(name=named(c), url=local(home(c))) for c in categories] if len(categories) > NAMED else []


def _ordered(feed: Feed) -> list[Channel]:
    channels = {channel.id: channel for channel in (feed.channel, *feed.others) if "html" in channel.formats}
    return sorted(channels.values(), key=lambda c: (c.category is not None, not c.configured, title(c), c.id))


def named(channel: Channel) -> str:
    """A channel's name on pages: its subject, else its title."""
    return (safe.line(channel.category.name) if channel.category else "") or title(channel)


def local(url: str) -> str:
    """*url* without its host: links within the site work wherever a copy of it is looked at."""
    return urlsplit(url).path or "/"


def may_show(url: str, channel: Channel) -> bool:
    """The pages' policy admits pictures by https, and those of the site itself: others would only leave a gap."""
    return url.startswith(("https://", safe.web(channel.base_url) + "/"))


def clipped(value: str, limit: int) -> str:
    """*value* as one line of at most *limit* characters, cut between words where it can be, with an ellipsis."""
    line = safe.line(value)
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    words, blank, _ = head.rpartition(" ")
    return (words if blank and len(words) > limit // 2 else head).rstrip(" ,.;:·") + "…"
