"""A store as a file that can be carried away and put back: without secrets unless asked, whole or not at all."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import orjson

from feeds.errors import StoreDamaged, StoreError, StoreLocked
from feeds.store.database import guard
from feeds.store.database.places import file_of
from feeds.store.database.sqlite import connection_to, translated
from feeds.store.tables import metadata

# What a copy that leaves the machine goes without (SRV-33): rows of these tables, which are worth nothing without their
# secret, and values of columns of these names, whatever their table. The configuration brings request headers again at
# the next start; whoever signed in signs in again, under a password that is set anew; what was signed between a hub and
# its subscriber is agreed upon anew at the next poll or renewal. With the salt of a day, whoever has a copy could find
# addresses of readers by trying all of them.
ROWS = {
    "sessions": "",
    "intents": "",
    "leases": "",
    "subscriptions": " WHERE secret <> ''",
    "meta": " WHERE key = 'usage_salt'",
}
COLUMNS = ("secret", "password")


def seal(path: Path, *, secrets: bool) -> str:
    """Make the fresh copy at *path* one file that fails no check, without *secrets* unless asked; give its revision.

    Raises `StoreDamaged`, `StoreTooNew`.
    """
    with translated(path), closing(connection_to(path, readonly=False)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file: no log stands beside it
        if not secrets:
            _strip(connection)
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found is None or found[0] != "ok":
            raise StoreDamaged(f"the copy of the store is damaged ({found[0] if found else 'no answer'})")
    return guard.inspect(path, whole=False)


def without_password(path: Path) -> tuple[str, ...]:
    """Return the users in the sealed copy at *path* who have no password, by name."""
    with translated(path), closing(connection_to(path, readonly=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'users'").fetchone():
            return ()  # from before there were users
        return tuple(name for (name,) in connection.execute("SELECT name FROM users WHERE password = '' ORDER BY name"))


def _strip(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA secure_delete=ON")  # what is taken out is overwritten, not only forgotten
    connection.execute("BEGIN IMMEDIATE")
    for name, which in ROWS.items():
        connection.execute(f"DELETE FROM {name}{which}")  # noqa: S608 - names of ours
    for name, column in secret_columns():
        connection.execute(f"UPDATE {name} SET {column} = ''")  # noqa: S608 - names of ours
    for id, definition in connection.execute("SELECT id, definition FROM sources").fetchall():
        if bare := _without_headers(definition):
            connection.execute("UPDATE sources SET definition = ? WHERE id = ?", (bare, id))
    connection.execute("COMMIT")


def secret_columns() -> tuple[tuple[str, str], ...]:
    """Return the columns whose values are secret: table and name."""
    return tuple((t.name, c.name) for t in metadata.sorted_tables for c in t.columns if c.name in COLUMNS)


def _without_headers(definition: str) -> str:
    """Return a source's definition without its request headers, '' where it has none."""
    found = orjson.loads(definition)
    if not found.get("options", {}).pop("headers", None):
        return ""
    return orjson.dumps(found).decode()


def holds_something(url: str) -> bool:
    """Tell whether there is a store at *url* already."""
    path = file_of(url)
    return path.exists() and (path.is_dir() or path.stat().st_size > 0)


def put(url: str, new: Path, *, force: bool) -> Path | None:
    """Make the file *new* the store at *url*, under its lock; return where the store that was there lies now.

    *new* is on the same file system. At every moment there is a whole store at *url*: the old one or the new one.
    Raises `StoreLocked` where a process works on it, `StoreError` where there is one and *force* is not given.
    """
    path = file_of(url)
    guard.prepare(path)
    lock = guard.Lock(path)
    try:
        kept = None
        if holds_something(url):
            if not force:
                raise StoreError(f"{path} holds a store already: with --force it is put aside and replaced")
            kept = _put_aside(path)
        new.chmod(0o600)
        os.replace(new, path)
        _settle(path.parent)
    finally:
        lock.release()
    return kept


def _put_aside(path: Path) -> Path:
    """Keep the store under a second name, with a log that could not be brought in; the first name stays until later."""
    with suppress(sqlite3.Error), closing(connection_to(path, readonly=False)) as connection:  # a damaged one goes too
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreLocked(f"{path} is being read by another program: end it, then try again")
    kept = path.with_name(f"{path.name}.replaced")
    for ending in ("", "-wal"):
        old, second = path.with_name(path.name + ending), kept.with_name(kept.name + ending)
        second.unlink(missing_ok=True)
        if old.exists():
            _second_name(old, second)
    for ending in ("-wal", "-shm"):  # the new file must not meet the log of the old one (DB-07)
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return kept


def _second_name(old: Path, second: Path) -> None:
    try:
        os.link(old, second)
    except OSError:  # a file system without links
        shutil.copy2(old, second)


def _settle(folder: Path) -> None:
    """Make a renaming last through a loss of power."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
