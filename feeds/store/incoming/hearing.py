"""Who is read, and what they told last: the page of sources."""

from collections.abc import Collection
from datetime import datetime

import orjson
from sqlalchemy import Connection, bindparam, func, select

from feeds.model.channel import Heard
from feeds.model.entry import origin_of
from feeds.model.quick import replace
from feeds.store import tables as t
from feeds.store.database.db import DateTime
from feeds.store.database.prepared import listed, one_of, selecting
from feeds.store.incoming.bodies import TEXT
from feeds.store.rows import info_of, source_of

_E, _C = t.entries.c, t.story_channels.c
_SOURCES = selecting(
    select(t.sources.c.id, t.sources.c.definition, t.source_state.c.info)
    .join(t.source_state, t.source_state.c.source_id == t.sources.c.id)
    .where(~t.sources.c.removed, ~t.sources.c.local)
    .order_by(t.sources.c.place, t.sources.c.id)
)
# Not the column itself: a story is in two or three channels, and each would be looked up by the thousand asked for.
_CHANNEL = func.coalesce(_C.channel_id, "")
# By the index on a source's entries: of those that came last, the one that was published last.
_LAST = selecting(
    select(_E.guid, _C.published)  # not the entry: all that came last are sorted
    .join_from(t.entries, t.story_channels, _C.story_id == _E.story_id)
    .where(_E.source_id == bindparam("source"), _E.status == "kept", one_of(_CHANNEL, "channels"))
    .where(_C.release.is_(None) | (_C.release <= bindparam("at", type_=DateTime)))
    .order_by(_E.first_seen.desc(), _C.published.desc(), _E.guid)
    .limit(1)
)
_ENTRY = selecting(select(TEXT).where(_E.guid == bindparam("guid"), _E.source_id == bindparam("source")))


def heard(connection: Connection, channel_ids: Collection[str], at: datetime) -> tuple[Heard, ...]:
    """Return sources that a channel shows a story of: others may be read for partners alone. 0.1 ms a source."""
    channels = listed(sorted(channel_ids))
    found = []
    for row in _SOURCES.rows(connection):
        source = source_of(row.definition)
        origin = origin_of(source, info_of(row.info))
        last = _LAST.rows(connection, source=row.id, channels=channels, at=at)
        if origin and last:
            if origin.feed_url == source.location and "?" in origin.feed_url:
                origin = replace(origin, feed_url="")  # its query may be a key that the feed does not tell of itself
            entry = orjson.loads(_ENTRY.rows(connection, guid=last[0].guid, source=row.id)[0].entry)
            found.append(
                Heard(
                    origin=origin,
                    categories=source.categories,
                    title=entry["title"],
                    url=entry.get("url", ""),
                    published=last[0].published,
                )
            )
    return tuple(found)
