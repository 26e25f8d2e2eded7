"""Plain text out of HTML, tidied, shortened, folded."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.words import text as text_module
from feeds.core.words.text import (
    boundary,
    capped,
    excerpt,
    fold,
    has_markup,
    one_line,
    plain,
    tidy,
    words,
    words_of,
)

FAMILY = "👨‍👩‍👧‍👦"
SCOTLAND = "🏴󠁧󠁢󠁳󠁣󠁴󠁿"
any_text = st.text(st.characters() | st.sampled_from("<>&;\"'\u200d\u200b\u202e\u0301\u1112\u1161\u11ab🇰👩🏽"))
markup = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b", ">", "<!--", "-->", "<script>", "</script>", "&amp;", "&lt;", "&#x1f;", '"', "'"]
    )
    | any_text,
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>하나</p><p>둘</p>", "하나\n둘", id="blocks part words"),
        pytest.param("속<b>보</b>입니다", "속보입니다", id="inline does not"),
        pytest.param("a<br>b<hr/>c", "a\nb\nc", id="breaks"),
        pytest.param("<td>1</td><td>2</td>", "1\n2", id="cells"),
        pytest.param("A &amp; B&nbsp;C &hellip;", "A & B C …", id="FMT-16 entities"),
        pytest.param("A & B &b=2 a<b", "A & B &b=2 a<b", id="FMT-15 bare signs"),
        pytest.param("&#xD800;&#x110000;&#99999999999;!", "���!", id="FMT-14 no characters"),
        pytest.param("a<script>alert(1)</script>b<style>p{}</style>c", "a b c", id="XSS-01 script and style"),
        pytest.param("a<SCRIPT>x", "a", id="script without an end"),
        pytest.param("a<!-- <p>x</p> -->b", "a b", id="XSS-04 comment"),
        pytest.param('<img alt="a>b">c', "c", id="sign in an attribute"),
        pytest.param("&lt;b&gt;", "<b>", id="decoded once"),
        pytest.param("<![CDATA[x]]>", "x", id="CDATA"),
    ],
)
def test_plain(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        pytest.param("a\x00b\x0b\x1f\x7f\ufffe\uffff", "ab", id="FMT-13 control characters"),
        pytest.param("a\x93b\u0085c", "ab\nc", id="FMT-11 C1 controls"),
        pytest.param("\u202eabc\u202c\u2066d\u2069", "abcd", id="FMT-40 directional overrides"),
        pytest.param("속\u200b보\ufeff\u2060\xad\u3164", "속보", id="FMT-40 zero width"),
        pytest.param("a\u200eb", "ab", id="direction mark in Latin"),
        pytest.param("א\u200eb", "א\u200eb", id="direction mark in Hebrew"),
        pytest.param("e" + "\u0302" * 5000, "ê" + "\u0302" * 10, id="FMT-40 5,000 marks"),
        pytest.param("\u1112\u1161\u11ab", "한", id="FMT-41 NFC"),
        pytest.param(FAMILY, FAMILY, id="joined emoji"),
        pytest.param("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥", id="joined sign"),
        pytest.param(SCOTLAND, SCOTLAND, id="flag of tags"),
        pytest.param("a\U000e0041b", "ab", id="hidden tags"),
        pytest.param("क्\u200dष می\u200cخواهم", "क्\u200dष می\u200cخواهم", id="joiners that scripts need"),
        pytest.param("속\u200d보 \u200d", "속보 ", id="loose joiners"),
        pytest.param("a\r\nb\rc\u2028d", "a\nb\nc\nd", id="XSS-28 line ends"),
        pytest.param("\ud800x", "\ufffdx", id="lone surrogate"),
        pytest.param("\ufffd", "\ufffd", id="replacement character stays"),
    ],
)
def test_tidy(found: str, kept: str) -> None:
    assert tidy(found) == kept


@given(any_text)
def test_tidy_is_done_once_and_stands_in_xml(text: str) -> None:
    kept = tidy(text)
    assert tidy(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert not {c for c in kept if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs")}


@given(markup)
def test_nothing_raises_and_lines_are_lines(html: str) -> None:
    assert plain(html) == "\n".join(one_line(line) for line in plain(html).split("\n"))
    assert "\n" not in words_of(html)
    assert has_markup(html) in (True, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("AT&amp;T", True, id="entity"),
        pytest.param("AT&T &c; a;", False, id="ampersand"),
        pytest.param("<b>x</b>", True, id="closed tag"),
        pytest.param("a<br/>b", True, id="break"),
        pytest.param("using <b> in HTML", False, id="a tag spoken of"),
        pytest.param("a < b > c", False, id="comparison"),
    ],
)
def test_has_markup(text: str, expected: bool) -> None:
    assert has_markup(text) is expected


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("A &amp;amp; B", "A & B", id="FMT-37 escaped twice"),
        pytest.param("&lt;b&gt;속보&lt;/b&gt; x", "속보 x", id="FMT-38 tags escaped twice"),
        pytest.param("the &lt;b&gt; tag", "the <b> tag", id="a tag spoken of"),
        pytest.param("a <script>x</script> b", "a b", id="FMT-38 script"),
        pytest.param(" \n\t ", "", id="FMT-38 blanks"),
    ],
)
def test_words_of(html: str, text: str) -> None:
    assert words_of(html) == text


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        pytest.param("짧다.", 10, "짧다.", id="short"),
        pytest.param("첫 문장이다. 둘째 문장이 길게 이어진다고 한다", 12, "첫 문장이다.", id="Korean sentence"),
        pytest.param("첫 문장이다.둘째 문장이 길게 이어진다고 한다", 12, "첫 문장이다.", id="Korean without a space"),
        pytest.param("He said 3. 5 and more words here", 14, "He said 3. 5…", id="number is no sentence"),
        pytest.param("One sentence. Two words more", 20, "One sentence.", id="English sentence"),
        pytest.param("그는 “간다.” 하고 말했다", 9, "그는 “간다.”", id="closing quote"),
        pytest.param("word another, third", 15, "word another…", id="word end"),
        pytest.param("가" * 50, 10, "가" * 9 + "…", id="within a word"),
        pytest.param("a" * 8 + FAMILY * 3, 12, "a" * 8 + "…", id="FMT-42 joined emoji"),
        pytest.param("🇰🇷" * 20, 6, "🇰🇷🇰🇷…", id="FMT-42 flags"),
    ],
)
def test_excerpt(text: str, limit: int, expected: str) -> None:
    assert excerpt(text, limit) == expected


@given(any_text, st.integers(1, 60))
def test_excerpt_fits_and_is_a_beginning(text: str, limit: int) -> None:
    cut = excerpt(text, limit)
    assert len(cut) <= limit
    assert one_line(text).startswith(cut.removesuffix("…")) or cut.endswith("…")
    assert len(capped(text, limit)) <= limit


@given(st.text(st.sampled_from("ab👩‍\u0301🇰🇷🏽"), min_size=1, max_size=30), st.integers(0, 30))
def test_a_boundary_splits_no_character(text: str, at: int) -> None:
    place = boundary(text, at)
    assert place <= at
    if 0 < place < len(text):
        assert text[place] not in "\u200d\u0301🏽"
        assert not ("\u200d" in text[place - 1 : place] and text[place] == "👩")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“속보” ＡＢＣ", '"속보" abc'),
        ("Straße", "STRASSE"),
        ("a\u3000 b\n", "a b"),
        ("it’s — now", "it's - now"),
        ("\u1112\u1161\u11ab글", "한글"),
        ("속\u200b보", "속보"),
    ],
)
def test_fold_makes_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(any_text)
def test_fold_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_what_fold_takes_for_settled_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands beside it: folding all of these letters a second time changes none."""
    letters = "".join(c for c in map(chr, range(0x10000)) if text_module._SETTLED.fullmatch(c) and c not in "`' ")
    assert len(letters) > 30_000
    assert tidy(letters) == letters
    assert unicodedata.normalize("NFKC", letters.casefold()) == letters
    monkeypatch.setattr(text_module, "_SETTLED", re.compile("(?!)"))
    assert fold(letters) == letters


def test_words() -> None:
    assert words("LG엔솔, ‘기술’ 2.0!") == ("lg엔솔", "기술", "2", "0")


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param("<" * 300_000, id="FMT-15 signs"),
        pytest.param('<a "' * 80_000, id="open quotes"),
        pytest.param("<a " + "=" * 60_000, id="equal signs"),
        pytest.param("<!--" * 80_000, id="BOM-20 comments"),
        pytest.param("&" * 300_000, id="BOM-23 ampersands"),
        pytest.param("<script>" * 40_000, id="scripts"),
        pytest.param("가" * 3_000_000, id="BOM-19 3 million syllables"),
        pytest.param("a\u200d" * 150_000, id="joiners"),
    ],
)
def test_bombs_are_read_in_linear_time(bomb: str) -> None:
    assert len(excerpt(words_of(bomb))) <= 280
    assert len(fold(capped(bomb, 1000))) <= 1002  # `…` folds to three stops


TAGS = [
    "<p>",
    "</P>",
    "<br/>",
    "<a href='>'>",
    '<a title="<">',
    "</a >",
    "<my-tag>",
    "<b",
    "<",
    ">",
    "]]>",
    "<!-- -->",
    "<svg>",
]


@given(st.lists(st.sampled_from([*TAGS, "/", '"', " ", "\n", "ſ", "&lt;p&gt;"]) | any_text, max_size=10).map("".join))
def test_usual_tags_are_read_in_one_pass_as_in_several(html: str) -> None:
    """What it cannot be sure of it leaves to the several."""
    found = text_module._usual(html)
    assert found is None or "]]>" in html or found == text_module._bare(text_module._UNSEEN.sub(" ", html))


@pytest.mark.parametrize(
    ("html", "usual"),
    [
        pytest.param("<p>a <b>b</b><br></p>", True, id="usual"),
        pytest.param("a < b", False, id="no tag"),
        pytest.param("<p>a<script>b</script></p>", False, id="unseen"),
        pytest.param("<p>a<!-- b --></p>", False, id="comment"),
        pytest.param("<custom-tag>a</custom-tag>", False, id="unknown"),
        pytest.param('<img alt="a > b<br>c">', False, id="a tag within quotes"),
        pytest.param("<p title='a > b'>it's</p>", True, id="quotes"),
    ],
)
def test_which_tags_are_usual(html: str, usual: bool) -> None:
    assert (text_module._usual(html) is not None) == usual
