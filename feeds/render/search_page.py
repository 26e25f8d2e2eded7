"""Stories with certain words, as a page: the newest first, the words marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from feeds.model.channel import Feed
from feeds.render import frame, safe
from feeds.render.frame import clipped
from feeds.render.page import EXCERPT, Card, card, paths
from feeds.render.pieces import each
from feeds.render.shown import Shown

BEFORE = 60  # characters of an excerpt before the first word that was looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was looked for: *query* as typed, its *words*, and which page of results, from 1."""

    query: str = ""
    words: tuple[str, ...] = ()
    number: int = 1
    more: bool = False  # others follow
    cut: bool = False  # there are others, on no page


def render(feed: Feed, asked: Asked) -> bytes:
    """Return the page of what was found, which are *feed*'s stories; its channel's `search` is where it stands."""
    channel = feed.channel
    zone, pages = ZoneInfo(channel.timezone), paths(feed)
    found, _ = each(feed, "html", lambda told: _marked(card(told.shown, channel, zone, pages), asked.words))
    path = f"{frame.local(safe.web(channel.base_url)).rstrip('/')}{channel.search}"
    return frame.page(
        "search.html",
        feed,
        query=asked.query,
        number=asked.number,
        action=path,
        cards=found,
        newer=_page(path, asked, asked.number - 1) if asked.number > 1 else "",
        older=_page(path, asked, asked.number + 1) if asked.more else "",
        cut=asked.cut,
    )


def _page(path: str, asked: Asked, number: int) -> str:
    return f"{path}?{urlencode({'q': asked.query, **({'page': number} if number > 1 else {})})}"


def _marked(found: Card, words: Sequence[str]) -> Card:
    """Return *found* with *words* marked, and an excerpt that shows the first of them."""
    image = found.image
    return replace(
        found,
        title=marked(found.shown.title, words),
        excerpt=marked(_excerpt(found.shown, words), words),
        image=image,
    )


def _excerpt(shown: Shown, words: Sequence[str]) -> str:
    """As much of a story's text as a list shows, around the first of *words* that is in it and not in the title."""
    for text in (shown.summary, Markup(shown.content).striptags() if shown.content else ""):  # noqa: S704 - escaped again
        line = safe.line(text)
        place = min((m.start() for word in words if (m := _pattern([word]).search(line))), default=-1)
        if 0 <= place <= EXCERPT - BEFORE:
            return clipped(line, EXCERPT)
        if place > 0:
            start = line.rfind(" ", 0, place - BEFORE) + 1
            return "… " + clipped(line[start:], EXCERPT)
    return clipped(shown.summary, EXCERPT)


def marked(text: str, words: Sequence[str]) -> Markup:
    """Return *text* as HTML with each of *words* in a `<mark>`, whatever its case; all else escaped."""
    if not words:
        return escape(text)
    parts = _pattern(words).split(text)
    return Markup("").join(Markup("<mark>{}</mark>").format(p) if n % 2 else escape(p) for n, p in enumerate(parts))


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Longer words first: of two that begin alike the longer is marked whole."""
    return re.compile("(" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")", re.IGNORECASE)
