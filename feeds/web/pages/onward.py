"""`?before=POINT` at the page of a channel: the stories behind that point of its order.

Made for each request and told apart by its bytes, as the page itself is: the same rules for those who keep it.
"""

import time
from hashlib import sha256

from feeds.ports.showing import Turned
from feeds.web.pages.copies import MAX_AGE, Copy, answer, asking
from feeds.web.wire.codings import QUICK, Coding, ranked, squeezed
from feeds.web.wire.http import HEADERS, NOT_FOUND, PAGE_POLICY, Answer, Asked, text

BEFORE = "before"


def nowhere(_file: str, _point: str) -> None:
    """There are no older stories."""


def older(turned: Turned, file: str, asked: Asked) -> Answer | None:
    """Answer a request for what lies behind a point; None where it asks for none, or *file* is no channel's page."""
    point = asked.parameters.get(BEFORE) if BEFORE in asked.query else None
    body = None if point is None else turned(file, point)
    if point is None or body is None:
        return None
    if not body:
        return text(NOT_FOUND, 404)
    bodies: dict[Coding, bytes] = {"identity": body}
    for coding in ranked(asked.headers.get("accept-encoding"))[:1]:
        bodies[coding] = body if coding == "identity" else squeezed(coding, body, QUICK)
    copy = Copy(
        etag=sha256(body).hexdigest()[:32],
        media_type="text/html; charset=utf-8",
        bodies=bodies,
        headers={**HEADERS, "Content-Security-Policy": PAGE_POLICY},
        vary="Accept-Encoding",
        cache_control=f"public, max-age={MAX_AGE}",
    )
    return answer(copy, asking(asked.headers), int(time.time()))
