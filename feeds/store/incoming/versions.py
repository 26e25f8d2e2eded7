"""When entries changed: the timeline of a story's page."""

from collections.abc import Collection

import orjson
from sqlalchemy import Connection, and_, or_, select

from feeds.model.channel import Version
from feeds.model.entry import EntryKey
from feeds.store import tables as t
from feeds.store.database.db import chunks

MOST = 100  # of one story; who changes more is a live blog, and its first hours interest nobody


def versions(connection: Connection, keys: Collection[EntryKey]) -> tuple[Version, ...]:
    """Return what the decisions tell, for as long as they are kept."""
    d = t.decisions.c
    found: list[tuple[int, Version]] = []
    for some in chunks(sorted(keys), 100):
        any_of = or_(*(and_(d.guid == key.guid, d.source_id == key.source_id) for key in some))
        query = select(d.id, d.at, d.source_id, d.guid, d.facts).where(d.kind == "changed", any_of)
        for row in connection.execute(query.order_by(d.id.desc()).limit(MOST)):
            differs = str(orjson.loads(row.facts).get("differs", ""))
            version = Version(
                key=EntryKey(row.source_id, row.guid), at=row.at, differs=tuple(filter(None, differs.split(", ")))
            )
            found.append((row.id, version))
    return tuple(version for _, version in sorted(found, key=lambda pair: pair[0])[-MOST:])
