"""Updates told apart from copies: each line of the policy, by what a desk and its users see."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.core.deciding.replay import Replay
from feeds.core.duplicates import cluster
from feeds.model.changes import Known
from feeds.model.entry import Entry
from feeds.model.settings import Dedupe
from feeds.model.story import Category, Member, Story
from tests.core.duplicates.test_near import AT, EN_TEXT, EN_TITLE, TEXT, TITLE
from tests.core.made import NOW, Shelf, entry, kinds, settings, source

NEAR = Dedupe(near=timedelta(hours=72))


def told(*entries: Entry, dedupe: Dedupe = NEAR) -> list[list[str]]:
    """Tell entries in turn, each in a poll of its own; return the guids of each story."""
    desk = Replay(dedupe, {}, {}, AT)
    for number, each in enumerate(entries):
        seen = AT + timedelta(minutes=number)
        desk.tell([Known(entry=each, fingerprint="", status="kept", story_id=each.guid, first_seen=seen)])
    return sorted(sorted(m.entry.guid for m in story.members) for story in desk._stories.values())


def said(guid: str, title: str, words: str, source_id: str = "a", hours: float = 0) -> Entry:
    return Entry(
        source_id=source_id,
        guid=guid,
        url=f"https://{source_id}.example/{guid}",
        title=title,
        content=words,
        published=AT + timedelta(hours=hours),
    )


GROWN = TEXT + " 시장은 22일 현장을 찾는다. 개관 시간은 오전 9시부터 오후 6시까지다."
PARTS = ("본지는 스무 차례에 걸쳐 강을 따라 걷는다. ", "본지는 스무 차례에 걸쳐 강을 따라 걷는다. 이번에는 나루터다. ")


@pytest.mark.parametrize(
    ("entries", "stories"),
    [
        pytest.param(
            [said("1", TITLE, TEXT), said("2", f"{TITLE}(종합)", GROWN, hours=3)], [["1", "2"]], id="grown, new address"
        ),
        pytest.param(
            [said("1", f"[1보] {TITLE}", TEXT), said("2", f"{TITLE}(종합)", TEXT), said("3", f"{TITLE}(종합2보)", GROWN)],
            [["1", "2", "3"]],
            id="one report in three versions",
        ),
        pytest.param(
            [said("1", TITLE, TEXT), said("2", "시장 “제방 내년 봄까지 높인다”(종합)", GROWN, hours=3)],
            [["1"], ["2"]],
            id="a later report of the same source under its own headline",
        ),
        pytest.param(
            [said("1", f"[속보] {TITLE}", ""), said("2", TITLE, TEXT, hours=1)], [["1"], ["2"]], id="flash, then report"
        ),
        pytest.param(
            [said("1", f"[속보] {TITLE}", ""), said("2", TITLE, TEXT, "b", 1)],
            [["1"], ["2"]],
            id="flash of one, report of another",
        ),
        pytest.param(
            [said("1", f"[속보] {TITLE}", ""), said("2", f"[속보] {TITLE}", "", "b", 0.1)],
            [["1", "2"]],
            id="the same flash of two",
        ),
        pytest.param(
            [
                said("1", "[강 따라 걷기] <1> 물안개 피는 나루", PARTS[0] + TEXT[:90]),
                said("2", "[강 따라 걷기] <2> 갈대밭의 새들", PARTS[1] + "갈대밭에는 개개비 서른 마리가 산다.", hours=24),
            ],
            [["1"], ["2"]],
            id="the next part of a series",
        ),
        pytest.param(
            [
                said("1", "[아침 브리핑]", "도서관이 다시 문을 열었다. 제방은 내년 봄에 높아진다."),
                said("2", "[아침 브리핑]", "배 두 척이 섬을 오간다. 삯은 가을까지 그대로다.", hours=24),
            ],
            [["1"], ["2"]],
            id="a column under its usual title",
        ),
        pytest.param(
            [said("1", "Quiz of the week", EN_TEXT), said("2", "Quiz of the week", EN_TEXT, hours=70)],
            [["1"], ["2"]],
            id="the same title and teaser again",
        ),
    ],
)  # fmt: skip
def test_update_or_copy(entries: Sequence[Entry], stories: list[list[str]]) -> None:
    assert told(*entries) == stories


def test_a_correction_is_a_revision_of_its_story() -> None:
    desk = Shelf(settings(source("one"), source("two", order=1)))
    desk.poll("one", [entry("a", title="River gate opens", content=f"<p>{EN_TEXT}</p>", url="https://one.example/a")])
    before = desk.only()
    fixed = EN_TEXT.replace("1,300", "1,500")
    corrected = entry("a", title="River gate opens", content=f"<p>{fixed}</p>", url="https://one.example/a")
    changes = desk.poll("one", [corrected], now=NOW + timedelta(hours=3))
    after = desk.only()
    assert kinds(changes) == ["changed"]
    assert (after.id, after.keys[0], after.published) == (before.id, before.keys[0], before.published)
    assert after.updated > before.updated, "readers are told"


def test_a_flash_that_grows_at_its_own_address_is_one_entry() -> None:
    desk = Shelf(settings(source("one"), dedupe=NEAR))
    desk.poll("one", [entry("a", title=f"[속보] {TITLE}", content="", url="https://one.example/a")])
    desk.poll("one", [entry("a", title=TITLE, content=TEXT, url="https://one.example/a")], now=NOW + timedelta(hours=1))
    assert [m.entry.title for m in desk.only().members] == [TITLE]


def test_a_full_text_leads_before_the_teaser_that_came_first() -> None:
    """And the story keeps its id, its dates and the link of the teaser, which is its copy from then on."""
    desk = Shelf(settings(source("one"), source("two", order=1), dedupe=NEAR))
    page = "https://site.example/library"
    teaser = entry("a", title=TITLE, content=f"<p>{TEXT[:90]}…</p>", url=page, published=NOW - timedelta(hours=3))
    desk.poll("one", [teaser])
    before = desk.only()
    whole = f"<p>{TEXT}</p>" * (cluster.FULL // len(TEXT) + 1)
    changes = desk.poll("two", [entry("b", "two", title=TITLE, content=whole, url=page, published=NOW)])
    after = desk.only()
    assert [m.entry.source_id for m in after.members] == ["two", "one"]
    assert (after.id, after.published, after.first_seen) == (before.id, before.published, before.first_seen)
    assert kinds(changes) == ["merged", "leads"]


def test_a_story_unites_what_its_members_are_filed_under() -> None:
    def member(source_id: str, *categories: str) -> Member:
        filed = tuple(Category(slug=name, name=name) for name in categories)
        return Member(entry=said(source_id, TITLE, TEXT, source_id), first_seen=AT, categories=filed)

    story = Story(id="s", members=(member("a", "city"),), published=AT, updated=AT, first_seen=AT)
    found = cluster.assemble(story, [member("b", "books", "city"), member("a", "city")])
    assert [c.slug for c in found.categories] == ["city", "books"]


@pytest.mark.parametrize(
    ("across", "stories"), [pytest.param(False, 2, id="by default"), pytest.param(True, 1, id="where it is asked for")]
)
def test_one_page_in_two_languages(across: bool, stories: int) -> None:
    """`https://…/library` serves Korean or English, and two aggregators caught one each."""
    korean = said("k", TITLE, TEXT, "a")
    english = replace(said("e", EN_TITLE, EN_TEXT, "b", 2), url=korean.url)
    assert len(told(korean, english, dedupe=replace(NEAR, across_languages=across))) == stories


def test_a_declared_language_parts_nobody() -> None:
    """Blogs say `en-US` because their software does."""
    one, other = (replace(said(s, TITLE, TEXT, s), language=lang) for s, lang in (("a", "ko"), ("b", "en-US")))
    assert told(one, other) == [["a", "b"]]
