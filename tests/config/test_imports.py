"""Lists of other programs with what they say beside addresses: taken, or told with line and remedy."""

import json
from pathlib import Path

import pytest

from feeds.config import lists
from feeds.config.listed import Listed, same

MINIFLUX = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head><title>Miniflux</title></head>
  <body>
    <outline text="기술">
      <outline title="가" text="가" xmlUrl="https://a.example/f" htmlUrl="https://a.example/" crawler="true"
        userAgent="desk/1" disabled="true" scraperRules="article" rewriteRules="" blockFilterEntryRules="EntryTitle=AD"/>
      <outline title="나" text="나" xmlUrl="https://b.example/f" crawler="false" disabled="false" keeplistRules="x"/>
    </outline>
  </body>
</opml>
"""
FRESHRSS = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml xmlns:frss="https://freshrss.org/opml" version="2.0"><body>
<outline text="News">
<outline text="Full" type="rss" xmlUrl="https://c.example/f" frss:cssFullContent="article" frss:priority="important"/>
<outline text="Page" type="HTML+XPath" xmlUrl="https://d.example/" frss:xPathItem="//article"/>
<outline text="Filter" type="rss" xmlUrl="https://e.example/f" frss:filtersActionRead="intitle:ad"/>
</outline></body></opml>
"""
VENUS = """\
[Planet]
name = P
filters = excerpt.py
[https://f.example/atom]
name = F
filters = html2xhtml.py
future_dates = ignore_date
ignore_in_feed = updated
"""
OSMOSFEED = """\
# osmosfeed
siteTitle: My feeds
sources:
  - href: https://g.example/feed.xml
  - href: https://h.example/
"""
API = json.dumps([
    {"id": 1, "feed_url": "https://i.example/f", "site_url": "https://i.example/", "title": "I", "disabled": True,
     "category": {"id": 2, "title": "기술"}},
])  # fmt: skip
LISTED = json.dumps([
    {"id": "posts", "kind": "content", "location": "/srv/site", "title": "Posts"},
    {"id": "j", "kind": "feed", "location": "https://j.example/f", "title": "J"},
])  # fmt: skip
STORIES = '{"id": "tag:a", "title": "T", "entries": [{"url": "https://a.example/1", "title": "T"}]}\n'


@pytest.mark.parametrize(
    ("text", "feeds", "problems"),
    [
        pytest.param(
            MINIFLUX,
            [
                Listed(url="https://a.example/f", title="가", categories=("기술",), enabled=False, user_agent="desk/1"),
                Listed(url="https://b.example/f", title="나", categories=("기술",)),
            ],
            [
                "line 7: '가': its scraper rules are left out: only what the feed holds is read",
                "line 7: '가': its wish for the pages' full text is left out: only what the feed holds is read",
                "line 7: '가': its block rules are left out; see `drop`",
                "line 8: '나': its keep rules are left out; see `only`",
            ],
            id="Miniflux",
        ),
        pytest.param(
            FRESHRSS,
            [
                Listed(url="https://c.example/f", title="Full", categories=("News",)),
                Listed(url="https://e.example/f", title="Filter", categories=("News",)),
            ],
            [
                "line 4: 'Full': its wish for the pages' full text is left out: only what the feed holds is read",
                "line 5: 'Page' is left out: FreshRSS makes it of a web page",
                "line 6: 'Filter': its filter is left out; see `drop`",
            ],
            id="FreshRSS",
        ),
        pytest.param(
            VENUS,
            [Listed(url="https://f.example/atom", title="F")],
            [
                "line 4: 'F': its filters is left out; see `rewrite` or `ignore`",
                "line 4: 'F': its ignore_in_feed is left out; see `ignore`",
                "line 4: 'F': its future_dates is left out; see `future`",
            ],
            id="Venus",
        ),
        pytest.param(OSMOSFEED, [Listed(url="https://g.example/feed.xml"), Listed(url="https://h.example/")], [], id="osmosfeed"),
        pytest.param(API, [Listed(url="https://i.example/f", title="I", categories=("기술",), enabled=False)], [], id="Miniflux API"),
        pytest.param(
            LISTED,
            [Listed(url="https://j.example/f", title="J")],
            ["line 1: 'Posts' is left out: content on disk, not a feed on the web"],
            id="feeds list --json",
        ),
        pytest.param("urls:\n  - url: ftp://k.example/\n", [], ["line 2: 'ftp://k.example/' is left out: not an http(s) address"], id="ftp"),
    ],
)  # fmt: skip
def test_import(text: str, feeds: list[Listed], problems: list[str]) -> None:
    found = lists.read(text)
    assert list(found.feeds) == feeds
    assert list(found.problems) == problems


def test_stories_are_not_feeds() -> None:
    found = lists.read(STORIES)
    assert not found.feeds
    assert found.problems == ("line 1: stories are no list of feeds: `feeds export opml` writes one",)


def test_lines_are_those_of_the_file_whatever_stands_before() -> None:
    doctype = "<?xml version='1.0'\n?>\n<!DOCTYPE opml [\n<!ELEMENT a ANY>\n]>\n"
    assert lists.read(f"{doctype}<opml><body>\n<outline xmlUrl='ftp://x'/></body></opml>").problems == (
        "line 7: 'ftp://x' is left out: not an http(s) address",
    )


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        pytest.param("https://www.a.example/feed/", "http://a.example:80/feed", True, id="scheme, www, port, slash"),
        pytest.param("https://a.example/%66eed", "https://a.example/feed", True, id="escapes"),
        pytest.param("https://한글.example/f", "https://xn--bj0bj06e.example/f", True, id="punycode"),
        pytest.param("https://a.example/feed?type=rss", "https://a.example/feed?type=atom", False, id="query"),
        pytest.param("https://a.example/Feed", "https://a.example/feed", False, id="letter case of the path"),
    ],
)
def test_one_feed_at_two_spellings(one: str, other: str, equal: bool) -> None:
    assert (same(one) == same(other)) is equal


CORPUS = sorted((Path(__file__).parents[2].parent / "shared" / "data" / "corpus" / "opml").glob("*"))


@pytest.mark.skipif(not CORPUS, reason="../shared/data is missing: real-data cases not run")
def test_no_list_of_the_corpus_is_taken_for_another() -> None:
    shapes = {path.name: lists.shape(lists.opened(path)) for path in CORPUS}
    assert {name for name, shape in shapes.items() if shape != "opml"} == set()
