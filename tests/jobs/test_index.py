"""Indexing is a job like others: due while any story waits, cut short by its budget, done again by nobody."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from feeds.jobs.index import BATCH, index
from feeds.jobs.tick import tick
from feeds.jobs.work import Work
from feeds.model.job import Job
from feeds.model.search import Unsearched
from feeds.model.settings import Settings, Site
from feeds.ports import Ports
from tests.store.made import NOW, entry, member, source, story

JOB = Job(name="index")


@dataclass
class Words:
    """An index that is a dict."""

    waiting: list[Unsearched]
    texts: dict[str, str] = field(default_factory=dict)

    def waits(self) -> bool:
        return bool(self.waiting)

    def unsearched(self, limit: int) -> tuple[Unsearched, ...]:
        return tuple(self.waiting[:limit])

    def index(self, texts: Sequence[tuple[Unsearched, str]]) -> None:
        self.texts.update({found.story_id: words for found, words in texts})
        self.waiting = self.waiting[len(texts) :]


class Idle:
    """A library and an outbox in which nothing is due."""

    def due(self, *_: object) -> list[object]:
        return []

    dirty = owed = due

    def lettered(self, _shard: int) -> bool:
        return False

    @property
    def leases(self) -> "Idle":
        return self


def work(words: Words | None, **more: object) -> Work:
    idle = Idle()
    ports = Ports(**{**dict.fromkeys(Ports.__slots__, idle), "clock": lambda: NOW, "index": words, "mirror": None})  # type: ignore[arg-type]  # what is not used
    settings = Settings(file="", site=Site(title="T", url="https://t.example"), sources=(source("a"),))
    return Work(ports=ports, settings=settings, sources={"a": source("a")}, **more)  # type: ignore[arg-type]  # as above


def waiting(count: int) -> list[Unsearched]:
    found = (
        Unsearched(story_id=str(n), version=1, story=story(str(n), member(entry(str(n), content="<p>본문</p>"))))
        for n in range(count)
    )
    return [*found, Unsearched(story_id="ended", version=0)]


def test_it_is_due_while_a_story_waits() -> None:
    words = Words(waiting(1))
    assert tick(work(words)) == (JOB,)
    index(JOB, work(words))
    assert tick(work(words)) == ()
    assert tick(work(None)) == ()


def test_all_that_wait_are_indexed() -> None:
    words = Words(waiting(BATCH + 3))
    report = index(JOB, work(words))
    assert (report.outcome, report.counts["indexed"]) == ("done", BATCH + 4)
    assert words.texts["ended"] == ""
    assert "본문" in words.texts["0"].split("\n")


def test_a_source_that_left_is_found_by_its_summary_alone() -> None:
    words = Words(waiting(1))
    index(JOB, replace(work(words), sources={}))
    assert "본문" not in words.texts["0"]


def test_a_stop_leaves_the_rest_for_later() -> None:
    words = Words(waiting(3))
    assert index(JOB, work(words, stopping=lambda: True)).outcome == "more"
    assert len(words.waiting) == 4


def test_without_an_index_there_is_nothing_to_do() -> None:
    assert index(JOB, work(None)).outcome == "done"
