"""The news sitemap: what search engines take as this site's news of the last two days.

Source: Google's documentation of news sitemaps (`render/gate/dialects/news.py`): at most 1,000 addresses, of the site's
own pages, of the last two days, each with the publication's name and language, the date and the title. The days end
when the feed says that it is brought out; of one that says nothing of it, with the newest story. A correction is a
newer `lastmod`; what was taken back is left out, and its page answers with 410.
"""

import re

from lxml import etree

from feeds.errors import RenderError
from feeds.model.channel import NEWS_AGE, Feed, SetAside
from feeds.render import safe
from feeds.render.gate.dialects.news import CHINESE, MOST, address
from feeds.render.gate.dialects.spaces import NEWS as _NEWS
from feeds.render.gate.dialects.spaces import SITEMAP as _MAP
from feeds.render.gate.ours import element_fault, head_fault
from feeds.render.pieces import each
from feeds.render.shown import Shown, title
from feeds.render.shown import address as address_of

_ASIDE = re.compile(r"\s*\([^()]*\)")


def render(feed: Feed) -> tuple[bytes, tuple[SetAside, ...]]:
    """Return *feed* as a news sitemap: the stories that stand on the site itself."""
    brand = next((c for c in (feed.channel, *feed.others) if c.category is None), feed.channel)
    name = _ASIDE.sub("", title(brand)) or title(brand)
    shown, aside = each(feed, "news", lambda told: _sound(told.shown, name, feed.channel.language))
    ground = safe.web(feed.channel.base_url) + "/"
    own = [story for story in shown if story.url.startswith(ground)]
    end = feed.at or max((story.published for story in own), default=None)
    root = etree.XML(f'<urlset xmlns="{_MAP}" xmlns:news="{_NEWS}"/>')
    root.text = "\n"
    for story in own[:MOST]:
        if end and story.published > end - NEWS_AGE:
            root.append(_url(story, name, feed.channel.language))
    body = etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
    if fault := head_fault(body, address_of(feed.channel, "news")):
        raise RenderError("", fault)
    return body, aside


def _sound(shown: Shown, name: str, language: str) -> Shown:
    """*shown*, where the publish gate lets it through."""
    if shown.url and (fault := element_fault(_url(shown, name, language), address)):
        raise RenderError(shown.id, fault)
    return shown


def _url(shown: Shown, name: str, language: str) -> etree._Element:
    url = etree.Element(f"{{{_MAP}}}url")
    etree.SubElement(url, f"{{{_MAP}}}loc").text = shown.url
    if shown.updated > shown.published:
        etree.SubElement(url, f"{{{_MAP}}}lastmod").text = shown.updated.isoformat()
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
    return tag if tag in CHINESE else tag.partition("-")[0]
