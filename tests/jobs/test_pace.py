"""Every answer that was asked for is used, however soon a job has to end: no server is asked twice for it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.fetch import Way, fetcher
from feeds.jobs import pace
from feeds.jobs.pace import FAREWELL, Pace
from feeds.jobs.poll import poll
from feeds.jobs.work import Tally, Work
from feeds.model.entry import Parsed
from feeds.model.job import Job, Report
from feeds.model.source import Document, Source
from feeds.net import Client
from feeds.store import open_store
from tests.core.made import settings
from tests.faults import KEEP, Faults, Script, answer
from tests.jobs.test_jobs import World, rss

SOURCES = 120
BUDGET = timedelta(seconds=40)
EACH = timedelta(seconds=1)  # that reading a document takes, by the clock of these tests
LINES = 8


class Asked:
    """Sources on a server that counts, in a store, and jobs by a clock that stands still but while they read."""

    def __init__(self, folder: Path, server: Faults, client: Client, way: Way) -> None:
        sources = [Source(id=f"s{n}", kind="feed", location=server.url(f"/{n}"), order=n) for n in range(SOURCES)]
        self.world = World(open_store(f"sqlite:///{folder}/feeds.db"), settings(*sources))
        self.world.sync()
        self._server, self._ask = server, fetcher(client, LINES, LINES, way=way)
        self.read = 0

    def work(self, **more: object) -> Work:
        work = self.world.work(**{"budget": BUDGET, **more})
        read = work.ports.read

        def slowly(document: Document, source: Source) -> Parsed:
            self.read += 1
            return read(document, source)

        return replace(work, ports=replace(work.ports, fetch=self._ask, read=slowly))

    def poll(self, monkeypatch: pytest.MonkeyPatch, **more: object) -> Report:
        begun = self.read
        monkeypatch.setattr(Tally, "took", property(lambda _: (self.read - begun) * EACH))
        return poll(Job(name="poll"), self.work(**more))

    @property
    def requests(self) -> Counter[bytes]:
        return Counter(head.split()[1] for head in self._server.requests)

    @property
    def due(self) -> int:
        return len(self.world.store.library.due(0, self.world.now, 2 * SOURCES))


@pytest.fixture(params=["curl", "requests"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Asked]:
    scripts: dict[str, Script] = {
        f"/{n}": [answer(rss((f"g{n}", f"Story {n}")), "Content-Type: text/xml"), KEEP] for n in range(SOURCES)
    }
    with Faults(scripts) as server, Client([server.place]) as client:
        found = Asked(tmp_path, server, client, request.param)
        yield found
        found.world.store.close()


@pytest.mark.parametrize("guess", [EACH, timedelta(milliseconds=30)], ids=["as it is", "much too fast"])
def test_jobs_whose_budget_ends_ask_each_source_once(
    asked: Asked, guess: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "GUESS", guess)
    monkeypatch.setattr("feeds.jobs.poll.GROUP", 10)
    reports: list[Report] = []
    while asked.due and len(reports) < SOURCES:
        reports.append(asked.poll(monkeypatch))
    assert set(asked.requests.values()) == {1}
    assert sum(report.counts["sources"] for report in reports) == len(asked.requests) == SOURCES
    if guess == EACH:  # no job asks for more than it can settle
        assert max(report.took for report in reports) <= BUDGET
        assert [report.outcome for report in reports[:2]] == ["more", "more"]


def test_a_stop_uses_what_came_and_asks_no_one_else(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.jobs.poll.GROUP", 1)
    asked.poll(monkeypatch, stopping=lambda: asked.read > 0)
    begun = len(asked.requests)
    assert 1 <= asked.read == SOURCES - asked.due
    monkeypatch.setattr("feeds.jobs.poll.GROUP", 200)
    asked.poll(monkeypatch, budget=timedelta(hours=1))
    assert asked.due == 0
    assert len(asked.requests) == SOURCES
    assert begun < SOURCES


def test_answers_under_other_settings_are_left_alone_from_the_next_second_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether settings are in force is a query in a cluster, which costs more than an answer of 304."""
    looks = iter([True, True, False, False])
    world = World(open_store(f"sqlite:///{tmp_path}/feeds.db"), settings())
    found = Pace(world.work(current=lambda: next(looks)), Tally())
    used: list[bool] = []
    monkeypatch.setattr(Tally, "took", property(lambda _: len(used) * pace.LOOK / 100))
    for _ in range(202):
        used.append(found.took())
    assert used == [True] * 200 + [False] * 2
    assert list(looks) == []
    world.store.close()


def test_a_stop_is_not_held_up_by_many_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = [timedelta(0), EACH, EACH + FAREWELL, EACH + FAREWELL + EACH]
    world = World(open_store(f"sqlite:///{tmp_path}/feeds.db"), settings())
    found = Pace(world.work(stopping=lambda: len(used) > 0), Tally())
    used: list[bool] = []
    monkeypatch.setattr(Tally, "took", property(lambda _: times[len(used)]))
    for _ in times:
        used.append(found.took())  # the clock goes by it
    assert used == [True, True, True, False]
    assert found.hurry(0) == "now"
    world.store.close()
