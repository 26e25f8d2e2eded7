"""`blocks.py DATABASE URLS`: one refresh by the parts alone that any program of this kind stands on, in Python.

libcurl asks for each of URLS with the ETag that it gave, lxml reads a body that has another hash than before, nh3
cleans what an unknown guid brings, SQLite keeps it. No politeness, no guard, no dates, no comparing of stories, no
categories, nothing marked to be published: less can no aggregator do with these parts. So what this takes is the floor
under what we take, and what a peer takes beside it is what could be reached at best.
"""

import json
import sqlite3
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import nh3
import pycurl
from lxml import etree

from refreshing.cpu import used

LINES = 64  # connections at a time, as many as ours
_BODIES = frozenset({"encoded", "content", "description", "summary"})


def fetched(feeds: dict[str, tuple[str, str]]) -> dict[str, tuple[int, str, bytes]]:
    """Ask for each url with its ETag, and return status, ETag and body of each."""
    multi, todo, found = pycurl.CurlMulti(), list(feeds.items()), dict[str, tuple[int, str, bytes]]()
    idle, busy = [pycurl.Curl() for _ in range(LINES)], 0
    while todo or busy:
        while todo and idle:
            url, (etag, _) = todo.pop()
            _load(idle[-1], url, etag)
            multi.add_handle(idle.pop())
            busy += 1
        while multi.perform()[0] == pycurl.E_CALL_MULTI_PERFORM:
            pass
        _, good, bad = multi.info_read()
        assert not bad, bad
        for easy in good:
            multi.remove_handle(easy)
            etags = [h[5:].strip().decode() for h in easy.head if h[:5].lower() == b"etag:"]
            found[easy.url] = (easy.getinfo(pycurl.RESPONSE_CODE), "".join(etags), b"".join(easy.body))
            idle.append(easy)
            busy -= 1
        if not good:
            multi.select(1)
    return found


def _load(easy: Any, url: str, etag: str) -> None:
    easy.url, easy.head, easy.body = url, list[bytes](), list[bytes]()
    for option, value in {
        pycurl.URL: url,
        pycurl.PROXY: "",
        pycurl.NOSIGNAL: 1,
        pycurl.BUFFERSIZE: 1 << 16,
        pycurl.HTTPHEADER: [f"If-None-Match: {etag}"] if etag else [],
        pycurl.HEADERFUNCTION: easy.head.append,
        pycurl.WRITEFUNCTION: easy.body.append,
    }.items():
        easy.setopt(option, value)


def entries(body: bytes) -> list[tuple[str, str, str]]:
    """Return guid, title and the longest text of each item."""
    found = []
    for item in etree.fromstring(body).iter("{*}item", "{*}entry"):
        texts = {str(child.tag).rpartition("}")[2]: (child.text or "").strip() for child in item}
        longest = max((texts.get(name, "") for name in _BODIES), key=len)
        found.append((texts.get("guid") or texts["id"], texts["title"], longest))
    return found


def main(database: str, listed: str) -> None:
    urls = Path(listed).read_text().split()
    store = sqlite3.connect(database)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("PRAGMA synchronous=NORMAL")
    store.execute("CREATE TABLE IF NOT EXISTS feeds (url TEXT PRIMARY KEY, etag TEXT, hash TEXT, checked INTEGER)")
    store.execute("CREATE TABLE IF NOT EXISTS entries (feed TEXT, guid TEXT, title, body, PRIMARY KEY (feed, guid))")
    before = used()
    known = dict.fromkeys(urls, ("", ""))
    known |= {url: (etag, hash) for url, etag, hash in store.execute("SELECT url, etag, hash FROM feeds")}
    told, new = [], []
    for url, (status, etag, body) in fetched(known).items():
        hash = known[url][1] if status == 304 else sha256(body).hexdigest()
        told.append((url, etag, hash))
        if hash != known[url][1]:
            held = {guid for (guid,) in store.execute("SELECT guid FROM entries WHERE feed = ?", (url,))}
            new += [(url, g, nh3.clean_text(t), nh3.clean(text)) for g, t, text in entries(body) if g not in held]
    with store:
        store.executemany("REPLACE INTO feeds VALUES (?, ?, ?, unixepoch())", told)
        store.executemany("INSERT INTO entries VALUES (?, ?, ?, ?)", new)
    print(json.dumps({"work": used() - before}))
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
