"""Lists of feeds: written by the letter, read in any state."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.errors import ParseError
from feeds.model.entry import Person
from feeds.render.opml import DEEPEST, LARGEST, Outline, read_opml, render, write_opml
from tests.render.samples import rich

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
CORPUS = sorted((SHARED / "corpus" / "opml").glob("*"))


def opml(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def test_write_says_everything() -> None:
    outline = Outline(
        title="기술",
        xml_url="https://a.example/가.xml",
        html_url="https://a.example/",
        description="d",
        language="ko_KR",
        categories=("뉴스", "IT"),
    )
    updated = datetime(2026, 11, 20, tzinfo=UTC)
    body = write_opml("목록", [outline], updated=updated, owner=Person(name="편집부", email="d@a.example"))
    root = etree.fromstring(body)
    assert {e.tag: e.text for e in root.iterfind("head/*")} == {
        "title": "목록",
        "dateModified": "Fri, 20 Nov 2026 00:00:00 +0000",
        "ownerName": "편집부",
        "ownerEmail": "d@a.example",
    }
    (folder,) = root.iterfind("body/outline")
    assert {str(k): v for k, v in folder.attrib.items()} == {"text": "뉴스"}
    assert {str(k): v for k, v in folder[0].attrib.items()} == {
        "type": "rss",
        "text": "기술",
        "title": "기술",
        "xmlUrl": "https://a.example/%EA%B0%80.xml",
        "htmlUrl": "https://a.example/",
        "description": "d",
        "language": "ko-KR",
        "category": "IT",
    }


def test_channels_are_listed_by_their_best_format() -> None:
    body, aside = render(rich())
    assert not aside
    assert [outline.xml_url for outline in read_opml(body)] == [
        "https://news.example.kr/atom.xml",
        "https://news.example.kr/%EA%B8%B0%EC%88%A0/atom.xml",
        "https://news.example.kr/breaking/rss.xml",
    ]


NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
OUTLINES = st.builds(
    Outline,
    title=NAMES,
    xml_url=NAMES.map(lambda name: f"https://a.example/{len(name)}"),
    description=NAMES,
    language=st.sampled_from(["", "ko", "en-US"]),
    categories=st.lists(NAMES, max_size=3, unique=True).map(tuple),
)


@given(st.lists(OUTLINES, max_size=5, unique_by=lambda o: o.xml_url))
def test_what_is_written_reads_back(outlines: list[Outline]) -> None:
    assert sorted(read_opml(write_opml("t", outlines)), key=lambda o: o.xml_url) == sorted(
        outlines, key=lambda o: o.xml_url
    )


@pytest.mark.parametrize(
    ("body", "outlines"),
    [
        pytest.param(
            opml(
                '<outline text="A"><outline text="B"><outline text="C" xmlUrl="https://c.example/"/></outline></outline>'
            ),
            [("C", "https://c.example/", ("A", "B"))],
            id="folders are categories",
        ),
        pytest.param(
            opml('<outline text="C" category="/A/B, D" xmlUrl="https://c.example/"/>'),
            [("C", "https://c.example/", ("A", "B", "D"))],
            id="category attribute",
        ),
        pytest.param(
            opml(
                '<outline text="A"><outline xmlUrl="https://c.example/"/></outline><outline xmlUrl="https://c.example/"/>'
            ),
            [("https://c.example/", "https://c.example/", ("A",))],
            id="one feed twice",
        ),
        pytest.param(
            opml('<outline title=" T &nbsp; x " type="RSS" xmlurl=" https://c.example/ "/>'),
            [("T x", "https://c.example/", ())],
            id="attribute case, blanks, names of HTML",
        ),
        pytest.param(
            opml('<outline text="x" type="rss" url="feed://c.example/a"/>'),
            [("x", "http://c.example/a", ())],
            id="feed: and url",
        ),
        pytest.param(
            opml('<outline xmlUrl="feed:https://c.example/"/>'), [("https://c.example/",) * 2 + ((),)], id="feed:https:"
        ),
        pytest.param(
            opml('<outline text="x" type="link" url="https://c.example/"/><outline xmlUrl="/relative"/><outline/>'),
            [],
            id="links and folders are no feeds",
        ),
        pytest.param(
            b'<opml><body><outline text="a & b" xmlUrl="https://c.example/?a=1&b=2">',
            [("a & b", "https://c.example/?a=1&b=2", ())],
            id="cut off, bare ampersands",
        ),
        pytest.param(
            '<?xml version="1.0" encoding="euc-kr"?><opml><body><outline text="똠방" xmlUrl="https://c.example/"/></body></opml>'.encode(
                "cp949"
            ),
            [("똠방", "https://c.example/", ())],
            id="euc-kr is cp949",
        ),
        pytest.param(
            '\ufeff<opml><body><outline text="가" xmlUrl="https://c.example/"/></body></opml>'.encode("utf-16"),
            [("가", "https://c.example/", ())],
            id="UTF-16",
        ),
        pytest.param(
            b'<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml><body><outline text="&undefined;" xmlUrl="https://c.example/"/></body></opml>',
            [("&undefined;", "https://c.example/", ())],
            id="doctype is dropped",
        ),
    ],
)
def test_read(body: bytes, outlines: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert [(o.title, o.xml_url, o.categories) for o in read_opml(body)] == outlines


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \n", "empty", id="blank"),
        pytest.param(b"no xml", "unknown", id="text"),
        pytest.param(b"<html><body/></html>", "unknown", id="page"),
        pytest.param(b"x" * (LARGEST + 1), "too_big", id="too big"),
        pytest.param(opml('<outline xmlUrl="https://a.example/"/>' * 20_001), "too_big", id="too many"),
        pytest.param(opml('<outline text="x">' * (DEEPEST + 2)), "depth", id="too deep"),
        pytest.param(
            b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><opml>&b;</opml>', "entities", id="entity"
        ),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY b "b">]><opml/>'.encode("utf-16"), "entities", id="entity in another encoding"
        ),
    ],
)
def test_what_is_no_list_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(ParseError) as caught:
        read_opml(body)
    assert caught.value.code == code


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_bad_bytes_are_an_answer(noise: bytes, middle: bytes) -> None:
    for body in (noise, b"<opml>" + noise, b'<opml><outline text="' + noise + b'" xmlUrl="' + middle):
        try:
            read_opml(body)
        except ParseError:
            continue


@pytest.mark.skipif(not CORPUS, reason="../shared/data is missing: real-data cases not run")
def test_lists_of_other_programs_are_read() -> None:
    for path in CORPUS:
        body = path.read_bytes()
        try:
            found = read_opml(body)
        except ParseError:
            assert b"<opml" not in body.lower(), path.name
        else:
            assert found or not path.name.startswith("lwindolf"), f"{path.name}: a reader's own list, without feeds"
