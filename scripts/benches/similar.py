"""What finding copies costs beside a long history: `scripts/bench similar`.

A store is filled with generated stories; then real entries are looked for in it and told to it, in CPU seconds of one
core: how long the look-up of one takes, how many entries a second are compared and noted, how many bytes a story takes
in the index, what a large archive that is published anew costs. More with `--stories`: a million takes 0.3 GB.

Beside that rate, which the goals are about, stands that of the pipeline by itself with a dict for a store, as its
prototype was measured (1,600 feed entries, 750 full articles).
"""

import argparse
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from dedupe import Desk
from timing import close, shared

from feeds.app.build import spare_garbage_looks
from feeds.core.deciding.decide import decide
from feeds.core.duplicates import near
from feeds.core.duplicates import sketch as sketching
from feeds.core.duplicates.sketch import Sketch, sketch
from feeds.core.entries.normalise import Normalised
from feeds.core.sorting.categories import Catalogue
from feeds.core.words import text
from feeds.jobs.news import Reading
from feeds.jobs.poll import GROUP
from feeds.jobs.view import look
from feeds.jobs.work import Tally, Work
from feeds.model.changes import Hinted, PollView
from feeds.model.entry import Entry
from feeds.model.settings import Dedupe, Settings, Site
from feeds.model.source import Fetched, Source, SourceState
from feeds.ports import Ports
from feeds.ports.library import Library
from feeds.store import Store, open_store
from feeds.store.incoming import likes

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WITHIN = timedelta(days=14)  # for look-ups
USUAL = timedelta(hours=72)  # as in the example of a configuration: for the rest
MEASURED = 100_000  # stories written as polls write them, for the size of the index
POLL = 20  # new entries of one poll
SOMEBODY = Source(id="somebody", kind="feed", location="https://somebody.example/feed")


CATALOGUE = Catalogue((), "keep")


class Clock:
    """Of all ports, what looking needs."""

    def clock(self) -> datetime:
        return NOW


def texts(least: int, most: int, many: int) -> list[Entry]:
    """Return entries of the labelled stream, copies and traps included, whose texts have at least *least* characters.

    Longer ones are cut to *most*. Korean and English by turns.
    """
    found: dict[str, list[Entry]] = {"en": [], "ko": []}
    with (shared("dedup") / "dev.jsonl").open(encoding="utf-8") as file:
        for line in file:
            item = json.loads(line)
            body = text.plain(item["html"])
            if len(body) >= least:
                entry = Entry(
                    source_id=item["feed"],
                    guid=item["id"],
                    url=item["url"],
                    title=text.words_of(item["title"]),
                    content=f"<p>{body[:most]}</p>",
                    published=datetime.fromisoformat(item["published"]),
                )
                found[item["lang"]].append(entry)
    pairs = [e for pair in zip(found["en"], found["ko"], strict=False) for e in pair]
    return [*pairs, *found["en"][len(pairs) // 2 :], *found["ko"][len(pairs) // 2 :]][:many]


def written(store: Store, stories: int) -> tuple[float, float]:
    """Write generated stories as polls do; return the bytes that each takes, and the microseconds."""
    chance, path = random.Random(1), store.library._db.name
    took = time.process_time()
    for first in range(0, stories, POLL):
        hinted = (
            Hinted(story_id=_id(n), hints=tuple(chance.getrandbits(32) for _ in range(11)))
            for n in range(first, min(first + POLL, stories))
        )
        with store.library._db.write() as connection:
            likes.post(connection, [*hinted], NOW)
    took = time.process_time() - took
    with closing(sqlite3.connect(path)) as raw:
        size = raw.execute("SELECT sum(pgsize) FROM dbstat WHERE name IN ('hints', 'hinted')").fetchone()[0]
    return size / stories, took / stories * 1e6


def _id(number: int) -> str:
    return f"https://outlet{number % 500}.example/2026/11/25/article-{number}.html"


def filled(store: Store, stories: int) -> None:
    """Put generated stories into the weeks that a look-up asks, by SQL: what polls would have left there."""
    first, last = likes.week_of(NOW - WITHIN), likes.week_of(NOW)
    eleven = " UNION ALL ".join(f"SELECT {n}" for n in range(11))
    with closing(sqlite3.connect(store.library._db.name)) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        start = raw.execute("SELECT coalesce(max(number), 0) + 1 FROM hinted").fetchone()[0]
        week = f"({first} + (number - {start}) * {last - first + 1} / {stories})"
        rows = ((n, first + (n - start) * (last - first + 1) // stories, _id(n)) for n in range(start, start + stories))
        raw.executemany("INSERT INTO hinted VALUES (?, ?, ?)", rows)
        raw.execute(
            f"INSERT OR IGNORE INTO hints SELECT ({week} << 32) | (random() & 4294967295), number "
            f"FROM hinted, ({eleven}) WHERE number >= {start} ORDER BY 1, 2"
        )
        raw.commit()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # nobody's log holds a million stories


def looked_up(store: Store, sketches: Sequence[Sketch]) -> list[float]:
    """Return the milliseconds of CPU that each look-up of one new entry takes, its candidates included."""
    found = []
    view = PollView(source=SOMEBODY, state=SourceState(source_id=SOMEBODY.id, due=NOW))
    for one in sketches:
        one.asked  # noqa: B018 - that is part of sketching
        begun = time.process_time()
        near.candidates(one, store.library.posted(view, one.asked, NOW - WITHIN, NOW).posted)
        found.append((time.process_time() - begun) * 1e3)
    return found


def poll(library: Library, work: Work, source: Source, entries: Sequence[Entry]) -> None:
    """Do what a poll does between reading a document and publishing: look, compare, decide, write."""
    fetched = Fetched(outcome="fresh")
    reading = Reading(fetched=fetched, found=Normalised(entries=tuple(entries), problems=()))
    view, arrived = look(work, Tally(), library, source, reading)
    library.apply(decide(view, fetched, arrived, work.settings, work.sources, NOW, catalogue=CATALOGUE))


def told(store: Store, entries: Sequence[Entry], dedupe: Dedupe, size: int = POLL) -> float:
    """Return the CPU seconds that it takes to tell *entries*, so many of one source at a time, under *dedupe*."""
    mark = f"{len(entries)}-{dedupe.near}"
    sources = {e.source_id: Source(id=f"{e.source_id}-{mark}", kind="feed", location=e.source_id) for e in entries}
    settings = Settings(file="", site=Site(title="b", url="https://b.example"), dedupe=dedupe)
    work = Work(ports=cast("Ports", Clock()), settings=settings, sources={s.id: s for s in sources.values()})
    store.library.sync([*sources.values()], lambda _: 0, NOW)
    waiting: dict[str, list[Entry]] = {name: [] for name in sources}
    polls: list[tuple[str, list[Entry]]] = []
    for entry in entries:
        mine = replace(entry, source_id=sources[entry.source_id].id, guid=f"{mark}-{entry.guid}")
        waiting[entry.source_id].append(mine)
        if len(waiting[entry.source_id]) == size:
            polls.append((entry.source_id, waiting[entry.source_id]))
            waiting[entry.source_id] = []
    polls += [(name, left) for name, left in waiting.items() if left]
    sketching._remembered.cache_clear()
    begun = time.process_time()
    for first in range(0, len(polls), GROUP):
        with store.library.together() as library:
            for name, some in polls[first : first + GROUP]:
                poll(library, work, sources[name], some)
    return time.process_time() - begun


def rate(store: Store, kind: str, entries: Sequence[Entry]) -> float:
    """Print and return how many entries a second copies are looked for: with it, less without it; beside that, how many
    are decided on in memory."""
    sketching._remembered.cache_clear()
    desk, begun = Desk(), time.process_time()
    for entry in sorted(entries, key=lambda each: each.published or NOW):
        desk.take(entry)
    alone = len(entries) / (time.process_time() - begun)
    half, other = entries[::2], entries[1::2]
    none = told(store, half, Dedupe(same_url=False, same_text=False)) / len(half)
    every = told(store, other, Dedupe(near=USUAL)) / len(other)
    long = statistics.mean(len(e.content) for e in entries)
    found = 1 / (every - none)
    print(
        f"{kind} of {long:5.0f} letters   {found:5.0f} a second looked for; decided and stored too: {1 / every:.0f}; "
        f"decided on in memory: {alone:.0f}"
    )
    return found


def archive(store: Store, items: int) -> tuple[float, float]:
    """Return the CPU seconds that one document of so many new items takes: with and without comparing texts."""
    chance = random.Random(4)
    words = [e.title.split()[0] for e in texts(0, 100, 400)]

    def one(number: int) -> Entry:
        said = " ".join(chance.choices(words, k=30))
        at = NOW - timedelta(hours=number)
        return Entry(source_id="archive", guid=f"old:{number}", title=said[:40], content=said, published=at)

    entries, others = ([one(n + first) for n in range(items)] for first in (0, items))
    return told(store, entries, Dedupe(near=USUAL), items), told(store, others, Dedupe(), items)


def quantile(figures: Sequence[float], share: float) -> float:
    return sorted(figures)[min(len(figures) - 1, int(len(figures) * share))]


def lookups(store: Store, stories: int) -> tuple[float, float]:
    sketches = [sketch(e) for e in texts(0, 40_000, 2000)]
    looked_up(store, sketches[:50])  # warm
    found = looked_up(store, sketches)
    middle, last = statistics.median(found), quantile(found, 0.99)
    print(f"look-up among {stories:>10,} stories   median {middle:.2f} ms, p99 {last:.2f} ms  (goal 3, 15)")
    return middle, last


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=1_000_000, help="generated stories within fourteen days")
    parser.add_argument("--archive", type=int, default=100_000, help="items of the archive that is published anew")
    given = parser.parse_args()
    spare_garbage_looks()  # as in the program
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/written.db")
        size, micros = written(store, MEASURED)
        print(f"index of {MEASURED:,} stories           {size:.0f} bytes a story, {micros:.0f} us to write  (goal 256)")
        store.close()
        store = open_store(f"sqlite:///{folder}/filled.db")
        filled(store, 10_000)
        lookups(store, 10_000)
        filled(store, given.stories)
        middle, last = lookups(store, given.stories)
        feed = rate(store, "feed entries ", texts(200, 300, 4000))
        articles = rate(store, "full articles", texts(1200, 40_000, 1400))
        near_, exact = archive(store, given.archive)
        print(
            f"archive of {given.archive:,} items   {near_:.1f} s in one poll, {near_ - exact:.1f} s of it for comparing"
        )
        store.close()
    holds = middle <= 3 and last <= 15 and size <= 256
    holds = holds and feed >= 1500 and articles >= 600
    close(
        "similar",
        f"look-up {middle:.2f} ms, p99 {last:.2f} ms among {given.stories:,}, {size:.0f} bytes a story, "
        f"{feed:.0f} feed entries and {articles:.0f} articles a second",
        "3 ms, 15 ms, 256 bytes, 1500, 600",
        holds=holds,
    )


if __name__ == "__main__":
    main()
