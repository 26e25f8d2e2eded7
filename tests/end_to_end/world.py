"""A desk with generated stories and partners, a clock in its hand, and all that leaves it.

Each word that a story has is told apart from all others, so that finding it in any bytes tells who may see what.
"""

import asyncio
import gzip
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from feeds.app.build import App, opened
from feeds.app.desk import decisions as desk
from feeds.app.partners import partners
from feeds.app.serving import tokens
from feeds.app.serving.gallery import Gallery
from feeds.app.serving.service import Service
from feeds.jobs.syndicate import Syndicate
from feeds.model.delivery import Delivery, Intent, Message, Sent, Subscription
from feeds.model.job import Job, JobName
from feeds.ports.mirror import Mirror
from feeds.ports.wire import Plan
from feeds.web.api.spec import BASE, key
from feeds.web.site import Site
from tests.buckets import Bucket

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BY = "https://creativecommons.org/licenses/by/4.0/"
SECRET = "whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3"
SITE = "https://desk.example"
BEHIND = "/?before=2027-01-01T00:00:00Z,x"  # the page of what is older than that: all of it
TOPICS = ("/atom.xml", "/feed.json")  # of which the hub tells somebody
CONFIG = """\
version: 1
site: {{title: Desk, url: 'https://desk.example', pages: posts, language: ko, search: true, older: true}}
content:
  - {{id: posts, path: site}}
sources:
{sources}
outputs:
  - {{id: all, path: /, formats: [atom, json, html, opml, news], archives: day}}
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

    whose: str  # ours, licensed, reserved; home: from the partners' own site; back: ours, told by others
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
    pushed: bool  # by a webhook and by WebSub, so that it holds what was sent
    only: str = ""  # channel, rule, source: what lets the first story through alone, or ours

    def written(self, name: str) -> str:
        languages = f", languages: [{self.language}]" if self.language else ""
        if self.pushed:
            languages += f", push: {{url: 'https://partner.example/{name}', secret: {SECRET}, websub: true}}"
        narrow = {"rule": ", only: \"title ~ 'tzqv0xj'\"", "source": ", only_sources: [posts]"}.get(self.only, "")
        channels = "'category:gzqv0xj'" if self.only == "channel" else "all, by-category"
        return (
            f"  - {{id: {name}, content: {self.content}, delay: {self.delay}h, sources: {self.sources}{languages},"
            f" images: {self.images}, dialect: {self.dialect}, channels: [{channels}]{narrow}, rate: 6000,"
            f" home: 'https://portal.example/'}}"
        )


class Got(NamedTuple):
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes


Wanted = tuple[str, dict[str, str]]  # the target of a request, and its headers


def link(number: int, one: Told) -> str:
    """Where others tell a story."""
    host = {"home": "portal.example", "back": "desk.example"}.get(one.whose, f"s{number}.example")
    return f"https://{host}/n{number}"


def html(number: int, word: str) -> str:
    pictures = f'<img src="https://cdn.example/izqv{number}xj.png"><img src="https://desk.example/ozqv{number}xj.png">'
    return f"<p>{word}zqv{number}xj is what nobody else says in so many words here.</p>{pictures}"


class Logged(logging.Handler):
    """The lines of the log, whatever its level."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {vars(record).get('facts', '')}")


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


class Idle:
    """No engine: the clock is moved by hand."""

    def start(self) -> None:
        """Nothing runs by itself."""

    def tick(self) -> None:
        """Nothing runs by itself."""

    def stop(self) -> bool:
        return True


class World:
    """A desk with these stories and partners. *see* is told of each message that leaves, at the moment it does."""

    def __init__(
        self, folder: Path, told: Sequence[Told], under: Sequence[Terms], see: Callable[["World", Message], None],
        stack: ExitStack,
    ) -> None:  # fmt: skip
        self.folder, self.told, self.under = folder, told, under
        self.now = START
        self.pushes: dict[str, int] = {}  # by address
        (folder / "site").mkdir()
        sources = [
            f"  - {{id: s{n}, file: s{n}.xml, future: wait}}" for n, one in enumerate(told) if one.whose != "ours"
        ]
        written = [one.written(f"p{n}") for n, one in enumerate(under)]
        text = CONFIG.format(sources="\n".join(sources) or "  []", partners="\n".join(written))
        (folder / "feeds.yaml").write_text(text)
        for number in range(len(told)):
            self.write(number, "c")
            (folder / f"site/ozqv{number}xj.png").write_bytes(b"\x89PNG\r\n\x1a\n" + f"ozqv{number}xj.png".encode())
        self.app: App = stack.enter_context(opened(str(folder / "feeds.yaml"), {}, lock=True))
        self.app.clock = lambda: self.now
        self.office: Syndicate = partners.office(self.app)
        self.app.sync()
        self.bucket = Bucket()
        album = Gallery(lambda: self.app.settings, self.app.store.pictures)
        mirror = Mirror(bucket=self.bucket, notes=self.app.store.outbox.mirroring({}, album))
        self.app._ports = replace(self.app.ports, post=lambda: Posted(lambda found: see(self, found)), mirror=mirror)
        self.logged = self._log(stack)
        self.reader = tokens.add(self.app.store.tokens, "reader", ("read",), self.now)
        self.tokens = [partners.issue(self.app, f"p{n}", "header", timedelta(0)) for n in range(len(under))]
        self.web: Site = Service(self.app, {}, Idle()).site()
        self.etags: dict[tuple[str, str], str] = {}  # what was told last, by who asked and where
        self.paths: set[str] = set()  # all that were ever published
        for topic in TOPICS:
            self._subscribe(SITE + topic, "https://subscriber.example" + topic)

    def _log(self, stack: ExitStack) -> Logged:
        logger, found = logging.getLogger("feeds"), Logged()
        stack.callback(logger.setLevel, logger.level)
        stack.callback(logger.removeHandler, found)
        logger.setLevel(logging.DEBUG)
        logger.addHandler(found)
        return found

    def _subscribe(self, topic: str, callback: str, by: str = "") -> None:
        """Let somebody get the documents of a topic, as one whose callback said that it meant it."""
        hub, lease, id = self.app.store.outbox.hub, timedelta(days=10), sha256(callback.encode()).hexdigest()
        intent = Intent(
            id=id, topic=topic, callback=callback, mode="subscribe", secret="s", lease=lease, challenge="c", at=self.now,
            by=by,
        )  # fmt: skip
        hub.ask(
            intent, Delivery(id="", kind="verify", target=callback, topic=topic, due=self.now + lease), timedelta(0)
        )
        hub.confirm(
            intent,
            Subscription(
                id=id, topic=topic, callback=callback, secret="s", lease_until=self.now + lease, since=self.now, by=by
            ),
        )

    def attend(self) -> None:
        """Have the partners that are told subscribe to their own feeds too, once there are any."""
        for number, one in enumerate(self.under):
            partner = self.office.partner(f"p{number}")
            if one.pushed and partner:
                for topic in self.office.topics(partner):
                    by = sha256(self.tokens[number].encode()).hexdigest()
                    self._subscribe(topic, f"https://partner.example/{topic.rpartition('/partner/')[2]}/p{number}", by)

    def write(self, number: int, word: str) -> None:
        one = self.told[number]
        if one.whose == "ours":
            embargo = f"embargo: {(START + one.embargo * HOUR).isoformat()}\n" if one.embargo else ""
            (self.folder / f"site/n{number}.md").write_text(
                f"---\ntitle: tzqv{number}xj\ndate: 2026-11-19\nlang: {one.language}\ncategories: [gzqv{number}xj]\n"
                f"excerpt: szqv{number}xj\n{embargo}---\n{html(number, word)}\n"
            )
            return
        at = START + one.embargo * HOUR if one.embargo else datetime(2026, 11, 19, number, tzinfo=UTC)
        licence = f"<creativeCommons:license>{BY}</creativeCommons:license>" if one.whose != "reserved" else ""
        (self.folder / f"s{number}.xml").write_text(
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/'
            'elements/1.1/" xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"><channel>'
            f"<title>Source {number}</title><link>https://s{number}.example/</link><description>d</description><item>"
            f"<title>tzqv{number}xj</title><link>{link(number, one)}</link><guid>g{number}</guid>"
            f"<pubDate>{format_datetime(at)}</pubDate><description>szqv{number}xj</description>"
            f"<dc:language>{one.language}</dc:language>{licence}"
            f"<content:encoded><![CDATA[{html(number, word)}]]></content:encoded></item></channel></rss>"
        )

    @property
    def hours(self) -> float:
        return (self.now - START) / HOUR

    def move(self, moment: datetime) -> None:
        """Let it be *moment*: what the desk decides then is decided, and what is due is done."""
        self.now = moment
        for number, one in enumerate(self.told):
            if one.corrected == self.hours:
                self.write(number, "k")
        self.run("poll")
        known = {s.lead.title: s for s in self.app.store.library.every_story("", 99)}
        for number, one in enumerate(self.told):
            if one.retracted == self.hours:
                desk.retract(self.app, known[f"tzqv{number}xj"].id, "")
        self.run("publish", "index", "hand", "deliver", "mirror")

    def run(self, *jobs: JobName) -> None:
        self.app.store.library.hasten([s.id for s in self.app.settings.sources], self.now)
        for job in jobs:
            report = self.app.run_job(Job(name=job), self.app.work())
            assert report.outcome == "done", report
            assert not [p for p in report.problems.values() if p.code not in ("no_date", "assumed")], report

    # what leaves

    def files(self) -> Iterator[tuple[str, bytes]]:
        """What lies where a web server or a cache takes it from."""
        for path in sorted(p for p in (self.folder / "var/public").rglob("*") if p.is_file()):
            yield str(path.relative_to(self.folder)), path.read_bytes()
        for name, body in self.bucket.bodies().items():
            yield f"mirrored {name}", body if name.endswith(".png") else gzip.decompress(body)

    def served(self) -> Iterator[tuple[str, Got]]:
        """What `feeds serve` answers to anybody: whatever was ever published, and all its pages."""
        self.paths |= {line.path for line in self.app.store.overview.renditions()}
        self.paths |= {f"/ozqv{n}xj.png" for n in range(len(self.told))}
        words = [f"{letter}zqv{n}xj" for n in range(len(self.told)) for letter in "tsck"]
        others = [f"/search?q={word}" for word in words]
        others += [BEHIND, "/opml", "/desk", "/desk/login", "/hub", "/healthz", "/readyz", "/metrics", "/nothing"]
        yield from self._asked("anybody", [*sorted(self.paths), *others])

    def programs(self) -> Iterator[tuple[str, Got]]:
        """What the interface for programs says to who may read."""
        keys = [key(story.id) for story in self.app.store.library.every_story("", 99)]
        ids = [source.id for source in self.app.settings.sources]
        asked = ["/stories", "/channels", "/sources", "/decisions", "/openapi.json"]
        asked += [*(f"/stories/{one}" for one in keys), *(f"/sources/{id}" for id in ids)]
        shown = {"authorization": f"Bearer {self.reader}"}
        yield from zip(asked, self.ask([(BASE + path, shown) for path in asked]), strict=True)

    def private(self, number: int) -> Iterator[tuple[str, Got]]:
        """What a partner gets: by asking, where it asks; else as it would, and nothing of it is noted."""
        partner = self.office.partner(f"p{number}")
        assert partner
        for id, channel in self.office.channels(partner).items():
            file = channel.file(partner.dialect)
            if self.under[number].asks:
                shown = {"authorization": f"Bearer {self.tokens[number]}"}
                found = [got for _, got in self._asked(f"p{number}", [file], shown)]
                assert {got.status for got in found} <= {200, 226, 304}, found
                yield from ((f"p{number} {id}", got) for got in found)
                (refused,) = self.ask([(file, {})])
                assert refused.status == 404, "without a token"
            issue = self.office.issue(partner, id, file.rpartition("/")[2])
            assert issue
            rendition = self.office.rendition(issue)
            assert rendition
            yield f"p{number} {id}", Got(200, {}, rendition.body)

    def _asked(
        self, who: str, targets: Sequence[str], shown: dict[str, str] | None = None
    ) -> Iterator[tuple[str, Got]]:
        """Ask for each of *targets*: as a reader that holds what was told last and wants what is new alone, and as a new one."""
        shown = shown or {}
        wanted: list[Wanted] = []
        for target in targets:
            etag = self.etags.get((who, target))
            news = {"a-im": "feed", "if-none-match": etag} if etag else {}
            wanted += [(target, {**shown, **news}), (target, shown)]
        for (target, _), got in zip(wanted, self.ask(wanted), strict=True):
            if "etag" in got.headers:
                self.etags[who, target] = got.headers["etag"]
            yield target, got

    def ask(self, wanted: Sequence[Wanted]) -> list[Got]:
        """Answer requests as the web server does: from memory where that is enough."""

        async def every() -> list[Got]:
            return [await self._ask(target, headers) for target, headers in wanted]

        return asyncio.run(every())

    async def _ask(self, target: str, headers: dict[str, str]) -> Got:
        raw = [(name.encode(), value.encode()) for name, value in ({"host": "desk.example"} | headers).items()]
        if answer := self.web.at_hand(target.encode(), raw, "127.0.0.1"):
            return Got(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.body)
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "headers": raw, "client": ("127.0.0.1", 1), "server": ("desk.example", 443), "scheme": "https",
            "http_version": "1.1", "root_path": "",
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.web(scope, receive, send)
        told = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Got(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]))
