"""What a feed takes back is withdrawn, by its word or by its silence, as its source's policy says."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feeds.model.entry import Deleted
from feeds.model.source import Deletions, Options
from tests.core.made import NOW, Shelf, entry, kinds, settings, source

LATER = NOW + timedelta(days=2)
HTTP = "http://one.example/a"


def shelf(deletions: Deletions = "told", number: int = 3) -> Shelf:
    library = Shelf(settings(source("one", options=Options(deletions=deletions)), source("two", order=1)))
    library.poll("one", [entry(HTTP), *(entry(f"n{n}") for n in range(1, number))])
    return library


def shown(library: Shelf) -> int:
    return sum(s.status == "shown" for s in library.stories.values())


@pytest.mark.parametrize(
    ("deletions", "ref", "when", "left"),
    [
        pytest.param("told", HTTP, NOW, 2, id="told"),
        pytest.param("missing", HTTP, NOW, 2, id="told, where silence counts too"),
        pytest.param("never", HTTP, NOW, 3, id="told, to one who does not heed it"),
        pytest.param("told", HTTP, None, 2, id="without a date"),
        pytest.param("told", "https://one.example/a", NOW, 2, id="by the id's twin"),
        pytest.param("told", HTTP, datetime(2026, 1, 1, tzinfo=NOW.tzinfo), 3, id="older than what it says"),
        pytest.param("told", "tag:unknown", NOW, 3, id="of what nobody knows"),
    ],
)
def test_tombstone(deletions: Deletions, ref: str, when: datetime | None, left: int) -> None:
    library = shelf(deletions)
    changes = library.poll("one", [entry("n1"), entry("n2")], now=LATER, deleted=[Deleted(ref=ref, when=when)])
    assert shown(library) == left
    assert [(d.kind, d.rule) for d in changes.decisions] == [("withdrawn", "tombstone")] * (3 - left)
    assert [t.story_id for t in changes.tombstones] == [library.story(HTTP).id] * (3 - left), "ours follows theirs"
    again = library.poll("one", [entry("n1"), entry("n2")], now=LATER, deleted=[Deleted(ref=ref, when=when)])
    assert (again.decisions, again.stories) == ((), ())


def test_what_a_document_holds_is_not_gone() -> None:
    """RFC 6721 §3: the entry is the newer word where both stand in one document."""
    library = shelf()
    changes = library.poll("one", [entry(HTTP), entry("n1")], now=LATER, deleted=[Deleted(ref=HTTP, when=LATER)])
    assert (kinds(changes), shown(library)) == ([], 3)


def test_what_is_told_again_returns() -> None:
    library = shelf()
    library.poll("one", [], now=LATER, deleted=[Deleted(ref=HTTP, when=LATER)])
    changes = library.poll("one", [entry(HTTP)], now=LATER + timedelta(hours=1))
    assert (kinds(changes), shown(library)) == (["returned"], 3)
    assert changes.lifted == (library.story(HTTP).id,)


def test_a_tombstone_leaves_the_copies_of_others() -> None:
    library = shelf()
    library.poll("two", [entry("copy", "two", url="https://one.example/" + HTTP, title=f"Title of {HTTP}")], now=NOW)
    story = library.story(HTTP)
    assert len(story.members) == 2
    library.poll("one", [entry("n1"), entry("n2")], now=LATER, deleted=[Deleted(ref=HTTP, when=LATER)])
    assert [m.key.source_id for m in library.story("copy", "two").members] == ["two"]
    assert shown(library) == 3


@pytest.mark.parametrize(("deletions", "left"), [("missing", 2), ("told", 3), ("never", 3)])
def test_silence(deletions: Deletions, left: int) -> None:
    """The library is asked for what should be there under `missing` alone."""
    library = shelf(deletions)
    there = [HTTP, "n1", "n2"] if deletions == "missing" else []
    for hours, shown_then in ((0, 3), (23, 3), (24, left)):
        now = LATER + timedelta(hours=hours)
        changes = library.poll("one", [entry("n1"), entry("n2")], now=now, unseen=there)
        assert shown(library) == shown_then
    assert [d.rule for d in changes.decisions] == ["missing"] * (3 - left)


def test_what_is_back_within_a_day_was_never_gone() -> None:
    """A cache told an older document."""
    library = shelf("missing")
    whole, old = [entry(HTTP), entry("n1"), entry("n2")], [entry("n1"), entry("n2")]
    for hours, document in ((0, old), (20, whole), (30, old), (50, old)):
        library.poll("one", document, now=LATER + timedelta(hours=hours), unseen=[HTTP, "n1", "n2"])
        assert shown(library) == 3
    library.poll("one", old, now=LATER + timedelta(hours=54), unseen=[HTTP, "n1", "n2"])
    assert shown(library) == 2


def test_a_feed_that_drops_most_is_not_believed() -> None:
    library = shelf("missing", number=8)
    ids = [HTTP, *(f"n{n}" for n in range(1, 8))]
    library.poll("one", [entry("n1")], now=LATER, unseen=ids)
    changes = library.poll("one", [entry("n1")], now=LATER + timedelta(days=1), unseen=ids)
    assert shown(library) == 8
    assert changes.state.problem is not None
    assert (changes.state.problem.code, changes.state.problem.detail) == ("mass_vanish", "7 of 8")
    library.poll("one", [entry("n1")], now=LATER + timedelta(days=1), unseen=ids, force=True)
    assert shown(library) == 1


def test_held_entries_are_taken_back_too() -> None:
    library = shelf()
    known = library.known["one", HTTP]
    library.known["one", HTTP] = replace(known, status="held")
    changes = library.poll("one", [entry("n1"), entry("n2")], now=LATER, deleted=[Deleted(ref=HTTP, when=NOW)])
    assert kinds(changes) == ["withdrawn"]
