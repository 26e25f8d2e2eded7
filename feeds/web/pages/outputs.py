"""GET a rendition from memory, checked against the shelf whenever something was published.

A browser that navigates to a feed URL would show raw XML, or save it (measured: Chromium 156 and Firefox 153 dump or
download `application/atom+xml`), so it gets the channel's page. Everyone else gets the feed.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from types import MappingProxyType
from urllib.parse import quote, unquote

from feeds.ports.resting import Woken
from feeds.ports.showing import Shelf
from feeds.web.pages.copies import FIXED, Asking, Copy, answer, asking, asset, copy_of, late
from feeds.web.wire.codings import Coding, packed
from feeds.web.wire.http import HEADERS, Answer

CACHE_BYTES = 64 * 1024 * 1024
MEMOS, MEMO_BYTES = 256, 1024  # requests that are known by their bytes: so many of a copy, and how long
REDIRECT_AGE = 3600  # seconds that a cache may lead on by itself
_INDEX = "index.html"
_MADE_LATER: tuple[Coding, ...] = ("br", "zstd")


class Outputs:
    """Renditions from memory, the least asked for dropped first; *assets* are fixed files by path: type and bytes.

    *prefix* is the path of the site's address, without a slash at its end. Codings beyond gzip are made by *beside*,
    one revision after another, and sent once they are there; without it they are not made. *woken* has brought out what
    rests until somebody asks for it: it is asked before a copy is taken for current.
    """

    def __init__(
        self,
        shelf: Shelf,
        assets: Mapping[str, tuple[str, bytes]] = MappingProxyType({}),
        *,
        prefix: str = "",
        cache_bytes: int = CACHE_BYTES,
        beside: Executor | None = None,
        clock: Callable[[], float] = time.time,
        woken: Woken = lambda _: True,
    ) -> None:
        self._shelf, self._prefix, self._beside, self._clock, self._woken = shelf, prefix, beside, clock, woken
        self._assets = {path: asset(media_type, body) for path, (media_type, body) in assets.items()}
        self._limit = cache_bytes
        self._copies: OrderedDict[str, Copy] = OrderedDict()
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
        asked = asking(headers)
        file = file_at(path)
        copy = self._assets.get(path) or self._current(file)
        if copy is None:
            return self._elsewhere(path, file)
        if not copy.is_page and asked.navigates:
            page = self._current(_page_beside(file))
            if page:
                return answer(page, asked, int(self._clock()), navigated=True)
        return answer(copy, asked, int(self._clock()))

    def has(self, path: str) -> bool:
        """Tell whether *path* is in memory."""
        return path in self._assets or file_at(path) in self._copies

    def held_at(self, path: str) -> Copy | None:
        """Return what is in memory and current."""
        copy = self._copies.get(path)
        if copy is None:
            copy = self._assets.get(path) or self._copies.get(file_at(path))
        return copy if copy and copy.generation in (self._shelf.generation, FIXED) else None

    def at_hand(self, path: str, copy: Copy, asked: Asking) -> Answer | None:
        """Answer with *copy*, from memory alone, as `get` would; None where more work is needed for it."""
        if not copy.is_page and asked.navigates:
            return None
        if asked.a_im and copy.etag not in (asked.if_none_match or ""):  # what is new to this client takes work
            return None
        if self._beside and not copy.packing and copy.wants_packing:
            return None
        self._used(file_at(path))
        return answer(copy, asked, int(self._clock()))

    def remember(self, path: str, copy: Copy, key: object, size: int, made: tuple[str, Answer]) -> None:
        """Keep under *key*, of about *size* bytes, what the same request gets as long as the copy is current."""
        with self._lock:
            if self._copies.get(file_at(path)) is copy and size <= MEMO_BYTES and len(copy.memo) < MEMOS:
                copy.memo[key] = made
                copy.weight += size
                self._held += size

    def forget(self) -> None:
        """Drop what is in memory, with what was remembered of those who asked for it."""
        with self._lock:
            self._copies.clear()
            self._held = 0

    def _current(self, path: str) -> Copy | None:
        generation = self._shelf.generation  # before the shelf is asked: what comes after it is found next time
        held = self._copies.get(path)
        if held is None or held.generation != generation:
            if not self._woken(path):
                return self._late(path)
            stamp = self._shelf.stamp(path)
            if held and held.etag == stamp:
                held.generation = generation
            else:
                rendition = self._shelf.rendition(path) if stamp else None
                held = self._keep(path, copy_of(rendition, generation) if rendition else None)
        else:
            self._used(path)
        if held and self._beside and not held.packing and held.wants_packing:
            held.packing = True
            self._beside.submit(self._pack, path, held)
        return held

    def _late(self, path: str) -> Copy | None:
        """What is there, though it is not the latest: it is not kept, so that the next request is for the latest."""
        rendition = self._shelf.rendition(path)
        return late(copy_of(rendition, 0)) if rendition else None

    def _used(self, path: str) -> None:
        with suppress(KeyError):  # dropped meanwhile
            self._copies.move_to_end(path)

    def _keep(self, path: str, copy: Copy | None) -> Copy | None:
        with self._lock:
            if old := self._copies.pop(path, None):
                self._held -= old.weight
            if copy:
                copy.weight = copy.size
                self._copies[path] = copy
                self._held += copy.weight
            while self._held > self._limit and self._copies:
                self._held -= self._copies.popitem(last=False)[1].weight
        return copy

    def _pack(self, path: str, copy: Copy) -> None:
        """Make the codings that clients like best, unless the revision has gone meanwhile."""
        made = {c: packed(c, copy.bodies["identity"]) for c in _MADE_LATER if self._copies.get(path) is copy}
        with self._lock:
            if self._copies.get(path) is copy:
                copy.bodies = {**copy.bodies, **made}
                copy.known, copy.memo = {}, {}  # what was answered before was of other codings
                self._held += copy.size - copy.weight
                copy.weight = copy.size

    def _elsewhere(self, path: str, file: str) -> Answer | None:
        """Lead `/tech` to `/tech/` where that is a channel's page, and to where a channel moved."""
        if not file.endswith("/" + _INDEX) and self._shelf.stamp(f"{path}/{_INDEX}") is not None:
            # relative, so that it holds behind any prefix, and no Host header can choose where it leads
            return _redirect(quote(path.rpartition("/")[2]) + "/")
        moved = self._shelf.moved(file)
        if moved is None and file == path:
            moved = self._shelf.moved(f"{path}/{_INDEX}")
        return _redirect(self._prefix + quote(moved.removesuffix(_INDEX))) if moved else None


def file_at(path: str) -> str:
    """Return the file that *path* is answered with: of a folder its page."""
    return path + _INDEX if path.endswith("/") else path


def _page_beside(path: str) -> str:
    return path.rpartition("/")[0] + "/" + _INDEX


def _redirect(location: str) -> Answer:
    return Answer(
        status=301, headers={**HEADERS, "Location": location, "Cache-Control": f"public, max-age={REDIRECT_AGE}"}
    )


def decoded(path: str) -> str:
    """Return a request path as text; '' where it is not one that could be published."""
    try:
        text = unquote(path, errors="strict")
    except UnicodeDecodeError:
        return ""
    parts = text.split("/")
    unsafe = any(p in (".", "..") for p in parts) or "//" in text or "\\" in text or any(ord(c) < 32 for c in text)
    return "" if unsafe or len(text) > 1000 or not text.startswith("/") else text
