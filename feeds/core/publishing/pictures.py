"""Which pictures a feed shows that lie with our own posts: nobody but us may serve the site, and they are to be seen.

Only what a post that is shown points at counts, below the site's own address, and only what is shown of the post: a
channel of summaries needs no picture of the text. What leaves the feed (a draft, a retraction) leaves with its
pictures, unless another post has them too.
"""

import posixpath
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, urlsplit

from feeds.model.channel import Feed, Item
from feeds.model.entry import Entry
from feeds.model.picture import Picture, picture_type

_LONGEST = 1000  # signs of a path
_DOCUMENTS = (".xml", ".json", ".html", ".htm")  # a folder of such a name would stand in a document's way
_POINTS = re.compile(r"\b(src|href|poster|srcset)=\"([^\"]+)\"")  # cleaned HTML has double quotes, and no others


def pointed_at(feed: Feed) -> tuple[Picture, ...]:
    """Return the pictures of *feed* that are to be served with it, by path; each once."""
    found: dict[str, Picture] = {}
    base = feed.channel.base_url
    for item in feed.items:
        lead = item.story.members[0]
        if not lead.local or item.story.status != "shown":
            continue
        for url in _urls(item):
            if (path := _below(url, base)) and path not in found:
                place = unquote(urlsplit(base).path) + path
                found[path] = Picture(path, lead.entry.source_id, _beside(place, lead.entry), place)
    return tuple(found[path] for path in sorted(found))


def _urls(item: Item) -> Iterator[str]:
    entry = item.story.members[0].entry
    if entry.image:
        yield entry.image.url
    yield from (enclosure.url for enclosure in entry.enclosures)
    for name, value in _POINTS.findall(entry.content) if item.content == "full" else ():
        for each in unescape(value).split(", ") if name == "srcset" else (unescape(value),):
            yield each.strip().partition(" ")[0] if name == "srcset" else each


def _beside(place: str, entry: Entry) -> str:
    """The file that stands to the post's file as *place* to the post's address; '' where that leads out."""
    shelf = unquote(urlsplit(entry.url).path).rpartition("/")[0] or "/"
    name = posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), posixpath.relpath(place, shelf)))
    return "" if name.startswith("../") else name


def _below(url: str, base: str) -> str:
    """Return the path of the picture at *url* below *base*, decoded; '' where it is none, or not there."""
    if not url.startswith(f"{base}/"):
        return ""
    try:
        path = unquote(urlsplit(url[len(base) :]).path, errors="strict")
    except ValueError:
        return ""
    steps = path.split("/")[1:]
    strange = any(step.startswith(".") or not step for step in steps) or "\\" in path or not path.isprintable()
    strange = strange or any(step.lower().endswith(_DOCUMENTS) for step in steps)
    return "" if strange or len(path) > _LONGEST or not picture_type(path) else path
