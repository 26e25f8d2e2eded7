"""Many polls in one transaction: each whole or not at all, and the whole or nothing where the program ends."""

from dataclasses import replace

import pytest

from feeds.errors import StaleView
from feeds.model.changes import Changes
from feeds.model.source import FeedInfo, Problem, Validators
from feeds.store import Store
from feeds.store.incoming.library import Library
from tests.store.made import MINUTE, NOW, changes, entry, ready, source, tell


def quiet(library: Library, source_id: str) -> Changes:
    """A poll of a source that had nothing to say."""
    found = changes(library.poll_view(source_id, (), ()))
    return replace(found, state=replace(found.state, validators=Validators(etag=f'"{source_id}"')))


def test_settled_at_once(store: Store) -> None:
    library = ready(store, *(source(f"s{n}", order=n) for n in range(300)))
    found = [quiet(library, f"s{n}") for n in range(300)]
    assert library.settle(found) == frozenset()
    assert library.due(0, NOW, 1000) == []
    assert library.poll_view("s7", (), ()).state == found[7].state


def test_nothing_to_settle(store: Store) -> None:
    assert ready(store).settle(()) == frozenset()


def test_one_stale_state_stops_no_other(store: Store) -> None:
    library = ready(store)
    found = [quiet(library, "a"), quiet(library, "b")]
    library.hasten(["a"], NOW)
    assert library.settle(found) == {"a"}
    assert library.poll_view("a", (), ()).state.validators == Validators()
    assert library.poll_view("b", (), ()).state == found[1].state


def test_settling_keeps_what_the_feed_said_and_a_pause(store: Store) -> None:
    library = ready(store)
    told = changes(library.poll_view("a", (), ()))
    library.apply(replace(told, state=replace(told.state, info=FeedInfo(title="가"))))
    found = quiet(library, "a")
    library.pause("a", True)
    library.settle([found])
    state = library.poll_view("a", (), ()).state
    assert (state.info.title, state.paused) == ("가", True)


def test_strikes_end_with_an_answer_but_not_with_a_crash(store: Store) -> None:
    library = ready(store)
    library.begin("a", "b")
    a, b = (quiet(library, i) for i in "ab")
    library.settle([a, replace(b, state=replace(b.state, problem=Problem(code="crashed")))])
    assert [library.poll_view(i, (), ()).state.strikes for i in "ab"] == [0, 1]


def test_the_next_view_shows_what_was_written_together(store: Store) -> None:
    library = ready(store)
    with library.together() as joined:
        tell(joined, entry("1"))
        assert joined.poll_view("b", (), ["id:story:1"]).stories.keys() == {"id:story:1"}
        assert library.poll_view("b", (), ["id:story:1"]).stories == {}
    assert library.poll_view("b", (), ["id:story:1"]).stories.keys() == {"id:story:1"}


def test_a_stale_view_undoes_its_own_poll_only(store: Store) -> None:
    library = ready(store)
    with library.together() as joined:
        stale = tell(joined, entry("1"))
        with pytest.raises(StaleView):
            joined.apply(changes(stale))
        tell(joined, entry("2", "b"))
    assert {s.id for s in library.every_story("", 10)} == {"story:1", "story:2"}


def test_all_or_nothing_where_the_whole_fails(store: Store) -> None:
    library = ready(store)
    whole = library.together()
    tell(whole.__enter__(), entry("1"))
    assert not whole.__exit__(KeyError, KeyError(), None)
    assert library.every_story("", 10) == ()
    assert len(library.due(0, NOW, 10)) == 2


def test_only_the_named_ones_are_due(store: Store) -> None:
    library = ready(store, *(source(f"s{n}", order=n) for n in range(1200)))
    named = [f"s{n}" for n in range(0, 1200, 2)]
    assert [s.id for s, _ in library.due(0, NOW + MINUTE, 5, named)] == named[:5]
    assert len(library.due(0, NOW + MINUTE, 5000, named)) == 600
