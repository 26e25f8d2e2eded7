"""Each oddity of a document has its code and its place."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model.oddities import CATALOGUE
from feeds.parse.xml.survey import Survey, survey

ITEM = "<item>\n<title>T</title>{0}\n</item>"
RSS = "<rss version='2.0'><channel><title>F</title><description>D</description>\n{0}\n</channel></rss>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:a.example,2026:f</id><updated>2026-01-01T00:00:00Z</updated>\n<entry>{0}</entry></feed>"


def said(text: str) -> list[str]:
    return [f"{f.code} {f.line}:{f.column} {f.detail}".strip() for f in survey(text).findings]


def item(inside: str) -> str:
    return RSS.format(ITEM.format(inside))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(item("<pubDate>Thu, 01 Jan 2026 09:00:00 +0900</pubDate>"), [], id="sound RSS"),
        pytest.param(ATOM.format("<title>T</title><updated>2026-01-01T09:00:00+09:00</updated>"), [], id="sound Atom"),
        pytest.param('{"version": "https://jsonfeed.org/version/1.1"}', [], id="JSON"),
        pytest.param("<html><body>x</body></html>", [], id="a page"),
        pytest.param("\n<?xml version='1.0'?>" + item(""), ["xml.before 1:1 blanks before the XML declaration"], id="blank line"),
        pytest.param("<!-- a > b -->\n" + item(""), [], id="a comment may stand first"),
        pytest.param("Warning: x\n" + item(""), ["xml.before 1:1 Warning: x"], id="warning of a script"),
        pytest.param("<!DOCTYPE rss>\n" + item(""), ["xml.doctype 1:1"], id="document type"),
        pytest.param(item("<link>http://a.example/?a=1&b=2</link>"),
                     ["xml.ampersand 3:46 <link>http://a.example/?a=1&b=2</link>"], id="bare ampersand"),
        pytest.param(item("<description>a&nbsp;b</description>"),
                     ["xml.entity 3:37 T</title><description>a&nbsp;b</description>"], id="HTML entity"),
        pytest.param(item("<x:y>1</x:y>"), ["xml.prefix 3:21 Namespace prefix x on y is not defined"], id="prefix"),
        pytest.param(RSS.format("<item><title>T</item>"),
                     ["xml.tags 2:22 Opening and ending tag mismatch: title and item",
                      "xml.tags 3:11 Opening and ending tag mismatch: item and channel"], id="tags"),
        pytest.param(item("").replace("</channel></rss>", ""),
                     ["xml.end 5:1 Premature end of data in tag channel"], id="the end is missing"),
        pytest.param(item("<pubDate>2026-01-01 09:00:00</pubDate>"), ["date.zone 3:0 2026-01-01 09:00:00"], id="no zone"),
        pytest.param(item("<pubDate>2026-01-01T09:00:00Z</pubDate>"), ["date.form 3:0 2026-01-01T09:00:00Z"], id="form"),
        pytest.param(item("<pubDate>soon</pubDate>"), ["date.unread 3:0 soon"], id="no date"),
        pytest.param(item("<title>U</title>"), ["element.twice 3:0 <title>"], id="twice"),
        pytest.param(item("<media:title xmlns:media='urn:m'>U</media:title>"), [], id="an extension's title is another"),
        pytest.param(item("").replace("<title>T<", "<title>&lt;b&gt;T&lt;/b&gt;<"), ["title.html 3:0 <b>T</b>"], id="HTML title"),
        pytest.param(item("").replace("<title>T<", "<title>A &amp;amp; B<"), ["title.escaped 3:0 A &amp; B"], id="twice escaped"),
        pytest.param(ATOM.format("<title type='html'>A &amp;amp; B</title>"), [], id="an Atom title of HTML may"),
        pytest.param(ATOM.format("<title type='html'>&amp;amp;amp;</title>"), ["title.escaped 2:0 &amp;amp;"], id="but not twice"),
        pytest.param(item("<guid>12</guid>"), ["id.permalink 3:0 12"], id="guid that is no link"),
        pytest.param(item("<guid isPermaLink='false'>12</guid>"), [], id="guid that says so"),
        pytest.param(item("<author>Kim</author>"), ["author.form 3:0 Kim"], id="author"),
        pytest.param(item("<enclosure url='/a.mp3' length='0' type='mp3'/>"),
                     ["enclosure.address 3:0 /a.mp3", "enclosure.length 3:0 0", "enclosure.type 3:0 mp3"], id="enclosure"),
        pytest.param(item("<enclosure url='http://a.example/a' length='1' type='a/b'/>" * 2),
                     ["enclosure.many 3:0 2 files"], id="two enclosures"),
        pytest.param(RSS.format("<ttl>1.5</ttl>"), ["feed.ttl 2:0 1.5"], id="ttl"),
        pytest.param(RSS.replace("2.0", "0.91").format(""), ["feed.format 1:0 RSS 0.91"], id="old format"),
        pytest.param("<rss version='2.0'><channel/><item/></rss>", ["feed.description 1:0", "feed.outside 1:0"], id="outside"),
        pytest.param("<feed xmlns='http://www.w3.org/2005/Atom'/>", ["feed.id 1:0", "feed.updated 1:0"], id="Atom's must"),
    ],
)  # fmt: skip
def test_said(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_bom_17_a_namespace_beyond_use_is_not_looked_over() -> None:
    begun = time.process_time()
    assert survey(f"<rss xmlns:x='{'u' * 500_000}'>{'<x:a/>' * 50_000}</rss>") == Survey()
    assert time.process_time() - begun < 1


def test_items_have_lines() -> None:
    assert survey(RSS.format("\n\n".join([ITEM.format("")] * 3))).lines == (2, 6, 10)


def test_lines_count_what_stands_before_the_root() -> None:
    before = "<?xml version='1.0'?>\n<!DOCTYPE rss [\n<!ELEMENT a ANY>\n]>\n"
    assert said(before + item("<guid>1</guid>")) == ["xml.doctype 2:1", "id.permalink 7:0 1"]


@given(st.text(alphabet="<>&;!-[]ritemsvcha='\" /\n:x?", max_size=200))
def test_anything_gives_known_codes(inside: str) -> None:
    assert {f.code for f in survey(RSS.format(inside)).findings} <= CATALOGUE.keys()
