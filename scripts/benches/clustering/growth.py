"""What a tick and the claims that follow cost, by the number of sources: rows alone, nobody is asked."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import psycopg

from feeds.store import Store, migrate, open_store
from feeds.store.database.trial import Trial

SHARDS = 1024
SIZES = (10_000, 100_000, 1_000_000)
DUE = 100  # one source in so many is due
CLAIMS = 64  # shards whose claims are measured
FLAT = 1.5  # times what a due source cost among the fewest, at most


def growth(trial: Trial, now: datetime) -> list[str]:
    """Print the costs at each size; return what is not flat."""
    url = trial.create("growth", "template0")
    migrate(url)
    before, each = 0, list[float]()
    for sources in SIZES:
        _grow(url, before, sources, now)
        before = sources
        store = open_store(url)
        shards = store.turns.shards(now)
        tick = _best(partial(store.turns.shards, now))
        claims = _best(partial(_claim, store, shards[:CLAIMS], now)) * len(shards) / CLAIMS
        store.close()
        due = sources // DUE
        each.append(1e6 * (tick + claims) / due)
        print(
            f"{sources:>9} sources, {due} due in {len(shards)} shards: tick {1000 * tick:.2f} ms, claims of all"
            f" {1000 * claims:.0f} ms; {1e6 * tick / sources:.3f} µs a tick and source, {each[-1]:.0f} µs a due source",
            flush=True,
        )
    return [f"{each[-1]:.0f} µs a due source among many, {each[0]:.0f} among few"] if each[-1] > FLAT * each[0] else []


def _grow(url: str, first: int, end: int, now: datetime) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO sources (id, shard, removed, enabled, local, place, keep, definition)"
            " SELECT 's' || n, n %% %(shards)s, false, true, false, n, 0,"
            ' \'{"id":"s\' || n || \'","kind":"feed","location":"http://h"}\''
            " FROM generate_series(%(first)s::int, %(last)s::int) n",
            {"shards": SHARDS, "first": first, "last": end - 1},
        )
        connection.execute(
            "INSERT INTO source_state (source_id, shard, due, paused, strikes, state, info) SELECT 's' || n,"
            " n %% %(shards)s,"
            " %(now)s + CASE WHEN n %% %(due)s = 0 THEN interval '-1 s' ELSE n * interval '1 ms' END,"
            " false, 0, '{\"source_id\":\"s' || n || '\"}', '{}'"
            " FROM generate_series(%(first)s::int, %(last)s::int) n",
            {"shards": SHARDS, "first": first, "last": end - 1, "due": DUE, "now": now},
        )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _claim(store: Store, shards: Sequence[int], now: datetime) -> None:
    for shard in shards:
        store.library.due(shard, now, 1000)


def _best(what: Callable[[], object]) -> float:
    found = []
    for _ in range(5):
        began = time.perf_counter()
        what()
        found.append(time.perf_counter() - began)
    return min(found)
