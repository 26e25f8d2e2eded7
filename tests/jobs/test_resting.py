"""Channels that rest until somebody asks: what is put off, what never is, and that nobody can tell afterwards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from feeds.core.deciding.desk import Desk
from feeds.jobs.poll import poll
from feeds.jobs.publish import publish
from feeds.jobs.regroup import regroup
from feeds.jobs.work import Work
from feeds.model.channel import Output
from feeds.model.job import Report
from feeds.model.settings import Gate, Settings, Site
from tests.core.made import NOW, settings, source
from tests.jobs.test_jobs import POLL, PUBLISH, World, world

AFTER = timedelta(hours=2)
HOUR = timedelta(hours=1)
CATEGORIES = ("tech", "life")
TECH = "by-category:tech"


@dataclass
class Tail:
    """A desk whose one source tells items by number, each in a category; where *rests*, as in a cluster."""

    world: World
    rests: bool
    items: dict[int, tuple[str, str]] = field(default_factory=dict)  # category and title, the oldest first

    def work(self) -> Work:
        work = self.world.work()
        resting = self.world.store.outbox.resting if self.rests else None
        return replace(work, ports=replace(work.ports, resting=resting))

    def pass_(self) -> Report:
        self.world.says("one", rss(self.items))
        self.world.now += HOUR
        poll(POLL, self.work())
        return self.publish()

    def publish(self) -> Report:
        return publish(PUBLISH, self.work())

    def tell(self, *numbers: int, category: str = "tech", title: str = "Story") -> Report:
        self.items |= {n: (category, f"{title} {n}") for n in numbers}
        return self.pass_()

    def retract(self, number: int) -> Report:
        title = self.items[number][1]
        stories = self.world.store.library.every_story("", 99)
        story = next((s for s in stories if s.lead.title == title and s.status == "shown"), None)
        if story:
            table = Desk(self.world.config, {s.id: s for s in self.world.config.sources}, self.world.now)
            self.world.store.library.edit(table.retract(story, ""), self.world.now)
        return self.publish()

    def ask(self, path: str) -> bool:
        """Ask as a web node does, and have the job run."""
        channel = self.world.store.outbox.resting.rests(path)
        asked = channel is not None and self.world.store.outbox.resting.wake(channel, self.world.now)
        self.publish()
        return asked

    def published(self) -> Mapping[str, bytes]:
        overview = self.world.store.overview
        return {line.path: one.body for line in overview.renditions() if (one := overview.rendition(line.path))}

    def shows(self, title: str, path: str = "/tech/atom.xml") -> bool:
        return f">{title}<".encode() in self.published()[path]


def rss(items: Mapping[int, tuple[str, str]]) -> bytes:
    first = datetime(2026, 2, 1, tzinfo=NOW.tzinfo)
    told = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>{title}</title><link>https://one.example/{n}</link>"
        f"<pubDate>{(first + n * HOUR):%a, %d %b %Y %H:%M:%S} +0000</pubDate><category>{category}</category>"
        f"<description>Words of {n} alone.</description></item>"
        for n, (category, title) in items.items()
    )
    return f"<rss version='2.0'><channel><title>One</title><link>https://one.example/</link>{told}</channel></rss>".encode()


def configured(rest_after: timedelta | None, limit: int = 5) -> Settings:
    site = Site(title="Desk", url="https://desk.example", rest_after=rest_after)
    outputs = (Output(id="all", path="/"), Output(id="by-category", path="/{slug}/", each="category", limit=limit))
    return settings(source("one"), site=site, outputs=outputs, gate=Gate(drop=0.5, least=3))


def begun(made: World, *, rests: bool) -> Tail:
    """A desk that noted for long enough that nobody asks, and published each category once."""
    made.sync()
    regroup(made.work())
    made.store.outbox.resting.begin(made.now - AFTER)
    tail = Tail(made, rests)
    tail.items = {1: ("tech", "Story 1"), 2: ("tech", "Story 2"), 3: ("tech", "Story 3"), 4: ("life", "Story 4")}
    tail.pass_()
    return tail


@pytest.fixture
def tail(tmp_path: Path) -> Iterator[Tail]:
    with world(tmp_path, configured(AFTER)) as made:
        yield begun(made, rests=True)


def test_what_only_adds_is_put_off_until_somebody_asks(tail: Tail) -> None:
    before = tail.published()
    report = tail.tell(5)
    assert report.counts["rested"] == 1
    after = tail.published()
    changed = {path for path in after if after[path] != before[path]}
    assert "/atom.xml" in changed, "the front page is brought out at once"
    assert not any(path.startswith("/tech/") for path in changed)
    assert tail.world.store.overview.totals(tail.world.now).resting == 1
    assert tail.publish().counts == {}, "it has no mark any more"
    assert tail.ask("/tech/rss.xml")
    assert tail.shows("Story 5")
    assert not tail.ask("/tech/rss.xml")
    assert tail.world.store.overview.totals(tail.world.now).resting == 0


def test_who_was_asked_for_is_brought_out_at_once_for_so_long(tail: Tail) -> None:
    tail.tell(5)
    tail.ask("/tech/atom.xml")
    assert "rested" not in tail.tell(6).counts
    assert tail.shows("Story 6")
    tail.world.now += AFTER
    assert tail.tell(7).counts["rested"] == 1
    tail.world.store.outbox.resting.asked([TECH], tail.world.now + HOUR)
    assert "rested" not in tail.tell(8).counts
    assert tail.shows("Story 8")
    assert tail.shows("Story 7")


@pytest.mark.parametrize(
    "config",
    [
        pytest.param(configured(None), id="no key"),
        pytest.param(configured(100 * AFTER), id="noted for too short a time"),
    ],
)
def test_nothing_rests_before_it_is_known_who_asks(tail: Tail, config: Settings) -> None:
    tail.world.config = config
    assert "rested" not in tail.tell(5).counts
    assert tail.shows("Story 5")


def test_a_process_that_writes_a_folder_lets_nothing_rest(tail: Tail) -> None:
    tail.rests = False
    assert "rested" not in tail.tell(5).counts
    assert tail.shows("Story 5")


def test_what_takes_back_is_brought_out_at_once_with_all_that_rested(tail: Tail) -> None:
    tail.tell(5)
    assert "rested" not in tail.retract(2).counts
    assert not tail.shows("Story 2")
    assert tail.shows("Story 5")
    assert tail.world.store.overview.totals(tail.world.now).resting == 0


def test_a_corrected_word_is_brought_out_at_once(tail: Tail) -> None:
    tail.tell(5)
    assert "rested" not in tail.tell(1, title="Better").counts
    assert tail.shows("Better 1")


def test_what_leaves_a_channel_leaves_it_at_once(tail: Tail) -> None:
    tail.tell(5)
    tail.tell(1, category="life")
    assert not tail.shows("Story 1")
    assert tail.shows("Story 1", "/life/atom.xml")


def test_several_losses_of_what_rested_are_judged_one_by_one(tail: Tail) -> None:
    """Five of five while it rests, one at a time: none is half of what it would have shown."""
    for number in range(5, 9):
        assert tail.tell(number).counts["rested"] == 1
    for number in (8, 7, 6, 5):
        assert "held" not in tail.tell(number, category="life").counts
        assert not tail.shows(f"Story {number}")


def test_a_loss_of_what_rested_is_held_as_if_it_had_been_shown(tail: Tail) -> None:
    for number in range(5, 9):
        tail.tell(number)
    before = tail.published()["/tech/atom.xml"]
    report = tail.tell(5, 6, 7, category="life")
    assert report.problems[TECH].detail == "3 of 5 stories would go, more than 50% (`gate.drop`)"
    assert tail.published()["/tech/atom.xml"] == before
    assert tail.world.store.overview.totals(tail.world.now).resting == 0, "a person decides, whoever asks"
    assert "held" not in tail.tell(5, 6, category="tech").counts, "what was lost is back, but for one"
    assert tail.shows("Story 6")


def test_what_is_held_does_not_rest(tail: Tail) -> None:
    tail.tell(1, 2, category="life")
    assert [line.channel_id for line in tail.world.store.overview.holds()] == [TECH]
    assert tail.tell(9).counts.get("rested", 0) == 0


NUMBERS = st.lists(st.integers(1, 12), min_size=1, max_size=5, unique=True).map(tuple)
Action = tuple[str, tuple[int, ...], str]
ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.tuples(st.just("tell"), NUMBERS, st.sampled_from(CATEGORIES)),
    st.tuples(st.just("correct"), NUMBERS, st.sampled_from(CATEGORIES)),
    st.tuples(st.just("retract"), NUMBERS, st.just("")),
    st.tuples(st.just("wait"), NUMBERS, st.just("")),
    st.tuples(st.just("ask"), st.just(()), st.sampled_from(CATEGORIES)),
    st.tuples(st.just("allow"), st.just(()), st.just("")),
)


def do(tail: Tail, action: str, numbers: tuple[int, ...], category: str) -> None:
    match action:
        case "tell":
            tail.items |= {n: (category, tail.items.get(n, ("", f"Story {n}"))[1]) for n in numbers}
            tail.pass_()
        case "correct":
            tail.items |= {n: (tail.items.get(n, (category,))[0], f"Better {n}") for n in numbers}
            tail.pass_()
        case "retract":
            for number in tail.items.keys() & numbers:
                tail.retract(number)
        case "wait":
            tail.world.now += len(numbers) * HOUR
        case "ask" if tail.rests:
            tail.ask(f"/{category}/atom.xml")
        case "allow":
            held = [line.channel_id for line in tail.world.store.overview.holds()]
            tail.world.store.outbox.allow(held, tail.world.now)
            tail.publish()


ONE_BY_ONE: list[Action] = [("tell", (n,), "tech") for n in range(5, 10)]


@given(st.lists(ACTIONS, min_size=1, max_size=12))
@example([*ONE_BY_ONE, ("tell", (5,), "life"), ("tell", (6,), "life"), ("tell", (7,), "life")])
@example([*ONE_BY_ONE, ("tell", (5, 6, 7, 8), "life"), ("ask", (), "tech"), ("tell", (11,), "tech"), ("allow", (), "")])
@example([("tell", (5, 6, 7), "tech"), ("retract", (5,), ""), ("tell", (8,), "life"), ("correct", (8,), "life")])
@trying(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
def test_once_asked_for_every_document_is_what_it_would_have_been(actions: list[Action]) -> None:
    with (
        TemporaryDirectory() as one,
        TemporaryDirectory() as two,
        world(Path(one), configured(AFTER)) as rests,
        world(Path(two), configured(None)) as plain,
    ):
        tails = begun(rests, rests=True), begun(plain, rests=False)
        for action in actions:
            for tail in tails:
                do(tail, *action)
            assert [(h.channel_id, h.reason) for h in rests.store.overview.holds()] == [
                (h.channel_id, h.reason) for h in plain.store.overview.holds()
            ]
        for category in CATEGORIES:
            tails[0].ask(f"/{category}/atom.xml")
        assert tails[0].published() == tails[1].published()
