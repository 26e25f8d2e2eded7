"""What is left of an entry for comparing: by tables, and by laws that copies of all kinds must keep."""

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.duplicates.sketch import ASKED, EAST_FROM, HINTS, MOST_ASKED, WEIGHT, bag, shingled, sketch
from feeds.model.entry import Entry

KOREAN = (
    "한빛시는 20일 강변 도서관을 다시 열었다. 지난해 여름 큰물에 잠긴 지 열네 달 만이다. 시는 방수문 세 곳을 더했다."
)
ENGLISH = "The harbour library opened again on Friday. It had been closed since the flood. Three gates were added."


def entry(content: str = "", title: str = "강변 도서관 다시 열다", guid: str = "g") -> Entry:
    return Entry(source_id="s", guid=guid, title=title, content=content)


@pytest.mark.parametrize(
    ("title", "said", "tagged"),
    [
        pytest.param("[속보] 강변 도서관 다시 열다", "강변 도서관 다시 열다", True, id="flash"),
        pytest.param("(종합2보)강변 도서관 다시 열다", "강변 도서관 다시 열다", True, id="second summary"),
        pytest.param("강변 도서관 다시 열다[업데이트]", "강변 도서관 다시 열다", True, id="after the title"),
        pytest.param("UPDATE 3-Harbour library opens", "harbour library opens", True, id="wire update"),
        pytest.param("Exclusive: Harbour library opens", "harbour library opens", True, id="colon"),
        pytest.param("[기획연재] 강변 사람들 <3>", "[기획연재] 강변 사람들 <3>", False, id="a series is no tag"),
        pytest.param("韓·美 정상회담", "한·미 정상회담", False, id="han for a word"),
        pytest.param("Live and let die", "live and let die", False, id="a word is no tag"),
    ],
)
def test_tag_is_taken_off_the_title(title: str, said: str, tagged: bool) -> None:
    found = sketch(entry(title=title))
    assert (found.title, found.tagged) == (said, tagged)


def test_title_that_repeats_the_guid_is_none() -> None:
    assert sketch(entry(title="made:1", guid="made:1")).title == ""


@pytest.mark.parametrize(
    "credit",
    [
        pytest.param("(서울=연합뉴스) 홍길동 기자 = ", id="agency and reporter"),
        pytest.param("[서울=뉴시스]홍길동 기자 = ", id="square"),
        pytest.param("【부산=뉴스1】 ", id="agency alone"),
        pytest.param("[한빛일보 홍길동 기자] ", id="paper and reporter"),
        pytest.param("이 기사는 무료로 공개합니다. (서울=연합뉴스) 홍길동 기자 = ", id="after a header"),
    ],
)
def test_korean_credit_says_nothing(credit: str) -> None:
    plain = sketch(entry(KOREAN)).shingles
    assert set(plain) <= set(sketch(entry(credit + KOREAN)).shingles)
    assert not any("연합뉴스" in w or "홍" in w for s in sketch(entry(credit + KOREAN)).sentences for w in s.words)


@pytest.mark.parametrize(
    "credit",
    [
        pytest.param("LONDON (Reuters) - ", id="city and agency"),
        pytest.param("WASHINGTON, March 3 (AP) — ", id="with a date"),
        pytest.param("TOKYO -- ", id="city alone"),
        pytest.param("By Jane Doe ", id="by"),
    ],
)
def test_english_credit_says_nothing(credit: str) -> None:
    assert sketch(entry(credit + ENGLISH)).shingles == sketch(entry(ENGLISH)).shingles


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(KOREAN.replace(" ", ""), id="without blanks"),
        pytest.param(f"<p>{KOREAN.replace('. ', '.</p><p>')}</p>", id="in paragraphs"),
        pytest.param(KOREAN.replace("20", "２０"), id="full width"),
        pytest.param(KOREAN.replace(" ", "\u00a0"), id="other blanks"),
    ],
)
def test_copy_has_the_same_shingles(copy: str) -> None:
    assert sketch(entry(copy)).shingles == sketch(entry(KOREAN)).shingles


def test_shingle_weighs_six() -> None:
    assert len(shingled("one two three four")) == 2
    assert len(shingled("가 나 다 라 마 바 사")) == 2
    assert shingled("one two three")[0] != shingled("one two four")[0]
    assert len(shingled("one")) == 1
    assert shingled("") == []


@given(
    st.lists(st.sampled_from(["가", "힣", "韓", "の", "a", "bus", "é", "2.5", "1,300", "ខ្មែរ", "ꀀ", "𐌀"]), max_size=40)
)
def test_shingles_are_windows_of_six(units: list[str]) -> None:
    """The same hashes as by counting: stores hold them."""
    weights = [1 if unit >= EAST_FROM else 2 for unit in units]
    windows = [
        " ".join(units[begin:end])
        for begin in range(len(units))
        for end in range(begin + 1, len(units) + 1)
        if sum(weights[begin:end]) >= WEIGHT > sum(weights[begin : end - 1])
    ]
    assert shingled(" ".join(units)) == [crc32(said.encode()) for said in windows or [" ".join(units)] if said]


def test_bag_knows_no_order_of_words() -> None:
    assert bag("the old lock") == bag("lock the old")
    assert bag("도 서 관") == {"도서", "서관"}
    assert bag("the 도 서 관 2") == {"the", "도서", "서관", "2"}
    assert bag("ខ្មែរ 관 2") == {"ខ្មែរ관", "2"}


def test_usual_sentences_give_no_hints() -> None:
    footer = "무단 전재와 재배포를 금합니다 제보는 언제나 환영합니다."
    found = sketch(entry(f"{KOREAN} {footer}"))
    usual = {s.said for s in found.sentences if "금" in s.words}
    assert len(usual) == 1
    away = {shingle for s in found.sentences if s.said in usual for shingle in s.shingles}
    assert away & set(found.hints(usual)) == set()
    assert away & set(found.hints())


@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_has_few_hints_of_32_bits(content: str, title: str) -> None:
    hints = sketch(entry(content, title)).hints()
    assert 1 <= len(hints) <= HINTS
    assert all(0 <= hint < 1 << 32 for hint in hints)


@given(
    st.lists(
        st.sampled_from(
            ["강변", "도서관", "다시", "열다", "harbour", "library", "opens", "1,300", "시민", "boats", "물길"]
        ),
        max_size=200,
    )
)
def test_a_text_asks_for_what_its_copies_are_found_by(units: list[str]) -> None:
    """The lowest from the beginning, and of all those that are low: so a copy is found by at least six hashes."""
    found = sketch(entry(" ".join(units)))
    assert found.title_hint in found.asked
    assert len(found.asked) <= len(found.every) + 1
    assert len(found.asked.intersection(found.hints())) >= min(6, len(found.hints()))


def test_a_long_text_asks_for_no_more_than_enough() -> None:
    found = sketch(entry(" ".join(f"word{n}" for n in range(20_000))))
    assert len(set(found.shingles)) > 4000
    assert len(found.asked) <= ASKED + MOST_ASKED + 1


def test_an_excerpt_of_a_long_text_is_found() -> None:
    words = [f"word{n}" for n in range(3000)]
    whole, cut = sketch(entry(" ".join(words))), sketch(entry(" ".join(words[:120]), title="Another headline"))
    assert len(whole.asked.intersection(cut.hints())) >= 10
    assert len(cut.asked.intersection(whole.hints())) >= 5


def test_a_middle_dot_of_headlines_joins_no_words() -> None:
    """Korean headlines write U+318D, or U+00B7: the same title either way."""
    one, other = (sketch(entry(title=f"중소{dot}중견에 101조원")) for dot in "\u318d\u00b7")
    assert (one.title_hint, one.pairs, one.words) == (other.title_hint, other.pairs, other.words)
