"""What Naver is told of a new document, and what its answers mean."""

from datetime import UTC, datetime

import pytest

from feeds.core.partners import naver
from feeds.core.push import websub
from feeds.model.delivery import Message, Sent

NOW = datetime(2026, 11, 25, tzinfo=UTC)
NOTICE = naver.notice("https://news.example.kr/naver.xml", "e1", NOW)


def answer(code: str, words: str = "OK") -> bytes:
    text = f"<result><message><![CDATA[{words}]]></message><error_code><![CDATA[{code}]]></error_code></result>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()


def test_a_ping_names_the_document_under_the_key() -> None:
    assert naver.ping(NOTICE, "AAAA=") == Message(
        url="https://apis.naver.com/crawl/nsyndi/v2",
        headers={"Authorization": "Bearer AAAA="},
        data={"ping_url": "https://news.example.kr/naver.xml"},
    )


def test_without_a_key_nothing_is_sent() -> None:
    assert naver.ping(NOTICE, "") == Sent(skipped=True)


def test_the_same_document_is_told_once() -> None:
    assert naver.notice(NOTICE.topic, "e1", NOW).id == NOTICE.id
    assert naver.notice(NOTICE.topic, "e2", NOW).id != NOTICE.id


@pytest.mark.parametrize(
    ("sent", "state", "problem"),
    [
        pytest.param(Sent(status=200, body=answer("000")), "done", "", id="taken"),
        pytest.param(Sent(status=200, body=b"<html>"), "done", "", id="no code: by its status"),
        pytest.param(
            Sent(status=200, body=answer("024", "Authentication failed")),
            "owed",
            "Naver answers 024 (Authentication failed)",
            id="refused in the body",
        ),
        pytest.param(Sent(status=200, body=answer("061", "")), "owed", "Naver answers 061", id="refused without words"),
        pytest.param(Sent(status=503), "owed", "the service answers with status 503", id="status"),
        pytest.param(Sent(problem="timed out"), "owed", "timed out", id="no answer"),
    ],
)
def test_what_an_answer_means(sent: Sent, state: str, problem: str) -> None:
    step = websub.next_step(NOTICE, naver.judged(sent), NOW)
    assert (step.state, step.problem) == (state, problem)
    assert step.due > NOW or state == "done"
