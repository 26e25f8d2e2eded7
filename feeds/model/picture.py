"""Pictures that published posts of ours point at, and the files that they are."""

from collections.abc import Callable, Mapping
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
"""The media type by suffix. Only these are ever given out of a folder of posts."""


def picture_type(path: str) -> str:
    """Return the media type of a picture by the suffix of *path*, '' where it is none."""
    name = path.rpartition("/")[2]
    return PICTURES.get(name.rpartition(".")[2].lower(), "") if "." in name[1:] else ""


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

    *read* gives the bytes, with the stamp that they had. Raises `OSError` where the file has gone meanwhile.
    """

    media_type: str
    stamp: tuple[int, int]
    read: Callable[[], tuple[bytes, tuple[int, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """A picture's bytes, as they are published at *path*."""

    path: str
    media_type: str
    pieces: tuple[bytes, ...]
