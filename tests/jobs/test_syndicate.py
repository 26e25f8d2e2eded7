"""Documents of partners: made when something changed, shared where they are equal, counted whatever the store says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import StoreLocked
from feeds.jobs import editions, syndicate
from feeds.jobs.syndicate import Syndicate
from feeds.model.changes import Edit, Mark
from feeds.model.channel import Feed, Rendered, SetAside, Window
from feeds.model.partner import Issue, Partner, Terms, Traffic
from feeds.model.settings import Settings
from feeds.model.story import Story
from feeds.render import render
from feeds.store import Store, open_store
from feeds.store.partners.partners import Partners
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


def test_what_was_set_aside_is_held_by_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    aside = SetAside(story_id="story:x", format="atom", reason="it breaks a rule")
    monkeypatch.setattr(syndicate, "render", lambda feed: replace(render(feed), set_aside=(aside,)))
    assert [held.story_id for held in desk.issue("one").held] == ["story:y"]


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


def test_a_document_that_was_begun_under_terms_of_before_is_not_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings are replaced, and another request meets them, while the stories of a document are read."""
    read, news = desk.store.library.stories, [replace(OPEN, only="title ~ 'y$'")]

    def slow(window: Window) -> tuple[Story, ...]:
        found = read(window)
        if news:
            desk.settings = replace(desk.settings, partners=(Partner(id="one", terms=news.pop()),))
            assert desk.office.partner("two") is None
        return found

    monkeypatch.setattr(desk.store.library, "stories", slow)
    desk.issue("one")
    assert b"Title of x" not in desk.body("one")
    assert b"Title of y" in desk.body("one")


def test_a_partner_who_leaves_between_token_and_document_gets_none(desk: Desk) -> None:
    two = desk.office.partner("two")
    assert two
    desk.settings = replace(desk.settings, partners=(Partner(id="one", terms=OPEN),))
    assert desk.office.issue(two, "all", "atom.xml") is None


def test_what_another_node_told_since_is_entered_anew(desk: Desk) -> None:
    """The document of before returns here with its etag, and there they were told a retraction meanwhile."""
    other = Syndicate(lambda: desk.settings, desk.store.library, desk.store.partners, lambda: desk.now)

    def serve(office: Syndicate) -> Issue:
        desk.now += HOUR
        partner = office.partner("one")
        assert partner
        issue = office.issue(partner, "all", "atom.xml")
        assert issue
        office.picked_up(issue, "polled", 1)
        return issue

    def turn(**more: Any) -> None:
        desk.now += HOUR
        story = desk.store.library.story("story:x")
        assert story
        desk.store.library.edit(Edit(stories=(replace(story, **more),)), desk.now)

    def told() -> str:
        return desk.store.partners.holdings("one")["all", "story:x"].told

    first = serve(desk.office)
    turn(status="retracted", channels=())
    serve(other)
    assert told() == "retraction"
    turn(status="shown", channels=("all",))
    assert serve(desk.office).etag == first.etag
    assert told() == "story"
    turn(status="retracted", channels=())
    assert [(o.story_id, o.told) for o in desk.store.partners.debts()] == [("story:x", "retraction")]


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


def test_who_does_not_get_a_story_costs_no_question_of_what_it_has_or_is_owed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`late` sees nothing yet: whatever comes, it is known that nothing is new for it, until something is owed."""
    asked: list[str] = []
    for name in ("owed", "picked_up"):
        real = getattr(Partners, name)

        def counted(self: Partners, *given: Any, name: str = name, real: Any = real) -> Any:
            asked.append(name)
            return real(self, *given)

        monkeypatch.setattr(Partners, name, counted)

    def ask(name: str) -> list[str]:
        asked.clear()
        desk.office.picked_up(desk.issue(name), "unchanged", 0)
        return [*asked]

    tell(desk.store.library, entry("z"), at=desk.now, channels=("all",))
    assert ask("late") == ["owed", "picked_up"], "the first time"
    tell(desk.store.library, entry("v"), at=desk.now, channels=("all",))
    assert ask("late") == []
    ask("one")
    story = desk.store.library.story("story:x")
    assert story
    desk.store.library.edit(Edit(stories=(replace(story, status="retracted", channels=()),)), desk.now)
    assert ask("late") == ["owed"], "somebody is owed something"
    assert "story:x" in [held.story_id for held in desk.issue("one").held if held.told == "retraction"]
    tell(desk.store.library, entry("w"), at=desk.now, channels=("all",))
    assert ask("late") == []
    desk.now += editions.TRUSTED - timedelta(minutes=1)
    tell(desk.store.library, entry("u"), at=NOW, channels=("all",))
    assert ask("late") == [], "as it is"
    desk.now += timedelta(minutes=1)
    tell(desk.store.library, entry("t"), at=NOW, channels=("all",))
    assert "owed" in ask("late"), "once an hour it is asked all the same"
