"""What one poll changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model.entry import Entry
from feeds.model.settings import Subject
from feeds.model.source import Options
from tests.core.made import LONG, LONG_KOREAN, NOW, Shelf, entry, kinds, settings, source

LATER = NOW + timedelta(hours=2)
PAGE = "https://page.example/2026/bridge"
QUOTATION = " ".join(LONG.split()[:9])
SAMPLE = "http://provider-website.example/item1-info-page.html"


def shelf(**more: object) -> Shelf:
    return Shelf(
        settings(
            source("one"),
            source("two", order=1),
            source("best", order=2, prefer=20),
            source("posts", kind="content", location="/site", order=3),
            **more,
        )
    )


def post(path: str, blob: str = "", **more: object) -> Entry:
    guid = f"blob:{blob or path}"
    return entry(
        guid, "posts", path=path, blob=blob or path, guid_made=True, url=f"https://desk.example/{path}", **more
    )


def test_twice_is_once() -> None:
    desk = shelf()
    desk.poll("one", [entry("a"), entry("b")])
    again = desk.poll("one", [entry("a"), entry("b")], now=LATER)
    assert (again.entries, again.stories, again.marks, again.decisions) == ((), (), (), ())
    assert {k.guid for k in again.seen} == {"a", "b"}


def test_new_entries_mark_all_and_their_categories() -> None:
    desk = shelf()
    changes = desk.poll("one", [entry("a", categories=("기술",))])
    assert kinds(changes) == []
    assert [saved.new for saved in changes.entries] == [True]
    assert sorted(m.channel_id for m in changes.marks) == ["all", "by-category:기술"]
    assert [c.name for c in changes.categories] == ["기술"]


def test_a_new_category_of_what_waits_is_named_at_its_time_too() -> None:
    due = NOW + timedelta(days=1)
    changes = shelf().poll("one", [entry("a", categories=("기술",), release=due)])
    marks = {(m.channel_id, m.due) for m in changes.marks}
    assert {("all", NOW), ("all", due), ("by-category:기술", due)} <= marks


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        pytest.param(
            entry("a", url="http://www.site.example/x?utm_source=rss"),
            entry("b", "two", url="https://site.example/x"),
            "same_url",
            id="one page, tracking and scheme apart, within a day",
        ),
        pytest.param(
            entry("a", url=PAGE, title="City opens the river bridge", content=f"<p>{LONG}</p>"),
            entry("b", "two", url=PAGE, title="Worth a read today", content=""),
            "same_url",
            id="a bare link under a title of its own",
        ),
        pytest.param(
            entry("a", url=PAGE, title="City opens the river bridge", content=f"<p>{LONG}</p>"),
            entry("b", "two", url=PAGE, title="The river bridge opens: city", content="<p>At long last.</p>"),
            "same_url",
            id="a link with a comment, its title told anew",
        ),
        pytest.param(
            entry("a", url=PAGE, title="시청 앞 새 다리 개통", content=f"<p>{LONG_KOREAN}</p>"),
            entry("b", "two", url=PAGE, title="오늘의 링크", content="<p>시청 앞 새 다리 개통, 드디어 건넌다.</p>"),
            "same_url",
            id="a link whose comment names the page's title",
        ),
        pytest.param(
            entry("a", url=PAGE, title="City opens the river bridge", content=f"<p>{LONG}</p>"),
            entry("b", "two", url=PAGE, title="At last", content=f"<p>Years late: “{QUOTATION}”, and so on.</p>"),
            "same_url",
            id="a link with a quotation",
        ),
        pytest.param(
            entry("tag:x.example,2026:1", title="Same", url="https://a.example/1"),
            entry("tag:x.example,2026:1", "two", title="Same", url="https://b.example/2"),
            "same_id",
            id="one id, titles agree",
        ),
        pytest.param(
            entry("a", title="Bridge", content=f"<p>{LONG}</p>"),
            entry("b", "two", title="Bridge", content=f"<div>{LONG.replace(' ', '  ')}</div>"),
            "same_text",
            id="the same words in other markup",
        ),
        pytest.param(
            entry("a", title="다리", content=f"<p>{LONG_KOREAN}</p>"),
            entry("b", "two", title="다리", content=f"<p>{LONG_KOREAN.replace(' ', '')}</p>"),
            "same_text",
            id="Korean with other spacing",
        ),
    ],
)
def test_copies_become_one_story(first: Entry, second: Entry, rule: str) -> None:
    desk = shelf()
    desk.poll("one", [first])
    changes = desk.poll("two", [second], now=LATER)
    story = desk.only()
    assert [m.entry.source_id for m in story.members] == ["one", "two"]
    assert [d.rule for d in changes.decisions if d.kind == "merged"] == [rule]


@pytest.mark.parametrize(
    ("body", "stories"),
    [
        pytest.param("<p>The name in Greek was put right.</p>", 2, id="another change of a page"),
        pytest.param(f"<p>{LONG} The mayor came too.</p>", 1, id="the same that grew"),
        pytest.param("", 1, id="a bare link"),
    ],
)
def test_one_source_says_it_again_under_another_id(body: str, stories: int) -> None:
    """A wiki's feed of changes links each to the page that was changed, under its title (GeoNames)."""
    desk = shelf()
    first = entry("a", url=PAGE, title="Jerusalem", content=f"<p>{LONG}</p>")
    desk.poll("one", [first, entry("b", url=PAGE, title="Jerusalem", content=body)])
    assert len(desk.stories) == stories


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            entry("urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6", title="Robots run amok"),
            entry("urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6", "two", title="Something else entirely"),
            id="an id copied from a template",
        ),
        pytest.param(
            entry("a", url="https://live.example/now", title="Monday", published=datetime(2026, 2, 1, tzinfo=UTC)),
            entry(
                "b", "two", url="https://live.example/now", title="Friday", published=datetime(2026, 2, 6, tzinfo=UTC)
            ),
            id="a live page, another day",
        ),
        pytest.param(
            entry("a", url=SAMPLE, title="Google's 2005 Halloween Fright Fest", content="<p>Come face to face.</p>"),
            entry("b", "two", url=SAMPLE, title="Google Mini", content="<p>The same results on your intranet.</p>"),
            id="an address that stands in every sample of one form",
        ),
        pytest.param(
            entry("a", url=SAMPLE, title="U2 Elevation tour", content="<p>Rock Concert!</p>"),
            entry("b", "two", url=SAMPLE, title="Acme Pest Control", content="<p>Get rid of those pests</p>"),
            id="a sample's address, few words",
        ),
        pytest.param(
            entry("a", title="Quiz", content=f"<p>{LONG}</p>", published=datetime(2026, 2, 1, tzinfo=UTC)),
            entry("b", title="Quiz", content=f"<p>{LONG}</p>", published=datetime(2026, 2, 8, tzinfo=UTC)),
            id="a weekly item with equal words",
        ),
        pytest.param(
            entry("a", title="Open thread", content="<p>Say it here.</p>"),
            entry("b", "two", title="Open thread", content="<p>Say it here.</p>"),
            id="short words decide nothing",
        ),
        pytest.param(
            entry("a", url="https://one.example/", title="First"),
            entry("b", "two", url="https://one.example/", title="Second"),
            id="a front page is nobody's page",
        ),
    ],
)
def test_distinct_stories_are_not_swallowed(first: Entry, second: Entry) -> None:
    desk = shelf()
    desk.poll(first.source_id, [first])
    desk.poll(second.source_id, [*([first] if second.source_id == first.source_id else []), second], now=LATER)
    assert len(desk.shown()) == 2
    assert len({s.id for s in desk.stories.values()}) == 2


def test_items_that_all_link_to_one_page_stay_apart() -> None:
    desk = shelf()
    page = "https://one.example/news"
    desk.poll("one", [entry(g, url=page, content="") for g in ("a", "b", "c")])
    assert len(desk.shown()) == 3
    desk.poll("one", [entry(g, url=page, content="") for g in ("d", "a", "b", "c")], now=LATER)
    assert len(desk.shown()) == 4


def test_lead_is_preferred_then_local_then_earliest() -> None:
    url = "https://story.example/x"
    desk = shelf()
    desk.poll("two", [entry("t", "two", url=url, published=NOW - timedelta(hours=1))])
    desk.poll("one", [entry("o", url=url, published=NOW - timedelta(hours=2))])
    assert desk.only().lead.source_id == "one"
    desk.poll("posts", [replace(post("x.md", published=NOW), url=url)])
    assert desk.only().lead.source_id == "posts"
    changes = desk.poll("best", [entry("b", "best", url=url, published=NOW)])
    story = desk.only()
    assert [m.entry.source_id for m in story.members] == ["best", "posts", "one", "two"]
    assert story.id == "tag:desk.example,2005:" + story.id.rpartition(":")[2]
    assert [d.kind for d in changes.decisions] == ["merged", "leads"]


def test_id_and_dates_stay_when_the_lead_changes() -> None:
    url = "https://story.example/x"
    desk = shelf()
    desk.poll("two", [entry("t", "two", url=url, published=NOW - timedelta(hours=5))])
    before = desk.only()
    desk.poll("best", [entry("b", "best", url=url, published=NOW - timedelta(hours=6))])
    after = desk.only()
    assert (after.id, after.published, after.first_seen) == (before.id, before.published, before.first_seen)


def test_a_bridge_between_two_stories_makes_them_one() -> None:
    desk = shelf()
    desk.poll("one", [entry("a", title="Bridge", content=f"<p>{LONG}</p>", url="https://a.example/1")])
    desk.poll("two", [entry("b", "two", title="Other head", content="", url="https://b.example/2")], now=LATER)
    assert len(desk.stories) == 2
    bridge = entry("c", "best", title="Bridge", content=f"<p>{LONG}</p>", url="https://b.example/2")
    changes = desk.poll("best", [bridge], now=LATER)
    assert len(desk.stories) == 1
    assert len(changes.merged) == 1
    assert {m.entry.guid for m in desk.only().members} == {"a", "b", "c"}


def test_a_rewritten_item_leaves_its_story_and_chains_no_strangers() -> None:
    desk = shelf()
    first, second = "https://x.example/1", "https://x.example/2"
    desk.poll("one", [entry("a", url=first, title="A"), entry("b", url=second, title="B")])
    desk.poll("two", [entry("c", "two", url=first, title="A")])
    desk.poll("two", [entry("c", "two", url=second, title="B")], now=LATER)
    assert sorted(desk.shown().values()) == [["A"], ["B", "B"]]


def test_fmt_43_changed_text_moves_updated_and_only_that() -> None:
    desk = shelf()
    desk.poll("one", [entry("a")])
    before = desk.only()
    desk.poll("one", [entry("a", content="<p>Corrected.</p>", published=datetime(2026, 2, 20, tzinfo=UTC))], now=LATER)
    after = desk.only()
    assert (after.id, after.published) == (before.id, before.published)
    assert (before.updated, after.updated) == (before.published, LATER)


def test_fmt_29_re_dated_items_are_not_new() -> None:
    desk = shelf()
    desk.poll("one", [entry("a")])
    changes = desk.poll("one", [entry("a", published=LATER, updated=LATER)], now=LATER)
    assert changes.stories == ()


def test_fmt_27_changed_guid_of_a_known_item_is_no_new_item() -> None:
    desk = shelf()
    desk.poll("one", [entry("a"), entry("z")])
    changes = desk.poll("one", [replace(entry("a"), guid="a?session=2"), entry("z")], now=LATER)
    assert changes.entries == ()
    assert len(desk.stories) == 2


def test_fmt_43_an_item_that_leaves_a_feed_stays_published() -> None:
    desk = shelf()
    desk.poll("one", [entry("a"), entry("b"), entry("c")])
    changes = desk.poll("one", [entry("c"), entry("b")], now=LATER)
    assert (changes.stories, changes.decisions) == ((), ())
    assert len(desk.shown()) == 3


@pytest.mark.parametrize(
    ("edit", "moves"),
    [
        pytest.param({"title": "Another title"}, True, id="title only"),
        pytest.param({"content": "<p>One  two\n three.</p>"}, False, id="blanks only"),
        pytest.param({"content": "<p>One two three.</p>", "blob": "b2"}, False, id="saved again"),
    ],
)
def test_fm_21_an_edit_moves_updated_once_where_words_changed(edit: dict[str, Any], moves: bool) -> None:
    desk = shelf()
    first = post("x.md", "b1", content="<p>One two three.</p>")
    desk.poll("posts", [first])
    before = desk.only()
    for hours in (2, 4):
        desk.poll("posts", [replace(first, **edit)], now=NOW + timedelta(hours=hours))
    assert desk.only().updated == (LATER if moves else before.updated)


def test_guid_over_https_is_the_guid_over_http() -> None:
    desk = shelf()
    desk.poll("one", [entry("http://one.example/?p=1")])
    changes = desk.poll("one", [entry("https://one.example/?p=1", url="https://one.example/http://one.example/?p=1")])
    assert len(desk.stories) == 1
    assert changes.merged == {}


def test_drop_rule_keeps_out_and_says_which() -> None:
    desk = Shelf(settings(source("one", options=Options(drop=("title ~ '^\\[광고\\]'",)))))
    changes = desk.poll("one", [entry("a", title="[광고] 세일"), entry("b")])
    assert [(d.kind, d.rule) for d in changes.decisions if d.kind == "dropped"] == [
        ("dropped", "title ~ '^\\[광고\\]'")
    ]
    assert len(desk.shown()) == 1


def test_only_rules_let_in_what_meets_one_of_them() -> None:
    desk = Shelf(settings(source("one", options=Options(only=("title ~ '반도체'", "title ~ '메모리'")))))
    changes = desk.poll("one", [entry("a", title="반도체"), entry("b", title="메모리"), entry("c", title="날씨")])
    assert [(d.guid, d.rule) for d in changes.decisions if d.kind == "dropped"] == [
        ("c", "title ~ '반도체' or title ~ '메모리'")
    ]
    assert len(desk.shown()) == 2


def test_entry_that_is_no_longer_dropped_comes_in() -> None:
    strict = settings(source("one", options=Options(drop=("title ~ 'a'",))))
    desk = Shelf(strict)
    desk.poll("one", [entry("a")])
    desk.sources = {"one": source("one")}
    desk.poll("one", [entry("a")], now=LATER)
    assert len(desk.shown()) == 1


def test_two_categories_one_story_in_all() -> None:
    desk = shelf(categories=(Subject(name="기술", slug="tech", aliases=("IT",)), Subject(name="속보", slug="breaking")))
    desk.poll("one", [entry("a", categories=("IT", "속보"))])
    assert desk.only().channels == ("all", "by-category:tech", "by-category:breaking")


# local posts


def test_draft_is_held_and_published_when_it_ends() -> None:
    desk = shelf()
    changes = desk.poll("posts", [post("x.md", hold="draft")])
    assert kinds(changes) == ["held"]
    assert desk.stories == {}
    desk.poll("posts", [post("x.md")], now=LATER)
    assert len(desk.shown()) == 1


def test_fm_20_future_post_is_marked_for_its_time() -> None:
    desk = shelf()
    due = NOW + timedelta(days=1)
    changes = desk.poll("posts", [post("x.md", published=due)])
    assert desk.only().release == due
    assert {(m.channel_id, m.due) for m in changes.marks} == {("all", NOW), ("all", due)}


def test_a_feed_cannot_promise_the_future() -> None:
    desk = shelf()
    desk.poll("one", [entry("a", published=datetime(2999, 1, 1, tzinfo=UTC))])
    assert desk.only().published == NOW
    assert desk.only().release is None


def test_fmt_30_dateless_items_keep_their_first_sight_and_order() -> None:
    desk = shelf()
    desk.poll("one", [entry("a", published=None), entry("b", published=None)])
    dates = {s.lead.guid: s.published for s in desk.stories.values()}
    assert dates == {"a": NOW, "b": NOW - timedelta(seconds=1)}
    desk.poll("one", [entry("b", published=None, title="New"), entry("a", published=None)], now=LATER)
    assert {s.lead.guid: s.published for s in desk.stories.values()} == dates


@pytest.mark.parametrize(
    "moved",
    [
        pytest.param(post("new.md", "b1", title="Title", content="<p>Other text.</p>"), id="first version in git"),
        pytest.param(post("new.md", "b2", title="Other", content=f"<p>{LONG}</p>"), id="same text"),
        pytest.param(
            post("new.md", "b2", title="Title", content=f"<p>{LONG} And more.</p>"), id="title and most words"
        ),
    ],
)
def test_renamed_post_is_the_same_story(moved: Entry) -> None:
    desk = shelf()
    desk.poll("posts", [post("old.md", "b1", title="Title", content=f"<p>{LONG}</p>", published=None), post("b.md")])
    before = {s.id: s.published for s in desk.stories.values()}
    changes = desk.poll("posts", [replace(moved, published=None), post("b.md")], now=LATER)
    assert {s.id: s.published for s in desk.stories.values()} == before
    assert all(k.entry.path != "old.md" for k in desk.known.values())
    assert "renamed" in kinds(changes)


def test_rename_alone_moves_no_date() -> None:
    desk = shelf()
    desk.poll("posts", [post("old.md", "b1", title="Title", content=f"<p>{LONG}</p>", published=None)])
    before = desk.only()
    moved = post("new.md", "b1", title="Title", content=f"<p><a href='/new'>{LONG}</a></p>", published=None)
    desk.poll("posts", [moved], now=LATER)
    after = desk.only()
    assert (after.id, after.published, after.updated) == (before.id, before.published, before.updated)
    assert after.lead.url != before.lead.url


def test_edited_and_recategorised_post_keeps_its_id() -> None:
    desk = shelf()
    desk.poll("posts", [post("x.md", "b1")])
    before = desk.only().id
    desk.poll(
        "posts", [post("x.md", "b9", title="Quite new", categories=("다른",), content="<p>All new.</p>")], now=LATER
    )
    assert desk.only().id == before


def test_two_posts_that_began_as_one_template_are_two() -> None:
    desk = shelf()
    desk.poll("posts", [post("a.md", "same", title="A"), post("b.md", "same", title="B")])
    assert len({s.id for s in desk.stories.values()}) == 2


def test_removed_post_is_withdrawn_and_returns() -> None:
    desk = shelf()
    desk.poll("posts", [post(f"{n}.md") for n in range(4)])
    changes = desk.poll("posts", [post(f"{n}.md") for n in range(3)], now=LATER)
    assert kinds(changes) == ["withdrawn"]
    assert [(m.channel_id, m.due) for m in changes.marks] == [("all", LATER), ("all", LATER + timedelta(days=30))]
    assert [(t.channel_id, t.at) for t in changes.tombstones] == [("all", LATER)]
    assert len(desk.shown()) == 3
    changes = desk.poll("posts", [post(f"{n}.md") for n in range(4)], now=LATER)
    assert kinds(changes) == ["returned"]
    assert len(desk.shown()) == 4


def test_post_with_a_fault_keeps_its_last_good_version() -> None:
    desk = shelf()
    desk.poll("posts", [post("a.md"), post("b.md")])
    desk.poll("posts", [post("a.md")], listing=["a.md", "b.md"], now=LATER)
    assert len(desk.shown()) == 2


def test_pub_24_mass_vanish_is_held_until_forced() -> None:
    desk = shelf()
    desk.poll("posts", [post(f"{n}.md") for n in range(10)])
    changes = desk.poll("posts", [post("0.md")], now=LATER)
    assert changes.state.problem is not None
    assert changes.state.problem.code == "mass_vanish"
    assert len(desk.shown()) == 10
    desk.poll("posts", [post("0.md")], now=LATER, force=True)
    assert len(desk.shown()) == 1


def test_withdrawn_copy_leaves_the_story_to_the_others() -> None:
    desk = shelf()
    url = "https://story.example/x"
    desk.poll("posts", [replace(post("x.md"), url=url), post("y.md")])
    desk.poll("one", [entry("a", url=url)])
    before = next(s for s in desk.stories.values() if len(s.members) == 2)
    desk.poll("posts", [post("y.md")], now=LATER)
    after = desk.stories[before.id]
    assert (after.status, [m.entry.source_id for m in after.members]) == ("shown", ["one"])


# laws

TITLES = st.sampled_from(["Alpha", "Beta", "감마"])
PAGES = st.sampled_from(["https://x.example/1", "https://x.example/2", "https://x.example/3"])
ENTRIES = st.builds(
    lambda n, t, u: entry(f"g{n}", title=t, url=u, content=f"<p>{t} {LONG}</p>"), st.integers(0, 6), TITLES, PAGES
)


@given(
    st.lists(ENTRIES, unique_by=lambda e: e.guid, max_size=6), st.lists(ENTRIES, unique_by=lambda e: e.guid, max_size=6)
)
def test_no_entry_is_lost_and_no_key_belongs_to_two(first: Sequence[Entry], second: Sequence[Entry]) -> None:
    desk = shelf()
    desk.poll("one", first)
    desk.poll("two", [replace(e, source_id="two") for e in second], now=LATER)
    told = [m.key for s in desk.stories.values() for m in s.members]
    assert sorted(told) == sorted({("one", e.guid) for e in first} | {("two", e.guid) for e in second})
    keys = [k for s in desk.stories.values() for k in s.keys]
    assert len(keys) == len(set(keys))
    assert all(desk.known[k.source_id, k.guid].story_id in desk.stories for k in told)


@given(st.lists(ENTRIES, unique_by=lambda e: e.guid, min_size=1, max_size=6))
def test_polling_again_changes_nothing(entries: Sequence[Entry]) -> None:
    desk = shelf()
    desk.poll("one", entries)
    again = desk.poll("one", entries, now=LATER)
    assert (again.entries, again.stories, again.marks) == ((), (), ())
