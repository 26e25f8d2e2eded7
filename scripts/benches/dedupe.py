"""How many copies are found, and how many stories swallowed, beside the rules of others: `scripts/bench dedupe`.

A stream of labelled entries is read in order. A merge counts as right only where both entries are of one cluster;
precision is over merges, recall over entries that have an earlier one of their cluster. `--data FILE` reads another
set of the same form, `--peers none` leaves the others out.

Beside them: entries a CPU second, and the bytes that an entry takes of what a rule must keep, ours in a store, theirs
as Python pickles them.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from timing import close, shared

from feeds.core.duplicates import cluster, habits, near
from feeds.core.duplicates.sketch import sketch
from feeds.core.entries import identity
from feeds.core.words import text
from feeds.model.changes import Hinted
from feeds.model.entry import Entry
from feeds.model.settings import Dedupe
from feeds.model.story import Member, Story
from feeds.store import open_store
from feeds.store.incoming import likes

Item = dict[str, Any]
PEERS = ("guid", "freshrss", "reader", "tfidf", "minhash")
WINDOW = timedelta(days=14)
POLL = 20  # stories that one poll notes


class Desk:
    """The decisions of a poll over a stream, with dicts for a store."""

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self.keys: dict[str, int] = {}
        self.posted: dict[int, list[int]] = defaultdict(list)
        self.habits: dict[str, dict[int, int]] = defaultdict(dict)
        self.sides: list[near.Side] = []
        self.hinted: list[Hinted] = []

    def take(self, entry: Entry) -> tuple[int, str]:
        """Return the story that an entry joins and the rule, '' for a new story."""
        keys = identity.match_keys(entry, Dedupe())
        for key in keys:
            if key in self.keys and (found := cluster.joins(entry, self.stories[self.keys[key]], key)).joins:
                self.claim(keys, self.keys[key])
                return self.keys[key], found.rule
        assert entry.published is not None
        side = near.Side(sketch(entry), entry.source_id, entry.published, self.habits[entry.source_id], entry)
        place = self.alike(side)
        if place is not None:
            self.claim(keys, place)
            return place, "near"
        return self.begin(entry, side, keys), ""

    def alike(self, side: near.Side) -> int | None:
        found = [n for n in near.candidates(side.sketch, self.posted) if self.apart(side, n) <= WINDOW]
        others = [self.sides[n]._replace(habits=self.habits[self.sides[n].source_id]) for n in found]
        judged = zip(near.likenesses(side, others), found, strict=True)
        best = max(((like.score, n) for like, n in judged if like.same()), default=None)
        return best[1] if best else None

    def apart(self, side: near.Side, place: int) -> timedelta:
        return abs(self.sides[place].published - side.published)

    def begin(self, entry: Entry, side: near.Side, keys: Iterable[str]) -> int:
        place = len(self.stories)
        assert entry.published is not None
        member = Member(entry=entry, first_seen=entry.published)
        at = entry.published
        self.stories.append(Story(id=str(place), members=(member,), published=at, updated=at, first_seen=at))
        self.sides.append(side)
        self.claim(keys, place)
        self.habits[entry.source_id] = habits.said(self.habits[entry.source_id], side.sketch)
        usual = {key for key, times in self.habits[entry.source_id].items() if times > habits.OFTEN}
        hints = side.sketch.hints(usual)
        self.hinted.append(Hinted(story_id=entry.url, hints=hints))
        for hint in hints:
            self.posted[hint].append(place)
        return place

    def claim(self, keys: Iterable[str], place: int) -> None:
        for key in keys:
            self.keys.setdefault(key, place)


class Score(NamedTuple):
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall or 1)

    def __str__(self) -> str:
        return f"{self.precision:.4f} {self.recall:.4f} {self.f1:.4f}"


class Run(NamedTuple):
    """What a rule made of a stream: what it merged with what, in CPU seconds, keeping so many bytes."""

    merges: Mapping[str, str]
    seconds: float
    size: int


def entry_of(item: Item) -> Entry:
    return Entry(
        source_id=item["feed"],
        guid=item["guid"],
        url=item["url"],
        title=text.words_of(item["title"]),
        content=item["html"],
        published=datetime.fromisoformat(item["published"]),
    )


def ours(items: Sequence[Item]) -> Run:
    desk, first, merges = Desk(), list[str](), dict[str, str]()
    begun = time.process_time()
    for item in items:
        place, rule = desk.take(entry_of(item))
        if rule:
            merges[item["id"]] = first[place]
        else:
            first.append(item["id"])
    return Run(merges, time.process_time() - begun, stored(desk.hinted))


def stored(hinted: Sequence[Hinted]) -> int:
    """Return the bytes that the index takes in a store, written as polls write it."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/feeds.db")
        for first in range(0, len(hinted), POLL):
            with store.library._db.write() as connection:
                likes.post(connection, hinted[first : first + POLL], datetime.now(UTC))
        store.close()
        with closing(sqlite3.connect(f"{folder}/feeds.db")) as raw:
            query = "SELECT sum(pgsize) FROM dbstat WHERE name IN ('hints', 'hinted')"
            return int(raw.execute(query).fetchone()[0])


def theirs(rule: str, data: Path) -> Run:
    """Run a peer with its own Python."""
    script = Path(__file__).with_name("dedupe_peers.py")
    python = Path(os.environ["PEERS"]) / "bin" / "python"
    out = subprocess.run([python, script, rule, data], check=True, capture_output=True, text=True).stdout
    *merges, cost = [json.loads(line) for line in out.splitlines()]
    return Run(dict(merges), cost["seconds"], cost["bytes"])


def scored(merges: Iterable[tuple[str, str]], items: list[Item], lang: str = "") -> Score:
    by_id = {i["id"]: i for i in items}
    made = [(by_id[a], by_id[b]) for a, b in merges if not lang or by_id[a]["lang"] == lang]
    right = sum(a["cluster"] == b["cluster"] for a, b in made)
    return Score(right / (len(made) or 1), right / (len(repeated(items, lang)) or 1))


def repeated(items: list[Item], lang: str = "") -> list[Item]:
    """Entries with an earlier one of their cluster."""
    seen: set[str] = set()
    found = []
    for item in items:
        if item["cluster"] in seen and (not lang or item["lang"] == lang):
            found.append(item)
        seen.add(item["cluster"])
    return found


def by_kind(merges: Mapping[str, str], items: list[Item]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the share found of each kind of copy, and the share wrongly merged of each kind of trap."""
    by_id = {i["id"]: i for i in items}
    right = {i: by_id[i]["cluster"] == by_id[o]["cluster"] for i, o in merges.items()}
    copies = Counter((i["cls"], i["lang"]) for i in repeated(items) if i["role"] == "dup")
    found = Counter((i["cls"], i["lang"]) for i in repeated(items) if i["role"] == "dup" and right.get(i["id"]))
    traps = Counter((i["cls"], i["lang"]) for i in items if i["role"] == "neg")
    fell = Counter((i["cls"], i["lang"]) for i in items if i["role"] == "neg" and right.get(i["id"]) is False)
    recall = {f"{kind} {lang}": found[kind, lang] / n for (kind, lang), n in sorted(copies.items())}
    return recall, {f"{kind} {lang}": fell[kind, lang] / n for (kind, lang), n in sorted(traps.items())}


def report(items: list[Item], runs: Mapping[str, Run]) -> None:
    """Print how well each rule did: in all and by language, what it costs, and by kind of copy and trap."""
    langs = sorted({i["lang"] for i in items})
    print(
        f"{'precision, recall, F1 of':26}"
        + "".join(f"{name:22}" for name in ("all", *langs))
        + "entries/s  bytes/entry"
    )
    for name, run in runs.items():
        scores = "".join(f"{scored(run.merges.items(), items, lang)!s:22}" for lang in ("", *langs))
        print(f"{name:26}{scores}{len(items) / run.seconds:9.0f}{run.size / len(items):13.0f}")
    kinds = {name: by_kind(run.merges, items) for name, run in runs.items()}
    for title, which in (("found", 0), ("swallowed", 1)):
        print(f"\n{title:26}" + "".join(f"{name:>10}" for name in runs))
        for kind in kinds["ours"][which]:
            print(f"  {kind:24}" + "".join(f"{found[which][kind]:10.4f}" for found in kinds.values()))
    print()


def holds(items: list[Item], merges: Mapping[str, str]) -> bool:
    """Tell whether each goal for our figures holds."""
    by_id = {i["id"]: i for i in items}
    traps = Counter(i["cls"] for i in items if i["role"] == "neg")
    fell = Counter(
        by_id[i]["cls"]
        for i, other in merges.items()
        if by_id[i]["role"] == "neg" and by_id[i]["cluster"] != by_id[other]["cluster"]
    )
    recall, _ = by_kind(merges, items)
    whole = scored(merges.items(), items)
    languages = [scored(merges.items(), items, lang).f1 for lang in sorted({i["lang"] for i in items})]
    kinds = all(share >= (0.90 if name.startswith("update_url") else 0.97) for name, share in recall.items())
    few = all(fell[kind] / n <= 0.01 for kind, n in traps.items())
    return kinds and few and max(languages) - min(languages) <= 0.01 and whole.f1 >= 0.99 and whole.precision >= 0.998


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--peers", default=",".join(PEERS), help="comma list, or none")
    given = parser.parse_args()
    data = (given.data or shared("dedup") / "dev.jsonl").resolve()
    items = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines() if line.strip()]
    runs = {"ours": ours(items)} | {rule: theirs(rule, data) for rule in PEERS if rule in given.peers.split(",")}
    report(items, runs)
    mine = runs["ours"]
    whole = scored(mine.merges.items(), items)
    close(
        "dedupe",
        f"F1 {whole.f1:.4f}, precision {whole.precision:.4f}, {len(items) / mine.seconds:.0f} entries/CPU s, "
        f"{mine.size / len(items):.0f} bytes an entry",
        "F1 >= 0.99, precision >= 0.998, languages within 0.01, copies >= 0.97 (update_url 0.90), traps <= 1 %",
        holds=holds(items, mine.merges),
    )


if __name__ == "__main__":
    main()
