"""HTML that may stand on any page: what stays, what goes, and that cleaning twice is cleaning once."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.core.entries.clean import ATTRIBUTES, LIMIT, TAGS, clean, cleaned_again, paragraphs

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing: real-data cases not run")
BASE = "https://news.example/tech/1/"
REL = 'rel="noopener noreferrer"'
OWN = {"a": {"rel"}, "audio": {"controls"}, "video": {"controls"}}


def faults(html: str) -> Iterator[str]:
    """What no cleaned HTML may hold, read by a parser that had no part in cleaning."""
    if not html:
        return
    for element in lxml.html.fragment_fromstring(html, create_parent="main").iterdescendants():
        tag = element.tag
        if not isinstance(tag, str) or tag not in TAGS:
            yield f"<{tag}>"
            continue
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | OWN.get(tag, set()):
                yield f"{tag} {name}"
            if name in ("href", "src", "poster", "cite") and not re.match(r"https?://[^/]|mailto:", str(value)):
                yield f"{tag} {name}={value!r}"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("속보 & <", "속보 &amp; &lt;", id="text"),
        pytest.param("a<ScRiPt>alert(1)</sCrIpT>b", "ab", id="XSS-01 script"),
        pytest.param("a<script/x>alert(1)</script>b", "ab", id="XSS-01 script with a slash"),
        pytest.param('a<script src="x"/><p>b</p>', "a<p>b</p>", id="script closed as XHTML does"),
        pytest.param('<p onclick="x">a</p>', "<p>a</p>", id="XSS-02 handler"),
        pytest.param("<svg/onload=alert(1)>\n", "", id="XSS-03 svg"),
        pytest.param("a<!--<img src=x onerror=1>-->b", "ab", id="XSS-04 comment"),
        pytest.param('<a href="java&Tab;script&colon;alert(1)">a</a>', f"<a {REL}>a</a>", id="XSS-05 javascript"),
        pytest.param('<a href="data:text/html,x">a</a>', f"<a {REL}>a</a>", id="XSS-06 data"),
        pytest.param('<svg><a xlink:href="javascript:x">a</a></svg><area href="javascript:x">b', "b", id="XSS-07 xlink"),
        pytest.param('<math><mi href="javascript:x">a</mi></math>', "a", id="XSS-07 math"),
        pytest.param('<svg><a><animate attributeName=href values="javascript:x"/></a></svg>a', "a", id="XSS-08 animate"),
        pytest.param("<form><math><mtext></form><form><mglyph><style></math><img src onerror=x>", "", id="XSS-11 mglyph"),
        pytest.param("<math><mi>x</mi></math>", "x", id="XSS-09 math"),
        pytest.param("<P>a</p><Div>&nbsp;<BR></dIV><B></b><P>b</P>", "<p>a</p>\n<p>b</p>", id="gaps in capitals"),
        pytest.param("<CENTER>a</Center><STRIKE>b</STRIKE>", "<div>a</div><s>b</s>", id="old tags in capitals"),
        pytest.param("<iframe srcdoc='<script>1</script>'></iframe>a", "a", id="XSS-13 srcdoc"),
        pytest.param("<object data=x><embed src=x>a</object>", "a", id="XSS-14 object"),
        pytest.param('<form action="/x"><input><button>b</button>a</form>', "<div>a</div>", id="XSS-15 form"),
        pytest.param('<base href="https://evil.example/"><a href="b">a</a>',
                     f'<a href="https://news.example/tech/1/b" {REL}>a</a>', id="XSS-16 base"),
        pytest.param('<meta http-equiv=refresh><link rel=stylesheet href=x>a', "a", id="XSS-17 meta"),
        pytest.param('<p style="position:fixed">a</p><style>@import x</style>', "<p>a</p>", id="XSS-18 XSS-19 style"),
        pytest.param('<p id="body" name="x" class="y">a</p>', "<p>a</p>", id="XSS-20 XSS-21 names"),
        pytest.param('<a href="/" target="_blank" rel="dofollow">a</a>', f'<a href="https://news.example/" {REL}>a</a>',
                     id="XSS-22 target"),
        pytest.param('<img src="/a.png" alt="가" width="10">', '<img src="https://news.example/a.png" alt="가" width="10">',
                     id="XSS-23 image"),
        pytest.param('<img src="/p.gif" width=1 height=1>a', "a", id="XSS-23 pixel"),
        pytest.param('<img src="/p.gif" style="height: 1px">a', "a", id="XSS-23 pixel by style"),
        pytest.param('<img src="https://feeds.feedburner.com/~r/x/~4/1">a', "a", id="XSS-23 counter"),
        pytest.param('<img src="data:image/png;base64,AAAA">a', "a", id="XSS-23 data"),
        pytest.param('<img srcset="/a.png 1x, javascript:x 2x,b.png">',
                     '<img srcset="https://news.example/a.png 1x, https://news.example/tech/1/b.png">', id="XSS-23 srcset"),
        pytest.param('<img srcset="/a,b.png 1x 2h,/c.png, ,/d.png evil">',
                     '<img srcset="https://news.example/a,b.png 1x, https://news.example/c.png, https://news.example/d.png">',
                     id="XSS-23 srcset with commas"),
        pytest.param("<template><p>a</p></template>b", "b", id="XSS-24 template"),
        pytest.param('<img src="data:x" data-src="/a.png" onerror=x>', '<img src="https://news.example/a.png">', id="lazy"),
        pytest.param('<img class=l data-lazy-src="a.png"><noscript><img src="a.png"></noscript>',
                     '<img src="https://news.example/tech/1/a.png">', id="lazy, with its twin for readers without scripts"),
        pytest.param("<noscript><p>a</p></noscript>", "<p>a</p>", id="noscript alone"),
        pytest.param('<amp-img src="/a.png"></amp-img>', '<img src="https://news.example/a.png">', id="AMP image"),
        pytest.param('<iframe src="//www.youtube.com/embed/dQw4w9WgXcQ?autoplay=1" title="노래 <1>"></iframe>',
                     f'<p><a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ" {REL}>노래 &lt;1&gt;</a></p>', id="YouTube"),
        pytest.param('<iframe src="https://player.vimeo.com/video/7"></iframe>',
                     f'<p><a href="https://vimeo.com/7" {REL}>Vimeo</a></p>', id="Vimeo"),
        pytest.param('<iframe src="https://tv.naver.com/embed/7"></iframe>',
                     f'<p><a href="https://tv.naver.com/v/7" {REL}>네이버TV</a></p>', id="Naver TV"),
        pytest.param('<iframe src="https://play-tv.kakao.com/embed/player/cliplink/7?x"></iframe>',
                     f'<p><a href="https://tv.kakao.com/v/7" {REL}>카카오TV</a></p>', id="Kakao TV"),
        pytest.param('<iframe src="https://youtube.com.evil.example/embed/dQw4w9WgXcQ"></iframe>a', "a", id="no YouTube"),
        pytest.param('<p data-ke-size="size16">&nbsp;</p><p>a</p><p><br></p>', "<p>a</p>", id="empty paragraphs"),
        pytest.param("<p>a</p>\n\n<p>&nbsp;</p>\n\n<p>b</p>", "<p>a</p>\n\n<p>b</p>", id="no gap is left"),
        pytest.param("a<p></p>b", "a\nb", id="an empty paragraph parts words"),
        pytest.param("<div><div><p> </p></div></div>", "", id="empty within empty"),
        pytest.param("a<br><br/>\n<br>&nbsp;<br>b", "a<br><br>b", id="breaks beyond two"),
        pytest.param("<pre>x\n\n  y</pre>", "<pre>x\n\n  y</pre>", id="code keeps its blanks"),
        pytest.param("<center>a</center><center>b</center>", "<div>a</div><div>b</div>", id="old blocks"),
        pytest.param("<ruby>漢<rp>(</rp><rt>한</rt><rp>)</rp></ruby>", "<ruby>漢<rp>(</rp><rt>한</rt><rp>)</rp></ruby>",
                     id="ruby"),
        pytest.param("a&#x202e;b&#8203;c&#x1f;", "abc", id="FMT-40 signs written as entities"),
        pytest.param("\u1112\u1161\u11ab", "한", id="FMT-41 NFC"),
        pytest.param('<video src="/a.mp4" autoplay></video>', '<video src="https://news.example/a.mp4" controls=""></video>',
                     id="video"),
        pytest.param('<a href="mailto:a@b.example">a</a>', f'<a href="mailto:a@b.example" {REL}>a</a>', id="mail"),
        pytest.param('<a href="#n1">1</a>', f'<a href="https://news.example/tech/1/#n1" {REL}>1</a>', id="footnote"),
        pytest.param("<![CDATA[x]]>", "", id="XSS-12 CDATA"),
    ],
)  # fmt: skip
def test_clean(html: str, expected: str) -> None:
    assert clean(html, BASE) == expected
    assert clean(expected, BASE) == expected
    assert list(faults(expected)) == []


def test_relative_urls_go_without_a_base() -> None:
    assert clean('<a href="/x">a</a><img src="/y">') == f"<a {REL}>a</a>"


def vectors() -> dict[str, str]:
    """Every attack of the collections, by name."""
    found = {p.name: p.read_text(encoding="utf-8") for p in (SHARED / "corpus/xss/bleach").glob("*.test")}
    for name, key in (("dompurify_expect", "payload"), ("loofah_sanitizer_tests1", "input")):
        text = (SHARED / f"corpus/xss/{name}.json").read_text(encoding="utf-8")  # JSON, but for its comments
        attacks = re.findall(rf'"{key}":\s*("(?:[^"\\]|\\.)*")', text)
        found |= {f"{name} {number}": json.loads(attack) for number, attack in enumerate(attacks)}
    return found


@needs_data
def test_no_attack_passes() -> None:
    """XSS-01 to XSS-25, XSS-32: the collections of bleach, DOMPurify and loofah."""
    attacks = vectors()
    assert len(attacks) > 250
    for name, attack in attacks.items():
        cleaned = clean(attack, BASE)
        assert list(faults(cleaned)) == [], name
        assert clean(cleaned, BASE) == cleaned, name


fragments = st.lists(
    st.sampled_from(
        [f"<{t}>" for t in sorted(TAGS)] + [f"</{t}>" for t in sorted(TAGS)]
        + ["<svg>", "</svg>", "<math>", "<mtext>", "<style>", "</style>", "<form>", "</form>", "<noscript>", "<iframe ", "/>"]
        + ["<title>", "<textarea>", "<select>", "<template>", "<plaintext>", "<!--", "-->", "<![CDATA[", "]]>", "<script>"]
        + ["<img src=x ", "<img src=/a data-src=b>", "<a href='", "'", '"', ">", "=", " ", "\n", "&nbsp;", "&lt;", "&#x1f;"]
        + ["\u0338", "\u200b", "&#8203;", "&#x301;", "e", "속", "<font a=1>", "<tt>", "<center>", "</center>", "<p>&nbsp;</p>"]
    )
    | st.text(max_size=3),
    max_size=20,
).map("".join)  # fmt: skip


@given(fragments)
def test_nh3_leaves_its_own_tags_and_no_other_sign_of_one(html: str) -> None:
    """So what `prepared` replaces before it cleans is not looked for after."""
    left = nh3.clean(html + '<img alt="<noscript>" src="https://a.example/"><a title="<center>">x</a>', tags=set(TAGS))
    assert {tag.lower() for tag in re.findall(r"</?([^\s>/]*)", left)} <= TAGS
    assert "<noscript" not in left
    assert "<center" not in left


def test_each_text_stands_on_its_own_base() -> None:
    found = [
        clean('<img src="x">', base)
        for base in ("https://a.example/1/", "https://b.example/", "", "https://a.example/1/")
    ]
    assert found == [
        '<img src="https://a.example/1/x">',
        '<img src="https://b.example/x">',
        "",
        '<img src="https://a.example/1/x">',
    ]


def test_what_another_cleaner_let_through_is_cleaned_again() -> None:
    """XSS-34"""
    assert cleaned_again('<p>a</p><iframe src="https://x.example/"></iframe>') == "<p>a</p>"
    assert cleaned_again("words & signs") == "words & signs"


@settings(max_examples=400)
@given(fragments)
def test_cleaning_twice_is_cleaning_once(html: str) -> None:
    """XSS-32"""
    cleaned = clean(html, BASE)
    assert clean(cleaned, BASE) == cleaned
    assert cleaned_again(cleaned) == cleaned
    assert "<script" not in cleaned


@pytest.mark.parametrize(
    ("bomb", "seen"),
    [
        pytest.param("a" + "<div>" * 80_000, "<p>a</p>", id="BOM-15 80,000 divs"),
        pytest.param("a" + "<b>" * 100_000, "<p>a</p>", id="BOM-15 100,000 bolds"),
        pytest.param("a" + "<a><b><i>" * 9_000, "<p>a</p>", id="BOM-15 links in bold"),
        pytest.param(
            "<p>" + "".join(f"<font a={n}>" for n in range(900)) + "<p>a" * 5_000, "<p>a<br>a<br>", id="reopened"
        ),
        pytest.param("<p " + "a=1 " * 40_000 + ">a", "<p>a</p>", id="BOM-16 attributes"),
        pytest.param("<!--" * 25_000 + "a", "", id="BOM-20 comments"),
        pytest.param("&" * 200_000, "&amp;&amp;", id="BOM-23 ampersands"),
        pytest.param("<a href=x>가</a>" * 50_000, "<a href=", id="BOM-25 links"),
        pytest.param("가" * 1_000_000, "가가", id="BOM-19 a million syllables"),
        pytest.param("<iframe " * 30_000, "", id="frames"),
        pytest.param(f"<img srcset='{'a' * 8_000} z'>" * 30, "<img srcset=", id="sets of no size"),
        pytest.param(f"<img srcset='{' ' * 8_000}'>" * 30, "", id="sets of blanks"),
        pytest.param(f"<img srcset='{'a 1x,' * 50_000}'>", "<img srcset=", id="sets of many"),
        pytest.param("<p> " * 60_000 + "a", "", id="unclosed paragraphs"),
    ],
)
def test_bombs_are_defused(bomb: str, seen: str) -> None:
    cleaned = clean(bomb, BASE)
    assert cleaned.startswith(seen)
    assert len(cleaned) <= LIMIT
    assert clean(cleaned, BASE) == cleaned


def test_what_is_too_long_ends_before_a_tag() -> None:
    cleaned = clean("<p>가나 다라</p>" * 30_000, BASE)
    assert cleaned.endswith("<p>가나 다라</p>")
    assert LIMIT // 2 < len(cleaned) <= LIMIT


def test_paragraphs() -> None:
    assert paragraphs("가 < 나\n다\n\n  라 & 마\n") == "<p>가 &lt; 나<br>다</p><p>라 &amp; 마</p>"


@needs_data
def test_seed_post_loses_its_editor() -> None:
    body = (SHARED / "seed-post.txt").read_text(encoding="utf-8").split("---", 2)[2]
    cleaned = clean(body, BASE)
    assert '<img src="https://news.example/assets/img/newsdao_breakingnews.jpg" alt="firstkoreanews 속보">' in cleaned
    assert not re.search(r"data-ke|style=|<span|<p>(&nbsp;|\s)*</p>|dofollow|\n\s*\n\s*\n", cleaned)
    assert cleaned.count("<p>") == 9
    assert list(faults(cleaned)) == []
