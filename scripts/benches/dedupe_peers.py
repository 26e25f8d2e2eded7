"""The peers of the bench `dedupe`, run by their own Python: one rule a call, merges as JSON lines.

`python dedupe_peers.py RULE FILE` prints `[id, id of the entry that it was merged with]` for each merge, in order, and
at last `{"seconds": of CPU, "bytes": of what it must keep}`: its index as Python pickles it.
Each rule is what its documentation or code says, on the same stream: an entry is compared with those before it.
"""

import html
import json
import pickle
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from typing import Any

Item = dict[str, Any]
Merge = tuple[str, str]
Merges = Generator[Merge, None, object]
"""Merges as they are made; what it returns is its index."""


MOST = 4  # entries of one group of `reader`, the new one among them: its max_candidate_group_size


def plain(item: Item) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", item["html"]))


def guid(items: list[Item]) -> Merges:
    """Miniflux, Planet Venus, NewsBlur: the guid within one feed."""
    first: dict[object, str] = {}
    for item in items:
        found = first.setdefault((item["feed"], item["guid"]), item["id"])
        if found != item["id"]:
            yield item["id"], found
    return first


def freshrss(items: list[Item]) -> Merges:
    """FreshRSS: the guid, or the same title in the same feed (its option, app/Models/Feed.php)."""
    seen: dict[object, str] = {}
    for item in items:
        keys = [(item["feed"], item["guid"]), (item["feed"], "title", item["title"])]
        found = next((seen[k] for k in keys if k in seen), None)
        if found:
            yield item["id"], found
        for key in keys:
            seen.setdefault(key, found or item["id"])
    return seen


def reader(items: list[Item]) -> Merges:
    """`reader`'s entry_dedupe plugin, its own functions, all entries as one feed: within each it finds less.

    Candidates in its order: the same link, title, second of publishing, title without the prefix of its feed; of more
    than four none is believed. Prefixes are learned from all titles at once, so it knows more than it would live.
    """
    from types import SimpleNamespace  # noqa: PLC0415

    from reader.plugins import entry_dedupe as plugin  # type: ignore[import-not-found]  # noqa: PLC0415 - peers have it

    title = plugin.tokenize_title
    bare = plugin.StripPrefixTokenizer([i["title"] for i in items], title)
    keys: tuple[Callable[[Item], object], ...] = (
        lambda i: plugin.normalize_url(i["url"]),
        lambda i: title(i["title"]),
        lambda i: i["published"],
        lambda i: bare(i["title"]),
    )
    groups: list[dict[object, list[str]]] = [defaultdict(list) for _ in keys]
    entries: dict[str, Any] = {}
    for item in items:
        mine = SimpleNamespace(summary=None, content=[SimpleNamespace(value=item["html"])])
        named = [key(item) for key in keys]
        likely = (group[name] for group, name in zip(groups, named, strict=True) if name and len(group[name]) < MOST)
        match = next((o for some in likely for o in some if plugin.is_duplicate_entry(entries[o], mine)), None)
        if match:
            yield item["id"], match
            continue
        entries[item["id"]] = mine
        for group, name in zip(groups, named, strict=True):
            if name:
                group[name].append(item["id"])
    return [dict(group) for group in groups], {id: e.content[0].value for id, e in entries.items()}


def minhash(items: list[Item]) -> Merges:
    """MinHash LSH over three-word shingles, Jaccard .5 (datasketch)."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415

    index = MinHashLSH(threshold=0.5, num_perm=128)
    for item in items:
        words = re.findall(r"\w+", f"{item['title']} {plain(item)}".lower())
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(words[n : n + 3]).encode() for n in range(max(1, len(words) - 2))])
        found = index.query(sketch)
        if found:
            yield item["id"], min(found)
        else:
            index.insert(item["id"], sketch)
    return index


def tfidf(items: list[Item]) -> Merges:
    """TF-IDF of words, cosine .8, weights from the whole set: not incremental, so better than it could be live."""
    import numpy  # noqa: PLC0415
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    matrix = TfidfVectorizer(token_pattern=r"\w+").fit_transform([f"{i['title']} {plain(i)}" for i in items])
    for n, item in enumerate(items):
        if n:
            alike = (matrix[:n] @ matrix[n].T).toarray().ravel()
            best = int(numpy.argmax(alike))
            if alike[best] >= 0.8:
                yield item["id"], items[best]["id"]
    return matrix


RULES = {"guid": guid, "freshrss": freshrss, "reader": reader, "minhash": minhash, "tfidf": tfidf}


def run(rule: str, items: list[Item]) -> None:
    begun, merges = time.process_time(), RULES[rule](items)
    while True:
        try:
            print(json.dumps(next(merges)))
        except StopIteration as end:
            took = time.process_time() - begun
            print(json.dumps({"seconds": took, "bytes": len(pickle.dumps(end.value))}))
            return


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        run(sys.argv[1], [json.loads(line) for line in file])
