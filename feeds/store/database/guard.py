"""Whether a store may be opened: one writing process, a whole file, a schema that this program knows."""

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from feeds.errors import StoreDamaged, StoreError, StoreLocked, StoreTooNew
from feeds.store.database.sqlite import RESTORE, connection_to, translated
from feeds.store.tables import HEAD

CHECKED = 64 * 1024 * 1024
"""Files up to this many bytes are read through at start: a quarter of a second; larger ones when `doctor` asks."""


NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "fuse.sshfs", "glusterfs", "fuse.glusterfs"})


class Lock:
    """The right to write, held by `flock` on a file beside the database: it ends with the process, in any case."""

    def __init__(self, path: Path) -> None:
        self._file = _locked(path.with_name(path.name + ".lock"), path)

    def release(self) -> None:
        self._file.close()


def holder(path: Path) -> str:
    """Return the number of the process that works on the store, '' where none does or the kernel does not tell.

    Nothing is locked for the question, which might keep away a process that starts just now. Source: proc(5), `locks`.
    """
    beside = path.with_name(path.name + ".lock")
    try:
        inode = f":{beside.stat().st_ino}"
        held = any(
            fields[1] == "FLOCK" and fields[-3].endswith(inode)
            for fields in map(str.split, Path("/proc/locks").read_text(encoding="ascii").splitlines())
            if len(fields) > 7
        )
        return beside.read_text(encoding="ascii", errors="replace").strip() if held else ""
    except OSError:
        return ""


def sound(path: Path) -> None:
    """Read the whole store through, however large. Raises `StoreDamaged`."""
    with translated(path), closing(connection_to(path, readonly=True)) as connection:
        check(connection, path)


def network(path: Path, mounts: str = "/proc/self/mountinfo") -> str:
    """Return the kind of network file system that *path* lies on, '' for none: SQLite's locks do not hold there.

    Source: sqlite.org/wal.html, "all processes must be on the same host computer"; proc(5) of mountinfo.
    """
    longest, found, place = 0, "", path.resolve()
    try:
        lines = Path(mounts).read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:  # a later mount hides an earlier one
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.partition(" ")[0]
        if len(fields) > 4 and place.is_relative_to(fields[4].replace("\\040", " ")) and len(fields[4]) >= longest:
            longest, found = len(fields[4]), kind
    return found if found in NETWORK else ""


def _locked(beside: Path, path: Path) -> BinaryIO:
    try:
        file = open(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")  # noqa: SIM115 - kept open
    except OSError as error:
        raise StoreError(f"{beside} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        owner = file.read(20).decode("ascii", "replace").strip() or "unknown"
        file.close()
        raise StoreLocked(
            f"{path} is in use by process {owner}: one process at a time writes to a store; wait for it, or stop it"
        ) from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n".encode())
    file.flush()
    return file


def prepare(path: Path) -> None:
    """Make the folder and an empty file: readable by its owner alone, for sources may carry keys in their headers."""
    if path.is_dir():
        raise StoreDamaged(f"{path} is a folder, not a database: {RESTORE}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}; check the path and its permissions") from error


def inspect(path: Path, *, whole: bool) -> str:
    """Return the schema's revision, '' where there is none yet; *whole* reads a small file through before.

    Raises `StoreDamaged`, `StoreTooNew`.
    """
    if path.is_dir():
        raise StoreDamaged(f"{path} is a folder, not a database: {RESTORE}")
    with translated(path), closing(connection_to(path, readonly=not whole)) as connection:
        if whole and path.stat().st_size <= CHECKED:
            check(connection, path)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        if "alembic_version" not in tables:
            if tables:
                raise StoreDamaged(f"{path} is a database of another program: name another file as `store`")
            return ""
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    revision = str(row[0]) if row else ""
    if revision > HEAD:
        raise StoreTooNew(too_new(path, revision))
    return revision


def too_new(name: object, revision: str) -> str:
    """Say that a store was written by a newer version."""
    return (
        f"{name} was written by a newer version of feeds (schema {revision}, this one knows {HEAD}): "
        "install that version, or name another `store`"
    )


def copy(path: Path, to: Path) -> None:
    """Copy the database as it stands at one moment."""
    with (
        translated(path),
        closing(connection_to(path, readonly=True)) as source,
        closing(sqlite3.connect(to)) as other,
    ):
        source.backup(other)


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `StoreDamaged` where SQLite finds a fault in the file."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found is None or found[0] != "ok":
        raise StoreDamaged(f"{path} is damaged ({found[0] if found else 'no answer'}): {RESTORE}")
