"""A hub is told that a topic changed."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from feeds.core.push import websub
from feeds.model.delivery import Delivery, Sent
from feeds.net import Client
from feeds.send.http import send
from tests.faults import Canned, answer, public


def post(*answers: bytes, target: str = "http://hub.example/") -> tuple[Sent, list[str]]:
    delivery = Delivery(
        id="1", kind="ping", target=target, topic="https://us.example/기술.atom", due=datetime(2026, 11, 24, tzinfo=UTC)
    )
    with Canned(*answers) as canned, Client(resolve=public, dial=canned) as client:
        return send(websub.ping(delivery), client), canned.sent


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "204 No Content"])
def test_any_2xx_is_yes(status: str) -> None:
    heard, sent = post(answer(status=status, length="204" not in status))
    assert heard.accepted
    head, _, form = sent[0].partition("\r\n\r\n")
    assert head.startswith("POST / HTTP/1.1\r\n")
    topic = ["https://us.example/기술.atom"]
    assert parse_qs(form) == {"hub.mode": ["publish"], "hub.url": topic, "hub.topic": topic}


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        pytest.param(answer(b"no", status="400 X"), Sent(status=400), id="400"),
        pytest.param(answer(b"no", "Location: /x", status="302 X"), Sent(status=302), id="302"),
        pytest.param(answer(status="503 X"), Sent(status=503), id="503"),
        pytest.param(b"", Sent(problem="the answer was cut off: the connection was closed"), id="cut off"),
        pytest.param(b"junk\r\n", Sent(problem="the answer is not proper HTTP: a malformed status line"), id="junk"),
    ],
)
def test_anything_else_is_a_reason(said: bytes, heard: Sent) -> None:
    assert post(said)[0] == heard


def test_ssrf_20_private_hub_is_refused() -> None:
    heard, sent = post(target="http://127.0.0.1/")
    assert "private" in heard.problem
    assert sent == []
