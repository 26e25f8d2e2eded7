"""When entries changed, and in what."""

from typing import Any

from feeds.model.channel import Version
from feeds.model.entry import EntryKey
from feeds.store import Store
from feeds.store.incoming.versions import MOST
from tests.store.made import MINUTE, NOW, changes, decision, ready


def note(store: Store, *guids: str, **more: Any) -> None:
    library = ready(store)
    for number, guid in enumerate(guids):
        view = library.poll_view("a", [], [])
        library.apply(changes(view, NOW, decisions=(decision(guid, at=NOW + number * MINUTE, **more),)))


def test_the_versions_of_the_entries_asked_for_in_order(store: Store) -> None:
    note(store, "1", "2", "1", facts={"differs": "title, text", "title_before": "Old"})
    key = EntryKey("a", "1")
    assert store.library.versions([key]) == (
        Version(key=key, at=NOW, differs=("title", "text")),
        Version(key=key, at=NOW + 2 * MINUTE, differs=("title", "text")),
    )
    assert len(store.library.versions([key, EntryKey("a", "2")])) == 3
    assert store.library.versions([EntryKey("b", "1")]) == ()
    assert store.library.versions([]) == ()


def test_other_decisions_are_none(store: Store) -> None:
    note(store, "1", kind="merged")
    assert store.library.versions([EntryKey("a", "1")]) == ()


def test_the_latest_hundred(store: Store) -> None:
    library = ready(store)
    every = tuple(decision("1", at=NOW + n * MINUTE) for n in range(MOST + 5))
    library.apply(changes(library.poll_view("a", [], []), NOW, decisions=every))
    found = library.versions([EntryKey("a", "1")])
    assert [v.at for v in found] == [NOW + n * MINUTE for n in range(5, MOST + 5)]
