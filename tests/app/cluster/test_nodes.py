"""Workers of one cluster in one process: what one leaves, the other goes on from."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from feeds.app.build import App, opened
from feeds.app.cluster.nodes import WorkerNode
from feeds.fetch import Fetcher, lanes
from feeds.model.job import Job
from feeds.model.source import Source
from tests import servers
from tests.faults import Faults, answer

SPACING = timedelta(seconds=0.2)
FEED = b'<rss version="2.0"><channel><title>t</title><link>https://a.example/</link><description/></channel></rss>'


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Faults, list[float]]]:
    """A server on loopback, which is to be asked as a stranger's is, and when that was decided, by whichever worker."""
    room, take, times = Fetcher._room, lanes.Lanes.take, list[float]()

    def strange(self: Fetcher, source: Source) -> lanes.Room:
        self._own = set()
        return room(self, source)

    def noted(self: lanes.Lanes, now: float) -> int | None:
        if (place := take(self, now)) is not None:
            times.append(now)
        return place

    monkeypatch.setattr(Fetcher, "_room", strange)
    monkeypatch.setattr(lanes.Lanes, "take", noted)
    with Faults({"/": [answer(FEED)]}) as server:
        yield server, times


@pytest.fixture
def workers(asked: tuple[Faults, list[float]], tmp_path: Path) -> Iterator[tuple[App, tuple[WorkerNode, WorkerNode]]]:
    server, _ = asked
    file = tmp_path / "feeds.yaml"
    file.write_text(
        f"site: {{title: Desk, url: 'https://desk.example/'}}\nstore: {servers.ready()}\n"
        f"sources: [{{id: one, url: '{server.url('/')}'}}]\nserver: {{allow_private: ['{server.place}']}}\n"
    )
    with ExitStack() as stack:
        apps = [stack.enter_context(opened(str(file), {}, lock=False, many=True)) for _ in range(2)]
        for app in apps:
            app.settings = replace(app.settings, schedule=replace(app.settings.schedule, spacing=SPACING))
        apps[0].sync()
        nodes = [WorkerNode(app, {}, 1) for app in apps]
        yield apps[0], (nodes[0], nodes[1])
        for node in nodes:
            node._hands._queue.close()


def test_a_host_is_left_alone_from_worker_to_worker(
    asked: tuple[Faults, list[float]], workers: tuple[App, tuple[WorkerNode, WorkerNode]]
) -> None:
    """A job moves between workers; then one of them dies, and nobody knows whom it asked."""
    server, times = asked
    app, (first, second) = workers
    turns = app.store.turns
    (shard,) = turns.shards(app.clock())
    died = 0.0
    for node in (first, second, second, first, None, second):
        if node is None:
            turns.begin_asking(shard, app.deal().stamp)
            died = time.monotonic()
            continue
        app.store.library.hasten(["one"], app.clock())
        assert node._run(Job(name="poll", shard=shard), lambda: False).counts["sources"] == 1
    assert (len(server.requests), len(times)) == (5, 5)
    *before, last = times
    assert min(later - sooner for sooner, later in pairwise(before)) >= SPACING.total_seconds()
    assert last - died >= SPACING.total_seconds()
