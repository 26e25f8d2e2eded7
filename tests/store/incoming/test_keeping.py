"""What goes after its time, and what never does."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feeds.model.channel import Rendered
from feeds.model.source import Options, Source
from feeds.store import Store
from feeds.store.incoming.library import Library
from tests.store.made import DAY, NOW, PING, changes, decision, entry, member, ready, saved, source, tell, window

WEEK = Options(keep=timedelta(days=7))
LATER = NOW + 30 * DAY


def _read(library: Library, at: datetime, *still: str, source_id: str = "a") -> None:
    """A poll at *at* that finds only what is known already, and one new entry."""
    view = library.poll_view(source_id, still, ())
    new = saved(entry(f"new at {at}", source_id, published=at), first_seen=at)
    seen = tuple(k.entry.key for k in view.known.values() if k.status != "withdrawn")
    library.apply(changes(view, at, entries=(new,), seen=seen))


def _guids(store: Store, source_id: str = "a") -> set[str]:
    return {k.entry.guid for k in store.overview.entries(source_id) if not k.entry.guid.startswith("new")}


def _expire(library: Library, now: datetime, limit: int = 500) -> int:
    steps = 0
    while library.expire(now, limit):
        steps += 1
    return steps


def test_old_entry_that_left_its_document_goes_with_its_story(store: Store) -> None:
    library = ready(store, source("a", options=WEEK))
    tell(library, entry("stays"), entry("goes"))
    _read(library, LATER, "stays")
    for _, mark in store.outbox.dirty(LATER, 9):
        store.outbox.published("all", mark, Rendered(renditions=()), (), LATER)
    _expire(library, LATER)
    assert _guids(store) == {"stays"}
    assert [s.id for s in library.stories(window(at=LATER))] == ["story:stays"]
    assert library.poll_view("a", (), ["id:story:goes"]).stories == {}
    assert [channel for channel, _ in store.outbox.dirty(LATER, 9)] == ["all"]


@pytest.mark.parametrize(
    ("of", "at", "published"),
    [
        pytest.param(source(options=WEEK), NOW + 6 * DAY, NOW, id="younger than keep"),
        pytest.param(source(options=WEEK), LATER, LATER, id="dated later"),
        pytest.param(source(), LATER, NOW, id="kept for a year"),
        pytest.param(source(options=Options(keep=timedelta.max)), LATER, NOW, id="kept for ever"),
        pytest.param(source(kind="content", location="/p", options=WEEK), LATER, NOW, id="post whose file is there"),
    ],
)
def test_kept(store: Store, of: Source, at: datetime, published: datetime) -> None:
    library = ready(store, of)
    tell(library, entry("1", published=published))
    _read(library, at)
    _expire(library, at)
    assert _guids(store) == {"1"}


def test_entry_stays_while_nothing_newer_was_read(store: Store) -> None:
    """A source that fails, or answers "unchanged", has said nothing of its entries."""
    library = ready(store, source("a", options=WEEK))
    tell(library, entry("1"))
    library.apply(changes(library.poll_view("a", (), ()), LATER))
    _expire(library, LATER)
    assert _guids(store) == {"1"}


def test_withdrawn_post_goes_in_time(store: Store) -> None:
    library = ready(store, source("a", kind="content", location="/p", options=WEEK))
    tell(library, entry("1"))
    gone = saved(entry("1"), "story:1", status="withdrawn")
    library.apply(changes(library.poll_view("a", (), ()), NOW + DAY, entries=(gone,)))
    _read(library, LATER)
    _expire(library, LATER)
    assert _guids(store) == set()


def test_story_goes_on_without_an_expired_copy(store: Store) -> None:
    library = ready(store, source("a", options=WEEK), source("b"))
    tell(library, entry("1"))
    view = library.poll_view("b", (), ["id:story:1"])
    old, copy = view.stories["id:story:1"], entry("1", "b")
    both = replace(old, members=(*old.members, member(copy)))
    library.apply(changes(view, entries=(saved(copy, old.id),), stories=(both,)))
    _read(library, LATER)
    _expire(library, LATER)
    (left,) = library.stories(window(at=LATER))
    assert [m.key for m in left.members] == [("b", "1")]
    assert left.version == 3


def test_db_15_bounded_steps(store: Store) -> None:
    library = ready(store, source("a", options=WEEK))
    tell(library, *(entry(str(n)) for n in range(25)))
    _read(library, LATER)
    assert library.expire(LATER, 10) == 10
    assert _expire(library, LATER, 10) == 2
    assert _guids(store) == set()


def test_decisions_and_done_deliveries_go_after_400_days(store: Store) -> None:
    library = ready(store)
    view = library.poll_view("a", (), ())
    library.apply(changes(view, decisions=(decision("old"), decision("new", at=NOW + 2 * DAY))))
    done, owed = replace(PING, id="done", state="done"), replace(PING, id="owed")
    store.outbox.published("all", None, Rendered(renditions=()), (done, owed), NOW)
    _expire(library, NOW + 401 * DAY)
    assert [d.guid for d in store.overview.recent_decisions(9)] == ["new"]
    assert store.overview.totals().owed == 1
    store.outbox.published("all", None, Rendered(renditions=()), (replace(done, state="owed"),), NOW)
    assert store.overview.totals().owed == 2
