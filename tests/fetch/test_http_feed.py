"""What an answer means for a source."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from feeds.fetch.http import fetch_feed, shown
from feeds.model.source import Fetched, Options, Source, SourceState, Validators
from tests.faults import Canned, answer, public
from tests.ways import Client

pytestmark = pytest.mark.usefixtures("way")

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
URL = "http://a.example/feed?token=secret"
BODY = b"<rss/>"
HASH = sha256(BODY).hexdigest()
NONE = Validators()
USUAL = Options()
KNOWN = Validators(etag='W/"1"', last_modified="Mon, 23 Nov 2026 10:00:00 GMT")


def state(validators: Validators = NONE, body_hash: str = "") -> SourceState:
    return SourceState(source_id="a", due=NOW, validators=validators, body_hash=body_hash)


def ask(
    *answers: bytes,
    known: SourceState | None = None,
    options: Options = USUAL,
    url: str = URL,
) -> tuple[Fetched, list[str]]:
    with Canned(*answers) as canned, Client(resolve=public, dial=canned) as client:
        source = Source(id="a", kind="feed", location=url, options=options)
        return fetch_feed(source, known or state(), client, lambda: NOW), canned.sent


def test_fresh_answer_is_kept_whole() -> None:
    said = answer(
        BODY, 'ETag: W/"2"', "Last-Modified: Tue, 24 Nov 2026 10:00:00 GMT", "Content-Type: text/xml; charset=euc-kr",
        "Cache-Control: max-age=600", 'Link: <https://hub.example/>; rel=hub, </feed>; rel="self"',
    )  # fmt: skip
    fetched, sent = ask(said)
    document = fetched.documents[0]
    assert (document.url, document.body, document.media_type) == (URL, BODY, "text/xml; charset=euc-kr")
    assert fetched.outcome == "fresh"
    assert fetched.validators == Validators(etag='W/"2"', last_modified="Tue, 24 Nov 2026 10:00:00 GMT")
    assert (fetched.body_hash, fetched.status, fetched.size) == (HASH, 200, len(BODY))
    assert fetched.fresh_for == timedelta(minutes=10)
    assert (fetched.hub, fetched.self_url, fetched.moved_to) == ("https://hub.example/", "http://a.example/feed", "")
    assert "If-" not in sent[0]


@pytest.mark.parametrize(
    ("known", "lines"),
    [
        (KNOWN, ['If-None-Match: W/"1"', "If-Modified-Since: Mon, 23 Nov 2026 10:00:00 GMT"]),
        (Validators(etag="x"), ["If-None-Match: x"]),
        (Validators(last_modified="yesterday"), ["If-Modified-Since: yesterday"]),
        (Validators(), []),
    ],
    ids=["both", "etag alone", "date alone", "none"],
)
def test_validators_go_back_as_received(known: Validators, lines: list[str]) -> None:
    _, sent = ask(answer(BODY), known=state(known))
    assert [line for line in sent[0].split("\r\n") if line.startswith("If-")] == lines


def test_304_is_unchanged_and_may_renew_validators() -> None:
    fetched, _ = ask(answer(status="304 X", length=False), known=state(KNOWN))
    assert (fetched.outcome, fetched.validators, fetched.documents) == ("unchanged", Validators(), ())
    fetched, _ = ask(b'HTTP/1.1 304 X\r\nETag: "2"\r\nCache-Control: max-age=60\r\n\r\n', known=state(KNOWN))
    assert (fetched.validators.etag, fetched.fresh_for) == ('"2"', timedelta(minutes=1))


def test_net_32_304_to_an_unconditional_request_is_asked_once_more() -> None:
    not_modified = answer(status="304 X", length=False)
    fetched, sent = ask(not_modified, answer(BODY))
    assert (fetched.outcome, len(sent)) == ("fresh", 2)
    assert "Cache-Control: no-cache" in sent[1]
    fetched, sent = ask(not_modified, not_modified)
    assert (fetched.outcome, fetched.problem and fetched.problem.code) == ("failed", "protocol")


@pytest.mark.parametrize(
    "headers", [pytest.param([], id="NET-33 no validators"), pytest.param(['ETag: "new"'], id="NET-34 new ETag")]
)
def test_same_bytes_are_unchanged(headers: list[str]) -> None:
    fetched, _ = ask(answer(BODY, *headers), known=state(body_hash=HASH))
    assert (fetched.outcome, fetched.documents, fetched.body_hash) == ("unchanged", (), HASH)


def test_new_entries_alone_are_asked_for_and_taken() -> None:
    """RFC 3229: who sends an ETag may get a 226 with what is new since; the answer's ETag is that of the whole."""
    said = answer(BODY, 'ETag: "2"', "IM: feed", status="226 IM Used")
    fetched, sent = ask(said, known=state(KNOWN, HASH))
    assert "A-IM: feed" in sent[0].split("\r\n")
    assert (fetched.outcome, fetched.partial, fetched.status) == ("fresh", True, 226)
    assert (fetched.documents[0].body, fetched.body_hash, fetched.validators.etag) == (BODY, "", '"2"')


@pytest.mark.parametrize(
    "known",
    [pytest.param(NONE, id="nothing is known"), pytest.param(Validators(last_modified="Mon"), id="a date alone")],
)
def test_new_entries_alone_are_not_asked_for_without_an_etag(known: Validators) -> None:
    fetched, sent = ask(answer(BODY, "IM: feed", status="226 IM Used"), known=state(known))
    assert "A-IM" not in sent[0]
    assert (fetched.outcome, fetched.problem and fetched.problem.code) == ("failed", "protocol")


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        pytest.param([], "fresh", id="it does not say how"),
        pytest.param(["IM: FEED"], "fresh", id="capitals"),
        pytest.param(["IM: feed;q=1.0"], "fresh", id="with a parameter"),
        pytest.param(["IM: vcdiff"], "failed", id="a difference of bytes"),
        pytest.param(["IM: feed, gzip"], "failed", id="and something more"),
    ],
)
def test_a_226_in_another_manner_than_asked_for_fails(headers: list[str], outcome: str) -> None:
    fetched, _ = ask(answer(BODY, *headers, status="226 IM Used"), known=state(KNOWN))
    assert fetched.outcome == outcome
    assert fetched.validators == NONE


@pytest.mark.parametrize("body", [b"", b" \r\n"], ids=["NET-43 empty", "NET-43 blank"])
def test_empty_body_fails_and_keeps_nothing(body: bytes) -> None:
    fetched, _ = ask(answer(body, 'ETag: "x"'))
    assert (fetched.outcome, fetched.problem and fetched.problem.code) == ("failed", "empty")
    assert (fetched.validators, fetched.body_hash) == (Validators(), "")


@pytest.mark.parametrize(
    ("status", "outcome", "code"),
    [
        pytest.param(204, "failed", "empty", id="204"),
        pytest.param(202, "failed", "status", id="NET-42 202 challenge"),
        pytest.param(301, "failed", "status", id="301 without Location"),
        pytest.param(400, "failed", "status", id="400"),
        pytest.param(401, "failed", "denied", id="NET-41 401"),
        pytest.param(403, "failed", "denied", id="NET-41 403"),
        pytest.param(404, "failed", "missing", id="NET-40 404"),
        pytest.param(410, "gone", "gone", id="NET-39 410"),
        pytest.param(429, "failed", "rate_limited", id="NET-36 429"),
        pytest.param(451, "failed", "denied", id="451"),
        pytest.param(500, "failed", "status", id="500"),
        pytest.param(503, "failed", "status", id="503"),
    ],
)
def test_status_has_a_meaning(status: int, outcome: str, code: str) -> None:
    said = answer(b"" if status == 204 else b"<html>", 'ETag: "x"', "Retry-After: 60", status=f"{status} X")
    fetched, _ = ask(said, known=state(KNOWN, HASH))
    assert (fetched.outcome, fetched.status) == (outcome, status)
    assert fetched.problem
    assert fetched.problem.code == code
    assert fetched.retry_after == timedelta(minutes=1)
    assert (fetched.documents, fetched.validators, fetched.body_hash) == ((), Validators(), "")


@pytest.mark.parametrize(
    ("status", "moved"),
    [pytest.param("301 X", True, id="NET-22 301"), pytest.param("308 X", True, id="NET-22 308"),
     pytest.param("302 X", False, id="NET-23 302"), pytest.param("307 X", False, id="NET-23 307")],
)  # fmt: skip
def test_permanent_redirect_is_reported(status: str, moved: bool) -> None:
    fetched, _ = ask(answer(b"", "Location: http://b.example/f", status=status), answer(BODY))
    assert fetched.documents[0].url == "http://b.example/f"
    assert fetched.moved_to == ("http://b.example/f" if moved else "")


def test_net_22_redirect_to_a_failure_is_no_move() -> None:
    fetched, _ = ask(answer(b"", "Location: /gone", status="301 X"), answer(status="404 X"))
    assert (fetched.outcome, fetched.moved_to) == ("failed", "")


def test_net_29_options_go_to_the_sources_own_origin_only() -> None:
    options = Options(headers={"Authorization": "Bearer t"}, user_agent="mine")
    _, sent = ask(answer(b"", "Location: http://b.example/", status="302 X"), answer(BODY), options=options)
    assert "Authorization: Bearer t\r\n" in sent[0]
    assert "User-Agent: mine\r\n" in sent[0]
    assert "Bearer" not in sent[1]
    assert "User-Agent: feeds\r\n" in sent[1]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param(b"", "truncated", id="NET-12"),
        pytest.param(answer(BODY, "Content-Length: 99", length=False), "truncated", id="NET-13"),
        pytest.param(answer(BODY, "Content-Encoding: br"), "encoding", id="NET-21"),
        pytest.param(answer(b"", "Location: file:///etc/passwd", status="301 X"), "scheme", id="NET-27"),
        pytest.param(answer(b"", "Location: http://127.0.0.1/", status="301 X"), "address", id="SSRF-14"),
        pytest.param(answer(b"", "Location: /feed?token=secret", status="301 X"), "redirect", id="NET-24"),
    ],
)
def test_every_refusal_is_an_answer_without_secrets(said: bytes, code: str) -> None:
    fetched, _ = ask(said, options=Options(headers={"X-Key": "hidden"}))
    assert fetched.outcome == "failed"
    assert fetched.problem
    assert fetched.problem.code == code
    assert fetched.problem.where == "http://a.example/feed?…"
    assert not {word for word in ("secret", "hidden") if word in str(fetched)}
    assert (fetched.validators, fetched.body_hash) == (Validators(), "")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed",
        "ftp://a.example/",
        "http://",
        "http://[",
        "http://a.example:x/",
        "http://한" + "국" * 300 + "/",
        "\ud800",
    ],
    ids=ascii,
)
def test_bad_url_is_an_answer(url: str) -> None:
    fetched, sent = ask(url=url)
    assert (fetched.outcome, sent) == ("failed", [])


@pytest.mark.parametrize(
    ("headers", "code"),
    [({"X": "a\r\nb: c"}, "protocol"), ({"X": "한"}, "protocol")],
    ids=["line break", "Hangul"],
)
def test_bad_option_is_an_answer(headers: Mapping[str, str], code: str) -> None:
    fetched, _ = ask(answer(BODY), options=Options(headers=headers))
    assert fetched.problem
    assert fetched.problem.code == code


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://u:p@a.example:8080/x?t=1", "https://a.example:8080/x?…"),
        ("https://a.example/@x", "https://a.example/@x"),
        ("https://a.example", "https://a.example"),
        ("/var/feeds/a.xml", "/var/feeds/a.xml"),
        ("", ""),
    ],
)
def test_shown_url_holds_no_secret(url: str, safe: str) -> None:
    assert shown(url) == safe
