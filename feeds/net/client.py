"""One request at a time, by requests: for pings, for checks, and for polling where libcurl is missing."""

import logging
import ssl
from collections.abc import Collection, Mapping
from contextlib import closing
from functools import cache
from threading import Lock
from typing import Self, TypeVar

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.response import BaseHTTPResponse

from feeds.errors import FetchError
from feeds.net import body
from feeds.net.addresses import Dial, Resolve, dial, look_up
from feeds.net.body import Said
from feeds.net.guard import STANDARD, Answer, Guard, Hop, Journey, Limits, Request
from feeds.net.trip import Trip
from feeds.net.wire import FOREIGN, TRIP, Session, named

logger = logging.getLogger(__name__)

T = TypeVar("T")
_PIECE = 1 << 16


class Client:
    """A polite and careful HTTP client for many threads; *guard* holds its rules, for `Multi` to share.

    The arguments are those of `Guard`; *resolve* and *dial* are for tests.
    """

    def __init__(
        self,
        allow_private: Collection[str] = (),
        user_agent: str = "feeds",
        *,
        limits: Limits = STANDARD,
        authorities: str = DEFAULT_CA_BUNDLE_PATH,
        resolve: Resolve = look_up,
        dial: Dial = dial,
    ) -> None:
        self.guard = Guard(allow_private, user_agent, limits, authorities, resolve, dial)
        self._made: Session | None = None
        self._making = Lock()
        if self.guard.private:
            logger.info("private places allowed: %s", ", ".join(sorted(self.guard.private)))

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        *,
        own: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for *url*; see `Request`. Raises `FetchError`."""
        request = Request(url=url, headers=headers or {}, own=own or {})
        return self.carry(self.guard.travel(request, limits), limits)

    def post(
        self,
        url: str,
        data: Mapping[str, str] | bytes,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """Send *data*, a mapping as a form. Of redirects only 307 and 308 are followed. Raises `FetchError`."""
        request = Request(url=url, headers=headers or {}, method="POST", data=data)
        return self.carry(self.guard.travel(request, limits), limits)

    def carry(self, journey: Journey[T], limits: Limits | None = None) -> T:
        """Make the exchanges of a journey, all within one deadline, and return what it returns."""
        trip = Trip(limits or self.guard.limits, self.guard.resolve, self.guard.dial)
        token = TRIP.set(trip)
        try:
            hop = next(journey)
            while True:
                try:
                    said = self._exchange(trip, hop)
                except FetchError as error:
                    hop = journey.throw(error)
                else:
                    hop = journey.send(said)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            TRIP.reset(token)

    def close(self) -> None:
        """Close the connections that are kept open; the client can be used on."""
        if self._made:
            self._made.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def _session(self) -> Session:
        """Made when it is first used: who polls by libcurl need not load the authorities twice (17 ms)."""
        with self._making:
            self._made = self._made or Session(_context(self.guard.authorities))
            return self._made

    def _exchange(self, trip: Trip, hop: Hop) -> Said:
        """Send one request and read its answer."""
        trip.private = hop.private
        try:
            with closing(self._send(trip, hop)) as response:
                raw: BaseHTTPResponse = response.raw
                headers = {name.lower(): value for name, value in raw.headers.itermerged()}
                return Said(raw.status, headers, _wire(hop, raw, headers, trip.limits))
        except FOREIGN as error:
            raise named(error) from error

    def _send(self, trip: Trip, hop: Hop) -> requests.Response:
        """Send one request; a GET once more where a connection kept open turned out to be closed (NET-49)."""
        request = requests.Request(hop.method, hop.target.origin, headers=hop.headers, data=hop.data)
        prepared = self._session.prepare_request(request)
        prepared.url = hop.target.url  # as we parsed it, not as requests would
        fresh = False
        while True:
            trip.reused = True
            patience = trip.left(trip.limits.read.total_seconds())
            try:
                return self._session.send(
                    prepared, stream=True, allow_redirects=False, timeout=patience, proxies={}, verify=True
                )
            except FOREIGN as error:
                stale = trip.reused and not fresh and hop.method == "GET" and named(error).code == "truncated"
                if not stale:
                    raise
                fresh = True


def _wire(hop: Hop, raw: BaseHTTPResponse, headers: Mapping[str, str], limits: Limits) -> bytes:
    if body.is_wanted(hop.method, raw.status):
        body.expect(raw.status, headers, limits.wire)
        return b"".join(iter(lambda: raw.read(_PIECE, decode_content=False), b""))
    if raw.status == 304 and headers.get("content-length", "0") == "0":
        raw.read()  # nothing, and the connection stays open
    return b""


@cache
def _context(authorities: str) -> ssl.SSLContext:
    """One for the whole process: making it takes as much time as ten fetches."""
    context = ssl.create_default_context(cafile=authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
