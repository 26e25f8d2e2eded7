"""What is odd about items as they were found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeds.core.entries.examine import examine
from feeds.model.entry import Enclosure, Parsed, RawEntry, Text
from feeds.model.oddities import CATALOGUE
from feeds.model.source import FeedInfo

NOW = datetime(2026, 3, 1, tzinfo=UTC)
INFO = FeedInfo(
    title="F", home="https://a.example/", self_url="https://a.example/f", hub="https://h.example/", language="ko"
)
RAW = RawEntry(
    guid="1", url="https://a.example/1", title=Text(value="T"), published=NOW - timedelta(days=1),
    content=Text(value="<p>Words.</p>", kind="html"),
)  # fmt: skip


def said(info: FeedInfo = INFO, **more: Any) -> list[tuple[str, str]]:
    found = examine(Parsed(info=info, entries=(replace(RAW, **more),)), NOW)
    assert {f.code for f in found} <= CATALOGUE.keys()
    return [(f.code, f.detail) for f in found]


def html(markup: str) -> dict[str, Any]:
    return {"content": Text(value=markup, kind="html")}


def test_a_sound_feed_is_sound() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("more", "code", "detail"),
    [
        pytest.param({"title": None}, "title.missing", "https://a.example/1", id="no title"),
        pytest.param({"url": ""}, "link.missing", "T", id="no link"),
        pytest.param({"url": "/1"}, "link.relative", "/1", id="relative link"),
        pytest.param({"url": "https://a.example/1?utm_source=x&id=2"}, "link.tracking", "utm_source", id="tracking"),
        pytest.param({"published": None}, "date.missing", "T", id="no date"),
        pytest.param({"published": datetime(1970, 1, 1, tzinfo=UTC)}, "date.ancient", "1970-01-01 00:00", id="1970"),
        pytest.param({"published": NOW + timedelta(days=2)}, "date.future", "2026-03-03 00:00 UTC", id="future"),
        pytest.param({"content": None}, "content.missing", "T", id="no words"),
        pytest.param({"content": Text(value="ab " * 200), "summary": Text(value="ab " * 200)}, "content.same", "T", id="same"),
        pytest.param(html("<img alt='' src='a.png'><a href=\"/b\">b</a>"), "content.relative", "a.png and 1 more", id="relative"),
        pytest.param(html("<img src='https://a.example/a.png'>"), "content.alt", "https://a.example/a.png", id="no alt"),
        pytest.param(html("<img src='https://a.example/p' width=1 height=1>"), "content.pixel", "https://a.example/p", id="pixel"),
        pytest.param(html("<script>x</script><b onclick='y'>b</b><a href='javascript:z'>z</a>"), "content.unsafe",
                     "1 × <script>, 1 × onclick, 1 × javascript:", id="unsafe"),
        pytest.param(html("<b style='x'>b</b>"), "content.style", "1 in one item", id="style"),
        pytest.param(html("a" * 300_000), "content.large", "292 kB", id="large"),
    ],
)  # fmt: skip
def test_item(more: dict[str, Any], code: str, detail: str) -> None:
    assert (code, detail) in said(**more)


def test_a_file_stands_for_link_and_words() -> None:
    assert said(url="", content=None, enclosures=(Enclosure(url="https://a.example/a.mp3"),)) == []


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("title", "feed.title"),
        ("home", "feed.link"),
        ("self_url", "feed.self"),
        ("hub", "feed.hub"),
        ("language", "feed.language"),
    ],
)
def test_feed(missing: str, code: str) -> None:
    nothing: dict[str, Any] = {missing: ""}
    assert said(replace(INFO, **nothing)) == [(code, "")]


def test_language_and_age() -> None:
    assert said(replace(INFO, language="ko_KR")) == [("feed.language_odd", "ko_KR")]
    assert said(published=NOW - timedelta(days=400)) == [("feed.old", "the newest is of 2025-01-25")]
