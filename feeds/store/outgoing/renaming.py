"""A channel under another id: all that is kept of it goes along, so that nobody who reads it notices."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select, update

from feeds.store import tables as t
from feeds.store.outgoing.picture_tables import pictures
from feeds.store.outgoing.resting import asked_for, resting
from feeds.store.partners import partner_tables as p

_KEPT = (
    t.renditions, t.set_aside, t.tombstones, t.archives, t.contents, t.holds, resting, asked_for, pictures, p.holdings,
    p.owed, p.pickups,
)  # fmt: skip
"""By channel; what was counted and told by day keeps the id of its day."""


def rename(connection: Connection, names: Mapping[str, str]) -> None:
    """Give channels that were published new ids, by the old ones; a new id has nothing published yet."""
    for old, new in names.items():
        r = t.renditions.c
        if connection.scalar(select(r.channel_id).where(r.channel_id == new).limit(1)):
            continue
        for table in _KEPT:
            c = table.c.channel_id
            if connection.scalar(select(c).where(c == old).limit(1)):
                connection.execute(delete(table).where(c == new))
                connection.execute(update(table).where(c == old).values(channel_id=new))
        connection.execute(delete(t.marks).where(t.marks.c.channel_id == old))
