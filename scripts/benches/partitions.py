"""A store on PostgreSQL with years of entries, whole and in partitions: what retention, a poll and the switch cost.

ENTRIES of 14 months (500,000 unless told otherwise), one story each, on a server of its own that writes as usual
(fsync). The same database is kept whole and divided by `feeds migrate --partition`; then both take in the same polls in
turns, and both let the oldest two months go. Seconds of the clock: the work is the server's.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import LiteralString

import psycopg
from timing import close

from feeds.model.changes import Changes, Saved
from feeds.model.entry import Entry
from feeds.model.source import Options, Source, SourceState
from feeds.model.story import Member, Story
from feeds.store import Store, migrate, open_store, partition
from feeds.store.database.trial import Trial

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BEGAN = datetime(2025, 10, 1, tzinfo=UTC)
SOURCES = 500
KEEP = timedelta(days=354)  # until the end of November: October and November of last year go
ROUNDS, NEW = 200, 5  # polls of each database, with so many new entries each
SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB", "autovacuum": "off"}
GOAL = 1.0  # of the seconds that retention and its vacuum take in the whole database; the space is gained besides

FILL = """
CREATE TEMP TABLE words AS SELECT n, (SELECT string_agg(md5(n * 1000 + m || ''), ' ') FROM generate_series(1, 55) m)
  AS said FROM generate_series(0, 999) n;
CREATE TEMP TABLE made AS SELECT n,
  's' || n %% {sources} AS source_id, 'https://host.example/' || n || '/a-post' AS guid,
  'tag:desk.example,2026:' || n AS story_id,
  timestamptz '{began}' + n * (timestamptz '{now}' - timestamptz '{began}') / {entries} AS at
  FROM generate_series(0, {entries} - 1) n;
INSERT INTO entries (source_id, guid, story_id, url_key, status, fingerprint, published, first_seen, last_seen, entry)
  SELECT source_id, guid, story_id, guid, 'kept', 'f', at, at, at,
  json_build_object('source_id', source_id, 'guid', guid, 'url', guid, 'title', 'Story ' || made.n, 'content', said,
  'published', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS+00:00'))::text
  FROM made JOIN words ON words.n = made.n %% 1000;
INSERT INTO stories (id, published, updated, first_seen, status, version, lists)
  SELECT story_id, at, at, at, 'shown', 1, '[["id:' || n || '","url:' || guid || '"],[],["all"],[],false]' FROM made;
INSERT INTO story_keys SELECT 'id:' || n, story_id FROM made UNION ALL SELECT 'url:' || guid, story_id FROM made;
INSERT INTO members SELECT guid, source_id, story_id, 0, '[]' FROM made;
INSERT INTO story_channels SELECT story_id, 'all', at, NULL FROM made;
"""


@dataclass(kw_only=True)
class Side:
    """One of the two databases and what it cost."""

    url: str
    store: Store
    polls: list[float] = field(default_factory=list)
    views: list[float] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entries", nargs="?", type=int, default=500_000)
    entries = parser.parse_args().entries
    with server() as trial:
        whole = trial.create("whole")
        migrate(whole)
        fill(whole, entries)
        parted = trial.create("parted", "whole")
        with timed("divide") as took:
            partition(parted, NOW, print)
        settle(parted)
        sides = {name: Side(url=url, store=open_store(url)) for name, url in (("whole", whole), ("parted", parted))}
        sides["parted"].figures["switch s"] = took[0]
        for n in range(ROUNDS):
            for side in sides.values():
                poll(side, n)
        for side in sides.values():
            forget(side)
            side.store.close()
    for name in dict.fromkeys(key for side in sides.values() for key in side.figures):
        print(f"{name:<28}", *(f"{side.figures.get(name, 0):>12.2f}" for side in sides.values()))
    costs = [side.figures["retention s"] + side.figures["vacuum s"] for side in sides.values()]
    gained = sides["parted"].figures["GB before"] - sides["parted"].figures["GB after"]
    figure = f"{costs[1] / costs[0]:.2f} of the time, {gained:.2f} GB given back"
    close("partitions", figure, f"{GOAL}", holds=costs[1] <= GOAL * costs[0] and gained > 0)


@contextmanager
def server() -> Iterator[Trial]:
    folder = Path(tempfile.mkdtemp(prefix="feeds-bench-"))
    folder.chmod(0o755)
    trial = Trial(folder / "data", SETTINGS, fleeting=True)
    trial.start()
    try:
        yield trial
    finally:
        trial.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def timed(what: str) -> Iterator[list[float]]:
    took: list[float] = []
    began = perf_counter()
    yield took
    took.append(perf_counter() - began)
    print(f"{what}: {took[0]:.1f} s", flush=True)


def fill(url: str, entries: int) -> None:
    store = open_store(url)
    sources = [source(n) for n in range(SOURCES)]
    store.library.sync(sources, lambda _: 0, NOW)
    store.close()
    words = {"entries": entries, "sources": SOURCES, "began": BEGAN, "now": NOW}
    with timed(f"{entries} entries"), psycopg.connect(url, autocommit=True) as connection:
        for statement in FILL.format(**words).replace("%%", "%").split(";\n"):
            if statement.strip():
                connection.execute(statement)
        connection.execute("UPDATE source_state SET present = %s", (NOW,))
    settle(url)


def settle(url: str) -> None:
    """What a server does by itself after a time."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def source(n: int) -> Source:
    return Source(id=f"s{n}", kind="feed", location=f"https://host{n}.example/feed", options=Options(keep=KEEP))


def poll(side: Side, n: int) -> None:
    """One poll as a job makes it: what is known of 20 entries, then what is new of five."""
    id, library = f"s{n % SOURCES}", side.store.library
    fresh = [f"https://host.example/new-{n}-{m}" for m in range(NEW)]
    before = [f"https://host.example/{n % SOURCES + SOURCES * m}/a-post" for m in range(20)]
    began = perf_counter()
    view = library.poll_view(
        id, [*fresh, *before], [f"{kind}:{guid}" for guid in (*fresh, *before) for kind in ("id", "url")]
    )
    read = perf_counter()
    library.apply(changes(view.source.id, view.state, fresh))
    side.views.append(read - began)
    side.polls.append(perf_counter() - read)
    side.figures["view ms"], side.figures["apply ms"] = median(side.views) * 1000, median(side.polls) * 1000


def changes(source_id: str, state: SourceState, guids: list[str]) -> Changes:
    saved, stories = [], []
    for guid in guids:
        words = " ".join(str(hash(f"{guid} {n}")) for n in range(90))
        entry = Entry(source_id=source_id, guid=guid, url=guid, title="News", content=words, published=NOW, updated=NOW)
        story = Story(
            id=f"tag:{guid}",
            members=(Member(entry=entry, first_seen=NOW),),
            keys=(f"id:{guid}", f"url:{guid}"),
            channels=("all",),
            published=NOW,
            updated=NOW,
            first_seen=NOW,
        )
        saved.append(
            Saved(entry=entry, fingerprint="f", status="kept", story_id=story.id, first_seen=NOW, url_key=guid)
        )
        stories.append(story)
    due = state.due + timedelta(seconds=1)
    return Changes(
        state=replace(state, polled=NOW, due=due), was_due=state.due, entries=tuple(saved), stories=tuple(stories)
    )


def forget(side: Side) -> None:
    """Let go what is too old, as the service does hour by hour; then let the database tidy up, as it does by itself."""
    later = NOW.replace(month=12, day=1) - timedelta(minutes=1) + timedelta(days=3)
    with psycopg.connect(side.url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        side.figures["GB before"] = size(connection)
        wal = lsn(connection)
        with timed("retention") as took:
            while side.store.library.expire(later):
                pass
        with timed("vacuum") as cleared:
            connection.execute("VACUUM")
        side.figures["retention s"], side.figures["vacuum s"] = took[0], cleared[0]
        side.figures["WAL GB"] = (lsn(connection) - wal) / 1e9
        side.figures["GB after"] = size(connection)


def size(connection: psycopg.Connection) -> float:
    """In GB."""
    return asked(connection, "SELECT pg_database_size(current_database())") / 1e9


def lsn(connection: psycopg.Connection) -> float:
    """How many bytes were written to the log ahead, ever."""
    return asked(connection, "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")


def asked(connection: psycopg.Connection, query: LiteralString) -> float:
    row = connection.execute(query).fetchone()
    return float(row[0]) if row else 0.0


main()
