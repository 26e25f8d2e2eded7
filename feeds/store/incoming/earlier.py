"""What entries said before they were corrected: each version that another took the place of, packed.

It is kept until its source's `revisions` end, and no longer than its entry; of one entry the last `MOST`.
"""

import zlib
from collections.abc import Collection, Sequence
from datetime import datetime

import orjson
from sqlalchemy import Column, Connection, Index, LargeBinary, PrimaryKeyConstraint, Table, delete, select, tuple_

from feeds.model.changes import Earlier
from feeds.model.entry import EntryKey
from feeds.store.database.codec import clean
from feeds.store.database.db import Database, DateTime, Words, chunks
from feeds.store.tables import metadata

MOST = 50  # versions of one entry: a live blog changes with every poll

earlier = Table(
    "earlier",
    metadata,
    Column("source_id", Words, nullable=False),
    Column("guid", Words, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("until", DateTime, nullable=False),
    Column("said", LargeBinary, nullable=False),
    PrimaryKeyConstraint("guid", "source_id", "at"),
    Index("earlier_until", "until"),
)


def keep(db: Database, connection: Connection, found: Sequence[Earlier]) -> None:
    """Write versions, within the caller's transaction; one of the same time is there already."""
    if not found:
        return
    connection.execute(db.insert(earlier).on_conflict_do_nothing(), [_row(one) for one in found])
    e = earlier.c
    for key in {one.key for one in found}:
        mine = (e.guid == key.guid) & (e.source_id == key.source_id)
        last = select(e.at).where(mine).order_by(e.at.desc()).offset(MOST - 1).limit(1).scalar_subquery()
        connection.execute(delete(earlier).where(mine, e.at < last))


def of(connection: Connection, keys: Collection[EntryKey]) -> tuple[Earlier, ...]:
    """Return what is kept of entries, the oldest first."""
    e, found = earlier.c, list[Earlier]()
    for some in chunks(sorted(keys), 150):
        mine = tuple_(e.guid, e.source_id).in_([(key.guid, key.source_id) for key in some])
        for row in connection.execute(select(earlier).where(mine)):
            title, summary, content = orjson.loads(zlib.decompress(row.said))
            found.append(
                Earlier(
                    key=EntryKey(row.source_id, row.guid),
                    at=row.at,
                    until=row.until,
                    title=title,
                    summary=summary,
                    content=content,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.at, one.key)))


def forget(connection: Connection, keys: Sequence[EntryKey]) -> None:
    """Delete all versions of entries that are forgotten themselves; at most 150 at a time."""
    mine = [(key.guid, key.source_id) for key in keys]
    connection.execute(delete(earlier).where(tuple_(earlier.c.guid, earlier.c.source_id).in_(mine)))


def expire(connection: Connection, now: datetime) -> None:
    """Delete what was kept long enough."""
    connection.execute(delete(earlier).where(earlier.c.until < now))


def _row(one: Earlier) -> dict[str, object]:
    said = [clean(text) for text in (one.title, one.summary, one.content)]
    return {
        "source_id": one.key.source_id,
        "guid": one.key.guid,
        "at": one.at,
        "until": one.until,
        "said": zlib.compress(orjson.dumps(said), 6),
    }
