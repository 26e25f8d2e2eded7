"""GET a rendition: strong ETags from bytes, 304, HEAD, gzip made once, and a page for browsers that open a feed.

A browser that navigates to a feed URL would show raw XML, or save it (measured: Chromium 156 and Firefox 153 dump or
download `application/atom+xml`), so it gets the channel's page. Everyone else gets the feed.
"""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from feeds.model.channel import PAGE_FORMATS, Rendition
from feeds.ports import Shelf
from feeds.web.http import HEADERS, PAGE_POLICY, Answer

CACHE_BYTES = 64 * 1024 * 1024
MAX_AGE = 300  # seconds a cache may answer for us; a correction is then at most five minutes late there

# Feeds need no script, frame or form: what a hostile entry smuggled past the cleaner still meets this wall.
POLICY = "default-src 'none'; style-src 'self'; sandbox"


@dataclass(frozen=True, slots=True)
class _Copy:
    rendition: Rendition
    gzipped: bytes

    @property
    def size(self) -> int:
        return len(self.rendition.body) + len(self.gzipped)


class Outputs:
    """Renditions from memory, checked against the shelf at each request, the least asked for dropped first."""

    def __init__(self, shelf: Shelf, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._shelf = shelf
        self._limit = cache_bytes
        self._copies: OrderedDict[str, _Copy] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Bytes in memory now."""
        return self._held

    def get(self, path: str, headers: Mapping[str, str]) -> Answer | None:
        """Answer a request for *path* (percent-decoded, starting with '/'); None where nothing is published.

        *headers* are the request's, with lower-case names.
        """
        if path.endswith("/"):
            path += "index.html"
        copy = self._copy(path)
        if copy is None:
            return self._folder(path)
        page = self._page_instead(path, copy, headers)
        return _answer(page or copy, headers, navigated=page is not None)

    def _copy(self, path: str) -> _Copy | None:
        stamp = self._shelf.stamp(path)
        with self._lock:
            held = self._copies.get(path)
            if held and held.rendition.etag == stamp:
                self._copies.move_to_end(path)
                return held
        rendition = self._shelf.rendition(path) if stamp else None
        if rendition is None:
            return None
        copy = _Copy(rendition, rendition.gzipped or gzip.compress(rendition.body, 6, mtime=0))
        self._keep(path, copy)
        return copy

    def _keep(self, path: str, copy: _Copy) -> None:
        with self._lock:
            if old := self._copies.pop(path, None):
                self._held -= old.size
            self._copies[path] = copy
            self._held += copy.size
            while self._held > self._limit and self._copies:
                self._held -= self._copies.popitem(last=False)[1].size

    def _folder(self, path: str) -> Answer | None:
        """Lead `/tech` to `/tech/`, where that is a channel's page."""
        if path.endswith("/index.html") or self._shelf.stamp(f"{path}/index.html") is None:
            return None
        # relative, so that no Host header can choose where it leads
        return Answer(status=301, headers={**HEADERS, "Location": quote(path.rpartition("/")[2]) + "/"})

    def _page_instead(self, path: str, copy: _Copy, headers: Mapping[str, str]) -> _Copy | None:
        if copy.rendition.format in PAGE_FORMATS or not _navigates(headers):
            return None
        return self._copy(path.rpartition("/")[0] + "/index.html")


def _navigates(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser opens this as a page: it wants HTML, names no feed type and says `document`."""
    accept = headers.get("accept", "")
    names_feed = any(t in accept for t in ("atom+xml", "rss+xml", "feed+json", "opml"))
    return "text/html" in accept and not names_feed and headers.get("sec-fetch-dest") == "document"


def _answer(copy: _Copy, headers: Mapping[str, str], *, navigated: bool) -> Answer:
    rendition = copy.rendition
    zipped = _accepts_gzip(headers.get("accept-encoding", ""))
    etag = f'"{rendition.etag}-gzip"' if zipped else f'"{rendition.etag}"'
    is_page = rendition.format in PAGE_FORMATS
    given = {
        **HEADERS,
        "Content-Type": _media_type(rendition, headers),
        "ETag": etag,
        "Vary": "Accept-Encoding" if is_page and not navigated else "Accept, Accept-Encoding, Sec-Fetch-Dest",
        "Cache-Control": "private, no-store" if navigated else f"public, max-age={MAX_AGE}",
        "Content-Security-Policy": PAGE_POLICY if is_page else POLICY,
    }
    if rendition.format != "gone" and _matches(headers.get("if-none-match", ""), rendition.etag):
        del given["Content-Type"]
        return Answer(status=304, headers=given)
    if zipped:
        given["Content-Encoding"] = "gzip"
    status = 410 if rendition.format == "gone" else 200  # RFC 9110 §15.5.11
    return Answer(status=status, headers=given, body=copy.gzipped if zipped else rendition.body)


def _media_type(rendition: Rendition, headers: Mapping[str, str]) -> str:
    """Send XML feeds as plain XML to whoever also wants HTML: browsers then show them, and do not save them."""
    if rendition.format in ("atom", "rss", "opml") and "text/html" in headers.get("accept", ""):
        return "application/xml; charset=utf-8"
    return rendition.media_type


def _accepts_gzip(accept: str) -> bool:
    for item in accept.lower().split(","):
        coding, _, weight = item.strip().partition(";")
        if coding.strip() in ("gzip", "x-gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _matches(given: str, etag: str) -> bool:
    """Compare If-None-Match weakly (RFC 9110 §13.1.2): either coding of the same bytes is known to the client."""
    if given.strip() == "*":
        return True
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in given.split(",")}
    return etag in {tag.removesuffix("-gzip") for tag in tags}


def decoded(path: str) -> str:
    """Return a request path as text; '' where it is not one that could be published."""
    try:
        text = unquote(path, errors="strict")
    except UnicodeDecodeError:
        return ""
    parts = text.split("/")
    unsafe = any(p in (".", "..") for p in parts) or "//" in text or "\\" in text or any(ord(c) < 32 for c in text)
    return "" if unsafe or len(text) > 1000 or not text.startswith("/") else text
