"""The configuration's sources and the store's."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.errors import StaleView
from feeds.model.source import FeedInfo, Options, Source, SourceState, Validators
from feeds.store import Store, Synced
from feeds.store.incoming.library import Library
from tests.store.made import DAY, NOW, changes, entry, ready, source, tell, window

LATER = NOW + timedelta(minutes=5)
KEPT = Validators(etag="x")


def _polled(store: Store) -> Library:
    library = ready(store, source("a"))
    view = library.poll_view("a", (), ())
    state = replace(
        view.state, due=NOW + DAY, validators=KEPT, body_hash="h", strikes=1, failures=2, info=FeedInfo(title="A")
    )
    library.apply(changes(view, state=state))
    library.begin("a")
    return library


def _sync(library: Library, *sources: Source) -> Synced:
    return library.sync(sources, lambda s: 3 if s.id == "x" else 0, LATER)


def _state(library: Library) -> SourceState:
    return library.poll_view("a", (), ()).state


def test_new_sources_are_due_at_once_in_their_shard(store: Store) -> None:
    library = ready(store, source("a"))
    assert _sync(library, source("a"), source("x")) == Synced(added=("x",))
    assert [s.id for s, state in library.due(3, LATER, 9) if state.due == LATER] == ["x"]


def test_a_source_that_moved_stays_with_who_asks_its_new_host_until_its_owner_gives_another(store: Store) -> None:
    def shard_of(found: Source) -> int:
        return {"https://new.example/": 5, "https://mine.example/": 6}.get(found.location, 1)

    def shards() -> list[int]:
        return [shard for shard in range(8) if library.due(shard, LATER + DAY, 9)]

    library = store.library
    library.sync([source("a")], shard_of, NOW)
    view = library.poll_view("a", (), ())
    library.apply(changes(view, shard=5, state=replace(view.state, lives_at="https://new.example/")))
    assert shards() == [5]
    library.sync([source("a", title="Renamed")], shard_of, NOW)
    assert shards() == [5]
    library.sync([source("a", location="https://mine.example/")], shard_of, NOW)
    assert shards() == [6]


def test_nothing_changed_changes_nothing(store: Store) -> None:
    library = _polled(store)
    before = _state(library)
    assert _sync(library, source("a")) == Synced()
    assert _state(library) == before


def test_sources_that_are_due_far_ahead(store: Store) -> None:
    library = ready(store, source("a"), source("b"))
    tell(library, entry("1", "b"), at=NOW + DAY)
    assert [(s.id, state.source_id) for s, state in library.due_after(NOW)] == [("b", "b")]
    assert library.due_after(NOW + 2 * DAY) == []


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"options": Options(content="summary")}, id="options"),
        pytest.param({"categories": ("기술",)}, id="categories"),
        pytest.param({"home": "https://x.example"}, id="home"),
    ],
)
def test_source_that_is_read_in_another_way_is_read_again(store: Store, changed: Mapping[str, Any]) -> None:
    library = _polled(store)
    assert _sync(library, source("a", **changed)) == Synced(changed=("a",))
    state = _state(library)
    assert (state.due, state.validators, state.body_hash, state.info.title) == (LATER, Validators(), "", "A")
    assert library.poll_view("a", (), ()).source == source("a", **changed)


@pytest.mark.parametrize("changed", [{"prefer": 3}, {"title": "T"}, {"order": 4}, {"every": DAY}], ids=str)
def test_other_fields_only_come_into_force(store: Store, changed: Mapping[str, Any]) -> None:
    library = _polled(store)
    assert _sync(library, source("a", **changed)) == Synced()
    assert _state(library).due == NOW + DAY
    assert library.poll_view("a", (), ()).source == source("a", **changed)


def test_another_place_starts_afresh(store: Store) -> None:
    library = _polled(store)
    assert _sync(library, source("a", location="https://new.example/")).changed == ("a",)
    assert _state(library) == SourceState(source_id="a", due=LATER, info=FeedInfo(title="A"))


def test_removed_source_rests_and_its_stories_stay(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    assert _sync(library, source("b", order=1)) == Synced(removed=("a",))
    assert [s.id for s, _ in library.due(0, NOW + DAY, 9)] == ["b"]
    assert [s.id for s in library.stories(window())] == ["story:1"]
    assert [(line.source.id, line.removed) for line in store.overview.sources()] == [("b", False), ("a", True)]
    assert _sync(library, source("b", order=1)) == Synced()


def test_source_that_comes_back_is_due_and_knows_its_entries(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    _sync(library, source("b"))
    assert _sync(library, source("a"), source("b")).added == ("a",)
    assert {s.id for s, _ in library.due(0, LATER, 9)} == {"a", "b"}
    assert library.poll_view("a", ["1"], ()).known.keys() == {"1"}


@pytest.mark.parametrize("now", [NOW, LATER], ids=["in the same second", "later"])
def test_change_during_a_poll_refuses_its_write(store: Store, now: datetime) -> None:
    library = ready(store, source("a"))
    view = library.poll_view("a", (), ())
    library.sync((source("a", location="https://new.example/"),), lambda _: 0, now)
    with pytest.raises(StaleView):
        library.apply(changes(view))


def test_force_reads_whole_whatever_was_known(store: Store) -> None:
    library = _polled(store)
    library.force(["a", "unknown"], LATER)
    state = _state(library)
    assert (state.due, state.validators, state.body_hash, state.strikes) == (LATER, Validators(), "", 0)


def test_meta_is_kept(store: Store) -> None:
    assert store.library.meta("settings") == ""
    store.library.set_meta("settings", "1")
    store.library.set_meta("settings", "2")
    assert store.library.meta("settings") == store.overview.meta("settings") == "2"


def _keyed(token: str) -> Source:
    return source("a", options=Options(headers={"Authorization": f"Bearer {token}"}))


def test_request_headers_are_not_stored_but_a_change_of_them_is_seen(store: Store) -> None:
    library = _polled(store)
    _sync(library, _keyed("first-secret"))
    (stored, _), *_ = library.due(0, LATER, 9)
    assert "secret" not in repr(stored)
    assert _sync(library, _keyed("first-secret")) == Synced()
    assert _sync(library, _keyed("other-secret")) == Synced(changed=("a",))
