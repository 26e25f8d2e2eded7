"""What people decide over stories lasts, whatever later polls bring."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.deciding.desk import Desk
from feeds.errors import UsageError
from feeds.model.changes import Changes
from feeds.model.entry import Entry, EntryKey
from feeds.model.source import Options
from feeds.model.story import Story
from tests.core.made import LONG, NOW, Shelf, entry, kinds, settings, source

LATER, MUCH_LATER = NOW + timedelta(hours=2), NOW + timedelta(days=2)
PAGE = "https://site.example/x"


def shelf(**more: object) -> Shelf:
    posts = source("posts", kind="content", location="/site", order=2)
    return Shelf(settings(source("one"), source("two", order=1), posts, **more))


def desk(of: Shelf) -> Desk:
    return Desk(of.settings, of.sources, LATER)


def original(**more: Any) -> Entry:
    return entry("a", **{"url": PAGE, "title": "Bridge", **more})


def copy(guid: str = "b", **more: Any) -> Entry:
    return entry(guid, "two", **{"url": f"{PAGE}?utm_source=rss", "title": "Bridge", **more})


def retracted(of: Shelf, guid: str = "a") -> Shelf:
    of.edit(desk(of).retract(of.story(guid), "a lawyer wrote"))
    return of


def test_a_retraction_reaches_every_channel_that_showed_the_story() -> None:
    library = shelf()
    library.poll("one", [original(categories=("기술",))])
    edit = desk(library).retract(library.story("a"), "a lawyer wrote")
    (story,) = edit.stories
    assert (story.status, story.channels, story.ruled) == ("retracted", (), True)
    assert [(t.channel_id, t.at) for t in edit.tombstones] == [("all", LATER), ("by-category:기술", LATER)]
    last = edit.tombstones[0]
    told = (story.lead.title, story.lead.url, story.published, "retracted")
    assert (last.title, last.url, last.published, last.status) == told
    ends = LATER + timedelta(days=30)
    assert {(m.channel_id, m.due) for m in edit.marks} == {
        (channel, due) for channel in ("all", "by-category:기술") for due in (LATER, ends)
    }
    (decision,) = edit.decisions
    assert (decision.kind, decision.rule, decision.facts) == ("retracted", "desk", {"reason": "a lawyer wrote"})


Later = Callable[[Shelf], Changes]
BRINGS: dict[str, Later] = {
    "the same entry, corrected": lambda s: s.poll("one", [original(content="<p>New words.</p>")], now=MUCH_LATER),
    "a copy of another source": lambda s: s.poll("two", [copy()], now=MUCH_LATER),
    "nothing: it left its feed": lambda s: s.poll("one", [], now=MUCH_LATER),
    "a copy that leads": lambda s: s.poll("two", [copy(published=NOW - timedelta(days=9))], now=MUCH_LATER),
}


@pytest.mark.parametrize("later", BRINGS.values(), ids=BRINGS.keys())
def test_no_poll_brings_a_retracted_story_back(later: Later) -> None:
    library = shelf()
    library.poll("one", [original()])
    changes = later(retracted(library))
    assert library.shown() == {}
    assert (changes.tombstones, changes.lifted) == ((), ())
    assert library.story("a").status == "retracted"


def test_a_story_that_turns_out_to_be_a_retracted_one_goes_too() -> None:
    library = shelf()
    library.poll("one", [original()])
    library.poll("two", [copy(url="https://two.example/other")])
    retracted(library)
    changes = library.poll("two", [copy()], now=MUCH_LATER)
    assert library.shown() == {}
    assert len(library.stories) == 1
    assert kinds(changes) == ["changed", "merged", "leads"]


def test_a_post_whose_file_goes_and_returns_stays_retracted() -> None:
    library = shelf()
    post = entry("p", "posts", path="p.md", blob="p", url="https://desk.example/p")
    library.poll("posts", [post, *(replace(post, guid=f"o{n}", path=f"{n}.md", url=f"{PAGE}/{n}") for n in range(4))])
    library.edit(desk(library).retract(library.story("p", "posts"), ""))
    library.poll("posts", [], listing=[f"{n}.md" for n in range(4)], now=MUCH_LATER)
    assert library.story("p", "posts").status == "retracted"
    library.poll("posts", [post], listing=["p.md", *(f"{n}.md" for n in range(4))], now=MUCH_LATER)
    assert library.story("p", "posts").status == "retracted"


def test_what_nobody_saw_yet_leaves_no_tombstone() -> None:
    library = shelf()
    waits = entry("p", "posts", path="p.md", url="https://desk.example/p", release=NOW + timedelta(days=1))
    library.poll("posts", [waits])
    edit = desk(library).retract(library.story("p", "posts"), "")
    assert edit.tombstones == (), "its id would tell of an embargo"


@pytest.mark.parametrize(
    ("standing", "status"),
    [
        pytest.param("kept", "shown", id="its source tells it still"),
        pytest.param("withdrawn", "withdrawn", id="its source took it back meanwhile"),
        pytest.param("held", "held", id="it became a draft meanwhile"),
    ],
)
def test_unretract_follows_what_the_source_says_now(standing: str, status: str) -> None:
    library = shelf()
    library.poll("one", [original()])
    retracted(library)
    known = replace(library.known["one", "a"], status=standing)  # type: ignore[arg-type]
    edit = desk(library).unretract(library.story("a"), [known], "it was true")
    assert [s.status for s in edit.stories] == [status]
    assert edit.lifted == ((library.story("a").id,) if status == "shown" else ())
    assert edit.stories[0].channels == (("all",) if status == "shown" else ())


def test_unretract_leaves_out_copies_that_are_gone() -> None:
    library = shelf()
    library.poll("one", [original()])
    library.poll("two", [copy()])
    retracted(library)
    known = [library.known["one", "a"], replace(library.known["two", "b"], status="withdrawn")]
    edit = desk(library).unretract(library.story("a"), known, "")
    assert [m.key.source_id for m in edit.stories[0].members] == ["one"]
    assert edit.left == (EntryKey("two", "b"),)


def both(one: Entry, other: Entry) -> Shelf:
    library = shelf()
    library.poll("one", [one])
    library.poll("two", [other], now=NOW + timedelta(minutes=1))
    return library


def test_a_merge_lasts_when_an_entry_turns_to_other_words() -> None:
    library = both(original(), copy(url="https://two.example/b", title="Harbour"))
    library.poll("one", [original(), entry("c", url="https://one.example/c", title="Third", content=f"<p>{LONG}</p>")])
    edit = desk(library).merge(library.story("b", "two"), library.story("a"))
    assert edit.merged == {library.story("b", "two").id: library.story("a").id}
    assert [(d.kind, d.guid, d.facts["with_title"]) for d in edit.decisions] == [("merged", "b", "Bridge")]
    library.edit(edit)
    # now the copy turns to what a third story says: alone it would leave for that one
    turned = copy(url="https://one.example/c", title="Third", content=f"<p>{LONG}</p>")
    library.poll("two", [turned], now=MUCH_LATER)
    assert library.story("b", "two").id == library.story("a").id


def test_a_split_pair_never_merges_again() -> None:
    library = both(original(), copy())
    story = library.story("a")
    assert len(story.members) == 2
    edit = desk(library).split(story, EntryKey("two", "b"), ())
    library.edit(edit)
    assert (edit.decisions[0].kind, edit.decisions[0].facts["with_source"]) == ("split", "one")
    assert library.story("a").id == story.id
    assert library.story("b", "two").id != story.id
    for words in ("<p>New words.</p>", f"<p>{LONG}</p>"):
        library.poll("two", [copy(content=words)], now=MUCH_LATER)
        library.poll("one", [original(content=words)], now=MUCH_LATER)
        assert len(library.shown()) == 2
    third = entry("c", "two", url=PAGE, title="Bridge", content=f"<p>{LONG}</p>")
    library.poll("two", [copy(), third], now=MUCH_LATER)
    assert len(library.shown()) == 2, "another copy joins one of them, and does not make one of both"


def test_the_id_stays_with_the_entry_that_it_was_made_of() -> None:
    """Subscribers know it under that id, also where another entry leads by now."""
    library = shelf()
    library.poll("two", [copy("https://two.example/id")])
    library.poll("one", [original(published=NOW - timedelta(days=30))])
    story = library.story("a")
    assert (story.id, story.lead.guid) == ("https://two.example/id", "a")
    edit = desk(library).split(story, EntryKey("two", "https://two.example/id"), ())
    kept, new = edit.stories
    assert (kept.id, kept.lead.guid) == (story.id, "https://two.example/id")
    assert new.lead.guid == "a"


def test_a_part_takes_only_keys_that_are_its_own() -> None:
    library = both(original(), copy())
    story = library.story("a")
    kept, new = desk(library).split(story, EntryKey("two", "b"), ()).stories
    assert set(kept.keys) | set(new.keys) == set(story.keys)
    assert not set(kept.keys) & set(new.keys)
    assert any(key.startswith("url:") for key in kept.keys)


def test_an_id_that_is_taken_is_not_given_twice() -> None:
    library = both(original(), copy("https://two.example/id"))
    story = library.story("a")
    free = desk(library).split(story, EntryKey("two", "https://two.example/id"), ()).stories[1]
    again = desk(library).split(story, EntryKey("two", "https://two.example/id"), [free.id]).stories[1]
    third = desk(library).split(story, EntryKey("two", "https://two.example/id"), [free.id, again.id]).stories[1]
    assert free.id == "https://two.example/id"
    assert len({free.id, again.id, third.id, story.id}) == 4


@pytest.mark.parametrize(
    ("decide", "says"),
    [
        pytest.param(lambda d, a, b: d.merge(a, a), "one story already", id="merge one"),
        pytest.param(
            lambda d, a, b: d.merge(a, replace(b, status="withdrawn")), "is withdrawn", id="merge what is not shown"
        ),
        pytest.param(lambda d, a, b: d.unretract(a, (), ""), "not retracted but shown", id="unretract what is shown"),
        pytest.param(
            lambda d, a, b: d.retract(replace(a, status="retracted"), ""), "retracted already", id="retract twice"
        ),
        pytest.param(lambda d, a, b: d.split(a, EntryKey("one", "a"), ()), "no copy to split off", id="split one"),
    ],
)
def test_what_cannot_be_is_said(decide: Callable[[Desk, Story, Story], object], says: str) -> None:
    library = both(original(), copy(url="https://two.example/b", title="Harbour"))
    with pytest.raises(UsageError, match=says):
        decide(desk(library), library.story("a"), library.story("b", "two"))


def test_merge_after_split_is_the_last_word() -> None:
    library = both(original(), copy())
    library.edit(desk(library).split(library.story("a"), EntryKey("two", "b"), ()))
    library.edit(desk(library).merge(library.story("a"), library.story("b", "two")))
    assert library.story("a").id == library.story("b", "two").id
    assert library.story("a").apart == ()


def test_a_source_that_stands_alone_is_never_a_copy() -> None:
    alone = source("two", order=1, options=Options(alone=True))
    library = Shelf(settings(source("one"), alone, source("three", order=2)))
    library.poll("one", [original()])
    library.poll("two", [copy()], now=NOW + timedelta(minutes=1))
    library.poll("three", [entry("c", "three", url=PAGE, title="Bridge")], now=NOW + timedelta(minutes=2))
    assert library.story("b", "two").id != library.story("a").id
    assert library.story("c", "three").id == library.story("a").id
    library.poll("two", [copy(), entry("d", "two", url="https://two.example/id", title="Bridge")], now=LATER)
    assert len(library.stories) == 3


@given(st.lists(st.sampled_from(["retract", "unretract", "one", "two", "gone"]), max_size=8))
def test_retracted_is_shown_never(steps: list[str]) -> None:
    """Whatever happens in whatever order, a story under retraction is in no channel."""
    library = shelf()
    library.poll("one", [original()])
    for number, step in enumerate(steps, 1):
        now, story = NOW + timedelta(hours=number), library.story("a")
        known = [k for k in library.known.values() if k.story_id == story.id]
        at = Desk(library.settings, library.sources, now)
        match step:
            case "retract" if story.status != "retracted":
                library.edit(at.retract(story, ""))
            case "unretract" if story.status == "retracted":
                library.edit(at.unretract(story, known, ""))
            case "one":
                library.poll("one", [original(content=f"<p>{number}</p>")], now=now)
            case "two":
                library.poll("two", [copy(content=f"<p>{number}</p>")], now=now)
            case "gone":
                library.poll("one", [], now=now)
            case _:
                continue
        for one in library.stories.values():
            assert one.status == "shown" or one.channels == ()
        last = next((s for s in reversed(steps[:number]) if "retract" in s), "")
        assert (library.story("a").status == "retracted") == (last == "retract")
