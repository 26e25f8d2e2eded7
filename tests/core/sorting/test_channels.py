"""Which channels there are, and which of them want a story."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.sorting.categories import Catalogue
from feeds.core.sorting.channels import NAMED, channels, clashes, naming, siblings, wanted
from feeds.core.sorting.slugs import tag
from feeds.model.channel import FILES, Output
from feeds.model.entry import Entry, Person
from feeds.model.settings import Settings, Site, Subject
from feeds.model.source import Source
from feeds.model.story import Category, Member, Story

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SITE = Site(
    title="기술 뉴스",
    url="https://news.example.kr/",
    description="매일의 기술",
    language="ko",
    timezone="Asia/Seoul",
    author=Person(name="편집부"),
)
ALL = Output(id="all", path="/", formats=("atom", "opml"))
EACH = Output(id="by-category", path="/{slug}/", each="category")
TECH, FRIENDS = Category(slug="tech", name="기술"), Category(slug="이웃", name="이웃")
SUBJECTS = (Subject(name="기술", slug="tech"), Subject(name="속보", slug="breaking", limit=30))


def settings(*outputs: Output, **others: Any) -> Settings:
    return Settings(file="feeds.yaml", site=SITE, outputs=outputs, categories=SUBJECTS, **others)


def story(*categories: Category, title: str = "제목", **others: Any) -> Story:
    lead = Entry(source_id="s", guid="1", title=title)
    return Story(
        id="tag:x",
        members=(Member(entry=lead, first_seen=NOW),),
        categories=categories,
        published=NOW,
        updated=NOW,
        first_seen=NOW,
        **others,
    )


def known(*categories: Category) -> dict[str, Category]:
    return {category.slug: category for category in categories}


class TestChannels:
    def test_one_an_output_and_one_a_category(self) -> None:
        found = channels(settings(ALL, EACH), known(FRIENDS, Category(slug="가", name="가")))
        assert [(c.id, c.path) for c in found] == [
            ("all", "/"),
            ("by-category:tech", "/tech/"),
            ("by-category:breaking", "/breaking/"),
            ("by-category:가", "/가/"),
            ("by-category:이웃", "/이웃/"),
        ]

    def test_what_the_site_gives(self) -> None:
        (plain,) = channels(settings(ALL, hubs=("https://hub.example/",)), {})
        assert plain.base_url == "https://news.example.kr"
        assert (plain.language, plain.timezone, plain.author) == ("ko", "Asia/Seoul", Person(name="편집부"))
        assert plain.hubs == ("https://hub.example/",)
        assert plain.formats == ("atom", "opml")
        assert (plain.title, plain.description) == ("기술 뉴스", "매일의 기술")

    def test_a_subject_s_limit_goes_before_the_output_s(self) -> None:
        assert [c.limit for c in channels(settings(replace(EACH, limit=7, days=3)), {})] == [7, 30]
        assert {c.days for c in channels(settings(replace(EACH, limit=7, days=3)), {})} == {3}

    def test_files_of_the_output(self) -> None:
        (plain,) = channels(settings(replace(ALL, files={"atom": "feed.xml"})), {})
        assert plain.files == {**FILES, "atom": "feed.xml"}
        assert plain.file("atom") == "/feed.xml"

    def test_a_configured_name_goes_before_the_stored_one(self) -> None:
        found = channels(settings(EACH), known(Category(slug="tech", name="Old")))
        assert [c.category for c in found][:1] == [TECH]
        assert len(found) == 2

    @pytest.mark.parametrize(
        ("path", "each", "made"),
        [
            ("/", "", "/"),
            ("", "", "/"),
            ("news", "", "/news/"),
            ("//a//b", "", "/a/b/"),
            ("/{slug}/", "category", "/tech/"),
            ("/c/{slug}", "category", "/c/tech/"),
            ("/c-{slug}/all", "category", "/c-tech/all/"),
            ("/topics/", "category", "/topics/tech/"),
            ("/", "category", "/tech/"),
        ],
    )
    def test_path(self, path: str, each: Any, made: str) -> None:
        assert channels(settings(Output(id="x", path=path, each=each)), known(TECH))[0].path == made

    @pytest.mark.parametrize(
        ("output", "subject", "title"),
        [
            pytest.param("", "", "기술 - 기술 뉴스", id="neither"),
            pytest.param("{site}: {category}", "", "기술 뉴스: 기술", id="template"),
            pytest.param("{site}: {category}", "기술 소식", "기술 소식", id="the subject's own"),
            pytest.param("{0.__class__} {category!r} {", "", "{0.__class__} {category!r} {", id="no other braces"),
        ],
    )
    def test_title_of_a_category(self, output: str, subject: str, title: str) -> None:
        there = replace(
            settings(replace(EACH, title=output)), categories=(Subject(name="기술", slug="tech", title=subject),)
        )
        assert channels(there, {})[0].title == title

    def test_a_category_is_no_template(self) -> None:
        odd = Category(slug="x", name="{site}{category}")
        assert channels(settings(replace(EACH, title="{category}|{site}")), known(odd))[-1].title == (
            "{site}{category}|기술 뉴스"
        )

    def test_description(self) -> None:
        there = settings(
            replace(EACH, description="{category}의 글"), replace(ALL, title="모두", description="{site} 전체")
        )
        assert [c.description for c in channels(there, {})] == ["기술의 글", "속보의 글", "기술 뉴스 전체"]
        bare = replace(settings(ALL, EACH), site=replace(SITE, description=""))
        assert [c.description for c in channels(bare, {})] == ["기술 뉴스", "기술 - 기술 뉴스", "속보 - 기술 뉴스"]


class TestPub02NoFileTwice:
    def test_a_category_gives_way_to_an_output(self) -> None:
        there = settings(EACH, replace(ALL, path="/Tech/"))
        moved, other, plain = channels(there, {})
        assert moved.path == f"/tech-{tag('by-category')}/"
        assert (other.path, plain.path) == ("/breaking/", "/Tech/")
        assert clashes(there) == (f"category '기술' of output 'by-category' is at {moved.path}: its place is taken",)

    def test_different_files_in_one_folder_are_fine(self) -> None:
        there = settings(ALL, replace(ALL, id="list", formats=("json",)), replace(EACH, path="/c/{slug}/"))
        assert clashes(there) == ()
        assert {c.path for c in channels(there, {})[:2]} == {"/"}

    def test_two_outputs_with_one_file(self) -> None:
        assert clashes(settings(ALL, replace(ALL, id="again"))) == (
            "outputs 'all' and 'again' both write /atom.xml",
            "outputs 'all' and 'again' both write /opml.xml",
        )

    def test_two_outputs_by_category_in_one_place(self) -> None:
        there = settings(EACH, replace(EACH, id="brief"))
        assert len({c.path for c in channels(there, {})}) == 4
        assert "outputs 'by-category' and 'brief' both write /{slug}/atom.xml" in clashes(there)

    @given(st.lists(st.sampled_from(["tech", "a", "a-b", "가"]), unique=True), st.permutations([ALL, EACH]))
    def test_never(self, slugs: list[str], outputs: list[Output]) -> None:
        more = [replace(EACH, id="short", path="/a/"), Output(id="a", path="/a/tech"), Output(id="b", path="/a-b/")]
        found = channels(settings(*outputs, *more), known(*(Category(slug=s, name=s) for s in slugs)))
        files = [c.file(format).casefold() for c in found for format in c.formats]
        assert len(files) == len(set(files))
        assert len({c.id for c in found}) == len(found)


class TestWanted:
    def test_outputs_and_categories(self) -> None:
        assert wanted(story(TECH, FRIENDS), settings(ALL, EACH), {}) == (
            "all",
            "by-category:tech",
            "by-category:이웃",
        )
        assert wanted(story(), settings(ALL, EACH), {}) == ("all",)

    @pytest.mark.parametrize("status", ["held", "withdrawn", "retracted"])
    def test_none_while_it_is_not_shown(self, status: Any) -> None:
        assert wanted(story(TECH, status=status), settings(ALL, EACH), {}) == ()

    def test_only(self) -> None:
        there = settings(ALL, replace(EACH, only="title ~ '반도체' and source = '매일'"))
        sources = {"s": Source(id="s", kind="feed", location="https://s.example/", title="매일")}
        chips = story(TECH, title="반도체 수출")
        assert wanted(chips, there, sources) == ("all", "by-category:tech")
        assert wanted(story(TECH), there, sources) == ("all",)
        assert wanted(chips, there, {}) == ("all",), "a source that left has no title"

    def test_every_channel_wanted_exists(self) -> None:
        there = settings(ALL, EACH, replace(EACH, id="brief", path="/brief/{slug}/"))
        ids = {c.id for c in channels(there, known(TECH, FRIENDS))}
        assert set(wanted(story(TECH, FRIENDS), there, {})) <= ids


def test_siblings() -> None:
    every = channels(settings(ALL, EACH, replace(ALL, id="list", path="/list/")), {})
    by_id = {c.id: [other.id for other in siblings(c, every)] for c in every}
    assert by_id == {
        "all": ["by-category:tech", "by-category:breaking", "list"],
        "by-category:tech": ["all", "list", "by-category:breaking"],
        "by-category:breaking": ["all", "list", "by-category:tech"],
        "list": ["all", "by-category:tech", "by-category:breaking"],
    }


def numbered(count: int) -> dict[str, Category]:
    return known(*(Category(slug=f"c{n:02}", name=f"C{n:02}") for n in range(count)))


def named(there: Settings, library: dict[str, Category]) -> dict[str, set[str]]:
    every = channels(there, library)
    return {c.id: {other.id for other in siblings(c, every)} for c in every}


def test_categories_name_each_other_within_their_output() -> None:
    other = replace(EACH, id="brief", path="/brief/{slug}/")
    found = named(settings(ALL, EACH, other), known(FRIENDS))
    assert found["brief:이웃"] == {"all", "brief:tech", "brief:breaking"}


def test_of_too_many_those_of_the_configuration_are_named() -> None:
    found = named(settings(ALL, EACH), numbered(NAMED))
    assert found["by-category:c07"] == {"all", "by-category:tech", "by-category:breaking"}
    assert found["by-category:tech"] == {"all", "by-category:breaking"}


@pytest.mark.parametrize(("place", "first", "last"), [(0, 1, NAMED - 1), (30, 10, 49), (59, 20, 58)])
def test_of_too_many_subjects_those_around_are_named(place: int, first: int, last: int) -> None:
    subjects = tuple(Subject(name=f"S{n:02}", slug=f"s{n:02}") for n in range(60))
    found = named(replace(settings(EACH), categories=subjects), {})[f"by-category:s{place:02}"]
    assert (len(found), min(found), max(found)) == (NAMED - 1, f"by-category:s{first:02}", f"by-category:s{last:02}")


@pytest.mark.parametrize("before", [0, 1, NAMED - 3, NAMED - 2, NAMED - 1, NAMED + 5])
@pytest.mark.parametrize("more", [1, 4])
def test_who_names_what_comes_up_is_brought_out_again(before: int, more: int) -> None:
    there = settings(ALL, EACH, replace(ALL, id="list", path="/list/"))
    old, new = named(there, numbered(before)), named(there, numbered(before + more))
    again = set(naming(there, Catalogue(there.categories), numbered(before)))
    assert {id for id in old if old[id] != new[id]} == again & old.keys()
