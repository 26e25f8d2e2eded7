"""The second way to the wire: one exchange on a handle of libcurl, which carries many at a time.

requests takes 0.8 ms of CPU for an answer of 304, libcurl 0.02 on a connection that is open and 0.1 on a new one.
libcurl brings the messages, TLS, HTTP/2 and the pool of connections; what may be asked, reached and read is decided
by the same guard as everywhere. It neither follows redirects, nor looks up names, nor decompresses, nor reads
the environment: all of that is ours, so that no limit and no check depends on the way.
"""

import os
import re
import socket
from collections.abc import Sequence
from math import inf
from typing import Any, Generic, TypeVar

from feeds.errors import FetchError
from feeds.net import addresses, framing
from feeds.net.addresses import admitted, is_public
from feeds.net.body import Said, expect, is_wanted
from feeds.net.guard import Guard, Hop, Journey
from feeds.net.target import Target

libcurl: Any
"""pycurl, or None: only here it is asked whether this machine has it."""
try:
    import pycurl
except ImportError:  # no wheel for this machine: requests does it all
    libcurl = None
else:
    libcurl = pycurl

T = TypeVar("T")

BLANK = (b"\r\n", b"\n")
CURVES = "X25519:P-256:P-384:P-521"
"""How keys are agreed on for what anybody may read.

OpenSSL's own first choice (from 3.5 on) is a hybrid with ML-KEM, which keeps the words of today from whoever records
them for the computers of tomorrow: 1.2 kB more each way, and a tenth of the CPU time of a connection. Whatever may be
secret keeps that choice.
"""
_INJECTION = re.compile(r"[\r\n\0]")


def version() -> str:
    """Return the name and version of libcurl, or '' where it is missing."""
    return str(libcurl.version.split()[1]) if libcurl else ""


class _Opened:
    """A socket that is handed to libcurl, which takes a duplicate; ours closes with this object."""

    def __init__(self, line: socket.socket) -> None:
        self._file = line.detach()

    def fileno(self) -> int:
        return self._file

    def __del__(self) -> None:
        os.close(self._file)


class Line(Generic[T]):
    """One handle of libcurl, used for one exchange after another of one journey after another."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.easy = _handle(self, guard)
        self.key = 0
        self.left = ""  # the place whose addresses this line has left in libcurl's cache
        self.secret = True  # how it agrees on keys
        self.journey: Journey[T]
        self.rest()

    def rest(self) -> None:
        """Forget the journey."""
        self.deadline = self.silent = inf
        self.serial = 0  # of the exchange, so that a name found too late is known for that
        self.busy = False  # libcurl has it
        self.mark = 0  # of progress

    def load(self, hop: Hop, serial: int, now: float) -> None:
        """Make ready for one exchange. Raises `FetchError` where time is up or a header cannot be sent."""
        left = self.deadline - now
        if left <= 0:
            raise self.late()
        self.hop, self.serial, self.mark = hop, serial, 0
        self.head: list[bytes] = []
        self.pieces: list[bytes] = []
        self.room, self.size = self.guard.limits.head, 0
        self.status = 0
        self.headers: dict[str, str] | None = None
        self.fault: FetchError | None = None
        self.enough = self.nameless = self.silence = False
        self.easy.setopt(libcurl.URL, hop.target.url)
        self.easy.setopt(libcurl.HTTPHEADER, _lines(hop))
        self.easy.setopt(libcurl.TIMEOUT_MS, max(int(left * 1000), 1))
        self._agree(hop)
        self._forget(hop.target)

    def _agree(self, hop: Hop) -> None:
        """Choose how to agree on keys; libcurl shares no connection between the two ways."""
        if hop.secret is self.secret or hop.target.scheme != "https":
            return
        self.secret = hop.secret
        if hop.secret:
            self.easy.unsetopt(libcurl.SSL_EC_CURVES)
        else:
            self.easy.setopt(libcurl.SSL_EC_CURVES, CURVES)

    def _forget(self, target: Target) -> None:
        """Let libcurl know no addresses but those of connections that are open."""
        self.named = target.is_address
        old = [] if self.named else [f"-{target.place}"]
        if self.left and self.left != target.place:
            old.append(f"-{self.left}")
        if old:
            self.easy.setopt(libcurl.RESOLVE, old)
        self.left = ""

    def resolve(self, found: Sequence[str]) -> None:
        """Dial one of these addresses of the host. Raises `FetchError` where it has none or one is private."""
        target = self.hop.target
        chosen = admitted(found, target.host, target.port, private=self.hop.private)
        self.easy.setopt(libcurl.RESOLVE, [f"{target.place}:{','.join(chosen)}"])
        self.left = target.place
        self.named, self.nameless = True, False

    def late(self) -> FetchError:
        return FetchError("timeout", f"not done in {self.guard.limits.total.total_seconds():g} s")

    def on_name(self) -> int:
        """A connection must be opened: go on where the address is known, else stop so that we look it up."""
        if self.hop.target.is_address:
            return 0
        if self.named:  # libcurl has lost what it was told
            self.fault = FetchError("dns", self.hop.target.host)
        self.nameless = True
        return 1

    def on_dial(self, purpose: int, place: Any) -> Any:
        """Give a socket for an address: here every connection passes, whoever looked the address up (SSRF-12)."""
        address, port = place.addr[:2]
        if not (self.hop.private or is_public(address)) or port != self.hop.target.port:
            self.fault = FetchError("address", f"{self.hop.target.host} port {port}")
            return libcurl.SOCKET_BAD
        if self.guard.dial is addresses.dial:
            return _Opened(socket.socket(place.family, place.socktype, place.protocol))
        try:
            return _Opened(self.guard.dial(address, port, self.guard.limits.connect.total_seconds() / 3))
        except OSError as error:
            self.silence = isinstance(error, TimeoutError)
            return libcurl.SOCKET_BAD

    def on_head(self, line: bytes) -> int | None:
        """Take one line of the head, and at its end decide whether what follows is read."""
        if self.headers is not None:
            return None  # a trailer
        self.head.append(line)
        self.room -= len(line)
        try:
            if self.room < 0:
                raise FetchError("protocol", f"headers of more than {self.guard.limits.head >> 10} kB")
            return self._judge() if line in BLANK else None
        except FetchError as error:
            self.fault = error
            return -1

    def _judge(self) -> int | None:
        status, headers = framing.head(self.head)
        self.head.clear()
        if 100 <= status < 200 and status != 101:
            return None
        framing.check(status, headers)
        self.status, self.headers = status, headers
        if is_wanted(self.hop.method, status):
            expect(status, headers, self.guard.limits.wire)
            return None
        self.enough = status != 304 and headers.get("content-length") != "0"
        return -1 if self.enough else None

    def on_body(self, piece: bytes) -> int | None:
        self.size += len(piece)
        if self.size > self.guard.limits.wire:
            self.fault = FetchError("too_big", f"more than {self.guard.limits.wire >> 10} kB")
            return -1
        self.pieces.append(piece)
        return None

    def outcome(self, code: int, words: str) -> Said:
        """Return what was said. Raises `FetchError` for what libcurl or we found wrong."""
        if self.fault:
            raise self.fault
        if code and not (self.enough and code == libcurl.E_WRITE_ERROR):
            raise named(self, code, words)
        if self.headers is None:
            raise FetchError("truncated", "the headers were cut off")
        return Said(self.status, self.headers, b"".join(self.pieces))

    def watch(self, now: float) -> FetchError | None:
        """Return why the exchange must end now: time is up, or nothing has come for too long."""
        mark = self.size - self.room if self.busy else 0
        if mark != self.mark or not self.busy:
            self.mark, self.silent = mark, now + self.guard.limits.read.total_seconds()
        if now >= self.deadline:
            return self.late()
        return FetchError("timeout", "the server fell silent") if now >= self.silent else None


def _handle(line: "Line[Any]", guard: Guard) -> Any:
    """Return a handle of libcurl with all that is the same for every exchange."""
    easy = libcurl.Curl()
    easy.line = line
    for option, value in {
        libcurl.PROTOCOLS: libcurl.PROTO_HTTP | libcurl.PROTO_HTTPS,
        libcurl.PROXY: "",  # nor any from the environment (NET-47)
        libcurl.NETRC: libcurl.NETRC_IGNORED,
        libcurl.FOLLOWLOCATION: 0,
        libcurl.NOSIGNAL: 1,
        libcurl.PATH_AS_IS: 1,
        libcurl.DNS_CACHE_TIMEOUT: 0,
        libcurl.HTTP_VERSION: libcurl.CURL_HTTP_VERSION_2TLS,
        libcurl.BUFFERSIZE: 1 << 16,  # most feeds come in one piece
        libcurl.SSL_SESSIONID_CACHE: 0,  # it holds 25 hosts: of many none is there when it is asked again
        libcurl.CONNECTTIMEOUT_MS: int(2000 * guard.limits.connect.total_seconds()),  # for all addresses
        libcurl.CAINFO: guard.authorities,
        libcurl.SSL_VERIFYPEER: 1,
        libcurl.SSL_VERIFYHOST: 2,
        libcurl.SSLVERSION: libcurl.SSLVERSION_TLSv1_2,  # or newer
        libcurl.RESOLVER_START_FUNCTION: line.on_name,
        libcurl.OPENSOCKETFUNCTION: line.on_dial,
        libcurl.HEADERFUNCTION: line.on_head,
        libcurl.WRITEFUNCTION: line.on_body,
    }.items():
        easy.setopt(option, value)
    if guard.dial is not addresses.dial:
        easy.setopt(libcurl.SOCKOPTFUNCTION, lambda file, purpose: libcurl.SOCKOPT_ALREADY_CONNECTED)
    return easy


def _lines(hop: Hop) -> list[bytes]:
    """Return the headers as lines. Raises `FetchError` where one cannot be sent."""
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in hop.headers.items()]
    if _INJECTION.search("".join(lines)):
        raise FetchError("protocol", "a header cannot be sent or read")
    try:
        return [line.encode("latin-1") for line in lines]
    except UnicodeEncodeError as error:
        raise FetchError("protocol", "a header cannot be sent or read") from error


def named(line: "Line[Any]", code: int, words: str) -> FetchError:
    """Return our error for one of libcurl's. Its *words* may be what the server sent; those on certificates are not."""
    ours, text = _NAMES.get(code, ("protocol", f"libcurl error {code}"))
    target = line.hop.target
    if ours == "connect":
        return FetchError("timeout" if line.silence else "connect", f"{target.host} port {target.port}")
    if ours == "timeout":
        return (
            line.late()
            if line.easy.getinfo(libcurl.CONNECT_TIME)
            else FetchError(ours, f"{target.host} port {target.port}")
        )
    return FetchError(ours, words.removeprefix("SSL certificate problem: ") if code == 60 else text)


_NAMES = {
    1: ("protocol", "not HTTP/1 or 2"),
    3: ("address", "the url is malformed"),
    6: ("dns", "the name is not known"),
    7: ("connect", ""),
    8: ("protocol", "a malformed status line or header"),
    16: ("protocol", "a fault in HTTP/2"),
    18: ("truncated", "the connection was closed"),
    28: ("timeout", ""),
    35: ("tls", "no secure connection could be agreed on"),
    52: ("truncated", "the connection was closed"),
    55: ("truncated", "the connection was closed"),
    56: ("truncated", "the connection was closed"),
    58: ("tls", "a certificate could not be used"),
    59: ("tls", "no common cipher"),
    60: ("tls", ""),
    77: ("tls", "the file of authorities cannot be read"),
    92: ("truncated", "the stream was closed"),
    100: ("protocol", "headers that are too large"),
}
"""What libcurl's error codes are called here. Source: libcurl-errors(3)."""
