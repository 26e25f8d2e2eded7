"""The face of the room: hostile and malformed documents, and what is told about them."""

import io
import time
from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.entries.normalise import normalise
from feeds.errors import PROBLEMS, ParseError
from feeds.model.entry import Parsed, RawEntry
from feeds.model.source import Document, FeedInfo, Options, Source
from feeds.parse import parse
from feeds.parse.bounds import bounded

URL = "https://a.example/feed"
CPU_SECONDS = 5.0  # G2 of the catalogue: what one document may cost


def source(timezone: str = "UTC", encoding: str = "") -> Source:
    return Source(id="s", kind="feed", location=URL, options=Options(timezone=timezone, encoding=encoding))


def read(text: str | bytes, media_type: str = "", timezone: str = "UTC") -> Parsed:
    body = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return parse(Document(url=URL, body=body, media_type=media_type), source(timezone))


def rss(items: str, before: str = "", attributes: str = "") -> str:
    return f'{before}<rss version="2.0" {attributes}><channel><title>t</title>{items}</channel></rss>'


def item(inside: str = "", title: str = "a") -> str:
    return f"<item><title>{title}</title><guid>g</guid>{inside}</item>"


def only(parsed: Parsed) -> RawEntry:
    assert len(parsed.entries) == 1
    return parsed.entries[0]


def details(parsed: Parsed, code: str) -> list[str]:
    return [p.detail for p in parsed.problems if p.code == code]


DECLARATIONS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(2, 10))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l1 "lol">{DECLARATIONS}]>'
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'

ATTRIBUTES = " ".join(f'x:a{n}=""' for n in range(20_000))

REFUSED = [
    ("BOM-07 billion laughs", rss(item("&l9;"), LAUGHS), "entities"),
    ("BOM-08 one laugh", rss(item("&a;"), '<!DOCTYPE rss [<!ENTITY a "b">]>'), "entities"),
    ("BOM-09 quadratic", rss(item("&a;" * 10_000), f'<!DOCTYPE rss [<!ENTITY a "{"b" * 100_000}">]>'), "entities"),
    ("BOM-13 unused", rss(item(), "<!DOCTYPE rss [" + '<!ENTITY e "x">' * 100_000 + "]>"), "entities"),
    ("BOM-14 10^3 levels", rss(item("<x>" * 1_000 + "</x>" * 1_000)), "depth"),
    ("BOM-14 10^6 levels", rss(item("<x>" * 1_000_000)), "depth"),
    ("BOM-16 40 000 attributes", rss(item("<x " + " ".join(f'a{n}="1"' for n in range(40_000)) + "/>")), "depth"),
    ("BOM-17 100 000 namespaces", rss(item(), attributes=" ".join(f'xmlns:a{n}="u"' for n in range(100_000))), "depth"),
    ("BOM-17 a namespace of 1 MB", rss(item("<x:a/>" * 200_000), attributes=f'xmlns:x="{"u" * 1_000_000}"'), "depth"),
    ("BOM-17 one within", rss(f"<item xmlns:x='{'u' * 500_000}'><y {ATTRIBUTES}/></item>"), "depth"),
    (
        "BOM-17 a prefix of 1 MB",
        rss(item(f"<{'p' * 1_000_000}:a/>"), attributes=f'xmlns:{"p" * 1_000_000}="u"'),
        "depth",
    ),
    ("BOM-17 blanks before it", rss(item("<x:a/>"), attributes=f"xmlns:x{' ' * 400}=\n'{'u' * 9_000}'"), "depth"),
    ("BOM-24 JSON lists", "[" * 200_000, "json"),
    ("BOM-31 a path", "/etc/hostname\n", "unknown"),
    ("BOM-31 a file name", "feed.xml", "unknown"),
    ("BOM-32 a URL", "http://127.0.0.1:8080/x", "unknown"),
    ("BOM-32 a feed URL", "feed:http://127.0.0.1/", "unknown"),
    ("FMT-20 a page", "<!DOCTYPE html><title>Log in</title>", "html"),
    ("FMT-20 words", "Service unavailable", "unknown"),
    ("FMT-20 a PDF", b"%PDF-1.7 \x00\xff", "unknown"),
    ("FMT-20 a picture", b"\x89PNG\r\n\x1a\n", "unknown"),
    ("a gzip file", b"\x1f\x8b\x08\x00", "unknown"),
    ("nothing", b"", "empty"),
    ("blanks and zeros", b" \n\x00\x00\t", "empty"),
    ("a mark and nothing", b"\xef\xbb\xbf \n", "empty"),
    ("an unclosed DOCTYPE", '<!DOCTYPE rss ["""""', "unknown"),
    (
        "RDF of another kind",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><p/></rdf:RDF>',
        "unknown",
    ),
    ("other JSON", '{"error": "not found"}', "unknown"),
]


@pytest.mark.parametrize(("body", "code"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_document_is_refused_quickly(body: str | bytes, code: str) -> None:
    begun = time.process_time()
    with pytest.raises(ParseError) as caught:
        read(body)
    assert caught.value.code == code
    assert time.process_time() - begun < 1


SURVIVED = [
    ("BOM-20 comments in CDATA", f"<description><![CDATA[{'<!--' * 50_000}]]></description>"),
    ("BOM-21 author of 60 kB", f"<author>{'a' * 60_000}</author>"),
    ("BOM-21 creator of 60 kB", f"<dc:creator>{'a' * 60_000}</dc:creator>"),
    ("BOM-22 200 authors", f"<author>{'a' * 2_000}</author>" * 200),
    ("BOM-23 ampersands", f"<description>{'&' * 200_000}</description>"),
    ("unfinished tags", f"<description>{'<a ' * 50_000}</description>"),
    ("open quotes", "<description>" + '<a x="' * 30_000 + "</description>"),
    ("unfinished ends", "</x" * 50_000),
    ("CDATA in CDATA", "<![CDATA[" * 100_000),
    ("instructions", "<?" * 200_000),
    ("crossed tags", "<a><b></a></b>" * 5_000),
    ("20 000 categories", "".join(f"<category>x{n}</category>" for n in range(20_000))),
    ("20 000 enclosures", "".join(f'<enclosure url="http://x/{n}"/>' for n in range(20_000))),
]


@pytest.mark.parametrize("inside", [s[1] for s in SURVIVED], ids=[s[0] for s in SURVIVED])
def test_item_survives_quickly(inside: str) -> None:
    begun = time.process_time()
    entry = only(read(rss(item(inside), attributes=DC)))
    assert (entry.guid, entry.title and entry.title.value) == ("g", "a")
    assert time.process_time() - begun < CPU_SECONDS


@pytest.mark.parametrize(
    "doctype",
    [
        pytest.param('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>', id="BOM-10 a file"),
        pytest.param('<!DOCTYPE rss [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]>', id="BOM-11 a URL"),
        pytest.param('<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">', id="BOM-11 a DTD"),
        pytest.param('<!DOCTYPE rss [<!ENTITY % p SYSTEM "file:///x.dtd"> %p;]>', id="BOM-29 a parameter entity"),
        pytest.param('<!DOCTYPE rss SYSTEM "/dev/stdin">', id="BOM-30 a device"),
        pytest.param(
            '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
            ' "http://my.netscape.com/publish/formats/rss-0.91.dtd">',
            id="BOM-12 harmless Netscape",
        ),
        pytest.param("<!-- <!DOCTYPE rss [ -->", id="one in a comment"),
        pytest.param("<!DOCTYPE html>", id="a page's"),
    ],
)
def test_doctype_is_dropped_unread(doctype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.open", None)
    monkeypatch.setattr("socket.socket", None)
    entry = only(read(rss(item("<description>see &x; here</description>"), f'<?xml version="1.0"?>{doctype}')))
    assert entry.summary
    assert entry.summary.value == "see &x; here"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        pytest.param("a&#0;b&#8;c&#xFFFE;d", "abcd", id="FMT-13 references"),
        pytest.param("a\x00b\x0bc\x1fd\ufffee", "abcde", id="FMT-13 characters"),
        pytest.param("a&#xD800;b&#x110000;c&#99999999999;d", "a\ufffdb\ufffdc\ufffdd", id="FMT-14 no characters"),
        pytest.param("a&#xD800;b</b>", "a\ufffdb</b>", id="FMT-14 not well-formed"),
        pytest.param("A & B", "A & B", id="FMT-15 bare ampersand"),
        pytest.param("A&nbsp;B&hellip;", "A\u00a0B…", id="FMT-16 undeclared entities"),
        pytest.param("A &unknown; B", "A &unknown; B", id="FMT-16 unknown entity"),
        pytest.param("&#54620;&#xAE00;", "한글", id="references that are right"),
        pytest.param("<![CDATA[A & &nbsp; B]]>", "A & &nbsp; B", id="CDATA is left alone"),
    ],
)
def test_text_is_mended(inside: str, text: str) -> None:
    summary = only(read(rss(item(f"<description>{inside}</description>")))).summary
    assert summary
    assert summary.value == text


def test_fmt_15_ampersands_in_links_stay() -> None:
    assert (
        only(read(rss(item("<link>https://a.example/?a=1&b=2&copy=3</link>")))).url
        == "https://a.example/?a=1&b=2&copy=3"
    )


@pytest.mark.parametrize("cut", [0, 20, 40])
def test_fmt_17_complete_items_of_a_cut_document_are_kept(cut: int) -> None:
    whole = rss(
        "".join(f"<item><title>{n}</title><guid>g{n}</guid><link>https://a.example/{n}</link></item>" for n in "123")
    )
    parsed = read(whole[: whole.index("<guid>g3") + cut])
    assert [e.guid for e in parsed.entries] == ["g1", "g2"]
    assert parsed.complete is False
    assert any("the end is missing" in d for d in details(parsed, "malformed"))


def test_whole_document_is_complete() -> None:
    assert read(rss(item())).complete is True


@pytest.mark.parametrize(
    "before", ["\n\n\t ", "<br />\n<b>Warning</b>: x in /y.php<br />\n", "\ufeff", "\ufeff\ufeff \n"]
)
def test_fmt_18_junk_before_the_document(before: str) -> None:
    assert only(read(rss(item(), f'{before}<?xml version="1.0" encoding="utf-8"?>'))).guid == "g"


def test_fmt_19_undeclared_prefixes() -> None:
    entry = only(read(rss(item("<dc:creator>김</dc:creator><dc:date>2026-11-20</dc:date>"))))
    assert entry.authors[0].name == "김"
    assert entry.published == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("media_type", ["text/html", "text/plain", "application/octet-stream", "", "x/y; charset=none"])
def test_fmt_21_label_does_not_matter(media_type: str) -> None:
    assert only(read(rss(item()), media_type)).guid == "g"


FORMATS = [
    ('<rss version="0.91"><channel><item><title>a</title></item></channel></rss>', "rss091u"),
    (rss(item()), "rss20"),
    (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel/><item rdf:about="u"><title>a</title></item></rdf:RDF>',
        "rss10",
    ),
    ('<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>a</title></entry></feed>', "atom03"),
    ('<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title></entry></feed>', "atom10"),
    ('{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "a"}]}', "json11"),
    ('<channel href="http://a.example/"><title>cdf</title><item href="http://a.example/1"><title>a</title></item></channel>',
     "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "format_"), FORMATS, ids=[f for _, f in FORMATS])
def test_fmt_22_format(text: str, format_: str) -> None:
    parsed = read(text)
    entry = only(parsed)
    assert (parsed.info.format, entry.title and entry.title.value) == (format_, "a")


@pytest.mark.parametrize(
    ("found", "kind", "value"),
    [
        ('<title type="text">a &lt;b> c</title>', "text", "a <b> c"),
        ('<title type="html">a &lt;b>c&lt;/b></title>', "html", "a <b>c</b>"),
        ('<title type="html">a &amp;lt;b></title>', "html", "a &lt;b>"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>c</b> &lt;d></div></title>', "html",
         "a <b>c</b> &lt;d&gt;"),
    ],
    ids=["text", "html", "html escaped twice", "xhtml"],
)  # fmt: skip
def test_fmt_37_atom_text_is_unescaped_once(found: str, kind: str, value: str) -> None:
    entry = only(read(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>{found}</entry></feed>'))
    assert entry.title
    assert (entry.title.kind, entry.title.value) == (kind, value)


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Fri, 20 Nov 2026 15:05:10 KST", datetime(2026, 11, 20, 6, 5, 10, tzinfo=UTC)),
        ("2026년 11월 20일 오후 3:05", datetime(2026, 11, 20, 6, 5, tzinfo=UTC)),
        ("2026.11.20 15:05", datetime(2026, 11, 20, 6, 5, tzinfo=UTC)),
        ("12", None),
    ],
)
def test_fmt_33_dates_are_ours(date: str, moment: datetime | None) -> None:
    parsed = read(rss(item(f"<pubDate>{date}</pubDate>")), timezone="Asia/Seoul")
    assert only(parsed).published == moment
    assert only(parsed).updated is None
    assert details(parsed, "date") == ([] if moment else ["'12'"])


def test_fmt_36_nested_bases() -> None:
    entry = only(
        read(
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/blog/"><entry xml:base="2026/"><id>x</id>'
            '<link href="1.html"/><content type="html" xml:base="img/">&lt;img src="a.png"></content></entry></feed>'
        )
    )
    assert entry.url == "https://a.example/blog/2026/1.html"
    assert entry.base_url == "https://a.example/blog/2026/img/"


@pytest.mark.parametrize(("ascending", "first"), [(True, "g500"), (False, "g0")], ids=["oldest first", "newest first"])
def test_bom_18_the_newest_thousand_are_read(ascending: bool, first: str) -> None:
    numbers = range(1_500)
    years = numbers if ascending else reversed(numbers)
    items = (
        f"<item><guid>g{n}</guid><pubDate>{2000 + y // 12}-{y % 12 + 1:02}-01</pubDate></item>"
        for n, y in zip(numbers, years, strict=True)
    )
    parsed = read(rss("".join(items)))
    assert (len(parsed.entries), parsed.entries[0].guid) == (1_000, first)
    assert details(parsed, "excess") == ["1500 items; the newest 1000 were read"]


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        pytest.param(rss(item("<author>김</author>"), '<?xml version="1.0" encoding="euc-kr"?>'), "charset",
                     "it says euc-kr, but is utf-8", id="wrong label"),
        pytest.param(rss(item(title="a &lt;b>c&lt;/b>")), "title", "1 titles hold HTML where text belongs", id="HTML title"),
        pytest.param(rss(item("A & B")), "malformed", "1 bare ampersands", id="ampersand"),
        pytest.param(rss(item("a&hellip;")), "malformed", "entities that only HTML declares: &hellip;", id="entity"),
        pytest.param(rss(""), "empty", "no items in it", id="no items"),
        pytest.param("oops " + rss(item()), "malformed", "something stands before the feed: 'oops'", id="junk"),
        pytest.param(rss(item("</b>")), "malformed", "line 1, column 83: mismatched tag", id="not well-formed"),
    ],
)  # fmt: skip
def test_oddities_are_told(text: str, code: str, detail: str) -> None:
    assert detail in details(read(text), code)


def test_a_clean_feed_has_no_problems() -> None:
    assert read(rss(item("<pubDate>Fri, 20 Nov 2026 15:05:10 GMT</pubDate>"))).problems == ()


def test_every_code_is_known() -> None:
    used = {"charset", "malformed", "date", "guid", "title", "excess", "empty"}
    assert used <= PROBLEMS.keys()


def test_override_of_the_owner_is_heard() -> None:
    body = rss(item(title="Привет")).encode("koi8-r")
    parsed = parse(Document(url=URL, body=body, media_type="text/xml; charset=euc-kr"), source(encoding="koi8-r"))
    title = only(parsed).title
    assert title
    assert title.value == "Привет"


@pytest.mark.parametrize(
    "inside",
    [
        "</category>", "</source>", "<name>x</name>", "<width>x</width>", "</media:player>", "</media:license>",
        "<georss:where/></georss:where>", "</textInput>", "<psc:chapter start='x'/>", "<creativeCommons:license/>",
        "<dcterms:valid>a=b=c</dcterms:valid>", "<gml:pos>1</gml:pos>",
    ],
)  # fmt: skip
def test_an_element_out_of_place_costs_itself_only(inside: str) -> None:
    parsed = read(rss(item(inside) + f"<item><guid>h</guid>{inside}<title>b</title></item>"))
    assert [(e.guid, e.title and e.title.value) for e in parsed.entries] == [("g", "a"), ("h", "b")]


def test_a_blank_in_a_namespace_is_survived() -> None:
    assert only(read(rss(item(), attributes='xmlns:x="a b"').replace("<item>", "<item><x:y>1</x:y>"))).guid == "g"


def test_failure_of_the_reader_has_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise KeyError("inside")

    monkeypatch.setattr("feeds.parse.tolerant.read_elements", fail)
    with pytest.raises(ParseError, match="KeyError: 'inside'") as caught:
        read(rss(item(title="a & <b>b</b>")))
    assert caught.value.code == "reader"


def test_feedparser_opens_what_it_is_given_and_we_do_not(tmp_path: Any) -> None:
    """The reason for our own drive: if this stops failing in feedparser, `elements.py` may become simpler."""
    secret = tmp_path / "secret.xml"
    secret.write_text(rss(item(title="secret")))
    assert feedparser.parse(str(secret).encode()).entries[0].title == "secret"
    assert feedparser.parse(io.BytesIO(str(secret).encode())).entries == []
    with pytest.raises(ParseError):
        read(str(secret))


PIECES = st.sampled_from(
    [
        "<rss>", "<channel>", "<item>", "</item>", "</channel>", "</rss>", "<title>", "</title>", "a & b", "&#xD800;",
        "<![CDATA[", "]]>", "<!--", "-->", "<description>", "</description>", "<author>", "x@y.kr (김)", "</author>",
        "<link>", "</link>", '<link href="u"/>', "<guid>", "</guid>", "<pubDate>", "2026-11-20", "</pubDate>", "<source>",
        '<media:content url="m"/>', "<image>", "<url>", "</image>", "<content type='html'>", "</content>", "<?php", "?>",
        '<category term="t"/>', "<category>", "</category>", "<enclosure/>", "<media:group>", "<itunes:image href='i'/>",
        "<textInput>", "<cloud/>", "<georss:point>", "1 2", "<psc:chapters>", "<cc:license/>", "<media:rating>",
        "</media:rating>", "<media:credit>", "<dcterms:valid>", "start=1;end=2", "</dcterms:valid>", "\ufeff", "\x00",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_order_of_elements_is_an_answer(inside: str) -> None:
    try:
        parsed = read(f"<rss version='2.0'><channel>{inside}</channel></rss>")
    except ParseError:
        return
    assert all(e.published is None or e.published.tzinfo is UTC for e in parsed.entries)


@pytest.mark.parametrize("end", ["</feed>", "</fee>"], ids=["well-formed", "broken"])
def test_bom_a_feed_of_thousands_of_authors_costs_its_reading(end: str) -> None:
    """Each entry without authors has the feed's: of 2,400 they took longer than all of the reading (a mutant's find)."""
    people = "".join(f"<author><name>Person {n}</name></author>" for n in range(150))
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{people}<entry><id>a</id><title>A</title></entry>{end}"
    parsed = parse(Document(url="https://a.example/f", body=body.encode()), Source(id="s", kind="feed", location="x"))
    assert [len(e.authors) for e in parsed.entries] == [100]


ONCE = "a_" * 1_000_000  # 2 MB that stand once in a feed of a thousand entries
EACH = "".join(f'<entry><id>urn:x:{n}</id><title>t</title><link href="p{n}"/></entry>' for n in range(1_000))
RELS = ("self", "hub", "alternate", "license")
LINKS = "".join(f'<link rel="{rel}" href="https://a.example/{ONCE}"/>' for rel in RELS)
AMPLIFIED = {
    "language": f'xml:lang="{ONCE}">',
    "language, said": f'xml:lang="ko"><language>{ONCE}</language>',
    "base": f'xml:base="https://a.example/{ONCE}">',
    "base of many steps": f'xml:base="https://a.example/{"a/" * 1_000_000}">',
    "author": f"><author><name>{ONCE}</name><uri>https://a.example/{ONCE}</uri></author>",
    "words": f"><title>{ONCE}</title><subtitle>{ONCE}</subtitle><rights>{ONCE}</rights>",
    "addresses": f"><id>{ONCE}</id><icon>https://a.example/{ONCE}</icon>{LINKS}",
}


@pytest.mark.parametrize("said", AMPLIFIED.values(), ids=AMPLIFIED)
def test_bom_19_what_a_feed_says_once_does_not_cost_each_entry_its_length(said: str) -> None:
    begun = time.process_time()
    parsed = read(f'<feed xmlns="http://www.w3.org/2005/Atom" {said}{EACH}</feed>')
    normalise(parsed, source(), URL)
    assert time.process_time() - begun < 1.5
    assert len(parsed.entries) == 1_000
    assert sum(len(str(value)) for value in astuple(parsed.info)) < 20_000


def test_what_is_cut_is_marked_and_an_address_goes_whole() -> None:
    long = FeedInfo(title="w" * 501, rights="r" * 1000, home="https://a.example/" + "h" * 2031, icon="i" * 2048)
    assert bounded(long) == FeedInfo(title="w" * 499 + "…", rights="r" * 1000, icon="i" * 2048)
    assert bounded(FeedInfo(title="t")) == FeedInfo(title="t")
