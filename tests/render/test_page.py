"""The page of a channel: what it shows, in whose words, and what it never does."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from feeds.model.channel import Channel, Feed, Format
from feeds.model.entry import Enclosure, Image, Origin, Person
from feeds.model.story import Category
from feeds.render import frame, page, words
from feeds.render.static import STATIC, STYLE
from tests.render.samples import DAILY, NEWS, TECH, channel, entry, feed, item, member, rich

VOID = {"meta", "link", "img", "br", "input"}
Tag = tuple[str, dict[str, str]]


class Reader(HTMLParser):
    """All tags with their attributes; fails where one is not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())


def read(of: Feed) -> Reader:
    body, aside = page.render(of)
    assert not aside
    reader = Reader()
    reader.feed(body.decode())
    reader.close()
    assert reader.open == []
    return reader


def found(reader: Reader, tag: str, **having: str) -> list[dict[str, str]]:
    return [a for t, a in reader.tags if t == tag and all(a.get(k) == v for k, v in having.items())]


HOSTILE = "<script>alert(1)</script>\"' onerror=x </title> &lt;"


def hostile() -> Feed:
    return feed(
        item(
            title=HOSTILE,
            summary=HOSTILE,
            content="<script>alert(1)</script>",
            url="javascript:alert(1)",
            language='en"><script>',
            authors=(Person(name=HOSTILE),),
            categories=(Category(slug=HOSTILE, name=HOSTILE),),
            image=Image(url='https://a.example/"onerror="x', alt=HOSTILE),
            enclosures=(Enclosure(url="https://a.example/x", media_type=HOSTILE, title=HOSTILE),),
            comments="javascript:alert(1)",
            origin=Origin(title=HOSTILE, feed_url="https://a.example/"),
            copies=(member(entry(2, url="data:text/html,x", title=HOSTILE)), member(entry(3, title=HOSTILE))),
        ),
        of=channel(title=HOSTILE, description=HOSTILE, language=HOSTILE, path=f"/{HOSTILE}/", category=TECH),
        others=(channel(id="b", title=HOSTILE, path=f"/{HOSTILE}/b/"),),
    )


@pytest.mark.parametrize("of", [hostile(), rich()], ids=["hostile", "rich"])
def test_xss_26_no_script_no_style_no_handler(of: Feed) -> None:
    reader = read(of)
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "style", "iframe", "object", "embed", "form", "base", "svg"}
    for _, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("href", "src"):
            assert not re.match(r"\s*(javascript|data|vbscript):", attributes.get(name, ""), re.IGNORECASE)


def test_xss_28_no_data_is_embedded() -> None:
    body, _ = page.render(hostile())
    assert b"<script" not in body.replace(b"&lt;script", b"")


def test_xss_35_policy_stands_in_the_page_for_static_hosting() -> None:
    (policy,) = found(read(feed()), "meta", **{"http-equiv": "Content-Security-Policy"})
    for rule in ("default-src 'none'", "style-src 'self'", "base-uri 'none'", "form-action 'none'"):
        assert rule in policy["content"]
    assert found(read(feed()), "meta", name="referrer", content="no-referrer")


def test_nothing_is_loaded_from_elsewhere_but_pictures() -> None:
    reader = read(rich())
    assert [a["href"] for a in found(reader, "link", rel="stylesheet")] == [STYLE]
    images = found(reader, "img")
    assert images
    for image in images:
        assert (image["loading"], image["referrerpolicy"]) == ("lazy", "no-referrer")
        assert "alt" in image


def test_all_formats_can_be_discovered() -> None:
    of = channel(path="/기술/")
    alternates = found(read(feed(of=of)), "link", rel="alternate")
    assert [(a["type"], a["href"].rpartition("/")[2]) for a in alternates] == [
        ("application/atom+xml", "atom.xml"),
        ("application/rss+xml", "rss.xml"),
        ("application/feed+json", "feed.json"),
        ("text/x-opml", "opml.xml"),
    ]
    assert all(a["href"].startswith("https://news.example.kr/%EA%B8%B0%EC%88%A0/") for a in alternates)


@pytest.mark.parametrize("formats", [("atom", "html"), ("html",)], ids=["one", "none"])
def test_cards_name_only_what_is_published(formats: tuple[Format, ...]) -> None:
    reader = read(feed(of=channel(formats=formats)))
    assert len(found(reader, "input", **{"class": "address"})) == len(formats) - 1
    assert len(found(reader, "aside")) == (len(formats) > 1)


def test_a_category_offers_the_list_of_the_front_page() -> None:
    of = channel(id="c", path="/기술/", category=TECH, formats=("atom", "html"))
    addresses = found(read(feed(of=of, others=(channel(),))), "input", **{"class": "address"})
    assert [a["value"].rpartition("/")[2] for a in addresses] == ["atom.xml", "opml.xml"]
    assert addresses[1]["value"] == "https://news.example.kr/opml.xml"
    assert len(found(read(feed(of=of)), "input", **{"class": "address"})) == 1


def test_addresses_are_shown_whole_to_be_copied() -> None:
    addresses = found(read(feed(of=channel(path="/x/"))), "input", **{"class": "address"})
    assert [a["value"].removeprefix("https://news.example.kr") for a in addresses] == [
        "/x/atom.xml",
        "/x/rss.xml",
        "/x/feed.json",
        "/x/opml.xml",
    ]
    assert all("readonly" in a for a in addresses)


def test_links_within_the_site_work_on_any_host() -> None:
    reader = read(rich())
    assert found(reader, "a", **{"class": "brand", "href": "/"})
    assert found(reader, "a", href="/%EA%B8%B0%EC%88%A0/")
    assert found(reader, "a", **{"class": "open", "href": "/atom.xml"})


def test_navigation_has_the_river_first_and_marks_where_one_is() -> None:
    river = channel()
    tech = channel(id="c:tech", path="/tech/", title="기술 소식", category=TECH)
    news = channel(id="c:news", path="/news/", title="속보", category=NEWS)
    early = channel(id="c:a", path="/a/", title="A", category=Category(slug="a", name="A"))
    tech, news = replace(tech, configured=True), replace(news, configured=True)
    hidden = channel(id="c:x", path="/x/", title="X", category=Category(slug="x", name="X"), formats=("atom",))
    reader = read(feed(of=tech, others=(news, hidden, early, river)))
    nav = [a for a in found(reader, "a") if a["href"] in ("/", "/tech/", "/news/", "/a/") and "class" not in a][
        :-1
    ]  # foot
    assert [a["href"] for a in nav] == ["/", "/tech/", "/news/", "/a/"], "what the configuration names comes first"
    assert [a["href"] for a in nav if a.get("aria-current")] == ["/tech/"]
    assert "전체" in reader.words


@pytest.mark.parametrize(
    ("categories", "configured", "named", "listed"),
    [
        pytest.param(40, 3, 40, 0, id="as many as a row holds"),
        pytest.param(1200, 3, 3, 1200, id="hundreds that feeds brought: those of the configuration"),
        pytest.param(1200, 0, 0, 1200, id="hundreds, and none of the configuration"),
        pytest.param(1200, 60, 40, 1200, id="more of the configuration than a row holds"),
    ],
)
def test_a_row_of_categories_is_bounded_and_the_river_leads_to_all(
    categories: int, configured: int, named: int, listed: int
) -> None:
    others = tuple(
        channel(id=f"c:{n}", path=f"/c{n:04}/", title=f"C{n:04}", category=Category(slug=f"c{n}", name=f"C{n:04}"))
        for n in range(categories)
    )
    others = tuple(replace(c, configured=n >= categories - configured) for n, c in enumerate(others))
    river = page.render(feed(of=channel(), others=others))[0].decode()
    head, _, rest = river.partition("</header>")
    assert head.count('<li><a href="/c') == named
    assert rest.count('<a href="/c') == listed
    other = page.render(feed(of=others[0], others=(channel(), *others[1:])))[0].decode()
    assert "<details" not in other
    assert 'aria-current="page">C0000</a>' in other


@pytest.mark.parametrize(
    ("image", "shown"),
    [("https://a.example/1.png", 1), ("http://a.example/1.png", 0), ("http://site.example/1.png", 1)],
    ids=["https", "http elsewhere: the policy blocks it", "the site's own"],
)
def test_pictures_that_would_be_blocked_are_left_out(image: str, shown: int) -> None:
    of = channel(base_url="http://site.example")
    assert len(found(read(feed(item(image=Image(url=image)), of=of)), "img")) == shown


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_stories_stand_under_the_day_of_the_channels_zone() -> None:
    of = feed(
        item(1, published=at("2026-11-20T00:10:00+09:00")),
        item(2, published=at("2026-11-19T23:50:00+09:00")),
    )
    reader = read(of)
    assert [t["datetime"] for t in found(reader, "time")][:4] == [
        "2026-11-20",
        "2026-11-20T00:10:00+09:00",
        "2026-11-19",
        "2026-11-19T23:50:00+09:00",
    ]
    assert "2026년 11월 19일 목요일" in reader.words


def test_copies_unfold() -> None:
    reader = read(rich())
    assert len(found(reader, "details")) == 1
    assert "같은 소식 2곳 더" in reader.words
    assert found(reader, "a", href="https://daily.example.com/lg")


@pytest.mark.parametrize(
    ("of", "words_", "language"),
    [
        (channel(language="ko-KR"), "구독하기", "ko-KR"),
        (channel(language="en"), "Subscribe", "en"),
        (channel(language="fr"), "Subscribe", "fr"),
        (channel(language=""), "Subscribe", "en"),
    ],
    ids=["ko", "en", "other", "none"],
)
def test_page_speaks_the_channels_language(of: Channel, words_: str, language: str) -> None:
    reader = read(feed(of=of))
    assert words_ in reader.words
    assert found(reader, "html", lang=language)


@pytest.mark.parametrize(
    ("spoken", "said"), [("ko", "2026년 11월 20일 금요일"), ("en", "Friday 20 November 2026")], ids=["ko", "en"]
)
def test_day(spoken: str, said: str) -> None:
    assert words.day(date(2026, 11, 20), spoken) == said


def test_pub_22_empty_channel_says_so() -> None:
    assert "아직 글이 없습니다." in read(feed()).words


def test_page_has_its_landmarks_and_a_way_past_them() -> None:
    reader = read(rich())
    for landmark in ("header", "nav", "main", "aside", "footer", "h1"):
        assert len(found(reader, landmark)) == 1, landmark
    assert found(reader, "a", **{"class": "skip"})[0]["href"] == "#main"
    ids = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))


def test_story_in_another_language_says_so() -> None:
    assert len(found(read(feed(item(language="en", origin=DAILY))), "article", lang="en")) == 1


@pytest.mark.parametrize(
    ("value", "limit", "clipped"),
    [
        ("short", 10, "short"),
        ("one two three", 9, "one two…"),
        ("가나다라마바사", 5, "가나다라…"),
        ("a, b", 3, "a…"),
        ("two\nlines", 20, "two lines"),
    ],
)
def test_clipped(value: str, limit: int, clipped: str) -> None:
    assert frame.clipped(value, limit) == clipped


def test_static_files_are_small_and_call_nobody() -> None:
    for path, (media_type, body) in STATIC.items():
        assert len(body) < 16_000
        if path.startswith("/favicon."):
            continue
        assert path.startswith("/static/")
        assert media_type == "text/css; charset=utf-8"
        assert b"@import" not in body
        outside = set(re.findall(rb'url\("?([^")]*)', body))
        assert all(b"purl.org" in u or b"yahoo.com" in u or b"w3.org" in u for u in outside), "namespaces, not files"
    assert STATIC["/favicon.ico"][1][:4] == b"\0\0\1\0"
    assert b"<script" not in STATIC["/favicon.svg"][1]
    assert b"keep-all" in STATIC["/static/style.css"][1]
    assert b"prefers-color-scheme: dark" in STATIC["/static/style.css"][1]
