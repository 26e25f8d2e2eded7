"""Nothing is visible before its time, beyond its terms or after it was taken back: in no output, to nobody.

Stories, terms and times are generated; each word that a story has is told apart from all others, so that finding it
in any bytes that leave the house tells who may see what. What may be seen is said here anew, in a few lines of its own.
"""

import gzip
import logging
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feeds.app.build import App, opened
from feeds.app.desk import decisions as desk
from feeds.app.partners import partners
from feeds.app.serving import tokens
from feeds.app.serving.api import entrances
from feeds.app.serving.push import Topics
from feeds.app.serving.search import searcher
from feeds.jobs.syndicate import Syndicate
from feeds.model.channel import TAKEN, Format
from feeds.model.delivery import Delivery, Message, Sent
from feeds.model.job import Job, JobName
from feeds.ports import Plan
from feeds.ports_mirror import Mirror
from feeds.web.api.spec import BASE, key
from feeds.web.metrics import Meters
from feeds.web.wire.http import Asked
from tests.buckets import Bucket

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
ARCHIVE = re.compile(r"-\d{4}-\d\d-\d\d\.")  # documents of closed periods keep a text that was corrected, and say so
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LAST = 5  # hours
BY = "https://creativecommons.org/licenses/by/4.0/"
CONFIG = """\
version: 1
site: {{title: Desk, url: 'https://desk.example', pages: posts, language: ko}}
content:
  - {{id: posts, path: site}}
sources:
{sources}
outputs:
  - {{id: all, path: /, formats: [atom, json, html, news], archives: day}}
  - {{id: by-category, each: category, path: '/{{slug}}/', formats: [rss]}}
  - {{id: wire, path: /wire/, formats: [msn, smartnews, flipboard, naver, ninjs]}}
partners:
{partners}
push: {{hub: builtin}}
store: sqlite:///var/feeds.db
public: var/public
"""


@dataclass(frozen=True)
class Told:
    """A story: whose it is, when it may be seen, when its text changes, when it is taken back (hours; 99: never)."""

    whose: str  # ours, licensed, reserved
    language: str
    embargo: int
    corrected: int
    retracted: int

    def shown(self, hours: float) -> bool:
        return self.embargo <= hours < self.retracted


@dataclass(frozen=True)
class Terms:
    content: str
    delay: int  # hours
    sources: str
    language: str
    images: str
    dialect: str
    asks: bool  # now and then, so that it holds what is taken back
    pushed: bool  # by a webhook, so that it holds what was sent

    def written(self, name: str) -> str:
        languages = f", languages: [{self.language}]" if self.language else ""
        if self.pushed:
            languages += f", push: {{url: 'https://partner.example/{name}', secret: {SECRET}}}"
        return (
            f"  - {{id: {name}, content: {self.content}, delay: {self.delay}h, sources: {self.sources}{languages},"
            f" images: {self.images}, dialect: {self.dialect}, channels: [all, by-category]}}"
        )


PLAIN = ("atom", "rss", "json")
TITLED = ("msn", "smartnews", "ninjs")  # they know by its title what is taken back
TAKEDOWN = {  # how a document says that a story was taken back; RSS and Flipboard have no words for it
    "atom": b"deleted-entry",
    "json": b'"when":',
    "msn": b"expirationDate",
    "smartnews": b'state="deleted"',
    "naver": b"deleted-entry",
    "ninjs": b'"pubstatus": "canceled"',
}
SECRET = "whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3"
hours = st.sampled_from([99, 0, 1, 2, 3, 4])
stories = st.builds(
    Told,
    whose=st.sampled_from(["ours", "ours", "ours", "licensed", "reserved"]),
    language=st.sampled_from(["ko", "en"]),
    embargo=st.sampled_from([0, 0, 1, 2, 3]),
    corrected=hours,
    retracted=hours,
)
terms = st.builds(
    Terms,
    content=st.sampled_from(["full", "summary", "title"]),
    delay=st.sampled_from([0, 0, 1, 2]),
    sources=st.sampled_from(["own", "licensed", "all"]),
    language=st.sampled_from(["", "ko"]),
    images=st.sampled_from(["all", "own", "none"]),
    dialect=st.sampled_from([*PLAIN, *PLAIN, "msn", "smartnews", "flipboard", "naver", "ninjs"]),
    asks=st.booleans(),
    pushed=st.booleans(),
).filter(
    lambda one: one.content in TAKEN.get(cast("Format", one.dialect), (one.content,))
)  # `feeds check` refuses others


def html(number: int, word: str) -> str:
    pictures = f'<img src="https://cdn.example/i{number}x.png"><img src="https://desk.example/o{number}x.png">'
    return f"<p>{word}{number}x is what nobody else says in so many words here.</p>{pictures}"


class Logged(logging.Handler):
    """The lines of the log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Posted:
    """The port `Post`: what leaves is looked at in that moment, and taken."""

    def __init__(self, see: Callable[[Message], None]) -> None:
        self._see, self._done = see, list[tuple[Delivery, Sent]]()

    def __len__(self) -> int:
        return len(self._done)

    def send(self, delivery: Delivery, plan: Plan) -> None:
        planned = plan(delivery)
        if isinstance(planned, Message):
            self._see(planned)
            planned = Sent(status=204)
        self._done.append((delivery, planned))

    def recall(self) -> None:
        """Nothing waits."""

    def sent(self, seconds: float) -> list[tuple[Delivery, Sent]]:
        done, self._done = self._done, []
        return done


class World:
    """A desk with these stories and partners, and a clock in its hand."""

    def __init__(self, folder: Path, told: list[Told], under: list[Terms], stack: ExitStack) -> None:
        self.folder, self.told, self.under = folder, told, under
        self.now = START
        (folder / "site").mkdir()
        sources = [f"  - {{id: s{n}, file: s{n}.xml}}" for n, one in enumerate(told) if one.whose != "ours"]
        written = [one.written(f"p{n}") for n, one in enumerate(under)]
        text = CONFIG.format(sources="\n".join(sources) or "  []", partners="\n".join(written))
        (folder / "feeds.yaml").write_text(text)
        for number in range(len(told)):
            self.write(number, "c")
        self.app: App = stack.enter_context(opened(str(folder / "feeds.yaml"), {}, lock=True))
        self.app.clock = lambda: self.now
        self.office: Syndicate = partners.office(self.app)
        self.app.sync()
        ports = self.app.ports
        self.bucket = Bucket()
        mirror = Mirror(bucket=self.bucket, notes=self.app.store.outbox.mirroring())
        self.app._ports = replace(ports, post=lambda: Posted(self.sent), mirror=mirror)
        self.pushes = 0
        self.logged = Logged()
        logging.getLogger("feeds").addHandler(self.logged)
        stack.callback(logging.getLogger("feeds").removeHandler, self.logged)
        token = tokens.add(self.app.store.tokens, "reader", ("read",), self.now)
        self.shown = {"authorization": f"Bearer {token}"}
        self.api = {way.path.removeprefix(BASE): way.handler for way in entrances(self.app, Meters(lambda: None))}

    def write(self, number: int, word: str) -> None:
        one = self.told[number]
        if one.whose == "ours":
            embargo = f"embargo: {(START + one.embargo * HOUR).isoformat()}\n" if one.embargo else ""
            (self.folder / f"site/n{number}.md").write_text(
                f"---\ntitle: t{number}x\ndate: 2026-11-19\nlang: {one.language}\ncategories: [topic{number}]\n"
                f"excerpt: s{number}x\n{embargo}---\n{html(number, word)}\n"
            )
            return
        licence = f"<creativeCommons:license>{BY}</creativeCommons:license>" if one.whose == "licensed" else ""
        (self.folder / f"s{number}.xml").write_text(
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/'
            'elements/1.1/" xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"><channel>'
            f"<title>Source {number}</title><link>https://s{number}.example/</link><description>d</description><item>"
            f"<title>t{number}x</title><link>https://s{number}.example/n{number}</link><guid>g{number}</guid>"
            f"<pubDate>Thu, 19 Nov 2026 0{number}:00:00 +0000</pubDate><description>s{number}x</description>"
            f"<dc:language>{one.language}</dc:language>{licence}"
            f"<content:encoded><![CDATA[{html(number, word)}]]></content:encoded></item></channel></rss>"
        )

    def move(self, moment: datetime) -> None:
        """Let it be *moment*: what the desk decides then is decided, and what is due is done."""
        self.now = moment
        at = (moment - START) / HOUR
        for number, one in enumerate(self.told):
            if one.corrected == at:
                self.write(number, "k")
        self.run("poll")
        known = {s.lead.title: s for s in self.app.store.library.every_story("", 99)}
        for number, one in enumerate(self.told):
            if one.retracted == at:
                desk.retract(self.app, known[f"t{number}x"].id, "")
        self.run("publish", "index", "hand", "deliver", "mirror")

    def run(self, *jobs: JobName) -> None:
        self.app.store.library.hasten([s.id for s in self.app.settings.sources], self.now)
        for job in jobs:
            report = self.app.run_job(Job(name=job), self.app.work())
            assert report.outcome == "done", report
            assert not [p for p in report.problems.values() if p.code not in ("no_date", "assumed")], report

    def public(self) -> Iterator[tuple[str, bytes]]:
        for path in sorted(p for p in (self.folder / "var/public").rglob("*") if p.is_file()):
            yield str(path.relative_to(self.folder)), path.read_bytes()
            found = self.app.store.overview.rendition("/" + str(path.relative_to(self.folder / "var/public")))
            yield f"served {path.name}", found.body if found else b""
        for name, body in self.bucket.bodies().items():
            yield f"mirrored {name}", gzip.decompress(body)

    def programs(self) -> Iterator[tuple[str, bytes]]:
        """What the interface for programs says to who may read, and what the log says."""
        keys = [key(story.id) for story in self.app.store.library.every_story("", 99)]
        asked = [(path, "") for path in ("/stories", "/channels", "/sources", "/decisions")]
        for path, name in (*asked, *(("/stories/{key}", one) for one in keys)):
            answer = self.api[path](Asked(path=BASE + path, headers=self.shown, names={"key": name}))
            assert answer.status in (200, 404), answer
            yield f"api {path}", answer.body
        yield "log", "\n".join(self.logged.lines).encode()

    def sent(self, message: Message) -> None:
        """A push leaves: nothing in it that its partner may not see at this moment."""
        assert isinstance(message.data, bytes)
        self.pushes += 1
        under = self.under[int(message.url.rpartition("/p")[2])]
        at = (self.now - START) / HOUR
        for number, one in enumerate(self.told):
            leaks = hidden_from(under, number, one, at)
            assert not [w for w in leaks if w in message.data], (message.url, at, one, under)

    def private(self, number: int) -> Iterator[tuple[str, bytes]]:
        partner = self.office.partner(f"p{number}")
        assert partner
        for channel in self.office.channels(partner).values():
            file = channel.file(partner.dialect).rpartition("/")[2]
            issue = self.office.issue(partner, channel.id, file)
            assert issue
            if self.under[number].asks:
                self.office.picked_up(issue, "polled", 1)
            rendition = self.office.rendition(issue)
            assert rendition
            yield f"p{number} {channel.id}", rendition.body


def words(number: int, one: Told, at: float, extent: str = "full", images: str = "all") -> set[bytes]:
    """The words of a story that may be seen at *at* by those who may see it."""
    told = {f"t{number}x"}
    if extent != "title":
        told.add(f"s{number}x")
    if extent == "full":
        told.add(f"{'k' if one.corrected <= at else 'c'}{number}x")
        told |= {f"o{number}x.png"} if images in ("all", "own") else set()
        told |= {f"i{number}x.png"} if images == "all" else set()
    return {word.encode() for word in told}


def every_word(number: int) -> set[bytes]:
    texts, pictures = [f"{c}{number}x" for c in "tsck"], [f"{c}{number}x.png" for c in "io"]
    return {word.encode() for word in (*texts, *pictures)}


def allowed(one: Told, under: Terms, at: float) -> bool:
    """What the terms say, once more: a retraction ends all, a delay begins with the release."""
    passes = one.whose == "ours" or under.sources == "all" or (one.whose, under.sources) == ("licensed", "licensed")
    speaks = not under.language or under.language == one.language
    return passes and speaks and one.embargo + under.delay <= at < one.retracted


def hidden_from(under: Terms, number: int, one: Told, at: float) -> set[bytes]:
    """The words of a story that a partner may not see at *at*."""
    told = words(number, one, at, under.content, under.images) if allowed(one, under, at) else set()
    if told and under.content == "summary" and under.images == "all":
        told.add(f"i{number}x.png".encode())  # a summary may lead with its picture
    if at >= one.retracted and under.dialect in TITLED:
        told.add(f"t{number}x".encode())
    return every_word(number) - told


def check(world: World, at: float) -> None:
    documents = [*world.public(), *world.programs()]
    for number, one in enumerate(world.told):
        hidden = every_word(number) - (words(number, one, at) if one.shown(at) else set())
        for name, body in documents:
            first = {f"c{number}x".encode()} if one.shown(at) and ARCHIVE.search(name) else set()
            if at >= one.retracted and name.rpartition("/")[2].partition(".")[0].removeprefix("served ") in TITLED:
                first = {f"t{number}x".encode()}
            assert not [w for w in hidden - first if w in body], (name, at, one)
        page = searcher(world.app)(f"s{number}x", 1)
        assert (f"t{number}x".encode() in page) == one.shown(at), ("search", at, one)
        river = (world.folder / "var/public/atom.xml").read_bytes()
        assert all((w in river) == one.shown(at) for w in words(number, one, at)), ("river", at, one)
    for place, under in enumerate(world.under):
        found = list(world.private(place))
        for number, one in enumerate(world.told):
            hidden = hidden_from(under, number, one, at)
            for name, body in found:
                assert not [w for w in hidden if w in body], (name, at, one, under)
            if under.dialect in PLAIN:
                told = words(number, one, at, under.content, under.images) if allowed(one, under, at) else set()
                river = dict(found)[f"p{place} all"]
                assert all(word in river for word in told), (place, at, one, under)


def check_takedowns(world: World) -> None:
    """Who got a story that was taken back is told so, in the words of its dialect: else they show it for good."""
    for place, under in enumerate(world.under):
        if under.asks and under.dialect in TAKEDOWN:
            had = [o for o in world.told if o.retracted < LAST and got(o, under)]
            told = dict(world.private(place))[f"p{place} all"].count(TAKEDOWN[under.dialect])
            assert told >= len(had), ("not taken down", place, had, under)


def got(one: Told, under: Terms) -> bool:
    """Whether it was ever seen under these terms, at a full hour. Naver takes the site's own pages alone."""
    return (one.whose == "ours" or under.dialect != "naver") and any(allowed(one, under, at) for at in range(LAST))


def check_hub(world: World) -> None:
    topic = Topics(world.app)
    assert topic("https://desk.example/atom.xml")
    assert not topic("https://desk.example/partner/p0/all/atom.xml"), "no hub knows of private feeds"
    owed = world.app.store.outbox.owed(world.now + 99 * HOUR, 999)
    assert not [delivery for delivery in owed if "/partner/" in delivery.topic]
    assert not list((world.folder / "var/public").rglob("partner*"))


def check_mirror(world: World) -> None:
    """In the bucket are the public documents, all of them and nothing else: nothing of a partner."""
    published = {line.path for line in world.app.store.overview.renditions()}
    assert set(world.bucket.bodies()) == published
    assert published
    assert not [path for path in published if "partner" in path]


EACH_RULE = (  # one story that goes out late and is called back, by a dialect each, and two that no terms let through
    [Told("ours", "ko", 1, 99, 3), Told("reserved", "ko", 0, 99, 99), Told("ours", "en", 0, 2, 4)],
    [Terms("full", 0, "licensed", "ko", "none", dialect, True, False) for dialect in TAKEDOWN],
)


@example(*EACH_RULE)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(stories, min_size=2, max_size=4), st.lists(terms, min_size=2, max_size=3))
def test_nothing_leaks(told: list[Told], under: list[Terms]) -> None:
    told = [one if one.whose == "ours" else Told(one.whose, one.language, 0, 99, one.retracted) for one in told]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        world = World(Path(folder), told, under, stack)
        for hour in range(LAST):
            if hour:
                world.move(START + hour * HOUR - SECOND)
                check(world, hour - SECOND / HOUR)
            world.move(START + hour * HOUR)
            check(world, hour)
        check_takedowns(world)
        check_hub(world)
        check_mirror(world)
        pushed = [u for u in under if u.pushed]
        seen = [s for s in told if any(got(s, u) for u in pushed)]
        assert world.pushes or not seen, "what may be seen was pushed"
