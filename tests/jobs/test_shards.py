"""Publishing and delivering in parts: together they do what one job does, each its own alone, none under old settings."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.core.publishing import pages
from feeds.jobs.deliver import deliver
from feeds.jobs.poll import poll
from feeds.jobs.publish import publish
from feeds.jobs.regroup import regroup
from feeds.model.buckets import bucket_of_channel, bucket_of_url, shard_in
from feeds.model.channel import Output
from feeds.model.job import Job
from feeds.model.source import Fetched, Source, SourceState
from feeds.ports.wire import Hurry
from tests.core.made import settings, source
from tests.jobs.test_jobs import POLL, PUBLISH, World, rss, world

SHARDS = 8
HUBS = tuple(f"https://hub{n}.example/" for n in range(4))
OUTPUTS = tuple(Output(id=f"out{n}", path=f"/out{n}/") for n in range(6))


def _desk(world_: World) -> World:
    world_.says("one", rss(("a", "First"), ("b", "Second")))
    world_.sync()
    regroup(world_.work())
    return world_


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[World, World]]:
    """Two desks of one configuration, over the same news."""
    config = settings(source("one"), hubs=HUBS, outputs=(Output(id="all", path="/"), *OUTPUTS))
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    with world(tmp_path / "whole", config) as whole, world(tmp_path / "parts", config) as parts:
        yield _desk(whole), _desk(parts)


def _publish(desk: World, shard: int) -> None:
    publish(Job(name="publish", shard=shard), desk.work(shards=SHARDS))


def test_all_parts_together_are_the_whole(desks: tuple[World, World]) -> None:
    whole, parts = desks
    whole.pass_()
    poll(POLL, parts.work())
    for shard in (*range(SHARDS), *range(SHARDS)):  # twice: the front page's shard asks that of the page of sources
        _publish(parts, shard)
    assert parts.files == whole.files
    assert "/sources/index.html" in parts.files
    for shard in range(SHARDS):
        deliver(Job(name="deliver", shard=shard), parts.work(shards=SHARDS))
    assert {d.id for d in parts.sent} == {d.id for d in whole.sent}
    assert len(parts.sent) == len(whole.sent), "none twice"


def test_a_part_leaves_what_is_anothers(desks: tuple[World, World]) -> None:
    _, desk = desks
    poll(POLL, desk.work())
    mine = shard_in(bucket_of_channel("out1"), SHARDS)
    _publish(desk, mine)
    left = {channel for channel, _ in desk.store.outbox.dirty(desk.now, 99)}
    assert left == {
        o.id for o in (*OUTPUTS, Output(id="all", path="/")) if shard_in(bucket_of_channel(o.id), SHARDS) != mine
    } | ({pages.SOURCES} & left)
    for shard in range(SHARDS):
        _publish(desk, shard)
    home = shard_in(bucket_of_url(HUBS[0]), SHARDS)
    deliver(Job(name="deliver", shard=home), desk.work(shards=SHARDS))
    assert {d.target for d in desk.sent} == {h for h in HUBS if shard_in(bucket_of_url(h), SHARDS) == home}


def test_a_build_under_old_settings_ends_no_output_that_is_new(desks: tuple[World, World]) -> None:
    """A reload while documents are brought out: the new output's mark is not one of a channel that ended."""
    desk, _ = desks
    desk.pass_()
    for channel in ("out0", "out1"):
        desk.store.outbox.mark([channel], desk.now)
    reloaded: list[str] = []
    began = desk.work(progress=lambda channel, _left: reloaded.append(channel), current=lambda: not reloaded)
    desk.config = replace(desk.config, outputs=(*desk.config.outputs, Output(id="zulu", path="/zulu/")))
    desk.store.outbox.mark(["zulu"], desk.now)
    report = publish(PUBLISH, began)
    assert (report.outcome, len(reloaded)) == ("more", 1)
    assert "zulu" in dict(desk.store.outbox.dirty(desk.now, 9))
    regroup(desk.work())
    publish(PUBLISH, desk.work())
    assert "/zulu/atom.xml" in desk.files


def test_a_poll_under_old_settings_leaves_the_rest_due(desks: tuple[World, World]) -> None:
    desk, _ = desks
    assert poll(POLL, desk.work(current=lambda: False)).outcome == "more"
    assert [s.id for s, _ in desk.store.library.due(0, desk.now, 9)] == ["one"]


def test_answers_that_waited_while_settings_changed_are_asked_for_again(desks: tuple[World, World]) -> None:
    """Stories are regrouped at a reload; what is settled under the old settings after that would keep its categories."""
    desk, _ = desks
    began = desk.work()
    old, new = began.settings, replace(desk.config, sources=(source("one", categories=("News",)),))

    def fetch(batch: Sequence[tuple[Source, SourceState]], hurry: Hurry) -> Iterator[Fetched | None]:
        yield from desk.fetch(batch, hurry)
        desk.config = new
        desk.sync()
        regroup(desk.work())

    ports = replace(began.ports, fetch=fetch)
    assert poll(POLL, replace(began, ports=ports, current=lambda: desk.config is old)).outcome == "more"
    assert poll(POLL, desk.work()).counts["new"] == 2
    stories = desk.store.library.every_story("", 9)
    assert {c.slug for s in stories for m in s.members for c in m.categories} == {"news"}
    assert desk.asked == ["one", "one"]
