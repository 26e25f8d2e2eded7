"""Partners that are told at once: signed webhooks and subscriptions, over loopback, by a clock in the test's hand."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from feeds.app.build import App, opened
from feeds.app.desk import decisions
from feeds.app.partners import partners
from feeds.app.serving import push
from feeds.config.read import read_with_warnings
from feeds.jobs.tick import tick
from feeds.model.partner import Receipt
from feeds.web import partner
from feeds.web.site import site
from tests.end_to_end.hubs import NOW, POST, Heard, Place, Time, place

KEY, OLD = b"0123456789abcdef01234567", b"fedcba9876543210fedcba98"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
WEBHOOK = "url: '{url}', secret: '" + SECRET + "', old_secret: 'whsec_" + base64.b64encode(OLD).decode() + "'"
MINUTE = timedelta(minutes=1)
TOPIC = "https://desk.example/partner/portal/all/atom.xml"


@dataclass
class Desk:
    app: App
    folder: Path
    time: Time
    portal: Place
    web: TestClient

    def write(self, name: str, embargo: str = "") -> None:
        text = POST.format(name)
        (self.folder / f"site/{name}.md").write_text(text.replace("---\nWords", f"{embargo}---\nWords"))
        self.app.store.library.hasten(["posts"], self.time.now)

    def settle(self) -> None:
        """Do what is due until nothing is."""
        for _ in range(20):
            jobs = tick(self.app.work())
            for job in jobs:
                assert self.app.run_job(job, self.app.work()).outcome == "done"
            if not jobs:
                return
        raise AssertionError(f"never done: {jobs}")

    def later(self, span: timedelta) -> None:
        self.time.now += span
        self.settle()

    def receipts(self) -> list[Receipt]:
        return list(self.app.store.partners.receipts("portal"))

    def told(self) -> list[tuple[str, str, str, bool]]:
        return [(r.story_id.rpartition("/")[2], r.told, r.how, r.acknowledged is not None) for r in self.receipts()]

    def story(self, title: str) -> str:
        return next(s.id for s in self.app.store.library.every_story("", 99) if s.lead.title == title)

    def configure(self, more: str, push: str) -> None:
        (self.folder / "feeds.yaml").write_text(config(self.portal, more, push))
        self.app.adopt(read_with_warnings(self.app.settings.file, {})[0])
        self.app.sync()


def config(portal: Place, more: str, push: str) -> str:
    told = push.format(url=portal.url("/in"))
    return (
        "version: 1\nsite: {title: Desk, url: 'https://desk.example'}\ncontent:\n  - {id: posts, path: site}\n"
        "outputs:\n  - {id: all, path: /, formats: [atom]}\n"
        f"partners:\n  - {{id: portal, {more}push: {{{told}}}}}\n"
        f"server: {{allow_private: ['127.0.0.1:{portal.port}']}}\npush: {{hub: builtin}}\n"
    )


@contextmanager
def opened_desk(folder: Path, more: str = "", push: str = WEBHOOK) -> Iterator[Desk]:
    (folder / "site").mkdir()
    with place() as portal:
        (folder / "feeds.yaml").write_text(config(portal, more, push))
        with opened(str(folder / "feeds.yaml"), {}, lock=True) as app:
            app.clock = time = Time()
            app.sync()
            doors = partner.entrances(
                partners.office(app), app.clock, app.store.outbox.hub, in_clear=lambda host: host.startswith("127.")
            )
            web = TestClient(site(app.store.overview, {}, lambda: True, doors))
            yield Desk(app, folder, time, portal, web)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened_desk(tmp_path) as found:
        yield found


def signed(heard: Heard, key: bytes) -> bool:
    """As a receiver checks it, by the published scheme."""
    told = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode() + heard.body
    mine = "v1," + base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
    return mine in heard.headers["webhook-signature"].split(" ")


def test_a_new_document_is_pushed_signed_and_acknowledged(desk: Desk) -> None:
    desk.settle()
    assert desk.portal.pushed() == [], "an empty channel is no news"
    desk.write("one")
    desk.settle()
    (heard,) = desk.portal.pushed()
    assert heard.path == "/in"
    assert b"Words of one." in heard.body
    assert heard.headers["link"] == f'<{TOPIC}>; rel="self"'
    assert heard.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert heard.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert signed(heard, KEY), "by the new key"
    assert signed(heard, OLD), "and by the one before it"
    (row,) = desk.receipts()
    assert (row.told, row.how, row.at, row.received, row.acknowledged) == ("story", "pushed", NOW, NOW, NOW)
    desk.later(MINUTE)
    assert len(desk.portal.pushed()) == 1, "nothing moves unless something happened"
    traffic = desk.app.store.partners.traffic("portal", "")
    assert [(t.requests, t.pushed, t.sent > 0) for t in traffic] == [(0, 1, True)]


def test_an_embargo_ends_by_the_clock(desk: Desk) -> None:
    desk.write("one", "embargo: 2026-03-01T13:00:00Z\n")
    desk.later(timedelta(minutes=59, seconds=59))
    assert desk.portal.pushed() == []
    desk.later(timedelta(seconds=1))
    assert b"Words of one." in desk.portal.pushed()[0].body


def test_an_embargo_after_publication_takes_nothing_back_and_is_named(desk: Desk) -> None:
    desk.write("one")
    desk.settle()
    desk.later(MINUTE)
    desk.write("one", "embargo: 2026-03-01T13:00:00Z\n")
    desk.later(MINUTE)
    assert b"Words of one." in (desk.folder / "var/public/atom.xml").read_bytes()
    assert b"Words of one." in desk.portal.pushed()[-1].body
    (line,) = [line for line in desk.app.store.overview.sources() if line.source.id == "posts"]
    assert line.state.problem
    assert (line.state.problem.code, line.state.problem.where) == ("embargo", "one.md")
    desk.later(timedelta(hours=1))
    desk.write("two")
    desk.later(MINUTE)
    (line,) = [line for line in desk.app.store.overview.sources() if line.source.id == "posts"]
    assert line.state.problem is None, "its time is over"


def test_who_does_not_answer_may_have_it_and_is_owed_what_becomes_of_it(desk: Desk) -> None:
    """Two days down: what they may have is called back as soon as they are there again, and nothing else is sent."""
    desk.portal.says["/in"] = (500, {}, b"")
    desk.write("one")
    desk.settle()
    assert len(desk.portal.pushed()) == 1
    assert [r[1:] for r in desk.told()] == [("story", "pushed", False)]
    for _ in range(8):
        desk.later(timedelta(minutes=33))
    assert len({heard.headers["webhook-id"] for heard in desk.portal.pushed()}) == 1, "one message, however often"
    assert len({heard.headers["webhook-timestamp"] for heard in desk.portal.pushed()}) == len(desk.portal.pushed())
    account = partners.account(desk.app, "portal")
    assert "answers with status 500" in account.alarms[0]
    decisions.retract(desk.app, desk.story("one"), "")
    desk.settle()
    assert [(o.told, o.settled) for o in desk.app.store.partners.debts("portal")] == [("retraction", None)]
    before = len(desk.portal.pushed())
    desk.later(timedelta(days=2))
    assert len(desk.portal.pushed()) == before + 1, "still tried after two days"
    assert b"Words of one." not in desk.portal.pushed()[-1].body
    assert b"deleted-entry" in desk.portal.pushed()[-1].body
    del desk.portal.says["/in"]
    desk.later(timedelta(hours=6))
    assert desk.app.store.partners.debts("portal") == ()
    assert desk.told()[-1][1:] == ("retraction", "pushed", True)
    assert partners.account(desk.app, "portal").alarms == ()


def test_what_is_owed_survives_a_restart(desk: Desk) -> None:
    desk.portal.says["/in"] = (503, {}, b"")
    desk.write("one")
    desk.settle()
    desk.app.adopt(desk.app.settings)  # all that jobs hold in memory is made anew
    del desk.portal.says["/in"]
    desk.later(MINUTE)
    assert [r[1:] for r in desk.told()] == [("story", "pushed", True)]
    assert len({heard.headers["webhook-id"] for heard in desk.portal.pushed()}) == 1


def test_what_was_taken_back_while_it_waited_is_not_sent(desk: Desk) -> None:
    desk.portal.says["/in"] = (503, {}, b"")
    desk.write("one")
    desk.write("two")
    desk.settle()
    decisions.retract(desk.app, desk.story("one"), "")
    del desk.portal.says["/in"]
    desk.later(MINUTE)
    assert b"Words of one." not in desk.portal.pushed()[-1].body
    assert b"Words of two." in desk.portal.pushed()[-1].body


def test_a_document_that_comes_back_is_another_message(desk: Desk) -> None:
    desk.write("one")
    desk.settle()
    id = desk.story("one")
    for _ in range(2):
        decisions.retract(desk.app, id, "")
        desk.later(MINUTE)
        decisions.unretract(desk.app, id, "")
        desk.later(MINUTE)
    ids = [heard.headers["webhook-id"] for heard in desk.portal.pushed()]
    assert len(ids) == len({*ids}) == 5


def test_a_partner_that_is_gone_says_so_once(desk: Desk) -> None:
    desk.portal.says["/in"] = (410, {}, b"")
    desk.write("one")
    desk.settle()
    desk.later(timedelta(days=1))
    assert len(desk.portal.pushed()) == 1
    assert "(410)" in partners.account(desk.app, "portal").alarms[0]
    del desk.portal.says["/in"]
    desk.write("two")
    desk.later(MINUTE)
    assert len(desk.portal.pushed()) == 2, "the next document tries again"


def test_a_redirect_is_not_followed(desk: Desk) -> None:
    desk.portal.says["/in"] = (302, {"Location": desk.portal.url("/elsewhere")}, b"")
    desk.write("one")
    desk.settle()
    assert [heard.path for heard in desk.portal.pushed()] == ["/in"]
    assert not desk.receipts()[0].acknowledged


def test_terms_that_change_are_pushed_and_a_partner_that_leaves_is_not(desk: Desk) -> None:
    desk.write("one")
    desk.settle()
    desk.configure("content: title, ", WEBHOOK)
    desk.later(MINUTE)
    assert b"Words of one." not in desk.portal.pushed()[-1].body
    desk.configure("", "websub: true")
    desk.write("two")
    desk.later(MINUTE)
    assert len(desk.portal.pushed()) == 2


# subscriptions


def subscribe(desk: Desk, token: str, topic: str = TOPIC, path: str = "/partner/portal/hub", **more: str) -> int:
    form = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": desk.portal.url("/cb"), "hub.secret": "s"}
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return int(desk.web.post(path, data=form | more, headers=headers).status_code)


@pytest.fixture
def subscribed(tmp_path: Path) -> Iterator[Desk]:
    with opened_desk(tmp_path, push="websub: true") as found:
        found.write("zero")
        found.settle()
        yield found


def test_a_partner_subscribes_with_its_token(subscribed: Desk) -> None:
    desk = subscribed
    token = partners.issue(desk.app, "portal", "header", timedelta(0))
    answer = desk.web.get("/partner/portal/all/atom.xml", headers={"Authorization": f"Bearer {token}"})
    hub = "https://desk.example/partner/portal/hub"
    assert answer.headers["link"] == f'<{hub}>; rel="hub", <{TOPIC}>; rel="self"'
    assert subscribe(desk, token) == 202
    desk.settle()
    desk.write("one")
    desk.later(MINUTE)
    (heard,) = desk.portal.pushed()
    assert heard.path == "/cb"
    assert b"Words of one." in heard.body
    assert heard.headers["link"] == answer.headers["link"]
    assert heard.headers["x-hub-signature"] == "sha256=" + hmac.new(b"s", heard.body, "sha256").hexdigest()
    assert desk.told()[-1][1:] == ("story", "pushed", True)
    partners.revoke(desk.app, "portal", ())
    desk.write("two")
    desk.later(MINUTE)
    assert len(desk.portal.pushed()) == 1, "a subscription ends with its token"


def test_a_subscription_waits_as_long_as_its_lease(subscribed: Desk) -> None:
    """A partner whose callback was down for days gets the retraction of what it may have; public ones wait a day."""
    desk = subscribed
    token = partners.issue(desk.app, "portal", "header", timedelta(0))
    assert subscribe(desk, token) == 202
    desk.settle()
    desk.portal.says["/cb"] = (503, {}, b"")
    desk.write("one")
    desk.later(MINUTE)
    decisions.retract(desk.app, desk.story("one"), "")
    for _ in range(15):
        desk.later(timedelta(hours=6))
    del desk.portal.says["/cb"]
    desk.later(timedelta(hours=6))
    assert b"deleted-entry" in desk.portal.pushed()[-1].body
    assert desk.told()[-1][1:] == ("retraction", "pushed", True)
    assert desk.app.store.partners.debts("portal") == ()


def test_the_hub_of_a_key_is_reached_by_the_key(subscribed: Desk) -> None:
    key = partners.issue(subscribed.app, "portal", "path", timedelta(0))
    answer = subscribed.web.get(f"/partner/portal/{key}/all/atom.xml")
    assert f"/partner/portal/{key}/hub>" in answer.headers["link"]
    assert subscribe(subscribed, "", path=f"/partner/portal/{key}/hub") == 202


@pytest.mark.parametrize(
    ("more", "status"),
    [
        pytest.param({"topic": "https://desk.example/atom.xml"}, 404, id="a public topic"),
        pytest.param({"topic": TOPIC.replace("portal", "other")}, 404, id="another partner's topic"),
        pytest.param({"hub.secret": ""}, 400, id="no secret"),
        pytest.param({"hub.callback": "http://elsewhere.example/cb"}, 400, id="in the clear"),
        pytest.param({"hub.mode": "publish"}, 400, id="publish"),
        pytest.param({"path": "/partner/portal/all/atom.xml"}, 404, id="no hub"),
        pytest.param({"path": "/partner/other/hub"}, 404, id="another partner's hub"),
    ],
)
def test_what_a_hub_refuses(subscribed: Desk, more: dict[str, str], status: int) -> None:
    token = partners.issue(subscribed.app, "portal", "header", timedelta(0))
    assert subscribe(subscribed, token, **more) == status
    subscribed.settle()
    assert subscribed.portal.heard == []


def test_who_has_no_token_meets_nothing(subscribed: Desk) -> None:
    assert subscribe(subscribed, "wrong") == subscribe(subscribed, "") == 404


def test_a_public_hub_takes_no_private_topic(subscribed: Desk) -> None:

    assert not push.Topics(subscribed.app)(TOPIC)


def test_a_partner_without_websub_has_no_hub(desk: Desk) -> None:
    token = partners.issue(desk.app, "portal", "header", timedelta(0))
    assert subscribe(desk, token) == 404
