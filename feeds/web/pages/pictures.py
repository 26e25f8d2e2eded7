"""Pictures of our own posts, sound and video among them, from disk: the ETag is of their bytes, and remembered as long
as their file bears the same stamp, so that who has a picture already costs no reading. Sound and video are read piece
by piece while they are sent.

Only what a published post points at is found. An SVG that somebody opens by itself may style itself, and nothing else.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from threading import Lock

from feeds.model.picture import PIECE, Hanging, picture_type
from feeds.web.pages.copies import MAX_AGE, Copy, answer, asking
from feeds.web.wire.codings import Coding, packed
from feeds.web.wire.http import HEADERS, Answer, Asked, Pieces
from feeds.web.wire.ranges import part

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
# Browsers make a page of what is heard or seen, and that page asks us for it again: not as nobody, as a sandbox would.
PLAYED = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"
TAGS = 4096  # that are remembered: half a megabyte
SETTLED = 2 * 10**9  # ns: a file may change once more within one tick of its file system's clock (FAT: 2 s)

Look = Callable[[str], Hanging | None]
"""Give the picture that published posts point at by its path, as it is now; None where none does, or it is missing."""


def nothing(_path: str) -> None:
    """There are no pictures."""


class Pictures:
    """What *look* finds, and the ETags of it that are known. *clock* gives seconds since 1970."""

    def __init__(self, look: Look, clock: Callable[[], float] = time.time) -> None:
        self._look, self._clock = look, clock
        self._tags: dict[tuple[str, tuple[int, int]], str] = {}
        self._reading = Lock()

    def get(self, asked: Asked) -> Answer | None:
        """Answer a request for a picture; None where there is none."""
        hanging = self._look(asked.path) if picture_type(asked.path) else None
        if hanging is None:
            return None
        now = int(self._clock())
        if hanging.pieces is not None:
            return self._recording(hanging, hanging.pieces, asked, now)
        if known := self._tags.get((asked.path, hanging.stamp)):
            unread = answer(_copy(hanging.media_type, b"", known), asking(asked.headers), now)
            if unread.status != 200:
                return unread
        try:
            body, stamp = hanging.read()
        except OSError:
            return None
        copy = _copy(hanging.media_type, body, self._tag(asked.path, stamp, (body,)))
        return part(answer(copy, asking(asked.headers), now), asked)

    def _recording(self, hanging: Hanging, pieces: Sequence[bytes], asked: Asked, now: int) -> Answer | None:
        """Answer from the file, piece by piece. Its ETag takes a reading of all of it, once; one at a time does so."""
        try:
            with self._reading:
                tag = self._tag(asked.path, hanging.stamp, pieces)
        except OSError:
            return None
        made = answer(_copy(hanging.media_type, b"", tag), asking(asked.headers), now)
        if made.status != 200:
            return made
        size = hanging.stamp[1]
        whole = Pieces(found=pieces, step=PIECE, size=size, wanted=range(size))
        return part(replace(made, pieces=whole), asked)

    def _tag(self, path: str, stamp: tuple[int, int], pieces: Sequence[bytes]) -> str:
        if known := self._tags.get((path, stamp)):
            return known
        digest = sha256()
        for piece in pieces:
            digest.update(piece)
        made = digest.hexdigest()[:32]
        if stamp[0] + SETTLED < self._clock() * 10**9:
            if len(self._tags) >= TAGS:
                self._tags.clear()
            self._tags[path, stamp] = made
        return made


def _copy(media_type: str, body: bytes, etag: str) -> Copy:
    bodies: dict[Coding, bytes] = {"identity": body}
    if media_type == "image/svg+xml":
        bodies["gzip"] = packed("gzip", body)
    return Copy(
        etag=etag,
        media_type=media_type,
        bodies=bodies,
        headers={
            **HEADERS,
            "Content-Security-Policy": POLICY if media_type.startswith("image/") else PLAYED,
            "Accept-Ranges": "bytes",
        },
        vary="Accept-Encoding",
        cache_control=f"public, max-age={MAX_AGE}",
    )
