"""Whether a text points at another page of its own source: `FULL VIDEO: https://…` above the words of the film.

A teaser, a short cut of a film and a summary say most of what the whole says, under its title, and name its address:
whoever sends readers to another page says that it is another one. Found in a video channel among the real feeds, each
of whose short films came a day or two weeks after the long one and held nine tenths of what is said below it.
Across sources it tells nothing: a copy names the page that it was taken from.
"""

import re

from feeds.core.duplicates.sketch import MOST
from feeds.core.links import urls
from feeds.model.entry import Entry

_LINK = re.compile(r"https?://[^\s<>\"']+")
_BEHIND = ".,;:!?)]}…’”"  # what a sentence puts behind an address


def points(one: Entry, other: Entry) -> bool:
    """Tell whether the text of *one* holds a link to the page of *other*, or the other way round, and they are two."""
    pages = urls.canonical(one.url), urls.canonical(other.url)
    return pages[0] != pages[1] and (_holds(one, pages[1]) or _holds(other, pages[0]))


def _holds(entry: Entry, page: str) -> bool:
    links = dict.fromkeys(_LINK.findall((entry.content or entry.summary)[:MOST]))
    return bool(page) and any(urls.canonical(link.rstrip(_BEHIND)) == page for link in links)
