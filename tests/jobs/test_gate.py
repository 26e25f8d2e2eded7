"""What publishing does with documents that the gate withholds, and with builds that lose too much."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.core.deciding.desk import Desk
from feeds.jobs.publish import publish
from feeds.jobs.regroup import regroup
from feeds.model.changes import Mark
from feeds.model.channel import Output
from feeds.model.settings import Gate
from feeds.model.story import Fate
from feeds.render import xml
from feeds.render.pieces import Heads
from tests.core.made import settings, source
from tests.jobs.test_jobs import PUBLISH, World, rss, world


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, settings(source("one"))) as made:
        made.says("one", rss(("a", "First"), ("b", "Second")))
        made.sync()
        regroup(made.work())
        yield made


def test_a_withheld_document_leaves_its_last_good_one(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.pass_()
    before, places = dict(desk.files), dict(desk.store.outbox.places("all"))
    monkeypatch.setattr(xml, "_HEADS", Heads(xml._written))
    monkeypatch.setattr(xml, "head_fault", lambda _document, url: "it says nothing" if "atom" in url else "")
    desk.says("one", rss(("a", "First"), ("b", "Second"), ("c", "Third")))
    desk.now += timedelta(hours=1)
    _, published, _ = desk.pass_()
    assert published.problems["all:atom"].code == "withheld"
    assert published.problems["all:atom"].detail == "it says nothing"
    assert published.counts["withheld"] == 1
    assert desk.files["/atom.xml"] == before["/atom.xml"]
    assert desk.store.outbox.places("all")["atom"] == places["atom"]
    assert b"Third" in desk.files["/rss.xml"]
    assert b"Third" in desk.files["/feed.json"]
    monkeypatch.undo()
    desk.store.outbox.mark(["all"], desk.now)
    assert "withheld" not in publish(PUBLISH, desk.work()).counts
    assert b"Third" in desk.files["/atom.xml"]


def many(*numbers: int) -> bytes:
    return rss(*((str(n), f"Story {n}") for n in numbers))


@pytest.fixture
def full(tmp_path: Path) -> Iterator[World]:
    """A channel of twelve stories by two sources, brought out once."""
    with world(tmp_path, settings(source("one"), source("two", order=1))) as made:
        made.says("one", many(*range(10)))
        made.says("two", rss(("x", "Other"), ("y", "Another")))
        made.sync()
        regroup(made.work())
        made.pass_()
        assert len(made.store.outbox.shown("all").stories) == 12
        yield made


def leave(desk: World, count: int) -> None:
    """The first source is taken from the channel, but for *count* of its stories: a rule that drops too much."""
    stories = desk.store.library.every_story("", 99)
    going = [s for s in stories if s.lead.source_id == "one"][count:]
    desk.store.library.restate([replace(s, channels=()) for s in going], (), [Mark(channel_id="all", due=desk.now)])


def test_a_build_that_loses_too_much_is_held_and_said(full: World) -> None:
    before = dict(full.files)
    leave(full, 3)
    report = publish(PUBLISH, full.work())
    assert report.outcome == "done"
    assert report.counts["held"] == 1
    assert report.problems["all"].code == "losses"
    assert report.problems["all"].detail == "7 of 12 stories would go, more than 50% (`gate.drop`)"
    assert full.files == before
    assert [line.reason for line in full.store.overview.holds()] == [report.problems["all"].detail]
    assert publish(PUBLISH, full.work()).counts == {}


def test_a_build_that_loses_less_goes_out(full: World) -> None:
    leave(full, 4)
    assert "held" not in publish(PUBLISH, full.work()).counts
    assert full.files["/atom.xml"].count(b"<entry") == 6


def test_a_held_build_goes_out_when_it_is_allowed(full: World) -> None:
    leave(full, 0)
    assert publish(PUBLISH, full.work()).counts["held"] == 1
    full.store.outbox.allow(["all"], full.now)
    assert "held" not in publish(PUBLISH, full.work()).counts
    assert full.files["/atom.xml"].count(b"<entry") == 2
    assert full.store.overview.holds() == ()
    assert len(full.store.outbox.shown("all").stories) == 2


def test_a_held_build_goes_out_when_what_was_lost_is_back(full: World) -> None:
    stories = full.store.library.every_story("", 99)
    leave(full, 0)
    assert publish(PUBLISH, full.work()).counts["held"] == 1
    again = {s.id: s.version for s in full.store.library.every_story("", 99)}
    back = [replace(s, version=again[s.id]) for s in stories]
    full.store.library.restate(back, (), [Mark(channel_id="all", due=full.now)])
    assert "held" not in publish(PUBLISH, full.work()).counts
    assert full.store.overview.holds() == ()


def test_the_share_is_the_configurations(full: World) -> None:
    full.config = replace(full.config, gate=Gate(drop=0.9))
    leave(full, 0)
    assert "held" not in publish(PUBLISH, full.work()).counts


def test_a_retraction_is_never_held(full: World) -> None:
    stories = [s for s in full.store.library.every_story("", 99) if s.lead.source_id == "one"]
    taken = replace(stories[0], status="retracted", channels=())
    others = [replace(s, channels=()) for s in stories[1:]]
    full.store.library.restate([taken, *others], (), [Mark(channel_id="all", due=full.now)])
    assert "held" not in publish(PUBLISH, full.work()).counts
    assert stories[0].lead.title.encode() not in full.files["/atom.xml"]


def test_what_is_too_old_to_be_kept_is_not_lost(full: World) -> None:
    one, two = full.config.sources
    full.config = replace(
        full.config, sources=(replace(one, options=replace(one.options, keep=timedelta(days=1))), two)
    )
    full.says("one", many(99))
    full.now += timedelta(days=40)
    full.pass_()
    while full.store.library.expire(full.now, 100):
        pass
    assert len(full.store.library.every_story("", 99)) == 3
    assert "held" not in publish(PUBLISH, full.work()).counts
    assert full.files["/atom.xml"].count(b"<entry") == 3


def test_the_library_tells_what_became_of_stories(full: World) -> None:
    one, two = full.store.library.every_story("", 2)
    full.store.library.restate([replace(two, status="retracted", channels=())], (), ())
    assert full.store.library.fates([one.id, two.id, "tag:none,2026:1"]) == {
        one.id: Fate(story_id=one.id, status="shown"),
        two.id: Fate(story_id=two.id, status="retracted"),
    }


def test_a_withheld_document_keeps_no_story_that_was_taken_back(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better no document than one that tells what the desk took back."""
    desk.pass_()
    monkeypatch.setattr(xml, "_HEADS", Heads(xml._written))
    monkeypatch.setattr(xml, "head_fault", lambda _document, url: "it says nothing" if "atom" in url else "")
    story = next(s for s in desk.store.library.every_story("", 9) if s.lead.title == "First")
    table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
    desk.store.library.edit(table.retract(story, ""), desk.now)
    publish(PUBLISH, desk.work())
    assert "/atom.xml" not in desk.files
    assert not any(b">First<" in body for body in desk.files.values())
    monkeypatch.undo()
    desk.store.outbox.mark(["all"], desk.now)
    publish(PUBLISH, desk.work())
    assert b"Second" in desk.files["/atom.xml"]


def test_a_retraction_goes_out_through_a_hold_whatever_is_older(desk: World) -> None:
    """What is retracted may be older than all that the held build would tell."""
    one, two = source("one"), source("two", order=1)
    output = Output(id="all", path="/", limit=3)
    desk.config = replace(desk.config, sources=(one, two), outputs=(output,), gate=Gate(drop=0.5, least=2))
    desk.says("two", rss(("x", "Old")).replace(b"01 Feb 2026", b"01 Jan 2026").replace(b"Sun", b"Thu"))
    desk.sync()
    regroup(desk.work())
    desk.pass_()
    assert b">Old<" in desk.files["/atom.xml"]
    desk.config = replace(desk.config, outputs=(replace(output, only="source = 'none'"),))
    regroup(desk.work())
    publish(PUBLISH, desk.work())
    assert b">Old<" in desk.files["/atom.xml"], "held"
    story = next(s for s in desk.store.library.every_story("", 9) if s.lead.title == "Old")
    table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
    desk.store.library.edit(table.retract(story, ""), desk.now)
    desk.store.outbox.mark(["all"], desk.now)
    publish(PUBLISH, desk.work())
    assert b">Old<" not in desk.files["/atom.xml"]
