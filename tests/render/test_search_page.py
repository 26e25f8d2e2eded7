"""The page of results: words marked and nothing else, the newest first, what terms withhold unsaid."""

from dataclasses import replace

import pytest
from lxml import html

from feeds.model.channel import Channel, Item
from feeds.render import search_page
from feeds.render.search_page import Asked
from tests.render.samples import TECH, channel, feed, item


def page(*items: Item, of: Channel | None = None, **asked: object) -> html.HtmlElement:
    place = replace(of or channel(), id="search", formats=(), search="/search")
    given = {"query": "반도체", "words": ("반도체",), **asked}
    others = (channel(), channel(id="c", path="/기술/", title="기술", category=TECH))
    body = search_page.render(feed(*items, of=place, others=others), Asked(**given))  # type: ignore[arg-type]  # fields of it
    return html.document_fromstring(body.decode())


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("메모리 반도체가", ("반도체",), "메모리 <mark>반도체</mark>가"),
        ("AI and ai", ("Ai",), "<mark>AI</mark> and <mark>ai</mark>"),
        ("반도체 반도", ("반도", "반도체"), "<mark>반도체</mark> <mark>반도</mark>"),
        ("a.b axb", ("a.b",), "<mark>a.b</mark> axb"),
        ("<b>&", ("b", "&"), "&lt;<mark>b</mark>&gt;<mark>&amp;</mark>"),
        ("nothing", (), "nothing"),
        ("", ("x",), ""),
    ],
)
def test_marked(text: str, words: tuple[str, ...], shown: str) -> None:
    assert search_page.marked(text, words) == shown


def test_xss_33_a_query_is_text() -> None:
    hostile = "\"><script>alert(1)</script><mark>'"
    shown = page(item(title=hostile), query=hostile, words=(hostile,))
    assert not shown.xpath("//script")
    assert shown.xpath("//input/@value") == [hostile]
    assert shown.xpath("//h3//mark")[0].text_content() == hostile


def test_xss_35_the_form_sends_to_ourselves_alone() -> None:
    shown = page()
    (policy,) = shown.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "form-action 'self'" in policy
    assert "default-src 'none'" in policy
    assert [dict(f.attrib) for f in shown.xpath("//form")] == [
        {"class": "field", "role": "search", "method": "get", "action": "/search"}
    ]


def test_below_a_prefix_the_form_stays_there() -> None:
    shown = page(of=channel(base_url="https://example.kr/news"))
    assert shown.xpath("//form/@action") == ["/news/search"]


def test_an_excerpt_shows_what_was_found() -> None:
    far = "<p>" + "가나다 " * 200 + "</p><p>여기서 반도체를 말한다</p>"
    (excerpt,) = page(item(summary="요약", content=far)).xpath("//p[@class='excerpt']")
    assert excerpt.text_content().startswith("… ")
    assert excerpt.xpath("mark/text()") == ["반도체"]


def test_what_terms_withhold_is_not_shown() -> None:
    assert not page(item(terms="summary", summary="", content="<p>여기서 반도체를 말한다</p>")).xpath("//mark")
    assert not page(item(terms="title", summary="반도체 요약")).xpath("//mark")


def test_pages_lead_to_each_other() -> None:
    links = page(item(), number=2, more=True).xpath("//nav[@class='pager']/a")
    assert [(a.get("rel"), a.get("href")) for a in links] == [
        ("prev", "/search?q=%EB%B0%98%EB%8F%84%EC%B2%B4"),
        ("next", "/search?q=%EB%B0%98%EB%8F%84%EC%B2%B4&page=3"),
    ]
    assert not page(item()).xpath("//nav[@class='pager']")


def test_the_last_page_says_that_there_is_more() -> None:
    assert "낱말을 더해" in page(item(), number=50, cut=True).text_content()
    assert "낱말을 더해" not in page(item(), number=50).text_content()


def test_nothing_found_says_so() -> None:
    assert "맞는 글이 없습니다" in page().text_content()


def test_nothing_asked_asks() -> None:
    shown = page(query="", words=())
    assert shown.xpath("//input[@autofocus]")
    assert not shown.xpath("//section")


def test_it_is_no_page_for_search_engines() -> None:
    assert page().xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_the_navigation_does_not_name_it() -> None:
    assert [a.text for a in page().xpath("//nav//a")] == ["전체", "기술"]
