"""Copies in other words, through the whole poll and a real store: found in any order, once, with reasons."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.core.deciding import arrivals
from feeds.core.deciding.decide import decide
from feeds.core.deciding.desk import Desk
from feeds.core.entries.normalise import Normalised
from feeds.errors import StaleView
from feeds.jobs.poll import poll
from feeds.model.changes import PollView
from feeds.model.decision import Decision
from feeds.model.entry import Entry, EntryKey
from feeds.model.job import Job
from feeds.model.settings import Dedupe
from feeds.model.source import Fetched
from feeds.store import open_store
from tests.core.made import NOW, entry, settings, source
from tests.jobs.test_jobs import World

POLL = Job(name="poll")
TITLE, OTHER_TITLE = "강변 도서관 열네 달 만에 다시 문 열어", "물에 잠겼던 책들, 다시 빛을 보다"
TEXT = (
    "한빛시는 20일 큰물에 잠겼던 강변 도서관을 열네 달 만에 다시 열었다. 시는 방수문 세 곳을 더하고 서고를 2층으로 옮겼다. "
    "첫날에만 시민 1300명이 찾았고 어린이 열람실은 이른 아침부터 줄이 길었다. 관장은 책 4만 권을 건졌지만 향토 자료 일부는 "
    "끝내 되살리지 못했다고 말했다. 시는 내년 봄까지 제방 850미터를 높일 계획이다."
)
COPY = "(한빛=가온뉴스) 박서연 기자 = " + TEXT.replace("줄이 길었다", "길게 줄을 섰다").replace(" ", "", 3)
LEVELS = "{}시 수위는 {}센티미터로 관측됐다. 유량은 초당 {}세제곱미터였고 배 {}척이 지나갔다. 다음 관측은 내일 같은 시각에 나온다."


def feed(source_id: str, *items: tuple[str, str, str], day: int = 1) -> bytes:
    """A feed with items of guid, title and text."""
    body = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
        f"<link>https://{source_id}.example/{guid}</link><pubDate>{day:02} Feb 2026 09:00:00 +0000</pubDate>"
        f"<description>{text}</description></item>"
        for guid, title, text in items
    )
    channel = f"<title>{source_id}</title><link>https://{source_id}.example/</link>{body}"
    return f"<rss version='2.0'><channel>{channel}</channel></rss>".encode()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    sources = [source(name, order=n) for n, name in enumerate(("one", "two", "three"))]
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    store.library.sync(sources, lambda _: 0, NOW)
    yield World(store=store, config=settings(*sources, dedupe=Dedupe(near=timedelta(hours=72))))
    store.close()


def tell(world: World, **bodies: bytes) -> None:
    """Let sources say something, and poll them; a source that is not named says nothing new."""
    for name in ("one", "two", "three"):
        world.says(name, bodies.get(name, feed(name)))
    world.now += timedelta(days=1)
    poll(POLL, world.work())


def stories(world: World) -> list[list[str]]:
    """Sources of the members of each story, the lead's first."""
    found = world.store.library.every_story("", 100)
    return sorted([m.key.source_id for m in s.members] for s in found)


def decisions(world: World, kind: str) -> list[Decision]:
    return [d for d in world.store.overview.recent_decisions(100) if d.kind == kind]


def test_copy_in_other_words_is_one_story(world: World) -> None:
    tell(world, one=feed("one", ("a", TITLE, TEXT)))
    tell(world, two=feed("two", ("b", OTHER_TITLE, COPY)))
    assert stories(world) == [["one", "two"]]


def test_copy_in_the_same_pass_is_one_story(world: World) -> None:
    tell(world, one=feed("one", ("a", TITLE, TEXT)), two=feed("two", ("b", OTHER_TITLE, COPY)))
    assert stories(world) == [["one", "two"]]


def test_order_of_arrival_does_not_matter(world: World) -> None:
    tell(world, two=feed("two", ("b", OTHER_TITLE, COPY)))
    tell(world, three=feed("three", ("c", TITLE, TEXT[:120] + "…")))
    tell(world, one=feed("one", ("a", TITLE, TEXT)))
    (members,) = stories(world)
    assert sorted(members) == ["one", "three", "two"]


def test_twice_is_once(world: World) -> None:
    bodies = {"one": feed("one", ("a", TITLE, TEXT)), "two": feed("two", ("b", OTHER_TITLE, COPY))}
    tell(world, **bodies)
    before = world.store.library.every_story("", 100)
    tell(world, **bodies)
    assert world.store.library.every_story("", 100) == before


def test_merge_is_explained(world: World) -> None:
    tell(world, one=feed("one", ("a", TITLE, TEXT)), two=feed("two", ("b", OTHER_TITLE, COPY)))
    (merged,) = decisions(world, "merged")
    assert merged.rule == "near"
    assert (merged.says, merged.facts["with_title"]) == ("near_same", TITLE)
    assert float(merged.facts["score"]) >= 0.5
    assert {"words", "titles", "with", "with_source"} <= merged.facts.keys()


def test_form_with_other_numbers_stays_apart_and_says_why(world: World) -> None:
    tell(world, one=feed("one", ("a", "강 수위", LEVELS.format(6, 120, 880, 14))))
    tell(world, two=feed("two", ("b", "강 수위", LEVELS.format(18, 95, 412, 3))))
    assert stories(world) == [["one"], ["two"]]
    (apart,) = decisions(world, "apart")
    assert (apart.says, apart.facts["veto"]) == ("near_veto", "numbers")


@pytest.mark.parametrize(
    ("dedupe", "day"),
    [
        pytest.param(Dedupe(), 1, id="not asked for"),
        pytest.param(Dedupe(near=timedelta(hours=72)), 6, id="published five days apart"),
        pytest.param(Dedupe(near=timedelta(hours=72), threshold=1.0), 1, id="nothing is that alike"),
    ],
)
def test_copy_stays_apart(world: World, dedupe: Dedupe, day: int) -> None:
    world.config = settings(*world.config.sources, dedupe=dedupe)
    tell(world, one=feed("one", ("a", TITLE, TEXT)))
    tell(world, two=feed("two", ("b", OTHER_TITLE, COPY), day=day))
    assert stories(world) == [["one"], ["two"]]


def test_footer_of_a_source_is_learned_and_makes_no_copies(world: World) -> None:
    footer = (
        "물길신문은 독자 여러분의 제보를 기다립니다. 무단 전재와 재배포를 금합니다. 구독은 누리집에서 하실 수 있습니다."
    )
    items = [
        (f"g{n}", f"{n}번째 소식", f"{place}에서 잔치가 열렸다. {footer}") for n, place in enumerate("강산들숲길", 1)
    ]
    tell(world, one=feed("one", *items))
    tell(world, two=feed("two", ("b", "시장 소식", f"시장에서 장이 섰다. {footer}")))
    assert len(stories(world)) == 6


def test_a_copy_in_other_words_of_a_retracted_story_is_not_shown(world: World) -> None:
    tell(world, one=feed("one", ("a", TITLE, TEXT)))
    (story,) = world.store.library.every_story("", 9)
    desk = Desk(world.config, {s.id: s for s in world.config.sources}, world.now)
    world.store.library.edit(desk.retract(story, "it was wrong"), world.now)
    tell(world, two=feed("two", ("b", OTHER_TITLE, COPY)))
    assert stories(world) == [["one", "two"]]
    assert [s.status for s in world.store.library.every_story("", 9)] == ["retracted"]


def test_a_split_off_story_is_found_in_other_words(world: World) -> None:
    tell(world, one=feed("one", ("a", TITLE, TEXT)), two=feed("two", ("b", OTHER_TITLE, COPY)))
    (story,) = world.store.library.every_story("", 9)
    desk = Desk(world.config, {s.id: s for s in world.config.sources}, world.now)
    world.store.library.edit(desk.split(story, EntryKey("two", "b"), ()), world.now)
    tell(world, three=feed("three", ("c", OTHER_TITLE, COPY)))
    assert stories(world) == [["one"], ["two", "three"]]


def test_of_an_archive_only_the_newest_are_compared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is told apart by keys alone, so that it holds nobody up."""
    monkeypatch.setattr(arrivals, "COMPARED", 2)
    tell(world, one=feed("one", ("a", TITLE, TEXT)))
    others = [(f"g{n}", f"{n}번째 소식", f"{n}번째 마당에서 잔치가 열렸다.") for n in range(3)]
    old = (
        feed("two", ("b", OTHER_TITLE, COPY), *others).replace(b"01 Feb", b"02 Feb", 4).replace(b"02 Feb", b"01 Feb", 1)
    )
    tell(world, two=old)
    assert len(stories(world)) == 5
    tell(world, three=feed("three", ("c", OTHER_TITLE, COPY)))
    assert sorted(map(len, stories(world))) == [1, 1, 1, 1, 2]


def look(world: World, entry: Entry) -> tuple[PollView, arrivals.Arrivals]:
    """What a worker reads of the library before it decides over a new entry."""
    library, fetched = world.store.library, Fetched(outcome="fresh")
    view = library.poll_view(entry.source_id, [entry.guid], ())
    found = arrivals.arrivals(Normalised(entries=(entry,), problems=()), fetched, view, world.config)
    view = library.poll_view(entry.source_id, [entry.guid], found.all_keys())
    found = arrivals.with_sketches(found, view, world.config)
    view = library.posted(view, found.hints(), world.now - timedelta(hours=72), world.now)
    return library.likely(view, found.candidates(view)), found


def write(world: World, view: PollView, found: arrivals.Arrivals) -> None:
    sources = {s.id: s for s in world.config.sources}
    changes = decide(view, Fetched(outcome="fresh"), found, world.config, sources, world.now)
    world.store.library.apply(changes)


def test_two_workers_on_one_story_make_one_story(world: World) -> None:
    """Both look before either writes, and the two texts share no key."""
    first = entry("a", "one", title=TITLE, content=TEXT)
    second = entry("b", "two", title=OTHER_TITLE, content=COPY)
    seen, seen_by_other = look(world, first), look(world, second)
    write(world, *seen)
    with pytest.raises(StaleView, match="told meanwhile"):
        write(world, *seen_by_other)
    assert stories(world) == [["one"]]
    write(world, *look(world, second))
    assert stories(world) == [["one", "two"]]
