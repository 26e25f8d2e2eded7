"""What the desk decides is written whole or not at all, beside whatever else writes, and is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.core.duplicates import cluster
from feeds.errors import StaleView, StoreError
from feeds.model.changes import Edit, Mark
from feeds.model.channel import Tombstone
from feeds.model.decision import Decision
from feeds.model.source import Options
from feeds.model.story import Story
from feeds.store import Store, open_store
from feeds.store.incoming.library import Library
from tests.store.made import DAY, NOW, changes, decision, entry, ready, saved, source, tell, window

LATER = NOW + DAY
WEEK = Options(keep=timedelta(days=7))


def one(library: Library, guid: str = "x") -> Story:
    (story,) = [s for s in library.every_story("", 99) if s.id == f"story:{guid}"]
    return story


def stone(story_id: str) -> Tombstone:
    return Tombstone(
        channel_id="all",
        story_id=story_id,
        at=LATER,
        title="제목",
        url="https://a.example/x",
        language="ko",
        published=NOW,
        status="withdrawn",
    )


def hidden(library: Library, guid: str = "x") -> Edit:
    story = one(library, guid)
    return Edit(
        stories=(replace(story, status="retracted", channels=()),),
        marks=(Mark(channel_id="all", due=LATER),),
        decisions=(Decision(at=LATER, kind="retracted", source_id="a", guid=guid, story_id=story.id, rule="desk"),),
        tombstones=(stone(story.id),),
    )


def gone(library: Library, since: int = 0, most: int = 9) -> list[str]:
    return [t.story_id for t in library.gone("all", LATER - timedelta(hours=1) + since * DAY, most)]


def test_a_retraction_is_read_back_whole(store: Store) -> None:
    library = ready(store)
    tell(library, entry("x"), entry("y"))
    library.edit(hidden(library), LATER)
    assert (one(library).status, one(library).version) == ("retracted", 2)
    assert [s.id for s in library.stories(window())] == ["story:y"]
    assert library.gone("all", NOW, 9) == (stone("story:x"),), "with the last form of the story"
    assert [d.kind for d in store.overview.find("story:x").decisions] == ["seen", "changed", "retracted"]
    assert ("all", LATER) in store.outbox.dirty(LATER, 9)


def test_shown_again_it_is_not_gone(store: Store) -> None:
    library = ready(store)
    tell(library, entry("x"))
    library.edit(hidden(library), LATER)
    back = replace(one(library), status="shown", channels=("all",))
    library.edit(Edit(stories=(back,), lifted=(back.id,)), LATER)
    assert gone(library) == []
    assert [s.id for s in library.stories(window())] == ["story:x"]


def test_tombstones_are_the_latest_of_their_channel(store: Store) -> None:
    library = ready(store)
    tell(library, entry("x"), entry("y"), entry("z"))
    for hours, guid in enumerate("zyx"):
        at = LATER + timedelta(hours=hours)
        later = replace(stone(f"story:{guid}"), at=at)
        library.edit(replace(hidden(library, guid), tombstones=(later,)), at)
    assert gone(library) == ["story:x", "story:y", "story:z"]
    assert gone(library, most=1) == ["story:x"]
    assert gone(library, since=1) == []
    assert library.gone("other", NOW, 9) == ()
    store.outbox.ended(["all"], LATER)
    assert gone(library) == []


def test_the_word_of_the_desk_is_read_back(store: Store) -> None:
    library = ready(store)
    tell(library, entry("x"))
    library.edit(Edit(stories=(replace(one(library), apart=("story:y",), bound=True),)), LATER)
    assert (one(library).apart, one(library).bound, one(library).ruled) == (("story:y",), True, True)


def test_a_decision_on_what_moved_meanwhile_is_refused(store: Store) -> None:
    library = ready(store)
    tell(library, entry("x"))
    late = hidden(library)
    view = library.poll_view("a", ["x"], ())
    library.apply(changes(view, LATER, stories=(replace(one(library), updated=LATER),)))
    with pytest.raises(StaleView):
        library.edit(late, LATER)
    assert (one(library).status, gone(library)) == ("shown", [])


def test_a_poll_that_did_not_see_the_decision_is_refused(store: Store) -> None:
    library = ready(store)
    tell(library, entry("x"))
    view = library.poll_view("a", ["x"], ())
    before = one(library)
    library.edit(hidden(library), LATER)
    with pytest.raises(StaleView):
        library.apply(changes(view, LATER, stories=(replace(before, updated=LATER),)))
    assert one(library).status == "retracted"


def test_the_desk_writes_beside_who_works_on_the_store(store: Store, url: str) -> None:
    library = ready(store)
    tell(library, entry("x"))
    reader = open_store(url, lock=False)
    with pytest.raises(StoreError):
        reader.library.edit(hidden(library), LATER)
    reader.close()
    beside = open_store(url, lock=False, beside=True)
    beside.library.edit(hidden(beside.library), LATER)
    beside.close()
    assert one(library).status == "retracted"


def test_what_the_desk_decided_over_is_never_forgotten(store: Store) -> None:
    library = ready(store, source("a", options=WEEK))
    tell(library, entry("x"), entry("y"))
    library.edit(hidden(library), NOW)
    late = NOW + 500 * DAY
    view = library.poll_view("a", (), ())
    library.apply(changes(view, late, entries=(saved(entry("new", published=late), first_seen=late),)))
    while library.expire(late, 500):
        pass
    assert {k.entry.guid for k in store.overview.entries("a")} == {"x", "new"}
    assert [d.kind for d in store.overview.find("story:x").decisions] == ["seen", "retracted"]
    assert library.gone("all", late - 365 * DAY, 9) == (), "no document tells of it any more"


def test_splits_are_counted_by_pair(store: Store) -> None:
    library = ready(store)
    tell(library, entry("x"))
    pairs = [("a", "b"), ("b", "a"), ("a", "c")]
    notes = tuple(decision("x", s, kind="split", rule="desk", facts={"with_source": w}) for s, w in pairs)
    library.edit(Edit(stories=(), decisions=notes), LATER)
    assert [store.overview.splits(*pair) for pair in [("a", "b"), ("a", "c"), ("b", "c")]] == [2, 1, 0]


def test_ids_that_stories_have(store: Store) -> None:
    library = ready(store)
    tell(library, entry("x"))
    assert library.taken(["story:x", "story:y"]) == {"story:x"}


def test_what_was_parted_stays_so_under_other_ids(store: Store) -> None:
    """Both halves of a split become part of other stories; those are parted then."""
    library = ready(store)
    tell(library, entry("x"), entry("y"), entry("c"), entry("d"))
    parted = (replace(one(library, "x"), apart=("story:y",)), replace(one(library, "y"), apart=("story:x",)))
    library.edit(Edit(stories=parted), LATER)
    for gone, kept in (("x", "c"), ("y", "d")):
        whole = cluster.fused(one(library, kept), one(library, gone))
        library.edit(Edit(stories=(whole,), merged={f"story:{gone}": f"story:{kept}"}), LATER)
    assert cluster.parted(one(library, "c"), one(library, "d"))
    assert one(library, "c").apart == ("story:d",)


def test_the_latest_tombstone_of_a_channel_is_kept(store: Store) -> None:
    """The date of its feed stands on it; older ones go when no output may tell of them any more."""
    library = ready(store)
    tell(library, entry("x"), entry("y"))
    for hours, guid in enumerate("xy"):
        later = replace(stone(f"story:{guid}"), at=LATER + timedelta(hours=hours))
        library.edit(replace(hidden(library, guid), tombstones=(later,)), later.at)
    while library.expire(LATER + timedelta(days=500), 99):
        pass
    assert gone(library) == ["story:y"]
