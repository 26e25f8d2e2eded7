"""What partners hold and are owed: exactly, whatever became of terms, channels and sources."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from feeds.model.changes import Edit, Mark
from feeds.model.partner import Held, How, Issue, Owed, Token, Traffic
from feeds.model.story import Story, StoryStatus
from feeds.store import Store, open_store
from feeds.store.partners import handing, partners
from feeds.store.partners.partners import MOST
from tests.store.made import DAY, MINUTE, NOW, changes, entry, ready, tell

HOUR = timedelta(hours=1)


def issue(partner: str, *held: Held, channel: str = "all", etag: str = "") -> Issue:
    return Issue(partner_id=partner, channel_id=channel, etag=etag or repr(held), updated=NOW, held=held)


def pick_up(store: Store, partner: str, *ids: str, at: datetime = NOW, how: How = "polled", **more: Any) -> None:
    """Let *partner* have the stories *ids* as they are."""
    held = [Held(s.id, s.updated) for s in store.library.every_story("", 99) if s.id.removeprefix("story:") in ids]
    store.partners.picked_up(issue(partner, *held, **more), how, at)


def one(store: Store, guid: str = "x") -> Story:
    found = store.library.story(f"story:{guid}")
    assert found
    return found


def edit(store: Store, at: datetime, *stories: Story, **more: Any) -> None:
    store.library.edit(Edit(stories=stories, **more), at)


def debts(store: Store, *, open_only: bool = True) -> list[tuple[str, str, str, str]]:
    found: Sequence[Owed] = store.partners.debts(open_only=open_only)
    return [(o.partner_id, o.story_id.removeprefix("story:"), o.told, o.cause) for o in found]


@pytest.fixture
def held(store: Store) -> Store:
    """`a` holds x and y, `b` holds y alone."""
    tell(ready(store), entry("x"), entry("y"), entry("z"))
    pick_up(store, "a", "x", "y")
    pick_up(store, "b", "y")
    return store


def test_a_version_is_entered_once(held: Store) -> None:
    pick_up(held, "a", "x", "y", at=NOW + MINUTE, how="unchanged")
    assert [(r.story_id, r.told, r.how, r.at) for r in held.partners.receipts("a")] == [
        ("story:x", "story", "polled", NOW),
        ("story:y", "story", "polled", NOW),
    ]
    pickup = held.partners.pickup("a", "all")
    assert pickup
    assert pickup.at == NOW + MINUTE
    assert held.partners.pickup("c", "all") is None


def test_a_304_for_what_is_entered_already_writes_nothing(held: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing came to them, a partner's request costs a look, however often its channel moved for others."""
    pick_up(held, "a", "x", "y", how="unchanged")
    with monkeypatch.context() as patch:
        patch.setattr(handing, "sent", None)
        pick_up(held, "a", "x", "y", how="unchanged")


@pytest.mark.parametrize("since", ["another document", "one that was cut", "a debt"])
def test_a_304_is_entered_anew_where_something_came_between(held: Store, since: str) -> None:
    pick_up(held, "a", "x", "y", how="unchanged")
    back = issue("a", Held("story:x", NOW + HOUR, "retraction"))
    match since:
        case "another document":
            held.partners.picked_up(back, "polled", NOW + HOUR)
        case "one that was cut":
            held.partners.sent(back, "polled", NOW + HOUR)
        case "a debt":
            edit(held, NOW + HOUR, replace(one(held), status="retracted", channels=()))
    pick_up(held, "a", "x", "y", at=NOW + 2 * HOUR, how="unchanged")
    pickup = held.partners.pickup("a", "all")
    assert pickup
    assert pickup.at == NOW + 2 * HOUR


def test_delays_are_those_of_the_latest_versions(held: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert held.partners.delays("a") == (), "the first document says nothing"
    for n in range(1, 4):
        later = Held("story:x", NOW + n * HOUR)
        held.partners.picked_up(issue("a", later), "polled", NOW + n * HOUR + n * MINUTE)
    assert held.partners.delays("a") == (3 * MINUTE, 2 * MINUTE, MINUTE)
    monkeypatch.setattr(partners, "LATEST", 2)
    assert held.partners.delays("a") == (3 * MINUTE, 2 * MINUTE)
    assert held.partners.delays("c") == ()


def test_a_retraction_is_owed_to_exactly_those_who_hold_it(held: Store) -> None:
    edit(held, NOW + HOUR, replace(one(held), status="retracted", channels=()))
    assert debts(held) == [("a", "x", "retraction", "retracted")]
    (owed,) = held.partners.owed("a", "all", NOW, NOW + HOUR)
    assert owed.stone
    assert (owed.since, owed.stone.title, owed.stone.url) == (NOW + HOUR, "Title of x", "https://a.example/x")
    assert held.partners.owed("b", "all", NOW, NOW + HOUR) == ()


def test_what_is_overdue_is_counted_once_the_log_told_of_it(held: Store) -> None:
    edit(held, NOW + HOUR, *(replace(one(held, id), status="retracted", channels=()) for id in ("x", "y")))

    def owed() -> tuple[int, int]:
        levels = held.figures.levels(NOW + HOUR)
        return levels.partners_owed, levels.partners_overdue

    assert owed() == (3, 0)
    held.partners.warned(held.partners.debts("a"))
    assert owed() == (3, 2)
    gone = [Held(f"story:{id}", NOW + HOUR, "retraction") for id in ("x", "y")]
    held.partners.picked_up(issue("a", *gone), "polled", NOW + 2 * HOUR)
    assert owed() == (1, 0)


def test_also_when_the_story_is_in_no_channel_any_more(held: Store) -> None:
    """The filter changed, or the source left the configuration; and the channel counts as changed all the same."""
    edit(held, NOW, replace(one(held, "y"), channels=()))
    before = held.partners.standing("all", NOW).edition
    edit(held, NOW + HOUR, replace(one(held, "y"), status="retracted"))
    assert debts(held) == [("a", "y", "retraction", "retracted"), ("b", "y", "retraction", "retracted")]
    assert held.partners.standing("all", NOW).edition == before + 1


def test_it_stays_owed_until_it_is_picked_up(held: Store) -> None:
    edit(held, NOW + HOUR, replace(one(held), status="retracted", channels=()))
    pick_up(held, "a", "y", at=NOW + 2 * HOUR, etag="without a word of it")
    assert debts(held) == [("a", "x", "retraction", "retracted")]
    held.partners.picked_up(issue("a", Held("story:x", NOW + HOUR, "retraction")), "unchanged", NOW + 3 * HOUR)
    assert debts(held) == []
    (owed,) = held.partners.owed("a", "all", NOW, NOW + 3 * HOUR)
    assert (owed.settled, owed.how) == (NOW + 3 * HOUR, "unchanged")
    assert [r.told for r in held.partners.receipts("a", "story:x")] == ["story", "retraction"]
    assert held.partners.owed("a", "all", NOW + HOUR, NOW + 60 * DAY) == (), "told long enough"


def test_it_is_told_for_as_long_as_it_is_owed(held: Store) -> None:
    edit(held, NOW + HOUR, replace(one(held), status="retracted", channels=()))
    assert len(held.partners.owed("a", "all", NOW + 300 * DAY, NOW + 330 * DAY)) == 1


def test_what_was_told_takes_no_room_from_what_is_open(store: Store) -> None:
    """More is taken back at once than one document tells."""
    ids = [f"{n:03}" for n in range(MOST + 20)]
    tell(ready(store), *(entry(id) for id in ids))
    store.partners.picked_up(issue("a", *(Held(f"story:{id}", NOW) for id in ids)), "polled", NOW)
    edit(store, NOW + HOUR, *(replace(one(store, id), status="retracted", channels=()) for id in ids))
    open_ones = []
    for n in range(2):
        told = store.partners.owed("a", "all", NOW, NOW + HOUR)
        held = (Held(o.story_id, o.since, "retraction") for o in told)
        store.partners.picked_up(issue("a", *held, etag=str(n)), "polled", NOW + HOUR)
        open_ones.append(len(debts(store)))
    assert open_ones == [20, 0]


def test_a_source_takes_it_back_in_a_poll(held: Store) -> None:
    view = held.library.poll_view("a", ["x"], [])
    gone = replace(one(held), status="withdrawn", channels=())
    held.library.apply(changes(view, NOW + HOUR, stories=(gone,)))
    assert debts(held) == [("a", "x", "retraction", "withdrawn")]


def test_what_returns_before_it_was_picked_up_was_never_gone(held: Store) -> None:
    edit(held, NOW + HOUR, replace(one(held), status="retracted", channels=()))
    edit(held, NOW + 2 * HOUR, replace(one(held), status="shown", channels=("all",)))
    assert debts(held, open_only=False) == []


def test_what_returns_afterwards_is_owed_anew(held: Store) -> None:
    edit(held, NOW + HOUR, replace(one(held), status="retracted", channels=()))
    held.partners.picked_up(issue("a", Held("story:x", NOW + HOUR, "retraction")), "polled", NOW + HOUR)
    edit(held, NOW + 2 * HOUR, replace(one(held), status="shown", channels=("all",)))
    assert debts(held) == [("a", "x", "correction", "returned")]
    pick_up(held, "a", "x", at=NOW + 3 * HOUR)
    assert debts(held) == []
    edit(held, NOW + 4 * HOUR, replace(one(held), status="retracted", channels=()))
    assert debts(held) == [("a", "x", "retraction", "retracted")]
    assert held.partners.debts()[0].since == NOW + 4 * HOUR


def test_a_significant_correction_is_owed(held: Store) -> None:
    edit(held, NOW, one(held))
    assert debts(held) == [], "nothing new"
    edit(held, NOW + HOUR, replace(one(held), updated=NOW + HOUR))
    assert debts(held) == [("a", "x", "correction", "corrected")]
    pick_up(held, "a", "x", at=NOW + HOUR)
    assert debts(held) == []
    assert [r.told for r in held.partners.receipts("a", "story:x")] == ["story", "correction"]


def test_a_document_made_before_the_correction_does_not_settle_it(held: Store) -> None:
    before = issue("a", Held("story:x", NOW))
    edit(held, NOW + HOUR, replace(one(held), updated=NOW + HOUR))
    held.partners.picked_up(before, "polled", NOW + HOUR)
    assert debts(held) == [("a", "x", "correction", "corrected")]


@pytest.mark.parametrize("status", ["retracted", "withdrawn", "held"])
def test_what_is_taken_back_before_it_is_entered_is_owed(held: Store, status: StoryStatus) -> None:
    """The document was made and sent, and its story retracted before anybody knew who has it."""
    sent, before = issue("c", Held("story:z", NOW)), held.partners.standing("all", NOW).edition
    edit(held, NOW + HOUR, replace(one(held, "z"), status=status, channels=()))
    held.partners.picked_up(sent, "polled", NOW + HOUR)
    assert debts(held) == [("c", "z", "retraction", status)]
    (owed,) = held.partners.owed("c", "all", NOW, NOW + HOUR)
    assert owed.stone
    assert (owed.since, owed.stone.title) == (NOW + HOUR, "Title of z")
    assert held.partners.standing("all", NOW).edition == before + 1, "their document is made anew"


def test_so_is_what_became_part_of_another_and_what_was_corrected(held: Store) -> None:
    sent = issue("c", Held("story:x", NOW), Held("story:y", NOW), Held("story:z", NOW))
    lead, other = one(held, "y"), one(held)
    both = replace(lead, members=(*lead.members, *other.members), keys=(*lead.keys, *other.keys))
    edit(held, NOW + HOUR, both, replace(one(held, "z"), updated=NOW + HOUR), merged={other.id: lead.id})
    held.partners.picked_up(sent, "polled", NOW + 2 * HOUR)
    assert [d for d in debts(held) if d[0] == "c"] == [
        ("c", "x", "retraction", "merged"),
        ("c", "z", "correction", "corrected"),
    ]
    pick_up(held, "c", "z", at=NOW + 3 * HOUR)
    assert [d for d in debts(held) if d[0] == "c"] == [("c", "x", "retraction", "merged")]


def test_what_returned_before_its_retraction_was_entered_is_owed(held: Store) -> None:
    edit(held, NOW + HOUR, replace(one(held), status="retracted", channels=()))
    sent = issue("a", Held("story:x", NOW + HOUR, "retraction"))
    edit(held, NOW + 2 * HOUR, replace(one(held), status="shown", channels=("all",)))
    held.partners.picked_up(sent, "polled", NOW + 2 * HOUR)
    assert debts(held) == [("a", "x", "correction", "returned")]
    pick_up(held, "a", "x", at=NOW + 3 * HOUR)
    assert debts(held) == []


def test_what_is_entered_is_owed_whoever_of_two_writers_comes_first(url: str) -> None:
    """Two at once: the one who retracts and the one who enters wait for each other, in whichever order."""
    store = open_store(url, busy=30)
    tell(ready(store), *(entry(str(n)) for n in range(8)))
    with ThreadPoolExecutor(2) as pool:
        for n in range(8):
            gone = replace(one(store, str(n)), status="retracted", channels=())
            entering = partial(store.partners.picked_up, issue("c", Held(f"story:{n}", NOW)), "polled", NOW)
            doing: list[Callable[[], None]] = [entering, partial(edit, store, NOW + HOUR, gone)]
            for done in [pool.submit(do) for do in (doing if n % 2 else doing[::-1])]:
                done.result()
    found = sorted(debts(store))
    store.close()
    assert found == [("c", str(n), "retraction", "retracted") for n in range(8)]


def test_what_is_retracted_needs_no_correction_first(held: Store) -> None:
    edit(held, NOW + HOUR, replace(one(held), updated=NOW + HOUR))
    edit(held, NOW + 2 * HOUR, replace(one(held), status="retracted", channels=()))
    assert debts(held) == [("a", "x", "retraction", "retracted")]


def test_of_two_that_become_one_the_other_goes(held: Store) -> None:
    lead, other = one(held, "y"), one(held)
    both = replace(lead, members=(*lead.members, *other.members), keys=(*lead.keys, *other.keys))
    edit(held, NOW + HOUR, both, merged={other.id: lead.id})
    assert debts(held) == [("a", "x", "retraction", "merged")]


def test_one_that_ended_in_another_and_begins_again_is_not_gone(held: Store) -> None:
    lead, other = one(held, "y"), one(held)
    both = replace(lead, members=(*lead.members, *other.members), keys=(*lead.keys, *other.keys))
    edit(held, NOW + HOUR, both, merged={other.id: lead.id})
    parted = replace(one(held, "y"), members=lead.members, keys=lead.keys)
    again = replace(other, version=0, updated=NOW + 2 * HOUR)
    edit(held, NOW + 2 * HOUR, parted, again)
    assert debts(held) == [("a", "x", "correction", "corrected")]


def test_one_that_was_taken_back_for_another_and_begins_again_is_owed(held: Store) -> None:
    lead, other = one(held, "y"), one(held)
    both = replace(lead, members=(*lead.members, *other.members), keys=(*lead.keys, *other.keys))
    edit(held, NOW + HOUR, both, merged={other.id: lead.id})
    held.partners.picked_up(issue("a", Held("story:x", NOW + HOUR, "retraction")), "polled", NOW + HOUR)
    assert debts(held) == []
    edit(held, NOW + 2 * HOUR, replace(one(held, "y"), members=lead.members, keys=lead.keys), replace(other, version=0))
    assert debts(held) == [("a", "x", "correction", "returned")]


def test_what_nobody_holds_is_owed_to_nobody(held: Store) -> None:
    edit(held, NOW + HOUR, replace(one(held, "z"), status="retracted", channels=()))
    assert debts(held) == []


def test_a_channel_says_since_when_somebody_is_owed_something_of_it(held: Store) -> None:
    assert held.partners.standing("all", NOW).owed == 0
    tell(held.library, entry("w"), at=NOW + MINUTE)
    assert held.partners.standing("all", NOW).owed == 0
    edit(held, NOW + HOUR, replace(one(held), status="retracted", channels=()))
    standing = held.partners.standing("all", NOW)
    assert standing.owed == standing.edition
    tell(held.library, entry("v"), at=NOW + 2 * MINUTE)
    assert held.partners.standing("all", NOW)[::2] == (standing.edition + 1, standing.owed)


def test_a_person_may_settle_it(held: Store) -> None:
    edit(held, NOW + HOUR, replace(one(held), status="retracted", channels=()))
    held.partners.acknowledged(held.partners.debts("a"), NOW + 2 * HOUR)
    assert debts(held) == []
    assert [(r.told, r.how) for r in held.partners.receipts("a", "story:x")][-1] == ("retraction", "acknowledged")


def test_each_mark_counts_as_a_change_and_a_held_channel_is_not_settled(store: Store) -> None:
    tell(ready(store), entry("x"))
    first = store.partners.standing("all", NOW)
    assert (first.edition, first.settled) == (1, False)
    store.outbox.hold("all", NOW, "it loses most", NOW)
    assert store.partners.standing("all", NOW).settled is False, "held"
    store.library.edit(Edit(stories=(), marks=(Mark(channel_id="all", due=NOW + HOUR),)), NOW)
    assert store.partners.standing("all", NOW).edition == 2
    assert store.partners.standing("none", NOW) == (0, True, 0)


def token(id: str, made: datetime = NOW, **more: Any) -> Token:
    return Token(**{"id": id, "partner_id": "a", "kind": "header", "digest": f"digest of {id}", "made": made, **more})


def test_srv_04_tokens_overlap_and_end(store: Store) -> None:
    ready(store)
    store.partners.issue(token("1"), HOUR)
    store.partners.issue(token("key", kind="path"), HOUR)
    store.partners.issue(token("2", NOW + DAY), HOUR)
    store.partners.issue(token("3", NOW + 2 * DAY), HOUR)
    assert {t.id: t.ends for t in store.partners.tokens("a")} == {
        "1": NOW + DAY + HOUR,
        "key": None,
        "2": NOW + 2 * DAY + HOUR,
        "3": None,
    }
    assert store.partners.tokens("b") == ()
    assert store.partners.revoke("b") == 0
    assert store.partners.revoke("a", ["3"]) == 1
    assert store.partners.revoke("a") == 3
    assert store.partners.all_tokens() == ()


def test_requests_are_added_up_by_day(held: Store) -> None:
    visit = Traffic(
        partner_id="a", channel_id="all", day="2026-03-01", requests=2, full=1, unchanged=1, sent=9, last=NOW + HOUR
    )
    held.partners.count([visit])
    held.partners.count([replace(visit, last=NOW + 2 * HOUR, newest=NOW), replace(visit, day="2026-03-02")])
    first, second = held.partners.traffic("a", "2026-03-01")
    assert (first.requests, first.sent, first.last, first.newest) == (4, 18, NOW + 2 * HOUR, NOW)
    assert second.requests == 2
    assert held.partners.traffic("", "2026-03-01") == ()
    assert held.partners.traffic(None, "2026-03-02") == (second,)
    pickup = held.partners.pickup("a", "all")
    assert pickup
    assert pickup.at == NOW + 2 * HOUR, "the last time that they asked"


def test_the_ledger_is_kept_as_long_as_decisions(held: Store) -> None:
    edit(held, NOW + HOUR, replace(one(held), status="retracted", channels=()))
    assert held.partners.expire(NOW + 399 * DAY) == 0
    assert held.partners.expire(NOW + 401 * DAY) == 5
    assert debts(held) == [("a", "x", "retraction", "retracted")], "what is owed stays owed"
    assert len(held.partners.holdings("a")) == 2, "and what they hold is still theirs"
