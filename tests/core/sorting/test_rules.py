"""The rule language: what it reads, what it means, and that its faults are told well."""

import unicodedata
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.sorting.rules import (
    DEEPEST,
    FIELDS,
    LONGEST,
    All,
    Comparison,
    Condition,
    Either,
    Not,
    Operator,
    Rule,
    compile_rule,
)
from feeds.errors import RuleError
from feeds.model.entry import Enclosure, Entry, Person
from feeds.model.source import Source

SOURCE = Source(id="daily", kind="feed", location="https://daily.example/rss", title="매일신문", categories=("경제",))
ENTRY = Entry(
    source_id="daily",
    guid="1",
    url="https://blog.example.com/posts/1?x=2",
    title="[속보] 반도체 수출 최대",
    summary="It's the largest ever",
    content="<p>메모리 <b>가격</b>이 올랐다</p>",
    authors=(Person(name="김기자", email="kim@daily.example"), Person(name="Lee")),
    tags=("Chips", "수출"),
    categories=("기술",),
    enclosures=(Enclosure(url="https://cdn.example/a.mp3", media_type="audio/mpeg"),),
    language="ko-KR",
    path="_posts/2026/a.md",
)


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        pytest.param(r"title ~ '^\[(광고|AD)\]'", False, id="the drop rule of the manual"),
        pytest.param("title ~ '(반도체|메모리)'", True, id="the add rule of the manual"),
        pytest.param("title ~ '메모리'", False, id="the title is not the content"),
        pytest.param("content ~ '메모리 가격'", True, id="content as words, without tags"),
        pytest.param("content ~ '<b>'", False, id="tags are no words"),
        pytest.param("text ~ '가격'", True, id="text holds the content"),
        pytest.param("text ~ 'LARGEST EVER'", True, id="text holds the summary, letter case aside"),
        pytest.param("text ~ '속보'", True, id="text holds the title"),
        pytest.param("summary = 'it''s THE largest ever'", True, id="a quote inside, written twice"),
        pytest.param('summary = "It\'s the largest ever"', True, id="double quotes"),
        pytest.param("url ~ '/posts/'", True, id="url"),
        pytest.param("host = 'BLOG.example.com'", True, id="host"),
        pytest.param("host = 'example.com'", False, id="a host is not its domain"),
        pytest.param("host ~ '(^|\\.)example\\.com$'", True, id="a domain by expression"),
        pytest.param("author = '김기자'", True, id="author by name"),
        pytest.param("author = 'kim@daily.example'", True, id="author by address"),
        pytest.param("author = 'lee'", True, id="any author"),
        pytest.param("author != 'lee'", False, id="not equal: none of them"),
        pytest.param("tag = 'chips'", True, id="tag"),
        pytest.param("tag !~ '^chip'", False, id="not found: in none"),
        pytest.param("tag !~ '^ship'", True, id="not found anywhere"),
        pytest.param("category = '기술'", True, id="category of the entry"),
        pytest.param("category = '경제'", True, id="category of the source"),
        pytest.param("source = 'daily'", True, id="source by id"),
        pytest.param("source ~ '신문$'", True, id="source by title"),
        pytest.param("language ~ '^ko'", True, id="language"),
        pytest.param("path ~ '^_posts/'", True, id="path"),
        pytest.param("enclosure ~ '^audio/'", True, id="enclosure by media type"),
        pytest.param("enclosure ~ '\\.mp3$'", True, id="enclosure by url"),
        pytest.param("not tag = 'x' and not title = 'y'", True, id="not binds closest"),
        pytest.param("tag = 'x' and tag = 'y' or tag = 'chips'", True, id="and before or"),
        pytest.param("tag = 'x' and (tag = 'y' or tag = 'chips')", False, id="parentheses"),
        pytest.param("TAG='chips'AND NOT(Title='x')", True, id="any letter case, no blanks"),
        pytest.param("title = ''", False, id="empty value"),
    ],
)
def test_meaning(rule: str, met: bool) -> None:
    assert compile_rule(rule).meets(ENTRY, SOURCE) is met


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("rule", ["title ~ '반도체'", "tag = '수출'", "source = '매일신문'"])
def test_decomposed_hangul_is_the_same_text(rule: str, form: Literal["NFC", "NFD"]) -> None:
    there = replace(SOURCE, title=unicodedata.normalize("NFD", SOURCE.title))
    assert compile_rule(unicodedata.normalize(form, rule)).meets(ENTRY, there)


def test_absent_values_meet_only_negations() -> None:
    bare = Entry(source_id="daily", guid="1", title="x")
    assert not compile_rule("tag ~ ''").meets(bare, SOURCE)
    assert compile_rule("tag !~ ''").meets(bare, SOURCE)
    assert compile_rule("host = ''").meets(bare, SOURCE)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        pytest.param("https://xn--3e0b707e.example/", "한국.example", id="as read"),
        pytest.param("https://xn--3e0b707e.example/", "xn--3e0b707e.example", id="as sent"),
        pytest.param("https://xn--.example/", "xn--.example", id="broken punycode"),
        pytest.param("http://[::1", "", id="no URL at all"),
    ],
)
def test_host_by_both_names(url: str, host: str) -> None:
    assert compile_rule(f"host = '{host}'").meets(replace(ENTRY, url=url), SOURCE)


@pytest.mark.parametrize(
    ("rule", "column", "message"),
    [
        pytest.param("", 1, "expected a field such as 'title', found the end", id="empty"),
        pytest.param("titel ~ 'x'", 1, "unknown field 'titel': did you mean 'title'?", id="misspelt field"),
        pytest.param("제목 ~ 'x'", 1, "unknown field '제목': the fields are title, text", id="unknown field"),
        pytest.param("title 'x'", 7, "expected ~, !~, = or != after 'title', found \"'x'\"", id="no operator"),
        pytest.param("title ~ x", 9, "expected a value in quotes after '~', found 'x'", id="no quotes"),
        pytest.param("title ~", 8, "expected a value in quotes after '~', found the end", id="no value"),
        pytest.param("title ~ 'x", 9, "the quote is never closed", id="open quote"),
        pytest.param("title ~ 'x' tag = 'y'", 13, "expected 'and', 'or' or the end, found 'tag'", id="no connective"),
        pytest.param("(title ~ 'x'", 1, "the parenthesis is never closed", id="open parenthesis"),
        pytest.param("title ~ 'x')", 12, "expected 'and', 'or' or the end, found ')'", id="stray parenthesis"),
        pytest.param("title ! 'x'", 7, "'!' is not understood", id="lone exclamation mark"),
        pytest.param(
            "title ~ 'a(b'", 11, "not a regular expression: missing ), unterminated subpattern", id="bad regex"
        ),
        pytest.param("title ~ '''''('", 14, "not a regular expression", id="bad regex behind doubled quotes"),
        pytest.param("title ~ '[[광고]]'", 9, "ambiguous regular expression: Possible nested set", id="nested set"),
        pytest.param("title ~ 'a{99999999999999999999}'", 9, "the regular expression is too large", id="huge count"),
        pytest.param(f"{'(' * 99}title = 'x'{')' * 99}", DEEPEST + 2, "nested more than", id="too deep"),
        pytest.param("not " * 99 + "title = 'x'", 4 * (DEEPEST + 1) + 1, "nested more than", id="too many nots"),
        pytest.param("x" * (LONGEST + 1), LONGEST + 1, "longer than", id="too long"),
    ],
)
def test_fault(rule: str, column: int, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        compile_rule(rule)
    assert message in caught.value.message
    assert caught.value.column == column


def test_a_rule_is_read_once() -> None:
    assert compile_rule("title = 'x'") is compile_rule("title = 'x'")


def conditions() -> st.SearchStrategy[Condition]:
    operators: st.SearchStrategy[Operator] = st.sampled_from(["=", "!="])
    text = st.text(max_size=8).map(lambda said: unicodedata.normalize("NFC", said))
    leaves: st.SearchStrategy[Condition] = st.builds(Comparison, st.sampled_from(sorted(FIELDS)), operators, text)
    leaves |= st.builds(compile_rule, st.sampled_from(["title ~ 'x'", r"tag !~ '^\[it''s\]'"])).map(
        lambda r: r.condition
    )

    def branches(below: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(below, min_size=2, max_size=3).map(tuple)
        return st.builds(Not, below) | st.builds(All, several) | st.builds(Either, several)

    return st.recursive(leaves, branches, max_leaves=8)


@given(conditions())
def test_a_rule_written_and_read_is_the_same_rule(condition: Condition) -> None:
    assert compile_rule(str(Rule(condition))) == Rule(condition)


WORDS = st.sampled_from(
    [*FIELDS, "~", "!~", "=", "!=", "and", "or", "not", "(", ")", "'x'", '"y"', "'('", "'[[a]'", "'", "*"]
)


def read(text: str) -> Rule | RuleError:
    try:
        return compile_rule(text)
    except RuleError as error:
        return error


@given(
    st.text()
    | st.lists(WORDS, max_size=12).map(" ".join)
    | st.text("()[]{}*+?\\|^$.ab1,-:<>=!P", max_size=20).map("title ~ '{}'".format)
)
def test_any_text_is_a_rule_or_a_rule_error(text: str) -> None:
    rule = read(text)
    if isinstance(rule, RuleError):
        assert 1 <= rule.column <= len(text) + 1
    else:
        assert compile_rule(str(rule)) == rule
        assert rule.meets(ENTRY, SOURCE) in (True, False)
