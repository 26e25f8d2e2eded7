"""JSON Feed 1.0 and 1.1, kept and broken."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.model.entry import Enclosure, Image, Parsed, Person, Text
from feeds.parse.jsonfeed import read_json

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
URL = "https://a.example/feed.json"


def read(**feed: Any) -> Parsed:
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "기술"}
    return read_json(json.dumps(head | feed), URL, "Asia/Seoul")


def test_every_field_of_1_1() -> None:
    parsed = read(
        description="about", home_page_url="https://a.example/", feed_url=URL, language="ko",
        icon="https://a.example/i.png", hubs=[{"type": "WebSub", "url": "https://hub.example/"}],
        items=[
            {
                "id": "tag:1", "url": "https://a.example/1", "title": "제목", "content_html": "<p>본문</p>",
                "content_text": "본문", "summary": "요약", "image": "https://a.example/1.png",
                "date_published": "2026-11-20T15:05:10+09:00", "date_modified": "2026-11-21 10:00",
                "authors": [{"name": "김", "url": "https://a.example/kim"}, {"name": "이"}], "tags": ["하나", "둘", "하나"],
                "language": "en",
                "attachments": [
                    {"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg", "title": "소리", "size_in_bytes": 12,
                     "duration_in_seconds": 90}
                ],
            }
        ],
    )  # fmt: skip
    info, (entry,) = parsed.info, parsed.entries
    assert (info.title, info.format, info.hub, info.language) == ("기술", "json11", "https://hub.example/", "ko")
    assert (info.home, info.self_url, info.icon) == ("https://a.example/", URL, "https://a.example/i.png")
    assert (entry.guid, entry.url, entry.guid_is_permalink) == ("tag:1", "https://a.example/1", False)
    assert entry.title == Text(value="제목")
    assert entry.content == Text(value="<p>본문</p>", kind="html")
    assert entry.summary == Text(value="요약")
    assert entry.published == datetime(2026, 11, 20, 6, 5, 10, tzinfo=UTC)
    assert entry.updated == datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert entry.authors == (Person(name="김", url="https://a.example/kim"), Person(name="이"))
    assert entry.tags == ("하나", "둘")
    assert entry.image == Image(url="https://a.example/1.png")
    assert entry.language == "en"
    sound = Enclosure(
        url="https://a.example/1.mp3", media_type="audio/mpeg", length=12, title="소리", duration=timedelta(seconds=90)
    )
    assert entry.enclosures == (sound,)
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("item", "field", "value"),
    [
        pytest.param({"id": 17}, "guid", "17", id="number as id"),
        pytest.param({"id": 1.5}, "guid", "1.5", id="fraction as id"),
        pytest.param({"id": True, "title": "t"}, "guid", "", id="truth is no id"),
        pytest.param({"id": "1", "external_url": "https://b.example/"}, "url", "https://b.example/", id="external_url"),
        pytest.param({"id": "1", "content_text": "a < b"}, "content", Text(value="a < b"), id="plain content"),
        pytest.param({"id": "1", "banner_image": "b.png"}, "image", Image(url="b.png"), id="banner"),
        pytest.param({"id": "1", "author": {"name": "김"}}, "authors", (Person(name="김"),), id="author of 1.0"),
        pytest.param({"id": "1", "authors": ["김"]}, "authors", (Person(name="김"),), id="bare name"),
        pytest.param({"id": "1"}, "authors", (Person(name="편집부"),), id="the feed's author"),
        pytest.param({"id": "1", "tags": "x"}, "tags", (), id="tags of the wrong type"),
        pytest.param({"id": "1", "tags": ["a", 3, None]}, "tags", ("a", "3"), id="odd tags"),
        pytest.param({"id": "1", "title": ["x"]}, "title", None, id="title of the wrong type"),
        pytest.param({"id": "1", "title": "a\u0000b\ud800"}, "title", Text(value="ab"), id="FMT-13 controls, surrogates"),
        pytest.param({"id": "1", "attachments": [{"url": ""}, 3, {"mime_type": "x"}]}, "enclosures", (), id="no url"),
        pytest.param(
            {"id": "1", "attachments": [{"url": "u", "size_in_bytes": -3, "duration_in_seconds": "x"}]},
            "enclosures", (Enclosure(url="u"),), id="odd sizes",
        ),
        pytest.param({"id": "1", "date_published": "2026년 11월 20일 오후 3:05"}, "published",
                     datetime(2026, 11, 20, 6, 5, tzinfo=UTC), id="Korean date"),
    ],
)  # fmt: skip
def test_item_is_read_forgivingly(item: dict[str, Any], field: str, value: object) -> None:
    (entry,) = read(items=[item], author={"name": "편집부"}).entries
    assert getattr(entry, field) == value


def test_missing_version_is_tolerated_where_the_shape_is_a_feed() -> None:
    parsed = read_json('{"items": [{"id": "1", "content_html": "x"}]}', URL, "UTC")
    assert [e.guid for e in parsed.entries] == ["1"]
    assert parsed.problems[0].code == "malformed"


@pytest.mark.parametrize(
    "text", ["{}", "[]", "[1]", '{"items": []}', '{"items": [1]}', '{"items": {}}', '{"a": {"id": 1}}']
)
def test_other_json_is_unknown(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        read_json(text, URL, "UTC")
    assert caught.value.code == "unknown"


ITEMS = '{"version": "https://jsonfeed.org/version/1.1", "items": [%s]}'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 200_000, id="lists"),
        pytest.param('{"a":' * 200_000, id="objects"),
        pytest.param(ITEMS % ('{"id": %s}' % ("9" * 5000)), id="5 000 digits"),
        pytest.param(ITEMS % '{"id": "1", "id": "2"}', id="a key twice"),
        pytest.param(ITEMS % '{"id": NaN}', id="NaN"),
        pytest.param(ITEMS % '{"id": -Infinity}', id="Infinity"),
        pytest.param(ITEMS % '{"id": "1"', id="cut off"),
    ],
)
def test_bom_24_is_refused_as_json(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        read_json(text, URL, "UTC")
    assert caught.value.code == "json"


def test_unread_dates_and_odd_items_are_told() -> None:
    parsed = read(items=[{"id": "1", "date_published": "gestern"}, 7])
    assert [(p.code, p.detail) for p in parsed.problems] == [
        ("malformed", "1 items are no objects"),
        ("date", "'gestern'"),
    ]


@pytest.mark.parametrize(
    ("years", "first"), [((0, 1200), "200"), ((1200, 0), "0")], ids=["oldest first", "newest first"]
)
def test_bom_18_the_newest_thousand_are_kept(years: tuple[int, int], first: str) -> None:
    step = 1 if years[0] < years[1] else -1
    items = [{"id": str(n), "date_published": f"{1950 + y // 2}-01-01"} for n, y in enumerate(range(*years, step))]
    parsed = read(items=items)
    assert (len(parsed.entries), parsed.entries[0].guid) == (1000, first)
    assert [p.code for p in parsed.problems] == ["excess"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from(["url", "name", "id", "size_in_bytes"]), v),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "id",
        "url",
        "title",
        "authors",
        "author",
        "tags",
        "attachments",
        "image",
        "date_published",
        "content_html",
        "summary",
    ]
)


@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=6), max_size=3))
def test_values_of_any_type_are_survived(items: list[dict[str, Any]]) -> None:
    assert len(read(items=items).entries) == len(items)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing: real-data cases not run")
def test_real_documents() -> None:
    read_files = 0
    for path in sorted((SHARED / "corpus" / "jsonfeed").glob("*.json")):
        if any(word in path.name for word in ("serde", "schema-v", "-rss.json", "podcast-opts")):
            continue  # what other programs make of a feed, not feeds
        text = path.read_text("utf-8")
        parsed, raw = read_json(text, URL, "UTC"), json.loads(text)
        assert [e.guid for e in parsed.entries] == [str(item.get("id", "")) for item in raw["items"]]
        assert all(e.title or e.content for e in parsed.entries)
        read_files += 1
    assert read_files >= 12


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"entries": [{"id": "a", "when": "2026-11-20T00:00:00Z"}]}, [("a", datetime(2026, 11, 20, tzinfo=UTC))]),
        ({"entries": [{"id": "a"}, {"id": ""}, {"when": "2026"}, "b", None]}, [("a", None)]),
        ({"entries": {"id": "a"}}, []),
        (["a"], []),
    ],
)
def test_what_is_gone(said: Any, found: list[tuple[str, datetime | None]]) -> None:
    assert [(d.ref, d.when) for d in read(items=[], _deleted=said).deleted] == found
