"""What is asked for, and what a story can be found by."""

from dataclasses import replace
from typing import Any

import pytest

from feeds.core.words import search
from feeds.model.entry import Origin
from feeds.model.source import Extent
from feeds.model.story import Member, Story
from tests.store.made import NOW, TECH, entry, member, story


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        pytest.param("반도체 수출", ("반도체", "수출"), id="words"),
        pytest.param('"메모리 반도체" 값', ("메모리 반도체", "값"), id="quoted"),
        pytest.param("“메모리   반도체”", ("메모리 반도체",), id="curly quotes, blanks"),
        pytest.param("AI ai ＡＩ", ("AI",), id="one word however it is written"),
        pytest.param('"', (), id="a quote alone"),
        pytest.param(" \t\n", (), id="blank"),
        pytest.param("", (), id="nothing"),
        pytest.param("ab\x00 c\x1bd", ("ab", "c d"), id="control characters"),
        pytest.param("a b c d e f g h i j", ("a", "b", "c", "d", "e", "f", "g", "h"), id="at most eight"),
        pytest.param("\u1112\u1161\u11ab", ("한",), id="composed"),
        pytest.param("x" * 500, ("x" * 200,), id="at most 200 characters"),
    ],
)
def test_words(query: str, asked: tuple[str, ...]) -> None:
    assert search.words(query) == asked


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ＡＩ  Straße\n", "ai strasse"), ("한글", "한글"), ("ﬁn", "fin")],
    ids=["wide", "nfd", "ligature"],
)
def test_fold(text: str, folded: str) -> None:
    assert search.fold(text) == folded


def told(**more: Any) -> Story:
    lead = entry("1", title="LG의 두 갈래", summary="배터리 요약", content="<p>전고체 <b>전지</b></p>", tags=("ESS",))
    copy = member(entry("2", "b", title="LG’s two tracks"))
    return replace(story("s", member(lead), copy), **more)


@pytest.mark.parametrize(
    ("extent", "there", "missing"),
    [
        ("full", ("lg의 두 갈래", "lg’s two tracks", "기술", "ess", "배터리 요약", "전고체 전지"), ()),
        ("summary", ("lg의 두 갈래", "배터리 요약"), ("전고체",)),
        ("title", ("lg의 두 갈래",), ("배터리", "전고체")),
    ],
)
def test_what_terms_withhold_finds_nothing(extent: Extent, there: tuple[str, ...], missing: tuple[str, ...]) -> None:
    text = search.searchable(told(), extent)
    assert all(line in text.split("\n") for line in there)
    assert not any(word in text for word in missing)


@pytest.mark.parametrize("status", ["held", "withdrawn", "retracted"])
def test_what_is_not_shown_has_no_words(status: str) -> None:
    assert search.searchable(told(status=status), "full") == ""


def test_a_copy_that_waits_is_not_told() -> None:
    waits = Member(
        entry=entry("2", "b", title="내일의 소식", release=NOW),
        origin=Origin(title="내일"),
        first_seen=NOW,
        categories=(TECH,),
    )
    assert "내일" not in search.searchable(story("s", member(entry("1")), waits), "full")


def test_only_the_beginning_of_a_long_text() -> None:
    long = story("s", member(entry("1", content=f"<p>{'가' * 3000}</p>끝")))
    text = search.searchable(long, "full")
    assert len(text) < 2100
    assert "끝" not in text
