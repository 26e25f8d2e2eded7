"""The feed that is served: 250 KB of text that compresses as feeds do."""

import gzip
import random
from datetime import UTC, datetime
from hashlib import sha256

from feeds.model.channel import MEDIA_TYPES, Rendition

PATH = "/atom.xml"
SIZE = 250_000


def _words() -> bytes:
    """Some text of which gzip leaves a fifth."""
    choose = random.Random(2026)  # the same bytes each time
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(choose.choices(letters, range(26, 0, -1), k=choose.randint(2, 11))) for _ in range(700)]
    ranks = [1 / (place + 1) for place in range(len(words))]
    return " ".join(choose.choices(words, ranks, k=SIZE // 5)).encode()


BODY = b'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><subtitle>%s</subtitle></feed>\n'


def body(revision: int) -> bytes:
    return BODY % (b"%d " % revision + _TEXT[:SIZE])


_TEXT = _words()


def rendition(revision: int) -> Rendition:
    made = body(revision)
    return Rendition(
        channel_id="all",
        format="atom",
        path=PATH,
        media_type=MEDIA_TYPES["atom"],
        pieces=(made,),
        etag=sha256(made).hexdigest()[:32],
        updated=datetime(2026, 11, 20, tzinfo=UTC),
        gzipped=gzip.compress(made, 1 if revision else 6, mtime=0),
    )
