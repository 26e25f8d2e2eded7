"""Requests for channels that rest: one asks for the job, all wait for it, none for long."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from feeds.app.serving import waking
from feeds.app.serving.waking import LOOK, PATIENCE, WAITING, Waking
from feeds.errors import StoreLocked
from feeds.web.pages.copies import LATE_AGE, MAX_AGE
from feeds.web.site import Site, site
from tests.web.served import Shelf, rendition

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATH = "/tech/atom.xml"


@dataclass
class Bell:
    """Channels that rest, and jobs that were asked for; a job is done after so many *looks* of who waits for it."""

    resting: dict[str, str] = field(default_factory=lambda: {PATH: "tech"})
    looks: int = 1
    jobs: list[str] = field(default_factory=list)
    woken: set[str] = field(default_factory=set)
    paused: list[float] = field(default_factory=list)
    shelf: Shelf = field(default_factory=lambda: Shelf(rendition(PATH, "atom", b"<old/>")))

    def rests(self, path: str) -> str | None:
        return self.resting.get(path)

    def wake(self, channel_id: str, now: datetime) -> bool:
        assert now == NOW
        first, self.woken = channel_id not in self.woken, self.woken | {channel_id}
        return first

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        if len(self.paused) == self.looks:
            self.bring_out()

    def bring_out(self) -> None:
        self.resting.clear()
        self.shelf.put(rendition(PATH, "atom", b"<new/>", "b2"))

    def timer(self) -> float:
        return sum(self.paused)

    def waking(self) -> Waking:
        return Waking(self, lambda: NOW, self.jobs.append, pause=self.pause, timer=self.timer)

    def web(self) -> Site:
        return site(self.shelf, {}, lambda: True, woken=self.waking())


def get(web: Site, tag: str = "") -> tuple[int, bytes, str]:
    given = {"accept-encoding": "identity", "accept": "*/*"} | ({"if-none-match": tag} if tag else {})
    answer = TestClient(web).get(PATH, headers=given)
    return answer.status_code, answer.content, answer.headers["cache-control"]


FRESH, LATE = f"public, max-age={MAX_AGE}", f"public, max-age={LATE_AGE}"


@pytest.mark.parametrize("looks", [1, 5])
def test_what_rests_is_brought_out_and_answered(looks: int) -> None:
    bell = Bell(looks=looks)
    web = bell.web()
    assert get(web) == (200, b"<new/>", FRESH)
    assert get(web, '"b2"') == (304, b"", FRESH)
    assert (bell.jobs, bell.paused) == (["tech"], [LOOK] * looks)


def test_who_has_the_old_document_is_not_told_that_it_is_the_latest() -> None:
    bell = Bell()
    assert get(bell.web(), '"a1"') == (200, b"<new/>", FRESH)


def test_what_does_not_come_in_time_is_answered_as_it_is_and_soon_forgotten() -> None:
    bell = Bell(looks=1000)
    web = bell.web()
    assert get(web) == (200, b"<old/>", LATE)
    assert get(web, '"a1"') == (200, b"<old/>", LATE), "a 304 would say that nothing newer is there"
    assert bell.jobs == ["tech"], "it was asked for already"
    assert sum(bell.paused) < 2 * (PATIENCE + 2 * LOOK)
    bell.bring_out()
    assert get(web) == (200, b"<new/>", FRESH)


def test_what_was_in_memory_is_not_answered_once_it_rests() -> None:
    bell = Bell(resting={})
    web = bell.web()
    assert get(web) == (200, b"<old/>", FRESH)
    bell.resting[PATH] = "tech"
    bell.shelf.generation += 1  # as the store does where something is put off
    assert get(web, '"a1"') == (200, b"<new/>", FRESH)


def test_what_does_not_rest_waits_for_nothing() -> None:
    bell = Bell(resting={"/life/atom.xml": "life"})
    assert get(bell.web()) == (200, b"<old/>", FRESH)
    assert (bell.jobs, bell.paused) == ([], [])


def test_a_store_that_is_away_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    bell = Bell()

    def away(_path: str) -> str:
        raise StoreLocked("away")

    monkeypatch.setattr(bell, "rests", away)
    assert get(bell.web()) == (200, b"<old/>", LATE)


class Crowd(Bell):
    """Whoever looks waits in `pause` until the test goes on, and time stands still."""

    def __init__(self, **more: dict[str, str]) -> None:
        super().__init__(**more)  # type: ignore[arg-type]  # fields by name
        self.looking, self.go_on = threading.Semaphore(0), threading.Event()

    def pause(self, seconds: float) -> None:
        self.looking.release()
        assert self.go_on.wait(60)

    def timer(self) -> float:
        return 0.0


def test_a_storm_asks_once_and_all_get_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "PATIENCE", 60.0)
    crowd = Crowd()
    woken = crowd.waking()
    with ThreadPoolExecutor(WAITING) as pool:
        first = pool.submit(woken, PATH)
        assert crowd.looking.acquire(timeout=60)
        others = [pool.submit(woken, PATH) for _ in range(WAITING - 1)]
        crowd.bring_out()
        crowd.go_on.set()
        assert [one.result(60) for one in (first, *others)] == [True] * WAITING
    assert crowd.jobs == ["tech"]


def test_no_more_wait_than_may() -> None:
    """The next one has its channel asked for all the same, and gets what is there."""
    crowd = Crowd(resting={f"/{n}": f"c{n}" for n in range(WAITING + 1)})
    woken = crowd.waking()
    with ThreadPoolExecutor(WAITING) as pool:
        waiting = [pool.submit(woken, f"/{n}") for n in range(WAITING)]
        assert all(crowd.looking.acquire(timeout=60) for _ in waiting)
        assert not woken(f"/{WAITING}")
        assert sorted(crowd.jobs) == sorted(f"c{n}" for n in range(WAITING + 1))
        crowd.bring_out()
        crowd.go_on.set()
        assert all(one.result(60) for one in waiting)
    assert woken(PATH)
