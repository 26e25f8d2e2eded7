"""The files below a folder: found and read without following a link, waiting for a pipe or leaving the folder."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unicodedata import normalize

DEEPEST = 32  # folders; deeper ones are a mistake, and each level holds a descriptor open
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
OUR_FOLDERS = frozenset({"_posts", "_drafts"})
OTHER_FOLDERS = frozenset({"node_modules", "vendor", "lost+found", "__MACOSX"})


Stamp = tuple[int, int]
"""When a file was modified last (ns since 1970), and its size: what stands for its bytes as far as a disk tells."""


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
    return read_stamped(root, name, limit)[0]


def read_stamped(root: str, name: str, limit: int) -> tuple[bytes, Stamp]:
    """As `read`, with the stamp that the file bore all the while."""
    try:
        return _read_below(root, name, limit)
    except (FileNotFoundError, Changed):
        return _read_below(root, name, limit)


def stamp(root: str, name: str, limit: int) -> Stamp:
    """Return the stamp of what `read` would read now. Raises as that does, as far as one knows without reading."""
    with _shelf(root, name) as (at, last):
        return _stamp(os.stat(last, dir_fd=at, follow_symlinks=False), limit)


def read_part(root: str, name: str, as_of: Stamp, begin: int, size: int) -> bytes:
    """Return *size* bytes of what `read` would read, from *begin* on. Raises `Changed` where it is not *as_of* any
    more."""
    with _shelf(root, name) as (at, last), _opened(last, at=at) as file:
        if _stamp(os.fstat(file), None) != as_of:
            raise Changed("it changed since it was looked at")
        found = os.pread(file, size, begin)
        if len(found) != size or _stamp(os.fstat(file), None) != as_of:
            raise Changed("it changed while it was read")
        return found


def read_at(path: str, limit: int) -> bytes:
    """Return the bytes of the regular file at *path*, which its owner named: links are followed."""
    try:
        return _read(path, limit, follow=True)[0]
    except Changed:
        return _read(path, limit, follow=True)[0]


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


def _read_below(root: str, name: str, limit: int) -> tuple[bytes, Stamp]:
    with _shelf(root, name) as (at, last):
        return _read(last, limit, at=at)


@contextmanager
def _shelf(root: str, name: str) -> Iterator[tuple[int, str]]:
    """Walk down folder by folder, so that none of them can be a link that leads out; give the last one, and the file's
    name in it."""
    *folders, last = name.split("/")
    at = os.open(root, DIRECTORY & ~os.O_NOFOLLOW)
    try:
        for folder in folders:
            below = os.open(folder, DIRECTORY, dir_fd=at)
            os.close(at)
            at = below
        yield at, last
    finally:
        os.close(at)


def _read(name: str, limit: int, *, at: int | None = None, follow: bool = False) -> tuple[bytes, Stamp]:
    with _opened(name, at=at, follow=follow) as descriptor, open(descriptor, "rb", closefd=False) as file:
        before = _stamp(os.fstat(descriptor), limit)
        body = file.read(limit + 1)
        after = _stamp(os.fstat(descriptor), None)
    if before != after or len(body) != after[1]:
        raise Changed("it changed while it was read")
    return body, after


@contextmanager
def _opened(name: str, *, at: int | None, follow: bool = False) -> Iterator[int]:
    # Asked before opening as well: opening a device may do something.
    _stamp(os.stat(name, dir_fd=at, follow_symlinks=follow), None)
    descriptor = os.open(name, FILE | (0 if follow else os.O_NOFOLLOW), dir_fd=at)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _stamp(facts: os.stat_result, limit: int | None) -> Stamp:
    if not stat.S_ISREG(facts.st_mode):
        raise OSError("not a regular file")
    if limit is not None and facts.st_size > limit:
        raise TooBig(f"{facts.st_size} bytes; at most {limit} are read")
    return facts.st_mtime_ns, facts.st_size
