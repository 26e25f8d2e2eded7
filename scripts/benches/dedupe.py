"""How many copies are found, and how many stories swallowed, beside the rules of others: `scripts/bench dedupe`.

A stream of labelled entries is read in order. A merge counts as right only where both entries are of one cluster;
precision is over merges, recall over entries that have an earlier one of their cluster. `--data FILE` reads another
set of the same form, `--peers none` leaves the others out.
"""

import argparse
import json
import os
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from timing import close, shared

from feeds.core import cluster, habits, identity, near, text
from feeds.core.sketch import sketch
from feeds.model.entry import Entry
from feeds.model.settings import Dedupe
from feeds.model.story import Member, Story

Item = dict[str, Any]
PEERS = ("guid", "freshrss", "reader", "tfidf", "minhash")
WINDOW = timedelta(days=14)


class Desk:
    """The decisions of a poll over a stream, with dicts for a store."""

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self.keys: dict[str, int] = {}
        self.posted: dict[int, list[int]] = defaultdict(list)
        self.habits: dict[str, dict[int, int]] = defaultdict(dict)
        self.sides: list[near.Side] = []

    def take(self, entry: Entry) -> tuple[int, str]:
        """Return the story that an entry joins and the rule, '' for a new story."""
        keys = identity.match_keys(entry, Dedupe())
        for key in keys:
            if key in self.keys and (found := cluster.joins(entry, self.stories[self.keys[key]], key)).joins:
                self.claim(keys, self.keys[key])
                return self.keys[key], found.rule
        assert entry.published is not None
        side = near.Side(sketch(entry), entry.source_id, entry.published, self.habits[entry.source_id])
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
        for hint in side.sketch.hints(usual):
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


def entry_of(item: Item) -> Entry:
    return Entry(
        source_id=item["feed"],
        guid=item["guid"],
        url=item["url"],
        title=text.words_of(item["title"]),
        content=item["html"],
        published=datetime.fromisoformat(item["published"]),
    )


def ours(items: list[Item]) -> Iterator[tuple[str, str]]:
    desk, first = Desk(), list[str]()
    for item in items:
        place, rule = desk.take(entry_of(item))
        if rule:
            yield item["id"], first[place]
        else:
            first.append(item["id"])


def theirs(rule: str, data: Path) -> list[tuple[str, str]]:
    """Run a peer with its own Python."""
    script = Path(__file__).with_name("dedupe_peers.py")
    python = Path(os.environ["PEERS"]) / "bin" / "python"
    out = subprocess.run([python, script, rule, data], check=True, capture_output=True, text=True).stdout
    return [tuple(json.loads(line)) for line in out.splitlines()]


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


def by_kind(merges: dict[str, str], items: list[Item]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the share found of each kind of copy, and the share wrongly merged of each kind of trap."""
    by_id = {i["id"]: i for i in items}
    right = {i: by_id[i]["cluster"] == by_id[o]["cluster"] for i, o in merges.items()}
    copies = Counter((i["cls"], i["lang"]) for i in repeated(items) if i["role"] == "dup")
    found = Counter((i["cls"], i["lang"]) for i in repeated(items) if i["role"] == "dup" and right.get(i["id"]))
    traps = Counter(i["cls"] for i in items if i["role"] == "neg")
    fell = Counter(i["cls"] for i in items if i["role"] == "neg" and right.get(i["id"]) is False)
    recall = {f"{kind} {lang}": found[kind, lang] / n for (kind, lang), n in sorted(copies.items())}
    return recall, {kind: fell[kind] / n for kind, n in sorted(traps.items())}


def report(items: list[Item], merges: dict[str, str]) -> bool:
    """Print our figures by kind and language; return whether every goal of them holds."""
    recall, wrong = by_kind(merges, items)
    for name, share in recall.items():
        print(f"  found    {name:18} {share:.3f}")
    for name, share in wrong.items():
        print(f"  swallowed {name:17} {share:.4f}")
    languages = [scored(merges.items(), items, lang).f1 for lang in sorted({i["lang"] for i in items})]
    kinds = all(share >= (0.90 if name.startswith("update_url") else 0.97) for name, share in recall.items())
    return kinds and max(wrong.values(), default=0) <= 0.01 and max(languages) - min(languages) <= 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--peers", default=",".join(PEERS), help="comma list, or none")
    given = parser.parse_args()
    data = given.data or shared("dedup") / "dev.jsonl"
    items = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    begun = time.process_time()
    merges = dict(ours(items))
    took = time.process_time() - begun
    rows = {"ours": merges}
    for rule in PEERS:
        if rule in given.peers.split(","):
            rows[rule] = dict(theirs(rule, data))
    print(f"{'':10} {'precision':>9} {'recall':>7} {'F1':>7}   en F1   ko F1")
    for name, made in rows.items():
        whole, en, ko = (scored(made.items(), items, lang) for lang in ("", "en", "ko"))
        print(f"{name:10} {whole.precision:9.4f} {whole.recall:7.4f} {whole.f1:7.4f} {en.f1:7.4f} {ko.f1:7.4f}")
    holds = report(items, merges)
    whole = scored(merges.items(), items)
    rate = len(items) / took
    close(
        "dedupe",
        f"F1 {whole.f1:.4f}, precision {whole.precision:.4f}, {rate:.0f} entries/CPU s",
        "F1 >= 0.99, precision >= 0.998, languages within 0.01, copies >= 0.97 (update_url 0.90), traps <= 1 %",
        holds=holds and whole.f1 >= 0.99 and whole.precision >= 0.998,
    )


if __name__ == "__main__":
    main()
