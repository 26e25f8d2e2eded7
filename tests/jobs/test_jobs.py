"""The jobs over a real store, with the world in the test's hand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.core.deciding.desk import Desk
from feeds.core.push.websub import PINGS
from feeds.errors import OutputError, ParseError, StoreLocked
from feeds.jobs.deliver import deliver
from feeds.jobs.poll import poll
from feeds.jobs.publish import publish
from feeds.jobs.regroup import regroup
from feeds.jobs.tick import tick
from feeds.jobs.work import Tally, Work
from feeds.model.changes import Changes
from feeds.model.channel import Rendition
from feeds.model.delivery import Delivery, Message, Sent
from feeds.model.entry import Parsed
from feeds.model.job import Job, Report
from feeds.model.picture import Hung
from feeds.model.settings import Settings, Subject
from feeds.model.source import Document, Fetched, Options, Problem, Source, SourceState
from feeds.parse import parse
from feeds.ports import Ports
from feeds.ports.wire import Hurry, Plan
from feeds.store import Store, open_store
from feeds.store.incoming.library import Library
from tests.core.made import NOW, settings, source

POLL, PUBLISH, DELIVER = Job(name="poll"), Job(name="publish"), Job(name="deliver")


def rss(*items: tuple[str, str], hub: str = "") -> bytes:
    """A feed with items of guid and title, the same day each."""
    body = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><link>https://one.example/{guid}</link>"
        "<pubDate>Sun, 01 Feb 2026 00:00:00 +0000</pubDate><description>Words.</description></item>"
        for guid, title in items
    )
    return f"<rss version='2.0'><channel><title>One</title><link>https://one.example/</link>{body}</channel></rss>".encode()


@dataclass
class Posting:
    """A `Post` in the test's hand: what is sent is answered when it is asked for."""

    answer: Callable[[Delivery, Message], Sent]
    waiting: list[tuple[Delivery, Plan]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.waiting)

    def send(self, delivery: Delivery, plan: Plan) -> None:
        self.waiting.append((delivery, plan))

    def recall(self) -> None:
        self.waiting.clear()

    def sent(self, seconds: float) -> list[tuple[Delivery, Sent]]:
        taken, self.waiting = self.waiting, []
        planned = [(delivery, plan(delivery)) for delivery, plan in taken]
        return [(d, self.answer(d, m) if isinstance(m, Message) else m) for d, m in planned]


@dataclass
class World:
    """Everything that jobs touch: answers by source, files by path, hubs by their mood, and the time."""

    store: Store
    config: Settings
    now: datetime = NOW
    answers: dict[str, Fetched] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    disk_full: bool = False
    hub_says: str = ""
    sent: list[Delivery] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    answers_to: dict[str, Sent] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    deadly: set[str] = field(default_factory=set)

    def fetch(self, batch: Sequence[tuple[Source, SourceState]], hurry: Hurry) -> Iterator[Fetched | None]:
        for src, _state in batch:
            if hurry(0) != "none":
                yield None
                continue
            self.asked.append(src.id)
            self.headers[src.id] = src.options.headers
            yield self.answers[src.id]

    def read(self, document: Document, source: Source) -> Parsed:
        if source.id in self.deadly:
            raise ParseError("killed", "SIGSEGV")
        return parse(document, source)

    def write(self, renditions: Sequence[Rendition | Hung]) -> tuple[str, ...]:
        if self.disk_full:
            raise OutputError("/public", "no space is left on its disk")
        bodies = {each.path: b"".join(each.pieces) for each in renditions}
        fresh = {path: body for path, body in bodies.items() if self.files.get(path) != body}
        self.files.update(fresh)
        return tuple(fresh)

    def remove(self, paths: Sequence[str]) -> None:
        for path in paths:
            self.files.pop(path, None)

    def post(self, delivery: Delivery, message: Message) -> Sent:
        self.sent.append(delivery)
        self.messages.append(message)
        return self.answers_to.get(message.url) or Sent(status=0 if self.hub_says else 202, problem=self.hub_says)

    def work(self, **more: object) -> Work:
        ports = Ports(
            library=self.store.library,
            archive=self.store.library,
            outbox=self.store.outbox,
            fetch=self.fetch,
            read=self.read,
            write=self.write,
            remove=self.remove,
            post=lambda: Posting(self.post),
            clock=lambda: self.now,
        )
        known: Mapping[str, Source] = {s.id: s for s in self.config.sources}
        return replace(Work(ports=ports, settings=self.config, sources=known), **more)  # type: ignore[arg-type]

    def says(self, source_id: str, body: bytes) -> None:
        document = Document(url=f"https://{source_id}.example/feed.xml", body=body, media_type="application/rss+xml")
        self.answers[source_id] = Fetched(outcome="fresh", documents=(document,), status=200)

    def sync(self) -> None:
        self.store.library.sync(self.config.sources, lambda _source: 0, self.now)

    def pass_(self) -> tuple[Report, Report, Report]:
        self.sync()
        return poll(POLL, self.work()), publish(PUBLISH, self.work()), deliver(DELIVER, self.work())


@contextmanager
def world(folder: Path, config: Settings) -> Iterator[World]:
    store = open_store(f"sqlite:///{folder}/feeds.db")
    try:
        yield World(store, config)
    finally:
        store.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    config = settings(source("one"), source("two", order=1), hubs=("https://hub.example/",))
    with world(tmp_path, config) as made:
        made.says("one", rss(("a", "First"), ("b", "Second")))
        made.says("two", rss(("c", "Third")))
        made.sync()
        regroup(made.work())
        yield made


def test_pub_26_twice_is_once(desk: World) -> None:
    polled, published, delivered = desk.pass_()
    assert polled.counts["new"] == 3
    assert published.counts["written"] == 4 + 2  # with the page of sources, and its list
    assert delivered.counts["delivered"] == 3
    files = dict(desk.files)
    desk.now += timedelta(hours=1)
    polled, published, delivered = desk.pass_()
    assert "new" not in polled.counts
    assert published.paths == ()
    assert desk.files == files
    assert "delivered" not in delivered.counts


def test_a_source_is_asked_with_the_headers_that_the_settings_have(desk: World) -> None:
    one, two = desk.config.sources
    keyed = replace(one, options=replace(one.options, headers={"Authorization": "Bearer secret"}))
    desk.config = replace(desk.config, sources=(keyed, two))
    desk.pass_()
    assert desk.headers == {"one": {"Authorization": "Bearer secret"}, "two": {}}


def test_one_bad_source_never_stops_another(desk: World) -> None:
    desk.says("one", b"<html><body>Please log in</body></html>")
    polled, _, _ = desk.pass_()
    assert polled.problems["one"].code == "html"
    assert polled.counts == {"sources": 2, "failed": 1, "fresh": 1, "entries": 1, "new": 1}


def test_bad_bytes_are_an_answer(desk: World) -> None:
    for body in (b"", b"\x00\xff\x00", b"<rss><channel><item>", b"{" * 1000, b"/etc/hostname", b"http://127.0.0.1:1/x"):
        desk.says("one", body)
        desk.now += timedelta(days=1)
        polled, _, _ = desk.pass_()
        assert polled.outcome == "done"


def test_net_43_an_empty_answer_takes_nothing_away(desk: World) -> None:
    desk.pass_()
    before = dict(desk.files)
    desk.says("one", b"")
    desk.now += timedelta(hours=1)
    desk.pass_()
    assert desk.files == before


def test_net_17_a_document_without_its_end_is_asked_for_again(desk: World) -> None:
    body = rss(("a", "First"), ("b", "Second"))
    whole = desk.answers["one"]
    cut = replace(whole.documents[0], body=body[: body.index(b"</channel>")])
    desk.answers["one"] = replace(whole, documents=(cut,), body_hash="h1")
    polled, _, _ = desk.pass_()
    assert polled.counts["new"] == 3
    assert desk.store.library.poll_view("one", (), ()).state.body_hash == ""


def test_a_feed_that_takes_another_name_is_credited_anew(desk: World) -> None:
    desk.pass_()
    renamed = rss(("a", "First"), ("b", "Second")).replace(b"<title>One</title>", b"<title>Uno</title>")
    desk.says("one", renamed)
    desk.now += timedelta(hours=1)
    _, published, _ = desk.pass_()
    assert b"Uno" in desk.files["/atom.xml"]
    assert published.counts["channels"] == 1
    desk.now += timedelta(hours=1)
    assert desk.pass_()[1].counts == {}


def test_sch_06_a_source_that_ends_its_reader_is_marked_and_harms_no_other(desk: World) -> None:
    desk.says("one", rss(("a", "A")))
    desk.says("two", rss(("b", "B")))
    desk.deadly = {"one"}
    polled, *_ = desk.pass_()
    assert {key: (p.code, p.detail) for key, p in polled.problems.items()} == {"one": ("killed", "SIGSEGV")}
    assert polled.counts["new"] == 1
    assert [line.state.problem for line in desk.store.overview.sources() if line.state.failures] == [
        Problem(code="killed", detail="SIGSEGV", where="https://one.example/feed.xml")
    ]
    desk.now += timedelta(days=1)
    desk.deadly = set()
    assert desk.pass_()[0].counts["new"] == 1


def test_sch_06_a_source_that_ends_the_program_rests_after_three_strikes(desk: World) -> None:
    for _ in range(3):
        desk.store.library.begin("one")
    polled, _, _ = desk.pass_()
    assert polled.problems["one"].code == "crashed"
    assert desk.asked == ["two"]
    desk.store.library.force(["one"], desk.now)
    polled = poll(POLL, desk.work(forced=frozenset({"one"})))
    assert polled.counts["new"] == 2


def test_pub_08_a_full_disk_keeps_the_marks(desk: World) -> None:
    desk.disk_full = True
    _, published, _ = desk.pass_()
    assert published.outcome == "failed"
    assert published.problems["all"].code == "output"
    desk.disk_full = False
    assert publish(PUBLISH, desk.work()).counts["written"] == 4 + 2  # with the page of sources, and its list


def test_sch_14_publishing_alone_is_tried_again_without_asking(desk: World) -> None:
    desk.disk_full = True
    desk.pass_()
    asked = list(desk.asked)
    desk.disk_full = False
    assert Job(name="publish") in tick(desk.work())
    publish(PUBLISH, desk.work())
    assert desk.asked == asked


def test_fm_20_a_post_in_the_future_comes_out_by_the_clock(tmp_path: Path) -> None:
    config = settings(source("posts", kind="content", location="/site", home="https://desk.example"))
    text = b"---\ntitle: Later\ndate: 2026-03-02 12:00:00 +0000\n---\nWords.\n"
    with world(tmp_path, config) as desk:
        document = Document(url="/site/later.md", body=text, path="later.md", origin="b1")
        desk.answers["posts"] = Fetched(outcome="fresh", documents=(document,), listing=("later.md",))
        desk.pass_()
        assert b"Later" not in desk.files["/atom.xml"]
        desk.answers["posts"] = Fetched(outcome="unchanged")
        desk.now = datetime(2026, 3, 2, 11, 59, 59, tzinfo=UTC)
        desk.pass_()
        assert b"Later" not in desk.files["/atom.xml"]
        desk.now = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
        assert Job(name="publish") in tick(desk.work())
        publish(PUBLISH, desk.work())
        assert all(b"Later" in desk.files[path] for path in ("/atom.xml", "/rss.xml", "/feed.json", "/index.html"))


def test_pub_24_what_a_person_says_is_meant_goes_beside_a_running_service_too(tmp_path: Path) -> None:
    """The desk said to run `feeds fetch ID --force`, which a running service had refused; and it meant no more than
    was told: what vanishes besides by the next look is held again."""
    config = settings(source("posts", kind="content", location="/site", home="https://desk.example"))

    def listing(*numbers: int) -> Fetched:
        text = "---\ntitle: Post {0}\ndate: 2026-01-02 12:00:00 +0000\n---\nWords of {0}.\n"
        documents = tuple(
            Document(url=f"/site/{n}.md", body=text.format(n).encode(), path=f"{n}.md", origin=f"b{n}") for n in numbers
        )
        return Fetched(outcome="fresh", documents=documents, listing=tuple(f"{n}.md" for n in numbers))

    def told(shop: World) -> int:
        shop.now += timedelta(minutes=1)
        shop.pass_()
        return sum(story.status == "shown" for story in shop.store.looks.stories(100))

    with world(tmp_path, config) as shop:
        for numbers in (range(10), range(2)):
            shop.answers["posts"] = listing(*numbers)
            assert told(shop) == 10
        shop.store.library.force(["posts"], shop.now)
        shop.answers["posts"] = listing(1)
        assert told(shop) == 10, "nine are gone, eight were meant"
        shop.store.library.force(["posts"], shop.now)
        assert told(shop) == 1
        assert shop.store.library.poll_view("posts", (), ()).state.meant == ""


def test_a_hub_that_refuses_is_asked_again_ever_later_and_not_for_ever(desk: World) -> None:
    desk.hub_says = "HTTP 500"
    desk.pass_()
    waits = []
    for _ in range(PINGS + 3):
        owed = desk.store.outbox.owed(desk.now + timedelta(days=30), 100)
        if not owed:
            break
        waits.append(owed[0].due - desk.now)
        desk.now = max(d.due for d in owed)
        deliver(DELIVER, desk.work())
    assert len(waits) == PINGS - 1
    assert waits == sorted(waits)
    assert {d.id for d in desk.sent} == {d.id for d in desk.sent[:3]}


def test_new_settings_regroup_what_is_stored(desk: World) -> None:
    desk.pass_()
    desk.config = replace(desk.config, categories=(Subject(name="Firsts", slug="firsts", add=("title ~ 'first'",)),))
    assert regroup(desk.work()) == 1
    publish(PUBLISH, desk.work())
    assert b"First" in desk.files["/firsts/atom.xml"]
    assert b"Second" not in desk.files["/firsts/atom.xml"]


def test_what_the_configuration_names_is_published_first(desk: World) -> None:
    """Of 1,240 channels a renamed category came out last but a hundred, minutes after it was renamed."""
    brought = rss(("1", "First"), ("2", "Second")).replace(b"</item>", b"<category>Alpha</category></item>")
    whole = desk.answers["one"]
    desk.answers["one"] = replace(whole, documents=(replace(whole.documents[0], body=brought),), body_hash="h1")
    desk.pass_()
    desk.config = replace(desk.config, categories=(Subject(name="Zeta", slug="zeta", add=("title ~ 'first'",)),))
    regroup(desk.work())
    marked = [channel.rpartition(":")[2] for channel, _ in desk.store.outbox.dirty(desk.now, 100)]
    assert marked.index("zeta") < marked.index("alpha")
    assert marked.index("all") < marked.index("alpha")


def test_an_output_that_is_no_longer_configured_takes_its_files_along(desk: World) -> None:
    desk.pass_()
    desk.store.outbox.mark(["gone"], desk.now)
    report = publish(PUBLISH, desk.work())
    assert report.outcome == "done"
    assert desk.store.outbox.dirty(desk.now, 10) == ()


def test_sch_10_a_stop_between_two_sources_leaves_the_rest_due_and_it_comes_first(desk: World) -> None:
    poll(POLL, desk.work(stopping=lambda: bool(desk.asked)))
    assert desk.asked == ["one"]  # and its answer was used
    assert [s.id for s, _ in desk.store.library.due(0, desk.now, 10)] == ["two"]
    desk.asked.clear()
    desk.now += timedelta(days=1)
    poll(POLL, desk.work())
    assert desk.asked == ["two", "one"]


def test_sch_11_a_run_goes_on_with_the_settings_that_it_began_with(desk: World) -> None:
    began = desk.work()
    desk.config = replace(desk.config, sources=desk.config.sources[:1], categories=(Subject(name="New"),))
    desk.sync()
    poll(POLL, began)
    assert {*desk.asked} == {"one"}  # what was taken out is not asked; how the rest is read did not change under it
    assert began.settings.categories == ()


def test_a_budget_that_ends_between_two_sources_leaves_the_rest_due(
    desk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def took(tally: Tally) -> timedelta:
        return timedelta(minutes=9 if desk.asked else 0)

    monkeypatch.setattr(Tally, "took", property(took))
    report = poll(POLL, desk.work(budget=timedelta(minutes=5)))
    assert (report.outcome, report.counts["sources"], desk.asked) == ("more", 1, ["one"])
    assert [s.id for s, _ in desk.store.library.due(0, desk.now, 10)] == ["two"]


def test_a_category_that_a_poll_makes_while_channels_are_brought_out_is_brought_out_too(desk: World) -> None:
    desk.pass_()
    desk.now += timedelta(hours=1)
    desk.store.outbox.mark(["all"], desk.now)

    def meanwhile(channel_id: str, left: int) -> None:
        if "sport" not in desk.store.library.categories():
            whole = desk.answers["one"]
            body = rss(("new", "Goal")).replace(b"</item>", b"<category>Sport</category></item>")
            desk.answers["one"] = replace(whole, documents=(replace(whole.documents[0], body=body),), body_hash="h1")
            desk.store.library.force(["one"], desk.now)
            poll(POLL, desk.work())

    publish(PUBLISH, desk.work(progress=meanwhile))
    assert "/sport/atom.xml" in desk.files
    assert "by-category:sport" not in {channel for channel, _ in desk.store.outbox.dirty(desk.now, 9)}


def test_what_a_poll_reports_of_a_folder_with_a_faulty_post(tmp_path: Path) -> None:
    config = settings(source("posts", kind="content", location="/site", home="https://desk.example"))
    with world(tmp_path, config) as desk:
        good = Document(url="/site/a.md", body=b"---\ntitle: A\n---\nWords.\n", path="a.md", origin="b1")
        bad = Document(url="/site/b.md", body=b"---\ntags: [x, y\n---\nWords.\n", path="b.md", origin="b2")
        desk.answers["posts"] = Fetched(outcome="fresh", documents=(good, bad), listing=("a.md", "b.md"))
        polled, _, _ = desk.pass_()
        assert [(p.code, p.where.partition(":")[0]) for p in polled.problems.values()] == [("post", "/site/b.md")]
        state = desk.store.library.poll_view("posts", (), ()).state
        assert isinstance(state.problem, Problem)
        desk.answers["posts"] = Fetched(outcome="unchanged")
        desk.now += timedelta(hours=1)
        desk.pass_()
        assert desk.store.library.poll_view("posts", (), ()).state.problem == state.problem


MOVED = "https://new.example/feed.xml"


def test_net_22_a_source_that_moved_for_good_is_asked_at_its_new_address(desk: World) -> None:
    asked: list[str] = []
    ask = desk.fetch

    def fetch(batch: Sequence[tuple[Source, SourceState]], hurry: Hurry) -> Iterator[Fetched | None]:
        asked.extend(src.location for src, _ in batch)
        return ask(batch, hurry)

    desk.fetch = fetch  # type: ignore[method-assign]
    for document in range(4):
        desk.answers["one"] = replace(desk.answers["one"], moved_to=MOVED if document < 3 else "")
        desk.pass_()
        desk.now += timedelta(days=1)
    assert asked.count("https://one.example/feed.xml") == 3
    assert asked.count(MOVED) == 1


def test_a_source_that_moved_to_another_one_rests_and_says_so(desk: World) -> None:
    desk.config = settings(source("one"), source("two", order=1, location=MOVED))
    for _ in range(4):
        desk.answers["one"] = replace(desk.answers["one"], moved_to=MOVED)
        desk.pass_()
        desk.now += timedelta(days=1)
    assert desk.asked.count("one") == 3
    line = next(line for line in desk.store.overview.sources() if line.source.id == "one")
    assert line.state.problem == Problem(
        code="twin", detail=f"source two has {MOVED}", where="https://one.example/feed.xml"
    )


def moved_there(desk: World, **states: Mapping[str, Any]) -> None:
    """Let sources be as *states* tell, by their ids; `paused` is what the owner did."""
    desk.sync()
    for name, facts in states.items():
        view = desk.store.library.poll_view(name, (), ())
        desk.store.library.settle([Changes(was_due=view.state.due, state=replace(view.state, **facts))])
        desk.store.library.pause(name, facts.get("paused") is True)


CLOSED = {"gone_since": NOW - timedelta(days=3), "polled": NOW, "problem": Problem(code="gone")}


@pytest.mark.parametrize(
    ("two", "rests"),
    [
        pytest.param({}, True, id="it reads the feed"),
        pytest.param({"lives_at": "https://one.example/feed.xml"}, False, id="they changed places"),
        pytest.param({"lives_at": "https://third.example/"}, False, id="it moved on"),
        pytest.param({"paused": True}, False, id="it is paused"),
        pytest.param(CLOSED, False, id="it is gone"),
    ],
)
def test_a_twin_counts_only_where_it_reads_the_feed(desk: World, two: Mapping[str, Any], rests: bool) -> None:
    desk.config = settings(source("one"), source("two", order=1, location=MOVED))
    moved_there(desk, one={"lives_at": MOVED}, two=two)
    polled = poll(POLL, desk.work())
    assert ("one" in polled.problems) is rests
    assert ("one" in desk.asked) is not rests


@pytest.mark.parametrize(
    ("states", "enabled", "asked"),
    [
        pytest.param({}, "abc", "a", id="the first in the configuration"),
        pytest.param({"a": {"paused": True}}, "abc", "b", id="which is paused"),
        pytest.param({"a": CLOSED}, "abc", "b", id="which is gone"),
        pytest.param({"a": {"lives_at": "https://other.example/"}}, "abc", "ab", id="which moved on"),
        pytest.param({}, "bc", "b", id="which is disabled"),
        pytest.param({"c": {"lives_at": ""}}, "abc", "ac", id="the last is not there yet"),
    ],
)
def test_of_sources_that_moved_to_one_address_one_is_asked_there(
    desk: World, states: Mapping[str, Mapping[str, Any]], enabled: str, asked: str
) -> None:
    """None of them had the address before. The others take turns only when that one reads nothing any more."""
    desk.config = settings(*(source(i, order=n, enabled=i in enabled) for n, i in enumerate("abc")))
    desk.answers = dict.fromkeys("abc", desk.answers["one"])
    moved_there(desk, **{i: {"lives_at": MOVED, **states.get(i, {})} for i in "cab"})
    polled = poll(POLL, desk.work())
    assert sorted(desk.asked) == [*asked]
    twins = {i: p.detail for i, p in polled.problems.items() if p.code == "twin"}
    owner = next(i for i in asked if states.get(i, {}).get("lives_at", MOVED) == MOVED and states.get(i) != CLOSED)
    resting = [i for i in enabled if i not in asked and not states.get(i, {}).get("paused")]
    assert twins == dict.fromkeys(resting, f"source {owner} has {MOVED}")


@pytest.mark.parametrize("outcome", ["fresh", "unchanged"])
def test_who_asks_a_host_asks_what_moved_there_until_it_comes_back(desk: World, outcome: str) -> None:
    """Two workers that know nothing of each other must not ask one host at once."""

    def shard_of(found: Source) -> int:
        return 2 if found.location == MOVED else 1

    def asked_by() -> list[int]:
        later = desk.now + timedelta(days=60)
        return [shard for shard in range(3) if desk.store.library.due(shard, later, 9)]

    desk.config = settings(source("one"))
    desk.store.library.sync(desk.config.sources, shard_of, desk.now)
    answer = desk.answers["one"] if outcome == "fresh" else Fetched(outcome="unchanged")
    lost = Fetched(outcome="failed", problem=Problem(code="http", detail="404"))
    found = []
    for answered in [replace(answer, moved_to=MOVED)] * 3 + [lost] * 3:
        desk.answers["one"] = answered
        poll(Job(name="poll", shard=asked_by()[0]), desk.work(shard_of=shard_of))
        found.append(asked_by())
        desk.now += timedelta(days=30)
    assert found == [[1], [1], [2], [2], [2], [1]]
    assert desk.asked == ["one"] * 6


def test_sources_that_changed_places_in_a_ring_all_go_on(desk: World) -> None:
    desk.config = settings(*(source(i, order=n) for n, i in enumerate("abc")))
    desk.answers = dict.fromkeys("abc", desk.answers["one"])
    ring = {"a": "b", "b": "c", "c": "a"}
    moved_there(desk, **{i: {"lives_at": f"https://{to}.example/feed.xml"} for i, to in ring.items()})
    polled = poll(POLL, desk.work())
    assert (sorted(desk.asked), polled.problems) == (["a", "b", "c"], {})


def test_a_feed_that_holds_nothing_any_more_is_a_problem_and_withdraws_nothing(desk: World) -> None:
    desk.pass_()
    before = desk.store.library.every_story("", 10)
    desk.says("one", rss())
    desk.now += timedelta(days=1)
    polled, _, _ = desk.pass_()
    assert polled.problems["one"].code == "emptied"
    assert desk.store.library.every_story("", 10) == before
    desk.answers["one"] = Fetched(outcome="unchanged", status=304)
    desk.now += timedelta(days=1)
    assert poll(POLL, desk.work()).problems["one"].code == "emptied"  # as long as it is


def told(first: int, day: int, title: str = "One", number: int = 6) -> bytes:
    """A feed of some items in a row, each an hour younger than the one before."""
    items = "".join(
        f"<item><guid isPermaLink='false'>g{n}</guid><title>Story {n}</title><link>https://one.example/{n}</link>"
        f"<pubDate>{day} Jul 2026 {n % 20:02}:00:00 +0000</pubDate></item>"
        for n in range(first, first + number)
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>".encode()


@pytest.mark.parametrize(
    ("later", "code"),
    [
        pytest.param(told(10, 1), "replaced", id="others that are as old"),
        pytest.param(told(10, 28, "Cheap pills"), "replaced", id="another site"),
        pytest.param(told(10, 28), "", id="a busy feed after a long rest"),
        pytest.param(told(5, 1), "", id="one is left"),
        pytest.param(told(10, 1, number=4), "", id="few"),
        pytest.param(told(0, 1, "Number One"), "", id="another name alone"),
    ],
)
def test_a_feed_whose_entries_all_gave_way_to_others_is_a_problem(desk: World, later: bytes, code: str) -> None:
    desk.now = datetime(2026, 7, 20, tzinfo=UTC)
    desk.says("one", told(0, 1))
    desk.pass_()
    before = {story.id for story in desk.store.library.every_story("", 50)}
    desk.says("one", later)
    desk.now += timedelta(days=10)
    polled, _, _ = desk.pass_()
    assert getattr(polled.problems.get("one"), "code", "") == code
    assert before <= {story.id for story in desk.store.library.every_story("", 50)}


def test_an_archive_is_no_news_and_never_becomes_any(desk: World) -> None:
    desk.config = settings(source("one", options=Options(first=2)), source("two", order=1))
    items = [(f"g{n}", f"Story {n}") for n in range(5)]
    desk.says("one", rss(*items))
    _polled, _, _ = desk.pass_()
    shown = {s.lead.title for s in desk.store.library.every_story("", 10)}
    assert shown == {"Story 0", "Story 1", "Third"}
    desk.says("one", rss(("new", "News"), *items))
    desk.now += timedelta(days=1)
    desk.pass_()
    assert {s.lead.title for s in desk.store.library.every_story("", 10)} == {*shown, "News"}


def test_what_a_226_leaves_out_has_not_left_the_feed(tmp_path: Path) -> None:
    """RFC 3229: such an answer holds the new entries alone. What is old and still told must never come back as new."""
    with world(tmp_path, settings(source("one", options=Options(keep=timedelta(days=7))))) as desk:
        desk.says("one", rss(("a", "First"), ("b", "Second")))
        desk.pass_()
        for days, partial, kept in ((30, True, {"a", "b", "c"}), (31, False, {"c"})):
            desk.now = NOW + timedelta(days=days)
            desk.says("one", rss(("c", "Third")))
            desk.answers["one"] = replace(desk.answers["one"], partial=partial, status=226 if partial else 200)
            polled, _, _ = desk.pass_()
            assert polled.counts.get("new", 0) == partial
            while desk.store.library.expire(desk.now):
                pass
            assert {k.entry.guid for k in desk.store.overview.entries("one")} == kept


@pytest.mark.parametrize(
    ("location", "answered", "says"),
    [
        pytest.param("https://desk.example/atom.xml", "https://desk.example/atom.xml", "", id="its address"),
        pytest.param("https://one.example/", "https://www.desk.example/rss.xml", "", id="where a redirect led"),
        pytest.param("https://mirror.example/f", "https://mirror.example/f", "https://desk.example/rss.xml", id="self"),
    ],
)
def test_ssrf_22_a_feed_of_our_own_is_refused(tmp_path: Path, location: str, answered: str, says: str) -> None:
    with world(tmp_path, settings(source("one", location=location), source("two", order=1))) as desk:
        document = Document(url=answered, body=rss(("a", "First")))
        desk.says("two", rss(("c", "Third")))
        desk.answers["one"] = Fetched(outcome="fresh", documents=(document,), self_url=says, body_hash="h", status=200)
        polled, _, _ = desk.pass_()
        assert [(k, p.code) for k, p in polled.problems.items()] == [("one", "own")]
        assert {s.lead.title for s in desk.store.library.every_story("", 10)} == {"Third"}
        assert desk.store.library.poll_view("one", (), ()).state.body_hash == ""


def test_what_is_gone_for_a_day_from_among_older_ones_was_taken_back(desk: World) -> None:
    one, two = desk.config.sources
    desk.config = replace(desk.config, sources=(replace(one, options=Options(deletions="missing")), two))
    items = [("a", "A"), ("b", "B"), ("e", "E")]
    body = rss(*items).replace(b"01 Feb", b"02 Feb", 1).replace(b"Sun, 02", b"Mon, 02", 1)
    desk.says("one", body)
    desk.pass_()
    gone = rss(*items[1:])
    for hours, shown in ((13, 4), (13, 4), (13, 3)):  # all of it is read twice a day
        desk.says("one", gone.replace(b"Words", b"Words %d" % hours, 1))
        desk.now += timedelta(hours=hours)
        desk.pass_()
        assert sum(s.status == "shown" for s in desk.store.library.every_story("", 9)) == shown
    assert b">A<" not in desk.files["/atom.xml"]
    assert b"deleted-entry" in desk.files["/atom.xml"]


def test_our_own_tombstones_are_understood(desk: World) -> None:
    """What we say of what is gone, another of our kind hears: in Atom and in JSON."""
    desk.pass_()
    story = next(s for s in desk.store.library.every_story("", 9) if s.lead.title == "First")
    table = Desk(desk.config, {s.id: s for s in desk.config.sources}, desk.now)
    desk.store.library.edit(table.retract(story, ""), desk.now)
    desk.pass_()
    for path in ("/atom.xml", "/feed.json"):
        read = parse(Document(url=f"https://desk.example{path}", body=desk.files[path]), source("other"))
        assert [(d.ref, d.when) for d in read.deleted] == [(story.id, desk.now)]


def test_fm_19_two_posts_of_one_address_are_an_error_that_names_both(tmp_path: Path) -> None:
    config = settings(source("posts", kind="content", location="/site", home="https://desk.example"))
    with world(tmp_path, config) as desk:
        texts = {"a.md": "First", "b.md": "Second", "c.md": "Third"}
        documents = tuple(
            Document(
                url=f"/site/{path}",
                body=f"---\ntitle: {title}\npermalink: /{'same' if path != 'c.md' else 'other'}/\n---\n{title}.\n".encode(),
                path=path,
                origin=path,
            )
            for path, title in texts.items()
        )
        desk.answers["posts"] = Fetched(outcome="fresh", documents=documents, listing=tuple(texts))
        polled, _, _ = desk.pass_()
        (problem,) = polled.problems.values()
        assert (problem.code, problem.where) == ("post", "/site/b.md")
        assert "https://desk.example/same/" in problem.detail
        assert "a.md" in problem.detail
        assert {s.lead.title for s in desk.store.library.every_story("", 10)} == {"First", "Third"}


def test_a_source_that_is_made_due_while_it_is_read_is_looked_at_again(
    desk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a poll writes goes by the state with which it asked, unless that moved."""
    begin = Library.begin

    def meanwhile(library: Library, *source_ids: str) -> None:
        begin(library, *source_ids)
        library.hasten(["one"], desk.now)

    with monkeypatch.context() as patch:
        patch.setattr(Library, "begin", meanwhile)
        report = poll(POLL, desk.work())
    assert (report.counts["sources"], report.counts["new"]) == (2, report.counts["entries"])
    assert "gave_way" not in report.counts
    assert desk.store.library.due(0, desk.now, 10) == []


def test_a_lock_that_others_hold_is_no_fault_of_a_source(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays due, and the others are written."""
    apply = Library.apply

    def held(library: Library, changes: Changes) -> None:
        if changes.state.source_id == "one":
            raise StoreLocked("the store is held by another program")
        apply(library, changes)

    with monkeypatch.context() as patch:
        patch.setattr(Library, "apply", held)
        report = poll(POLL, desk.work())
    assert (report.counts["gave_way"], report.problems) == (1, {})
    assert [(s.id, state.failures) for s, state in desk.store.library.due(0, desk.now, 10)] == [("one", 0)]
    assert poll(POLL, desk.work()).counts["new"] > 0
    assert desk.store.library.due(0, desk.now, 10) == []
