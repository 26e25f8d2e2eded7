"""The files below a folder: found and read without following a link, waiting for a pipe or leaving the folder."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

DEEPEST = 32  # folders; deeper ones are a mistake, and each level holds a descriptor open
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
OUR_FOLDERS = frozenset({"_posts", "_drafts"})
OTHER_FOLDERS = frozenset({"node_modules", "vendor", "lost+found", "__MACOSX"})


class TooBig(OSError):
    """The file is larger than the limit."""


class Changed(OSError):
    """The file changed while it was read."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A file below the folder: *path* for people and the library (NFC), *name* as the file system spells it."""

    path: str
    name: str


def walk(root: str) -> list[Place]:
    """Return every regular file below *root* with a name that a post may have, sorted by path.

    Raises `OSError` when a folder cannot be listed: what is in it would otherwise seem to be gone.
    """
    return sorted(_walk(os.open(root, DIRECTORY & ~os.O_NOFOLLOW), "", 0))


def read(root: str, name: str, limit: int) -> bytes:
    """Return the bytes of the regular file *name* below *root*.

    A file that changes while it is read, or is away for a moment because an editor replaces it, is read once more.
    Raises `OSError`, `TooBig` beyond *limit* bytes.
    """
    try:
        return _read_below(root, name, limit)
    except (FileNotFoundError, Changed):
        return _read_below(root, name, limit)


def read_at(path: str, limit: int) -> bytes:
    """Return the bytes of the regular file at *path*, which its owner named: links are followed."""
    try:
        return _read(path, limit, follow=True)
    except Changed:
        return _read(path, limit, follow=True)


def is_seen(path: str) -> bool:
    """Tell whether `walk` would find a file of this path below its root, were it there."""
    *folders, name = path.split("/")
    return not any(map(_ignored_folder, folders)) and not _ignored_file(name)


def _walk(folder: int, prefix: str, depth: int) -> Iterator[Place]:
    """Take the descriptor *folder* and close it."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda e: e.name)
        for entry in found:
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if not _ignored_folder(entry.name):
                    if depth == DEEPEST:
                        raise OSError(f"more than {DEEPEST} folders deep: {name}")
                    yield from _walk(_descend(folder, entry.name, name), name + "/", depth + 1)
            elif entry.is_file(follow_symlinks=False) and not _ignored_file(entry.name):
                yield Place(normalize("NFC", name), name)
    finally:
        os.close(folder)


def _ignored_folder(name: str) -> bool:
    return name in OTHER_FOLDERS or (name.startswith((".", "_", "#", "~")) and name not in OUR_FOLDERS)


def _ignored_file(name: str) -> bool:
    """Whether nobody is to see a file; two that speak of others are no posts, but read."""
    return name.startswith((".", "_", "#", "~")) and name != ".authors.yml" and not name.startswith("_index.")


def _descend(folder: int, name: str, shown: str) -> int:
    try:
        return os.open(name, DIRECTORY, dir_fd=folder)
    except OSError as error:
        raise OSError(error.errno, error.strerror, shown) from error


def _read_below(root: str, name: str, limit: int) -> bytes:
    """Walk down folder by folder, so that none of them can be a link that leads out."""
    *folders, last = name.split("/")
    at = os.open(root, DIRECTORY & ~os.O_NOFOLLOW)
    try:
        for folder in folders:
            below = os.open(folder, DIRECTORY, dir_fd=at)
            os.close(at)
            at = below
        return _read(last, limit, at=at)
    finally:
        os.close(at)


def _read(name: str, limit: int, *, at: int | None = None, follow: bool = False) -> bytes:
    # Asked before opening as well: opening a device may do something.
    _regular(os.stat(name, dir_fd=at, follow_symlinks=follow))
    descriptor = os.open(name, FILE | (0 if follow else os.O_NOFOLLOW), dir_fd=at)
    with open(descriptor, "rb") as file:
        before = os.fstat(descriptor)
        _regular(before)
        if before.st_size > limit:
            raise TooBig(f"{before.st_size} bytes; at most {limit} are read")
        body = file.read(limit + 1)
        after = os.fstat(descriptor)
    if len(body) != after.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Changed("it changed while it was read")
    return body


def _regular(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise OSError("not a regular file")
