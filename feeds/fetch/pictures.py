"""The file of a picture that a post points at: beside the post, or in the site's folder of what is copied as it is.

Only pictures and recordings, by their suffix; only regular files below the folder of posts or, where the folder belongs
to a generator's site, below what that site publishes as it is; never through a link, never what `folder.walk` would not
see (`.git`, `_includes`), never a draft's folder.
"""

import os
import re
from collections.abc import Iterator
from functools import lru_cache, partial
from hashlib import sha256
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from feeds.fetch.folder import Stamp, is_seen, read, read_stamped, stamp
from feeds.fetch.recordings import Pieces
from feeds.fetch.sites import folder_of
from feeds.model.picture import (
    LARGEST_PICTURE,
    LARGEST_RECORDING,
    Hanging,
    Hung,
    Picture,
    is_recording,
    largest,
    picture_type,
)
from feeds.model.sites import SITES
from feeds.model.source import Folder, Source

KNOWN = 20_000  # files of which the digest is remembered: some 6 MB
_BASE = re.compile(r"^baseurl:[ \t]*[\"']?(/[^\"'\s#]+)", re.MULTILINE)  # of Jekyll: where the whole site stands


def read_picture(source: Source, picture: Picture) -> Hung | None:
    """Return the file that *picture* is in the folder of *source*; None where there is none that may be shown."""
    media_type = picture_type(picture.path)
    for base, name in _files(source, picture):
        try:
            if is_recording(picture.path):
                found = stamp(base, name, LARGEST_RECORDING)
                return Hung(path=picture.path, media_type=media_type, pieces=Pieces(base, name, found), stamp=found)
            return Hung(path=picture.path, media_type=media_type, pieces=(read(base, name, LARGEST_PICTURE),))
        except (OSError, ValueError):
            continue
    return None


def look_at(source: Source, picture: Picture) -> Hanging | None:
    """Return the file that `read_picture` would read now."""
    for base, name in _files(source, picture):
        try:
            found = stamp(base, name, largest(picture.path))
        except (OSError, ValueError):
            continue
        take = partial(read_stamped, base, name, LARGEST_PICTURE)
        pieces = Pieces(base, name, found) if is_recording(picture.path) else None
        return Hanging(media_type=picture_type(picture.path), stamp=found, read=take, pieces=pieces)
    return None


def digest_picture(source: Source, picture: Picture) -> str:
    """Return what changes with the bytes of the file that `read_picture` would read now, '' where there is none.

    A file whose stamp is as it was is not read again.
    """
    for base, name in _files(source, picture):
        try:
            return _digest(base, name, stamp(base, name, LARGEST_PICTURE))
        except (OSError, ValueError):
            continue
    return ""


@lru_cache(maxsize=KNOWN)
def _digest(base: str, name: str, _as_of: Stamp) -> str:
    return sha256(read(base, name, LARGEST_PICTURE)).hexdigest()[:32]


def _files(source: Source, picture: Picture) -> Iterator[tuple[str, str]]:
    """Give the files that may be shown as the picture, as they may be spelt, the likeliest first."""
    if not picture_type(picture.path):
        return
    root = os.path.realpath(source.location)
    try:
        folder = folder_of(root, source.options.kind)
    except OSError:
        folder = Folder(kind=source.options.kind)
    for base, name in _places(root, folder, source, picture):
        if _is_public(name):
            yield from ((base, n) for n in dict.fromkeys((name, normalize("NFD", name), normalize("NFC", name))))


def _is_public(name: str) -> bool:
    steps = name.split("/")
    return bool(name) and is_seen(name) and "_drafts" not in steps and not any(step in ("", "..") for step in steps)


def _places(root: str, folder: Folder, source: Source, picture: Picture) -> Iterator[tuple[str, str]]:
    """Give the files that it may be, as a folder and a path below it, the likeliest first."""
    yield root, picture.beside
    paths = [picture.place]
    for prefix in (unquote(urlsplit(source.home).path).rstrip("/"), *_BASE.findall(folder.config)):
        paths += [path.removeprefix(prefix) for path in paths if prefix and path.startswith(f"{prefix}/")]
    site = root.removesuffix(f"/{folder.below}") if folder.below else root
    static = SITES[folder.kind].static if folder.name and folder.kind != "auto" else ()
    for path in dict.fromkeys(paths):
        yield from ((os.path.join(site, each), path.removeprefix("/")) for each in static)
        yield root, path.removeprefix("/")
