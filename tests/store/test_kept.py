"""Stories that did not change are read as the values that they were before, and no others ever are."""

from feeds.model.story import Story
from feeds.store import Store
from feeds.store.kept import Kept
from tests.store.made import MINUTE, NOW, entry, member, ready, source, story, tell, window


def test_a_story_is_the_same_value_while_its_rows_are(store: Store) -> None:
    library = ready(store, source("a"))
    tell(library, entry("1"), entry("2"))
    first = {s.id: s for s in library.stories(window())}
    again = {s.id: s for s in library.stories(window())}
    assert len(first) == 2
    assert all(again[id] is first[id] for id in first)
    tell(library, entry("1", title="corrected"), at=NOW + MINUTE, version=1)
    after = {s.id: s for s in library.stories(window())}
    same = [id for id in first if after[id] is first[id]]
    assert [after[id].lead.guid for id in same] == ["2"]
    assert {s.lead.title for s in after.values()} == {first[same[0]].lead.title, "corrected"}


def test_a_source_that_renamed_itself_is_seen(store: Store) -> None:
    library = ready(store, source("a"))
    tell(library, entry("1"))
    (before,) = library.stories(window())
    ready(store, source("a", title="Another"))
    (after,) = library.stories(window())
    assert before.members[0].origin != after.members[0].origin


def test_the_longest_unused_goes_first() -> None:
    kept = Kept(held=100)

    def get(name: str, rows: object = 1) -> Story:
        return kept.story(name, rows, 20, lambda: story(name, member(entry(name))))

    first = {name: get(name) for name in "ab"}
    assert get("a") is first["a"]
    second = get("b", rows=2)
    assert second is not first["b"], "other rows, another value"
    for name in "cd":
        get(name)
    assert get("b", rows=2) is second, "used again"
    for name in "efghi":
        get(name)
    assert get("b", rows=2) is not second
