"""Feeds that a web page names, and where else they are usually found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

LARGEST = 2_000_000  # bytes of a page that are looked at

# rel=alternate types, in the order in which we would choose: full formats before lesser ones.
TYPES = {
    "application/atom+xml": "atom",
    "application/rss+xml": "rss",
    "application/feed+json": "json",
    "application/rdf+xml": "rdf",
    "text/xml": "xml",
    "application/xml": "xml",
    "application/json": "json",  # JSON Feed 1.0; WordPress names its API so too, which is no feed
}
# Paths that the common generators write: WordPress, Jekyll, Hugo, Ghost, Tistory, Medium, Blogger, Pelican, Joomla,
# Drupal, Squarespace; `rss/allArticle.xml` is what most Korean newspapers run.
USUAL = (
    "feed", "feed/", "rss", "feed.xml", "atom.xml", "rss.xml", "index.xml", "feed.json", "feeds/posts/default",
    "feeds/all.atom.xml", "rss/allArticle.xml", "rss/", "feed.atom", "feed.rss", "index.rdf", "?feed=rss2",
    "index.php?format=feed&type=rss", "blog?format=rss", "blog/feed", "blog/rss.xml",
)  # fmt: skip
# What the address of a link in the text looks like where it leads to a feed.
_FEEDLIKE = re.compile(
    r"/(?:feeds?|rss|atom)(?:[./?]|$)|[./](?:rss|atom|rdf)$|\.(?:rss|atom|rdf|xml)(?:\?|$)|[?&](?:feed|format)=(?:rss|atom)",
    re.IGNORECASE,
)
_NO_FEED = re.compile(r"sitemap|opensearch|osd\.xml|manifest|\.(?:html?|php|js|css|png|svg)$", re.IGNORECASE)
_CHANNEL = re.compile(rb'"(?:externalId|channelId)":"(UC[\w-]{22})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A feed that a page names."""

    url: str
    title: str = ""
    type: str = ""


def feeds_in(page: bytes, base_url: str) -> tuple[Link, ...]:
    """Return the feeds that the page names by `<link rel=alternate>`, wherever that stands, then those that its links
    seem to lead to; comment feeds last of each.
    """
    try:
        tree = html.fromstring(page[:LARGEST], parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.LxmlError, ValueError):
        return ()
    base = tree.find(".//base[@href]")
    base_url = _absolute(base_url, base.get("href", "")) or base_url if base is not None else base_url
    order = list(dict.fromkeys(TYPES.values()))
    named = sorted(_named(tree, base_url), key=lambda f: (_of_comments(f), order.index(f.type)))
    linked = sorted(_linked(tree, base_url), key=_of_comments)
    return tuple({link.url: link for link in reversed([*named, *_channel(page, base_url), *linked])}.values())[::-1]


def _named(tree: html.HtmlElement, base_url: str) -> Iterator[Link]:
    for link in tree.iter("link"):
        kind = TYPES.get((link.get("type") or "").partition(";")[0].strip().lower())
        url = _absolute(base_url, link.get("href") or "")
        if kind and url and "alternate" in (link.get("rel") or "").lower().split():
            yield Link(url=url, title=(link.get("title") or "").strip(), type=kind)


def _linked(tree: html.HtmlElement, base_url: str) -> Iterator[Link]:
    for anchor in tree.iter("a"):
        href = (anchor.get("href") or "").strip()
        url = _absolute(base_url, href) if _FEEDLIKE.search(href) and not _NO_FEED.search(href) else ""
        if url and urlsplit(url).hostname:
            yield Link(url=url, title=" ".join(anchor.text_content().split())[:100])


def _channel(page: bytes, base_url: str) -> Iterator[Link]:
    """The channel of a YouTube page: its handle (`/@name`) says nothing of the id."""
    if "youtube.com" in base_url and (found := _CHANNEL.search(page)):
        yield Link(url=f"https://www.youtube.com/feeds/videos.xml?channel_id={found[1].decode()}")


def _of_comments(link: Link) -> bool:
    return "comment" in (link.title + link.url).lower()


def _absolute(base: str, href: str) -> str:
    """Return where *href* leads, '' where it leads nowhere that can be asked."""
    href = re.sub(r"^feed:(?://)?(?=https?:)", "", href.strip(), flags=re.IGNORECASE)
    try:
        url = urljoin(base, href) if href else ""
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def usual_places(url: str) -> tuple[str, ...]:
    """Return addresses to try where a page names no feed: below the page, then below the host's root."""
    below = url if url.endswith("/") else url.rpartition("/")[0] + "/" if urlsplit(url).path else url + "/"
    root = urljoin(url, "/")
    return tuple(dict.fromkeys(urljoin(base, path) for base in (below, root) for path in USUAL))
