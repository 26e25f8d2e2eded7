"""Feeds that a web page names, and where else they are usually found."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

# rel=alternate types, in the order in which we would choose: full formats before lesser ones.
TYPES = {
    "application/atom+xml": "atom",
    "application/rss+xml": "rss",
    "application/feed+json": "json",
    "application/rdf+xml": "rdf",
    "text/xml": "xml",
    "application/xml": "xml",
}
# Paths that the common generators write: WordPress, Jekyll, Hugo, Ghost, Tistory, Medium, Blogger, Pelican.
USUAL = (
    "feed", "feed/", "rss", "feed.xml", "atom.xml", "rss.xml", "index.xml", "feed.json", "feeds/posts/default",
    "feeds/all.atom.xml",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A feed that a page names."""

    url: str
    title: str = ""
    type: str = ""


def feeds_in(page: bytes, base_url: str) -> tuple[Link, ...]:
    """Return the feeds that the page's head names by `<link rel=alternate>`, comment feeds last."""
    try:
        tree = html.fromstring(page[:2_000_000], parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.LxmlError, ValueError):
        return ()
    base = tree.find(".//base[@href]")
    base_url = urljoin(base_url, base.get("href", "")) if base is not None else base_url
    found: dict[str, Link] = {}
    for link in tree.iter("link"):
        kind = TYPES.get((link.get("type") or "").partition(";")[0].strip().lower())
        if kind is None or "alternate" not in (link.get("rel") or "").lower().split() or not link.get("href"):
            continue
        url = urljoin(base_url, link.get("href", "").strip())
        if urlsplit(url).scheme in ("http", "https"):
            found.setdefault(url, Link(url=url, title=(link.get("title") or "").strip(), type=kind))
    order = list(dict.fromkeys(TYPES.values()))
    return tuple(sorted(found.values(), key=lambda f: ("comment" in (f.title + f.url).lower(), order.index(f.type))))


def usual_places(url: str) -> tuple[str, ...]:
    """Return addresses to try where a page names no feed: below the page, then below the host's root."""
    below = url if url.endswith("/") else url.rpartition("/")[0] + "/" if urlsplit(url).path else url + "/"
    root = urljoin(url, "/")
    return tuple(dict.fromkeys(urljoin(base, path) for base in (below, root) for path in USUAL))
