"""Signed webhooks: the scheme's own vector, and what stays or moves from one attempt to the next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeds.core.partners import webhooks
from feeds.core.push import websub
from feeds.model.delivery import Sent
from feeds.model.partner import Errand, Pushing

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PUSH = Pushing(url="https://portal.example/in", secrets=(SECRET,))
ERRAND = Errand(partner_id="portal", channel_id="all", about="", etag="e1", number=1)


def test_the_vector_of_the_libraries() -> None:
    """Standard Webhooks, the reference libraries' test of `sign`."""
    told = webhooks.signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("secret", "length"),
    [
        pytest.param(SECRET, 24, id="24 bytes"),
        pytest.param("whsec_" + "QUFB" * 21 + "QQ==", 64, id="64 bytes"),
        pytest.param("whsec_" + "QUFB" * 22, None, id="too long"),
        pytest.param("whsec_" + "QUFB" * 7, None, id="too short"),
        pytest.param(SECRET.removeprefix("whsec_"), None, id="without its prefix"),
        pytest.param("whsec_" + "*" * 32, None, id="no base64"),
    ],
)
def test_a_key(secret: str, length: int | None) -> None:
    key = webhooks.key_of(secret)
    assert (len(key) if key else None) == length


def test_an_attempt_keeps_the_id_and_moves_the_time() -> None:
    first, again, other = (
        webhooks.message(PUSH, errand, "https://desk.example/x", "text/xml", b"<a/>", at).headers
        for errand, at in ((ERRAND, NOW), (ERRAND, NOW + timedelta(seconds=1)), (replace(ERRAND, number=2), NOW))
    )
    assert first["webhook-id"] == again["webhook-id"] != other["webhook-id"]
    assert int(again["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 1
    assert len({first["webhook-signature"], again["webhook-signature"], other["webhook-signature"]}) == 3


def test_secrets_are_not_shown() -> None:
    assert SECRET not in repr(PUSH)


@pytest.mark.parametrize(
    ("attempts", "sent", "state"),
    [
        pytest.param(0, Sent(status=204), "done", id="taken"),
        pytest.param(0, Sent(status=410), "given_up", id="no more there"),
        pytest.param(20, Sent(status=503), "owed", id="days later it goes on"),
        pytest.param(websub.PARTNERS - 1, Sent(status=503), "given_up", id="a month later"),
        pytest.param(0, Sent(problem="it hangs"), "owed", id="no answer"),
    ],
)
def test_what_becomes_of_a_push(attempts: int, sent: Sent, state: str) -> None:
    delivery = replace(webhooks.notice(ERRAND, PUSH, "https://desk.example/x", NOW), attempts=attempts)
    step = websub.next_step(delivery, sent, NOW)
    assert step.state == state
    assert step.due - NOW <= timedelta(hours=6)


def test_a_month_of_attempts() -> None:
    delivery, now = webhooks.notice(ERRAND, PUSH, "https://desk.example/x", NOW), NOW
    while delivery.state == "owed":
        delivery = websub.next_step(delivery, Sent(status=500), now)
        now = delivery.due
    assert timedelta(days=30) < now - NOW < timedelta(days=32)
