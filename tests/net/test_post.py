"""Posts, which requests alone sends: forms, and redirects that keep them posts."""

import pytest

from feeds.net import Client
from tests.faults import Canned, answer, public


def test_post_sends_a_form() -> None:
    with Canned(answer(status="202 Accepted")) as canned, Client(resolve=public, dial=canned) as client:
        assert (
            client.post("http://hub.example/", {"hub.mode": "publish", "hub.url": "https://a.example/글"}).status == 202
        )
        sent = canned.sent[0]
    assert sent.startswith("POST / HTTP/1.1\r\n")
    assert "Content-Type: application/x-www-form-urlencoded\r\n" in sent
    assert sent.endswith("\r\n\r\nhub.mode=publish&hub.url=https%3A%2F%2Fa.example%2F%EA%B8%80")


@pytest.mark.parametrize(
    ("status", "final"), [("307 X", 200), ("308 X", 200), ("301 X", 301), ("302 X", 302), ("303 X", 303)]
)
def test_post_is_repeated_only_where_it_stays_a_post(status: str, final: int) -> None:
    moved = answer(b"", "Location: /y", status=status)
    with Canned(moved, answer(b"")) as canned, Client(resolve=public, dial=canned) as client:
        assert client.post("http://hub.example/", {"a": "b"}).status == final
        assert all(sent.startswith("POST") for sent in canned.sent)
