"""Two workers on one PostgreSQL, step by step: one comes in at the worst moment of the other.

In SQLite nobody writes beside a transaction, so there is nothing to come in at.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Table, Update, update

from feeds.core.push import hearing
from feeds.errors import StoreLocked
from feeds.model.changes import Edit, Mark
from feeds.model.lease import Lease, Wish
from feeds.model.partner import Held, Issue
from feeds.store import Store, open_store
from feeds.store.database.db import hold
from feeds.store.outgoing import marking
from feeds.store.push import leases
from tests import servers
from tests.store.conftest import BUSY
from tests.store.made import NOW, changes, entry, ready, tell

SECOND = timedelta(seconds=1)


@pytest.fixture
def pair() -> Iterator[tuple[Store, Store]]:
    """Two stores of one database."""
    url = servers.ready()
    one = open_store(url, busy=BUSY)
    other = open_store(url, lock=False, beside=True, busy=BUSY)
    yield one, other
    other.close()
    one.close()


def edited(store: Store) -> None:
    story = store.library.story("story:x")
    assert story
    gone, marks = replace(story, status="retracted", channels=()), (Mark(channel_id="all", due=NOW),)
    store.library.edit(Edit(stories=(gone,), marks=marks), NOW)


def polled(store: Store, **more: Any) -> None:
    view = store.library.poll_view("a", ["x"], ["id:story:x"])
    gone = replace(view.stories["id:story:x"], status="retracted", channels=())
    with store.library.together() as library:
        library.apply(changes(view, stories=(gone,), **more))


def marked(store: Store) -> None:
    polled(store, marks=(Mark(channel_id="all", due=NOW),))


@pytest.mark.parametrize(
    "take_back",
    [
        pytest.param(edited, id="by the desk"),
        pytest.param(marked, id="in a poll of many"),
        pytest.param(polled, id="in a poll of many, and nothing is marked"),
    ],
)
def test_a_story_taken_back_keeps_no_channel_from_being_marked(
    pair: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch, take_back: Callable[[Store], None]
) -> None:
    store, other = pair
    tell(ready(store), entry("x"))
    store.partners.picked_up(
        Issue(partner_id="p", channel_id="all", etag="e", updated=NOW, held=(Held("story:x", NOW),)), "polled", NOW
    )
    before = store.partners.standing("all", NOW).edition

    def held(connection: Connection, names: Iterable[str]) -> None:
        monkeypatch.setattr(marking, "hold", hold)
        other.outbox.mark(["all"], NOW)
        hold(connection, names)

    monkeypatch.setattr(marking, "hold", held)
    take_back(store)
    assert store.partners.standing("all", NOW).edition == before + 2
    assert [(o.story_id, o.told) for o in store.partners.debts(open_only=True)] == [("story:x", "retraction")]


WISH = Wish(source_id="a", hub="https://hub.example/", topic="https://a.example/feed")


def test_a_source_has_one_lease_whoever_wishes_it_meanwhile(pair: tuple[Store, Store]) -> None:
    store, other = pair
    ready(store)

    def make(wish: Wish) -> Lease:
        with pytest.raises(StoreLocked):  # it waits until this lease is there
            other.library.leases.wish([wish], lambda w: hearing.leased(w, "other", "secret", NOW), NOW)
        return hearing.leased(wish, "one", "secret", NOW)

    assert store.library.leases.wish([WISH], make, NOW) == 1
    assert other.library.leases.wish([WISH], lambda w: hearing.leased(w, "later", "secret", NOW), NOW) == 0
    assert [lease.id for lease in store.library.leases.all()] == ["one"]


def test_a_push_that_comes_while_polls_are_judged_is_waited_for(
    pair: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = pair
    ready(store)
    store.library.leases.wish([WISH], lambda w: hearing.leased(w, "one", "secret", NOW), NOW)
    lease = store.library.leases.lease("one")
    assert lease
    store.library.leases.arrived(lease, None, NOW)
    before = store.library.leases.lease("one")
    assert before
    view = store.library.poll_view("a", [], [])
    store.library.apply(changes(view, NOW + SECOND))

    def updating(table: Table) -> Update:
        monkeypatch.setattr(leases, "update", update)
        other.library.leases.arrived(lease, None, NOW + 2 * SECOND)
        return update(table)

    monkeypatch.setattr(leases, "update", updating)
    store.library.leases.judge([(before, True)], NOW + 3 * SECOND)
    after = store.library.leases.lease("one")
    assert after
    assert (after.waiting, after.trusted, after.heard) == (True, True, NOW + 2 * SECOND)
    assert "a" in [s.id for s, _ in store.library.due(0, NOW + 3 * SECOND, 9)]
