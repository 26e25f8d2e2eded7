"""Atom and RSS: what feedgen lacks or gets wrong, terms, hostile text, and nothing that moves by itself."""

import locale
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from feeds.model.channel import Feed, Format
from feeds.model.entry import Enclosure, Image, Origin, Person
from feeds.model.source import Extent
from feeds.render import RENDERERS
from tests.render.samples import DAILY, NOON, channel, entry, feed, item, member, rich

NS = {
    "a": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "cc": "http://backend.userland.com/creativeCommonsRssModule",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
BOTH: tuple[Format, ...] = ("atom", "rss")
HOSTILE = "a\x00\x08\x0b\x1f\x7f\x85\ufffe\uffff\ud800]]> <b>x</b> &amp; 👩‍👩 שלום \u202eabc\u202c \U00020000"


def tree(of: Feed, format: Format) -> etree._Element:
    body, aside = RENDERERS[format](of)
    assert not aside
    return etree.fromstring(body.raw)


def texts(root: etree._Element, path: str) -> list[str]:
    found = root.xpath(path, namespaces=NS)
    assert isinstance(found, list)
    return [str(f.text or "") if isinstance(f, etree._Element) else str(f) for f in found]


def links(root: etree._Element, path: str) -> list[dict[str, str]]:
    return [{str(k): str(v) for k, v in e.attrib.items()} for e in root.iterfind(path, NS)]


# the head


@pytest.mark.parametrize(("format", "path"), [("atom", "a:link"), ("rss", "channel/a:link")], ids=BOTH)
def test_exactly_one_self_that_is_the_documents_url(format: Format, path: str) -> None:
    of = channel(path="/기술/", base_url="https://news.example.kr")
    found = [link for link in links(tree(feed(item(), of=of), format), path) if link["rel"] == "self"]
    assert [link["href"] for link in found] == [f"https://news.example.kr/%EA%B8%B0%EC%88%A0/{format}.xml"]
    assert found[0]["type"] == f"application/{format}+xml"


@pytest.mark.parametrize(("format", "path"), [("atom", "a:link"), ("rss", "channel/a:link")], ids=BOTH)
def test_hubs_stand_in_both(format: Format, path: str) -> None:
    of = channel(hubs=("https://h1.example/", "https://h2.example/"))
    found = [link["href"] for link in links(tree(feed(of=of), format), path) if link["rel"] == "hub"]
    assert found == ["https://h1.example/", "https://h2.example/"]


def test_rss_link_is_the_page_and_not_the_last_link() -> None:
    root = tree(feed(of=channel(path="/기술/", hubs=("https://hub.example/",))), "rss")
    assert texts(root, "channel/link") == ["https://news.example.kr/%EA%B8%B0%EC%88%A0/"]


@pytest.mark.parametrize(
    ("formats", "files", "home"),
    [
        pytest.param(("atom", "html"), {}, "https://news.example.kr/x/", id="folder of index.html"),
        pytest.param(("atom", "html"), {"html": "page.html"}, "https://news.example.kr/x/page.html", id="named page"),
        pytest.param(("atom",), {}, "https://news.example.kr/", id="no page: the site"),
    ],
)
def test_alternate_leads_to_a_page_that_is_there(
    formats: tuple[Format, ...], files: dict[Format, str], home: str
) -> None:
    of = channel(path="/x/", formats=formats, files=files)
    found = [link["href"] for link in links(tree(feed(of=of), "atom"), "a:link") if link["rel"] == "alternate"]
    assert found == [home]


def test_updated_is_the_feeds_and_never_the_clocks() -> None:
    of = feed(item(1), item(2))
    assert texts(tree(of, "atom"), "a:updated") == ["2026-11-20T02:00:00+00:00"]
    assert texts(tree(of, "rss"), "channel/lastBuildDate") == ["Fri, 20 Nov 2026 02:00:00 +0000"]


def test_rss_without_stories_claims_no_build_date() -> None:
    assert texts(tree(feed(), "rss"), "channel/lastBuildDate") == []


def test_generator_has_no_version() -> None:
    """An upgrade of this program is no news to subscribers."""
    assert texts(tree(feed(), "atom"), "a:generator | a:generator/@*") == ["feeds"]
    assert texts(tree(feed(), "rss"), "channel/generator") == ["feeds"]


@pytest.mark.parametrize("format", BOTH)
def test_locale_is_never_switched(format: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    """feedgen switches the locale of the whole process to format a date; other threads would see it."""

    def refuse(*_: object) -> None:
        raise AssertionError("setlocale was called")

    monkeypatch.setattr(locale, "setlocale", refuse)
    tree(rich(), format)


@pytest.mark.parametrize("format", BOTH)
@pytest.mark.parametrize(
    ("given", "language"), [("ko_KR", "ko-KR"), ("Korean", ""), ("xx", ""), ("", ""), ("zh-Hant-TW", "zh-Hant-TW")]
)
def test_language_is_a_tag_that_exists_or_absent(format: Format, given: str, language: str) -> None:
    root = tree(feed(of=channel(language=given)), format)
    path = "/*/@xml:lang" if format == "atom" else "channel/language"
    assert texts(root, path) == ([language] if language else [])


@pytest.mark.parametrize("format", BOTH)
def test_browsers_get_css_and_no_xslt(format: Format) -> None:
    body, _ = RENDERERS[format](feed(of=channel(base_url="https://x.example/news")))
    assert body.raw.splitlines()[1] == b'<?xml-stylesheet type="text/css" href="/news/static/feed.css"?>'
    assert body.raw.count(b"<?") == 2, "xss_36: no other instruction gets into a document"


# links, files and pictures


def test_atom_links_keep_rel_type_and_length() -> None:
    """feedgen's issue 135: an enclosure became a second alternate."""
    one = item(
        enclosures=(
            Enclosure(url="https://a.example/1.mp3", media_type="audio/mpeg", length=5, title="one"),
            Enclosure(url="https://a.example/2", media_type="bogus"),
        ),
        comments="https://a.example/c",
        copies=(member(entry(2, url="https://b.example/"), DAILY), member(entry(3, url="https://b.example/"))),
    )
    assert links(tree(feed(one), "atom"), "a:entry/a:link") == [
        {"href": "https://news.example.kr/2026/post-1/", "rel": "alternate", "type": "text/html"},
        {"href": "https://a.example/1.mp3", "rel": "enclosure", "type": "audio/mpeg", "length": "5", "title": "one"},
        {"href": "https://a.example/2", "rel": "enclosure", "type": "application/octet-stream"},
        {"href": "https://b.example/", "rel": "related", "type": "text/html", "title": "The Daily"},
        {"href": "https://a.example/c", "rel": "replies", "type": "text/html"},
    ]


def test_rss_has_one_enclosure_and_the_rest_as_media() -> None:
    files = tuple(Enclosure(url=f"https://a.example/{n}.mp3", duration=timedelta(seconds=90)) for n in (1, 2, 3))
    root = tree(feed(item(enclosures=files)), "rss")
    assert links(root, "channel/item/enclosure") == [
        {"url": "https://a.example/1.mp3", "length": "0", "type": "audio/mpeg"}
    ]
    assert links(root, "channel/item/media:content") == [
        {"url": f"https://a.example/{n}.mp3", "type": "audio/mpeg", "medium": "audio", "duration": "90"} for n in (2, 3)
    ]


@pytest.mark.parametrize(
    "url", ["https://localhost/a.mp3", "https://u:p@a.example/a.mp3", "https://a.example?x"], ids=str
)
def test_odd_hosts_are_media_and_no_enclosure(url: str) -> None:
    root = tree(feed(item(enclosures=(Enclosure(url=url), Enclosure(url="https://a.example/ok.mp3")))), "rss")
    assert texts(root, "channel/item/enclosure/@url") == ["https://a.example/ok.mp3"]
    assert texts(root, "channel/item/media:content/@url") == [url]


def test_a_host_in_brackets_is_no_link_of_rss() -> None:
    of = feed(item(url="https://[2001:db8::1]/x"))
    assert texts(tree(of, "rss"), "channel/item/link") == []
    assert links(tree(of, "atom"), "a:entry/a:link")[0]["href"] == "https://[2001:db8::1]/x"


@pytest.mark.parametrize(("format", "path"), [("atom", "a:entry"), ("rss", "channel/item")], ids=BOTH)
def test_lead_image_is_media_content_and_thumbnail(format: Format, path: str) -> None:
    image = Image(url="https://a.example/가.jpg", alt="배터리 <셀>", width=12, height=8)
    root = tree(feed(item(image=image)), format)
    size = {"width": "12", "height": "8"}
    url = "https://a.example/%EA%B0%80.jpg"
    assert links(root, f"{path}/media:content") == [{"url": url, "type": "image/jpeg", "medium": "image", **size}]
    assert texts(root, f"{path}/media:content/media:description") == ["배터리 <셀>"]
    assert links(root, f"{path}/media:thumbnail") == [{"url": url, **size}]


def test_categories_have_term_scheme_and_label() -> None:
    root = tree(feed(item(tags=("기술", "칩", "Chip", "chip"))), "atom")
    assert links(root, "a:entry/a:category") == [
        {"term": "기술", "scheme": "https://news.example.kr/", "label": "기술"},
        {"term": "칩"},
        {"term": "Chip"},
    ]


# under which terms, and who else


@pytest.mark.parametrize(
    ("format", "path", "told"),
    [
        ("atom", "a:entry/a:link[@rel='license']/@href", ["https://cc.example/by"]),
        ("atom", "a:entry/a:contributor/a:name", ["Kim", "Lee"]),
        ("atom", "a:entry/a:link[@rel='replies'][@type='application/atom+xml']/@href", ["https://a.example/c.xml"]),
        ("rss", "channel/item/cc:license", ["https://cc.example/by"]),
        ("rss", "channel/item/dc:contributor", ["Kim", "Lee"]),
        ("rss", "channel/item/wfw:commentRss", ["https://a.example/c.xml"]),
    ],
)
def test_licence_contributors_and_feed_of_comments_go_out(format: Format, path: str, told: list[str]) -> None:
    lead = item(
        licence="https://cc.example/by",
        contributors=(Person(name="Kim"), Person(name="Lee")),
        comments_feed="https://a.example/c.xml",
    )
    assert texts(tree(feed(lead), format), path) == told


# who said it


def test_remote_entries_carry_their_source_with_an_author() -> None:
    root = tree(feed(item(origin=DAILY, updated=NOON)), "atom")
    assert texts(root, "a:entry/a:source/a:id") == [DAILY.id]
    assert texts(root, "a:entry/a:source/a:title") == ["The Daily"]
    assert texts(root, "a:entry/a:source/a:author/a:name") == ["The Daily"]
    assert texts(root, "a:entry/a:source/a:rights") == [DAILY.rights]
    assert texts(root, "a:entry/a:source/a:icon") == [DAILY.icon]
    assert texts(root, "a:entry/a:source/a:updated") == texts(root, "a:entry/a:updated")
    assert [(link["rel"], link["href"]) for link in links(root, "a:entry/a:source/a:link")] == [
        ("alternate", DAILY.url),
        ("self", DAILY.feed_url),
    ]
    assert links(tree(feed(item(origin=DAILY)), "rss"), "channel/item/source") == [{"url": DAILY.feed_url}]


@pytest.mark.parametrize(
    ("origin", "id"),
    [
        pytest.param(
            Origin(id="4711", feed_url="https://a.example/한글.xml"), "https://a.example/%ED%95%9C%EA%B8%80.xml"
        ),
        pytest.param(Origin(id="tag:x", url="https://a.example/"), "https://a.example/", id="no tag URI"),
        pytest.param(Origin(id="urn:uuid:12", url="https://a.example/"), "https://a.example/", id="no uuid"),
        pytest.param(Origin(id="tag:a.example,2026:x"), "tag:a.example,2026:x", id="tag URI"),
        pytest.param(Origin(title="nameless"), "", id="nothing to name it by: no source"),
    ],
)
def test_id_of_a_source_is_always_an_iri(origin: Origin, id: str) -> None:
    assert texts(tree(feed(item(origin=origin)), "atom"), "a:entry/a:source/a:id") == ([id] if id else [])


def test_feed_through_which_an_entry_came_is_its_via() -> None:
    planet = Origin(id="https://planet.example/", title="Planet", url="https://planet.example/")
    root = tree(feed(item(origin=planet, entry_origin=DAILY)), "atom")
    assert texts(root, "a:entry/a:source/a:id") == [DAILY.id]
    assert [link["href"] for link in links(root, "a:entry/a:link") if link["rel"] == "via"] == [planet.url]


@pytest.mark.parametrize(
    ("authors", "origin", "names"),
    [
        pytest.param((Person(name="Kim"), Person(name="Lee")), None, ["Kim", "Lee"], id="its own"),
        pytest.param((), None, ["편집부"], id="local: the desk"),
        pytest.param((), DAILY, ["The Daily"], id="remote: the source"),
        pytest.param((Person(email="kim@a.example"),), None, ["kim"], id="name of the mailbox"),
        pytest.param((Person(url="https://kim.example/"),), None, ["kim.example"], id="name of the site"),
        pytest.param((Person(name="\x00 \n"),), DAILY, ["The Daily"], id="blank is no name"),
    ],
)
def test_every_atom_entry_has_an_author(authors: tuple[Person, ...], origin: Origin | None, names: list[str]) -> None:
    assert texts(tree(feed(item(authors=authors, origin=origin)), "atom"), "a:entry/a:author/a:name") == names


def test_atom_without_any_name_is_signed_by_the_channel() -> None:
    root = tree(feed(item(), of=channel(author=Person())), "atom")
    assert texts(root, "//a:author/a:name") == ["기술 뉴스", "기술 뉴스"]


@pytest.mark.parametrize(
    ("authors", "author", "creators"),
    [
        pytest.param((Person(name="Kim"),), [], ["Kim"], id="a name"),
        pytest.param((Person(name="Kim", email="k@a.example"),), ["k@a.example (Kim)"], [], id="name and address"),
        pytest.param((Person(name="Kim", email="no mail"),), [], ["Kim"], id="what is no address is not published"),
        pytest.param((Person(name="Kim", email="k@a.example"), Person(name="L")), [], ["Kim", "L"], id="two"),
    ],
)
def test_rss_author_is_an_address_with_a_name_or_a_creator(
    authors: tuple[Person, ...], author: list[str], creators: list[str]
) -> None:
    root = tree(feed(item(authors=authors)), "rss")
    assert texts(root, "channel/item/author") == author
    assert texts(root, "channel/item/dc:creator") == creators


def test_language_of_an_entry_is_said_where_it_differs() -> None:
    of = feed(item(1, language="en-US"), item(2, language="KO"), item(3, language="Klingon"))
    assert texts(tree(of, "atom"), "a:entry/@xml:lang") == ["en-US"]
    assert texts(tree(of, "rss"), "channel/item/dc:language") == ["en-US"]


# text


@pytest.mark.parametrize(
    ("terms", "content", "summary"),
    [("full", ["<p>본문 1</p>"], ["요약 1"]), ("summary", [], ["요약 1"]), ("title", [], [])],
    ids=["full", "summary", "title"],
)
def test_terms_limit_what_is_said(terms: Extent, content: list[str], summary: list[str]) -> None:
    of = feed(item(terms=terms, image=Image(url="https://a.example/1.png")))
    atom, rss = tree(of, "atom"), tree(of, "rss")
    assert texts(atom, "a:entry/a:content") == content == texts(rss, "channel/item/content:encoded")
    assert texts(atom, "a:entry/a:summary") == summary == texts(rss, "channel/item/description")
    assert len(texts(atom, "//media:thumbnail")) == (terms != "title")


@pytest.mark.parametrize(
    ("terms", "summary", "kind", "said"),
    [
        ("full", "", "html", "<p>본문 1</p>"),
        ("summary", "요약", "text", "요약"),
        ("summary", "", "text", "글 1"),
        ("title", "요약", "text", "글 1"),
    ],
)
def test_atom_without_a_link_has_content(terms: Extent, summary: str, kind: str, said: str) -> None:
    root = tree(feed(item(url="", terms=terms, summary=summary)), "atom")
    assert texts(root, "a:entry/a:content/@type") == [kind]
    assert texts(root, "a:entry/a:content") == [said]
    assert texts(root, "a:entry/a:link") == []


def test_url_of_a_copy_serves_a_lead_without_one() -> None:
    root = tree(feed(item(url="", copies=(member(entry(2, url="https://b.example/")),))), "rss")
    assert texts(root, "channel/item/link") == ["https://b.example/"]


def test_rss_description_stands_before_content_and_is_html() -> None:
    root = tree(feed(item(summary="3 < 5 & so")), "rss")
    order = [child.tag for child in root.iterfind("channel/item/*")]
    assert order.index("description") < order.index(f"{{{NS['content']}}}encoded")
    assert texts(root, "channel/item/description") == ["3 &lt; 5 &amp; so"]
    assert texts(root, "channel/item/title") == ["글 1"]


def test_rss_with_content_alone_puts_it_into_description() -> None:
    root = tree(feed(item(summary="")), "rss")
    assert texts(root, "channel/item/description") == ["<p>본문 1</p>"]
    assert texts(root, "channel/item/content:encoded") == []


@pytest.mark.parametrize("format", BOTH)
def test_pub_06_xss_26_xss_27_hostile_text_anywhere_stays_text(format: Format) -> None:
    of = feed(
        item(
            title=HOSTILE,
            summary=HOSTILE,
            content=f"<p>{HOSTILE}</p>",
            authors=(Person(name=HOSTILE),),
            tags=(HOSTILE,),
            rights=HOSTILE,
            image=Image(url="https://a.example/1.png", alt=HOSTILE),
            enclosures=(Enclosure(url="https://a.example/1.png", title=HOSTILE, media_type=HOSTILE),),
            origin=Origin(id=HOSTILE, title=HOSTILE, feed_url="https://a.example/"),
        ),
        of=channel(title=HOSTILE, description=HOSTILE, author=Person(name=HOSTILE)),
    )
    root = tree(of, format)
    clean = "a]]> <b>x</b> &amp; 👩‍👩 שלום \u202eabc\u202c \U00020000"
    assert texts(root, "a:entry/a:title | channel/item/title") == [clean]
    assert texts(root, "a:entry/a:content | channel/item/content:encoded") == [f"<p>{clean}</p>"]
    assert not root.xpath("//b | //a:b", namespaces=NS)


@pytest.mark.parametrize("format", BOTH)
def test_stories_stand_in_the_feeds_order(format: Format) -> None:
    root = tree(feed(item(3), item(1), item(2)), format)
    assert texts(root, "a:entry/a:title | channel/item/title") == ["글 3", "글 1", "글 2"]


def test_guid_is_the_storys_id_and_no_permalink() -> None:
    assert links(tree(feed(item()), "rss"), "channel/item/guid") == [{"isPermaLink": "false"}]
    assert texts(tree(feed(item()), "rss"), "channel/item/guid") == ["tag:news.example.kr,2026:story/1"]


def test_times_are_utc_in_whole_seconds() -> None:
    seoul = datetime.fromisoformat("2026-11-20T12:00:00.987654+09:00")
    of = feed(item(published=seoul, updated=seoul.astimezone(UTC)))
    assert texts(tree(of, "atom"), "a:entry/a:published") == ["2026-11-20T03:00:00+00:00"]
    assert texts(tree(of, "atom"), "a:entry/a:updated") == ["2026-11-20T03:00:00+00:00"]
    assert texts(tree(of, "rss"), "channel/item/pubDate") == ["Fri, 20 Nov 2026 03:00:00 +0000"]


@pytest.mark.parametrize("format", BOTH)
def test_pub_22_feed_without_stories_is_whole(format: Format) -> None:
    root = tree(feed(of=channel(author=Person(), language="", description="", hubs=())), format)
    assert texts(root, "a:title | channel/title") == ["기술 뉴스"]
    if format == "rss":
        assert texts(root, "channel/description") == ["기술 뉴스"], "RSS demands one"


def test_xss_29_html_that_is_no_xml_is_published_as_escaped_html() -> None:
    content = "<p>a&nbsp;b<br>c<img src=x>"
    root = etree.fromstring(RENDERERS["atom"](feed(item(content=content)))[0].raw)
    (found,) = root.iter("{http://www.w3.org/2005/Atom}content")
    assert (found.get("type"), found.text) == ("html", content)
