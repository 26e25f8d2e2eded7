"""The protocol without the wire: what a request says, what follows from an answer, whether a signature holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.core.push import websub
from feeds.model.delivery import Delivery, DeliveryKind, Intent, Sent, Subscription
from tests.core.made import NOW

ASKED = {
    "hub.mode": "subscribe",
    "hub.topic": "https://desk.example/atom.xml",
    "hub.callback": "https://reader.example/in?id=7",
}
DAY = timedelta(days=1)


def intent(**more: str) -> Intent:
    found = websub.intent_of({**ASKED, **more}, "c" * 32, NOW)
    assert isinstance(found, Intent)
    return found


def test_websub_rocks_hub_102_what_nobody_knows_is_ignored() -> None:
    assert intent(**{"hub.verify": "async", "foo": "bar", "hub.verify_token": "x"}) == intent()


@pytest.mark.parametrize(
    ("asked", "lease"),
    [
        pytest.param(None, 10 * DAY, id="ten days where nothing is asked"),
        pytest.param("864000", 10 * DAY, id="as asked"),
        pytest.param("1", timedelta(hours=1), id="not too short"),
        pytest.param("0", timedelta(hours=1), id="WS-11 zero"),
        pytest.param("-1", timedelta(hours=1), id="WS-11 less than nothing"),
        pytest.param("1000000000000", 30 * DAY, id="WS-11 for ever"),
        pytest.param("abc", 10 * DAY, id="WS-11 no number"),
    ],
)
def test_leases_end(asked: str | None, lease: timedelta) -> None:
    assert intent(**({"hub.lease_seconds": asked} if asked else {})).lease == lease


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({"hub.mode": "delete"}, "hub.mode", id="mode"),
        pytest.param({"hub.topic": ""}, "hub.topic", id="topic"),
        pytest.param({"hub.callback": ""}, "hub.callback", id="callback"),
        pytest.param({"hub.callback": "ftp://reader.example/"}, "hub.callback", id="scheme"),
        pytest.param({"hub.callback": "https://a:b@reader.example/"}, "hub.callback", id="user name"),
        pytest.param({"hub.callback": "https://reader.example/#x"}, "hub.callback", id="fragment"),
        pytest.param({"hub.callback": "https://reader.example/\r\nX: y"}, "hub.callback", id="line break"),
        pytest.param({"hub.callback": "https://[bad/"}, "hub.callback", id="bracket"),
        pytest.param({"hub.callback": f"https://reader.example/{'x' * 2048}"}, "hub.callback", id="too long"),
        pytest.param({"hub.secret": "s" * 200}, "hub.secret", id="WS-18 secret of 200 bytes"),
        pytest.param({"hub.secret": "비" * 67}, "hub.secret", id="WS-18 secret of 201 bytes"),
    ],
)
def test_a_request_that_cannot_be_meant_is_refused(given: dict[str, str], words: str) -> None:
    found = websub.intent_of({**ASKED, **given}, "c", NOW)
    assert isinstance(found, websub.Refused)
    assert (found.status, words in found.words) == (400, True)


def test_ws_18_a_secret_of_199_bytes_is_taken_and_an_empty_one_is_none() -> None:
    assert len(intent(**{"hub.secret": "s" * 199}).secret) == 199
    assert intent(**{"hub.secret": ""}).secret == ""


def test_a_callback_keeps_its_own_parameters() -> None:
    url = websub.verify(intent()).url
    assert url.startswith("https://reader.example/in?id=7&hub.mode=subscribe&hub.topic=https%3A%2F%2Fdesk.example")
    assert url.endswith(f"&hub.challenge={'c' * 32}&hub.lease_seconds=864000")
    bare = replace(intent(), callback="https://reader.example/in", mode="unsubscribe")
    assert websub.verify(bare).url.startswith("https://reader.example/in?hub.mode=unsubscribe&")
    assert "lease_seconds" not in websub.verify(bare).url


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        pytest.param(Sent(status=200, body=b"c" * 32), True, id="the challenge"),
        pytest.param(Sent(status=204, body=b""), False, id="WS-15 nothing"),
        pytest.param(Sent(status=200, body=b"c" * 32 + b"\n"), False, id="more than the challenge"),
        pytest.param(Sent(status=404, body=b"c" * 32), False, id="not found"),
        pytest.param(Sent(problem="the server did not answer in time"), False, id="no answer"),
    ],
)
def test_a_callback_means_it_when_it_says_the_challenge(sent: Sent, meant: bool) -> None:
    assert websub.meant(intent(), sent) is meant


def owed(kind: DeliveryKind = "push", **more: object) -> Delivery:
    found = Delivery(
        id="1", kind=kind, target="https://reader.example/", topic="https://desk.example/atom.xml", due=NOW
    )
    return replace(found, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "sent", "state"),
    [
        pytest.param("push", Sent(status=204), "done", id="taken"),
        pytest.param("push", Sent(skipped=True), "skipped", id="a newer one is owed"),
        pytest.param("push", Sent(status=410), "gone", id="WS-20 410 ends it"),
        pytest.param("push", Sent(status=302), "owed", id="WS-20 WS-14 led elsewhere"),
        pytest.param("push", Sent(status=500), "owed", id="WS-20 fault"),
        pytest.param("push", Sent(problem="timeout"), "owed", id="WS-20 no answer"),
        pytest.param("ping", Sent(status=410), "owed", id="a hub is not a subscriber"),
        pytest.param("verify", Sent(status=404), "given_up", id="WS-15 not meant"),
        pytest.param("verify", Sent(status=200, body=b"no"), "given_up", id="WS-15 another word"),
        pytest.param("verify", Sent(status=503), "owed", id="asked again"),
        pytest.param("verify", Sent(problem="private", final=True), "given_up", id="WS-14 refused by the guard"),
    ],
)
def test_next_step(kind: DeliveryKind, sent: Sent, state: str) -> None:
    assert websub.next_step(owed(kind), sent, NOW).state == state


def test_ws_20_a_document_is_tried_for_a_day_ever_later_then_given_up() -> None:
    delivery, now, waits = owed(), NOW, []
    while delivery.state == "owed":
        delivery = websub.next_step(delivery, Sent(status=503), now)
        waits.append(delivery.due - now)
        now = max(delivery.due, now)
    assert delivery.state == "given_up"
    assert waits[:3] == [timedelta(seconds=15), timedelta(seconds=30), timedelta(minutes=1)]
    assert waits[:-1] == sorted(waits[:-1])
    assert timedelta(hours=12) < now - NOW <= timedelta(hours=24)


def test_what_is_pushed_says_whose_it_is_and_is_signed() -> None:
    body = "<feed>기술</feed>".encode()
    subscription = Subscription(
        id="1", topic="https://desk.example/atom.xml", callback="https://reader.example/in", secret="비밀",
        lease_until=NOW + DAY, since=NOW,
    )  # fmt: skip
    message = websub.push(subscription, "https://desk.example/hub", "application/atom+xml; charset=utf-8", body)
    assert message.data == body
    assert message.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert message.headers["Link"] == (
        '<https://desk.example/hub>; rel="hub", <https://desk.example/atom.xml>; rel="self"'
    )
    header = message.headers["X-Hub-Signature"]
    assert header.startswith("sha256=")
    assert websub.is_signed(header, "비밀", body, ("sha256",))
    assert "X-Hub-Signature" not in websub.push(replace(subscription, secret=""), "h", "t", body).headers


def test_a_host_in_other_letters_is_sent_in_ascii() -> None:
    subscription = Subscription(
        id="1",
        topic="https://뉴스.example/%EA%B8%B0/atom.xml",
        callback="https://r.example/",
        lease_until=NOW,
        since=NOW,
    )
    link = websub.push(subscription, "https://뉴스.example/hub", "t", b"").headers["Link"]
    assert link == (
        '<https://xn--vg1b002a.example/hub>; rel="hub", <https://xn--vg1b002a.example/%EA%B8%B0/atom.xml>; rel="self"'
    )


BODY, SECRET = b"<rss/>", "s3cret"
GOOD = websub.signature(SECRET, BODY, "sha256")


def test_a_known_signature() -> None:
    """RFC 4231 test case 2, by which whoever knows HMAC-SHA256 can check us."""
    found = websub.signature("Jefe", b"what do ya want for nothing?", "sha256")
    assert found == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_every_algorithm_of_the_recommendation_is_known(algorithm: str) -> None:
    header = f"{algorithm}={websub.signature(SECRET, BODY, algorithm)}"
    assert websub.is_signed(header, SECRET, BODY, ("sha1", "sha256", "sha384", "sha512"))
    assert not websub.is_signed(header, SECRET, BODY, ())


@pytest.mark.parametrize(
    ("header", "body"),
    [
        pytest.param("", BODY, id="WS-01 none"),
        pytest.param(f"sha256={'0' * 64}", BODY, id="WS-02 wrong"),
        pytest.param(f"sha256={GOOD[:-1]}", BODY, id="WS-02 truncated"),
        pytest.param(f"sha256={GOOD.upper()}", BODY, id="WS-02 upper case"),
        pytest.param(f"SHA256={GOOD}", BODY, id="WS-02 upper case algorithm"),
        pytest.param(f"sha256={GOOD}, sha256={GOOD}", BODY, id="WS-02 two signatures"),
        pytest.param(f"md5={GOOD}", BODY, id="WS-02 unknown algorithm"),
        pytest.param(f"sha1={websub.signature(SECRET, BODY, 'sha1')}", BODY, id="WS-02 sha1 where sha256 is wanted"),
        pytest.param(f"sha256={GOOD}", BODY + b" ", id="WS-03 one byte more"),
        pytest.param(f"sha256={GOOD}", b"<RSS/>", id="WS-03 other bytes"),
        pytest.param(f"sha256={websub.signature('', BODY, 'sha256')}", BODY, id="signed without the secret"),
    ],
)
def test_a_signature_that_does_not_hold(header: str, body: bytes) -> None:
    assert not websub.is_signed(header, SECRET, body, ("sha256",))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        pytest.param("b3BlbiBzZXNhbWU=", True, id="base64"),
        pytest.param("550e8400-e29b-41d4-a716-446655440000", True, id="UUID"),
        pytest.param("<script>alert(1)</script>", False, id="WS-12 script"),
        pytest.param("a b", False, id="WS-12 blank"),
        pytest.param("도전", False, id="WS-12 not ASCII"),
        pytest.param("x" * 1025, False, id="WS-12 too long"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_challenges(text: str, holds: bool) -> None:
    assert websub.is_challenge(text) is holds


@pytest.mark.parametrize(
    ("topic", "path"),
    [
        ("https://desk.example/blog/atom.xml", "/atom.xml"),
        ("https://desk.example/blog/%EA%B8%B0%EC%88%A0/rss.xml", "/기술/rss.xml"),
        ("https://desk.example/blog/기술/rss.xml", ""),
        ("https://desk.example/blog/%61tom.xml", ""),
        ("https://desk.example/blog/atom.xml?x", ""),
        ("https://desk.example/blogger/atom.xml", ""),
        ("https://desk.example/atom.xml", ""),
        ("https://other.example/blog/atom.xml", ""),
    ],
)
def test_a_topic_of_ours_has_one_spelling(topic: str, path: str) -> None:
    assert websub.path_of(topic, "https://desk.example/blog") == path
