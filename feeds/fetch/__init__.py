"""Asking sources: the table {source kind: fetch function}, and many of them at a time."""

import logging
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import timedelta
from math import inf
from threading import Event
from time import monotonic
from types import MappingProxyType
from typing import Literal, overload

from feeds.fetch.batch import Batch, Hurry, Pair, Round, unhurried
from feeds.fetch.files import fetch_file, fetch_folder
from feeds.fetch.http import asking, fetch_feed, shown
from feeds.fetch.lanes import Lanes, Room, host_of
from feeds.fetch.loop import Loop
from feeds.model.source import Fetched, Kind, Problem, Source, SourceState
from feeds.net import Client, Journey, stopping
from feeds.net.curl import version
from feeds.net.multi import Multi

logger = logging.getLogger(__name__)

Way = Literal[
    "curl",  # feeds by libcurl in one thread, the rest by threads
    "requests",  # everything by threads
]
Asks = Mapping[Kind, Callable[[Source, SourceState, Client], Fetched]]

KINDS: Asks = {
    "feed": fetch_feed,
    "content": lambda source, state, client: fetch_folder(source, state),
    "file": lambda source, state, client: fetch_file(source, state),
}
NO_TIME = timedelta(0)


class Fetcher:
    """The `Fetch` of one client: *workers* sources at a time, *per_host* of one host, *spacing* apart.

    Of a host that is divided among several workers, as *parts* says, each has its share of both.

    A host that answers 429, or 503 with Retry-After, is not asked again in the same call: the rest of its sources
    fail as `rate_limited` with the same wait. Hosts that may be private are asked without spacing: they are our own.
    Closing the iterator calls off what is under way. Once *hurry* tells of haste no one else is asked, and None stands
    for whoever was not.
    """

    def __init__(
        self,
        client: Client,
        per_host: int,
        workers: int,
        spacing: timedelta,
        way: Way | None,
        kinds: Asks,
        parts: Mapping[str, int],
    ) -> None:
        self._parts = parts
        self._client, self._per_host, self._workers, self._kinds = client, per_host, workers, kinds
        self._spacing = spacing.total_seconds()
        self._own = {place.rpartition(":")[0].strip("[]") for place in client.guard.private}
        self._way = way or ("curl" if version() else "requests")
        self._rests: dict[str, float] = {}
        self._since = -inf  # when hosts that have no rest may have been asked last
        self._idle: deque[Multi[Fetched]] = deque()
        logger.info("feeds are asked for by %s", f"libcurl {version()}" if self._way == "curl" else "requests")

    def left(self) -> Mapping[str, float] | None:
        """Return for how many seconds hosts are to be left alone yet, so that another one may go on from here.

        None where it is not known of all.
        """
        now = monotonic()
        if now < self._since + self._spacing * max(self._parts.values(), default=1):
            return None
        return {host: free - now for host, free in self._rests.items() if free > now}

    def go_on(self, left: Mapping[str, float] | None) -> None:
        """Ask as one who goes on from what another one *left*; None: as if it had asked every host just now."""
        now = monotonic()
        self._since = now if left is None else -inf
        self._rests = {host: now + seconds for host, seconds in (left or {}).items()}

    @overload
    def __call__(self, pairs: Sequence[Pair]) -> Iterator[Fetched]: ...

    @overload
    def __call__(self, pairs: Sequence[Pair], hurry: Hurry) -> Iterator[Fetched | None]: ...

    def __call__(self, pairs: Sequence[Pair], hurry: Hurry = unhurried) -> Iterator[Fetched | None]:
        if self._way == "requests":
            return self._by_threads(pairs, hurry)
        if all(source.kind == "feed" for source, _ in pairs):
            return self._by_libcurl(pairs, hurry)
        return self._by_both(pairs, hurry)

    def _by_both(self, pairs: Sequence[Pair], hurry: Hurry) -> Iterator[Fetched | None]:
        """Feeds by libcurl, what is on disk by threads; each gives its answers in order, so that all are."""
        feeds = self._by_libcurl([pair for pair in pairs if pair[0].kind == "feed"], hurry)
        rest = self._by_threads([pair for pair in pairs if pair[0].kind != "feed"], hurry)
        try:
            for source, _ in pairs:
                yield next(feeds if source.kind == "feed" else rest)
        finally:
            feeds.close()
            rest.close()

    def _by_libcurl(self, pairs: Sequence[Pair], hurry: Hurry) -> Generator[Fetched | None, None, None]:
        multi: Multi[Fetched] = self._idle.pop() if self._idle else Multi(self._client.guard)
        try:
            yield from Loop(self._round(pairs, hurry), self._begin, multi).answers()
        finally:
            self._idle.append(multi)

    def _by_threads(self, pairs: Sequence[Pair], hurry: Hurry) -> Generator[Fetched | None, None, None]:
        return Batch(self._round(pairs, hurry), self._ask, self._workers).answers()

    def _round(self, pairs: Sequence[Pair], hurry: Hurry) -> Round:
        sources = [source for source, _ in pairs]
        lanes = Lanes(sources, self._room, self._rests, monotonic(), self._since)
        return Round(pairs, lanes, self._workers, hurry)

    def _room(self, source: Source) -> Room:
        host = host_of(source)
        parts = self._parts.get(host.strip("[]"), 1)
        free = source.kind != "feed" or host in self._own
        return Room(max(self._per_host // parts, 1), 0.0 if free else self._spacing * parts)

    def _begin(self, source: Source, state: SourceState) -> Journey[Fetched]:
        try:
            return (yield from asking(source, state, self._client.guard))
        except Exception as error:
            return _broken(source, error)

    def _ask(self, source: Source, state: SourceState, stop: Event) -> Fetched:
        try:
            with stopping(stop):
                return self._kinds[source.kind](source, state, self._client)
        except Exception as error:
            return _broken(source, error)


def fetcher(
    client: Client,
    per_host: int,
    workers: int,
    *,
    spacing: timedelta = NO_TIME,
    way: Way | None = None,
    kinds: Asks = KINDS,
    parts: Mapping[str, int] = MappingProxyType({}),
) -> Fetcher:
    """Return the `Fetch` of this client: by libcurl where it is there, unless told otherwise."""
    return Fetcher(client, per_host, workers, spacing, way, kinds, parts)


def _broken(source: Source, error: Exception) -> Fetched:
    """What a source gets that met a fault of this program."""
    logger.error("source %s could not be read", source.id, exc_info=error)
    problem = Problem(code="reader", detail=type(error).__name__, where=shown(source.location))
    return Fetched(outcome="failed", problem=problem)
