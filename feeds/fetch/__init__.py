"""Asking sources: the table {source kind: fetch function}, and many of them at a time."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Event

from feeds.fetch.batch import Batch, Pair
from feeds.fetch.files import fetch_file, fetch_folder
from feeds.fetch.http import fetch_feed, shown
from feeds.model.source import Fetched, Kind, Problem, Source, SourceState
from feeds.net import Client, stopping

logger = logging.getLogger(__name__)

KINDS: Mapping[Kind, Callable[[Source, SourceState, Client], Fetched]] = {
    "feed": fetch_feed,
    "content": lambda source, state, client: fetch_folder(source, state),
    "file": lambda source, state, client: fetch_file(source, state),
}


def fetcher(
    client: Client,
    per_host: int,
    workers: int,
    kinds: Mapping[Kind, Callable[[Source, SourceState, Client], Fetched]] = KINDS,
) -> Callable[[Sequence[Pair]], Iterator[Fetched]]:
    """Return the `Fetch` of this client: *workers* sources at a time, *per_host* of one host.

    A host that answers 429, or 503 with Retry-After, is not asked again in the same call: the rest of its sources
    fail as `rate_limited` with the same wait. Closing the iterator calls off what is under way.
    """

    def ask(source: Source, state: SourceState, stop: Event) -> Fetched:
        try:
            with stopping(stop):
                return kinds[source.kind](source, state, client)
        except Exception as error:
            logger.exception("source %s could not be read", source.id)
            problem = Problem(code="reader", detail=type(error).__name__, where=shown(source.location))
            return Fetched(outcome="failed", problem=problem)

    return lambda pairs: Batch(pairs, ask, per_host, workers).answers()
