"""How full everything is, and since when."""

from dataclasses import replace
from datetime import timedelta

from feeds.model.source import Problem
from feeds.store import Store
from feeds.store.tables import deliveries
from tests.store.made import MINUTE, NOW, changes, entry, ready, source, tell


def test_levels(store: Store) -> None:
    library = ready(store, source("a"), source("b", order=1), source("c", order=2, enabled=False), source("d", order=3))
    tell(library, entry("1"), entry("2"))
    library.pause("d", True)
    view = library.poll_view("b", [], [])
    library.apply(changes(replace(view, state=replace(view.state, problem=Problem(code="dns"), failures=2))))
    found = store.figures.levels(NOW + timedelta(hours=1, minutes=30))
    assert found.sources == {"asked": 2, "paused": 1, "off": 1}
    assert found.problems == {"dns": 1}
    assert (found.due, found.lag) == (2, 30 * MINUTE)
    assert (found.entries, found.stories, found.copies) == (2, {"shown": 2}, 0)
    assert (found.marked, found.documents, found.held, found.set_aside) == (1, 0, 0, 0)


def test_deliveries_by_what_became_of_them(store: Store) -> None:
    for number, state in enumerate(("owed", "owed", "given_up", "done")):
        with store.library._db.write() as connection:
            row = {"id": str(number), "kind": "ping", "target": "h", "topic": "t", "due": NOW, "attempts": 0}
            connection.execute(deliveries.insert().values(row | {"problem": "", "state": state}))
    found = store.figures.levels(NOW)
    assert (found.owed, found.given_up) == (2, 1)


def test_an_empty_store_has_levels_and_no_past(store: Store) -> None:
    assert store.figures.levels(NOW).entries == 0
    assert store.figures.latest() is None


def test_the_last_decision_is_known(store: Store) -> None:
    tell(ready(store), entry("1"), at=NOW)
    assert store.figures.latest() == NOW
