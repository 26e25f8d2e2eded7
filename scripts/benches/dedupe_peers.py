"""The peers of the bench `dedupe`, run by their own Python: one rule a call, merges as JSON lines.

`python dedupe_peers.py RULE FILE` prints `[id, id of the entry that it was merged with]` for each merge, in order.
Each rule is what its documentation or code says, on the same stream: an entry is compared with those before it.
"""

import html
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Item = dict[str, Any]
Merge = tuple[str, str]


def plain(item: Item) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", item["html"]))


def by_key(items: Iterable[Item], key: Callable[[Item], object]) -> Iterator[Merge]:
    first: dict[object, str] = {}
    for item in items:
        found = first.setdefault(key(item), item["id"])
        if found != item["id"]:
            yield item["id"], found


def guid(items: list[Item]) -> Iterator[Merge]:
    """Miniflux, Planet Venus, NewsBlur: the guid within one feed."""
    return by_key(items, lambda i: (i["feed"], i["guid"]))


def freshrss(items: list[Item]) -> Iterator[Merge]:
    """FreshRSS: the guid, or the same title in the same feed (its option, app/Models/Feed.php)."""
    seen: dict[object, str] = {}
    for item in items:
        keys = [(item["feed"], item["guid"]), (item["feed"], "title", item["title"])]
        found = next((seen[k] for k in keys if k in seen), None)
        if found:
            yield item["id"], found
        for key in keys:
            seen.setdefault(key, found or item["id"])


def reader(items: list[Item]) -> Iterator[Merge]:
    """`reader`'s entry_dedupe plugin, its own function, over candidates of equal title or link in all feeds."""
    from reader.plugins import entry_dedupe  # type: ignore[import-not-found]  # noqa: PLC0415 - the peers have it alone

    same = entry_dedupe.is_duplicate_entry if hasattr(entry_dedupe, "is_duplicate_entry") else None
    if same is None:
        raise SystemExit("this release of reader names its rule otherwise")
    from types import SimpleNamespace  # noqa: PLC0415

    groups: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for item in items:
        text = SimpleNamespace(value=item["html"], type="text/html", language=None, is_html=True)
        entry = SimpleNamespace(
            title=item["title"], link=item["url"], summary=None, content=[text],
            get_content=lambda prefer_summary=False, text=text: text,
        )  # fmt: skip
        for key in (item["title"], item["url"]):
            match = next((i for i, e in groups[key][-8:] if same(e, entry)), None)
            if match:
                yield item["id"], match
                break
        else:
            for key in (item["title"], item["url"]):
                groups[key].append((item["id"], entry))


def minhash(items: list[Item]) -> Iterator[Merge]:
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


def tfidf(items: list[Item]) -> Iterator[Merge]:
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


RULES = {"guid": guid, "freshrss": freshrss, "reader": reader, "minhash": minhash, "tfidf": tfidf}

if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        stream = [json.loads(line) for line in file]
    for merge in RULES[sys.argv[1]](stream):
        print(json.dumps(merge))
