"""The seven hub cases of websub.rocks, from their descriptions, and what security asks of a hub: over loopback."""

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from feeds.app.serving import push
from feeds.core.partners import agreement
from feeds.core.partners.agreement import names
from feeds.log import Lines
from feeds.model.job import Job, JobName
from feeds.store.tables import deliveries
from tests.end_to_end.hubs import Desk, Place, desk, place

JOBS: tuple[JobName, ...] = ("poll", "publish")
TOPIC = "https://desk.example/atom.xml"


@pytest.fixture
def reader() -> Iterator[Place]:
    with place() as found:
        yield found


@pytest.fixture
def hub(tmp_path: Path, reader: Place) -> Iterator[Desk]:
    with desk(tmp_path, reader) as found:
        found.tell("first")
        found.pass_()
        yield found


def published(hub: Desk, path: str = "/atom.xml") -> bytes:
    rendition = hub.app.store.overview.rendition(path)
    assert rendition
    return rendition.body


def test_100_a_typical_request_is_verified_and_gets_what_is_published(hub: Desk, reader: Place) -> None:
    assert hub.subscribe(reader.url("/in")) == 202
    hub.deliver()
    (asked,) = reader.heard
    assert (asked.method, asked.parameters["hub.mode"]) == ("GET", "subscribe")
    assert (asked.parameters["hub.topic"], asked.parameters["hub.lease_seconds"]) == (TOPIC, "864000")
    hub.tell("second")
    hub.pass_()
    (pushed,) = reader.pushed()
    assert pushed.body == published(hub)
    assert b"second" in pushed.body
    assert pushed.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert pushed.headers["link"] == f'<https://desk.example/hub>; rel="hub", <{TOPIC}>; rel="self"'
    assert "x-hub-signature" not in pushed.headers


def test_101_a_secret_signs_what_is_pushed(hub: Desk, reader: Place) -> None:
    hub.subscribe(reader.url("/in"), **{"hub.secret": "s3cret"})
    hub.deliver()
    hub.tell("second")
    hub.pass_()
    (pushed,) = reader.pushed()
    digest = hmac.new(b"s3cret", pushed.body, hashlib.sha256).hexdigest()
    assert pushed.headers["x-hub-signature"] == f"sha256={digest}"


def test_102_additional_parameters_are_ignored(hub: Desk, reader: Place) -> None:
    assert hub.subscribe(reader.url("/in?a=b"), **{"hub.foo": "bar", "hub.verify": "sync"}) == 202
    hub.deliver()
    assert reader.heard[0].parameters.keys() >= {"a", "hub.challenge"}
    assert "hub.foo" not in reader.heard[0].parameters
    assert len(hub.app.store.outbox.hub.subscriptions(hub.now)) == 1


def test_103_a_subscription_is_renewed_and_stays_one(hub: Desk, reader: Place) -> None:
    hub.subscribe(reader.url("/in"))
    hub.deliver()
    hub.later(days=8)
    hub.subscribe(reader.url("/in"), **{"hub.secret": "later"})
    hub.deliver()
    (renewed,) = hub.app.store.outbox.hub.subscriptions(hub.now)
    assert ((renewed.lease_until - hub.now).days, renewed.secret) == (10, "later")
    hub.later(days=5)
    hub.tell("second")
    hub.pass_()
    assert len(reader.pushed()) == 1


def test_104_who_unsubscribes_and_means_it_gets_no_more(hub: Desk, reader: Place) -> None:
    hub.subscribe(reader.url("/in"))
    hub.deliver()
    hub.later(minutes=2)
    hub.subscribe(reader.url("/in"), mode="unsubscribe")
    hub.deliver()
    assert reader.heard[-1].parameters["hub.mode"] == "unsubscribe"
    hub.tell("second")
    hub.pass_()
    assert reader.pushed() == []


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        pytest.param("/rss.xml", "application/rss+xml; charset=utf-8", id="105 another type than Atom"),
        pytest.param("/feed.json", "application/feed+json; charset=utf-8", id="106 JSON"),
    ],
)
def test_content_that_is_no_atom_comes_as_what_it_is(hub: Desk, reader: Place, path: str, media_type: str) -> None:
    """Our hub is of our own feeds alone: RSS stands where websub.rocks has plain text."""
    hub.subscribe(reader.url("/in"), topic=path)
    hub.deliver()
    hub.tell("second")
    hub.pass_()
    (pushed,) = reader.pushed()
    assert (pushed.headers["content-type"], pushed.body) == (media_type, published(hub, path))
    assert f'<https://desk.example{path}>; rel="self"' in pushed.headers["link"]


@pytest.mark.parametrize("path", ["/atom.xml", "/rss.xml", "/feed.json"])
def test_the_publisher_names_hub_and_topic_in_head_and_header(hub: Desk, path: str) -> None:
    answer = hub.web.get(path, headers={"Host": "desk.example"})
    assert answer.links["hub"]["url"] == "https://desk.example/hub"
    assert answer.links["self"]["url"] == f"https://desk.example{path}"
    assert b"https://desk.example/hub" in answer.content
    assert f"https://desk.example{path}".encode() in answer.content


# what security asks


@pytest.mark.parametrize(
    "callback",
    [
        pytest.param("http://127.0.0.1:{0}/in", id="loopback"),
        pytest.param("http://10.0.0.1/in", id="private"),
        pytest.param("http://[::1]/in", id="IPv6 loopback"),
        pytest.param("http://169.254.169.254/latest/", id="metadata"),
    ],
)
def test_ws_14_a_private_callback_is_never_asked(tmp_path: Path, reader: Place, callback: str) -> None:
    with desk(tmp_path) as hub:
        hub.tell("first")
        hub.pass_()
        assert hub.subscribe(callback.format(reader.port)) == 202
        hub.deliver()
        assert reader.heard == []
        assert hub.app.store.outbox.hub.subscriptions(hub.now) == ()
        assert hub.app.store.outbox.waiting(hub.now) == 0


def test_ws_14_whoever_runs_the_hub_hears_of_a_callback_that_is_not_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The subscriber was answered 202: only here can be seen why nothing comes of it."""
    caplog.set_level("INFO")
    with desk(tmp_path) as hub:
        hub.tell("first")
        hub.pass_()
        hub.subscribe("http://10.0.0.1/in?key=hush")
        hub.deliver()
        (lost,) = push.lost(hub.app)
        assert push.whom(lost) == f"asking the callback at 10.0.0.1, {TOPIC}"
        assert lost.problem.startswith(
            "the address is private or not allowed: 10.0.0.1 port 80; name the host and port"
        )
        (line,) = [Lines().format(record) for record in caplog.records if record.levelname == "WARNING"]
        assert "deliver kind=verify host=10.0.0.1 state=given_up" in line
        assert f'why="{lost.problem}"' in line
        assert "hush" not in caplog.text
        hub.later(days=2)
        assert push.lost(hub.app) == ()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_ws_14_a_callback_that_leads_elsewhere_does_not_mean_it(hub: Desk, reader: Place, status: int) -> None:
    reader.says["/in"] = (status, {"Location": reader.url("/there")}, b"")
    hub.subscribe(reader.url("/in"))
    hub.deliver()
    assert [heard.path.partition("?")[0] for heard in reader.heard] == ["/in"]
    assert hub.app.store.outbox.hub.subscriptions(hub.now) == ()


def test_ws_15_who_does_not_mean_it_is_asked_once_a_minute_at_most(hub: Desk, reader: Place) -> None:
    reader.means = False
    for _ in range(5):
        hub.subscribe(reader.url("/in"))
        hub.deliver()
    assert len(reader.heard) == 1
    hub.later(seconds=61)
    hub.deliver()
    assert len(reader.heard) == 2
    hub.tell("second")
    hub.pass_()
    assert reader.pushed() == []


def test_ws_16_another_secret_counts_when_the_callback_means_it(hub: Desk, reader: Place) -> None:
    hub.subscribe(reader.url("/in"), **{"hub.secret": "mine"})
    hub.deliver()
    before = hub.app.store.outbox.hub.subscriptions(hub.now)
    reader.means = False
    hub.later(minutes=2)
    hub.subscribe(reader.url("/in"), **{"hub.secret": "forged", "hub.lease_seconds": "3600"})
    hub.deliver()
    assert hub.app.store.outbox.hub.subscriptions(hub.now) == before


def test_ws_17_a_forged_end_ends_nothing(hub: Desk, reader: Place) -> None:
    hub.subscribe(reader.url("/in"))
    hub.deliver()
    reader.means = False
    hub.later(minutes=2)
    hub.subscribe(reader.url("/in"), mode="unsubscribe")
    hub.deliver()
    hub.tell("second")
    hub.pass_()
    assert len(reader.pushed()) == 1


def test_ws_19_a_lease_ends(hub: Desk, reader: Place) -> None:
    hub.subscribe(reader.url("/in"), **{"hub.lease_seconds": "7200"})
    hub.deliver()
    hub.later(hours=3)
    hub.tell("second")
    hub.pass_()
    assert reader.pushed() == []


def test_ws_20_410_ends_it_and_a_fault_does_not(hub: Desk, reader: Place) -> None:
    for path in ("/gone", "/faulty"):
        hub.subscribe(reader.url(path))
    hub.deliver()
    reader.says |= {"/gone": (410, {}, b""), "/faulty": (500, {}, b"")}
    hub.tell("second")
    hub.pass_()
    assert len(reader.pushed()) == 2
    assert [s.callback for s in hub.app.store.outbox.hub.subscriptions(hub.now)] == [reader.url("/faulty")]
    del reader.says["/faulty"]
    hub.later(seconds=15)
    hub.deliver()
    assert [heard.path for heard in reader.pushed()][2:] == ["/faulty"]


def test_what_is_superseded_is_skipped(hub: Desk, reader: Place) -> None:
    hub.subscribe(reader.url("/in"))
    hub.deliver()
    reader.says["/in"] = (503, {}, b"")
    hub.tell("second")
    hub.pass_()
    del reader.says["/in"]
    hub.tell("third")
    hub.pass_()
    assert [b"third" in heard.body for heard in reader.pushed()] == [False, True]
    hub.later(hours=1)
    hub.deliver()
    assert len(reader.pushed()) == 2


def test_what_is_owed_survives(tmp_path: Path, reader: Place) -> None:
    """WS-23: between publishing and sending the program ends; what is owed is a row, and sent once."""
    with desk(tmp_path, reader) as hub:
        hub.tell("first")
        hub.pass_()
        hub.subscribe(reader.url("/in"))
        hub.deliver()
        hub.tell("second")
        for name in JOBS:
            hub.app.run_job(Job(name=name), hub.app.work())
    assert reader.pushed() == []
    with desk(tmp_path, reader) as hub:
        hub.deliver()
        hub.deliver()
    assert [b"second" in heard.body for heard in reader.pushed()] == [True]


def test_a_channel_that_names_no_hub_has_no_topic(hub: Desk, reader: Place) -> None:
    assert hub.subscribe(reader.url("/in"), topic="/index.html") == 404
    assert hub.subscribe(reader.url("/in"), topic="/nothing.xml") == 404


def test_without_a_hub_nothing_is_there(tmp_path: Path, reader: Place) -> None:
    with desk(tmp_path, reader, more="") as plain:
        plain.tell("first")
        plain.pass_()
        assert plain.subscribe(reader.url("/in")) == 404
        assert plain.web.get("/hub").status_code == 404


def test_partners_have_no_hub(tmp_path: Path, reader: Place) -> None:
    """What is private is never announced, neither to our hub nor to another one."""
    more = (
        "push: {hub: builtin}\npartners:\n  - {id: portal, channels: [all], token: 0123456789abcdef0123456789abcdef, "
        "delay: 0s}\n"
    )
    with desk(tmp_path, reader, more=more) as hub:
        hub.tell("first")
        hub.settle()
        with hub.app.store.library._db.read() as connection:
            topics = set(connection.scalars(select(deliveries.c.topic)))
        assert topics == {f"https://desk.example/{name}" for name in ("atom.xml", "rss.xml", "feed.json")}
        private = names(hub.app.settings.partners[0], hub.app.settings, {})
        path = agreement.private(private[0], hub.app.settings.partners[0]).file("atom")
        assert path.startswith("/partner/portal/")
        assert hub.subscribe(reader.url("/in"), topic=path) == 404
