"""One version of a rendition after another: when it changed, which of its parts it had before, what it was.

A client names the version that it has by its etag; the parts that came since are what is new to it (RFC 3229). Each
part says since which version it stood there without a gap: 16 bytes a part and 33 a version remembered, and no lists
of the past.
"""

import struct
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from feeds.model.channel import Part, Rendition

REMEMBERED = 48
"""Versions before the present one: twelve hours of a feed that changes each quarter of an hour."""

_PART = struct.Struct(">I8sI")


class Before(Protocol):
    """The columns of a rendition that its next version depends on."""

    path: str
    etag: str
    version: int
    modified: datetime | None
    updated: datetime
    parts: bytes
    past: str


def following(rendition: Rendition, before: Before | None, now: datetime) -> dict[str, Any]:
    """Return what the row of *rendition* says of its history, as it comes after *before* at its path."""
    if before is None or before.path != rendition.path:
        version = 1 if before is None else before.version + 1
        return {"version": version, "modified": now, "parts": pack(_since(rendition.parts, {}, version)), "past": ""}
    version = before.version + 1
    known = {part.mark: part.since for part in unpack(before.parts)}
    return {
        "version": version,
        "modified": _later(before.modified or before.updated, now),
        "parts": pack(_since(rendition.parts, known, version)),
        "past": " ".join(
            [*before.past.split(), before.etag][-REMEMBERED:]
        ),  # one a version: the last is the one before
    }


def _since(parts: Sequence[Part], known: dict[bytes, int], version: int) -> list[Part]:
    return [Part(part.length, part.mark, known.get(part.mark, version)) for part in parts]


def _later(before: datetime, now: datetime) -> datetime:
    """When a version was made that came after *before*: *now*, and at least in the second after.

    *now* is when the job began, and a second job may begin in the second of the first: HTTP's dates know no parts of
    one. Whoever serves it says so only once its second is over.
    """
    return max(now, before.replace(microsecond=0) + timedelta(seconds=1))


def pack(parts: Sequence[Part]) -> bytes:
    return b"".join([_PART.pack(*part) for part in parts])


def unpack(stored: bytes | str) -> tuple[Part, ...]:
    """Return what `pack` packed; SQLite gives the default of a column that was added later as text."""
    return tuple(Part(*found) for found in _PART.iter_unpack(stored)) if isinstance(stored, bytes) else ()
