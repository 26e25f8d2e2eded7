"""What the archives of a channel hold: the periods that are closed, and the stories of one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from feeds.model.channel import Period
from feeds.store import tables as t
from feeds.store.database.db import Database


def began(connection: Connection, channel_id: str) -> tuple[datetime | None, tuple[Period, ...]]:
    """Return when a channel's archives began, None where they did not, and its closed periods in order."""
    a = t.archives.c
    rows = connection.execute(select(a.period, a.at).where(a.channel_id == channel_id).order_by(a.period)).all()
    born = next((row.at for row in rows if not row.period), None)
    return born, tuple(row.period for row in rows if row.period)


def close(db: Database, connection: Connection, channel_id: str, periods: Sequence[Period], now: datetime) -> None:
    """Note periods that are closed now; '' that the archives begin."""
    statement = db.insert(t.archives).on_conflict_do_nothing()
    rows = [{"channel_id": channel_id, "period": period, "at": now} for period in periods]
    if rows:
        connection.execute(statement, rows)


def forget(connection: Connection, channel_id: str, periods: Sequence[Period]) -> None:
    a = t.archives.c
    connection.execute(delete(t.archives).where(a.channel_id == channel_id, a.period.in_(periods)))


def dates(connection: Connection, channel_id: str, since: datetime) -> list[tuple[datetime, datetime]]:
    """Return when the stories of a channel were published and first seen: those of which one is *since* then."""
    c, s = t.story_channels.c, t.stories.c
    query = select(c.published, s.first_seen).join_from(t.story_channels, t.stories, s.id == c.story_id)
    mine = c.channel_id == channel_id
    found = [(mine, c.published >= since), (mine, c.published < since, s.first_seen >= since)]
    return [tuple(row) for conditions in found for row in connection.execute(query.where(*conditions))]


def told(connection: Connection, channel_id: str, start: datetime, end: datetime, at: datetime) -> list[str]:
    """Return the ids of a channel's stories that `Archive.told` names."""
    c, s = t.story_channels.c, t.stories.c
    query = (
        select(c.story_id)
        .join_from(t.story_channels, t.stories, s.id == c.story_id)
        .where(c.channel_id == channel_id, c.release.is_(None) | (c.release <= at))
    )
    found = [
        (c.published >= start, c.published < end),
        (c.published < start, s.first_seen >= start, s.first_seen < end),
    ]
    return [id for limits in found for id in connection.scalars(query.where(*limits).order_by(c.story_id))]
