"""The seam with requests and urllib3: connections that ask the trip under way, and one name for each of their errors.

requests brings the messages and the pool of connections; everything it cannot bound or check is done here.
"""

import http.client
import io
import re
import socket
import ssl
from collections.abc import Iterator
from contextvars import ContextVar
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from feeds.errors import FetchError
from feeds.net.framing import check
from feeds.net.trip import PULSE, Trip

TRIP: ContextVar[Trip] = ContextVar("trip")
"""The trip whose thread this is. Connections live longer than trips, so that they cannot hold it."""

FRAMES = ("transfer-encoding", "content-length")
_WEIGHTY = re.compile(r"(?im)^(content-length|transfer-encoding|content-encoding|location)\s*:")
# A header line without a colon is borne, unless it hides one of these: the standard library reads none behind it.

POOLS = 64  # hosts whose connections are kept open
LINES = 8  # of one host

FOREIGN = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError)
"""Whatever requests, urllib3, http.client and ssl raise when a server or a header misbehaves."""


def named(error: BaseException) -> FetchError:
    """Return our error for one of `FOREIGN`, by the first cause in its chain that says something."""
    chain = list(_causes(error))
    for kinds, code, words in _NAMES:
        for cause in chain:
            if isinstance(cause, kinds):
                return cause if isinstance(cause, FetchError) else FetchError(code, words or _words(cause))
    return FetchError("protocol", type(error).__name__)


_NAMES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str, str], ...] = (
    (FetchError, "", ""),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), "truncated", "the connection was closed"),
    ((ssl.SSLError, ssl.CertificateError), "tls", ""),
    (TimeoutError, "timeout", "the server fell silent"),
    ((http.client.IncompleteRead, ConnectionError), "truncated", "the connection was closed"),
    (http.client.BadStatusLine, "protocol", "a malformed status line"),
    (http.client.LineTooLong, "protocol", "a header line is too long"),
    (http.client.HTTPException, "protocol", "not HTTP/1, or too many headers"),
    ((UnicodeError, requests.exceptions.InvalidHeader), "protocol", "a header cannot be sent or read"),
    (OSError, "connect", ""),
)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that it wraps: urllib3 hides causes in `args` and `reason`."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            waiting += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]
            yield cause


def _words(cause: BaseException) -> str:
    """The plain words of a cause: never what the server sent, which may hold anything."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    if isinstance(cause, ssl.SSLError):
        return (cause.reason or "").replace("_", " ").lower()
    return type(cause).__name__


class _Wire(io.RawIOBase):
    """Every byte that a server sends passes here, counted and under the trip's clock."""

    def __init__(self, raw: io.RawIOBase, line: socket.socket, trip: Trip) -> None:
        super().__init__()
        self._raw, self._line, self._trip = raw, line, trip
        self._in_head, self._any = True, False
        self._room = trip.limits.head
        self._excess = FetchError("protocol", f"headers of more than {trip.limits.head >> 10} kB")

    def open_body(self) -> None:
        """From here on the cap is that of the body; framing of chunks counts too."""
        wire = self._trip.limits.wire
        self._room, self._in_head = wire, False
        self._excess = FetchError("too_big", f"more than {wire >> 10} kB")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._room <= 0:
            raise self._excess
        silent = monotonic() + self._trip.limits.read.total_seconds()
        while True:
            self._line.settimeout(self._trip.left(PULSE))
            try:
                count = self._line.recv_into(buffer)
            except TimeoutError:
                if monotonic() >= silent:
                    raise FetchError("timeout", "the server fell silent") from None
                continue
            if not count and self._in_head and self._any:
                raise FetchError("truncated", "the headers were cut off")  # the standard library takes them for whole
            self._any = True
            self._room -= count
            return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._wire = _Wire(self.fp.detach(), sock, TRIP.get())
        self.fp = io.BufferedReader(self._wire)

    def begin(self) -> None:
        super().begin()
        self._wire.open_body()
        lost = self.msg.get_payload()
        if isinstance(lost, str) and _WEIGHTY.search(lost):
            raise FetchError("protocol", "a malformed header line")
        check(self.status, {name: ", ".join(self.msg.get_all(name, ())) for name in FRAMES if name in self.msg})
        self.msg.set_payload("")  # else urllib3 logs what could not be read, with the url
        self.msg.defects.clear()

    def _read_status(self) -> tuple[str, int, str]:
        """Take 102 and 103 for what they are: the standard library only skips 100 and ends at 103 Early Hints."""
        version, status, reason = super()._read_status()  # type: ignore[misc]  # not in typeshed
        return version, 100 if 101 < status < 200 else status, reason


class _Line(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        return TRIP.get().connect(self._dns_host, self.port)


class _TlsLine(HTTPSConnection):
    """The name, not the address, is what the certificate is checked against and what SNI says."""

    response_class = _Response

    def _new_conn(self) -> socket.socket:
        return TRIP.get().connect(self._dns_host, self.port)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Line


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsLine


class _Adapter(HTTPAdapter):
    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        super().__init__(pool_connections=POOLS, pool_maxsize=LINES)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the shared context verifies. As it comes, requests loads the CA bundle for each host:
        24 CPU s for 1000 fetches, 2.1 with one context."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        place, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return place, {"ssl_context": self._tls, "cert_reqs": "CERT_REQUIRED"}


class Session(requests.Session):
    """No environment, no cookies, no redirects: requests 2.34 reads and inflates a redirect's body
    even with `stream=True, allow_redirects=False` (300 kB on the wire took 604 MB)."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__()
        self.trust_env = False
        self.headers.clear()
        self.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter(tls))

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None
