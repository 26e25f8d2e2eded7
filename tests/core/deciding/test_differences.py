"""What a correction changed: every word that went or came is told, and little of what stayed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.deciding.differences import BESIDE, MOST, differences
from feeds.model.changes import Earlier
from feeds.model.entry import EntryKey

AT = datetime(2026, 3, 1, tzinfo=UTC)


def version(title: str = "", summary: str = "", content: str = "") -> Earlier:
    return Earlier(key=EntryKey("a", "1"), at=AT, until=AT, title=title, summary=summary, content=content)


def marked(before: str, after: str) -> str:
    """The difference of two titles in one line."""
    signs = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    found = differences(version(before), version(after))
    return " ".join(signs[run.kind].format(run.words) for one in found for run in one.runs)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param("반도체 수출 증가", "반도체 수출 감소", "반도체 수출 [-증가-] {+감소+}", id="a word"),
        pytest.param("one two", "one two three", "one two {+three+}", id="more"),
        pytest.param("one two three", "one three", "one [-two-] three", id="less"),
        pytest.param("", "new", "{+new+}", id="from nothing"),
        pytest.param("one  two", "one two", "", id="blanks are no words"),
    ],
)
def test_words_that_went_and_came(before: str, after: str, said: str) -> None:
    assert marked(before, after) == said


def test_of_what_stayed_only_what_stands_beside_a_change() -> None:
    many = " ".join(map(str, range(100)))
    assert marked(f"{many} a {many}", f"{many} b {many}") == "… 94 95 96 97 98 99 [-a-] {+b+} 0 1 2 3 4 5 …"
    assert BESIDE == 6


def test_fields_by_their_names_and_text_without_markup() -> None:
    before = version("t", "s", "<p>It is <b>fine</b>.</p>")
    after = version("u", "s", "<div><p>It is bad.</p></div>")
    told = {one.field: [run for run in one.runs if run.kind != "same"] for one in differences(before, after)}
    assert {field: [tuple(run) for run in runs] for field, runs in told.items()} == {
        "title": [("gone", "t"), ("new", "u")],
        "text": [("gone", "fine."), ("new", "bad.")],
    }
    assert differences(before, version("t", "s", "<p>It is fine.</p>")) == ()


def test_long_texts_are_compared_by_sentences() -> None:
    sentences = [f"Sentence {n} says this and that." for n in range(MOST)]
    before = version(content=" ".join(sentences))
    sentences[1000] = "Another one."
    (told,) = differences(before, version(content=" ".join(sentences)))
    assert [tuple(run) for run in told.runs if run.kind != "same"] == [
        ("gone", "Sentence 1000 says this and that."),
        ("new", "Another one."),
    ]


WORDS = st.lists(st.sampled_from(["a", "b", "c", "가", "나."]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_nothing_that_changed_is_left_out(before: str, after: str) -> None:
    runs = [run for one in differences(version(before), version(after)) for run in one.runs]
    if before.split() == after.split():
        assert not runs
        return
    whole = {
        side: " ".join(run.words for run in runs if run.kind in ("same", side)).split() for side in ("gone", "new")
    }
    if all("…" not in words for words in whole.values()):
        assert (whole["gone"], whole["new"]) == (before.split(), after.split())
    assert any(run.kind != "same" for run in runs)
