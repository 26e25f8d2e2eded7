"""An hour of polls by real readers: what has not changed is 304, and no body is sent twice to who kept its validator.

The hour is the last one: revisions bear dates in it, the polls of five minutes follow one another at once.
"""

import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feeds.model.channel import Rendition
from feeds.render import render
from feeds.web.site import RawHeaders, Site
from feeds.web.wire.http import Answer
from tests.render.samples import channel, feed, item
from tests.web.served import Running, Shelf, running

POLLS = 12  # of an hour
CHANGED = (0, 4, 5, 9)  # before these polls something is published
CHANNEL = channel(formats=("atom",))


@dataclass
class Told:
    """What one client was answered: statuses, the tags of the bodies, and those among them that it said it had."""

    statuses: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)


class Recorded:
    """A site, and what it answers by either way, in their order."""

    def __init__(self, web: Site) -> None:
        self.front, self._web = web.front, web
        self.told = Told()

    def _note(self, raw: RawHeaders, status: int, etag: str) -> None:
        self.told.statuses.append(status)
        if status != 304:
            tag = etag.strip('"').partition("-")[0]
            self.told.bodies.append(tag)
            if tag in dict(raw).get(b"if-none-match", b"").decode():
                self.told.again.append(tag)

    def at_hand(self, target: bytes, raw: RawHeaders, peer: str) -> Answer | None:
        answer = self._web.at_hand(target, raw, peer)
        if answer:
            self._note(raw, answer.status, answer.headers.get("ETag", ""))
        return answer

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = {name.lower(): value for name, value in message["headers"]}
                self._note(scope["headers"], message["status"], headers.get(b"etag", b"").decode())
            await send(message)

        await self._web(scope, receive, noted)


@dataclass
class Hour:
    web: Running
    site: Recorded
    shelf: Shelf
    began: datetime

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web.port}/atom.xml"

    def pass_by(self, poll: Callable[[], object]) -> Told:
        revision = 0
        for number in range(POLLS):
            if number in CHANGED:
                revision += 1
                self.shelf.put(self.revision(revision, self.began + timedelta(minutes=5 * number)))
            poll()
        return self.site.told

    def revision(self, number: int, at: datetime) -> Rendition:
        """The feed with so many stories; long ones, so that codings are worth their while."""
        stories = (item(n, content="<p>" + f"본문 {n} " * 300 + "</p>") for n in range(number, 0, -1))
        return replace(render(feed(*stories, of=CHANNEL)).renditions[0], modified=at)


@pytest.fixture
def hour() -> Iterator[Hour]:
    sites: list[Recorded] = []

    def through(web: Site) -> Recorded:
        sites.append(Recorded(web))
        return sites[-1]

    began = datetime.fromtimestamp(int(time.time()), UTC) - timedelta(hours=1)
    shelf = Shelf()
    with running(shelf, through=through) as web:
        yield Hour(web, sites[0], shelf, began)


def expect(told: Told) -> None:
    assert told.statuses == [200 if number in CHANGED else 304 for number in range(POLLS)]
    assert len(told.bodies) == len(set(told.bodies)) == len(CHANGED)
    assert told.again == []


@pytest.mark.parametrize("codings", ["br, gzip", "gzip", "identity", "gzip, deflate, br, zstd"])
def test_a_client_like_miniflux(hour: Hour, codings: str) -> None:
    """ETag and Last-Modified go back byte for byte, both at once."""
    kept: dict[str, str] = {}

    def poll() -> None:
        headers = {"Accept-Encoding": codings, "User-Agent": "Mozilla/5.0 (compatible; Miniflux/2.3)", **kept}
        status, answered, _ = hour.web.get("/atom.xml", headers)
        if status == 200:
            kept.update({"If-None-Match": answered["etag"], "If-Modified-Since": answered["last-modified"]})

    expect(hour.pass_by(poll))


def test_a_client_that_knows_dates_alone(hour: Hour) -> None:
    kept: dict[str, str] = {}

    def poll() -> None:
        status, answered, _ = hour.web.get("/atom.xml", kept)
        if status == 200:
            kept["If-Modified-Since"] = answered["last-modified"]

    expect(hour.pass_by(poll))


def test_a_client_that_asks_for_what_is_new(hour: Hour) -> None:
    """It gets 226 where it would have got 200: each story once. The shelf here keeps no history, so it gets all."""
    kept: dict[str, str] = {"A-IM": "feed"}

    def poll() -> None:
        status, answered, _ = hour.web.get("/atom.xml", kept)
        if status == 200:
            kept["If-None-Match"] = answered["etag"]

    expect(hour.pass_by(poll))


def test_feedparser(hour: Hour) -> None:
    kept: dict[str, Any] = {}

    def poll() -> None:
        found = feedparser.parse(hour.url, **kept)
        if found.status == 200:
            kept.update(etag=found.etag, modified=found.modified)
            assert found.entries
        assert not found.bozo

    expect(hour.pass_by(poll))


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=60)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: it polls nothing here")
@pytest.mark.parametrize("compressed", [[], ["--compressed"]], ids=["plain", "compressed"])
def test_curl(hour: Hour, tmp_path: Path, compressed: list[str]) -> None:
    etag, body = str(tmp_path / "etag"), str(tmp_path / "body")
    (tmp_path / "etag").touch()
    told = hour.pass_by(
        lambda: run("curl", "-sSf", *compressed, "--etag-compare", etag, "--etag-save", etag, "-o", body, hour.url)
    )
    expect(told)
    assert (tmp_path / "body").read_bytes() == hour.shelf.held["/atom.xml"].body


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: it polls nothing here")
def test_curl_by_the_date_of_its_file(hour: Hour, tmp_path: Path) -> None:
    body = str(tmp_path / "body")
    expect(hour.pass_by(lambda: run("curl", "-sSf", "-R", "-z", body, "-o", body, hour.url)))


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed: it polls nothing here")
def test_newsboat(hour: Hour, tmp_path: Path) -> None:
    """2.21 keeps no validator of its first answer, and so asks again as if it had none; from then on it does."""
    for name, text in (("urls", hour.url + "\n"), ("config", "")):
        (tmp_path / name).write_text(text)
    files = {"-u": "urls", "-C": "config", "-c": "cache.db"}
    places = [part for flag, name in files.items() for part in (flag, str(tmp_path / name))]
    told = hour.pass_by(lambda: run("newsboat", *places, "-x", "reload"))
    assert told.statuses[2:] == [200 if number in CHANGED else 304 for number in range(2, POLLS)]
    assert told.again == []
