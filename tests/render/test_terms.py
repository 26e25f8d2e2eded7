"""What terms do to words, pictures and links."""

from dataclasses import replace

import pytest

from feeds.model.channel import Feed
from feeds.model.entry import Enclosure, Image
from feeds.model.passing import Images, Passing
from feeds.render import render, terms
from feeds.render.pieces import PIECES
from feeds.render.shown import show
from tests.render.samples import NOON, channel, item

US = Passing(host="news.example.kr", site="기술 뉴스")
OURS, THEIRS = '<img src="https://news.example.kr/a.png" alt="a > b">', '<img src="https://cdn.example/b.png">'


@pytest.mark.parametrize(
    ("images", "content", "left"),
    [
        pytest.param("all", OURS + THEIRS, OURS + THEIRS, id="all"),
        pytest.param("none", f"<p>a {OURS} b</p>", "<p>a  b</p>", id="none"),
        pytest.param("own", f"<p>{OURS}{THEIRS}</p>", f"<p>{OURS}</p>", id="ours alone"),
        pytest.param(
            "own",
            '<img src="https://news.example.kr/a.png" srcset="https://cdn.example/2.png 2x">',
            "",
            id="one of several addresses is another's",
        ),
        pytest.param(
            "none",
            '<picture><source srcset="https://news.example.kr/a.webp">' + OURS + "</picture>",
            "",
            id="picture",
        ),
        pytest.param(
            "none",
            f"<figure>{OURS}<figcaption>what it shows</figcaption></figure><p>b</p>",
            "<p>b</p>",
            id="a caption goes with its picture",
        ),
        pytest.param("none", "<figure><pre>code</pre></figure>", "<figure><pre>code</pre></figure>", id="no picture"),
        pytest.param(
            "none",
            '<video src="https://x.example/v.mp4" poster="https://x.example/p.png" controls=""></video>',
            '<video src="https://x.example/v.mp4" controls=""></video>',
            id="poster",
        ),
        pytest.param(
            "none",
            '<audio controls=""><source src="https://x.example/a.mp3"></audio>',
            '<audio controls=""><source src="https://x.example/a.mp3"></audio>',
            id="a sound is no picture",
        ),
    ],
)
def test_pictures(images: Images, content: str, left: str) -> None:
    assert terms.without_images(content, replace(US, images=images)) == left


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://news.example.kr/a/", "https://news.example.kr/a/?utm_source=%ED%8F%AC%ED%84%B8&b=1"),
        (
            "https://www.news.example.kr/a?x=1#top",
            "https://www.news.example.kr/a?x=1&utm_source=%ED%8F%AC%ED%84%B8&b=1#top",
        ),
        ("https://other.example/a", "https://other.example/a"),
        ("", ""),
    ],
)
def test_links_to_our_own_pages_get_parameters(url: str, linked: str) -> None:
    assert terms.linked(url, replace(US, links=(("utm_source", "포털"), ("b", "1")))) == linked


def test_attribution_is_escaped() -> None:
    said = replace(US, attribution="<b>{title}</b> {url} {other}")
    assert terms.attributed("<p>x</p>", "A & B", (), "https://news.example.kr/?a&b", said) == (
        "<p>x</p><p>&lt;b&gt;A &amp; B&lt;/b&gt; "
        '<a href="https://news.example.kr/?a&amp;b" rel="noopener noreferrer">https://news.example.kr/?a&amp;b</a>'
        " {other}</p>"
    )
    assert terms.attributed("", "A", (), "https://news.example.kr/", said) == ""


def test_a_story_under_terms() -> None:
    one = item(
        image=Image(url="https://cdn.example/lead.png"),
        enclosures=(
            Enclosure(url="https://cdn.example/b.png", media_type="image/png"),
            Enclosure(url="https://cdn.example/b.mp3", media_type="audio/mpeg"),
        ),
    )
    said = replace(US, images="own", rights="© desk", licence="https://news.example.kr/terms", links=(("p", "1"),))
    shown = show(replace(one, passing=said), channel())
    assert (shown.image, [file.media_type for file in shown.enclosures]) == (None, ["audio/mpeg"])
    assert (shown.rights, shown.licence) == ("© desk", "https://news.example.kr/terms")
    assert shown.url == "https://news.example.kr/2026/post-1/?p=1"
    assert shown.canonical == "https://news.example.kr/2026/post-1/"
    assert shown.id == show(one, channel()).id


@pytest.mark.parametrize("format", ["atom", "rss", "json"])
def test_documents_name_the_address_without_parameters(format: str) -> None:
    of = replace(channel(formats=(format,), path="/partner/x/all/"), private=True)  # type: ignore[arg-type]  # a format
    one = replace(item(), passing=replace(US, links=(("p", "1"),)))
    (made,) = render(Feed(channel=of, items=(one,), updated=NOON)).renditions
    assert b"post-1/?p=1" in made.body
    assert b'"https://news.example.kr/2026/post-1/"' in made.body


def test_equal_terms_share_what_is_rendered() -> None:
    PIECES.clear()
    one = item()
    feeds = [
        Feed(
            channel=replace(channel(formats=("atom",), path=f"/partner/{n}/all/"), private=True),
            items=(replace(one, passing=replace(US, images="own")),),
            updated=NOON,
        )
        for n in range(3)
    ]
    (first, *others) = [PIECES.told(feed) for feed in feeds]
    assert all(told[0] is first[0] for told in others)


@pytest.mark.parametrize("format", ["atom", "json"])
def test_a_head_names_its_own_partner(format: str) -> None:
    """Heads are shared, but for the name in them: two partners, one of a Hangul name, and the public between them."""
    said = []
    for path in ("/partner/one/all/", "/", "/partner/한빛/all/", "/partner/one/all/"):
        of = replace(channel(formats=(format,), path=path), private=path != "/")  # type: ignore[arg-type]  # a format
        (made,) = render(Feed(channel=of, items=(item(),), updated=NOON)).renditions
        said.append(made.body)
    assert said[0] == said[3]
    assert b"/partner/one/all/" in said[0]
    assert b"/partner/" not in said[1]
    assert b"/partner/%ED%95%9C%EB%B9%9B/all/" in said[2]
    assert not any(b"anyone" in body for body in said)
