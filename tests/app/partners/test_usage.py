"""Who reads the public feeds: counted by day, and nobody is known from one day to the next."""

import re
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from feeds.app.build import App, opened
from feeds.app.partners import usage
from feeds.app.passes import run_pass
from feeds.errors import StoreLocked
from feeds.model.changes import Mark
from feeds.web.site import site

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example'}
content: [{id: posts, path: site}]
"""


class Desk:
    """A desk over HTTP, with its clock in the test's hand."""

    def __init__(self, app: App) -> None:
        self.app, self.now = app, NOON
        app.clock = lambda: self.now
        run_pass(app)
        self.counted = usage.Usage(app)
        self.web = site(app.store.overview, {}, lambda: True, seen=self.counted.see)

    def get(self, path: str, client: str, agent: str, tag: str = "") -> int:
        given = {"user-agent": agent, "host": "desk.example", "accept": "*/*", "if-none-match": tag}
        return TestClient(self.web, client=(client, 1)).get(path, headers=given).status_code

    def lines(self) -> dict[str, tuple[int, int, int, int]]:
        self.counted.flush()
        return {
            f"{n.traffic.channel_id} {n.traffic.day}": (
                n.traffic.requests, n.traffic.unchanged, n.subscribers, n.readers
            )
            for n in usage.lines(self.app, 30)
        }  # fmt: skip

    def hashes(self) -> set[str]:
        """Every client that the store knows of."""
        with closing(sqlite3.connect(self.app.settings.store.removeprefix("sqlite:///"))) as connection:
            return {row[0] for row in connection.execute("SELECT client FROM readers")}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/a.md").write_text("---\ntitle: First\ndate: 2026-11-19\n---\nWords.\n")
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    with opened(str(tmp_path / "feeds.yaml"), {}, lock=True) as app:
        yield Desk(app)


def test_subscribers_and_other_readers(desk: Desk) -> None:
    for client, agent in (
        ("192.0.2.1", "Feedbin feed-id:1 - 100 subscribers"),
        ("192.0.2.2", "Feedbin feed-id:1 - 142 subscribers"),  # one service from two addresses
        ("192.0.2.1", "Feedbin feed-id:2 - 8 subscribers"),
        ("198.51.100.1", "Reader/1"),
        ("198.51.100.1", "Reader/1"),
        ("198.51.100.2", "Reader/1"),
        ("2001:db8::1", "Reader/1"),
        ("2001:db8::2", "Reader/1"),  # one household
    ):
        assert desk.get("/atom.xml", client, agent) == 200
    desk.get("/rss.xml", "198.51.100.1", "Reader/1")
    desk.get("/index.html", "198.51.100.9", "Browser/1")
    desk.get("/nothing.xml", "198.51.100.9", "Reader/1")
    assert desk.lines() == {"all 2026-11-20": (9, 0, 150, 3)}


def test_what_was_not_modified_is_told_apart(desk: Desk) -> None:
    etag = TestClient(desk.web).get("/atom.xml", headers={"host": "desk.example"}).headers["etag"]
    assert desk.get("/atom.xml", "192.0.2.1", "Reader/1", etag) == 304
    assert desk.lines()["all 2026-11-20"][:2] == (2, 1)


def test_the_latest_item_that_was_told_and_how_far_that_is_behind(desk: Desk) -> None:
    """A post comes after the last request; who asks again, or holds what is there, is not behind."""

    def told() -> tuple[datetime | None, timedelta | None]:
        desk.counted.flush()
        (line,) = usage.lines(desk.app, 30)
        return line.traffic.newest, line.behind

    first = datetime(2026, 11, 19, tzinfo=UTC)
    desk.get("/atom.xml", "192.0.2.1", "Reader/1")
    assert told() == (first, timedelta(0))
    folder = Path(desk.app.settings.sources[0].location)
    (folder / "b.md").write_text("---\ntitle: Second\ndate: 2026-11-20\n---\nWords.\n")
    desk.now += timedelta(minutes=30)
    run_pass(desk.app)
    assert told() == (first, timedelta(days=1))
    desk.get("/rss.xml", "192.0.2.1", "Reader/1")
    assert told() == (first + timedelta(days=1), timedelta(0))


def test_nobody_is_known_the_next_day_and_hashes_go_after_thirty(desk: Desk) -> None:
    desk.get("/atom.xml", "192.0.2.1", "Reader/1")
    desk.counted.flush()
    first = desk.hashes()
    assert all(re.fullmatch("[0-9a-f]{32}", text) for text in first)
    again = usage.Usage(desk.app)  # a restart on the same day
    again.see(("/atom.xml", "192.0.2.1", [(b"user-agent", b"Reader/1")], 200, 1))
    again.flush()
    assert desk.hashes() == first
    desk.now += timedelta(days=1)
    desk.get("/atom.xml", "192.0.2.1", "Reader/1")
    assert set(desk.lines()) == {"all 2026-11-20", "all 2026-11-21"}
    assert len(desk.hashes()) == 2, "another salt, another hash"
    desk.app.store.partners.expire(NOON + timedelta(days=31))
    assert desk.hashes().isdisjoint(first)
    assert desk.lines()["all 2026-11-20"] == (2, 0, 0, 0), "the counts stay"


ASKED = ("/atom.xml", "192.0.2.1", [(b"user-agent", b"Reader/1")], 200, 1)


@pytest.mark.parametrize("held", ["count", "read_by"])
def test_a_held_store_loses_no_request_and_counts_none_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, held: str
) -> None:
    def locked(*_: object) -> None:
        raise StoreLocked("another process works on it")

    desk.counted.see(ASKED)
    with monkeypatch.context() as patch:
        patch.setattr(type(desk.app.store.partners), held, locked)
        desk.counted.flush()
    assert "counts of readers wait: another process works on it" in caplog.text
    desk.counted.see(ASKED)
    assert desk.lines() == {"all 2026-11-20": (2, 0, 0, 1)}


def test_of_more_than_can_wait_the_first_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def more_come(*_: object) -> None:
        for _n in range(usage.MOST - 1):
            desk.counted.see(ASKED)
        raise StoreLocked("another process works on it")

    for status in (500, 304):
        desk.counted.see((*ASKED[:3], status, 1))
    with monkeypatch.context() as patch:
        patch.setattr(type(desk.app.store.partners), "count", more_come)
        desk.counted.flush()
    assert desk.lines() == {"all 2026-11-20": (usage.MOST, 1, 0, 1)}


def test_ticks_of_several_threads_count_each_request_once(desk: Desk) -> None:
    failed: list[Exception] = []

    def flush() -> None:
        try:
            desk.counted.flush()
        except Exception as error:
            failed.append(error)

    was = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            for _ in range(500):
                desk.counted.see(ASKED)
            threads = [threading.Thread(target=flush) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
    finally:
        sys.setswitchinterval(was)
    assert failed == []
    assert desk.lines() == {"all 2026-11-20": (10_000, 0, 0, 1)}


def test_what_was_asked_for_is_noted_whatever_the_format(desk: Desk) -> None:
    resting = desk.app.store.outbox.resting

    def asked() -> datetime | None:
        adds = Mark(channel_id="all", due=desk.now, adds=True)
        desk.app.store.library.restate((), (), [adds])
        return resting.calm(["all"], desk.now)["all"]

    desk.get("/", "198.51.100.1", "Browser/1")
    desk.counted.flush()
    assert asked() is None, "nothing rests here"
    site = replace(desk.app.settings.site, rest_after=timedelta(hours=1))
    desk.app.settings = replace(desk.app.settings, site=site)
    for path in ("/", "/opml.xml", "/rss.xml", "/index.html"):
        desk.now += timedelta(hours=1)
        desk.get(path, "198.51.100.1", "Browser/1")
        desk.counted.flush()
        assert asked() == desk.now, path
    first, desk.now = desk.now, desk.now + usage.NOTED / 2
    desk.get("/index.html", "198.51.100.1", "Browser/1")
    desk.get("/static/style.css", "198.51.100.1", "Browser/1")
    desk.get("/nothing.xml", "198.51.100.1", "Browser/1")
    desk.counted.flush()
    assert asked() == first, "once a minute is enough"
