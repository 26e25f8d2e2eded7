"""What an entry is about: names, aliases, tags, rules and what nobody named."""

import unicodedata
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.sorting.categories import Catalogue, slug
from feeds.core.sorting.slugs import tag
from feeds.errors import RuleError
from feeds.model.entry import Entry
from feeds.model.settings import Subject
from feeds.model.source import Source
from feeds.model.story import Category

SUBJECTS = (
    Subject(
        name="기술",
        slug="tech",
        aliases=("IT", "Technology", "개발"),
        add=("title ~ '(반도체|메모리)'",),
        drop=("tag = '광고'",),
    ),
    Subject(name="속보", slug="breaking"),
    Subject(name="경제"),
)
TECH, BREAKING, ECONOMY = (
    Category(slug="tech", name="기술"),
    Category(slug="breaking", name="속보"),
    Category(slug="경제", name="경제"),
)
CATALOGUE = Catalogue(SUBJECTS)


def entry(categories: Sequence[str] = (), tags: Sequence[str] = (), title: str = "제목") -> Entry:
    return Entry(source_id="s", guid="1", title=title, categories=tuple(categories), tags=tuple(tags))


def source(*categories: str) -> Source:
    return Source(id="s", kind="feed", location="https://s.example/rss", categories=categories)


def known(*categories: Category) -> dict[str, Category]:
    return {category.slug: category for category in categories}


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        pytest.param(["기술"], ["tech"], id="name"),
        pytest.param([unicodedata.normalize("NFD", "기술")], ["tech"], id="PUB-02 decomposed name"),
        pytest.param(["TECH"], ["tech"], id="slug"),
        pytest.param(["it"], ["tech"], id="alias in another case"),
        pytest.param(["ＩＴ"], ["tech"], id="alias in full width"),
        pytest.param([" technology\n"], ["tech"], id="alias among blanks"),
        pytest.param([unicodedata.normalize("NFD", "개발"), "IT", "기술"], ["tech"], id="three names of one subject"),
        pytest.param(["경제", "기술", "속보"], ["tech", "breaking", "경제"], id="in the order of the configuration"),
        pytest.param(["나", "가", "경제"], ["경제", "가", "나"], id="unknown ones behind, by name"),
        pytest.param(["News", "news", "NEWS"], ["news"], id="PUB-02 spellings of one name"),
        pytest.param(["", "  ", "\u200b"], [], id="names of nothing"),
        pytest.param(["인공  지능"], ["인공-지능"], id="blanks"),
    ],
)
def test_names(names: list[str], slugs: list[str]) -> None:
    assert [c.slug for c in CATALOGUE.resolve(entry(names), source(), {}).categories] == slugs


def test_the_source_gives_its_categories() -> None:
    resolved = CATALOGUE.resolve(entry(["IT"]), source("속보", "이웃"), {})
    assert [c.slug for c in resolved.categories] == ["tech", "breaking", "이웃"]


def test_tags_match_subjects_and_make_none() -> None:
    resolved = CATALOGUE.resolve(
        entry(tags=["개발", "아무거나"]), source(), known(Category(slug="아무거나", name="아무거나"))
    )
    assert resolved.categories == (TECH,)


@pytest.mark.parametrize(
    ("found", "slugs"),
    [
        pytest.param(entry(title="메모리 가격"), ["tech"], id="add"),
        pytest.param(entry(title="메모리 가격", tags=["광고"]), [], id="drop after add"),
        pytest.param(entry(["기술", "경제"], tags=["광고"]), ["경제"], id="drop what was named, that alone"),
    ],
)
def test_rules(found: Entry, slugs: list[str]) -> None:
    assert [c.slug for c in CATALOGUE.resolve(found, source(), {}).categories] == slugs


def test_a_rule_with_a_fault_is_refused() -> None:
    with pytest.raises(RuleError, match="did you mean 'title'"):
        Catalogue((Subject(name="x", add=("titel ~ 'x'",)),))


class TestUnknown:
    def test_drop(self) -> None:
        resolved = Catalogue(SUBJECTS, "drop").resolve(entry(["잡담", "경제"]), source("이웃"), {})
        assert resolved.categories == (ECONOMY,)

    def test_other(self) -> None:
        resolved = Catalogue(SUBJECTS, "other").resolve(entry(["잡담", "경제"]), source("이웃"), {})
        assert resolved.categories == (ECONOMY, Category(slug="other", name="other"))

    def test_other_is_not_for_what_is_named(self) -> None:
        assert Catalogue(SUBJECTS, "other").resolve(entry(["경제"], ["잡담"]), source(), {}).categories == (ECONOMY,)

    def test_other_under_the_name_of_its_subject(self) -> None:
        subjects = (Subject(name="기타", slug="other"), *SUBJECTS)
        resolved = Catalogue(subjects, "other").resolve(entry(["잡담", "경제"]), source(), {})
        assert resolved.categories == (Category(slug="other", name="기타"), ECONOMY)

    def test_other_keeps_the_name_that_it_had(self) -> None:
        had = Category(slug="other", name="Other")
        assert Catalogue((), "other").resolve(entry(["x"]), source(), known(had)).categories == (had,)


class TestExisting:
    def test_only_what_does_not_exist_is_new(self) -> None:
        resolved = CATALOGUE.resolve(
            entry(["기술", "경제", "이웃", "친구"]), source(), known(TECH, Category(slug="이웃", name="이웃"))
        )
        assert [c.slug for c in resolved.new] == ["경제", "친구"]

    def test_a_category_keeps_name_and_slug(self) -> None:
        had = Category(slug="news", name="News")
        assert CATALOGUE.resolve(entry(["NEWS"]), source(), known(had)).categories == (had,)

    def test_pub_02_another_name_gets_a_suffix_once_and_for_all(self) -> None:
        had = Category(slug="a-b", name="A/B")
        first = CATALOGUE.resolve(entry(["A B"]), source(), known(had)).new
        assert first == (Category(slug=f"a-b-{tag('a b')}", name="A B"),)
        again = CATALOGUE.resolve(entry(["a  b", "A/B"]), source(), known(had, *first))
        assert set(again.categories) == {had, *first}
        assert not again.new

    def test_pub_02_names_of_one_entry_do_not_share_a_slug(self) -> None:
        resolved = CATALOGUE.resolve(entry(["A/B", "A B", "A-B", "a+b"]), source(), {})
        assert len({c.slug for c in resolved.new}) == 4

    def test_a_slug_of_the_configuration_is_not_given_to_another_name(self) -> None:
        (made,) = CATALOGUE.resolve(entry(["Tech!"]), source(), {}).categories
        assert made == Category(slug=f"tech-{tag('tech!')}", name="Tech!")

    def test_a_subject_takes_over_the_category_with_its_slug(self) -> None:
        resolved = CATALOGUE.resolve(entry(["기술"]), source(), known(Category(slug="tech", name="Tech!")))
        assert resolved.categories == (TECH,)
        assert not resolved.new


class TestConfigured:
    def test_in_order(self) -> None:
        assert CATALOGUE.configured() == (TECH, BREAKING, ECONOMY)
        assert CATALOGUE.collisions() == ()

    def test_pub_02_two_subjects_with_one_slug(self) -> None:
        catalogue = Catalogue((Subject(name="A/B"), Subject(name="A B"), Subject(name="A-B", slug="a-b")))
        assert [c.slug for c in catalogue.configured()] == ["a-b", f"a-b-{tag('a b')}", f"a-b-{tag('a-b')}"]
        assert "categories 'A/B' and 'A B' share the slug 'a-b'" in catalogue.collisions()[0]

    def test_a_name_means_one_subject(self) -> None:
        catalogue = Catalogue((Subject(name="기술", aliases=("IT",)), Subject(name="개발", aliases=("it",))))
        assert catalogue.collisions() == ("'it' means category '기술', so it cannot mean '개발' too",)
        assert catalogue.resolve(entry(["IT"]), source(), {}).categories[0].name == "기술"

    def test_the_same_subject_thrice(self) -> None:
        catalogue = Catalogue((Subject(name="x"),) * 3)
        assert len({c.slug for c in catalogue.configured()}) == 3
        assert catalogue.resolve(entry(["x"]), source(), {}).categories == (Category(slug="x", name="x"),)

    @pytest.mark.parametrize(
        ("asked", "made"), [("Tech", "tech"), ("../x", "x"), ("admin", "admin-category"), ("a/b", "a-b")]
    )
    def test_pub_01_a_slug_of_the_configuration_is_made_safe(self, asked: str, made: str) -> None:
        catalogue = Catalogue((Subject(name="기술", slug=asked),))
        assert [c.slug for c in catalogue.configured()] == [made]
        assert catalogue.collisions() == (
            f"the slug '{asked}' of category '기술' cannot stand in URLs: it is '{made}'",
        )


NAMES = st.text("abC 가나+#/-\u1100\u1161.", max_size=6) | st.sampled_from(["기술", "IT", "경제", "other", "tech"])


@given(st.lists(NAMES, max_size=8), st.lists(NAMES, max_size=3), st.lists(NAMES, max_size=3), st.randoms())
def test_the_order_of_names_makes_no_difference(
    names: list[str], tags: list[str], given_names: list[str], random: Random
) -> None:
    shuffled = sorted(names, key=lambda _: random.random())
    one = CATALOGUE.resolve(entry(names, tags), source(*given_names), {})
    assert one == CATALOGUE.resolve(entry(shuffled, tags[::-1]), source(*given_names[::-1]), {})


@given(st.lists(st.lists(NAMES, max_size=5), max_size=5))
def test_one_slug_one_category_for_ever(batches: list[list[str]]) -> None:
    existing: dict[str, Category] = {}
    for names in batches:
        new = CATALOGUE.resolve(entry(names), source(), existing).new
        assert not {c.slug for c in new} & set(existing)
        existing |= known(*new)
    for names in batches:
        assert not CATALOGUE.resolve(entry(names), source(), existing).new


def test_slug_is_offered_here() -> None:
    assert slug("기술") == "기술"
