"""Paths where something was published once, and where it is now. They are kept for ever."""

from sqlalchemy import Connection, delete, select, update

from feeds.store import tables as t
from feeds.store.database.db import Database


def arrived(db: Database, connection: Connection, old: str, new: str) -> None:
    """Note that what was at *old* ('' : nowhere) is at *new* from now on. All that led to *old* leads to *new*."""
    r = t.redirects.c
    connection.execute(delete(t.redirects).where(r.old == new))  # published again: it leads nowhere else
    if not old or old == new:
        return
    connection.execute(update(t.redirects).where(r.new == old).values(new=new))
    statement = db.insert(t.redirects)
    upsert = statement.on_conflict_do_update(index_elements=["old"], set_={"new": statement.excluded.new})
    connection.execute(upsert, {"old": old, "new": new})


def leading(connection: Connection, old: str) -> str | None:
    """Return where *old* leads, None where nothing is published there."""
    there = select(t.redirects.c.new).join(t.renditions, t.renditions.c.path == t.redirects.c.new)
    return connection.scalar(there.where(t.redirects.c.old == old))
