"""Documents of partners: made when something changed, shared where they are equal, counted whatever the store says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.errors import StoreLocked
from feeds.jobs import syndicate
from feeds.jobs.syndicate import Syndicate
from feeds.model.changes import Edit, Mark
from feeds.model.channel import Feed, Rendered
from feeds.model.partner import Issue, Partner, Terms, Traffic
from feeds.model.settings import Settings
from feeds.render import render
from feeds.store import Store, open_store
from feeds.store.partners import Partners
from tests.core.made import settings
from tests.store.made import NOW, entry, ready, source, tell

HOUR = timedelta(hours=1)
OPEN = Terms(sources="all")


class Desk:
    """Two partners of equal terms and one of others, over a real store; what is rendered is counted."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store, self.now, self.rendered = store, NOW, 0
        self.settings: Settings = settings(
            source("a"),
            partners=(
                Partner(id="one", terms=OPEN),
                Partner(id="two", terms=OPEN),
                Partner(id="late", terms=replace(OPEN, delay=HOUR)),
            ),
        )

        def counted(feed: Feed) -> Rendered:
            self.rendered += 1
            return render(feed)

        monkeypatch.setattr(syndicate, "render", counted)
        self.office = Syndicate(lambda: self.settings, store.library, store.partners, lambda: self.now)

    def issue(self, name: str) -> Issue:
        partner = self.office.partner(name)
        assert partner
        found = self.office.issue(partner, "all", "atom.xml")
        assert found
        return found

    def body(self, name: str) -> bytes:
        found = self.office.rendition(self.issue(name))
        return found.body if found else b""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    tell(ready(store), entry("x"), entry("y"))
    yield Desk(store, monkeypatch)
    store.close()


def test_a_document_is_made_once_while_nothing_changes(desk: Desk) -> None:
    first = desk.issue("one")
    assert [held.story_id for held in first.held] == ["story:x", "story:y"]
    assert desk.issue("one") is first
    assert desk.rendered == 1
    assert desk.issue("two").held is first.held, "equal terms, one value"


def test_a_change_that_a_partner_does_not_see_renders_nothing(desk: Desk) -> None:
    late = desk.issue("late")
    before = desk.rendered
    assert late.held == ()
    desk.store.library.edit(Edit(stories=(), marks=(Mark(channel_id="all", due=NOW),)), NOW)
    tell(desk.store.library, entry("z"))
    assert desk.issue("late") is late
    assert desk.rendered == before


def test_time_alone_brings_it_out(desk: Desk) -> None:
    assert b"Title of x" not in desk.body("late")
    desk.now += HOUR - timedelta(seconds=1)
    assert b"Title of x" not in desk.body("late")
    desk.now += timedelta(seconds=1)
    assert b"Title of x" in desk.body("late")


def test_bytes_that_were_forgotten_are_made_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syndicate, "KEPT", 1)
    first, body = desk.issue("one"), desk.body("one")
    desk.body("two")
    before = desk.rendered
    assert desk.issue("one") is first, "a 304 needs no bytes"
    assert desk.rendered == before
    assert desk.body("one") == body
    assert desk.rendered == before + 1


def test_what_changed_since_the_document_before(desk: Desk) -> None:
    first = desk.issue("one")
    assert desk.office.changes(first, {first.etag}) is None
    tell(desk.store.library, entry("z"))
    second = desk.issue("one")
    found = desk.office.changes(second, {"other", first.etag})
    assert found
    assert b"Title of z" in found.body
    assert b"Title of x" not in found.body
    assert desk.office.changes(second, {"other"}) is None
    assert [held.story_id for held in second.held] == ["story:x", "story:y", "story:z"], "who has both has all"


def test_new_settings_hold_at_once(desk: Desk) -> None:
    assert b"Title of x" in desk.body("one")
    desk.settings = replace(desk.settings, partners=(Partner(id="one", terms=replace(OPEN, only="title ~ 'y$'")),))
    assert b"Title of x" not in desk.body("one")
    assert b"Title of y" in desk.body("one")
    assert desk.office.partner("two") is None
    assert desk.office.digests("two", "header") == []


def test_counts_wait_for_a_store_that_is_held(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    issue = desk.issue("one")
    desk.office.picked_up(issue, "polled", 10)

    def held(_self: Partners, _found: Sequence[Traffic]) -> None:
        raise StoreLocked("held")

    with monkeypatch.context() as patch:
        patch.setattr(Partners, "count", held)
        desk.office.flush()
    desk.office.picked_up(issue, "unchanged", 0)
    desk.office.flush()
    desk.office.flush()
    (counted,) = desk.store.partners.traffic("one", "")
    assert (counted.requests, counted.full, counted.unchanged, counted.sent) == (2, 1, 1, 10)
