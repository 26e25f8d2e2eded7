"""The port `Library`: what is due, what a poll reads, and that it writes whole or not at all."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from feeds.errors import StaleView, StoreError
from feeds.model.changes import Changes, PollView, Saved
from feeds.model.entry import Enclosure, EntryKey, Image, Origin, Person
from feeds.model.source import FeedInfo, Options, Problem, Source, SourceState, Validators
from feeds.model.story import Category
from feeds.store import Store
from feeds.store.tables import metadata, sources
from tests.store.made import (
    DAY,
    MINUTE,
    NOW,
    TECH,
    changes,
    decision,
    entry,
    member,
    ready,
    saved,
    source,
    story,
    tell,
    told,
    window,
)


def test_due_local_first_then_oldest_then_order(store: Store) -> None:
    library = ready(
        store,
        source("late", order=0),
        source("z", order=2),
        source("y", order=1),
        source("off", enabled=False),
        source("resting"),
        source("posts", kind="content", location="/posts", order=9),
    )
    library.pause("resting", True)
    view = library.poll_view("late", (), ())
    library.apply(changes(view, NOW))
    assert [s.id for s, _ in library.due(0, NOW, 9)] == ["posts", "y", "z"]
    assert [s.id for s, _ in library.due(0, NOW + DAY, 9)] == ["posts", "y", "z", "late"]
    assert [s.id for s, _ in library.due(0, NOW, 1)] == ["posts"]
    assert library.due(1, NOW, 9) == []


def test_strike_is_noted_and_apply_clears_it(store: Store) -> None:
    library = ready(store)
    library.begin("a")
    library.begin("a")
    view = library.poll_view("a", (), ())
    assert view.state.strikes == 2
    library.apply(changes(view))
    assert library.poll_view("a", (), ()).state.strikes == 0


def test_strikes_stay_while_they_are_why_the_source_rests(store: Store) -> None:
    library = ready(store)
    library.begin("a")
    view = library.poll_view("a", (), ())
    done = changes(view)
    library.apply(replace(done, state=replace(done.state, problem=Problem(code="crashed"))))
    assert library.poll_view("a", (), ()).state.strikes == 1


def test_state_comes_back_as_written(store: Store) -> None:
    library = ready(store)
    state = SourceState(
        source_id="a",
        due=NOW + DAY,
        validators=Validators(etag='W/"x"', last_modified="Sun, 01 Mar 2026 11:00:00 GMT"),
        body_hash="aa",
        polled=NOW,
        changed=NOW - DAY,
        failures=3,
        problem=Problem(code="timeout", detail="10 s", where="https://a.example/feed"),
        moved_to="https://b.example/",
        moved_count=2,
        moved_since=NOW,
        info=FeedInfo(title="가", ttl=timedelta(minutes=90)),
    )
    library.apply(Changes(was_due=NOW, state=state))
    assert library.poll_view("a", (), ()).state == state


FULL = entry(
    "full",
    summary="요약",
    content="<p>본문 😀</p>",
    updated=NOW + MINUTE,
    authors=(Person(name="김", email="k@example.kr"),),
    tags=("x",),
    categories=("기술",),
    enclosures=(Enclosure(url="https://a.example/1.mp3", length=2**63, duration=timedelta(seconds=61.5)),),
    image=Image(url="https://a.example/i.png", width=3),
    origin=Origin(title="elsewhere"),
    path="_posts/글.md",
    hold="draft",
    release=NOW + DAY,
    guid_made=True,
)


def test_entry_and_story_come_back_as_written(store: Store) -> None:
    library = ready(store)
    one = replace(entry("1"), published=None)
    tell(library, FULL, entry("2"), release=NOW + DAY)
    library.apply(changes(library.poll_view("a", (), ()), entries=(saved(one, status="dropped"),)))
    view = library.poll_view("a", ["full", "1"], ["id:story:full", "id:story:2", "id:nobody"])
    assert view.known["full"].entry == FULL
    assert view.known["full"].story_id == "story:full"
    assert (view.known["1"].entry, view.known["1"].status) == (one, "dropped")
    assert view.known.keys() == {"full", "1"}
    assert view.stories["id:story:full"] == story("story:full", member(FULL), release=NOW + DAY)
    assert view.stories.keys() == {"id:story:full", "id:story:2"}
    assert view.categories == {"tech": TECH}


def test_view_finds_entries_by_page_too_and_all_of_a_folder(store: Store) -> None:
    library = ready(store, source("a"), source("b"), source("posts", kind="content", location="/posts"))
    for name in ("a", "b", "posts"):
        tell(library, entry(f"1{name}", name), entry(f"2{name}", name))
    view = library.poll_view("a", ["1b"], ["url:page:https://a.example/2a", "url:page:https://b.example/1b"])
    assert view.known.keys() == {"2a"}
    assert view.stories.keys() == {"id:story:2a"}
    assert library.poll_view("posts", (), ()).known.keys() == {"1posts", "2posts"}


def test_what_is_known_is_added_to_a_view_as_it_began(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"), entry("2", "b"))
    whole = library.poll_view("a", ["1"], ["id:story:2"])
    begun = PollView(source=whole.source, state=replace(whole.state, body_hash="before"))
    found = library.known(begun, ["1"], ["id:story:2"])
    assert (found.source, found.state, found.known, found.stories) == (begun.source, begun.state, whole.known, {})
    assert library.widened(found, ["id:story:2"]) == replace(whole, state=begun.state)


def test_view_of_thousands_of_keys(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    names = [str(n) for n in range(3000)]
    view = library.poll_view("a", names, [f"id:story:{n}" for n in names])
    assert view.known.keys() == {"1"}


def test_story_without_keys_is_found_through_its_entry(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"), keys=())
    assert [s.id for s in library.poll_view("a", ["1"], ()).stories.values()] == ["story:1"]


def test_members_show_what_their_source_says_now(store: Store) -> None:
    posts = source("posts", kind="content", location="/posts")
    library = ready(store, source("a"), posts)
    tell(library, entry("1"), entry("2"))
    tell(library, entry("p", "posts"))
    view = library.poll_view("a", (), ())
    library.apply(changes(view, state=replace(view.state, due=NOW + DAY, info=FeedInfo(title="A", home="https://a/"))))
    library.sync((source("a", prefer=7, order=3, title="Mine"), posts), lambda _: 0, NOW)
    found = library.poll_view("a", (), ["id:story:1", "id:story:p"]).stories
    lead = found["id:story:1"].members[0]
    assert (lead.prefer, lead.order, lead.local) == (7, 3, False)
    location = "https://a.example/feed"
    assert lead.origin == Origin(id=location, title="Mine", url="https://a/", feed_url=location)
    assert found["id:story:p"].members[0].local
    assert found["id:story:p"].members[0].origin is None


def test_db_11_fence_refuses_the_second_of_two_polls(store: Store) -> None:
    library = ready(store)
    view = library.poll_view("a", (), ())
    library.apply(changes(view, **told(entry("1"))))
    with pytest.raises(StaleView, match="source a was polled"):
        library.apply(changes(view, **told(entry("2"))))
    assert library.poll_view("a", ["1", "2"], ()).known.keys() == {"1"}


def test_db_16_two_sources_with_one_key_make_one_story(store: Store) -> None:
    library = ready(store)
    one, two = library.poll_view("a", (), ["url:x"]), library.poll_view("b", (), ["url:x"])
    first, second = entry("1", "a"), entry("1", "b")
    library.apply(
        changes(one, entries=(saved(first, "s1"),), stories=(story("s1", member(first), keys=("url:x", "id:1")),))
    )
    late = changes(two, entries=(saved(second, "s2"),), stories=(story("s2", member(second), keys=("url:x",)),))
    with pytest.raises(StaleView):
        library.apply(late)
    assert library.poll_view("b", ["1"], ()).known == {}
    again = library.poll_view("b", (), ["url:x"])
    joined = replace(again.stories["url:x"], members=(member(first), member(second)))
    library.apply(changes(again, entries=(saved(second, "s1"),), stories=(joined,)))
    (both,) = library.stories(window())
    assert [m.key for m in both.members] == [EntryKey("a", "1"), EntryKey("b", "1")]
    assert both.version == 2


def test_db_16_a_poll_does_not_undo_what_another_did_to_the_same_story(store: Store) -> None:
    library = ready(store, source("a"), source("b"), source("c"))
    tell(library, entry("1"))
    views = {name: library.poll_view(name, (), ["id:story:1"]) for name in ("b", "c")}
    made = {name: entry("1", name) for name in views}
    for name, refused in (("b", False), ("c", True)):
        old = views[name].stories["id:story:1"]
        late = changes(
            views[name],
            entries=(saved(made[name], old.id),),
            stories=(replace(old, members=(*old.members, member(made[name]))),),
        )
        if refused:
            with pytest.raises(StaleView, match="story:1 changed"):
                library.apply(late)
        else:
            library.apply(late)


def test_a_new_story_does_not_take_the_place_of_one_with_its_id(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    mine = entry("1", "b")
    with pytest.raises(StaleView):
        library.apply(
            changes(
                library.poll_view("b", (), ()),
                entries=(saved(mine, "story:1"),),
                stories=(story("story:1", member(mine), keys=()),),
            )
        )


def test_members_of_others_cannot_be_lost_or_stolen(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    view = library.poll_view("b", (), ["id:story:1"])
    mine = entry("x", "b")
    lone = replace(view.stories["id:story:1"], members=(member(mine),))
    with pytest.raises(StaleView, match="joined a story"):
        library.apply(changes(view, entries=(saved(mine, lone.id),), stories=(lone,)))
    thief = story("thief", member(mine), member(entry("1")))
    with pytest.raises(StaleView, match="left for story"):
        library.apply(changes(view, entries=(saved(mine, "thief"),), stories=(thief,)))


def test_member_that_expired_meanwhile_is_stale(store: Store) -> None:
    library = ready(store)
    mine = entry("x", "b")
    ghost = story("s", member(mine), member(entry("gone")))
    with pytest.raises(StaleView):
        library.apply(changes(library.poll_view("b", (), ()), entries=(saved(mine, "s"),), stories=(ghost,)))


def test_merged_stories_lead_on(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"), entry("2"))
    tell(library, entry("3", "b"))
    view = library.poll_view("b", ["3"], ["id:story:1", "id:story:2"])
    one, two = view.stories["id:story:1"], view.stories["id:story:2"]
    kept = replace(one, members=(*one.members, *two.members), keys=(*one.keys, *two.keys))
    library.apply(changes(view, stories=(kept,), merged={two.id: one.id}))
    view = library.poll_view("a", ["2"], ["id:story:2"])
    assert view.known["2"].story_id == "story:1"
    assert view.stories["id:story:2"] == kept
    assert {s.id for s in library.stories(window())} == {"story:1", "story:3"}
    view = library.poll_view("b", (), ["id:story:1", "id:story:3"])
    last = view.stories["id:story:3"]
    kept = view.stories["id:story:1"]
    whole = replace(last, members=(*last.members, *kept.members), keys=(*last.keys, *kept.keys))
    library.apply(changes(view, stories=(whole,), merged={kept.id: last.id}))
    found = store.overview.find("story:2")
    assert [s.id for s in found.stories] == ["story:3"]
    assert found.moves == {"story:1": "story:3", "story:2": "story:3"}
    assert {d.guid for d in found.decisions} == {"1", "2", "3"}


def test_keys_of_a_story_are_replaced_and_free_again(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"), keys=("text:old", "id:1"))
    view = library.poll_view("a", ["1"], ())
    library.apply(changes(view, stories=(replace(view.stories["id:1"], keys=("text:new", "id:1")),)))
    assert library.poll_view("b", (), ["text:old", "text:new"]).stories.keys() == {"text:new"}


FAULT = {  # whatever is added to a table is refused
    "sqlite": ("CREATE TRIGGER fault BEFORE INSERT ON {step} BEGIN SELECT RAISE(ABORT, 'x'); END",),
    "postgresql": (
        "CREATE FUNCTION fault() RETURNS trigger AS 'BEGIN RAISE ''x''; END' LANGUAGE plpgsql",
        "CREATE TRIGGER fault BEFORE INSERT ON {step} EXECUTE FUNCTION fault()",
    ),
}


@pytest.mark.parametrize("step", ["story_keys", "members", "story_channels", "decisions", "marks"])
def test_whole_or_nothing(store: Store, step: str) -> None:
    """A failure at any table leaves no trace, not even the fence."""
    library = ready(store)
    tell(library, entry("0"))
    before = _everything(store)
    with library._db.write() as connection:
        for statement in FAULT[connection.dialect.name]:
            connection.execute(text(statement.format(step=step)))
    view = library.poll_view("a", (), ())
    with pytest.raises(StoreError):
        library.apply(changes(view, NOW + DAY, **told(entry("1"), at=NOW + DAY)))
    assert _everything(store) == before


def _everything(store: Store) -> tuple[Any, ...]:
    with store.library._db.read() as connection:
        return tuple((table.name, connection.execute(select(table)).all()) for table in metadata.sorted_tables)


def test_a_pause_during_a_poll_stays(store: Store) -> None:
    library = ready(store)
    view = library.poll_view("a", (), ())
    library.pause("a", True)
    library.apply(changes(view))
    assert library.poll_view("a", (), ()).state.paused
    library.pause("a", False)
    assert not library.poll_view("a", (), ()).state.paused


def test_unknown_source_is_named(store: Store) -> None:
    with pytest.raises(StoreError, match="no source 'x' is stored"):
        store.library.poll_view("x", (), ())
    with pytest.raises(StoreError, match="no source 'x' is stored"):
        store.library.pause("x", True)


HOSTILE = {
    "DB-12 NUL": ("a\x00b", "ab"),
    "DB-12 lone surrogate": ("a\ud800b", "a\ufffdb"),
    "DB-12 10 MB": ("x" * 10_000_000, "x" * 10_000_000),
    "DB-12 escaped NUL": ("\\u0000", "\\u0000"),
    "DB-13 quote": ("'; DROP TABLE entries; --", "'; DROP TABLE entries; --"),
    "DB-13 wildcards": ('%_?:x@y"`[]', '%_?:x@y"`[]'),
}


@pytest.mark.parametrize(("given", "kept"), HOSTILE.values(), ids=HOSTILE)
def test_text_that_databases_refuse(store: Store, given: str, kept: str) -> None:
    library = ready(store)
    short, name = given[:1000], kept[:1000]
    one = replace(entry(short), title=given, content=given, tags=(given,), url="https://a.example/1")
    tell(library, one, channels=(short,))
    said = decision("1", says=short, rule=short, facts={short: short})
    library.apply(changes(library.poll_view("a", (), ()), decisions=(said,)))
    library.set_meta(short, given)
    assert library.meta(short) == kept
    known = library.poll_view("a", [short], [f"id:story:{short}"]).known[name]
    assert known.entry == replace(one, guid=name, title=kept, content=kept, tags=(kept,))
    assert len(library.stories(window(short))) == 1
    assert store.overview.find(short).entries[0].entry.title == kept


def test_fields_of_a_newer_version_are_passed_over(store: Store) -> None:
    library = ready(store)
    with library._db.write() as connection:
        definition = connection.scalar(select(sources.c.definition).where(sources.c.id == "a")) or ""
        later = definition.replace("{", '{"later":"x",', 1)
        connection.execute(update(sources).values(definition=later))
    assert library.poll_view("a", (), ()).source == source("a")


def test_source_comes_back_as_defined(store: Store) -> None:
    full = Source(
        id="x",
        kind="content",
        location="/a",
        title="가",
        home="https://x.example",
        categories=("기술",),
        every=timedelta(seconds=90),
        prefer=-3,
        order=4,
        options=Options(content="summary", keep=timedelta(days=7), date_from=("git",), headers={"X-Key": "1"}),
    )
    found = ready(store, full).due(0, NOW, 1)[0][0]
    assert set(found.options.headers) == {"X-Key"}
    assert replace(found, options=replace(found.options, headers=full.options.headers)) == full


def test_categories_are_added_once_and_may_be_spelt_anew(store: Store) -> None:
    library = ready(store)
    for name in ("기술", "기술", "Technik"):
        library.restate((), (Category(slug="tech", name=name),), ())
    assert library.categories() == {"tech": Category(slug="tech", name="Technik")}


def test_saved_again_keeps_its_first_sight(store: Store) -> None:
    library = ready(store)
    tell(library, entry("1"))
    again = Saved(entry=entry("1", title="new"), fingerprint="g", status="kept", first_seen=NOW + DAY)
    library.apply(changes(library.poll_view("a", (), ()), entries=(again,)))
    known = library.poll_view("a", ["1"], ()).known["1"]
    assert (known.first_seen, known.fingerprint, known.entry.title) == (NOW, "g", "new")
