"""Reads each file that a list names so many times, with one of the readers: `parse_peers.py READER LIST ROUNDS`."""

import io
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

Read = Callable[[bytes], Any]


def feedparser_as_it_comes() -> Read:
    import feedparser  # noqa: PLC0415

    return lambda body: feedparser.parse(io.BytesIO(body))


def feedparser_bare() -> Read:
    import feedparser  # noqa: PLC0415

    return lambda body: feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)


def fastfeedparser() -> Read:
    import fastfeedparser as peer  # type: ignore[import-not-found]  # noqa: PLC0415 - the peers have it alone

    return lambda body: peer.parse(body)  # noqa: PLW0108 - a peer has no types


def feedparser_rs() -> Read:
    import feedparser_rs as peer  # type: ignore[import-not-found]  # noqa: PLC0415 - the peers have it alone

    return lambda body: peer.parse(body)  # noqa: PLW0108 - a peer has no types


def ours() -> Read:
    from feeds.model.source import Document, Source  # noqa: PLC0415
    from feeds.parse import parse  # noqa: PLC0415

    source = Source(id="s", kind="feed", location="https://a.example/feed")
    return lambda body: parse(Document(url=source.location, body=body), source)


def ours_with_cleaning() -> Read:
    from feeds.core.entries.normalise import normalise  # noqa: PLC0415
    from feeds.model.source import Source  # noqa: PLC0415

    read, source = ours(), Source(id="s", kind="feed", location="https://a.example/feed")
    return lambda body: normalise(read(body), source, source.location)


READERS = {f.__name__: f for f in (feedparser_as_it_comes, feedparser_bare, fastfeedparser, feedparser_rs, ours)}
READERS["ours_with_cleaning"] = ours_with_cleaning

if __name__ == "__main__":
    read = READERS[sys.argv[1]]()
    bodies = [Path(path).read_bytes() for path in Path(sys.argv[2]).read_text(encoding="utf-8").split()]
    for _ in range(int(sys.argv[3])):
        for body in bodies:
            with suppress(Exception):  # what a reader does not read costs it time all the same
                read(body)
