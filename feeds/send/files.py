"""Renditions to a folder of files: each whole or not at all, whatever happens in between.

A file is written beside (into `.tmp` of the same folder, outside of what is published), synced, renamed over the old
one, and its folder synced. Every step below the output folder goes from one open folder to the next without following
links, so that neither a name nor a planted link leads out of it.

Files that are given together are one set; `generation.json` in their folder is written after them (`generation.py`).
"""

import errno
import fcntl
import os
import secrets
import stat
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import MappingProxyType

from feeds.errors import OutputError
from feeds.model.channel import Rendition
from feeds.model.picture import Hung
from feeds.send import generation
from feeds.send.generation import GENERATION, Generation

STALE = 3600  # seconds after which a temporary file of ours was left by a run that was killed
_TEMPORARY = ".tmp"
_PREFIX, _SUFFIX = "feeds-", ".part"
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644  # whatever the umask: web servers run as somebody else
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_REASONS = {
    errno.ENOSPC: "no space is left on its disk; the old file stays",
    errno.EDQUOT: "the disk quota is used up; the old file stays",
    errno.EIO: "its disk fails to write; the old file stays",
    errno.EROFS: "its file system is read-only; mount it writable or name another folder under `public`",
    errno.EACCES: "no permission to write here; give the folder to the user that runs this, or name another",
    errno.EPERM: "no permission to write here; give the folder to the user that runs this, or name another",
    errno.ENOENT: "the folder is not there; make it, or mount its disk",
    errno.ENOTDIR: "is a file or a link where a folder must be; move it away, or name another folder",
    errno.EEXIST: "is a file where a folder must be; move it away, or name another folder",
    errno.EISDIR: "is a folder where a file must be; move it away",
    errno.ELOOP: "is a link, which is not followed here; put a folder in its place",
    errno.EXDEV: "lies on another disk than the output folder, so that nothing can be renamed into it",
}
_AT_ONCE = 512  # pieces that one call writes; IOV_MAX is 1,024 on Linux, and POSIX promises 16
_COMPARED = 4096  # recordings that are remembered as they are
_Pair = tuple[tuple[int, int], tuple[int, int] | None]  # stamps of a recording and of its copy here
_NOTHING: Mapping[str, bytes] = MappingProxyType({})


def writer(
    folder: str, assets: Mapping[str, bytes] = _NOTHING
) -> Callable[[Sequence[Rendition | Hung]], tuple[str, ...]]:
    """Return a `Write` that keeps *folder* as the renditions say, and *assets* (bytes by path) beside them.

    Makes the folder and looks whether it can be written, so that nothing is fetched in vain. Raises `OutputError`.
    A folder that vanishes later is an error, not made again: its disk may only be unmounted.
    """
    _prepare(folder)
    compared: dict[str, _Pair] = {}

    def write(renditions: Sequence[Rendition | Hung]) -> tuple[str, ...]:
        documents = {each.path: each.pieces for each in renditions if isinstance(each, Rendition)}
        hung = [each for each in renditions if isinstance(each, Hung)]
        pictures = {each.path: each.pieces for each in hung if each.stamp is None}
        beside = {path: (body,) for path, body in assets.items()}
        with _opened(folder) as root:
            files = {**pictures, **beside, **documents}
            recordings = [each for each in hung if each.stamp is not None and each.path not in files]
            written = tuple(path for path, pieces in files.items() if _put(folder, root, path, pieces))
            written += tuple(each.path for each in recordings if _put_recording(folder, root, each, compared))
            for parents, set_ in _sets(folder, documents).items():
                _tell(folder, root, parents, set_)
            return written

    return write


def remover(folder: str) -> Callable[[Sequence[str]], None]:
    """Return a `Remove` for files below *folder*; folders that it empties go too. What is not there is removed."""

    def remove(paths: Sequence[str]) -> None:
        with _opened(folder) as root:
            for parents, set_ in _sets(folder, dict.fromkeys(paths, ())).items():
                _untell(folder, root, parents, set_)
            for path in paths:
                _take_away(folder, root, path)

    return remove


def _prepare(folder: str) -> None:
    """Make *folder* ready: it is there, a file can be written and renamed in it, no leftovers of killed runs."""
    try:
        if not os.path.isdir(folder):
            os.makedirs(folder, exist_ok=True)
            os.chmod(folder, _FOLDER_MODE)
        with _opened(folder) as root, _step(root, _TEMPORARY, mode=0o700) as beside:
            if os.fstat(beside).st_dev != os.fstat(root).st_dev:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
            _sweep(beside, time.time())
            probe = _part()
            os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=beside))
            os.unlink(probe, dir_fd=beside)
    except OSError as error:
        raise OutputError(folder, _reason(error)) from error


def _sweep(beside: int, now: float) -> None:
    """Take away what killed runs left: only files named as ours are, and none that another run may still write."""
    for name in os.listdir(beside):
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX):
            with suppress(FileNotFoundError):
                if now - os.lstat(name, dir_fd=beside).st_mtime > STALE:
                    os.unlink(name, dir_fd=beside)


def _part() -> str:
    return f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"


def _put(folder: str, root: int, path: str, pieces: Sequence[bytes]) -> bool:
    """Write one file; whether it had to be. Raises `OutputError`, with the old file as it was."""
    *parents, name = _parts(folder, path)
    where = f"{folder}/{'/'.join((*parents, name))}"
    try:
        with _below(root, parents, make=True) as place:
            if _holds(place, name, pieces, sum(map(len, pieces))):
                return False
            _replace(root, place, name, pieces)
    except OSError as error:
        raise OutputError(where, _reason(error)) from error
    return True


def _put_recording(folder: str, root: int, recording: Hung, compared: dict[str, _Pair]) -> bool:
    """As `_put`, but a file that is as it was when both were compared is not read again: it may be very large."""
    *parents, name = _parts(folder, recording.path)
    where, stamp = f"{folder}/{'/'.join((*parents, name))}", recording.stamp or (0, 0)
    try:
        with _below(root, parents, make=True) as place:
            if compared.get(recording.path) == (stamp, _stamp(place, name)):
                return False
            held = _holds(place, name, recording.pieces, stamp[1])
            if not held:
                _replace(root, place, name, recording.pieces, at_once=1)
            if len(compared) >= _COMPARED:
                compared.clear()
            compared[recording.path] = (stamp, _stamp(place, name))
    except OSError as error:
        raise OutputError(where, _reason(error)) from error
    return not held


def _stamp(place: int, name: str) -> tuple[int, int] | None:
    try:
        found = os.stat(name, dir_fd=place, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return (found.st_mtime_ns, found.st_size) if stat.S_ISREG(found.st_mode) else None


def _replace(root: int, place: int, name: str, pieces: Sequence[bytes], at_once: int = _AT_ONCE) -> None:
    """Write *pieces* beside and rename it over *name*. A sync that fails is final: the kernel forgets what it lost."""
    with _step(root, _TEMPORARY, mode=0o700) as beside:
        part = _part()
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=beside)
        try:
            try:
                _write_all(file, pieces, at_once)
                os.fchmod(file, _FILE_MODE)
                os.fsync(file)
            finally:
                os.close(file)
            os.replace(part, name, src_dir_fd=beside, dst_dir_fd=place)
        except BaseException:
            with suppress(OSError):
                os.unlink(part, dir_fd=beside)
            raise
    os.fsync(place)


def _write_all(file: int, pieces: Sequence[bytes], at_once: int) -> None:
    """Write *pieces* as they lie in memory, without putting them together first."""
    for first in range(0, len(pieces), at_once):
        rest = [memoryview(piece) for piece in pieces[first : first + at_once]]
        while rest:
            wrote = os.writev(file, rest)
            while rest and wrote >= len(rest[0]):
                wrote -= len(rest.pop(0))
            if rest:
                rest[0] = rest[0][wrote:]


def _holds(place: int, name: str, pieces: Sequence[bytes], size: int) -> bool:
    """Whether *name* is a plain, readable file of these bytes already: then it is left alone, with its date."""
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)
    except OSError:
        return False
    with os.fdopen(file, "rb") as old:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size != size:
            return False
        if stat.S_IMODE(found.st_mode) != _FILE_MODE:
            return False
        return all(old.read(len(piece)) == piece for piece in pieces)


def _sets(folder: str, documents: Mapping[str, Sequence[bytes]]) -> dict[tuple[str, ...], dict[str, Sequence[bytes]]]:
    """*documents* by the folder that they lie in, then by name."""
    sets: dict[tuple[str, ...], dict[str, Sequence[bytes]]] = {}
    for path, pieces in documents.items():
        *parents, name = _parts(folder, path)
        sets.setdefault(tuple(parents), {})[name] = pieces
    return {parents: files for parents, files in sets.items() if GENERATION not in files}


def _tell(folder: str, root: int, parents: Sequence[str], files: Mapping[str, Sequence[bytes]]) -> None:
    """Note a set that is in place; a file that stands alone is a set without a note."""
    digests = {name: generation.digest(pieces) for name, pieces in files.items()}

    def change(old: Generation) -> Generation:
        return old.with_set(digests) if len(digests) > 1 or old.number else old

    _note(folder, root, parents, change)


def _untell(folder: str, root: int, parents: Sequence[str], files: Mapping[str, Sequence[bytes]]) -> None:
    _note(folder, root, parents, lambda old: old.without(tuple(files)))


def _note(folder: str, root: int, parents: Sequence[str], change: Callable[[Generation], Generation]) -> None:
    """Change what a folder says of its set; one change at a time, whichever processes share the output folder."""
    try:
        with _below(root, parents, make=False) as place, _locked(root):
            old = _generation(place)
            new = change(old)
            if new == old:
                return
            if new.files:
                _replace(root, place, GENERATION, [new.written()])
            else:
                os.unlink(GENERATION, dir_fd=place)
                os.fsync(place)
    except FileNotFoundError:  # its folder has gone, and what was told with it
        pass
    except OSError as error:
        raise OutputError(f"{folder}/{'/'.join((*parents, GENERATION))}", _reason(error)) from error


def _generation(place: int) -> Generation:
    try:
        file = os.open(GENERATION, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)
    except OSError:
        return Generation()
    with os.fdopen(file, "rb") as old:
        return generation.read(old.read()) if stat.S_ISREG(os.fstat(file).st_mode) else Generation()


@contextmanager
def _locked(root: int) -> Iterator[None]:
    """Alone, among all that keep this output folder. A network disk may lock no folders: one process keeps it then."""
    with _step(root, _TEMPORARY, mode=0o700) as beside:
        with suppress(OSError):
            fcntl.flock(beside, fcntl.LOCK_EX)
        yield


def _take_away(folder: str, root: int, path: str) -> None:
    *parents, name = _parts(folder, path)
    try:
        with _below(root, parents, make=False) as place:
            os.unlink(name, dir_fd=place)
            os.fsync(place)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise OutputError(f"{folder}/{'/'.join((*parents, name))}", _reason(error)) from error
    for depth in range(len(parents), 0, -1):
        with suppress(OSError), _below(root, parents[: depth - 1], make=False) as place:  # others may still use it
            os.rmdir(parents[depth - 1], dir_fd=place)


def _parts(folder: str, path: str) -> tuple[str, ...]:
    """*path* as names, NFC. Raises `OutputError` for one that no file below *folder* can have."""
    parts = tuple(unicodedata.normalize("NFC", path).removeprefix("/").split("/"))
    for part in parts:
        if part in ("", ".", "..") or part == _TEMPORARY or not part.isprintable() or "\\" in part:
            raise OutputError(folder, f"{path!r} is no path for a published file")
        if len(part.encode("utf-8", "replace")) > 255:  # NAME_MAX of all common file systems
            raise OutputError(folder, f"{path!r} has a name of more than 255 bytes")
    return parts


@contextmanager
def _opened(folder: str) -> Iterator[int]:
    """The output folder as a descriptor. It may itself be a link: that is its owner's choice."""
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise OutputError(folder, _reason(error)) from error
    try:
        yield root
    finally:
        os.close(root)


@contextmanager
def _step(place: int, name: str, *, mode: int = _FOLDER_MODE, make: bool = True) -> Iterator[int]:
    """The folder *name* of *place* as a descriptor; a new one is made with *mode*, whatever the umask."""
    try:
        inner = os.open(name, _FOLDER, dir_fd=place)
    except FileNotFoundError:
        if not make:
            raise
        with suppress(FileExistsError):
            os.mkdir(name, mode, dir_fd=place)
        inner = os.open(name, _FOLDER, dir_fd=place)
        os.fchmod(inner, mode)
        os.fsync(place)
    try:
        yield inner
    finally:
        os.close(inner)


@contextmanager
def _below(root: int, parents: Sequence[str], *, make: bool) -> Iterator[int]:
    """The folder at *parents* below *root* as a descriptor."""
    if not parents:
        yield root
        return
    with _step(root, parents[0], make=make) as inner, _below(inner, parents[1:], make=make) as place:
        yield place


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0) or (error.strerror or str(error))
