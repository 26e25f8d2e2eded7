"""That something published changed: told at once to all of this process, and by a count in the store to others."""

from threading import Lock

from sqlalchemy import Connection, select

from feeds.store import tables as t
from feeds.store.database.db import Database, hold

KEY = "published"  # of the table meta


class News:
    """*generation* rises after what is published has changed: whoever kept a copy from an earlier one looks again.

    Threads read it without a lock: it only ever grows, one thread at a time.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.generation = 1
        self._stored = ""

    def told(self) -> None:
        """Say that what this process wrote is committed."""
        with self._lock:
            self.generation += 1

    def look(self, db: Database) -> None:
        """Find what other processes published since the last look."""
        with db.read() as connection:
            stored = connection.scalar(select(t.meta.c.value).where(t.meta.c.key == KEY)) or ""
        with self._lock:
            if stored != self._stored:
                self._stored = stored
                self.generation += 1


def count(db: Database, connection: Connection) -> None:
    """Count a change, in the transaction that makes it."""
    hold(connection, [KEY])  # no two changes count as one
    before = connection.scalar(select(t.meta.c.value).where(t.meta.c.key == KEY)) or "0"
    statement = db.insert(t.meta)
    upsert = statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
    connection.execute(upsert, {"key": KEY, "value": str(int(before) + 1)})
