"""What the client sends, follows, remembers and forgets."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import net
from feeds.errors import FetchError
from feeds.net import Answer, Limits
from tests.faults import HANG, KEEP, PUBLIC, Canned, Faults, Script, answer, public
from tests.ways import Client

pytestmark = pytest.mark.usefixtures("way")


def moved(location: str, status: str = "302 Found", *headers: str) -> bytes:
    return answer(b"", f"Location: {location}", *headers, status=status)


@contextmanager
def asked(*answers: bytes) -> Iterator[tuple[net.Client, Canned]]:
    agent = "feeds/1 (+https://us.example)"
    with Canned(*answers) as canned, Client(user_agent=agent, resolve=public, dial=canned) as client:
        yield client, canned


def get(*answers: bytes, url: str = "http://a.example/x") -> Answer:
    with asked(*answers) as (client, _):
        return client.get(url)


def refusal(*answers: bytes, url: str = "http://a.example/x") -> FetchError:
    with asked(*answers) as (client, _), pytest.raises(FetchError) as caught:
        client.get(url)
    return caught.value


def test_request_is_polite() -> None:
    with asked(answer(b"x")) as (client, canned):
        client.get("http://a.example/글?a=1", {"If-None-Match": 'W/"é"'})
        lines = canned.sent[0].split("\r\n")
    assert lines[0] == "GET /%EA%B8%80?a=1 HTTP/1.1"
    assert set(lines[1:-2]) == {
        "Host: a.example",
        "User-Agent: feeds/1 (+https://us.example)",
        "Accept: */*",
        "Accept-Encoding: gzip",
        'If-None-Match: W/"é"',
    }


def test_headers_come_by_lower_case_name() -> None:
    found = get(answer(b"x", 'ETag: W/"a b"', "Link: <a>", "link: <b>"))
    assert (found.headers["etag"], found.headers["link"]) == ('W/"a b"', "<a>, <b>")


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [
        pytest.param(["301 X"], True, id="NET-22 301"),
        pytest.param(["308 X", "301 X"], True, id="NET-22 308 and 301"),
        pytest.param(["302 X"], False, id="NET-23 302"),
        pytest.param(["303 X"], False, id="NET-23 303"),
        pytest.param(["307 X"], False, id="NET-23 307"),
        pytest.param(["301 X", "302 X"], False, id="NET-23 301 and 302"),
        pytest.param([], False, id="none"),
    ],
)
def test_permanent_is_a_chain_of_permanent_redirects(statuses: list[str], permanent: bool) -> None:
    chain = [moved(f"/{n}", status) for n, status in enumerate(statuses)]
    found = get(*chain, answer(b"x"))
    assert (found.permanent, found.hops, found.body) == (permanent, len(statuses), b"x")
    assert found.url == f"http://a.example/{len(statuses) - 1 if statuses else 'x'}"


@pytest.mark.parametrize(
    ("chain", "url"),
    [
        pytest.param([moved("/x")], "http://a.example/x", id="NET-24 to itself"),
        pytest.param([moved("/y"), moved("/x")], "http://a.example/x", id="NET-24 loop"),
        pytest.param([moved(f"/{n}") for n in range(30)], "http://a.example/x", id="NET-24 30 hops"),
    ],
)
def test_endless_redirects_stop(chain: list[bytes], url: str) -> None:
    with asked(*chain) as (client, canned), pytest.raises(FetchError) as caught:
        client.get(url)
    assert caught.value.code == "redirect"
    assert len(canned.dialled) <= 6


def test_net_24_five_hops_are_followed() -> None:
    assert get(*[moved(f"/{n}") for n in range(5)], answer(b"x")).hops == 5


def test_net_23_http_to_https_and_back_is_allowed_where_it_began_with_http() -> None:
    assert get(moved("http://b.example/"), answer(b"x")).url == "http://b.example/"


def test_redirect_without_location_is_an_answer() -> None:
    assert get(answer(status="301 X")).status == 301


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        pytest.param("/y", True, id="same origin"),
        pytest.param("http://b.example/", False, id="NET-29 other host"),
        pytest.param("http://a.example:8080/", False, id="NET-29 other port"),
    ],
)
def test_own_headers_stay_at_home(location: str, kept: bool) -> None:
    own = {"X-Key": "k", "User-Agent": "mine", "Cookie": "c=1"}
    with asked(moved(location), answer(b"x")) as (client, canned):
        client.get("http://a.example/", {"Authorization": "Basic eA==", "If-None-Match": '"e"'}, own=own)
        first, second = canned.sent
    for text in ("X-Key: k", "User-Agent: mine", "Cookie: c=1", "Authorization: Basic"):
        assert text in first
        assert (text in second) == kept
    assert 'If-None-Match: "e"' in second


def test_net_29_headers_that_left_home_do_not_come_back() -> None:
    with asked(moved("http://b.example/"), moved("http://a.example/y"), answer(b"x")) as (client, canned):
        client.get("http://a.example/", own={"X-Key": "k"})
        assert ["X-Key" in sent for sent in canned.sent] == [True, False, False]


def test_own_headers_cannot_change_the_framing() -> None:
    with asked(answer(b"x")) as (client, canned):
        client.get("http://a.example/", own={"host": "b.example", "Accept-Encoding": "br", "Content-Length": "5"})
        sent = canned.sent[0]
    assert "Host: a.example\r\n" in sent
    assert "b.example" not in sent
    assert "br" not in sent.partition("\r\n")[2].split("User-Agent")[0]
    assert "Content-Length" not in sent


@pytest.mark.parametrize("value", ["a\r\nX: y", "한국", "a\nb"])
def test_net_30_header_that_cannot_be_sent_is_refused(value: str) -> None:
    with asked(answer(b"x")) as (client, _), pytest.raises(FetchError) as caught:
        client.get("http://a.example/", own={"X-Key": value})
    assert caught.value.code == "protocol"
    assert value not in str(caught.value)


def test_net_30_no_header_is_injected_by_a_location() -> None:
    with asked(moved("/a%0d%0aX-Bad:1 b\u00e9"), answer(b"x")) as (client, canned):
        client.get("http://a.example/")
        assert "\nX-Bad" not in canned.sent[1]


def test_net_50_cookies_are_forgotten() -> None:
    with asked(
        answer(b"x", "Set-Cookie: s=1; Domain=example; Path=/"), moved("/y", "302 X", "Set-Cookie: t=1"), answer(b"x")
    ) as (client, canned):
        client.get("http://a.example/")
        client.get("http://a.example/")
        assert "Cookie" not in "".join(canned.sent)


def test_net_26_body_of_a_redirect_is_not_read() -> None:
    """The body never comes; who waits for it fails."""
    scripts: dict[str, Script] = {
        "/x": [answer(b"", "Location: /y", "Content-Length: 300000000", status="302 X", length=False), HANG],
        "/y": [answer(b"x")],
    }
    limits = Limits(total=timedelta(seconds=2))
    with Faults(scripts) as server, Client([server.place], limits=limits) as client:
        found = client.get(server.url("/x"))
    assert (found.body, found.hops) == (b"x", 1)


def test_connection_is_used_again() -> None:
    with Faults({"/x": [answer(b"x"), KEEP]}) as server, Client([server.place]) as client:
        assert [client.get(server.url("/x")).body for _ in range(3)] == [b"x"] * 3
        assert server.connections == 1


def test_net_49_reset_of_a_kept_connection_is_retried_once() -> None:
    """The server closes only when the second request has come, so that the client cannot know before."""
    plays: Iterator[Script] = iter([[answer(b"x"), KEEP], ["abort"], [answer(b"y")], ["abort"]])
    with Faults({"/x": lambda: next(plays)}) as server, Client([server.place]) as client:
        assert [client.get(server.url("/x")).body for _ in range(2)] == [b"x", b"y"]
        with pytest.raises(FetchError) as caught:
            client.get(server.url("/x"))
    assert caught.value.code == "truncated"


def test_net_31_body_of_a_304_is_ignored_and_the_connection_closed() -> None:
    plays: Iterator[Script] = iter([[answer(b"evil", status="304 X"), KEEP], [answer(b"good")]])
    with Faults({"/x": lambda: next(plays)}) as server, Client([server.place]) as client:
        assert (client.get(server.url("/x")).status, client.get(server.url("/x")).body) == (304, b"good")
        assert server.connections == 2


@pytest.mark.parametrize("status", [200, 204, 304, 400, 404, 410, 429, 500, 503])
def test_any_final_status_is_an_answer(status: int) -> None:
    found = get(answer(b"", "Retry-After: 5", status=f"{status} X", length=status not in (204, 304)))
    assert (found.status, found.body, found.headers["retry-after"]) == (status, b"", "5")


def test_net_48_dead_ipv6_falls_back_to_ipv4_in_time() -> None:
    tried: list[tuple[str, float]] = []
    with Canned(answer(b"x")) as canned:

        def dial(address: str, port: int, seconds: float) -> socket.socket:
            tried.append((address, seconds))
            if ":" in address:
                raise TimeoutError
            return canned(address, port, seconds)

        addresses = ["2606:4700::1", "2606:4700::2", PUBLIC]
        with Client(resolve=lambda host, port: addresses, dial=dial) as client:
            assert client.get("http://a.example/").body == b"x"
    assert [address for address, _ in tried] == ["2606:4700::1", PUBLIC]
    assert tried[0][1] <= 1.0


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        pytest.param(ConnectionRefusedError(), "connect", id="NET-01 refused"),
        pytest.param(OSError(113, "No route to host"), "connect", id="no route"),
        pytest.param(TimeoutError(), "timeout", id="NET-04 black hole"),
    ],
)
def test_line_that_cannot_be_opened(failure: OSError, code: str) -> None:
    patience: list[float] = []

    def dial(address: str, port: int, seconds: float) -> socket.socket:
        patience.append(seconds)
        raise failure

    client = Client(resolve=lambda host, port: [f"8.8.8.{n}" for n in range(9)], dial=dial)
    with pytest.raises(FetchError) as caught:
        client.get("http://a.example/")
    assert caught.value.code == code
    assert len(patience) == 4
    assert max(patience) <= 3
    assert sum(patience) <= 6.001


def test_net_02_name_that_does_not_resolve() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def nothing(host: str, port: int) -> list[str]:
        return []

    for resolve in (unknown, nothing):
        with pytest.raises(FetchError) as caught:
            Client(resolve=resolve, dial=Canned()).get("http://a.example/")
        assert (caught.value.code, caught.value.detail) == ("dns", "a.example")


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=100).map(lambda tail: b"HTTP/1.1 200 OK\r\n" + tail),
        st.binary(max_size=60).map(lambda tail: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + tail),
        st.binary(max_size=60).map(lambda tail: b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b" + tail),
        st.binary(max_size=60).map(lambda tail: b"HTTP/1.1 302 X\r\nLocation: " + tail + b"\r\n\r\n"),
    )
)
def test_any_bytes_end_in_an_answer_or_one_of_our_errors(said: bytes) -> None:
    with asked(said, said, said) as (client, _), suppress(FetchError):
        assert 200 <= client.get("http://a.example/").status < 600
