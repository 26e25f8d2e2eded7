"""What Google asks of a news sitemap.

Source: developers.google.com, *News sitemaps*, read in a copy of 2025 or later: at most 1,000 `news:news`, one an
address, each with the publication's name and language, the date and the title; articles of the last two days; the name
as it stands on the articles, without anything in parentheses; the language by ISO 639, but for zh-cn and zh-tw.
"""

import re

from lxml import etree

from feeds.model.channel import NEWS_AGE
from feeds.render import safe
from feeds.render.gate import values
from feeds.render.gate.dialects.asked import date, said
from feeds.render.gate.dialects.spaces import NEWS, SITEMAP
from feeds.render.gate.sheet import Sheet
from feeds.render.gate.walk import value

MOST = 1_000
CHINESE = frozenset({"zh-cn", "zh-tw"})  # the only languages that are named with their region
ROOT = f"{{{SITEMAP}}}urlset"
_S, _N = f"{{{SITEMAP}}}", f"{{{NEWS}}}"
_CODE = re.compile(r"[a-z]{2,3}")


def judge(root: etree._Element, sheet: Sheet) -> None:
    """Hold a news sitemap to the rules."""
    many = sum(1 for _ in root.iter(f"{_N}news"))
    if many > MOST:
        sheet.add("news.many", root, str(many))
    seen: set[str] = set()
    for url in root.iterfind(f"{_S}url"):
        address(url, sheet)
        where = said(url, f"{_S}loc")
        if where in seen:
            sheet.add("value.repeated", url, where, inside="loc")
        seen.add(where)


def address(url: etree._Element, sheet: Sheet) -> None:
    """Hold one address and its news to the rules."""
    _check(url, f"{_S}loc", "loc", values.web, sheet)
    if url.find(f"{_S}lastmod") is not None:
        _check(url, f"{_S}lastmod", "lastmod", values.timestamp, sheet)
    found = url.findall(f"{_N}news")
    for more in found[1:]:
        sheet.add("element.repeated", more)
    for news in found[:1]:
        _check(news, f"{_N}publication/{_N}name", "news:publication/news:name", None, sheet)
        _check(news, f"{_N}publication/{_N}language", "news:publication/news:language", _language, sheet)
        _check(news, f"{_N}publication_date", "news:publication_date", values.timestamp, sheet)
        _check(news, f"{_N}title", "news:title", None, sheet)
        told = date(said(news, f"{_N}publication_date"))
        if told and told <= sheet.now - NEWS_AGE:
            sheet.add("news.old", news, said(news, f"{_N}publication_date"), inside="news:publication_date")


def _check(parent: etree._Element, way: str, name: str, check: values.Check | None, sheet: Sheet) -> None:
    child = parent.find(way)
    if child is None or not (child.text or "").strip():
        sheet.add("partner.missing", parent, inside=name)
    elif check:
        value(child, (child.text or "").strip(), check, sheet)


def _language(text: str, now: object) -> str:
    del now
    known = text in CHINESE or (_CODE.fullmatch(text) and (len(text) == 3 or safe.language(text)))
    return "" if known else "news.language"
