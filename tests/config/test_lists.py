"""Lists of feeds, as other programs keep them and as people break them."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.config import lists
from feeds.config.listed import Feeds, Listed

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
CORPUS = sorted((SHARED / "corpus" / "opml").glob("*"))


def outlines(*inner: str) -> str:
    return f'<?xml version="1.0"?><opml version="2.0"><body>{"".join(inner)}</body></opml>'


OPML = {
    "nested folders": (
        '<outline text="가"><outline title="나"><outline text="F" xmlUrl="http://f/"/></outline></outline>',
        [Listed(url="http://f/", title="F", categories=("가", "나"))],
    ),
    "folder ends": (
        '<outline text="가"><outline xmlUrl="http://f/"/></outline><outline xmlUrl="http://g/"/>',
        [Listed(url="http://f/", categories=("가",)), Listed(url="http://g/")],
    ),
    "letter case of names": ('<OUTLINE TEXT="F" XMLURL="http://f/"/>', [Listed(url="http://f/", title="F")]),
    "text before title": ('<outline title="t" text="T" xmlUrl="http://f/"/>', [Listed(url="http://f/", title="T")]),
    "url instead of xmlUrl": ('<outline type="rss" url="http://f/"/>', [Listed(url="http://f/")]),
    "type link is no feed": ('<outline type="link" url="http://f/x.opml"/>', []),
    "category paths": (
        '<outline category="/Regions/Seoul,news" xmlUrl="http://f/"/>',
        [Listed(url="http://f/", categories=("Seoul", "news"))],
    ),
    "twice": (
        '<outline text="가"><outline xmlUrl="http://f/"/></outline>'
        '<outline text="나"><outline text="F" xmlUrl="https://f"/></outline>',
        [Listed(url="http://f/", title="F", categories=("가", "나"))],
    ),
    "and signs and entities": (
        '<outline text="R&D&nbsp;caf&eacute; &unknown; &amp;" xmlUrl="http://f/?a=1&b=2&copy=3"/>',
        [Listed(url="http://f/?a=1&b=2&copy=3", title="R&D café &unknown; &")],
    ),
    "numbers of no character": (
        '<outline xmlns:a="u:&#xD800;&#0;" a:b="c" text="F&#1114112;&#65;" xmlUrl="http://f/"/>',
        [Listed(url="http://f/", title="FA")],
    ),
    "feed: addresses": ('<outline xmlUrl=" feed://f/x y "/>', [Listed(url="http://f/x%20y")]),
    "end missing": ('<outline text="가"><outline xmlUrl="http://f/"/>', [Listed(url="http://f/", categories=("가",))]),
    "control characters": ('<outline text="a\x01b" xmlUrl="http://f/"/>', [Listed(url="http://f/", title="ab")]),
}


@pytest.mark.parametrize(("inner", "feeds"), [pytest.param(*case, id=name) for name, case in OPML.items()])
def test_opml(inner: str, feeds: list[Listed]) -> None:
    assert list(lists.read(outlines(inner)).feeds) == feeds


@pytest.mark.parametrize("url", ["|cmd", "exec:touch /tmp/x", "file:///etc/passwd", "javascript:x", "gopher://f/"])
def test_bom_26_only_http_is_taken(url: str) -> None:
    found = lists.read(outlines(f'<outline xmlUrl="{url}"/>'))
    assert found == Feeds(problems=(f"line 1: '{url}' is left out: not an http(s) address",))


def test_bom_26_a_hundred_thousand_outlines_are_capped() -> None:
    begun = time.process_time()
    found = lists.read(outlines(*(f'<outline xmlUrl="http://f/{n}"/>' for n in range(100_000))))
    assert len(found.feeds) == 10_000
    assert found.problems == ("line 1: more than 10000 outlines: the rest is left out",)
    assert time.process_time() - begun < 10


def test_bom_26_deep_nesting_ends() -> None:
    deep = 100_000
    found = lists.read(outlines('<outline text="x"/><outline xmlUrl="http://f/"/>', '<outline text="d">' * deep))
    assert found.feeds[0].url == "http://f/"


@pytest.mark.parametrize(
    "doctype",
    [
        pytest.param('<!DOCTYPE opml [<!ENTITY x SYSTEM "file://{path}">]>', id="BOM-10 entity"),
        pytest.param('<!DOCTYPE opml [<!ENTITY % p SYSTEM "file://{path}"> %p;]>', id="BOM-29 parameter entity"),
        pytest.param('<!DOCTYPE opml SYSTEM "file://{path}">', id="BOM-30 external subset"),
    ],
)
def test_nothing_is_loaded(tmp_path: Path, doctype: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text('<!ENTITY x "hush">')
    text = outlines('<outline text="&x;" xmlUrl="http://f/"/>').replace("<opml", doctype.format(path=secret) + "<opml")
    assert [feed.title for feed in lists.read(text).feeds] == ["&x;"]


@pytest.mark.skipif(not CORPUS, reason="../shared/data is missing: real-data cases not run")
def test_every_list_of_the_corpus_is_read() -> None:
    found = {path.name: lists.read(lists.opened(path)) for path in CORPUS}
    liferea = [name for name in found if "liferea" in name]
    assert all(len(found[name].feeds) >= 5 for name in liferea)
    for path in CORPUS:
        text = path.read_text("utf-8", errors="replace")
        promised = re.search(r"len\(result\['feeds'\]\) == (\d+)", text)
        if promised and "<opml" in text and "foaf" not in path.name:
            feeds = found[path.name].feeds
            assert len(feeds) == int(promised[1]), path.name


NEWSBOAT = """\
# comment
https://a.example/feed tech "two words" "~My: name" !
http://b.example/rss
"query:Unread:unread = \\"yes\\""
exec:~/bin/feed.sh
filter:~/bin/f.pl:http://c.example/
https://d.example/x "never closed
"""


def test_a_line_without_an_end_is_left_out() -> None:
    """Splitting 1.7 MB on one line into words took a minute."""
    found = lists.read('http://f/ "' + "a b" * 500_000 + "\nhttp://g/\n")
    assert [feed.url for feed in found.feeds] == ["http://g/"]
    assert [problem.endswith("a line of 1500011 characters is left out") for problem in found.problems] == [True]


def test_newsboat() -> None:
    assert lists.shape(NEWSBOAT) == "newsboat"
    found = lists.read(NEWSBOAT)
    assert found.feeds == (
        Listed(url="https://a.example/feed", title="My: name", categories=("tech", "two words")),
        Listed(url="http://b.example/rss"),
        Listed(url="https://d.example/x", categories=("never", "closed")),
    )
    assert [problem.partition(" is left out: ")[2] for problem in found.problems] == [
        "a query of newsboat, not a feed",
        "a command of newsboat, not a feed",
        "a filter of newsboat, not a feed",
    ]


PLANET = """\
[Planet]
name = 우리 행성
link = http://planet.example/
[DEFAULT]
face = x
[http://a.example/feed]
name = 100% 가
[https://b.example/rss]
name: B
name: C
# [http://gone.example/]
[pluto]
title = P
feed = https://c.example/atom
tags = x, y
"""


def test_planet() -> None:
    assert lists.shape(PLANET) == "planet"
    assert lists.read(PLANET) == Feeds(
        feeds=(
            Listed(url="http://a.example/feed", title="100% 가"),
            Listed(url="https://b.example/rss", title="B"),
            Listed(url="https://c.example/atom", title="P", categories=("x", "y")),
        )
    )


@pytest.mark.parametrize(
    ("body", "title"),
    [
        pytest.param('<opml><outline text="한" xmlUrl="http://f/"/></opml>'.encode(), "한", id="UTF-8"),
        pytest.param('<opml><outline text="한" xmlUrl="http://f/"/></opml>'.encode("utf-16"), "한", id="UTF-16"),
        pytest.param(
            '<?xml version="1.0" encoding="euc-kr"?><opml><outline text="똠" xmlUrl="http://f/"/></opml>'.encode(
                "cp949"
            ),
            "똠",
            id="euc-kr that is cp949",
        ),
        pytest.param('<opml><outline text="한" xmlUrl="http://f/"/></opml>'.encode("cp949"), "한", id="undeclared"),
        pytest.param(b'<opml><outline text="caf\xe9" xmlUrl="http://f/"/></opml>', "café", id="Latin"),
    ],
)
def test_encoding(body: bytes, title: str) -> None:
    assert lists.read(lists.decoded(body)).feeds == (Listed(url="http://f/", title=title),)


@given(st.text() | st.text(alphabet=st.sampled_from(list('<outlinexmU="/:&;[]>!-\n ')), max_size=80))
def test_any_text_is_an_answer(text: str) -> None:
    assert isinstance(lists.read(text), Feeds)


def test_bom_17_a_namespace_beyond_use_is_no_list() -> None:
    evil = "<x:outline/>" * 50_000
    begun = time.process_time()
    found = lists.read(outlines(evil).replace("<opml", f"<opml xm\x01lns:x='{'u' * 500_000}'"))
    assert time.process_time() - begun < 1
    assert found.feeds == ()
    assert found.problems == ("a namespace of more than 300 bytes: no list needs one, so none of it is read",)
