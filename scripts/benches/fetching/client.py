"""One client's share of the bench: client.py WAY URLS AUTHORITIES KNOWN, where WAY is curl, requests or plain.

URLS is a file with one url a line; KNOWN is `known` to send the validators, else `new`. Prints the CPU seconds
of asking, without those of starting up, and how many answers came of each kind.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import process_time

import requests

from feeds.fetch import Way, fetcher
from feeds.model.source import Source, SourceState, Validators
from feeds.net import Client

MODIFIED = "Tue, 24 Nov 2026 10:00:00 GMT"


def ours(way: Way, urls: list[str], authorities: str, known: bool) -> Iterable[int]:
    validators = Validators(etag='"7"', last_modified=MODIFIED) if known else Validators()
    pairs = [
        (
            Source(id=str(n), kind="feed", location=url),
            SourceState(source_id=str(n), due=datetime.now(UTC), validators=validators),
        )
        for n, url in enumerate(urls)
    ]
    client = Client({url.split("/")[2] for url in urls}, "feeds", authorities=authorities)
    ask = fetcher(client, per_host=1, workers=16, way=way)
    return (fetched.status for fetched in ask(pairs))


def plain(urls: list[str], authorities: str, known: bool) -> Iterable[int]:
    headers = {"User-Agent": "feeds", **({"If-None-Match": '"7"', "If-Modified-Since": MODIFIED} if known else {})}
    return (_status(requests.get(url, headers=headers, timeout=20, verify=authorities)) for url in urls)


def _status(response: requests.Response) -> int:
    return response.status_code if response.content or response.status_code == 304 else 0


if __name__ == "__main__":
    way, file, authorities, known = sys.argv[1:]
    ways: dict[str, Callable[[list[str], str, bool], Iterable[int]]] = {
        "plain": plain,
        "curl": partial(ours, "curl"),
        "requests": partial(ours, "requests"),
    }
    answers = ways[way](Path(file).read_text("ascii").split(), authorities, known == "known")
    begun = process_time()
    counts = Counter(answers)
    print(process_time() - begun, *(f"{status}:{count}" for status, count in counts.items()))
