"""The news sitemap: the site's own pages, of two days, by Google's rules."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from feeds.model.channel import Feed, Item
from feeds.render import sitemap
from feeds.render.gate import judge
from tests.render.samples import NOON, channel, feed, item

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}


def read(of: Feed) -> list[dict[str, str]]:
    body, aside = sitemap.render(of)
    assert not aside
    root = etree.fromstring(body)
    assert root.tag == f"{{{SPACES['s']}}}urlset"
    return [
        {str(leaf.tag).rpartition("}")[2]: leaf.text or "" for leaf in url.iter() if not len(leaf)}
        for url in root.findall("s:url", SPACES)
    ]


def own(number: int, age: timedelta = timedelta(0), language: str = "") -> Item:
    url, when = f"https://news.example.kr/{number}/", NOON - age
    return item(number, url=url, title=f"글 {number}", published=when, updated=when, language=language)


def test_what_it_says_of_a_story() -> None:
    (found,) = read(feed(own(1)))
    assert found == {
        "loc": "https://news.example.kr/1/",
        "name": "기술 뉴스",
        "language": "ko",
        "publication_date": "2026-11-20T03:00:00+00:00",
        "title": "글 1",
    }


def test_only_own_pages_of_two_days() -> None:
    days = [own(n, timedelta(hours=hours)) for n, hours in ((1, 0), (2, 47), (3, 48), (4, 100))]
    foreign = item(9, url="https://other.example/9/", published=NOON)
    found = read(feed(foreign, *days))
    assert [story["loc"][-2] for story in found] == ["1", "2"]


@pytest.mark.parametrize(
    ("later", "told"),
    [(timedelta(0), "12"), (timedelta(minutes=59), "12"), (timedelta(hours=1), "1"), (timedelta(hours=48), "")],
)
def test_two_days_end_when_it_is_brought_out(later: timedelta, told: str) -> None:
    of = feed(own(1), own(2, timedelta(hours=47)))
    assert [story["loc"][-2] for story in read(replace(of, at=NOON + later))] == list(told)


def test_nothing_to_tell_is_a_sitemap_too() -> None:
    assert read(feed()) == []


@pytest.mark.parametrize(
    ("site", "story", "said"),
    [("ko", "", "ko"), ("en-GB", "", "en"), ("ko", "en-US", "en"), ("zh-TW", "", "zh-tw"), ("", "", "en")],
)
def test_language(site: str, story: str, said: str) -> None:
    one = feed(own(1, language=story), of=channel(language=site))
    assert [found["language"] for found in read(one)] == [said]


def test_a_correction_is_a_newer_lastmod() -> None:
    corrected = item(1, url="https://news.example.kr/1/", published=NOON, updated=NOON + timedelta(hours=1))
    assert [found.get("lastmod", "") for found in read(feed(own(2), corrected))] == ["", "2026-11-20T04:00:00+00:00"]


def test_the_publication_is_named_without_what_stands_in_parentheses() -> None:
    one = feed(own(1), of=channel(title="기술 뉴스 (시험판)"))
    assert [found["name"] for found in read(one)] == ["기술 뉴스"]


def test_what_goes_out_breaks_no_rule() -> None:
    body, _ = sitemap.render(feed(own(1), own(2, timedelta(hours=47))))
    assert judge(body, NOON + timedelta(minutes=1)) == ()
