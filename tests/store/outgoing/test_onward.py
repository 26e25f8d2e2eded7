"""The port `Onward`: stretch by stretch each story once, whatever comes or goes meanwhile."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from feeds.model.onward import Point, Stretch
from feeds.store import Store
from feeds.store.outgoing.onward import _behind
from tests.store.made import DAY, MINUTE, NOW, changes, entry, ready, tell, window

TOP = Point(NOW + DAY, "")


def names(found: Stretch) -> list[str]:
    return [story.id.removeprefix("story:") for story in found.stories]


def walk(store: Store, point: Point, limit: int) -> list[list[str]]:
    """The stories from *point* on, as pages show them."""
    pages = []
    while True:
        found = store.onward.stretch("all", point, NOW, limit)
        pages.append(names(found))
        if not found.more:
            return pages
        assert found.end
        assert store.onward.follows("all", found.end, NOW)
        point = found.end


@pytest.fixture
def ten(store: Store) -> Store:
    """Stories 00 to 09, of which two each are of one moment."""
    library = ready(store)
    tell(library, *(entry(f"{n:02}", published=NOW - n // 2 * DAY) for n in range(10)))
    return store


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 10, 50])
def test_each_story_once_in_the_order_of_the_channel(ten: Store, limit: int) -> None:
    whole = [story.id.removeprefix("story:") for story in ten.library.stories(window(limit=50))]
    assert [name for page in walk(ten, TOP, limit) for name in page] == whole


def test_behind_a_point_it_stays_as_it_was_when_stories_come(ten: Store) -> None:
    point = Point(NOW - DAY, "story:02")
    before = names(ten.onward.stretch("all", point, NOW, 3))
    tell(ten.library, entry("new", published=NOW), entry("02a", published=NOW - DAY), at=NOW + MINUTE)
    assert before == ["03", "04", "05"]
    assert names(ten.onward.stretch("all", point, NOW, 3)) == ["02a", "03", "04"], "what belongs there is there"


def test_a_point_outlives_its_story(ten: Store) -> None:
    view = ten.library.poll_view("a", ["02"], ())
    gone = replace(view.stories["id:story:02"], status="retracted")
    ten.library.apply(changes(view, stories=(gone,)))
    assert names(ten.onward.stretch("all", Point(NOW - DAY, "story:02"), NOW, 2)) == ["03", "04"]
    assert not any("02" in page for page in walk(ten, TOP, 3))


@pytest.mark.parametrize(
    ("point", "limit", "newer"),
    [
        pytest.param(TOP, 3, None, id="nothing is newer"),
        pytest.param(Point(NOW - DAY, "story:02"), 3, None, id="so few are newer that one page has them"),
        pytest.param(Point(NOW - DAY, "story:03"), 3, Point(NOW, "story:00"), id="one more than that"),
        pytest.param(Point(NOW - 4 * DAY, "story:09"), 4, Point(NOW - 2 * DAY, "story:04"), id="behind the last"),
    ],
)
def test_the_way_back(ten: Store, point: Point, limit: int, newer: Point | None) -> None:
    """Behind *newer* lie just the stories that end where the stretch begins."""
    found = ten.onward.stretch("all", point, NOW, limit)
    assert found.newer == newer
    if newer and found.stories:
        above = ten.onward.stretch("all", newer, NOW, limit)
        assert above.end == point


def test_what_is_to_be_released_later_is_not_there(store: Store) -> None:
    library = ready(store)
    tell(library, entry("shown"))
    tell(library, entry("later", published=NOW - DAY), release=NOW + MINUTE, at=NOW + MINUTE)
    point = Point(NOW, "story:shown")
    assert not store.onward.follows("all", point, NOW)
    assert store.onward.stretch("all", point, NOW, 5) == Stretch()
    assert names(store.onward.stretch("all", point, NOW + MINUTE, 5)) == ["later"]


def test_other_channels_are_others(ten: Store) -> None:
    assert ten.onward.stretch("other", TOP, NOW, 5) == Stretch()
    assert not ten.onward.follows("other", TOP, NOW)


def test_the_index_is_entered_at_the_point(ten: Store, database: str) -> None:
    """An OR over both columns alone would have SQLite walk the channel from its newest story on."""
    if database != "sqlite":
        pytest.skip("the plan of SQLite alone is told here")
    query = _behind("all", Point(NOW, "x"), NOW).limit(5)
    with ten.onward._db.read() as connection:
        said = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = " ".join(str(row) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {said}")))
    assert "USING COVERING INDEX story_channels_latest (channel_id=? AND published<?)" in plan
