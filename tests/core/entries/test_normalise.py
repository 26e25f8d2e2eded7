"""Every promise of `Entry`, kept whatever was found."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.core.entries.clean import LIMIT, clean
from feeds.core.entries.normalise import Normalised, normalise
from feeds.model.entry import Enclosure, Entry, Image, Origin, Parsed, Person, RawEntry, Text
from feeds.model.source import Document, FeedInfo, Options, Source
from feeds.parse import parse
from feeds.parse.posts.markdown import to_html

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing: real-data cases not run")
URL = "https://news.example/feed.xml"
FEED = Source(id="news", kind="feed", location=URL)
POSTS = Source(id="blog", kind="content", location="/srv/posts", home="https://blog.example/")
KST = timezone(timedelta(hours=9))
DAY = datetime(2026, 11, 20, 3, 5, tzinfo=UTC)


def html(value: str) -> Text:
    return Text(value=value, kind="html")


def text(value: str) -> Text:
    return Text(value=value)


def read(*raws: RawEntry, source: Source = FEED, language: str = "") -> Normalised:
    return normalise(Parsed(entries=raws, info=FeedInfo(language=language)), source, URL)


def one(source: Source = FEED, **found: Any) -> Entry:
    """The entry that one item gives."""
    (entry,) = read(RawEntry(**found), source=source).entries
    return entry


def test_the_path_of_a_feed_file_enters_no_address() -> None:
    """A file is read here, and published from wherever its feed says that it lives: folders of ours are nobody's."""
    source = Source(id="saved", kind="file", location="/srv/desk/saved/feed.xml")
    raw = RawEntry(url="../1", comments="c", base_url=source.location, content=html("<a href='2'>two</a>"))
    info = FeedInfo(self_url="https://news.example/rss/feed.xml")
    (entry,) = normalise(Parsed(entries=(raw,), info=info), source, source.location).entries
    assert (entry.url, entry.comments) == ("https://news.example/1", "https://news.example/rss/c")
    (lost,) = normalise(Parsed(entries=(raw,)), source, source.location).entries
    assert (lost.url, lost.comments) == ("", "")
    assert "srv" not in entry.content + lost.content


# hostile posts


@pytest.mark.parametrize(
    "markdown",
    [
        pytest.param("[a](javascript:alert(1))", id="link"),
        pytest.param('![a](x" onerror="alert(1))', id="image"),
        pytest.param("<javascript:alert(1)>", id="autolink"),
        pytest.param("<script>alert(1)</script><b onclick=x>a</b>", id="raw HTML"),
        pytest.param("[a]: javascript:alert(1)\n\n[a]", id="reference"),
    ],
)
def test_xss_30_fm_22_markdown_and_its_html_go_through_the_same_cleaner(markdown: str) -> None:
    body = f"---\ntitle: T\n---\n{markdown}\n".encode()
    parsed = parse(Document(url="/srv/posts/a.md", path="a.md", body=body), POSTS)
    (entry,) = normalise(parsed, POSTS, POSTS.home).entries
    assert clean(entry.content) == entry.content
    assert not re.search(r"<script|href=.javascript|<[^>]*\son\w+=", entry.content)


def test_xss_31_markdown_of_brackets_is_read_in_time() -> None:
    """Quadratic in mistune (CVE-2026-49851): 50,000 brackets end here within the child's bounds, or the test hangs."""
    assert "[" in to_html("[" * 50_000)


def test_fm_23_a_picture_above_the_folder_is_an_address_of_the_site() -> None:
    body = b"---\ntitle: T\nimage: ../../../../etc/passwd\n---\n<img src='../../../../etc/shadow'>\n"
    parsed = parse(Document(url="/srv/posts/a.md", path="a.md", body=body), POSTS)
    (entry,) = normalise(parsed, POSTS, POSTS.home).entries
    assert entry.image
    assert entry.image.url == "https://blog.example/etc/passwd"
    assert 'src="https://blog.example/etc/shadow"' in entry.content


def test_fm_14_a_date_without_an_offset_is_of_the_sites_zone() -> None:
    source = replace(POSTS, options=Options(timezone="Asia/Seoul"))
    body = b"---\ntitle: T\ndate: 2026-11-20 12:05:00\n---\nA\n"
    parsed = parse(Document(url="/srv/posts/a.md", path="a.md", body=body), source)
    assert parsed.entries[0].published == DAY


# ids and links


@pytest.mark.parametrize(
    ("found", "guid"),
    [
        pytest.param({"guid": " tag:a,2026:1\n"}, "tag:a,2026:1", id="FMT-24 blanks around"),
        pytest.param({"guid": "ABC"}, "ABC", id="FMT-24 case is kept"),
        pytest.param({"guid": "/1", "guid_is_permalink": True}, "https://news.example/1", id="path as permalink"),
        pytest.param({"guid": "123", "guid_is_permalink": True}, "123", id="number for want of isPermaLink"),
        pytest.param({"guid": "/1"}, "/1", id="path that is no permalink"),
        pytest.param({"guid": " ", "url": "/a b"}, "https://news.example/a%20b", id="FMT-24 empty: the link"),
        pytest.param({"path": "a.md", "blob": "b10b", "url": "/a"}, "blob:b10b", id="local post"),
        pytest.param({"path": "a.md", "blob": "b10b", "guid": "mine"}, "mine", id="local post with an id"),
    ],
)
def test_guid(found: dict[str, Any], guid: str) -> None:
    entry = one(**found)
    assert entry.guid == guid
    assert entry.guid_made is guid.startswith("blob:")


def test_guid_of_5_kb_becomes_its_hash() -> None:
    """FMT-24"""
    long = one(guid="x" * 5000)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", long.guid)
    assert one(guid="x" * 5000 + "y").guid != long.guid


def test_made_guid_holds_over_polls_and_tells_items_apart() -> None:
    """FMT-23: neither id nor link."""
    first = one(title=text("가"), content=text("나"), published=DAY)
    assert re.fullmatch(r"made:[0-9a-f]{32}", first.guid)
    assert first.guid_made
    assert one(title=text("가"), content=text("나"), published=DAY, tags=("x",)).guid == first.guid
    assert one(title=text("가"), content=text("다"), published=DAY).guid != first.guid
    assert one(title=text("가"), content=text("나"), published=DAY + timedelta(1)).guid != first.guid


def test_one_id_and_one_link_are_one_entry_the_newest() -> None:
    """FMT-25"""
    old = RawEntry(guid="1", url="/1", title=text("old"), published=DAY)
    new = replace(old, title=text("new"), updated=DAY + timedelta(hours=1))
    for raws in ((old, new), (new, old)):
        found = read(*raws)
        assert [e.title for e in found.entries] == ["new"]
        assert [p.code for p in found.problems] == ["repeated"]


def test_one_id_and_several_links_are_several_entries_in_any_order() -> None:
    first, second = RawEntry(guid="same", url="/1"), RawEntry(guid="same", url="/2")
    ids = {"same|https://news.example/1", "same|https://news.example/2"}
    assert {e.guid for e in read(first, second).entries} == ids
    assert {e.guid for e in read(second, first).entries} == ids


def test_one_id_on_several_links_and_twice_on_one() -> None:
    raws = [RawEntry(guid="same", url=url, title=text(url)) for url in ("/1", "/2", "/1", "")]
    assert sorted(e.guid for e in read(*raws).entries) == [
        "same", "same|https://news.example/1", "same|https://news.example/2"
    ]  # fmt: skip


def test_items_without_ids_that_share_a_link_are_all_kept() -> None:
    raws = [RawEntry(url="/", title=text(f"note {n}")) for n in range(3)]
    assert len(read(*raws).entries) == 3


def test_equal_posts_are_told_apart_by_path() -> None:
    b, a = (RawEntry(path=p, blob="b10b", title=text(p)) for p in ("b.md", "a.md"))
    found = {e.path: e.guid for e in read(b, a, source=POSTS).entries}
    assert found == {"a.md": "blob:b10b", "b.md": "blob:b10b#2"}


@pytest.mark.parametrize(
    ("found", "url"),
    [
        pytest.param({"url": "../1?utm_source=rss"}, "https://news.example/1?utm_source=rss", id="shown as its site gave it"),
        pytest.param({"url": "1", "base_url": "/tech/"}, "https://news.example/tech/1", id="FMT-36 base"),
        pytest.param({"url": "1", "base_url": "javascript:x"}, "https://news.example/1", id="FMT-36 base of another scheme"),
        pytest.param({"url": "javascript:x", "guid": "https://a.example/1"}, "https://a.example/1", id="XSS-05 link: the id"),
        pytest.param({"guid": "tag:x", "enclosures": (Enclosure(url="/a.mp3"),)}, "https://news.example/a.mp3", id="a file"),
        pytest.param({"guid": "tag:x"}, "", id="none"),
        pytest.param({"url": "/" + "x" * 3000, "guid": "1"}, "", id="BOM-19 3 kB"),
        pytest.param({"url": "/x?a=1&b=2"}, "https://news.example/x?a=1&b=2", id="FMT-15 ampersand"),
    ],
)  # fmt: skip
def test_url(found: dict[str, Any], url: str) -> None:
    assert one(**found).url == url


# words


@pytest.mark.parametrize(
    ("found", "title"),
    [
        pytest.param({"title": text("A & B <c>")}, "A & B <c>", id="FMT-37 text is text"),
        pytest.param({"title": html("A &amp; <b>B</b>")}, "A & B", id="FMT-37 html"),
        pytest.param({"title": text("A &amp; B")}, "A & B", id="FMT-37 escaped twice"),
        pytest.param({"title": html("&lt;b&gt;속보&lt;/b&gt;")}, "속보", id="FMT-38 tags escaped"),
        pytest.param({"title": html("<script>alert(1)</script>속보")}, "속보", id="XSS-26 script"),
        pytest.param({"title": text("\u202e속\x00보\u200b\n 둘")}, "속보 둘", id="FMT-40 FMT-13 signs"),
        pytest.param({"title": text("\u1112\u1161\u11ab")}, "한", id="FMT-41 NFC"),
        pytest.param({"title": text(" "), "content": html("<p>첫 문장이다. 둘째다.</p>")}, "첫 문장이다. 둘째다.",
                     id="FMT-38 blank: the text"),
        pytest.param({"title": html("<br>"), "url": "https://a.example/1"}, "a.example", id="FMT-38 nothing: the host"),
        pytest.param({"guid": "tag:x"}, "tag:x", id="FMT-38 not even a link: the id"),
    ],
)  # fmt: skip
def test_title(found: dict[str, Any], title: str) -> None:
    assert one(**found).title == title


def test_long_title_is_cut_between_characters() -> None:
    """BOM-19, FMT-42"""
    title = one(title=text("👩‍👩‍👧 " * 100_000)).title
    assert len(title) <= 1000
    assert title.endswith("…")
    assert title[-2] not in "\u200d"


@pytest.mark.parametrize(
    ("found", "summary", "content"),
    [
        pytest.param({"summary": html("<p>a</p>")}, "a", "<p>a</p>", id="description alone is both"),
        pytest.param({"summary": text("a < b")}, "a < b", "", id="plain summary"),
        pytest.param({"summary": text("<p>a</p>")}, "a", "<p>a</p>", id="plain summary that is HTML"),
        pytest.param({"summary": text("짧게"), "content": html("<b>길게</b>")}, "짧게", "<b>길게</b>", id="a given summary wins"),
        pytest.param({"content": html("<p>하나.</p><p>둘.</p>")}, "하나. 둘.", "<p>하나.</p><p>둘.</p>", id="none: the beginning"),
        pytest.param({"content": text("a < b\nc\n\nd")}, "a < b c d", "<p>a &lt; b<br>c</p><p>d</p>", id="plain content"),
        pytest.param({"content": html(" "), "summary": html("<i>a</i>")}, "a", "<i>a</i>", id="blank content"),
        pytest.param({}, "", "", id="nothing"),
    ],
)  # fmt: skip
def test_summary_and_content(found: dict[str, Any], summary: str, content: str) -> None:
    entry = one(**found)
    assert (entry.summary, entry.content) == (summary, content)


def test_relative_images_stand_on_the_page_unless_a_base_is_named() -> None:
    content = html('<img src="a.png">')
    assert "https://news.example/tech/a.png" in one(url="/tech/1", content=content).content
    assert "https://news.example/tech/a.png" in one(url="/tech/1", content=content, base_url=URL).content
    assert "https://cdn.example/a.png" in one(url="/tech/1", content=content, base_url="https://cdn.example/").content


def test_content_of_ten_megabytes_is_cut() -> None:
    """BOM-19"""
    assert len(one(content=html("<p>가</p>" * 1_200_000)).content) <= LIMIT


# files and pictures


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        pytest.param(Enclosure(url="/a.mp3", media_type="Audio/MPEG; x=1", length=5),
                     Enclosure(url="https://news.example/a.mp3", media_type="audio/mpeg", length=5), id="as given"),
        pytest.param(Enclosure(url="/a.M4A?x.mp3", media_type="m4a", length=-1),
                     Enclosure(url="https://news.example/a.M4A?x.mp3", media_type="audio/mp4"), id="FMT-39 no type, length -1"),
        pytest.param(Enclosure(url="/a", media_type='"><script>', length=10**30),
                     Enclosure(url="https://news.example/a", media_type="application/octet-stream"), id="XSS-26 type"),
        pytest.param(Enclosure(url="javascript:x", media_type="audio/mpeg"), None, id="FMT-39 javascript"),
        pytest.param(Enclosure(url=""), None, id="empty"),
    ],
)  # fmt: skip
def test_enclosure(found: Enclosure, kept: Enclosure | None) -> None:
    assert one(guid="1", enclosures=(found, found)).enclosures == ((kept,) if kept else ())


def test_many_labels_and_files_are_capped() -> None:
    """BOM-25"""
    tags = tuple(f"t{n}" for n in range(1000))
    files = tuple(Enclosure(url=f"/{n}.mp3") for n in range(500))
    entry = one(guid="1", tags=tags, enclosures=files, authors=tuple(Person(name=t) for t in tags))
    assert (len(entry.tags), len(entry.enclosures), len(entry.authors)) == (20, 20, 10)


@pytest.mark.parametrize(
    ("found", "url"),
    [
        pytest.param({"image": Image(url="/a.png", width=-5)}, "https://news.example/a.png", id="given"),
        pytest.param({"image": Image(url="data:x"), "content": html('<img src="/b.png">')}, "https://news.example/b.png",
                     id="given one is none"),
        pytest.param({"enclosures": (Enclosure(url="/c.jpg"),)}, "https://news.example/c.jpg", id="file"),
        pytest.param({"content": html('<img src="/emoji/1.png"><img src="/s.png" width=16><img src="/d.png">')},
                     "https://news.example/d.png", id="no ornament"),
        pytest.param({"content": html("<p>a</p>")}, "", id="none"),
    ],
)  # fmt: skip
def test_image(found: dict[str, Any], url: str) -> None:
    image = one(guid="1", **found).image
    assert (image.url if image else "") == url
    assert image is None or image.width == 0


# people and labels


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        pytest.param(Person(name="kim@a.example (김 기자)"), Person(name="김 기자", email="kim@a.example"), id="RSS"),
        pytest.param(Person(name="김 기자 <kim@a.example>"), Person(name="김 기자", email="kim@a.example"), id="mail header"),
        pytest.param(Person(name="kim@a.example"), Person(email="kim@a.example"), id="mail alone"),
        pytest.param(Person(name="<b>김</b>", email="no mail", url="/kim"), Person(name="김", url="https://news.example/kim"),
                     id="XSS-26 markup"),
        pytest.param(Person(name="a" * 60_000), Person(name="a" * 199 + "…"), id="BOM-21 60 kB"),
        pytest.param(Person(name="@" * 60_000), Person(), id="BOM-22 signs"),
    ],
)  # fmt: skip
def test_author(found: Person, kept: Person) -> None:
    (author,) = one(guid="1", authors=(found, found)).authors or (Person(),)
    assert author.email == kept.email
    assert author.name == kept.name or set(found.name) == {"@"}
    assert author.url == kept.url


def test_labels_are_one_whatever_their_spelling() -> None:
    """FMT-41"""
    entry = one(guid="1", tags=(" 기술\n", "\u1100\u1175\u1109\u116e\u11af", "AI", "ai", "", "\x00"))
    assert entry.tags == ("기술", "AI")
    assert entry.categories == entry.tags


def test_posts_keep_tags_and_categories_apart() -> None:
    entry = one(POSTS, path="a.md", blob="b", tags=("배터리",), categories=("기술",), hold="draft")
    assert (entry.tags, entry.categories, entry.hold, entry.path) == (("배터리",), ("기술",), "draft", "a.md")


# dates


@pytest.mark.parametrize(
    ("found", "published", "updated"),
    [
        pytest.param({"published": DAY.astimezone(KST)}, DAY, None, id="FMT-33 offset"),
        pytest.param({"updated": DAY}, DAY, DAY, id="change alone"),
        pytest.param({"published": DAY, "updated": DAY - timedelta(1)}, DAY, DAY - timedelta(1), id="the source says otherwise"),
        pytest.param({"published": datetime(2026, 1, 1)}, None, None, id="no offset"),  # noqa: DTZ001
        pytest.param({"published": datetime(1970, 1, 1, tzinfo=UTC)}, None, None, id="FMT-31 1970"),
        pytest.param({"published": datetime(1, 1, 1, tzinfo=KST)}, None, None, id="FMT-31 year 1"),
        pytest.param({"published": datetime.max.replace(tzinfo=timezone(-timedelta(hours=9)))}, None, None, id="FMT-31 9999"),
        pytest.param({"published": datetime(2999, 1, 1, tzinfo=UTC)}, datetime(2999, 1, 1, tzinfo=UTC), None,
                     id="FMT-31 future is for deciding"),
    ],
)  # fmt: skip
def test_dates(found: dict[str, Any], published: datetime | None, updated: datetime | None) -> None:
    entry = one(guid="1", **found)
    assert (entry.published, entry.updated) == (published, updated)


SECOND = DAY + timedelta(seconds=33)


@pytest.mark.parametrize(
    ("published", "updated", "count", "stamped"),
    [
        pytest.param([None], [DAY], 5, True, id="FMT-29 one date of change and no other"),
        pytest.param([None], [DAY], 4, False, id="four items may be one act"),
        pytest.param([SECOND], [None], 5, True, id="FMT-29 one date of publication, to the second"),
        pytest.param([DAY], [None], 5, False, id="a whole minute is an editor's choice"),
        pytest.param([DAY, SECOND], [SECOND], 6, True, id="FMT-29 one date of change beside honest dates"),
        pytest.param([DAY, SECOND], [DAY, SECOND], 6, False, id="honest dates"),
        pytest.param([None], [None], 6, False, id="none at all"),
    ],
)
def test_a_date_that_all_items_bear(
    published: list[datetime | None], updated: list[datetime | None], count: int, stamped: bool
) -> None:
    raws = [
        RawEntry(guid=str(n), published=published[n % len(published)], updated=updated[n % len(updated)])
        for n in range(count)
    ]
    found = read(*raws)
    assert [p.code for p in found.problems] == (["stamped"] if stamped else [])
    if stamped:
        assert {e.updated for e in found.entries} == {None}
        assert {e.published for e in found.entries} == ({None} if len(published) == 1 else set(published))


def test_one_id_under_http_and_https_is_one_entry() -> None:
    first, second = RawEntry(guid="http://news.example/1"), RawEntry(guid="https://news.example/1", updated=DAY)
    found = read(*(replace(raw, guid_is_permalink=True, url=raw.guid) for raw in (first, second)))
    assert [e.guid for e in found.entries] == ["https://news.example/1"]
    assert [p.detail for p in found.problems] == ["2 items bear the id http://news.example/1; the newest counts"]


# the rest


@pytest.mark.parametrize(
    ("found", "feed", "language"),
    [
        ("ko-KR", "", "ko-kr"),
        ("en_US", "", "en-us"),
        ("", "ko", "ko"),
        ("한국어", "", ""),
        ("english", "", ""),
        ("", "<b>", ""),
    ],
)
def test_language(found: str, feed: str, language: str) -> None:
    assert read(RawEntry(guid="1", language=found), language=feed).entries[0].language == language


def test_origin_and_rights_are_tidy() -> None:
    origin = Origin(id=" tag:x ", title="A &amp; B", url="/", feed_url="javascript:x", icon="/i.png")
    entry = one(guid="1", origin=origin, rights="© <b>A</b>", comments="/1#c")
    assert entry.origin == Origin(
        id="tag:x", title="A & B", url="https://news.example/", icon="https://news.example/i.png"
    )
    assert (entry.rights, entry.comments) == ("© A", "https://news.example/1#c")
    assert one(guid="1", origin=Origin()).origin is None


def test_one_bad_item_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(markup: str, base_url: str = "") -> str:
        if "bad" in markup:
            raise ValueError("no")
        return clean(markup, base_url)

    monkeypatch.setattr("feeds.core.entries.normalise.clean", broken)
    found = read(RawEntry(guid="1", content=html("bad")), RawEntry(guid="2", content=html("good")))
    assert [e.guid for e in found.entries] == ["2"]
    assert [p.code for p in found.problems] == ["reader"]


@needs_data
def test_seed_post() -> None:
    body = (SHARED / "seed-post.txt").read_text(encoding="utf-8").split("---", 2)[2]
    entry = one(
        POSTS,
        path="seed-post.txt",
        blob="b10b",
        url="https://blog.example/tech/seed/",
        base_url="https://blog.example/tech/seed/",
        title=text("LG엔솔 기술전략 공개로 고객사 신뢰도 급상승!"),
        summary=text("LG에너지솔루션 CTO 김제영이 투트랙 전략을 공개했다.\n"),
        content=html(body),
        categories=("기술",),
        image=Image(url="/assets/img/newsdao_breakingnews.jpg"),
    )
    assert entry.guid == "blob:b10b"
    assert entry.summary == "LG에너지솔루션 CTO 김제영이 투트랙 전략을 공개했다."
    assert entry.image == Image(url="https://blog.example/assets/img/newsdao_breakingnews.jpg")
    assert entry.published is None
    assert "data-ke" not in entry.content


# laws

strings = st.text(max_size=30) | st.sampled_from(
    [
        "",
        "/1",
        "https://a.example/1",
        "//b.example",
        "javascript:x",
        "<p>a</p>",
        "&amp;lt;",
        "\ud800",
        "가" * 3000,
        "?",
        "x@y.zz",
    ]
)
texts = st.none() | st.builds(Text, value=strings, kind=st.sampled_from(["text", "html"]))
dates = st.none() | st.datetimes() | st.datetimes(timezones=st.sampled_from([UTC, KST, timezone(-timedelta(hours=12))]))
raws = st.builds(
    RawEntry,
    guid=strings,
    guid_is_permalink=st.booleans(),
    url=strings,
    title=texts,
    summary=texts,
    content=texts,
    published=dates,
    updated=dates,
    authors=st.lists(st.builds(Person, name=strings, email=strings, url=strings), max_size=3).map(tuple),
    tags=st.lists(strings, max_size=3).map(tuple),
    categories=st.lists(strings, max_size=3).map(tuple),
    enclosures=st.lists(
        st.builds(
            Enclosure, url=strings, media_type=strings, length=st.integers(), duration=st.none() | st.timedeltas()
        ),
        max_size=3,
    ).map(tuple),
    image=st.none() | st.builds(Image, url=strings, alt=strings, width=st.integers(), height=st.integers()),
    language=strings,
    rights=strings,
    comments=strings,
    base_url=strings,
    origin=st.none() | st.builds(Origin, id=strings, title=strings, url=strings),
    path=st.sampled_from(["", "a.md", "b.md"]),
    blob=st.sampled_from(["", "b10b"]),
    release=dates,
)
HTTP = re.compile(r"https?://[!-~]+")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(raws, max_size=8), st.sampled_from([FEED, POSTS]), strings)
def test_promises_hold(found: list[RawEntry], source: Source, url: str) -> None:
    entries = normalise(Parsed(entries=tuple(found)), source, url).entries
    assert len({e.guid for e in entries}) == len(entries)
    assert bool(entries) == bool(found)
    for entry in entries:
        assert entry.guid
        assert entry.title
        assert entry.title == " ".join(entry.title.split())
        assert clean(entry.content) == entry.content
        links = [entry.url, entry.comments, *(a.url for a in entry.authors), entry.image.url if entry.image else ""]
        assert all(HTTP.fullmatch(link) for link in [*filter(None, links), *(f.url for f in entry.enclosures)])
        words = [entry.title, entry.summary, entry.content, *entry.tags, *(a.name for a in entry.authors), entry.rights]
        assert all(unicodedata.is_normalized("NFC", word) for word in words)
        assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for word in words for c in word)
        moments = [entry.published, entry.updated, entry.release]
        assert all(m.tzinfo is UTC for m in moments if m)
