"""Who is read: by name, with links that are links, and the same as OPML."""

from dataclasses import replace
from datetime import timedelta

from lxml import etree, html

from feeds.core.publishing.pages import sources
from feeds.model.channel import Feed, Heard
from feeds.model.entry import Origin
from feeds.render import render
from tests.render.samples import DAILY, NOON, TECH, channel

HOSTILE = "<script>alert(1)</script>\"' onerror=x"


def heard(origin: Origin = DAILY, **more: object) -> Heard:
    given = {"title": "Chips: what’s next?", "url": "https://daily.example.com/2", "published": NOON, **more}
    return Heard(origin=origin, categories=("기술",), **given)  # type: ignore[arg-type]  # its own fields


def made(*found: Heard, language: str = "ko") -> tuple[html.HtmlElement, etree._Element]:
    river = replace(channel(language=language), sources="/sources/")
    feed = Feed(
        channel=sources(river),
        items=(),
        updated=NOON,
        others=(river, channel(id="c", path="/기술/", title="기술", category=TECH)),
        sources=found,
    )
    page, opml = render(feed).renditions
    assert (page.path, opml.path) == ("/sources/index.html", "/sources/opml.xml")
    return html.document_fromstring(page.body.decode()), etree.fromstring(opml.body)


def test_each_source_has_its_page_its_feed_and_its_latest_story() -> None:
    page, opml = made(heard())
    assert page.xpath("//tbody//a/@href") == [DAILY.url, "https://daily.example.com/2", DAILY.feed_url]
    assert page.xpath("//tbody//time/@datetime") == ["2026-11-20T12:00:00+09:00"]
    assert "2026년 11월 20일" in page.text_content()
    (outline,) = opml.iterfind(".//outline[@xmlUrl]")
    assert (outline.get("text"), outline.get("xmlUrl")) == ("The Daily", DAILY.feed_url)
    assert [folder.get("text") for folder in opml.iterfind("body/outline")] == ["기술"]


def test_they_stand_by_name() -> None:
    names = ("나", "Zeta", "alpha", "가", "Ｂeta")
    page, _ = made(*(heard(Origin(title=name, url=f"https://{n}.example/")) for n, name in enumerate(names)))
    assert page.xpath("//tbody//th/a/text()") == ["alpha", "Ｂeta", "Zeta", "가", "나"]


def test_without_a_feed_of_its_own_a_source_is_in_no_list() -> None:
    page, opml = made(heard(Origin(title="On disk", url="https://disk.example/")))
    assert len(page.xpath("//tbody/tr")) == 1
    assert not page.xpath("//tbody//td[3]/a")
    assert not opml.xpath("//outline[@xmlUrl]")


def test_xss_26_what_sources_say_is_text() -> None:
    page, _ = made(
        heard(
            Origin(title=HOSTILE, url="javascript:alert(1)", feed_url="https://a.example/"),
            title=HOSTILE,
            url="data:,x",
        )
    )
    assert not page.xpath("//script")
    assert not [a for a in page.xpath("//@href") if a.startswith(("javascript", "data"))]
    assert page.xpath("//tbody//th/text()") == [HOSTILE]


def test_nobody_yet() -> None:
    assert "아직 없습니다" in made()[0].text_content()
    assert "Nobody yet" in made(language="en")[0].text_content()


def test_the_navigation_marks_where_one_is() -> None:
    page, _ = made(heard(published=NOON - timedelta(days=1)))
    assert page.xpath("//nav//a[@aria-current]/@href") == ["/sources/"]
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://news.example.kr/sources/"]
