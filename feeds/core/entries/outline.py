"""What is remembered of the last document of a source, so that only what is new in the next one is read.

An outline is a digest of the document's frame (all outside its items), the time at which the document was last read
whole, and of each item a digest of its bytes and one of its entry's id: 16 bytes and 16 an item, as one text of bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Self

from feeds.core.entries.identity import guid_key

WHOLE = timedelta(hours=12)
"""A document is read whole at least so often where it changes: what was in it is noted to the day (`last_seen`)."""

MOST = 1000  # items; a longer outline would weigh more than it saves
_PART = 8


@dataclass(frozen=True, slots=True)
class Outline:
    """*items* by place: digest of the bytes, digest of the id."""

    frame: bytes
    whole: datetime
    items: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def read(cls, data: bytes) -> Self | None:
        """Return what `packed` wrote; None where nothing is remembered."""
        if len(data) < 2 * _PART or len(data) % (2 * _PART):
            return None
        parts = [data[at : at + _PART] for at in range(0, len(data), _PART)]
        seconds = int.from_bytes(parts[1], "big")
        return cls(parts[0], datetime.fromtimestamp(seconds, UTC), tuple(zip(parts[2::2], parts[3::2], strict=True)))

    def packed(self) -> bytes:
        seconds = int(self.whole.timestamp()).to_bytes(_PART, "big")
        return b"".join([self.frame, seconds, *(part for item in self.items for part in item)])

    def holds(self, frame: bytes, now: datetime) -> bool:
        """Tell whether what is remembered may be relied upon for a document with *frame*."""
        return frame == self.frame and timedelta(0) <= now - self.whole < WHOLE


def id_digest(guid: str) -> bytes:
    return blake2b(guid_key(guid).encode("utf-8", "replace"), digest_size=_PART).digest()


def outlined(frame: bytes, whole: datetime, digests: Sequence[bytes], ids: Sequence[bytes]) -> bytes:
    """Return the outline to remember; nothing where two items share an id, for then each must be seen beside the other.

    *ids* by the place of the item.
    """
    if len(digests) != len(ids) or len(set(ids)) != len(ids) or len(ids) > MOST:
        return b""
    return Outline(frame, whole, tuple(zip(digests, ids, strict=True))).packed()
