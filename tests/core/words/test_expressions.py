"""Owners' expressions end in time on strangers' words."""

import time

import pytest

from feeds.core.words import expressions


@pytest.mark.parametrize(
    ("text", "find", "replace", "after"),
    [
        pytest.param("[광고] 속보", r"^\[[^\]]+\] ", "", "속보", id="a prefix goes"),
        pytest.param("속보", "^", "[연합] ", "[연합] 속보", id="a prefix comes"),
        pytest.param("by Kim", "^by (.*)$", r"\1", "Kim", id="group"),
        pytest.param("Kim", "^(by )?Kim", r"\1K", "K", id="a group that met nothing"),
        pytest.param("Kim", "Kim", r"\\\9", "\\", id="backslash, and a group that is not there"),
        pytest.param("KIM kim", "(?i)kim", "박", "박 박", id="letter case aside"),
        pytest.param("a\ud800b", "a", "c", "c?b", id="half a character"),
        pytest.param("x" * 300, "x", "", "x" * 200, id="a hundred places"),
        pytest.param("x" * (expressions.MOST_TEXT + 1), "x", "", "x" * (expressions.MOST_TEXT + 1), id="too long"),
    ],
)
def test_rewritten(text: str, find: str, replace: str, after: str) -> None:
    assert expressions.rewritten(text, find, replace) == after


@pytest.mark.parametrize(
    ("find", "why"),
    [
        pytest.param("(", "missing )", id="not closed"),
        pytest.param("(?=a)", "invalid perl operator", id="lookahead"),
        pytest.param(r"(a)\1", "invalid escape sequence", id="backreference"),
        pytest.param("(a{1000}){1000}", "repetition size", id="too large"),
        pytest.param("a" * 1001, "longer than 1000", id="too long"),
        pytest.param("\ud800", "half a character", id="half a character"),
    ],
)
def test_unreadable_says_why(find: str, why: str) -> None:
    with pytest.raises(expressions.Unreadable, match=why.replace(")", r"\)")):
        expressions.compiled(find)


@pytest.mark.parametrize(
    ("find", "text"),
    [
        pytest.param("(a+)+$", "a" * 500_000 + "b", id="nested repetition"),
        pytest.param("(a|a)*c", "a" * 500_000, id="alternatives that are one"),
        pytest.param("(.*)(.*)(.*)(.*)x", "a" * 100_000, id="many stars"),
        pytest.param(".*x|a", "a" * 200_000, id="each match reads to the end"),
        pytest.param("(?i)[[:alpha:]]{1,100}!", "한a" * 100_000, id="counted class"),
    ],
)
def test_hostile_expressions_end(find: str, text: str) -> None:
    before = time.process_time()
    expressions.rewritten(text, find, "")
    assert time.process_time() - before < 5
