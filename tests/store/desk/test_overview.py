"""What the command line and the pages ask."""

from dataclasses import replace

import pytest

from feeds.model.channel import Rendered, SetAside
from feeds.model.overview import Found, Totals
from feeds.store import Store
from tests.store.made import DAY, NOW, PING, changes, entry, member, ready, rendition, saved, source, tell


@pytest.fixture
def filled(store: Store) -> Store:
    """One story told by `a` and `b`, one by `b` alone, a held one."""
    library = ready(store)
    tell(library, entry("1"), entry("2", published=NOW - DAY))
    tell(library, entry("held", "b"), status="held", at=NOW + DAY)
    view = library.poll_view("b", (), ["id:story:1"])
    copy = entry("1", "b")
    old = view.stories["id:story:1"]
    joined = replace(old, members=(*old.members, member(copy)))
    library.apply(changes(view, entries=(saved(copy, old.id),), stories=(joined,)))
    aside = SetAside(story_id="story:2", format="rss", reason="a control character")
    store.outbox.published("all", None, Rendered(renditions=(rendition(),), set_aside=(aside,)), (PING,), NOW)
    return store


def test_totals(filled: Store) -> None:
    assert filled.overview.totals() == Totals(
        sources=2,
        entries=4,
        stories=2,
        hidden=1,
        copies=1,
        categories=1,
        channels=1,
        renditions=1,
        set_aside=1,
        marked=1,
        owed=1,
    )


def test_what_waits_for_its_time_is_not_shown_yet(store: Store) -> None:
    library = ready(store, source("a"))
    tell(library, entry("1"))
    tell(library, entry("2"), release=NOW + DAY)
    before, after = store.overview.totals(NOW), store.overview.totals(NOW + DAY)
    assert [(t.stories, t.embargoed, t.hidden) for t in (before, after)] == [(1, 1, 0), (2, 0, 0)]
    waiting = next(s for s in library.every_story("", 9) if s.release)
    assert [waiting.waits(at) for at in (NOW, NOW + DAY)] == [True, False]


def test_a_mark_for_later_is_no_channel_that_waits(filled: Store) -> None:
    """Each channel with archives has one: for the end of the period that is open."""
    filled.outbox.mark(["archived"], NOW + DAY)
    assert filled.overview.totals(NOW).marked == 1
    assert filled.overview.totals(NOW + DAY).marked == 2
    assert filled.figures.levels(NOW).marked == 1


def test_sources_with_counts(filled: Store) -> None:
    found = [(line.source.id, line.entries, line.newest) for line in filled.overview.sources()]
    assert found == [("a", 2, NOW), ("b", 2, NOW + DAY)]


def test_categories_count_shown_stories(filled: Store) -> None:
    assert [(line.category.name, line.stories) for line in filled.overview.categories()] == [("기술", 2)]


@pytest.mark.parametrize(
    "asked", ["story:1", "1", "page:https://b.example/1"], ids=["story id", "guid", "canonical url"]
)
def test_find_by(filled: Store, asked: str) -> None:
    found = filled.overview.find("https://not.example", asked)
    assert {k.entry.key for k in found.entries} == {("a", "1"), ("b", "1")}
    assert [s.id for s in found.stories] == ["story:1"]
    assert found.stories[0].channels == ("all",)
    assert sorted((d.kind, d.source_id) for d in found.decisions) == [("changed", "a"), ("seen", "a"), ("seen", "b")]
    assert found


def test_find_says_what_was_set_aside(filled: Store) -> None:
    (line,) = filled.overview.find("story:2").set_aside
    assert (line.channel_id, line.aside.reason) == ("all", "a control character")


def test_find_nothing(filled: Store) -> None:
    assert not filled.overview.find("%", "'", "")
    assert filled.overview.find() == Found()


def test_entries_and_recent_decisions(filled: Store) -> None:
    assert [k.entry.guid for k in filled.overview.entries("b")] == ["1", "held"]
    assert [d.guid for d in filled.overview.recent_decisions(2)] == ["held", "2"]
