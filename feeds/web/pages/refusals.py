"""Refusals for people: where a browser opens a page and is refused, it gets a page of the site, not a line of text.

Programs keep the line: feed readers and hubs, for they ask for no HTML or name a feed type, and the API, whose problems
are JSON. What the connection itself refuses (`protocol.py`: no HTTP, headers without end) stays plain as well, and so
does a host that is not ours, which has no site. The page depends on the status alone: it tells no more than the line
does (SRV-01, SRV-27).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from feeds.web.wire.http import HEADERS, PAGE_POLICY

logger = logging.getLogger(__name__)

Draw = Callable[[int], bytes]
"""Return the page for a status."""
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Sent with the page and with the line that it stands in for: caches may keep a 404 (RFC 9110 §15.1).
VARY = b"Accept, Sec-Fetch-Dest"
_FEEDS = ("atom+xml", "rss+xml", "feed+json", "opml")
_PAGE = {
    **HEADERS,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": PAGE_POLICY,
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


def wants_page(headers: Mapping[str, str]) -> bool:
    """Tell whether a person looks at the answer; names of *headers* are in lower case.

    Browsers that name no destination (Safari before 16.4) are known by asking for HTML before all else.
    """
    accept = headers.get("accept", "").lower()
    if "text/html" not in accept or any(name in accept for name in _FEEDS):
        return False
    return headers.get("sec-fetch-dest", "document") == "document" and not accept.startswith("*/*")


def dressed(send: Send, draw: Draw, *, page: bool) -> Send:
    """Return *send* with every refusal in plain text made a page where *page* says so."""
    body: list[bytes] = []

    async def sends(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = await _begun(message, draw if page else None, body)
        elif body:
            if body[0]:
                await send({"type": "http.response.body", "body": body[0]})
                body[0] = b""
            return
        await send(message)

    return sends


async def _begun(message: MutableMapping[str, Any], draw: Draw | None, body: list[bytes]) -> MutableMapping[str, Any]:
    status, headers = message["status"], [(name.lower(), value) for name, value in message.get("headers", ())]
    plain = any(name == b"content-type" and value.startswith(b"text/plain") for name, value in headers)
    if status < 400 or not plain:
        return message
    kept = [pair for pair in headers if pair[0] != b"vary"]
    varies = b", ".join([VARY, *(value for name, value in headers if name == b"vary")])
    made = b""
    if draw:
        try:
            made = await asyncio.to_thread(draw, status)
        except Exception:  # the refusal is answered, whatever became of its page
            logger.exception("page of a refusal failed status=%d", status)
    if made:
        body.append(made)
        given = {name.lower().encode(): value.encode() for name, value in _PAGE.items()}
        kept = [*(p for p in kept if p[0] not in given and p[0] != b"content-length"), *given.items()]
        kept.append((b"content-length", str(len(made)).encode()))
    return {**message, "headers": [*kept, (b"vary", varies)]}
