"""Names as path segments: safe on every disk, readable, and the same for ever."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.core.sorting.slugs import DEVICES, LONGEST, ROUTES, shortened, slug, suffixed


@pytest.mark.parametrize(
    ("name", "made"),
    [
        pytest.param("기술", "기술", id="Hangul"),
        pytest.param("인공 지능 / AI", "인공-지능-ai", id="blanks and signs"),
        pytest.param(unicodedata.normalize("NFD", "기술"), "기술", id="PUB-02 decomposed Hangul"),
        pytest.param("ㅋㅋ", "ㅋㅋ", id="lone letters of Hangul"),
        pytest.param("News", "news", id="PUB-02 letter case"),
        pytest.param("C++", "c-plus-plus", id="PUB-02 C++"),
        pytest.param("C#", "c-sharp", id="PUB-02 C#"),
        pytest.param("C", "c", id="PUB-02 C"),
        pytest.param("Ｃ＋＋", "c-plus-plus", id="full width"),
        pytest.param("C++ / C#", "c-plus-plus-c-sharp", id="both"),
        pytest.param("#기술", "기술", id="hashtag"),
        pytest.param(".NET", "dot-net", id="leading dot"),
        pytest.param("ASP.NET", "asp-net", id="inner dot"),
        pytest.param("Node.js", "node-js", id="extension"),
        pytest.param("R&D", "r-and-d", id="ampersand"),
        pytest.param("정치 & 사회", "정치-and-사회", id="ampersand between words"),
        pytest.param("Café Crème", "cafe-creme", id="accents"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("İstanbul", "istanbul", id="dotted I"),
        pytest.param("日本語 ニュース", "日本語-ニュース", id="Japanese"),
        pytest.param("Новости", "новости", id="Cyrillic"),
        pytest.param("हिन्दी", "हिन्दी", id="marks that letters need"),
        pytest.param("٢٠٢٦", "2026", id="digits of other scripts"),
        pytest.param("AT_T", "at-t", id="underscore"),
        pytest.param("  a--b  ", "a-b", id="runs"),
        pytest.param("../../etc", "etc", id="PUB-01 up and away"),
        pytest.param("..\\\\", "category-1f539a", id="PUB-01 backslashes"),
        pytest.param("/abs", "abs", id="PUB-01 absolute"),
        pytest.param("a/b", "a-b", id="PUB-01 folder"),
        pytest.param(".", "category-cdb4ee", id="PUB-01 dot"),
        pytest.param("..", "category-5ec1f7", id="PUB-01 two dots"),
        pytest.param("\0", "category-6e340b", id="PUB-01 NUL"),
        pytest.param("", "category-e3b0c4", id="PUB-01 nothing"),
        pytest.param("a" * 300, "a" * 80, id="PUB-01 300 letters"),
        pytest.param("CON", "con-category", id="PUB-01 device"),
        pytest.param("nul.xml", "nul-xml", id="PUB-01 device with extension"),
        pytest.param("Lpt1", "lpt1-category", id="PUB-01 port"),
        pytest.param("abc. ", "abc", id="PUB-01 trailing dot and space"),
        pytest.param("Admin", "admin-category", id="PUB-03 route"),
        pytest.param(".well-known", "dot-well-known", id="PUB-03 hidden route"),
        pytest.param("Well Known", "well-known-category", id="PUB-03 its bare name"),
        pytest.param("index", "index-category", id="PUB-03 index"),
        pytest.param("Feeds!", "feeds-category", id="PUB-03 with a sign"),
        pytest.param("a\r\nSet-Cookie: x", "a-set-cookie-x", id="PUB-05 line breaks"),
        pytest.param("🎉", "category-614629", id="emoji alone"),
        pytest.param("🎉 축제 ❤️", "축제", id="emoji and words"),
        pytest.param("\u3164가\ufe0f\u115f", "가", id="fillers that show nothing"),
        pytest.param("\u0301a", "a", id="a mark without a letter"),
    ],
)
def test_slug(name: str, made: str) -> None:
    """The table is a promise: a slug that changes moves the URLs of sites that run."""
    assert slug(name) == made


@pytest.mark.parametrize("name", sorted(DEVICES | ROUTES))
def test_pub_03_reserved_names_are_left_alone(name: str) -> None:
    assert slug(name.upper()) == f"{name}-category"


def safe(made: str) -> bool:
    """Whether *made* can be a folder anywhere, and stays itself there."""
    return (
        1 <= len(made) <= LONGEST
        and len(made.encode("utf-8", "surrogatepass")) <= 255
        and made not in DEVICES | ROUTES
        and not made.startswith("-")
        and not made.endswith("-")
        and "--" not in made
        and all(c == "-" or c.isalnum() or unicodedata.category(c) in ("Mn", "Mc") for c in made)
        and not any(c.isascii() and not (c.isdigit() or c.islower() or c == "-") for c in made)
        and unicodedata.is_normalized("NFC", made)
    )


ANY = st.text(st.characters()) | st.text(
    "가나ㅋ한-._/\\# +&aCİßé\u0301\u1100\u1161\ufe0f\u3164\U0002a6a5🎉", max_size=120
)


@given(ANY)
@example("\U0002a6a5" * 100)
@example("\ud800")
@example("con" + "\u0301")
def test_pub_01_any_name_gives_a_safe_slug(name: str) -> None:
    assert safe(slug(name)), slug(name)


@given(ANY)
def test_a_slug_is_its_own_slug(name: str) -> None:
    assert slug(slug(name)) == slug(name)


@given(ANY)
def test_pub_02_composition_makes_no_difference(name: str) -> None:
    assert slug(unicodedata.normalize("NFD", name)) == slug(name)


@given(st.text("abzAZ 가힣é.+", min_size=1).filter(str.strip).filter(lambda name: name.strip(". ") != ""))
def test_pub_02_letter_case_makes_no_difference(name: str) -> None:
    assert slug(name.upper()) == slug(name.lower())


@given(ANY, st.text("0123456789abcdef", min_size=6, max_size=6))
def test_a_suffix_leaves_a_slug_safe(name: str, end: str) -> None:
    made = suffixed(slug(name), end)
    assert safe(made)
    assert made.endswith(f"-{end}")


def test_long_names_are_cut_on_a_character() -> None:
    assert shortened("가" * 100) == "가" * 80
    assert shortened("가-" * 100) == ("가-" * 40).strip("-")
    assert len(slug("\U0002a6a5" * 100).encode()) == 240
