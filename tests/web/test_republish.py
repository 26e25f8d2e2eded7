"""The store publishes, others read over the wire: nothing is ever half of one revision and half of another."""

import gzip
import threading
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from feeds.model.channel import Rendered, Rendition
from feeds.store import open_store
from tests.web.served import rendition, running

AT = datetime(2026, 1, 1, tzinfo=UTC)


def made(number: int) -> Rendition:
    body = b"<feed>%d</feed>" % number * 2000
    return replace(rendition("/atom.xml", "atom", body), etag=sha256(body).hexdigest()[:32])


def test_pub_17_readers_get_whole_revisions_while_others_are_published(tmp_path: Path) -> None:
    store, stop = open_store(f"sqlite:///{tmp_path}/feeds.db"), threading.Event()
    wrong: list[str] = []
    seen: set[str] = set()

    def publish(number: int) -> None:
        store.outbox.published("all", None, Rendered(renditions=(made(number),)), (), AT)

    def read(coding: str) -> None:
        while not stop.is_set():
            status, headers, body = web.get("/atom.xml", {"Accept-Encoding": coding})
            plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
            tag = headers["etag"].strip('"').removesuffix("-gzip")
            if status != 200 or sha256(plain).hexdigest()[:32] != tag:
                wrong.append(f"{status} {tag}")
            seen.add(tag)

    try:
        publish(0)
        with running(store.overview) as web:
            readers = [threading.Thread(target=read, args=(coding,)) for coding in ("identity", "gzip", "gzip")]
            for reader in readers:
                reader.start()
            for number in range(1, 200):
                publish(number)
            stop.set()
            for reader in readers:
                reader.join()
            status, headers, _ = web.get("/atom.xml", {"Accept-Encoding": "identity"})
        assert wrong == []
        assert (status, headers["etag"]) == (200, f'"{made(199).etag}"'), "and the last one at once"
        assert len(seen) > 1
    finally:
        store.close()


def test_what_another_process_publishes_is_found_by_a_look(tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path}/feeds.db"
    store = open_store(place)
    store.outbox.published("all", None, Rendered(renditions=(made(0),)), (), AT)
    beside = open_store(place, lock=False)
    other = beside.overview
    try:
        other.look()
        before = other.generation
        other.look()
        assert other.generation == before
        store.outbox.published("all", None, Rendered(renditions=(made(1),)), (), AT)
        other.look()
        assert other.generation == before + 1
        store.outbox.published("all", None, Rendered(renditions=(made(1),)), (), AT)
        store.outbox.vacate(["/atom.xml"])
        other.look()
        assert other.generation == before + 2
    finally:
        beside.close()
        store.close()
