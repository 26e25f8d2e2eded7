"""What the outbox remembers of channels that rest until somebody asks for them."""

from datetime import datetime

import pytest

from feeds.model.changes import Mark
from feeds.model.channel import Rendered, Rendition
from feeds.store import Store
from tests.store.made import DAY, MINUTE, NOW, changes, entry, ready, rendition, story, tell, window

ADDS, MORE = Mark(channel_id="all", due=NOW, adds=True), Mark(channel_id="all", due=NOW)


def mark(store: Store, *marks: Mark) -> None:
    store.library.restate((), (), marks)


def token(store: Store, now: datetime = NOW) -> datetime:
    ((_, found),) = store.outbox.dirty(now, 9)
    return found


def publish(store: Store, *renditions: Rendition, token: datetime | None = None) -> None:
    store.outbox.published("all", token, Rendered(renditions=renditions or (rendition(),)), (), NOW)


def put_off(store: Store, token: datetime, now: datetime = NOW) -> bool:
    return bool(store.outbox.resting.put_off([(window(at=now), token)], now))


def rest(store: Store) -> datetime:
    """Put a channel off that shows one story; return the token of the mark that is answered by that."""
    mark(store, ADDS)
    found = token(store)
    assert put_off(store, found)
    return found


@pytest.fixture
def told(store: Store) -> Store:
    """A store with a channel of one story, which is published."""
    tell(ready(store), entry("x"))
    publish(store, token=token(store))
    return store


@pytest.mark.parametrize(
    ("marks", "calm"),
    [
        pytest.param([[ADDS]], True, id="what adds"),
        pytest.param([[MORE]], False, id="what does more"),
        pytest.param([[ADDS, MORE]], False, id="both at once"),
        pytest.param([[ADDS], [MORE]], False, id="what does more later"),
        pytest.param([[MORE], [ADDS]], False, id="what does more before"),
        pytest.param([[ADDS], [Mark(channel_id="all", due=NOW - DAY)]], False, id="what does more, at another time"),
        pytest.param([[ADDS], [Mark(channel_id="all", due=NOW + DAY)]], True, id="what does more is not due yet"),
    ],
)
def test_a_channel_is_calm_where_all_that_is_due_only_adds(told: Store, marks: list[list[Mark]], *, calm: bool) -> None:
    for some in marks:
        mark(told, *some)
    assert told.outbox.resting.calm(["all", "none"], NOW) == ({"all": None} if calm else {})


def test_what_is_not_published_or_is_held_is_not_calm(store: Store) -> None:
    mark(store, ADDS)
    assert store.outbox.resting.calm(["all"], NOW) == {}
    publish(store)
    assert store.outbox.resting.calm(["all"], NOW) == {"all": None}
    store.outbox.hold("all", NOW - DAY, "40 of 50", NOW)
    assert store.outbox.resting.calm(["all"], NOW) == {}


def test_a_calm_channel_tells_when_it_was_asked_for_last(told: Store) -> None:
    mark(told, ADDS)
    for at in (NOW - MINUTE, NOW - DAY):
        told.outbox.resting.asked(["all", "other"], at)
    assert told.outbox.resting.calm(["all"], NOW) == {"all": NOW - MINUTE}


def test_what_is_put_off_rests_until_it_is_brought_out(told: Store) -> None:
    generation, resting = told.overview.generation, told.outbox.resting
    rest(told)
    assert told.overview.generation > generation, "web nodes look again"
    assert told.outbox.dirty(NOW + DAY, 9) == ()
    assert (resting.rests("/atom.xml"), resting.rests("/rss.xml")) == ("all", None)
    assert told.outbox.shown("all").waiting == {"story:x": NOW}
    assert told.overview.totals(NOW).resting == told.figures.levels(NOW).resting == 1
    assert resting.wake("all", NOW)
    publish(told, token=token(told))
    assert resting.rests("/atom.xml") is None
    assert told.outbox.shown("all").waiting is None


def test_what_rests_is_woken_once(told: Store) -> None:
    answered, resting = rest(told), told.outbox.resting
    assert [resting.wake("all", NOW + MINUTE) for _ in range(3)] == [True, False, False]
    assert token(told) > answered
    assert resting.calm(["all"], NOW) == {}, "it is brought out, and not put off again"
    assert not resting.wake("other", NOW)
    publish(told, token=token(told))
    mark(told, Mark(channel_id="all", due=NOW + DAY, adds=True))
    assert resting.calm(["all"], NOW + DAY) == {"all": NOW + MINUTE}, "and was asked for"


def test_a_channel_that_is_put_off_again_rests_on(told: Store) -> None:
    rest(told)
    assert told.outbox.resting.wake("all", NOW)
    late = token(told)
    mark(told, Mark(channel_id="all", due=NOW + MINUTE, adds=True))
    assert not put_off(told, late, NOW + MINUTE), "somebody asked"
    publish(told, token=late)
    assert put_off(told, token(told, NOW + MINUTE), NOW + MINUTE)
    assert told.outbox.resting.wake("all", NOW + MINUTE)


def test_what_takes_back_at_the_last_moment_is_not_put_off(told: Store) -> None:
    mark(told, ADDS)
    found = token(told)
    mark(told, Mark(channel_id="all", due=NOW - MINUTE))
    assert not put_off(told, found)
    assert told.outbox.resting.rests("/atom.xml") is None
    assert token(told) > found, "its marks wait"


def test_what_another_brought_out_is_not_put_off(told: Store) -> None:
    mark(told, ADDS)
    found = token(told)
    publish(told, token=found)
    assert not put_off(told, found)
    assert told.outbox.shown("all").waiting is None


def test_a_mark_for_later_outlasts_the_rest(told: Store) -> None:
    mark(told, ADDS, Mark(channel_id="all", due=NOW + DAY, adds=True))
    ((_, found),) = told.outbox.dirty(NOW, 9)
    assert put_off(told, found)
    assert told.outbox.dirty(NOW, 9) == ()
    assert len(told.outbox.dirty(NOW + DAY, 9)) == 1


def test_a_build_that_is_held_ends_the_rest_and_keeps_what_it_is_judged_by(told: Store) -> None:
    rest(told)
    mark(told, MORE)
    told.outbox.hold("all", token(told), "40 of 50", NOW, {"story:y": NOW})
    shown = told.outbox.shown("all")
    assert (shown.stories, shown.waiting) == ({"story:y": NOW}, None)


def test_of_many_those_rest_that_may(told: Store) -> None:
    others = [f"c{n}" for n in range(3)]
    mark(told, *(Mark(channel_id=id, due=NOW, adds=id != "c1") for id in ("all", *others)))
    tokens = dict(told.outbox.dirty(NOW, 9))
    publish(told, token=tokens["all"])
    marked = [(window(id), found) for id, found in tokens.items()]
    assert told.outbox.resting.put_off(marked, NOW) == {"c0", "c2"}
    assert [id for id, _ in told.outbox.dirty(NOW, 9)] == ["c1"]


def test_what_waits_is_what_the_channel_would_show(told: Store) -> None:
    one = story("story:late", *told.library.every_story("", 9)[0].members, release=NOW + DAY, keys=("id:late",))
    view = told.library.poll_view("a", [], [])
    told.library.apply(changes(view, stories=(one,)))
    rest(told)
    assert told.outbox.shown("all").waiting == {"story:x": NOW}


def test_an_ended_channel_rests_no_more(told: Store) -> None:
    rest(told)
    told.outbox.resting.asked(["all"], NOW)
    told.outbox.ended(["all"], NOW)
    assert not told.outbox.resting.wake("all", NOW)
    publish(told)
    mark(told, ADDS)
    assert told.outbox.resting.calm(["all"], NOW) == {"all": None}


def test_a_renamed_channel_rests_on(told: Store) -> None:
    rest(told)
    told.outbox.rename({"all": "new"})
    assert told.outbox.resting.rests("/atom.xml") == "new"


def test_it_is_noted_what_is_asked_for_until_nothing_is_to_rest(told: Store) -> None:
    resting = told.outbox.resting
    resting.end(NOW)
    assert resting.begun() is None
    for at in (NOW, NOW + DAY):
        resting.begin(at)
    assert resting.begun() == NOW
    rest(told)
    resting.asked(["all"], NOW)
    resting.end(NOW + DAY)
    assert resting.begun() is None
    resting.end(NOW + DAY)
    publish(told, token=token(told, NOW + DAY))
    assert resting.rests("/atom.xml") is None, "what rested is brought out"
    rest(told)  # by one who did not know yet
    resting.end(NOW)
    publish(told, token=token(told))
    assert resting.rests("/atom.xml") is None
    mark(told, ADDS)
    assert resting.calm(["all"], NOW) == {"all": None}
