"""How long things are kept.

An entry goes when it is older than its source's `keep` by both of its dates and was not in the last document that was
read: one that is still told never goes, so it cannot come back as new. A post goes only when its file went.
Entries of a story that the desk decided over stay: a copy that comes later meets its decision.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, exists, select, tuple_, update

from feeds.model.changes import Mark
from feeds.model.entry import EntryKey
from feeds.store import tables as t
from feeds.store.database import partitions
from feeds.store.database.db import Database, chunks
from feeds.store.incoming import bodies, earlier, likes
from feeds.store.incoming.writing import UNSEARCHED, clear
from feeds.store.outgoing import marking
from feeds.store.reading import Stories
from feeds.store.rows import AnyRow

DECISIONS = timedelta(days=400)  # those of the desk are kept as long as the store
TOMBSTONES = timedelta(days=400)  # longer than outputs may tell of what is gone
DELIVERIES = timedelta(days=400)  # as long as a done delivery is known, it is not sent again


def expire(db: Database, now: datetime, limit: int) -> int:
    """Delete up to *limit* entries, then decisions, deliveries, texts; return how many, 0 when all is done.

    Each call is one short transaction; what to delete is looked up before it, beside other writers.
    """
    with db.read() as connection:
        rows = _old_entries(connection, now, limit)
    with db.write() as connection:
        if rows:
            return _forget(db, connection, rows, now)
        if gone := likes.expire(connection, now):
            return gone
        _forget_tombstones(connection, now)
        earlier.expire(connection, now)
        d, owed = t.decisions.c, t.deliveries.c
        gone = _forget_older(connection, t.decisions, (d.at < now - DECISIONS) & (d.rule != "desk"), limit) or (
            _forget_older(connection, t.deliveries, (owed.state != "owed") & (owed.due < now - DELIVERIES), limit)
        )
    return gone or partitions.tend(db, now, limit)


def _forget_tombstones(connection: Connection, now: datetime) -> None:
    """Delete old tombstones, but for the latest of each channel: the date of its feed stands on it."""
    later = t.tombstones.alias("later")
    mine, its = t.tombstones.c, later.c
    newer = (its.channel_id == mine.channel_id) & (its.at > mine.at)
    connection.execute(delete(t.tombstones).where(mine.at < now - TOMBSTONES, exists().where(newer)))


def _old_entries(connection: Connection, now: datetime, limit: int) -> list[AnyRow]:
    e, s, state = t.entries.c, t.sources.c, t.source_state.c
    found: list[AnyRow] = []
    for keep in connection.scalars(select(s.keep).distinct().order_by(s.keep)).all():
        if keep >= (now - datetime.min.replace(tzinfo=UTC)).total_seconds():
            continue
        oldest = now - timedelta(seconds=keep)
        query = (
            select(e.source_id, e.guid, e.story_id, e.last_seen)
            .join_from(t.sources, t.source_state, state.source_id == s.id)
            .join(t.entries, e.source_id == s.id)
            .where(s.keep == keep, e.first_seen < oldest, e.published.is_(None) | (e.published < oldest))
            .where(e.last_seen < state.present, ~s.local | (e.status == "withdrawn"))
            .where(~exists().where(t.stories.c.id == e.story_id, t.stories.c.ruled))
            .limit(limit - len(found))
        )
        found.extend(connection.execute(query))
        if len(found) >= limit:
            break
    return found


def _forget(db: Database, connection: Connection, rows: Sequence[AnyRow], now: datetime) -> int:
    """Delete entries that were not seen again meanwhile, and stories that thereby tell nothing any more."""
    e, m = t.entries.c, t.members.c
    touched: set[str] = set()
    gone = 0
    for some in chunks(rows, 150):
        keys = [(row.guid, row.source_id, row.last_seen) for row in some]
        query = select(e.guid, e.source_id, e.body).where(tuple_(e.guid, e.source_id, e.last_seen).in_(keys))
        told = connection.execute(query).all()
        still = [(row.guid, row.source_id) for row in told]
        mine = tuple_(m.guid, m.source_id).in_(still)
        touched.update(connection.scalars(select(m.story_id).where(mine)))
        connection.execute(delete(t.members).where(mine))
        earlier.forget(connection, [EntryKey(source_id, guid) for guid, source_id in still])
        bodies.forget(connection, [row.body for row in told])
        gone += connection.execute(delete(t.entries).where(tuple_(e.guid, e.source_id).in_(still))).rowcount
    _settle(db, connection, sorted(touched), now)
    return gone or len(rows)


def _settle(db: Database, connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """End stories without members, move the others on by a version, and mark the channels of all of them."""
    c, channels = t.story_channels.c, set[str]()
    for some in chunks(ids):
        channels.update(connection.scalars(select(c.channel_id).where(c.story_id.in_(some)).distinct()))
    left = {story.id: story.version for story in Stories(connection).get(ids)}
    clear(connection, [i for i in ids if i not in left], t.stories)
    for some in chunks(sorted(left)):
        s = t.stories.c
        connection.execute(update(t.stories).where(s.id.in_(some)).values(version=s.version + 1))
    UNSEARCHED.each(connection, [{"story_id": id, "version": version + 1} for id, version in left.items()])
    marking.put(connection, [Mark(channel_id=c, due=now) for c in channels])


def _forget_older(connection: Connection, table: Any, old: Any, limit: int) -> int:
    some = select(table.c.id).where(old).limit(limit)
    return connection.execute(delete(table).where(table.c.id.in_(some))).rowcount
