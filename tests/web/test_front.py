"""Who is let in: by which name, behind which proxies, how often, below which prefix."""

import pytest
from starlette.testclient import TestClient

from feeds.model.settings import Server
from feeds.web.front import Front
from feeds.web.site import Site, site
from feeds.web.wire.client import Hosts, Peers, household
from feeds.web.wire.http import Answer, Asked, Entrance, text
from feeds.web.wire.rates import KEPT, Rates
from tests.web.served import Shelf, rendition

NAMES = ("news.example.kr", "xn--9d0b34tp5s.example", "news.internal")


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("news.example.kr", True),
        ("NEWS.example.kr:443", True),
        ("news.example.kr.", True),
        ("news.internal:8080", True),
        ("localhost:8080", True),
        ("127.0.0.1:8080", True),
        ("[::1]:8080", True),
        ("192.0.2.7", True),
        ("evil.example", False),
        ("news.example.kr.evil.example", False),
        ("evilnews.example.kr", False),
        ("", False),
        ("news.example.kr/admin?", False),
        ("news.example.kr:99999", False),
        ("news.example.kr:0", False),
        ("news.example.kr:", False),
        ("u@news.example.kr", False),
        ("news.example.kr\\@evil.example", False),
        ("news.example.kr, evil.example", False),
        ("[::1", False),
        ("a" * 1000, False),
    ],
)
def test_srv_09_hosts(host: str, good: bool) -> None:
    assert Hosts(NAMES).good(host) == good


def client(url: str = "https://news.example.kr", peer: str = "192.0.2.1", **server: object) -> TestClient:
    shelf = Shelf(
        rendition("/atom.xml", "atom", b"<feed/>"),
        rendition("/기술/index.html", "html", b"<p>tech"),
        rendition("/기술/atom.xml", "atom", b"<feed>tech</feed>"),
    )
    shelf.moves["/옛/atom.xml"] = "/기술/atom.xml"
    settings = Server(**{"requests_per_minute": 0} | server)  # type: ignore[arg-type]  # fields of Server
    return TestClient(
        web(shelf, url, settings), base_url="http://news.example.kr", client=(peer, 1), follow_redirects=False,
        headers={"accept": "*/*"},
    )  # fmt: skip


def web(shelf: Shelf, url: str, server: Server) -> Site:
    def told(asked: Asked) -> Answer:
        return text(f"{asked.client} {asked.scheme} {asked.path}")

    entrances = [Entrance(path="/who", handler=told), Entrance(path="/desk/{page}", handler=told)]
    return site(shelf, {}, lambda: True, entrances, Front(url, server))


@pytest.mark.parametrize("host", ["evil.example", "x/admin?", "news.example.kr:99999"])
def test_srv_09_a_request_that_names_another_host_gets_nothing(host: str) -> None:
    answer = client().get("/atom.xml", headers={"host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert client().get("/atom.xml").status_code == 200


FORWARDED = {"x-forwarded-for": "198.51.100.9", "x-forwarded-proto": "https", "x-forwarded-host": "news.example.kr"}


@pytest.mark.parametrize(
    ("peer", "trusted", "headers", "told"),
    [
        pytest.param("192.0.2.1", (), FORWARDED, "192.0.2.1 http", id="SRV-10 no proxy is named"),
        pytest.param("192.0.2.1", ("10.0.0.0/8",), FORWARDED, "192.0.2.1 http", id="SRV-10 another one is"),
        pytest.param("10.1.2.3", ("10.0.0.0/8",), FORWARDED, "198.51.100.9 https", id="SRV-10 a trusted one"),
        pytest.param("::ffff:10.1.2.3", ("10.0.0.0/8",), FORWARDED, "198.51.100.9 https", id="IPv4 in IPv6"),
        pytest.param("10.1.2.3", ("10.0.0.0/8",), {}, "10.1.2.3 http", id="which says nothing"),
        pytest.param("10.1.2.3", ("10.0.0.0/8",), {"x-forwarded-for": "1.1.1.1, 198.51.100.9, 10.9.9.9"}, "198.51.100.9 http", id="SRV-10 a chain: what came before is hearsay"),
        pytest.param("10.1.2.3", ("10.0.0.0/8",), {"x-forwarded-for": "nonsense"}, "10.1.2.3 http", id="SRV-10 nonsense"),
        pytest.param("10.1.2.3", ("10.0.0.0/8",), {"x-forwarded-for": "[2001:db8::1]:443"}, "2001:db8::1 http", id="IPv6 with a port"),
        pytest.param("10.1.2.3", ("10.0.0.0/8",), {"x-forwarded-proto": "javascript"}, "10.1.2.3 http", id="SRV-10 no scheme of ours"),
    ],
)  # fmt: skip
def test_srv_10_what_peers_say_of_others(
    peer: str, trusted: tuple[str, ...], headers: dict[str, str], told: str
) -> None:
    answer = client(peer=peer, trusted_proxies=trusted).get("/who", headers=headers)
    assert answer.text == f"{told} /who"


def test_srv_10_the_host_of_an_untrusted_peer_is_the_one_it_asks_for() -> None:
    lies = {"x-forwarded-host": "evil.example"}
    assert client().get("/atom.xml", headers=lies).status_code == 200
    assert client(peer="10.0.0.1", trusted_proxies=("10.0.0.1",)).get("/atom.xml", headers=lies).status_code == 400


@pytest.mark.parametrize(
    "headers", [{"x-original-url": "/desk/x"}, {"x-rewrite-url": "/desk/x"}, {"x-http-method-override": "POST"}]
)
def test_srv_08_no_header_chooses_another_page(headers: dict[str, str]) -> None:
    answer = client().get("/atom.xml", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"<feed/>")


@pytest.mark.parametrize(
    ("path", "status", "found"),
    [
        pytest.param("/atom.xml", 200, b"<feed/>", id="stripped by the proxy"),
        pytest.param("/sub/news/atom.xml", 200, b"<feed/>", id="kept by the proxy"),
        pytest.param("/sub/news/%EA%B8%B0%EC%88%A0/atom.xml", 200, b"<feed>tech</feed>", id="Hangul below it"),
        pytest.param("/sub/news/who", 200, b"192.0.2.1 http /who", id="an entrance"),
        pytest.param("/s%75b/news/who", 200, b"192.0.2.1 http /who", id="written otherwise"),
        pytest.param("/sub/newsatom.xml", 404, b"", id="no part of it"),
        pytest.param("/sub/news/sub/news/atom.xml", 404, b"", id="twice"),
        pytest.param("/sub/news/../../etc/passwd", 404, b"", id="SRV-15 upwards"),
        pytest.param("/sub/news//desk/x", 404, b"", id="SRV-08 two slashes"),
    ],
)
def test_a_prefix(path: str, status: int, found: bytes) -> None:
    answer = client("https://news.example.kr/sub/news").get(f"http://news.example.kr{path}")
    assert answer.status_code == status
    assert answer.content.startswith(found)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        pytest.param("/sub/news", "/sub/news/", id="the prefix itself"),
        pytest.param("/sub/news/%EA%B8%B0%EC%88%A0", "%EA%B8%B0%EC%88%A0/", id="a folder, relative"),
        pytest.param("/sub/news/%EC%98%9B/atom.xml", "/sub/news/%EA%B8%B0%EC%88%A0/atom.xml", id="moved"),
    ],
)
def test_srv_30_redirects_stay_below_the_prefix_and_on_the_site(path: str, location: str) -> None:
    answer = client("https://news.example.kr/sub/news").get(path)
    assert (answer.status_code, answer.headers["location"]) == (301, location)


def test_requests_of_one_client_are_counted() -> None:
    few = client(requests_per_minute=6)
    assert [few.get("/atom.xml").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = few.get("/atom.xml")
    assert refused.headers["retry-after"] == "10"
    assert refused.headers.get("etag") is None
    local = client(peer="127.0.0.1", requests_per_minute=6)
    assert {local.get("/atom.xml").status_code for _ in range(20)} == {200}
    behind = client(peer="127.0.0.1", requests_per_minute=6, trusted_proxies=("127.0.0.1",))
    one, other = ({"x-forwarded-for": address} for address in ("198.51.100.1", "198.51.100.2"))
    assert [behind.get("/atom.xml", headers=one).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert behind.get("/atom.xml", headers=other).status_code == 200


def test_a_measure_fills_again_and_no_further() -> None:
    rates = Rates(60)
    assert [rates.ask("a", 0.0) for _ in range(31)] == [0] * 30 + [1]
    assert [rates.ask("a", 2.0) for _ in range(3)] == [0, 0, 1]
    assert rates.ask("b", 2.0) == 0
    assert [rates.ask("a", 1e6) for _ in range(31)] == [0] * 30 + [1]
    assert rates.ask("a", 0.0) == 1, "a clock that goes back gives nothing"
    whole = Rates(60, burst=1)
    assert [whole.ask("a", 0.0) for _ in range(61)] == [0] * 60 + [1]


def test_the_memory_of_clients_is_bounded() -> None:
    rates = Rates(60)
    for number in range(KEPT + 10):
        rates.ask(str(number), 0.0)
    assert len(rates._left) == KEPT


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_who_counts_as_one(address: str, counted: str) -> None:
    assert household(address) == counted


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="not appear to be"):
        Peers(("proxy.example",))
