"""Ids of sources that nobody named: readable, unique, and the same on every machine and every day."""

import re
from collections.abc import Container
from hashlib import sha256
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

LONGEST = 80  # characters; longer ones end in a hash


def from_url(url: str) -> str:
    """Return host, path and query as one word: `https://www.a.example/blog/feed.xml` is `a.example-blog-feed.xml`.

    Nothing but scheme, `www.` and signs is left out, so that two addresses seldom give one word.
    """
    parts = urlsplit(url)
    return _word(f"{(parts.hostname or '').removeprefix('www.')} {unquote(parts.path)} {unquote(parts.query)}")


def from_path(path: str) -> str:
    """Return the last part of a path without its extension: `./saved/daily.xml` is `daily`."""
    last = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return _word(last.rpartition(".")[0] or last)


def unique(name: str, place: str, taken: Container[str]) -> str:
    """Return *name*, or *name* with a hash of *place* behind it where it is taken."""
    if name not in taken:
        return name
    digest = sha256(place.encode()).hexdigest()
    return next(n for size in range(6, 64) if (n := f"{name}-{digest[:size]}") not in taken)


def _word(text: str) -> str:
    word = re.sub(r"[^\w.]+|_+", "-", normalize("NFC", text).casefold()).strip("-.") or "source"
    if len(word) <= LONGEST:
        return word
    return f"{word[: LONGEST - 9].rstrip('-.')}-{sha256(word.encode()).hexdigest()[:8]}"
