"""The 14 subscriber cases of websub.rocks, from their descriptions, and what security asks of a subscriber.

The publisher and its hub are one server on loopback; the hub asks back while it answers, as many do.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from feeds.app.serving import push
from feeds.model.lease import Lease
from feeds.model.source import SourceState
from tests.end_to_end.hubs import Desk, Heard, Place, desk, place

ITEM = (
    "<item><guid isPermaLink='false'>{0}</guid><title>Title {0}</title><link>https://a.example/{0}</link>"
    "<pubDate>Sun, 01 Feb 2026 00:00:00 +0000</pubDate><description>Words of {0}.</description></item>"
)
RSS = "<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel><title>A</title>{links}{items}</channel></rss>"
ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title><id>urn:a</id><updated>2026-02-01T00:00:00Z</updated>"
    "{links}{items}</feed>"
)
ENTRY = (
    "<entry><id>urn:{0}</id><title>Title {0}</title><updated>2026-02-0{1}T00:00:00Z</updated>"
    "<link href='https://a.example/{0}'/><content>Words of {0}, version {1}.</content></entry>"
)


def rss(*guids: str, links: str = "") -> bytes:
    return RSS.format(items="".join(ITEM.format(guid) for guid in guids), links=links).encode()


def atom(*entries: tuple[str, int], links: str = "") -> bytes:
    return ATOM.format(items="".join(ENTRY.format(*entry) for entry in entries), links=links).encode()


@dataclass
class Publisher:
    """A feed and its hub, and a desk that reads the feed."""

    place: Place
    desk: Desk | None = None
    asked: list[Heard] = field(default_factory=list)
    lease_seconds: str = "864000"
    answers: bool = True
    topic: str = ""

    def url(self, path: str) -> str:
        return self.place.url(path)

    def offer(self, body: bytes, path: str = "/feed", link: str = "", media_type: str = "application/rss+xml") -> None:
        headers = {"Content-Type": media_type, **({"Link": link} if link else {})}
        self.place.says[path] = (200, headers, body)

    def links(self, hub: str = "/hub", topic: str = "/feed") -> str:
        return f'<{self.url(hub)}>; rel="hub", <{self.url(topic)}>; rel="self"'

    @property
    def callback(self) -> str:
        return urlsplit(self.asked[-1].form["hub.callback"]).path

    def verify(self, **more: str) -> tuple[int, str]:
        """Ask the desk whether it meant its last request."""
        form = self.asked[-1].form
        asked = {
            "hub.mode": form["hub.mode"], "hub.topic": self.topic or form["hub.topic"], "hub.challenge": "c-123",
            "hub.lease_seconds": self.lease_seconds, **more,
        }  # fmt: skip
        assert self.desk
        answer = self.desk.web.get(self.callback, params=asked)
        return answer.status_code, answer.text

    def push(self, body: bytes, callback: str = "", secret: str | None = None, **headers: str) -> int:
        secret = self.asked[-1].form.get("hub.secret") if secret is None else secret
        sent = {"Content-Type": "application/rss+xml", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if secret and "X-Hub-Signature" not in sent:
            sent["X-Hub-Signature"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        assert self.desk
        status = self.desk.web.post(callback or self.callback, content=body, headers=sent).status_code
        self.desk.settle()
        return status

    def polls(self, path: str = "/feed") -> int:
        return sum(heard.method == "GET" and heard.path == path for heard in self.place.heard)


@contextmanager
def publishing(
    folder: Path, path: str = "/feed", trust: str = "refetch", more: str = "", hub: str = ""
) -> Iterator[Publisher]:
    with place() as found:
        publisher = Publisher(found)
        plain = found.answer

        def answer(heard: Heard) -> tuple[int, dict[str, str], bytes]:
            if heard.path == "/hub" and heard.method == "POST":
                found.heard.append(heard)
                publisher.asked.append(heard)
                if publisher.answers:
                    publisher.verify()
                return 202, {}, b""
            status, headers, body = plain(heard)
            return status, dict(headers), body

        found.answer = answer  # type: ignore[method-assign]  # this one server is more than a subscriber
        settings = f"push: {{{hub}callback: 'https://in.example', trust: {trust}{more}}}\n"
        with desk(folder, found, more=settings, sources=f"{{id: a, url: '{found.url(path)}', every: 1h}}") as made:
            publisher.desk = made
            yield publisher


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with publishing(tmp_path) as found:
        found.offer(rss("1"), link=found.links())
        yield found


def lease(publisher: Publisher) -> Lease:
    assert publisher.desk
    (found,) = publisher.desk.app.store.library.leases.of(["a"]).values()
    return found


def state(publisher: Publisher) -> SourceState:
    assert publisher.desk
    (line,) = [s for s in publisher.desk.app.store.overview.sources() if s.source.id == "a"]
    return line.state


def titles(publisher: Publisher) -> bytes:
    assert publisher.desk
    rendition = publisher.desk.app.store.overview.rendition("/atom.xml")
    return rendition.body if rendition else b""


def subscribed(publisher: Publisher) -> Desk:
    """Let the desk read the feed, and subscribe."""
    assert publisher.desk
    publisher.desk.settle()
    assert lease(publisher).held(publisher.desk.now)
    return publisher.desk


# discovery


def test_100_discovery_by_header(publisher: Publisher) -> None:
    subscribed(publisher)
    form = publisher.asked[0].form
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", publisher.url("/feed"))
    assert form["hub.callback"].startswith("https://in.example/websub/")
    assert form["hub.lease_seconds"] == "864000"
    assert len(form["hub.callback"]) > 50, "nobody can guess it"


def test_101_discovery_in_a_page_is_of_its_head_alone(tmp_path: Path) -> None:
    """A page is no source here: its head leads to its feed (`feeds add`), which names the hub. WS-24: a page that is
    polled names nobody, whatever stands in its body."""
    with publishing(tmp_path) as publisher:
        page = b"<!doctype html><html><head><title>A</title></head><body><link rel=hub href='/hub'></body></html>"
        publisher.offer(page, media_type="text/html")
        assert publisher.desk
        publisher.desk.settle()
        assert publisher.asked == []


@pytest.mark.parametrize("format", ["102 Atom", "103 RSS"])
def test_discovery_at_feed_level(tmp_path: Path, format: str) -> None:
    with publishing(tmp_path) as publisher:
        hub, topic = publisher.url("/hub"), publisher.url("/feed")
        if format == "102 Atom":
            links = f"<link rel='hub' href='{hub}'/><link rel='self' href='{topic}'/>"
            publisher.offer(atom(("1", 1), links=links), media_type="application/atom+xml")
        else:
            links = f"<a:link rel='hub' href='{hub}'/><a:link rel='self' href='{topic}'/>"
            publisher.offer(rss("1", links=links))
        subscribed(publisher)
        assert publisher.asked[0].form["hub.topic"] == topic


@pytest.mark.parametrize("format", ["Atom", "RSS"])
def test_ws_24_an_entry_names_no_hub(tmp_path: Path, format: str) -> None:
    with publishing(tmp_path) as publisher:
        if format == "Atom":
            entry = ENTRY.format("1", 1).replace(
                "</entry>", f"<link rel='hub' href='{publisher.url('/hub')}'/></entry>"
            )
            publisher.offer(ATOM.format(items=entry, links="").encode(), media_type="application/atom+xml")
        else:
            body = f"<description>&lt;link rel='hub' href='{publisher.url('/hub')}'&gt;</description></item>"
            link = f"<a:link rel='hub' href='{publisher.url('/hub')}'/>"
            publisher.offer(rss("1").replace(b"</item>", (link + body).encode()))
        assert publisher.desk
        publisher.desk.settle()
        assert publisher.asked == []


def test_104_the_header_goes_before_the_body(tmp_path: Path) -> None:
    with publishing(tmp_path) as publisher:
        links = "<a:link rel='hub' href='https://wrong.example/'/><a:link rel='self' href='https://wrong.example/f'/>"
        publisher.offer(rss("1", links=links), link=publisher.links())
        subscribed(publisher)
        assert publisher.asked[0].form["hub.topic"] == publisher.url("/feed")


# subscribing


def test_200_the_topic_is_what_rel_self_says(tmp_path: Path) -> None:
    with publishing(tmp_path) as publisher:
        publisher.offer(rss("1"), link=publisher.links(topic="/other"))
        subscribed(publisher)
        assert publisher.asked[0].form["hub.topic"] == publisher.url("/other")


@pytest.mark.parametrize("status", [pytest.param(302, id="201 for now"), pytest.param(301, id="202 for good")])
def test_a_topic_that_leads_elsewhere(tmp_path: Path, status: int) -> None:
    with publishing(tmp_path) as publisher:
        publisher.place.says["/feed"] = (status, {"Location": publisher.url("/moved")}, b"")
        publisher.offer(rss("1"), path="/moved", link=publisher.links(topic="/moved"))
        subscribed(publisher)
        assert publisher.asked[0].form["hub.topic"] == publisher.url("/moved")


@pytest.mark.parametrize("status", [pytest.param(307, id="203 for now"), pytest.param(308, id="204 for good")])
def test_a_hub_that_leads_elsewhere(tmp_path: Path, status: int) -> None:
    with publishing(tmp_path) as publisher:
        publisher.place.says["/old-hub"] = (status, {"Location": publisher.url("/hub")}, b"")
        publisher.offer(rss("1"), link=publisher.links(hub="/old-hub"))
        subscribed(publisher)
        assert publisher.asked[0].form["hub.mode"] == "subscribe"


def test_205_ws_10_a_question_for_another_topic_is_not_answered(publisher: Publisher) -> None:
    publisher.answers = False
    assert publisher.desk
    publisher.desk.settle()
    assert publisher.verify(**{"hub.topic": "https://other.example/feed"})[0] == 404
    assert not lease(publisher).held(publisher.desk.now)
    assert publisher.verify() == (200, "c-123")
    assert lease(publisher).held(publisher.desk.now)


# distribution


def test_300_a_push_is_taken_and_what_it_tells_is_published(publisher: Publisher) -> None:
    subscribed(publisher)
    publisher.offer(rss("1", "2"), link=publisher.links())
    assert 200 <= publisher.push(rss("1", "2")) < 300
    assert b"Title 2" in titles(publisher)


@pytest.mark.parametrize(("unsigned", "status"), [("drop", 202), ("refuse", 403)])
@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"X_Hub_Signature": "sha256=" + "0" * 64}, id="301 WS-02 wrong signature"),
        pytest.param({"secret": ""}, id="302 WS-01 no signature"),
    ],
)
def test_a_push_without_a_good_signature_leads_to_nothing(
    tmp_path: Path, header: dict[str, str], unsigned: str, status: int
) -> None:
    with publishing(tmp_path, trust="signed", more=f", unsigned: {unsigned}") as publisher:
        publisher.offer(rss("1"), link=publisher.links())
        desk = subscribed(publisher)
        before = publisher.polls()
        assert publisher.push(rss("1", "2"), **header) == status
        assert (publisher.polls(), lease(publisher).heard, desk.settle()) == (before, None, [])
        assert b"Title 2" not in titles(publisher)


# what security asks


def test_ws_03_bytes_that_were_changed_or_pressed_are_not_read(tmp_path: Path) -> None:
    with publishing(tmp_path, trust="signed") as publisher:
        publisher.offer(rss("1"), link=publisher.links())
        subscribed(publisher)
        secret = publisher.asked[-1].form["hub.secret"]
        good = "sha256=" + hmac.new(secret.encode(), rss("1", "2"), hashlib.sha256).hexdigest()
        assert publisher.push(rss("1", "3"), X_Hub_Signature=good) == 202
        assert publisher.push(rss("1", "2"), Content_Encoding="gzip") == 415
        assert b"Title 2" not in titles(publisher)
        assert b"Title 3" not in titles(publisher)


def test_ws_04_an_old_push_changes_nothing(tmp_path: Path) -> None:
    with publishing(tmp_path, trust="signed") as publisher:
        old, new = atom(("1", 1)), atom(("1", 3))
        kind = {"Content_Type": "application/atom+xml"}
        publisher.offer(old, link=publisher.links(), media_type="application/atom+xml")
        subscribed(publisher)
        publisher.offer(new, link=publisher.links(), media_type="application/atom+xml")
        publisher.push(new, **kind)
        assert b"version 3" in titles(publisher)
        before = titles(publisher)
        for _ in range(3):
            publisher.push(old, **kind)
        assert titles(publisher) == before


def test_ws_05_unknown_and_ended_callbacks(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    assert publisher.push(b"x", callback="/websub/never-seen") == 404
    desk.later(days=11)
    assert desk.web.post(publisher.callback, content=b"x").status_code == 410
    publisher.answers = False
    publisher.offer(rss("1", "2"))
    desk.poll()
    assert publisher.asked[-1].form["hub.mode"] == "unsubscribe"
    assert desk.web.post(publisher.callback, content=b"x").status_code == 410
    assert publisher.verify()[0] == 200
    assert desk.web.post(publisher.callback, content=b"x").status_code == 410


@pytest.mark.parametrize(("trust", "polls", "told"), [("refetch", 1, b"Title 2"), ("signed", 0, b"Title 3")])
def test_ws_06_a_push_is_a_hint_or_is_believed(tmp_path: Path, trust: str, polls: int, told: bytes) -> None:
    with publishing(tmp_path, trust=trust) as publisher:
        publisher.offer(rss("1"), link=publisher.links())
        subscribed(publisher)
        before = publisher.polls()
        publisher.offer(rss("1", "2"), link=publisher.links())
        publisher.push(rss("1", "3"))
        assert publisher.polls() - before == polls
        assert told in titles(publisher)
        assert (b"Title 2" in titles(publisher)) != (b"Title 3" in titles(publisher))


def test_ws_07_headers_of_a_push_name_nobody(tmp_path: Path) -> None:
    with publishing(tmp_path, trust="signed") as publisher:
        publisher.offer(rss("1"), link=publisher.links())
        subscribed(publisher)
        before = state(publisher).info
        publisher.push(
            rss("1", "2"), Link='<https://other.example/f>; rel="self", <https://other.example/h>; rel="hub"'
        )
        assert b"Title 2" in titles(publisher)
        assert state(publisher).info == before
        assert len(publisher.asked) == 1


def test_ws_08_pushes_are_bounded(tmp_path: Path) -> None:
    with publishing(tmp_path, trust="signed") as publisher:
        publisher.offer(rss("1"), link=publisher.links())
        desk = subscribed(publisher)
        assert desk.web.post(publisher.callback, content=b"x" * (4 * 1024 * 1024 + 1)).status_code == 413
        secret = publisher.asked[-1].form["hub.secret"]
        said = []
        for n in range(70):
            body = rss("1", str(n + 2))
            sign = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            headers = {"X-Hub-Signature": sign, "Content-Type": "application/rss+xml"}
            said.append(desk.web.post(publisher.callback, content=body, headers=headers).status_code)
        assert said == [202] * 60 + [429] * 10
        before = publisher.polls()
        desk.settle()
        assert publisher.polls() == before + 1, "where too many wait the source is asked instead"
        assert titles(publisher).count(b"<title>Title") == 11


@pytest.mark.parametrize(
    ("granted", "days"),
    [
        pytest.param("0", 1 / 24, id="zero"),
        pytest.param("-1", 1 / 24, id="less than nothing"),
        pytest.param("1000000000000", 30, id="for ever"),
        pytest.param("abc", 10, id="no number"),
        pytest.param("", 10, id="nothing"),
    ],
)
def test_ws_11_leases_are_held_in_bounds(publisher: Publisher, granted: str, days: float) -> None:
    publisher.lease_seconds = granted
    desk = subscribed(publisher)
    until = lease(publisher).lease_until
    assert until
    assert (until - desk.now).total_seconds() == days * 86400


@pytest.mark.parametrize("challenge", ["<script>alert(1)</script>", "a\r\nb", "x" * 2000, ""])
def test_ws_12_a_challenge_is_no_page(publisher: Publisher, challenge: str) -> None:
    publisher.answers = False
    assert publisher.desk
    publisher.desk.settle()
    status, said = publisher.verify(**{"hub.challenge": challenge})
    assert status == 404
    assert "script" not in said
    assert publisher.verify() == (200, "c-123")


def test_ws_12_a_challenge_comes_back_as_plain_text(publisher: Publisher) -> None:
    publisher.answers = False
    assert publisher.desk
    publisher.desk.settle()
    form = publisher.asked[-1].form
    asked = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "a+b/c="}
    answer = publisher.desk.web.get(publisher.callback, params=asked)
    assert answer.text == "a+b/c="
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_ws_10_nobody_is_answered_who_was_not_asked(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    assert publisher.verify(**{"hub.mode": "unsubscribe"})[0] == 404
    assert lease(publisher).held(desk.now)
    desk.later(hours=2)
    assert publisher.verify()[0] == 404, "we asked two hours ago"


def test_ws_13_a_forged_no_ends_nothing_for_good(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    params = {"hub.mode": "denied", "hub.topic": publisher.url("/feed"), "hub.reason": "because\x00\n<b>"}
    assert desk.web.get(publisher.callback, params=params).status_code == 200
    assert lease(publisher).problem == "the hub denies it: because  <b>"
    assert lease(publisher).held(desk.now)
    desk.later(days=1)
    desk.settle()
    assert [heard.form["hub.mode"] for heard in publisher.asked] == ["subscribe", "subscribe"]
    assert desk.web.get(publisher.callback, params={**params, "hub.topic": "x"}).status_code == 404


def test_ws_19_a_lease_is_renewed_before_it_ends(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    desk.later(days=7.9)
    desk.settle()
    assert len(publisher.asked) == 1
    desk.later(days=0.2)
    desk.settle()
    assert len(publisher.asked) == 2
    assert publisher.asked[0].form["hub.callback"] == publisher.asked[1].form["hub.callback"]
    until = lease(publisher).lease_until
    assert until
    assert (until - desk.now).days == 10


def test_ws_19_where_renewing_fails_polling_goes_on(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    publisher.offer(rss("1", "2"), link=publisher.links())
    publisher.push(b"")
    publisher.answers = False
    for _ in range(24 * 12):
        desk.later(hours=1)
        desk.settle()
    assert not lease(publisher).trusted
    assert not lease(publisher).held(desk.now)
    before = publisher.polls()
    desk.later(hours=1)
    desk.settle()
    assert publisher.polls() > before
    assert state(publisher).due - desk.now <= timedelta(hours=1)


def test_ws_25_https_goes_before_http_and_private_hubs_are_refused(tmp_path: Path) -> None:
    with publishing(tmp_path) as publisher:
        http, https = '<http://hub.example/>; rel="hub"', '<https://hub.example/>; rel="hub"'
        publisher.offer(rss("1"), link=f"{http}, {https}")
        assert publisher.desk
        publisher.desk.settle()
        assert lease(publisher).hub == "https://hub.example/"
        publisher.offer(rss("1", "2"), link='<http://10.0.0.1/hub>; rel="hub"')
        publisher.desk.poll()
        assert lease(publisher).hub == "http://10.0.0.1/hub"
        assert lease(publisher).secret == "", "no secret goes over http"
        assert "private" in lease(publisher).problem


# trust


def test_polls_are_seldom_while_pushes_come_and_daily_all_the_same(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    assert not lease(publisher).trusted
    assert (state(publisher).due - desk.now).total_seconds() < 2 * 3600
    publisher.offer(rss("1", "2"), link=publisher.links())
    publisher.push(rss("1", "2"))
    assert lease(publisher).trusted
    assert 7 * 3600 < (state(publisher).due - desk.now).total_seconds() <= 24 * 3600


def test_a_poll_that_finds_news_first_ends_the_trust(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    publisher.offer(rss("1", "2"), link=publisher.links())
    publisher.push(rss("1", "2"))
    desk.later(hours=9)
    desk.settle()
    assert lease(publisher).trusted, "nothing new was missed"
    publisher.offer(rss("1", "2", "3"), link=publisher.links())
    desk.later(hours=9)
    desk.settle()
    assert b"Title 3" in titles(publisher)
    assert not lease(publisher).trusted
    assert (state(publisher).due - desk.now).total_seconds() < 2 * 3600
    publisher.push(rss("1", "2", "3"))
    assert lease(publisher).trusted


def test_a_source_that_cannot_be_asked_is_asked_again_soon(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    publisher.place.says["/feed"] = (503, {}, b"")
    publisher.push(rss("1", "2"))
    waits = []
    for _ in range(3):
        waits.append((state(publisher).due - desk.now).total_seconds())
        desk.later(seconds=waits[-1])
        desk.settle()
    assert waits == [5, 10, 20]
    publisher.offer(rss("1", "2"), link=publisher.links())
    desk.later(seconds=40)
    desk.settle()
    assert b"Title 2" in titles(publisher)
    assert (state(publisher).due - desk.now).total_seconds() > 3600


def test_a_source_that_is_staler_than_a_push_is_asked_twice_more(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    before = publisher.polls()
    publisher.push(rss("1", "2"))
    for _ in range(2):
        assert (state(publisher).due - desk.now).total_seconds() == 60
        desk.later(minutes=1)
        desk.settle()
    assert publisher.polls() - before == 3
    assert (state(publisher).due - desk.now).total_seconds() > 3600


def test_hubs_are_told_of_another_address(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    moved = replace(desk.app.settings.push, callback="https://moved.example")
    desk.app.adopt(replace(desk.app.settings, push=moved))
    push.attend(desk.app, woken=False)
    desk.settle()
    assert [heard.form["hub.callback"].partition("/websub/")[0] for heard in publisher.asked] == [
        "https://in.example",
        "https://moved.example",
    ]
    push.attend(desk.app, woken=False)
    assert desk.settle() == []


def test_a_hub_that_does_not_ask_back_is_asked_ever_more_seldom(publisher: Publisher) -> None:
    publisher.answers = False
    desk = publisher.desk
    assert desk
    desk.settle()
    assert push.told(lease(publisher), desk.now) == "asked for once, not confirmed"
    waits = []
    for _ in range(12):
        waits.append((lease(publisher).due - desk.now).total_seconds())
        desk.later(seconds=waits[-1])
        desk.settle()
    assert waits[:3] == [300, 600, 1200]
    assert waits[-1] == 86400
    assert push.told(lease(publisher), desk.now) == "asked for 13 times, not confirmed"


def test_who_wakes_asks_whom_it_counted_on(tmp_path: Path) -> None:
    with publishing(tmp_path) as publisher:
        publisher.offer(rss("1"), link=publisher.links())
        desk = subscribed(publisher)
        publisher.push(rss("1"))
        assert desk.settle() == []
        desk.app.store.library.leases.wake(desk.now)
        assert desk.settle()[0] == "poll"


def test_what_is_not_wanted_any_more_is_given_back(publisher: Publisher) -> None:
    desk = subscribed(publisher)
    publisher.offer(rss("1", "2"))
    desk.poll()
    assert [heard.form["hub.mode"] for heard in publisher.asked] == ["subscribe", "unsubscribe"]
    assert desk.app.store.library.leases.of(["a"]) == {}


def test_nobody_is_asked_where_no_one_listens(tmp_path: Path) -> None:
    """`feeds run` has no web server: a hub could not ask back."""
    with publishing(tmp_path) as publisher:
        publisher.offer(rss("1"), link=publisher.links())
        assert publisher.desk
        publisher.desk.pass_()
        assert publisher.asked == []


def test_a_letter_that_cannot_be_read_has_the_source_asked(tmp_path: Path) -> None:
    with publishing(tmp_path, trust="signed") as publisher:
        publisher.offer(rss("1"), link=publisher.links())
        subscribed(publisher)
        publisher.offer(rss("1", "2"), link=publisher.links())
        publisher.push(b"this is no feed")
        assert b"Title 2" in titles(publisher)
        assert state(publisher).failures == 0


def test_a_letter_survives_and_is_read_once(tmp_path: Path) -> None:
    """WS-23: the push was taken, and the program ended before it was read."""
    with publishing(tmp_path, trust="signed") as publisher:
        publisher.offer(rss("1"), link=publisher.links())
        desk = subscribed(publisher)
        body = rss("1", "2")
        sign = "sha256=" + hmac.new(publisher.asked[-1].form["hub.secret"].encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature": sign, "Content-Type": "application/rss+xml"}
        assert desk.web.post(publisher.callback, content=body, headers=headers).status_code == 202
        assert len(desk.app.store.library.leases.letters(0, 10)) == 1
        before = publisher.polls()
        desk.settle()
        assert titles(publisher).count(b"<title>Title 2") == 1
        assert publisher.polls() == before
        assert desk.app.store.library.leases.letters(0, 10) == []
