"""The fast reader: it reads what the tolerant one reads, or declines; over cases, laws and real feeds."""

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.model.entry import Parsed, RawEntry
from feeds.model.source import Document, Source
from feeds.parse import fast as read_at_once
from feeds.parse import parse
from feeds.parse.decoding.decode import decode
from feeds.parse.decoding.doctype import without_doctype
from feeds.parse.decoding.sniff import sniff
from feeds.parse.tolerant import read_xml
from feeds.parse.xml.document import read_well_formed

URL = "https://a.example/feed"
SOURCE = Source(id="s", kind="feed", location=URL)
SHARED = Path(__file__).parents[3].parent / "shared" / "data"
CORPUS = SHARED / "corpus"
STRIDE = 3
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing: real-data cases not run")

RSS = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:x="https://x.example/ns"'
    ' xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"'
    ' xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:thr="http://purl.org/syndication/thread/1.0"'
    ' xmlns:podcast="https://podcastindex.org/namespace/1.0">'
    "<channel><title>T</title><link>https://a.example/</link><language>ko</language>%s<item>%s</item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title type="text">T</title><id>urn:x:1</id>'
    "<author><name>Desk</name><uri>/desk</uri></author>%s<entry>%s</entry></feed>"
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://a.example/"><title>T</title>'
    "<link>https://a.example/</link><description>D</description>%s</channel>"
    '<item rdf:about="https://a.example/1">%s</item></rdf:RDF>'
)


def fast(text: str) -> Parsed | None:
    return read_well_formed(text.encode(), URL, "Asia/Seoul")


def told(parsed: Parsed) -> dict[str, Any]:
    """Everything that a reader tells, but for its name and for oddities, which are its own."""
    return {"info": parsed.info, "entries": parsed.entries, "complete": parsed.complete}


SAME = {  # what stands in the channel, in the item
    "guids": ("", '<guid isPermaLink="false">7</guid><link>https://a.example/7</link>'),
    "guid that is a link": ("", "<guid>https://a.example/7</guid>"),
    "guid that is no link": ("", '<guid isPermaLink="true">seven</guid>'),
    "empty guid": ("", "<guid/><link>/7</link>"),
    "relative link": ("", "<link>../7?a=1&amp;b=2</link>"),
    "atom links": ("", '<atom:link rel="self" href="/self"/><atom:link href="/7" type="text/html"/><link>/8</link>'),
    "link beside one that is not of the web": ("", '<link uri="at://did:plc:x/app.bsky.feed.post/3">https://a.example/7</link>'),
    "link without text": ("", "<link/><guid>g</guid>"),
    "plain title": ("", "<title>AT&amp;T and you</title>"),
    "title that holds HTML": ("", "<title>A &lt;b>bold&lt;/b> one &amp;amp; more</title>"),
    "title of generics": ("", "<title>vector&lt;T> in use</title>"),
    "cdata": ("", "<title><![CDATA[ 한 줄 & <b>둘</b> ]]></title>"),
    "empty title": ("", "<title> </title><description>d</description>"),
    "dates": ("", "<pubDate>Fri, 20 Nov 2026 15:05:10 +0900</pubDate><dc:date>2026-11-20</dc:date>"),
    "other dates": ("", "<atom:updated>2026-11-20T01:02:03Z</atom:updated><dcterms:created>2026-11-19</dcterms:created>"),
    "date without a zone": ("", "<pubDate>2026-11-20 15:05</pubDate>"),
    "date that is none": ("", "<pubDate>soon</pubDate>"),
    "content": ("", "<description>short</description><content:encoded><![CDATA[<p>long & whole</p>]]></content:encoded>"),
    "two contents": ("", "<content:encoded>&lt;p>a&lt;/p></content:encoded><content:encoded>&lt;p>longer&lt;/p></content:encoded>"),
    "persons": ("", "<author>kim@a.example (Kim)</author><dc:creator>Lee</dc:creator><dc:creator>Lee</dc:creator>"),
    "person by podcast": ("", "<itunes:author>Park</itunes:author>"),
    "labels": ("", '<category domain="d">A</category><category>B</category><dc:subject>C</dc:subject><category/>'),
    "keywords": ("", "<itunes:keywords>a, b,,c</itunes:keywords><media:keywords>d, e</media:keywords>"),
    "podcast": ("", '<enclosure url="https://a.example/a.mp3" length="12" type="Audio/MPEG"/><itunes:duration>1:02:03</itunes:duration>'),
    "podcast picture": ("", '<itunes:image href="https://a.example/a.png"/><itunes:summary>s</itunes:summary>'),
    "media": ("", '<media:group><media:content url="https://a.example/v.mp4" type="video/mp4" fileSize="9" duration="65"/>'
              '<media:thumbnail url="https://a.example/s.jpg" width="10"/><media:thumbnail url="https://a.example/l.jpg" width="90"/>'
              "<media:title>m</media:title></media:group>"),
    "media picture": ("", '<media:content url="https://a.example/p.jpg" medium="image" width="7" height="5">'
                      "<media:description>seen</media:description></media:content>"),
    "source": ("", '<source url="https://b.example/feed">B &amp; C</source>'),
    "image in the item": ("", "<image>https://a.example/p.png</image>"),
    "image with a url": ("", "<image><url>/p.png</url></image>"),
    "image as a channel has it": (
        "<image><url>/c.png</url><title>c</title></image>",
        "<title>t</title><link>/7</link><image><title>p</title><url> /p.png </url><link>/p</link></image>",
    ),
    "rights, language, comments": ("", "<dc:rights>CC</dc:rights><dc:language>en_US</dc:language><comments>/c</comments>"),
    "licence, contributors, feed of comments": (
        "",
        "<creativeCommons:license>https://cc.example/by</creativeCommons:license><dc:contributor>Kim</dc:contributor>"
        "<wfw:commentRss>/c.xml</wfw:commentRss>",
    ),
    "episode": (
        "",
        "<itunes:title>One</itunes:title><itunes:author>Kim &amp; Lee</itunes:author><itunes:season>2</itunes:season>"
        "<itunes:episode> 12 </itunes:episode><itunes:episodeType>Bonus</itunes:episodeType>"
        '<itunes:explicit>clean</itunes:explicit><itunes:image href="https://a.example/12.jpg"/>'
        '<podcast:transcript url="/12.vtt" type="text/VTT" language="ko"/><podcast:transcript url="/12.html"/>'
        '<podcast:transcript type="text/vtt"/><podcast:chapters url="/c.json" type="application/json+chapters"/>'
        '<podcast:person role="guest" group="cast" href="/kim" img="/k.png">Kim</podcast:person>'
        "<podcast:person>Lee</podcast:person><podcast:person/>",
    ),
    "episode by numbers that are none": (
        "",
        "<itunes:season>0</itunes:season><itunes:episode>12b</itunes:episode><podcast:episode>7</podcast:episode>"
        "<itunes:explicit>maybe</itunes:explicit><itunes:episodeType/>",
    ),
    "podcast namespace under another prefix and address": (
        "",
        '<p:person xmlns:p="https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md" role="host">'
        "Kim</p:person>",
    ),
    "answers": ("", '<thr:in-reply-to ref="urn:x:1" href="/1" type="text/html"/><thr:in-reply-to href="/2"/>'
                    "<thr:in-reply-to/>"),
    "gallery": (
        "",
        '<media:content url="/1.jpg" medium="image" width="100" height="50"><media:title>a</media:title>'
        "<media:description>b &amp;amp; c</media:description><media:credit role='photographer'>Kim</media:credit>"
        '</media:content><media:content url="/2.jpg" type="image/jpeg" width="300"/><media:credit>Lee</media:credit>'
        '<media:group><media:content url="/3.jpg" medium="image"><media:credit>Park</media:credit></media:content>'
        "</media:group>",
    ),
    "caption and credit beside the one picture": (
        "",
        '<description>d</description><media:content url="/1.jpg" medium="image"/><media:credit>Kim</media:credit>'
        "<media:description>what it shows</media:description>",
    ),
    "file told twice": (
        "",
        '<enclosure url="https://a.example/a.mp3" length="12" type="audio/mpeg"/>'
        '<media:content url="https://a.example/a.mp3" fileSize="99" duration="65"><media:title>t</media:title>'
        "</media:content>",
    ),
    "licence and rights in Dublin Core's terms": (
        "<dcterms:license>https://cc.example/by</dcterms:license><dcterms:rights>© Kim</dcterms:rights>",
        "<title>t</title><dcterms:rights>© Lee</dcterms:rights><dcterms:license>https://cc.example/nc</dcterms:license>",
    ),
    "licence of the feed": (
        "<creativeCommons:license>https://cc.example/by</creativeCommons:license>",
        "<title>t</title>",
    ),
    "same language": ("", "<dc:language>ko</dc:language><title>t</title>"),
    "feedburner": ("", "<feedburner:origLink>https://o.example/1</feedburner:origLink><link>https://fb.example/x</link>"),
    "unknown elements": ("", "<x:one>1</x:one><x:two a='b'/><unknown>3</unknown><title>t</title>"),
    "titles of other namespaces": ("", "<dc:title>dc</dc:title><media:title>m</media:title>"),
    "signs of windows-1252": ("", "<title>a &#147;quoted&#148; word</title>"),
    "signs of windows-1252, written": ("", "<title>a \x93quoted\x94 글</title>"),
    "utf-8 taken for latin-1": ("", "<title>caf&#195;&#169;</title>"),
    "utf-8 taken for latin-1, in hexadecimal": ("", "<title>caf&#xC3;&#xa9;</title>"),
    "utf-8 taken for latin-1, written": ("", "<title>caf\u00c3\u00a9</title><guid>\u00c3&#169;</guid>"),
    "utf-8 taken for latin-1, with controls": ("", "<title>&#226;&#128;&#166;</title>"),
    "letters of latin-1": ("", "<title>caf\u00e9 &#215; &#233;t\u00e9</title>"),
    "times of rest": (
        "<skipHours><hour>0</hour><hour>24</hour><hour>7</hour></skipHours><skipDays><day>Sunday</day><day>monday</day></skipDays>"
        '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"> hourly </sy:updatePeriod>'
        '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">2</sy:updateFrequency><ttl>15</ttl>'
        '<sy:updateBase xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">2000-01-01T12:00+00:00</sy:updateBase>',
        "<title>t</title>",
    ),
    "about the feed": (
        '<atom:link rel="hub" href="https://h.example/"/><atom:link rel="self" href="/f"/><ttl>30</ttl>'
        "<copyright>C</copyright><image><url>/i.png</url><title>no</title></image><description>a &lt;b>d&lt;/b></description>"
        "<managingEditor>x@a.example</managingEditor><itunes:subtitle>sub</itunes:subtitle>",
        "<title>t</title>",
    ),
}  # fmt: skip
SAME_ATOM = {
    "whole": ("<updated>2026-11-20T00:00:00Z</updated>", '<id>tag:a.example,2026:1</id><link href="1.html"/><updated>2026-11-20T01:00:00+09:00</updated>'),
    "html": ("", '<title type="html">&lt;b>x&lt;/b></title><content type="html">&lt;p>y&lt;/p></content>'),
    "xhtml": ("", '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b class="c">b &amp; c</b> &lt;d<img src="x"/></div></content>'),
    "registered rels in full": (
        '<link rel="http://www.iana.org/assignments/relation/self" href="/f.xml"/>',
        '<link rel="http://www.iana.org/assignments/relation/alternate" href="/1"/><link rel="http://x.example/alternate" href="/2"/>',
    ),
    "xhtml of two": ("", '<summary type="xhtml"><p xmlns="http://www.w3.org/1999/xhtml">a</p> tail</summary>'),
    "text that looks like HTML": ("", "<title>1 &lt;b>2&lt;/b></title><summary>s</summary>"),
    "no author of its own": ("", "<id>1</id>"),
    "authors": ("", "<author><name>A</name><email>a@a.example</email></author><author><name>B</name></author>"),
    "contributor": ("", "<contributor><name>C</name></contributor><id>1</id>"),
    "categories": ("", '<category term="a" label="A"/><category term="b" scheme="s"/><category scheme="http://schemas.google.com/g/2005#kind" term="k"/>'),
    "files": ("", '<link rel="enclosure" href="/a.mp3" length="5" type="audio/mpeg" title="t"/><link rel="enclosure" href="p.png" type="image/png"/>'),
    "source": ("", '<source><id>urn:s</id><title>S</title><link rel="self" href="/s.xml"/><link href="/s"/><rights>R</rights><author><name>SA</name></author></source>'),
    "bases": ("", '<content type="html" xml:base="https://b.example/d/" xml:lang="ko">&lt;a href="x">y&lt;/a></content>'),
    "base of the entry": ('<link href="/"/>', '<link xml:base="https://c.example/e/" href="f"/><title>t</title>'),
    "about the feed": ('<subtitle type="html">a &lt;b>b&lt;/b></subtitle><logo>/l.png</logo><icon>/i.ico</icon><rights>R</rights><link rel="hub" href="https://h.example/"/>', "<id>1</id>"),
    "licence, contributors, answers": (
        "",
        '<link rel="license" href="/by"/><contributor><name>Kim</name><uri>/k</uri></contributor><contributor>x</contributor>'
        '<link rel="replies" type="application/atom+xml" href="/c.xml"/><link rel="replies" href="/c"/><id>1</id>',
    ),
    "labels": ("", '<category term="a" scheme="https://s.example/" label="A"/><category term="b" label="b"/>'
               '<category term="c" scheme="urn:s"/><category label="D"/>'),
    "licence of the feed": ('<link rel="license" href="/by"/>', "<id>1</id>"),
    "threads and counts": ("", '<thr:total xmlns:thr="http://purl.org/syndication/thread/1.0">4</thr:total><id>1</id>'),
}  # fmt: skip
SAME_RDF = {
    "about is the id": ("", "<title>t</title><link>https://a.example/1</link><description>d</description>"),
    "dublin core": ("<dc:date>2026-11-20</dc:date><dc:language>ko</dc:language>", "<dc:date>2026-11-20T10:00+09:00</dc:date><dc:creator>K</dc:creator>"),
}  # fmt: skip
CASES = [
    pytest.param(shell % case, id=f"{kind} {name}")
    for kind, shell, cases in (("rss", RSS, SAME), ("atom", ATOM, SAME_ATOM), ("rdf", RDF, SAME_RDF))
    for name, case in cases.items()
]


@pytest.mark.parametrize("text", CASES)
def test_reads_as_the_tolerant_reader(text: str) -> None:
    parsed = fast(text)
    assert parsed is not None
    assert parsed.reader == "fast"
    assert told(parsed) == told(read_xml(text, URL, "Asia/Seoul"))


def test_a_picture_of_an_item_is_not_the_channels() -> None:
    text = RSS % SAME["image as a channel has it"]
    parsed = fast(text)
    assert parsed is not None
    for found in (parsed, read_xml(text, URL, "UTC")):
        entry = found.entries[0]
        assert found.info.icon == "https://a.example/c.png"
        assert entry.image
        assert entry.image.url == "https://a.example/p.png"
        assert entry.title
        assert (entry.title.value, entry.url) == ("t", "https://a.example/7")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        pytest.param(RSS % SAME["link beside one that is not of the web"], "https://a.example/7", id="at protocol"),
        pytest.param(ATOM % SAME_ATOM["registered rels in full"], "https://a.example/1", id="rel in full"),
        pytest.param(RSS % ("", "<link uri='/7'/>"), "https://a.example/7", id="uri of the web"),
    ],
)
def test_the_page_is_told_from_other_links(text: str, url: str) -> None:
    parsed = fast(text)
    assert parsed is not None
    assert [found.entries[0].url for found in (parsed, read_xml(text, URL, "UTC"))] == [url, url]


@pytest.mark.parametrize("text", CASES)
def test_says_which_dates_it_cannot_read(text: str) -> None:
    parsed = fast(text)
    assert parsed is not None
    theirs = [p for p in read_xml(text, URL, "Asia/Seoul").problems if p.code == "date"]
    assert [p for p in parsed.problems if p.code == "date"] == theirs


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(RSS % ("", "<title>a & b</title>"), id="bare ampersand"),
        pytest.param(RSS % ("", "<title>a&nbsp;b</title>"), id="entity of HTML"),
        pytest.param((RSS % ("", "<title>a</title>"))[:-9], id="end missing"),
        pytest.param(RSS % ("", "<title>a <b>b</b></title>"), id="element in a text"),
        pytest.param(RSS % ("", "<title>a</title><title>b</title>"), id="two titles"),
        pytest.param(RSS % ("", "<description>a</description><atom:summary>b</atom:summary>"), id="two summaries"),
        pytest.param(RSS % ("", "<x:box><title>a</title></x:box>"), id="title in a box"),
        pytest.param(RSS % ("", "<item><title>a</title></item>"), id="item in an item"),
        pytest.param(RSS % ("", '<atom:content type="image/png">AAAA</atom:content>'), id="content that is a picture"),
        pytest.param(RSS % ("", '<atom:content src="/a.html"/>'), id="content elsewhere"),
        pytest.param(ATOM % ("", '<content type="xhtml"><svg xmlns="http://www.w3.org/2000/svg"/></content>'), id="drawing"),
        pytest.param("<opml><body/></opml>", id="another root"),
        pytest.param(RSS % ("", "<title>t</title>" + '<x:y a="1"/>' * 3 + "<x:z " + "".join(f'a{n}="1" ' for n in range(1001)) + "/>"), id="BOM-16 attributes"),
    ],
)  # fmt: skip
def test_declines(text: str) -> None:
    assert fast(text) is None


@pytest.mark.parametrize("before", ["", "\ufeff", "\n", "\ufeff\r\n\t "], ids=["nothing", "a mark", "a line", "both"])
def test_a_mark_and_blanks_before_the_declaration_keep_no_feed_from_the_fast_reader(before: str) -> None:
    text = f'{before}<?xml version="1.0" encoding="utf-8"?>{RSS % ("", "<title>글</title>")}'
    parsed = read_at_once(Document(url=URL, body=text.encode()), SOURCE)
    assert parsed is not None
    assert (len(parsed.entries), parsed.problems) == (1, ())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(RSS % ("", "<title>a & b</title><guid>?a=1&b=2</guid><link>/?a=1&b=2</link>"), id="bare ampersands"),
        pytest.param(RSS % ("", "<title>a&nbsp;b &hellip;</title>"), id="entities of HTML"),
        pytest.param(RSS % ("", "<title>a\x02b&#x110000;</title>"), id="characters that XML forbids"),
        pytest.param((RSS % ("", "<title>a</title>"))[:-9], id="end missing"),
        pytest.param((RSS % ("", "<title>a</title></item><item><title>b")).removesuffix("</item></channel></rss>"), id="half an item"),
        pytest.param(RSS % ("", "<title>a & b</title>" + "</item><item><guid>g</guid>" * 1_001), id="BOM-18 too many items"),
    ],
)  # fmt: skip
def test_what_is_repaired_is_read_fast_and_as_by_the_tolerant_reader(text: str) -> None:
    parsed, theirs = parse(Document(url=URL, body=text.encode()), SOURCE), read_xml(text, URL, "UTC")
    assert parsed.reader == "repaired"
    assert told(parsed) == told(theirs)
    assert [p for p in parsed.problems if p.code in {"malformed", "excess"}] == list(theirs.problems)


def test_bom_07_entities_of_the_document_are_declined() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + RSS % ("", "<title>&b;</title>")
    assert fast(bomb) is None


def test_bom_15_depth_is_declined() -> None:
    assert fast(RSS % ("", "<x:a>" * 400 + "</x:a>" * 400)) is None


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\ufffe", "").replace("\uffff", "")


@given(WORDS, WORDS, WORDS, WORDS)
def test_any_words_are_read_as_the_tolerant_reader_reads_them(title: str, guid: str, body: str, tag: str) -> None:
    inner = f"<title>{escaped(title)}</title><guid>{escaped(guid)}</guid><description>{escaped(body)}</description>"
    text = RSS % ("", f"{inner}<category>{escaped(tag)}</category>")
    parsed = fast(text)
    assert parsed is None or told(parsed) == told(read_xml(text, URL, "Asia/Seoul"))


# real feeds


def documents(folder: str) -> list[Path]:
    return [p for p in sorted((CORPUS / folder).rglob("*")) if p.is_file()][::STRIDE]


def as_text(path: Path) -> str:
    """A document as the readers get it, '' where it is no feed in XML."""
    try:
        text = without_doctype(decode(path.read_bytes()).text)
    except ParseError:
        return ""
    found = sniff(text)
    return text[found.start :] if found.kind in {"rss", "rdf", "atom"} else ""


def differences(text: str) -> set[str]:
    """Names of the fields in which the readers differ; empty where the fast one declines."""
    parsed = read_well_formed(text.encode("utf-8", "replace"), URL, "UTC") if text else None
    if parsed is None:
        return set()
    theirs = read_xml(text, URL, "UTC")
    if len(parsed.entries) != len(theirs.entries):
        return {"count"}
    found = {
        f"info.{f.name}" for f in fields(parsed.info) if getattr(parsed.info, f.name) != getattr(theirs.info, f.name)
    }
    return found | {
        f.name
        for ours, other in zip(parsed.entries, theirs.entries, strict=True)
        for f in fields(RawEntry)
        if getattr(ours, f.name) != getattr(other, f.name)
    }


ARGUED = {  # where the fast reader is right
    "info.icon": "RSS 1.0 has the channel's picture beside the channel: feedparser loses it",
    "origin": "an author of the source has a uri: feedparser takes it for the address of the source",
    "info.format": "RSS 1.0 that declares the namespace of Atom is RSS",
}


@needs_data
def test_real_feeds_are_read_as_by_the_tolerant_reader() -> None:
    texts = [text for path in documents("real") if (text := as_text(path))]
    differing = {name for text in texts for name in differences(text)}
    assert differing <= ARGUED.keys()
    read = sum(read_well_formed(text.encode("utf-8", "replace"), URL, "UTC") is not None for text in texts)
    assert read >= 0.9 * len(texts)


@needs_data
@pytest.mark.parametrize("folder", ["feedparser", "suites", "synthetic", "validator"])
def test_cases_of_others_are_read_as_by_the_tolerant_reader(folder: str) -> None:
    found = {path.name: found for path in documents(folder) if (found := differences(as_text(path)) - ARGUED.keys())}
    assert found == {}


def test_tombstones_are_read() -> None:
    """RFC 6721 §3; whoever deleted it and why are not kept."""
    body = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'><id>f</id>"
        "<at:deleted-entry ref=' tag:a,2026:1 ' when='2026-11-20T00:00:00Z'><at:by><name>Kim</name><uri>u</uri></at:by>"
        "<at:comment>spam</at:comment><link rel='self' href='/x'/></at:deleted-entry>"
        "<entry><id>e</id><title>T</title></entry>"
        "<t:deleted-entry xmlns:t='http://purl.org/atompub/tombstones/1.0' ref='2'/></feed>"
    )
    parsed = read_well_formed(body.encode(), "https://a.example/", "UTC")
    assert parsed is not None
    assert [(d.ref, d.when) for d in parsed.deleted] == [
        ("tag:a,2026:1", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2", None),
    ]
    assert ([e.guid for e in parsed.entries], parsed.info.id, parsed.info.self_url) == (["e"], "f", "")
