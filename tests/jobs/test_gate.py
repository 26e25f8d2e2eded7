"""What publishing does with documents that the gate withholds, and with builds that lose too much."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.jobs.publish import publish
from feeds.jobs.regroup import regroup
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
