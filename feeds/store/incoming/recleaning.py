"""Entries by their key, a page at a time, and written again as the cleaner of today has them."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, or_, select

from feeds.model.changes import Known, Recleaned
from feeds.store import tables as t
from feeds.store.database.codec import dumps
from feeds.store.incoming import bodies
from feeds.store.reading import KNOWN
from feeds.store.rows import known_of

_E = t.entries.c


def page(connection: Connection, after: tuple[str, str], limit: int) -> tuple[Known, ...]:
    """Return entries behind the one of this guid and source, in the order of the key."""
    guid, source_id = after
    behind = or_(_E.guid > guid, and_(_E.guid == guid, _E.source_id > source_id))
    query = select(*KNOWN).where(_E.guid >= guid, behind).order_by(_E.guid, _E.source_id).limit(limit)
    return tuple(known_of(row) for row in connection.execute(query))


def amend(connection: Connection, found: Sequence[Recleaned]) -> int:
    """Write entries again, save for those that a poll wrote meanwhile; return how many were written."""
    written = 0
    for one in found:
        mine = and_(_E.guid == one.entry.guid, _E.source_id == one.entry.source_id, _E.fingerprint == one.before)
        written += bodies.amend(connection, mine, dumps(one.entry), {"fingerprint": one.fingerprint})
    return written
