"""Pictures that published posts of ours point at, sound and video among them, and the files that they are.

Recordings, as sound and video are called here, may be large: nothing ever holds one whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

LARGEST_PICTURE = 8 * 1024 * 1024
"""Bytes. What a camera gives is larger, and no page should send that."""

PICTURES: Mapping[str, str] = MappingProxyType({
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
})  # fmt: skip
"""The media type by suffix. Only these and recordings are ever given out of a folder of posts."""

LARGEST_RECORDING = 512 * 1024 * 1024
"""Bytes: ten hours of speech, half an hour of video. Who sends more has a place for it."""

PIECE = 256 * 1024
"""Bytes of a recording that are in memory at a time, for each that is read."""

RECORDINGS: Mapping[str, str] = MappingProxyType({
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "ogv": "video/ogg",
    "webm": "video/webm",
})  # fmt: skip
"""Sound and video by suffix."""

_TYPES = {**PICTURES, **RECORDINGS}


def picture_type(path: str) -> str:
    """Return the media type of a picture or recording by the suffix of *path*, '' where it is none."""
    name = path.rpartition("/")[2]
    return _TYPES.get(name.rpartition(".")[2].lower(), "") if "." in name[1:] else ""


def is_recording(path: str) -> bool:
    """Tell whether *path* has the suffix of sound or video."""
    return picture_type(path).startswith(("audio/", "video/"))


def largest(path: str) -> int:
    """Return how many bytes the file at *path* may have."""
    return LARGEST_RECORDING if is_recording(path) else LARGEST_PICTURE


class Picture(NamedTuple):
    """A place below the output folder (decoded, starting with '/') at which a post of ours expects a picture.

    *beside* is the path in the folder of the source that stands to the post's file as the picture's address to the
    post's, '' where that leads out of it. *place* is the whole path of the address, decoded.
    """

    path: str
    source_id: str
    beside: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """The file of a picture, not read yet. *stamp* tells its bytes from others: when it was modified (ns), its size.

    *read* gives the bytes, with the stamp that they had. Raises `OSError` where the file has gone meanwhile. A
    recording has *pieces* instead, of `PIECE` bytes each but the last: each is read when it is asked for, and raises
    `OSError` where the file is another one by then.
    """

    media_type: str
    stamp: tuple[int, int]
    read: Callable[[], tuple[bytes, tuple[int, int]]]
    pieces: Sequence[bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """A picture's bytes, as they are published at *path*; a recording's are read piece by piece, and bear a *stamp*."""

    path: str
    media_type: str
    pieces: Sequence[bytes]
    stamp: tuple[int, int] | None = None
