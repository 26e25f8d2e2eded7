"""WS-23, point by point: the program ends at each transaction between a saved post and its push, and at each one
between a push and what it tells; then it starts again."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from feeds.core.push import websub
from tests.end_to_end.hubs import Desk, Place, desk, place
from tests.end_to_end.test_subscriber_rocks import rss


class Killed(BaseException):
    """The program ends here: nothing catches this."""


@contextmanager
def counting(kill_at: int = 0) -> Iterator[list[int]]:
    """Count the moments just before and just after this thread makes something lasting in its store; end at one of them.

    Whatever else it does, to files and to the wire, lies between two of these.
    """
    seen, written = [0], [False]
    mine = threading.current_thread()

    def step() -> None:
        seen[0] += 1
        if seen[0] == kill_at:
            raise Killed

    def before(connection: Connection) -> None:
        if threading.current_thread() is mine and connection.get_execution_options().get("writes"):
            written[0] = True
            step()

    def after(_: Connection) -> None:
        if threading.current_thread() is mine and written[0]:
            written[0] = False
            step()

    event.listen(Engine, "commit", before)
    event.listen(Engine, "begin", after)
    try:
        yield seen
    finally:
        event.remove(Engine, "commit", before)
        event.remove(Engine, "begin", after)


@pytest.fixture
def other() -> Iterator[Place]:
    with place() as found:
        yield found


def copied(template: Path, n: int) -> Path:
    folder = template.with_name(f"{template.name}-{n}")
    shutil.copytree(template, folder)
    return folder


# from a saved post to its push


def test_ws_23_what_was_saved_is_pushed_wherever_it_ends(tmp_path: Path, other: Place) -> None:
    template = tmp_path / "hub"
    template.mkdir()
    with desk(template, other) as hub:
        hub.tell("first")
        hub.settle()
        hub.subscribe(other.url("/in"))
        hub.settle()
    with desk(copied(template, 0), other) as hub, counting() as steps:
        hub.tell("second")
        hub.settle()
    assert len(other.pushed()) == 1
    assert steps[0] >= 9
    repeated = 0
    for n in range(1, steps[0] + 1):
        other.heard.clear()
        folder = copied(template, n)
        try:
            with desk(folder, other) as hub, counting(n):
                hub.tell("second")
                hub.settle()
        except Killed:
            pass
        with desk(folder, other) as hub:
            hub.tell("second")
            hub.settle()
            assert hub.app.store.outbox.waiting(hub.now) == 0
        pushed = other.pushed()
        assert [heard.body.count(b"<title>second") for heard in pushed] == [1] * len(pushed), f"step {n}"
        assert 1 <= len(pushed) <= 2, f"step {n}"
        repeated += len(pushed) - 1
        shutil.rmtree(folder)
    assert repeated <= 3, "it is sent twice only where it ends between the sending and the note of it"


# from a push to what it tells


def pushed(found: Desk, other: Place, body: bytes) -> int:
    """Push as the hub does that is the other place."""
    (lease,) = found.app.store.library.leases.of(["a"]).values()
    sign = f"sha256={websub.signature(lease.secret, body, 'sha256')}"
    headers = {"Content-Type": "application/rss+xml", "X-Hub-Signature": sign}
    return found.web.post(f"/websub/{lease.id}", content=body, headers=headers).status_code


@contextmanager
def reading(folder: Path, other: Place, trust: str) -> Iterator[Desk]:
    more = f"push: {{callback: 'https://in.example', trust: {trust}}}\n"
    with desk(folder, other, more=more, sources=f"{{id: a, url: '{other.url('/feed')}', every: 1h}}") as found:
        yield found


@pytest.mark.parametrize("trust", ["refetch", "signed"])
def test_ws_23_what_was_pushed_is_told_once_wherever_it_ends(tmp_path: Path, other: Place, trust: str) -> None:
    link = f'<{other.url("/hub")}>; rel="hub", <{other.url("/feed")}>; rel="self"'
    media = {"Content-Type": "application/rss+xml", "Link": link}
    other.says = {"/hub": (202, {}, b""), "/feed": (200, media, rss("1"))}
    template = tmp_path / "reader"
    template.mkdir()
    with reading(template, other, trust) as found:
        found.settle()
        asked = next(heard for heard in other.heard if heard.path == "/hub").form
        params = {"hub.mode": "subscribe", "hub.topic": asked["hub.topic"], "hub.challenge": "c"}
        path = asked["hub.callback"].removeprefix("https://in.example")
        assert found.web.get(path, params=params).status_code == 200
    other.says["/feed"] = (200, media, rss("1", "2"))
    with reading(copied(template, 0), other, trust) as found:
        assert pushed(found, other, rss("1", "2")) == 202
        with counting() as steps:
            found.settle()
    assert steps[0] >= 9
    for n in range(1, steps[0] + 1):
        folder = copied(template, n)
        try:
            with reading(folder, other, trust) as found:
                assert pushed(found, other, rss("1", "2")) == 202
                with counting(n):
                    found.settle()
        except Killed:
            pass
        with reading(folder, other, trust) as found:
            found.settle()
            rendition = found.app.store.overview.rendition("/atom.xml")
            assert rendition
            assert rendition.body.count(b"<title>Title 2") == 1, f"step {n}"
            assert found.app.store.library.leases.letters(0, 9) == []
            assert found.app.store.overview.totals().stories == 2
        shutil.rmtree(folder)
