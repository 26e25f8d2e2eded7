"""Archives over a real store: closed in time, left alone afterwards, changed by a retraction alone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from feeds.core.deciding.desk import Desk
from feeds.jobs.regroup import regroup
from feeds.model.channel import Output, Rhythm
from feeds.render import xml
from feeds.render.pieces import Heads
from tests.core.made import settings, source
from tests.jobs.test_jobs import World, world

SITE = Output(id="all", path="/", archives="month", limit=2)
FEBRUARY, MARCH = (datetime(2026, month, 3, 12, tzinfo=UTC) for month in (2, 3))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, settings(source("one"), outputs=(SITE,))) as made:
        made.now = datetime(2026, 2, 1, tzinfo=UTC)
        made.sync()
        regroup(made.work())
        yield made


def tell(desk: World, now: datetime, *items: tuple[str, str]) -> None:
    """Let the source say items of guid and date, and do a pass."""
    body = "".join(
        f"<item><guid>https://one.example/{guid}</guid><link>https://one.example/{guid}</link><title>{guid}</title>"
        f"<pubDate>{format_datetime(datetime.fromisoformat(date).replace(tzinfo=UTC))}</pubDate></item>"
        for guid, date in items
    )
    desk.says("one", f"<rss version='2.0'><channel><title>One</title>{body}</channel></rss>".encode())
    desk.now = now
    desk.pass_()


def told(desk: World, path: str) -> list[str]:
    """Titles of a JSON feed."""
    return [item["title"] for item in json.loads(desk.files[path])["items"]]


def archived(desk: World) -> set[str]:
    return {path for path in desk.files if "feed-" in path}


def following(desk: World, path: str) -> str:
    address: str = json.loads(desk.files[path]).get("next_url", "")
    return address


def test_what_was_there_at_the_beginning_is_filed_by_its_date(desk: World) -> None:
    tell(desk, FEBRUARY, ("a", "2025-12-05"), ("b", "2025-12-06"), ("c", "2026-01-07"), ("d", "2026-02-01"))
    assert archived(desk) == {"/feed-2025-12.json", "/feed-2026-01.json"}
    assert told(desk, "/feed-2025-12.json") == ["b", "a"]
    assert told(desk, "/feed.json") == ["d", "c"]
    assert following(desk, "/feed.json") == "https://desk.example/feed-2026-01.json"
    assert following(desk, "/feed-2026-01.json") == "https://desk.example/feed-2025-12.json"
    assert following(desk, "/feed-2025-12.json") == ""


def test_atom_and_rss_say_where_they_stand(desk: World) -> None:
    tell(desk, FEBRUARY, ("a", "2025-11-05"), ("b", "2025-12-06"), ("c", "2026-01-07"))
    for name, prefix in (("atom", ""), ("rss", "atom:")):
        middle, feed = desk.files[f"/{name}-2025-12.xml"].decode(), desk.files[f"/{name}.xml"].decode()
        for relation, at in (("current", ""), ("prev-archive", "-2025-11"), ("next-archive", "-2026-01")):
            address = f'href="https://desk.example/{name}{at}.xml" rel="{relation}"'
            assert f"<{prefix}link {address}" in middle
        assert "<fh:archive/>" in middle
        assert f'href="https://desk.example/{name}-2026-01.xml" rel="prev-archive"' in feed
        assert "fh:archive" not in feed
        assert 'rel="current"' not in feed


def test_a_burst_beyond_the_count_stays_in_the_feed_until_it_is_archived(desk: World) -> None:
    many = [(f"n{day:02}", f"2026-02-{day:02}") for day in range(1, 21)]
    tell(desk, datetime(2026, 2, 25, tzinfo=UTC), *many)
    assert len(told(desk, "/feed.json")) == 20
    tell(desk, MARCH, ("m", "2026-03-02"))
    assert told(desk, "/feed.json") == ["m", "n20"], "two, and all of March"
    assert len(told(desk, "/feed-2026-02.json")) == 20


def test_a_period_is_closed_without_news(desk: World) -> None:
    tell(desk, FEBRUARY, ("a", "2026-02-01"))
    assert archived(desk) == set()
    desk.now = datetime(2026, 3, 1, 0, 59, tzinfo=UTC)
    desk.pass_()
    assert archived(desk) == set()
    desk.now = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
    desk.pass_()
    assert archived(desk) == {"/feed-2026-02.json"}


def test_what_comes_late_or_is_corrected_changes_no_archive(desk: World) -> None:
    items = ("a", "2026-01-05"), ("b", "2026-01-06")
    tell(desk, FEBRUARY, *items)
    before = {path: desk.files[path] for path in desk.files if "-2026-01" in path}
    assert len(before) == 3
    tell(desk, FEBRUARY + timedelta(days=2), *items, ("late", "2026-01-07"))
    assert told(desk, "/feed.json") == ["late", "b"], "it came late, and is in the feed until February is over"
    desk.says("one", desk.answers["one"].documents[0].body.replace(b"<title>b<", b"<title>b corrected<"))
    desk.now += timedelta(hours=3)
    desk.pass_()
    assert told(desk, "/feed.json") == ["late", "b corrected"]
    assert {path: desk.files[path] for path in before} == before
    tell(desk, MARCH, ("m", "2026-03-02"))
    assert told(desk, "/feed-2026-02.json") == ["late"], "filed where it came"


def test_a_retraction_reaches_its_archive(desk: World) -> None:
    tell(desk, FEBRUARY, ("a", "2025-12-05"), ("b", "2025-12-06"), ("c", "2026-01-07"))
    others = {path: desk.files[path] for path in desk.files if "-2026-01" in path}
    found = {s.lead.title: s for s in desk.store.library.every_story("", 9)}
    table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
    desk.store.library.edit(table.retract(found["a"], ""), desk.now)
    desk.pass_()
    assert told(desk, "/feed-2025-12.json") == ["b"]
    assert not any(b">a<" in body for body in desk.files.values())
    assert {path: desk.files[path] for path in others} == others
    story = next(s for s in desk.store.library.every_story("", 9) if s.status == "retracted")
    back = table.unretract(story, desk.store.overview.entries("one"), "")
    desk.store.library.edit(back, desk.now)
    desk.pass_()
    assert told(desk, "/feed-2025-12.json") == ["b", "a"]


def test_a_withheld_archive_keeps_no_story_that_was_taken_back(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better no document than one that tells what the desk took back."""
    tell(desk, FEBRUARY, ("a", "2025-12-05"), ("b", "2025-12-06"))
    monkeypatch.setattr(xml, "_HEADS", Heads(xml._written))
    monkeypatch.setattr(xml, "head_fault", lambda _document, url: "it says nothing" if "atom-" in url else "")
    desk.store.outbox.mark(["all@2025-12"], desk.now)
    desk.pass_()
    assert b">b<" in desk.files["/atom-2025-12.xml"], "its last good one stays"
    story = next(s for s in desk.store.library.every_story("", 9) if s.lead.title == "a")
    table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
    desk.store.library.edit(table.retract(story, ""), desk.now)
    desk.pass_()
    assert "/atom-2025-12.xml" not in desk.files
    assert not any(b">a<" in body for body in desk.files.values())


@pytest.mark.parametrize(
    ("rhythm", "paths"),
    [
        (None, set()),
        ("day", {"/feed-2025-12-05.json", "/feed-2025-12-06.json", "/feed-2026-01-07.json"}),
        ("year", {"/feed-2025.json"}),
    ],
)
def test_archives_that_are_not_wanted_any_more_end(desk: World, rhythm: Rhythm | None, paths: set[str]) -> None:
    tell(desk, FEBRUARY, ("a", "2025-12-05"), ("b", "2025-12-06"), ("c", "2026-01-07"))
    desk.config = replace(desk.config, outputs=(replace(SITE, archives=rhythm),))
    regroup(desk.work())
    desk.pass_()
    assert archived(desk) == paths
    assert {line.path for line in desk.store.overview.renditions()} == desk.files.keys()


def test_an_output_with_another_id_keeps_all_that_readers_know(desk: World) -> None:
    tell(desk, FEBRUARY, ("a", "2025-12-05"), ("b", "2026-02-01"), ("c", "2026-02-02"))
    found = {s.lead.title: s for s in desk.store.library.every_story("", 9)}
    table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
    desk.store.library.edit(table.retract(found["b"], ""), desk.now)
    desk.pass_()
    before = dict(desk.files)
    assert b"deleted-entry" in before["/atom.xml"]
    desk.config = replace(desk.config, outputs=(replace(SITE, id="main"),))
    regroup(desk.work())
    _, report, _ = desk.pass_()
    assert desk.files == before
    assert "written" not in report.counts
    assert {"main", "main@2025-12"} <= set(desk.store.outbox.channels())
    assert not any(id.startswith("all") for id in desk.store.outbox.channels())
    assert [one.story_id for one in desk.store.library.gone("main", desk.now - timedelta(days=9), 9)] == [found["b"].id]
    desk.config = replace(desk.config, outputs=(SITE, replace(SITE, id="main", path="/main/")))
    regroup(desk.work())
    desk.pass_()
    assert desk.store.library.gone("all", desk.now - timedelta(days=9), 9) == (), "it is one more, and no other name"


def test_an_output_that_is_not_configured_any_more_ends_with_its_archives(desk: World) -> None:
    tell(desk, FEBRUARY, ("a", "2025-12-05"))
    desk.config = replace(desk.config, outputs=(Output(id="other", path="/other/"),))
    regroup(desk.work())
    desk.pass_()
    assert {path.rpartition("/")[0] for path in desk.files} == {"/other", "/sources"}
    assert {line.path for line in desk.store.overview.renditions()} == desk.files.keys()


def test_an_output_that_moves_or_drops_a_format_leaves_nothing_behind(desk: World) -> None:
    tell(desk, FEBRUARY, ("a", "2025-12-05"))
    desk.config = replace(desk.config, outputs=(replace(SITE, path="/new/", formats=("atom", "json")),))
    regroup(desk.work())
    desk.pass_()
    assert desk.files.keys() == {"/new/atom.xml", "/new/feed.json", "/new/atom-2025-12.xml", "/new/feed-2025-12.json"}
    assert {line.path for line in desk.store.overview.renditions()} == desk.files.keys()


def test_what_comes_late_is_in_the_feed_however_full_it_is(desk: World) -> None:
    tell(desk, datetime(2026, 2, 2, tzinfo=UTC), ("b", "2026-02-01"), ("c", "2026-02-01"))
    tell(desk, FEBRUARY, ("late", "2026-01-31"), ("b", "2026-02-01"), ("c", "2026-02-01"), ("d", "2026-02-02"))
    assert told(desk, "/feed.json") == ["d", "b", "c", "late"]
    tell(desk, MARCH, ("m", "2026-03-02"), ("n", "2026-03-01"))
    assert told(desk, "/feed.json") == ["m", "n"]
    assert told(desk, "/feed-2026-02.json") == ["d", "b", "c", "late"]


def test_an_archive_that_had_no_story_is_made_when_one_returns(desk: World) -> None:
    tell(desk, FEBRUARY, ("a", "2026-01-05"))
    story = desk.store.library.every_story("", 9)[0]
    table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
    desk.store.library.edit(table.retract(story, ""), desk.now)
    desk.pass_()
    desk.config = replace(desk.config, outputs=(replace(SITE, id="again", path="/again/"),))
    regroup(desk.work())
    tell(desk, MARCH, ("b", "2026-02-06"), ("c", "2026-03-01"), ("d", "2026-03-02"))
    assert archived(desk) == {"/again/feed-2026-02.json"}
    back = desk.store.library.story(story.id)
    assert back
    table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
    desk.store.library.edit(table.unretract(back, desk.store.overview.entries("one"), ""), desk.now)
    desk.pass_()
    desk.pass_()
    assert told(desk, "/again/feed-2026-01.json") == ["a"]
    assert following(desk, "/again/feed-2026-02.json") == "https://desk.example/again/feed-2026-01.json"
