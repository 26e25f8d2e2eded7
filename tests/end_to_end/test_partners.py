"""Three partners with different terms; one story under embargo, corrected, taken back; one partner down for two days.

Over real HTTP on loopback, by a clock in the test's hand.
"""

import base64
import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path

import pytest
import uvicorn

from feeds.app.build import App, opened
from feeds.app.desk import decisions as desk
from feeds.app.partners import partners
from feeds.config.read import read_with_warnings
from feeds.jobs.syndicate import Syndicate
from feeds.model.job import Job, JobName
from feeds.model.partner import How, Issue
from feeds.render.static import STATIC
from feeds.web import partner
from feeds.web.site import site

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example'}
content:
  - {id: posts, path: site}
outputs:
  - {id: all, path: /, formats: [atom, json]}
partners:
  - {id: portal, rights: © Desk, links: {utm_source: portal}}
  - {id: app, dialect: json, content: summary, delay: 10m, every: 30m, within: 30m}
  - {id: old, dialect: rss, content: title}
gate: {drop: 25%, least: 3}
store: sqlite:///var/feeds.db
public: var/public
"""
POST = "---\ntitle: {title}\ndate: 2026-11-19 10:00:00 +0000\n{more}---\n{words}\n"
PLAIN = POST.format(title="Plain news", more="", words="Words of the plain one.")
SECRET = "The price is {} won, says the {} report that nobody has seen yet."


class Time:
    """The clock in the test's hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Watched(Syndicate):
    """An office that tells when an answer that was read is entered: that is done once its last byte was written."""

    def __init__(self, app: App) -> None:
        self.entered = threading.Semaphore(0)
        super().__init__(lambda: app.settings, app.store.library, app.store.partners, app.clock)

    def picked_up(self, issue: Issue, how: How, sent: int) -> None:
        super().picked_up(issue, how, sent)
        if how == "polled":
            self.entered.release()

    def settled(self) -> None:
        assert self.entered.acquire(timeout=10), "an answer was never entered"


class Readers:
    """Partners that ask over HTTP, each with what it got last."""

    def __init__(self, port: int, office: Watched) -> None:
        self.office = office
        self.base = f"http://127.0.0.1:{port}"
        self.etags: dict[str, str] = {}
        self.bodies: dict[str, str] = {}
        self.tags: dict[str, list[str]] = {}  # of the documents that each was answered with, in their order

    def get(self, path: str, **headers: str) -> tuple[int, str, Message]:
        asked = urllib.request.Request(self.base + path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers

    def poll(self, name: str, path: str, **headers: str) -> int:
        if name in self.etags:
            headers["If_None_Match"] = self.etags[name]
        status, body, said = self.get(path, **headers)
        if status == 200:
            self.office.settled()
        if status == 200:
            self.etags[name], self.bodies[name] = said["ETag"], body
            self.tags.setdefault(name, []).append(said["ETag"].strip('"'))
        return status


@contextmanager
def served(app: App, office: Watched) -> Iterator[Readers]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # who asks before the server is up waits
        web = site(app.store.overview, STATIC, lambda: True, partner.entrances(office, app.clock))
        server = uvicorn.Server(uvicorn.Config(web, log_config=None, access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield Readers(listener.getsockname()[1], office)
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    (tmp_path / "site").mkdir()
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    with opened(str(tmp_path / "feeds.yaml"), {}, lock=True) as found:
        found.clock = Time()
        found.sync()
        yield found


def write(app: App, name: str, text: str) -> None:
    """Save a post, and let a pass take it in and publish it."""
    (Path(app.settings.file).parent / "site" / name).write_text(text)
    once(app)


def once(app: App) -> None:
    app.store.library.hasten(["posts"], app.clock())
    jobs: tuple[JobName, ...] = ("poll", "publish")
    for job in jobs:
        assert app.run_job(Job(name=job), app.work()).outcome == "done"


def at(app: App, moment: datetime) -> None:
    assert isinstance(app.clock, Time)
    app.clock.now = moment


def titled(app: App) -> dict[str, str]:
    """Ids of stories by the first word of their titles."""
    return {story.lead.title.split()[0]: story.id for story in app.store.library.every_story("", 99)}


Row = tuple[str, str, How, timedelta, timedelta, timedelta | None, timedelta | None, str]


def ledger(app: App, name: str) -> list[Row]:
    """All that the ledger says of a partner: story, as what, how, of which version, when it went out, was received and
    acknowledged (since the start), and in which document."""
    names = {id: word for word, id in titled(app).items()}
    found: list[Row] = []
    for r in app.store.partners.receipts(name):
        assert (r.partner_id, r.channel_id) == (name, "all")
        received, known = (at - START if at else None for at in (r.received, r.acknowledged))
        found.append((names[r.story_id], r.told, r.how, r.revision - START, r.at - START, received, known, r.etag))
    return found


def test_the_walk(app: App) -> None:
    tokens = {name: partners.issue(app, name, "header", timedelta(0)) for name in ("portal", "app")}
    key = partners.issue(app, "old", "path", timedelta(0))
    basic = "Basic " + base64.b64encode(f"any:{tokens['portal']}".encode()).decode()
    office = Watched(app)
    with served(app, office) as readers:

        def portal() -> int:
            return readers.poll("portal", "/partner/portal/all/atom.xml", Authorization=basic)

        def phone() -> int:
            return readers.poll("app", "/partner/app/all/feed.json", Authorization=f"Bearer {tokens['app']}")

        def old() -> int:
            return readers.poll("old", f"/partner/old/{key}/all/rss.xml")

        # one plain story, and one under embargo for two hours
        write(app, "plain.md", PLAIN)
        embargo = "embargo: 2026-11-20 05:00:00 +0000\n"
        write(app, "secret.md", POST.format(title="Secret price", more=embargo, words=SECRET.format(100, "first")))
        assert (portal(), phone(), old()) == (200, 200, 200)
        assert "Plain news" in readers.bodies["portal"]
        assert "Plain" not in readers.bodies["app"], "ten minutes later than readers"
        assert "Words of" not in readers.bodies["old"], "a title alone"
        at(app, START + 10 * MINUTE)
        assert (portal(), phone(), old()) == (304, 200, 304)
        assert "Plain news" in readers.bodies["app"]

        # the embargo ends to the second, and no job runs
        at(app, START + 2 * HOUR - timedelta(seconds=1))
        assert (portal(), phone(), old()) == (304, 304, 304)
        at(app, START + 2 * HOUR)
        assert (portal(), phone(), old()) == (200, 304, 200)
        assert "?utm_source=portal" in readers.bodies["portal"]
        at(app, START + 2 * HOUR + 10 * MINUTE - timedelta(seconds=1))
        assert phone() == 304
        at(app, START + 2 * HOUR + 10 * MINUTE)
        assert phone() == 200
        shown = [json.loads(readers.bodies["app"])["items"][n] for n in (0, 1)]
        assert all("content_html" not in item for item in shown), "a summary alone"

        # it is corrected; `old` went down a minute before
        at(app, START + 3 * HOUR)
        write(app, "secret.md", POST.format(title="Secret price", more=embargo, words=SECRET.format(999, "final")))
        assert (portal(), phone()) == (200, 200)
        assert "999 won" in readers.bodies["portal"]
        assert "corrected" in {debt.cause for debt in app.store.partners.debts("old")}

        # and taken back
        at(app, START + 5 * HOUR)
        id = titled(app)["Secret"]
        desk.retract(app, id, "it was wrong")
        assert (portal(), phone()) == (200, 200)
        assert (
            f'<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="{id}"'
            in readers.bodies["portal"]
        )
        assert json.loads(readers.bodies["app"])["_deleted"]["entries"] == [{"id": id, "when": "2026-11-20T08:00:00Z"}]
        assert "Secret" not in readers.bodies["portal"] + readers.bodies["app"]
        once(app)
        assert (portal(), phone()) == (304, 304), "nothing moves unless something happened"

        # two days later `old` is overdue, whatever became of its terms and of the story's channels
        at(app, START + 2 * DAY)
        office.flush()
        assert [debt.told for debt in app.store.partners.debts()] == ["retraction"]
        assert any("has not picked up the retraction" in alarm for alarm in partners.account(app, "old").alarms)
        assert old() == 200
        assert id in readers.bodies["old"]
        assert "Secret" not in readers.bodies["old"]
        assert app.store.partners.debts() == ()
        office.flush()
        assert partners.account(app, "old").alarms == ()

        # a month after, it is told no more
        at(app, START + 31 * DAY)
        assert (portal(), phone(), old()) == (200, 200, 200)
        assert not any(id in body for body in readers.bodies.values())

    office.flush()
    first, second, zero, ten = -17 * HOUR, 3 * HOUR, timedelta(0), 10 * MINUTE  # versions are known by their dates
    tags = {name: iter(found) for name, found in readers.tags.items()}
    assert next(tags["app"]), "its first document was empty, and brought nothing"
    told: dict[str, list[Row]] = {
        "portal": [
            ("Plain", "story", "polled", first, zero, zero, ten, next(tags["portal"])),
            ("Secret", "story", "polled", first, 2 * HOUR, 2 * HOUR, 3 * HOUR, next(tags["portal"])),
            ("Secret", "correction", "polled", second, 3 * HOUR, 3 * HOUR, 5 * HOUR, next(tags["portal"])),
            ("Secret", "retraction", "polled", 5 * HOUR, 5 * HOUR, 5 * HOUR, 5 * HOUR, next(tags["portal"])),
        ],
        "app": [
            ("Plain", "story", "polled", first, ten, ten, 2 * HOUR - timedelta(seconds=1), next(tags["app"])),
            ("Secret", "story", "polled", first, 2 * HOUR + ten, 2 * HOUR + ten, 3 * HOUR, next(tags["app"])),
            ("Secret", "correction", "polled", second, 3 * HOUR, 3 * HOUR, 5 * HOUR, next(tags["app"])),
            ("Secret", "retraction", "polled", 5 * HOUR, 5 * HOUR, 5 * HOUR, 5 * HOUR, next(tags["app"])),
        ],
        "old": [
            ("Plain", "story", "polled", first, zero, zero, ten, next(tags["old"])),
            ("Secret", "story", "polled", first, 2 * HOUR, 2 * HOUR, 2 * DAY, next(tags["old"])),
            ("Secret", "retraction", "polled", 5 * HOUR, 2 * DAY, 2 * DAY, 31 * DAY, next(tags["old"])),
        ],
    }
    assert {name: ledger(app, name) for name in told} == told
    settled = [
        (d.partner_id, d.told, d.cause, d.since - START, d.settled and d.settled - START, d.how)
        for d in app.store.partners.debts(open_only=False)
        if d.story_id == id
    ]
    assert sorted(settled) == [
        ("app", "correction", "corrected", 3 * HOUR, 3 * HOUR, "polled"),
        ("app", "retraction", "retracted", 5 * HOUR, 5 * HOUR, "polled"),
        ("old", "retraction", "retracted", 5 * HOUR, 2 * DAY, "polled"),  # its correction ended in that
        ("portal", "correction", "corrected", 3 * HOUR, 3 * HOUR, "polled"),
        ("portal", "retraction", "retracted", 5 * HOUR, 5 * HOUR, "polled"),
    ]
    assert len(settled) == len(app.store.partners.debts(open_only=False)), "nobody is owed anything else"
    counted = {t.day: (t.requests, t.full, t.unchanged) for t in app.store.partners.traffic("portal", "")}
    assert counted == {"2026-11-20": (7, 4, 3), "2026-12-21": (1, 1, 0)}


@pytest.mark.parametrize(
    ("dialect", "file", "takedown"),
    [
        ("msn", "msn.xml", "<mi:expirationDate>2026-11-19T03:05:00+00:00</mi:expirationDate>"),
        ("smartnews", "smartnews.xml", '<media:status state="deleted"/>'),
        (
            "naver",
            "naver.xml",
            '<deleted-entry ref="https://desk.example/plain/?utm=old" when="2026-11-20T03:05:00+00:00"/>',
        ),
        ("ninjs", "ninjs.json", '"pubstatus": "canceled"'),
        ("flipboard", "flipboard.xml", "</generator>"),  # it has no words for that
    ],
)
def test_a_takedown_reaches_a_partner_in_its_dialect(app: App, dialect: str, file: str, takedown: str) -> None:
    config = CONFIG.replace(
        "  - {id: old, dialect: rss, content: title}", f"  - {{id: old, dialect: {dialect}, links: {{utm: old}}}}"
    )
    Path(app.settings.file).write_text(config)
    app.adopt(read_with_warnings(app.settings.file, {})[0])
    app.sync()
    write(app, "plain.md", PLAIN)
    key = partners.issue(app, "old", "header", timedelta(0))
    with served(app, Watched(app)) as readers:

        def poll() -> str:
            assert readers.poll("old", f"/partner/old/all/{file}", Authorization=f"Bearer {key}") == 200
            return readers.bodies["old"]

        assert "Words of the plain one." in poll()
        at(app, START + 5 * MINUTE)
        desk.retract(app, titled(app)["Plain"], "")
        once(app)
        told = poll()
    debts = [debt.told for debt in app.store.partners.debts("old")]
    assert debts == (["retraction"] if dialect == "flipboard" else []), "what cannot be told stays owed"
    assert takedown in told
    assert ("https://desk.example/plain/?utm=old" in told) == (dialect != "flipboard"), (
        "the address that it was told by"
    )
    assert "Words of the plain one." not in told
    assert ("Plain news" in told) == (dialect in ("msn", "smartnews", "ninjs")), "the title, to know it by"


def test_a_held_build_asks_nobody_to_delete_anything(app: App) -> None:
    """PUB-24: five of twelve posts vanish, which is more than the gate lets go; a retraction of the desk goes out."""
    folder = Path(app.settings.file).parent / "site"
    for number in range(12):
        (folder / f"n{number}.md").write_text(POST.format(title=f"N{number} news", more="", words=f"Words {number}."))
    once(app)
    token, office = partners.issue(app, "portal", "header", timedelta(0)), Watched(app)
    with served(app, office) as readers:

        def portal() -> str:
            readers.poll("portal", "/partner/portal/all/atom.xml", Authorization=f"Bearer {token}")
            return readers.bodies["portal"]

        assert portal().count("<entry") == 12
        at(app, START + HOUR)
        for number in range(1, 6):
            (folder / f"n{number}.md").unlink()
        app.store.library.hasten(["posts"], app.clock())
        app.run_job(Job(name="poll"), app.work())
        assert len(app.store.partners.debts("portal")) == 5
        assert "deleted-entry" not in portal(), "not before the channel told it"
        app.run_job(Job(name="publish"), app.work())
        assert [hold.channel_id for hold in app.store.overview.holds()] == ["all"]
        assert "deleted-entry" not in portal(), "and not while it is held"
        desk.retract(app, titled(app)["N0"], "")
        assert portal().count("deleted-entry") == 1, "the desk's word waits for nobody"
        desk.allow(app, ["all"])
        app.run_job(Job(name="publish"), app.work())
        assert portal().count("deleted-entry") == 6
        assert app.store.partners.debts("portal") == ()


def test_srv_04_a_token_that_is_revoked_or_over_is_refused_at_once(app: App) -> None:
    write(app, "plain.md", PLAIN)
    first, office = partners.issue(app, "portal", "header", timedelta(0)), Watched(app)
    with served(app, office) as one, served(app, Watched(app)) as other:  # two workers on one store

        def statuses(token: str) -> list[int]:
            return [r.get("/partner/portal/all/atom.xml", Authorization=f"Bearer {token}")[0] for r in (one, other)]

        assert statuses(first) == [200, 200]
        second = partners.issue(app, "portal", "header", HOUR)
        assert (statuses(first), statuses(second)) == ([200, 200], [200, 200]), "both, for an hour"
        at(app, START + HOUR)
        assert (statuses(first), statuses(second)) == ([404, 404], [200, 200])
        partners.revoke(app, "portal", ())
        assert statuses(second) == [404, 404]
        assert one.get("/partner/portal/all/atom.xml")[1] == one.get("/nothing/here.xml")[1], "SRV-01"


def test_srv_07_no_private_feed_lies_where_files_are_served(app: App) -> None:
    write(app, "plain.md", PLAIN)
    token, office = partners.issue(app, "portal", "header", timedelta(0)), Watched(app)
    with served(app, office) as readers:
        good = "/partner/portal/all/atom.xml"
        assert readers.get(good, Authorization=f"Bearer {token}")[0] == 200
        for path in (good, "/partner/app/all/feed.json", "/partner", "/partner/", f"/{good}", "/x/.." + good):
            assert readers.get(path)[0] == 404
        assert readers.get("/partner/app/all/feed.json", Authorization=f"Bearer {token}")[0] == 404
    assert not [path for path in Path(app.settings.public).rglob("*") if "partner" in path.name]
