"""The port `Archive`: a channel's stories in order, and a pass over all of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.errors import StaleView
from feeds.model.changes import Mark
from feeds.model.story import Category
from feeds.store import Store
from tests.store.made import DAY, MINUTE, NOW, TECH, changes, entry, member, ready, story, tell, window


def _fill(store: Store) -> None:
    library = ready(store)
    tell(library, *(entry(f"{n:02}", published=NOW - n // 2 * DAY) for n in range(10)))


def test_newest_first_equal_ones_by_id(store: Store) -> None:
    _fill(store)
    found = [s.id.removeprefix("story:") for s in store.library.stories(window(limit=5))]
    assert found == ["00", "01", "02", "03", "04"]


@pytest.mark.parametrize(
    ("limit", "days", "count"),
    [
        pytest.param(3, None, 3, id="count alone"),
        pytest.param(3, 2, 6, id="days reach further"),
        pytest.param(8, 2, 8, id="count reaches further"),
        pytest.param(50, 2, 10, id="fewer than asked for"),
        pytest.param(0, 1, 4, id="days alone"),
    ],
)
def test_window_is_at_least_the_limit_and_all_since(store: Store, limit: int, days: int | None, count: int) -> None:
    _fill(store)
    since = None if days is None else NOW - timedelta(days=days)
    assert len(store.library.stories(window(limit=limit, since=since))) == count


def test_only_what_is_shown_and_released(store: Store) -> None:
    library = ready(store)
    tell(library, entry("shown"))
    tell(library, entry("later"), release=NOW + MINUTE, at=NOW + MINUTE)
    for n, status in enumerate(("held", "withdrawn", "retracted")):
        tell(library, entry(status), status=status, at=NOW + (n + 2) * MINUTE)
    assert [s.id for s in library.stories(window())] == ["story:shown"]
    assert [s.id for s in library.stories(window(at=NOW + MINUTE))] == ["story:later", "story:shown"]
    assert library.stories(window("other")) == ()
    hidden = library.poll_view("a", (), ["id:story:held"]).stories["id:story:held"]
    assert (hidden.status, hidden.channels) == ("held", ("all",))


def test_story_that_is_hidden_leaves_its_channels(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    view = library.poll_view("a", ["1"], ())
    library.apply(changes(view, stories=(replace(view.stories["id:story:1"], status="withdrawn"),)))
    assert library.stories(window()) == ()


def test_every_story_once_by_id(store: Store) -> None:
    _fill(store)
    found, after = [], ""
    while batch := store.library.every_story(after, 3):
        found += [s.id for s in batch]
        after = batch[-1].id
    assert found == [f"story:{n:02}" for n in range(10)]
    assert [s.id for s in store.overview.export()] == found


def test_restate_writes_categories_channels_and_marks(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    (old,) = library.every_story("", 9)
    news = Category(slug="news", name="속보")
    moved = replace(old, channels=("all:news",), categories=(news,), members=(member(entry("1"), categories=(news,)),))
    library.restate((moved,), (news,), (Mark(channel_id="all:news", due=NOW),))
    assert library.stories(window()) == ()
    assert library.stories(window("all:news")) == (moved,)
    assert library.categories() == {"tech": TECH, "news": news}
    assert ("all:news", NOW) in store.outbox.dirty(NOW, 9)
    assert {line.category.slug: line.stories for line in store.overview.categories()} == {"news": 1, "tech": 0}


def test_restate_does_not_undo_a_poll(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    (old,) = library.every_story("", 9)
    view = library.poll_view("a", ["1"], ())
    library.apply(changes(view, stories=(replace(old, updated=NOW + DAY),)))
    with pytest.raises(StaleView):
        library.restate((replace(old, channels=()),), (), ())
    assert library.every_story("", 9)[0].updated == NOW + DAY


def test_story_comes_back_with_its_version(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    (found,) = library.every_story("", 9)
    assert (found, found.version) == (story("story:1", member(entry("1"))), 1)
