"""What lies behind a point of a channel: the port `Onward`. By keys alone: an offset costs what it skips."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, select

from feeds.model.onward import Point, Stretch
from feeds.store import reading
from feeds.store import tables as t
from feeds.store.database.db import Database
from feeds.store.rows import AnyRow

_C = t.story_channels.c


class Onward:
    """The stories of channels, a stretch at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def follows(self, channel_id: str, point: Point, at: datetime) -> bool:
        with self._db.read() as connection:
            return bool(_rows(connection, _behind(channel_id, point, at), 1))

    def stretch(self, channel_id: str, point: Point, at: datetime, limit: int) -> Stretch:
        with self._db.read() as connection:
            found = _rows(connection, _behind(channel_id, point, at), limit + 1)
            # with no story behind it the point is taken for the last one
            first = Point(found[0].published, found[0].story_id) if found else point
            above = _rows(connection, _ahead(channel_id, first, at), limit + 1)
            stories = reading.Stories(connection).get([row.story_id for row in found[:limit]])
        newer = Point(above[limit].published, above[limit].story_id) if len(above) > limit else None
        return Stretch(stories=tuple(stories), more=len(found) > limit, newer=newer)


def _rows(connection: Connection, query: Select[tuple[str, datetime]], limit: int) -> Sequence[AnyRow]:
    return connection.execute(query.limit(limit)).all()


def _of(channel_id: str, at: datetime) -> Select[tuple[str, datetime]]:
    mine = (_C.channel_id == channel_id, _C.release.is_(None) | (_C.release <= at))
    return select(_C.story_id, _C.published).where(*mine)


def _behind(channel_id: str, point: Point, at: datetime) -> Select[tuple[str, datetime]]:
    """The older ones, the nearest first. The bound alone is what the index is entered by."""
    after = (_C.published < point.published) | (_C.story_id > point.story_id)
    query = _of(channel_id, at).where(_C.published <= point.published, after)
    return query.order_by(_C.published.desc(), _C.story_id)


def _ahead(channel_id: str, point: Point, at: datetime) -> Select[tuple[str, datetime]]:
    """The newer ones, the nearest first."""
    before = (_C.published > point.published) | (_C.story_id < point.story_id)
    query = _of(channel_id, at).where(_C.published >= point.published, before)
    return query.order_by(_C.published, _C.story_id.desc())
