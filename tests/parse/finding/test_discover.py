"""Feeds that pages name, that platforms have, and where else to look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.finding.discover import feeds_in, usual_places
from feeds.parse.finding.platforms import known_places

PAGE = "https://a.example/blog/post"


def found(markup: str, url: str = PAGE) -> list[str]:
    return [link.url for link in feeds_in(markup.encode(), url)]


@pytest.mark.parametrize(
    ("markup", "urls"),
    [
        pytest.param("<link rel=alternate type=application/rss+xml href=/rss>", ["https://a.example/rss"], id="head"),
        pytest.param("<body><link rel='ALTERNATE home' type='Application/Atom+XML; charset=utf-8' href='a.xml'>",
                     ["https://a.example/blog/a.xml"], id="body, letter case, parameters"),
        pytest.param("<base href='https://b.example/x/'><link rel=alternate type=application/feed+json href=f.json>",
                     ["https://b.example/x/f.json"], id="base, JSON"),
        pytest.param("<link rel=alternate type=application/rss+xml title=Comments href=/c><link rel=alternate "
                     "type=application/rss+xml href=/r><link rel=alternate type=application/atom+xml href=/a>",
                     ["https://a.example/a", "https://a.example/r", "https://a.example/c"], id="best first, comments last"),
        pytest.param("<a href='/feed.xml'>RSS</a><a href='/about'>x</a><a href='/sitemap.xml'>x</a><a href='feed:https://b.example/rss'>y</a>",
                     ["https://a.example/feed.xml", "https://b.example/rss"], id="links of the text"),
        pytest.param("<a href=/rss>x</a><link rel=alternate type=application/rss+xml href=/rss>", ["https://a.example/rss"], id="once"),
        pytest.param("<link rel=alternate hreflang=ko href=/ko><link rel=stylesheet type=text/css href=/x>", [], id="others"),
        pytest.param("<link rel=alternate type=application/rss+xml href='http://['><a href='http://[/rss'>x</a>", [], id="broken"),
        pytest.param("<link rel=alternate type=application/rss+xml href='javascript:x'>", [], id="no address"),
        pytest.param("", [], id="nothing"),
    ],
)  # fmt: skip
def test_feeds_in_a_page(markup: str, urls: list[str]) -> None:
    assert found(markup) == urls


def test_the_channel_of_a_handle() -> None:
    page = '<script>var x = {"externalId":"UC' + "a" * 22 + '"}</script>'
    assert found(page, "https://www.youtube.com/@name") == [
        f"https://www.youtube.com/feeds/videos.xml?channel_id=UC{'a' * 22}"
    ]
    assert found(page) == []


@pytest.mark.parametrize(
    ("url", "first"),
    [
        pytest.param("https://blog.naver.com/some_one", "https://rss.blog.naver.com/some_one.xml", id="Naver blog"),
        pytest.param("https://m.blog.naver.com/some_one/223", "https://rss.blog.naver.com/some_one.xml", id="Naver post"),
        pytest.param("https://blog.naver.com/PostList.naver?blogId=x1&y=2", "https://rss.blog.naver.com/x1.xml", id="Naver list"),
        pytest.param("https://dev.tistory.com/12", "https://dev.tistory.com/rss", id="Tistory"),
        pytest.param("https://velog.io/@kim/posts", "https://v2.velog.io/rss/kim", id="Velog"),
        pytest.param("https://brunch.co.kr/@@abc", "https://brunch.co.kr/rss/@@abc", id="Brunch"),
        pytest.param("https://medium.com/@kim", "https://medium.com/feed/@kim", id="Medium"),
        pytest.param("https://x.medium.com/", "https://x.medium.com/feed", id="Medium's own host"),
        pytest.param("https://x.substack.com/p/y", "https://x.substack.com/feed", id="Substack"),
        pytest.param("https://github.com/o/r.git", "https://github.com/o/r/releases.atom", id="GitHub"),
        pytest.param("https://github.com/o", "https://github.com/o.atom", id="GitHub owner"),
        pytest.param("https://mastodon.example/@kim", "https://mastodon.example/@kim.rss", id="Mastodon"),
        pytest.param("https://www.youtube.com/channel/UC" + "b" * 22,
                     "https://www.youtube.com/feeds/videos.xml?channel_id=UC" + "b" * 22, id="YouTube channel"),
        pytest.param("https://www.youtube.com/playlist?list=PL1", "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1", id="YouTube list"),
        pytest.param("https://old.reddit.com/r/korea/top", "https://www.reddit.com/r/korea/.rss", id="Reddit"),
        pytest.param("https://a.example/x", "", id="unknown"),
        pytest.param("http://[", "", id="broken"),
    ],
)  # fmt: skip
def test_platform(url: str, first: str) -> None:
    assert next(iter(known_places(url)), "") == first


def test_usual_places_below_the_page_then_the_root() -> None:
    places = usual_places("https://a.example/blog/")
    assert places[0] == "https://a.example/blog/feed"
    assert "https://a.example/feed.xml" in places
    assert "https://a.example/rss/allArticle.xml" in places
    assert len(places) == len(set(places))


@given(st.text(max_size=200), st.text(alphabet="htps:/@.[]?&=aUC", max_size=40))
def test_anything_is_an_answer(markup: str, url: str) -> None:
    assert all(
        link.url.startswith(("http://", "https://")) for link in feeds_in(markup.encode("utf-8", "replace"), PAGE)
    )
    assert all(place.startswith("https://") for place in known_places(url))
