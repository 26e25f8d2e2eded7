"""The one way out: every request that this program makes goes through `Client`."""

import logging
import ssl
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Self

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.response import BaseHTTPResponse

from feeds.errors import FetchError
from feeds.net import body
from feeds.net.addresses import Dial, Resolve, dial, look_up
from feeds.net.target import Target, follow, parse
from feeds.net.trip import Limits, Trip
from feeds.net.wire import FOREIGN, TRIP, Session, named

logger = logging.getLogger(__name__)

PORTS = frozenset({80, 443, 8080, 8443})  # where web servers are; others are guesses at other services
PERMANENT = frozenset({301, 308})
MOVED = {"GET": frozenset({301, 302, 303, 307, 308}), "POST": frozenset({307, 308})}  # the others turn POST into GET
STANDARD = Limits()
SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
FRAMING = frozenset(
    {
        "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect", "range",
        "accept-encoding",
    }
)  # fmt: skip


Data = Mapping[str, str] | bytes | None
Said = tuple[int, dict[str, str], bytes]
"""Status, headers, body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said. *headers* by lower-case name, repeated ones joined by `, `, bytes read as Latin-1.

    *body* is decompressed, and read of 2xx answers only. *url* is the one that answered, after *hops* redirects;
    *permanent* says that there were some and all of them 301 or 308.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    permanent: bool = False
    hops: int = 0


class Client:
    """A polite and careful HTTP client for many threads.

    *allow_private* lists `host:port` that may be reached in spite of a private address or an unusual port;
    a redirect from elsewhere does not lead there. *tls* replaces the context made of certifi's bundle.
    *resolve* and *dial* are for tests.
    """

    def __init__(
        self,
        allow_private: Collection[str] = (),
        user_agent: str = "feeds",
        *,
        limits: Limits = STANDARD,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = look_up,
        dial: Dial = dial,
    ) -> None:
        self.limits = limits
        self._private = frozenset(place.lower() for place in allow_private)
        self._polite = {"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"}
        self._resolve, self._dial = resolve, dial
        self._session = Session(tls or _context())
        if self._private:
            logger.info("private places allowed: %s", ", ".join(sorted(self._private)))

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        *,
        own: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for *url*, following redirects. *own* headers, and secret ones, go to the url's own origin only.

        Raises `FetchError`; an answer of any final status from 200 to 599 is an answer.
        """
        return self._travel("GET", url, headers or {}, own or {}, None, limits or self.limits)

    def post(
        self,
        url: str,
        data: Mapping[str, str] | bytes,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """Send *data*, a mapping as a form. Of redirects only 307 and 308 are followed. Raises `FetchError`."""
        return self._travel("POST", url, headers or {}, {}, data, limits or self.limits)

    def close(self) -> None:
        """Close the connections that are kept open; the client can be used on."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _travel(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        own: Mapping[str, str],
        data: Data,
        limits: Limits,
    ) -> Answer:
        start = target = parse(url)
        own = {**_those(headers, SECRET), **{k: v for k, v in own.items() if k.lower() not in FRAMING}}
        common = self._polite | {k: v for k, v in headers.items() if k.lower() not in SECRET}
        trip = Trip(limits, self._resolve, self._dial)
        seen: list[str] = []
        permanent = home = True
        token = TRIP.set(trip)
        try:
            while True:
                seen.append(target.url)
                trip.private = self._admit(target, start)
                home = home and _is_home(target, start)
                status, said, content = self._ask(trip, method, target, {**common, **(own if home else {})}, data)
                if status not in MOVED[method] or "location" not in said:
                    hops = len(seen) - 1
                    return Answer(
                        status=status,
                        headers=said,
                        body=content,
                        url=target.url,
                        permanent=permanent and hops > 0,
                        hops=hops,
                    )
                permanent = permanent and status in PERMANENT
                target = _next(start, target, said["location"], seen, limits)
        finally:
            TRIP.reset(token)

    def _admit(self, target: Target, start: Target) -> bool:
        """Return whether *target* may have any address. Raises `FetchError` where it may not be asked at all."""
        listed = target.place in self._private
        if listed and (start.place in self._private or start.host == target.host):
            return True
        if listed or target.port not in PORTS:
            raise FetchError("address", f"{target.host} port {target.port}")
        return False

    def _ask(self, trip: Trip, method: str, target: Target, headers: dict[str, str], data: Data) -> Said:
        """Ask one place; once more without compression where the answer only claims to be compressed."""
        try:
            return self._exchange(trip, method, target, headers, data)
        except body.Mislabelled:
            plain = {**headers, "Accept-Encoding": "identity"}
        try:
            return self._exchange(trip, method, target, plain, data)
        except body.Mislabelled as error:
            raise FetchError("encoding", "the answer says gzip and is not") from error

    def _exchange(self, trip: Trip, method: str, target: Target, headers: dict[str, str], data: Data) -> Said:
        """Send one request and read its answer: the body of a redirect or an error never."""
        try:
            with closing(self._send(trip, method, target, headers, data)) as response:
                raw: BaseHTTPResponse = response.raw
                content = b""
                if method == "GET" and 200 <= raw.status < 300:
                    content = body.read(raw, trip.limits)
                elif raw.status == 304 and raw.headers.get("content-length", "0") == "0":
                    raw.read()  # nothing, and the connection stays open
                return raw.status, {k.lower(): v for k, v in raw.headers.itermerged()}, content
        except FOREIGN as error:
            raise named(error) from error

    def _send(self, trip: Trip, method: str, target: Target, headers: dict[str, str], data: Data) -> requests.Response:
        """Send one request; a GET once more where a connection kept open turned out to be closed (NET-49)."""
        request = requests.Request(method, target.origin, headers=headers, data=data)
        prepared = self._session.prepare_request(request)
        prepared.url = target.url  # as we parsed it, not as requests would
        fresh = False
        while True:
            trip.reused = True
            patience = trip.left(trip.limits.read.total_seconds())
            try:
                return self._session.send(
                    prepared, stream=True, allow_redirects=False, timeout=patience, proxies={}, verify=True
                )
            except FOREIGN as error:
                stale = trip.reused and not fresh and method == "GET" and named(error).code == "truncated"
                if not stale:
                    raise
                fresh = True


def _next(start: Target, base: Target, location: str, seen: Sequence[str], limits: Limits) -> Target:
    onward = follow(base, location)
    if start.scheme == "https" and onward.scheme == "http":
        raise FetchError("redirect", "from https to http")
    if onward.url in seen:
        raise FetchError("redirect", "in a circle")
    if len(seen) > limits.hops:
        raise FetchError("redirect", f"more than {limits.hops}")
    return onward


def _is_home(target: Target, start: Target) -> bool:
    """Whether *target* may see what is meant for *start*: the same origin, or its https twin."""
    upgraded = (start.scheme, start.port, target.scheme, target.port) == ("http", 80, "https", 443)
    return target.origin == start.origin or (upgraded and target.host == start.host)


def _those(headers: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in names}


@cache
def _context() -> ssl.SSLContext:
    """One for the whole process: making it takes as much time as ten fetches."""
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
