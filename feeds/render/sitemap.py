"""The news sitemap: what search engines take as this site's news of the last two days.

Source: Google's documentation of news sitemaps: at most 1,000 addresses, of the site's own pages, of the last two
days, each with the publication's name and language, the date and the title. "The last two days" end with the newest
story and not with the clock: equal stories give equal bytes, and older ones are not taken in any case.
"""

from datetime import timedelta

from lxml import etree

from feeds.model.channel import Feed, SetAside
from feeds.render import safe
from feeds.render.pieces import each
from feeds.render.shown import Shown, title

MOST = 1_000
AGE = timedelta(days=2)
_MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_CHINESE = {"zh-cn", "zh-tw"}  # the only languages that are named with their region


def render(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return *feed* as a news sitemap: the stories that stand on the site itself."""
    shown, aside = each(feed, "news", lambda told: told.shown)
    ground = safe.web(feed.channel.base_url) + "/"
    own = [story for story in shown if story.url.startswith(ground)]
    newest = max((story.published for story in own), default=None)
    root = etree.XML(f'<urlset xmlns="{_MAP}" xmlns:news="{_NEWS}"/>')
    root.text = "\n"
    brand = next((c for c in (feed.channel, *feed.others) if c.category is None), feed.channel)
    for story in own[:MOST]:
        if newest and story.published > newest - AGE:
            root.append(_url(story, title(brand), feed.channel.language))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n", aside


def _url(shown: Shown, name: str, language: str) -> etree._Element:
    url = etree.Element(f"{{{_MAP}}}url")
    etree.SubElement(url, f"{{{_MAP}}}loc").text = shown.url
    news = etree.SubElement(url, f"{{{_NEWS}}}news")
    publication = etree.SubElement(news, f"{{{_NEWS}}}publication")
    etree.SubElement(publication, f"{{{_NEWS}}}name").text = name
    etree.SubElement(publication, f"{{{_NEWS}}}language").text = _language(shown.language or language)
    etree.SubElement(news, f"{{{_NEWS}}}publication_date").text = shown.published.isoformat()
    etree.SubElement(news, f"{{{_NEWS}}}title").text = shown.title
    url.tail = "\n"
    return url


def _language(tag: str) -> str:
    tag = (safe.language(tag) or "en").lower()
    return tag if tag in _CHINESE else tag.partition("-")[0]
