"""No request reaches a private place, whatever a url, a name server or a redirect says: 0 connections."""

from collections.abc import Callable, Sequence

import pytest

from feeds import net
from feeds.errors import FetchError
from tests.faults import PUBLIC, Canned, answer, public
from tests.ways import Client

pytestmark = pytest.mark.usefixtures("way")


def refused(client: net.Client, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        client.get(url)
    return caught.value


def names(**answers: str) -> Callable[[str, int], Sequence[str]]:
    return lambda host, port: answers[host.partition(".")[0]].split()


LITERALS = [
    "127.0.0.1",
    "127.8.8.8",
    "[::1]",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "[fd00::1]",
    "169.254.169.254",
    "[fe80::1]",
    "0.0.0.0",
    "[::]",
    "100.64.0.1",
    "192.0.0.8",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2001:0::1]",
    "[::127.0.0.1]",
    "[fec0::1]",
    "[2001:db8::1]",
    "[100::1]",
    "[5f00::1]",
    "[3fff::1]",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.1",
    "0",
    "public.example@127.0.0.1",
    "127.0.0.1\\@public.example",
    "127。0。0。1",
    "１２７.0.0.1",
    "[::1%25lo]",
    "127.0.0.%31",
]


@pytest.mark.parametrize("host", [pytest.param(host, id=f"SSRF-01..09 SSRF-15 SSRF-16 {host}") for host in LITERALS])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_private_literal_is_never_dialled(scheme: str, host: str) -> None:
    canned = Canned()
    asked: list[str] = []
    client = Client(resolve=lambda host, port: asked.append(host) or [PUBLIC], dial=canned)  # type: ignore[func-returns-value]  # a recorder
    assert refused(client, f"{scheme}://{host}/").code == "address"
    assert (canned.dialled, asked) == ([], [])


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "metadata.google.internal", "printer.local"])
def test_ssrf_01_ssrf_03_name_of_a_private_place_is_never_dialled(host: str) -> None:
    canned = Canned()
    addresses = {"localhost": "127.0.0.1", "metadata.google.internal": "169.254.169.254", "printer.local": "10.0.0.7"}
    client = Client(resolve=lambda host, port: [addresses[host]], dial=canned)
    assert refused(client, f"http://{host}/").code == "address"
    assert canned.dialled == []


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param("10.0.0.1", id="SSRF-10 A"),
        pytest.param("fd00::1", id="SSRF-10 AAAA"),
        pytest.param("::ffff:10.0.0.1", id="SSRF-10 mapped"),
        pytest.param(f"{PUBLIC} 10.0.0.1", id="SSRF-11 public first"),
        pytest.param(f"10.0.0.1 {PUBLIC}", id="SSRF-11 private first"),
        pytest.param(f"{PUBLIC} 1.1.1.1 1.1.1.2 1.1.1.3 10.0.0.1", id="SSRF-11 beyond those tried"),
    ],
)
def test_one_private_address_spoils_the_name(addresses: str) -> None:
    canned = Canned()
    error = refused(Client(resolve=names(a=addresses), dial=canned), "http://a.example/")
    assert (error.code, canned.dialled) == ("address", [])


def test_ssrf_12_name_is_looked_up_once_and_that_answer_dialled() -> None:
    replies = [[PUBLIC], ["127.0.0.1"]]
    with Canned(answer(b"x")) as canned, Client(resolve=lambda host, port: replies.pop(0), dial=canned) as client:
        assert client.get("http://a.example/").body == b"x"
        assert (canned.dialled, replies) == ([f"{PUBLIC}:80"], [["127.0.0.1"]])


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(answer(status="302 Found"), id="SSRF-13 between hops"),
        pytest.param(answer(b"x"), id="SSRF-13 on a new connection"),
    ],
)
def test_each_new_connection_is_checked_anew(first: bytes) -> None:
    replies = [[PUBLIC], ["127.0.0.1"]]
    first = first.replace(b"302 Found", b"302 Found\r\nLocation: /y")
    with Canned(first) as canned, Client(resolve=lambda host, port: replies.pop(0), dial=canned) as client:
        if b"302" not in first:
            client.get("http://a.example/")
        assert refused(client, "http://a.example/").code == "address"
        assert canned.dialled == [f"{PUBLIC}:80"]


@pytest.mark.parametrize(
    "location",
    [
        pytest.param("http://127.0.0.1/", id="SSRF-14 literal"),
        pytest.param("http://inside.example/", id="SSRF-14 name"),
        pytest.param("//127.0.0.1/", id="SSRF-14 without scheme"),
        pytest.param("http://[::ffff:7f00:1]/", id="SSRF-14 mapped"),
        pytest.param("http://2130706433/", id="SSRF-14 decimal"),
        pytest.param("http://a.example:6379/", id="SSRF-17 by redirect"),
        pytest.param("http://10.0.0.5:8000/", id="SSRF-23 SSRF-14 to an allowed place"),
        pytest.param("http://10.0.0.5:8000/x?y", id="SSRF-23 SSRF-14 to an allowed place by path"),
    ],
)
@pytest.mark.parametrize("status", ["301 X", "302 X", "303 X", "307 X", "308 X"])
def test_redirect_to_a_private_place_is_refused(status: str, location: str) -> None:
    with Canned(answer(b"", f"Location: {location}", status=status)) as canned:
        client = Client(["10.0.0.5:8000"], resolve=names(a=PUBLIC, inside="10.0.0.1"), dial=canned)
        assert refused(client, "http://a.example/").code == "address"
        assert canned.dialled == [f"{PUBLIC}:80"]


@pytest.mark.parametrize("port", [pytest.param(p, id=f"SSRF-17 {p}") for p in (22, 25, 5432, 6379, 11211, 1, 65535)])
def test_unusual_port_is_never_dialled(port: int) -> None:
    canned = Canned()
    assert refused(Client(resolve=public, dial=canned), f"http://a.example:{port}/").code == "address"
    assert canned.dialled == []


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_usual_port_is_dialled(port: int) -> None:
    with Canned(answer(b"x")) as canned, Client(resolve=public, dial=canned) as client:
        assert client.get(f"http://a.example:{port}/").status == 200


@pytest.mark.parametrize(
    ("url", "dialled"),
    [
        pytest.param("http://10.0.0.5:8000/", ["10.0.0.5:8000"], id="SSRF-23 the place itself"),
        pytest.param("http://inside.example:81/", ["10.0.0.6:81"], id="SSRF-23 by name"),
        pytest.param("http://[fd00::1]:8000/", ["fd00::1:8000"], id="SSRF-23 IPv6"),
        pytest.param("http://10.0.0.5/", [], id="SSRF-23 other port"),
        pytest.param("http://10.0.0.6:81/", [], id="SSRF-23 by address where the name is allowed"),
    ],
)
def test_only_the_exact_place_is_allowed(url: str, dialled: list[str]) -> None:
    allowed = ["10.0.0.5:8000", "Inside.example:81", "[fd00::1]:8000"]
    inside = names(inside="10.0.0.6")
    with Canned(answer(b"x")) as canned, Client(allowed, resolve=inside, dial=canned) as client:
        if dialled:
            assert client.get(url).body == b"x"
        else:
            assert refused(client, url).code == "address"
        assert canned.dialled == dialled


def test_ssrf_21_error_names_no_address() -> None:
    error = refused(Client(resolve=names(inside="10.1.2.3"), dial=Canned()), "http://inside.example/?token=t")
    assert "10.1.2.3" not in str(error)
    assert "token" not in str(error)


def test_net_47_ssrf_19_environment_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w", encoding="ascii") as file:
        file.write("machine a.example login me password secret\n")
    monkeypatch.setenv("NETRC", netrc)
    with Canned(answer(b"x")) as canned, Client(resolve=public, dial=canned) as client:
        assert client.get("http://a.example/").body == b"x"
        assert canned.dialled == [f"{PUBLIC}:80"]
        assert "Authorization" not in canned.sent[0]


def test_ssrf_18_other_schemes_are_never_dialled() -> None:
    canned = Canned()
    for url in ("file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "unix:/run/x", "dict://a.example/"):
        assert refused(Client(resolve=public, dial=canned), url).code == "scheme"
    assert canned.dialled == []


def test_ssrf_20_post_goes_through_the_same_guard() -> None:
    canned = Canned()
    with pytest.raises(FetchError) as caught:
        Client(resolve=names(hub="10.0.0.1"), dial=canned).post("http://hub.example/", {"a": "b"})
    assert (caught.value.code, canned.dialled) == ("address", [])
