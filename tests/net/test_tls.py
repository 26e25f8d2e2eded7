"""A certificate must be valid for the name that was asked for; nothing falls back to plain HTTP."""

import socket
import ssl
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from feeds import net
from feeds.errors import FetchError
from feeds.net import Limits
from tests.faults import Canned, Faults, answer, public
from tests.ways import Client, Curl

pytestmark = pytest.mark.usefixtures("way")

NAME = "feed.example"
PAST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Authority:
    ca: trustme.CA
    file: str


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    authority = Authority(trustme.CA(), str(tmp_path_factory.mktemp("tls") / "authority.pem"))
    authority.ca.cert_pem.write_to_path(authority.file)
    return authority


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def connect(authority: Authority, server: Faults, host: str = NAME) -> net.Client:
    return Client(
        [f"{host}:{server.port}"], authorities=authority.file, resolve=lambda host, port: ["127.0.0.1"],
        limits=Limits(total=timedelta(seconds=1)),
    )  # fmt: skip


def refusal(authority: Authority, context: ssl.SSLContext) -> FetchError:
    with Faults({"/": [answer(b"x")]}, tls=context) as server, pytest.raises(FetchError) as caught:
        connect(authority, server).get(server.url("/", NAME))
    assert server.requests == []
    return caught.value


def test_ssrf_24_name_is_checked_though_an_address_is_dialled(authority: Authority) -> None:
    asked: list[str | None] = []
    context = serving(authority.ca.issue_cert(NAME))
    context.sni_callback = lambda line, name, _: asked.append(name)
    with Faults({"/": [answer(b"x")]}, tls=context) as server, connect(authority, server) as client:
        assert client.get(server.url("/", NAME)).body == b"x"
    assert asked == [NAME]
    assert f"Host: {NAME}:{server.port}".encode() in server.requests[0]


@pytest.mark.parametrize(
    ("names", "expires", "own", "words"),
    [
        pytest.param(["other.example"], None, True, "'feed.example'", id="NET-05 wrong host"),
        pytest.param(["127.0.0.1"], None, True, "'feed.example'", id="SSRF-24 the address's own"),
        pytest.param([NAME], PAST, True, "expired", id="NET-05 expired"),
        pytest.param([NAME], None, False, "issuer", id="NET-05 unknown authority"),
    ],
)
def test_bad_certificate_is_refused(
    authority: Authority, names: list[str], expires: datetime | None, own: bool, words: str
) -> None:
    issuer = authority.ca if own else trustme.CA()
    before = expires and expires - timedelta(days=9)
    error = refusal(authority, serving(issuer.issue_cert(*names, not_before=before, not_after=expires)))
    assert error.code == "tls"
    assert words in error.detail


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_net_07_old_tls_is_refused(authority: Authority) -> None:
    context = serving(authority.ca.issue_cert(NAME))
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    assert refusal(authority, context).code in ("tls", "truncated")


def test_net_05_plain_http_behind_https_is_refused(authority: Authority) -> None:
    with Faults({"/": [answer(b"x")]}) as server, pytest.raises(FetchError) as caught:
        connect(authority, server).get(f"https://{NAME}:{server.port}/")
    assert caught.value.code in ("tls", "timeout", "truncated")


def test_net_06_stalled_handshake_ends_in_time(authority: Authority) -> None:
    with Canned(b"") as canned:
        canned.ends_writing = False
        client = Client(resolve=public, dial=canned, limits=Limits(total=timedelta(seconds=0.5)))
        with pytest.raises(FetchError) as caught:
            client.get("https://a.example/")
    assert caught.value.code == "timeout"


def test_net_28_https_does_not_lead_to_http(authority: Authority) -> None:
    scripts = {"/": [answer(b"", "Location: http://a.example/", status="301 X")]}
    with Faults(scripts, tls=serving(authority.ca.issue_cert(NAME))) as server, pytest.raises(FetchError) as caught:
        connect(authority, server).get(server.url("/", NAME))
    assert caught.value.code == "redirect"
    assert "https to http" in caught.value.detail


HYBRID = 0x11EC  # X25519MLKEM768 of draft-ietf-tls-ecdhe-mlkem


@pytest.mark.parametrize(
    ("url", "own", "secret"),
    [
        pytest.param("https://a.example/feed", {}, False, id="what anybody may read"),
        pytest.param("https://a.example/feed?token=t", {}, True, id="a query may hold a token"),
        pytest.param("https://a.example/feed", {"X-Key": "k"}, True, id="headers of its own"),
    ],
)
def test_secrets_are_kept_from_tomorrow_s_computers_too(url: str, own: dict[str, str], secret: bool) -> None:
    """What libcurl offers in its first message: the groups of its OpenSSL for secrets, those of old for the rest."""
    hellos: list[bytes] = []

    def dial(address: str, port: int, seconds: float) -> socket.socket:
        ours, theirs = socket.socketpair()
        theirs.settimeout(5)
        ends.append(theirs)
        return ours

    ends: list[socket.socket] = []
    with Curl(resolve=public, dial=dial, limits=Limits(total=timedelta(seconds=0.3))) as client:
        for asked, headers in (("https://a.example/open", {}), (url, own)):  # the first leaves its mark on the line
            with pytest.raises(FetchError):
                client.get(asked, own=headers)
            hellos.append(ends[-1].recv(1 << 14))
            ends[-1].close()
    classic = groups(hellos[0])
    assert HYBRID not in classic
    assert classic[0] == 29  # X25519
    assert (groups(hellos[1]) != classic) is secret


def groups(hello: bytes) -> list[int]:
    """The supported groups of a TLS ClientHello (RFC 8446 §4.2.7), in order."""
    at = 9 + 2 + 32  # record, handshake, version, random
    for size in ("B", "!H", "B"):  # session, ciphers, compression
        at += struct.calcsize(size) + struct.unpack_from(size, hello, at)[0]
    at += 2
    while at < len(hello):
        kind, length = struct.unpack_from("!HH", hello, at)
        if kind == 10:
            return list(struct.unpack_from(f"!{(length - 2) // 2}H", hello, at + 6))
        at += 4 + length
    return []
