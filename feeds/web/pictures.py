"""Pictures of our own posts, read from disk for each request and kept nowhere: the ETag is of their bytes.

Only what a published post points at is found. An SVG that somebody opens by itself may style itself, and nothing else.
"""

import time
from collections.abc import Callable
from hashlib import sha256

from feeds.model.picture import Hung, picture_type
from feeds.web.codings import Coding, packed
from feeds.web.copies import MAX_AGE, Copy, answer, asking
from feeds.web.http import HEADERS, Answer, Asked

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

Look = Callable[[str], Hung | None]
"""Give the picture that published posts point at by its path, as it is now; None where none does, or it is missing."""


def nothing(_path: str) -> None:
    """There are no pictures."""


def picture(look: Look, asked: Asked) -> Answer | None:
    """Answer a request for a picture; None where there is none."""
    hung = look(asked.path) if picture_type(asked.path) else None
    if hung is None:
        return None
    body = b"".join(hung.pieces)
    bodies: dict[Coding, bytes] = {"identity": body}
    if hung.media_type == "image/svg+xml":
        bodies["gzip"] = packed("gzip", body)
    copy = Copy(
        etag=sha256(body).hexdigest()[:32],
        media_type=hung.media_type,
        bodies=bodies,
        headers={**HEADERS, "Content-Security-Policy": POLICY},
        vary="Accept-Encoding",
        cache_control=f"public, max-age={MAX_AGE}",
    )
    return answer(copy, asking(asked.headers), int(time.time()))
