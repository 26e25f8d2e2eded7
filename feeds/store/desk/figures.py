"""How full everything is: numbers for the operator, which no single one of the people who read us may ask for."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, FromClause, and_, exists, func, select

from feeds.model.overview import Levels, Partitions
from feeds.store import tables as t
from feeds.store.database import partitions
from feeds.store.database.db import Database
from feeds.store.outgoing.resting import resting
from feeds.store.partners.partner_tables import owed as partner_owed
from feeds.store.push.push_tables import subscriptions

_ENDED = ("page", "gone")


class Figures:
    """Numbers for the operator."""

    PRESSURE = "pressure"  # under this, what `pressure` returns is noted

    def __init__(self, db: Database) -> None:
        self._db = db

    def levels(self, now: datetime) -> Levels:
        """Return how it stands at *now*: 40 ms of CPU for 100,000 entries in as many stories, which are counted."""
        with self._db.read() as connection:
            stories = _by(connection, t.stories.c.status)
            owed = _by(connection, t.deliveries.c.state)
            due, oldest = _due(connection, now)
            return Levels(
                sources=_standing(connection),
                problems=_problems(connection),
                due=due,
                lag=now - oldest if oldest else timedelta(0),
                pressure=_pressure(connection),
                marked=_count(connection, t.marks.c.channel_id.distinct(), t.marks.c.due <= now),
                resting=_rows(connection, resting),
                owed=owed.get("owed", 0),
                given_up=owed.get("given_up", 0),
                entries=_rows(connection, t.entries),
                stories=stories,
                copies=_rows(connection, t.members) - sum(stories.values()),
                set_aside=_count(connection, t.set_aside.c.story_id.distinct()),
                held=_rows(connection, t.holds),
                subscribers=_rows(connection, subscriptions, subscriptions.c.lease_until > now),
                partners_owed=_rows(connection, partner_owed, partner_owed.c.settled.is_(None)),
                partners_overdue=_rows(
                    connection, partner_owed, partner_owed.c.settled.is_(None), partner_owed.c.warned
                ),
                documents=_rows(connection, t.renditions, t.renditions.c.format.not_in(_ENDED)),
            )

    def waiting(self, now: datetime) -> tuple[int, timedelta]:
        """Return how many sources wait to be asked, and how long the first of them does."""
        with self._db.read() as connection:
            number, oldest = _due(connection, now)
        return number, now - oldest if oldest else timedelta(0)

    def late(self, since: datetime) -> tuple[int, int]:
        """Return how many sources elsewhere were due at *since* already, and how many there are that are asked."""
        s, state = t.sources.c, t.source_state.c
        asked = (~s.removed, s.enabled, ~s.local, ~state.paused)
        query = select(func.count()).select_from(t.source_state.join(t.sources, s.id == state.source_id)).where(*asked)
        with self._db.read() as connection:
            late, every = connection.scalar(query.where(state.due <= since)), connection.scalar(query)
        return late or 0, every or 0

    def tells(self) -> bool:
        """Tell whether any channel has a story to show."""
        with self._db.read() as connection:
            return bool(connection.scalar(select(exists().where(t.story_channels.c.story_id.is_not(None)))))

    def partitions(self) -> Partitions | None:
        """Return how the database is divided; None where it is not."""
        with self._db.read() as connection:
            return partitions.standing(connection)

    def pressure(self) -> float:
        """Return how much more is due than can be asked, 1 where nothing is."""
        with self._db.read() as connection:
            return _pressure(connection)

    def latest(self) -> datetime | None:
        """Return when the last decision was made: a clock that stands well before it went back."""
        with self._db.read() as connection:
            return connection.scalar(select(t.decisions.c.at).order_by(t.decisions.c.at.desc()).limit(1))


def _pressure(connection: Connection) -> float:
    return float(connection.scalar(select(t.meta.c.value).where(t.meta.c.key == Figures.PRESSURE)) or 1.0)


def _count(connection: Connection, column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count(column)).where(*conditions)) or 0


def _rows(connection: Connection, table: FromClause, *conditions: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def _by(connection: Connection, column: ColumnElement[Any]) -> Mapping[str, int]:
    query = select(column, func.count()).group_by(column)
    return {str(name): number for name, number in connection.execute(query)}


def _due(connection: Connection, now: datetime) -> tuple[int, datetime | None]:
    """Return how many sources wait to be asked, and since when the first of them does."""
    s, state = t.sources.c, t.source_state.c
    waiting = and_(~s.removed, s.enabled, ~state.paused, state.due <= now)
    query = select(func.count(), func.min(state.due)).join_from(t.sources, t.source_state, state.source_id == s.id)
    number, oldest = connection.execute(query.where(waiting)).one()
    return number, oldest


def _standing(connection: Connection) -> Mapping[str, int]:
    s, state = t.sources.c, t.source_state.c
    query = (
        select(s.enabled, state.paused, func.count())
        .join_from(t.sources, t.source_state, state.source_id == s.id)
        .where(~s.removed)
        .group_by(s.enabled, state.paused)
    )
    found = {"asked": 0, "paused": 0, "off": 0}
    for enabled, paused, number in connection.execute(query):
        found["off" if not enabled else "paused" if paused else "asked"] += number
    return found


def _problems(connection: Connection) -> Mapping[str, int]:
    """Return how many sources have which problem. The text is searched first: most states have none."""
    s, state = t.sources.c, t.source_state.c
    query = select(state.state).join_from(t.sources, t.source_state, state.source_id == s.id)
    found: dict[str, int] = {}
    for text in connection.scalars(query.where(~s.removed, state.state.contains('"problem":{'))):
        code = (orjson.loads(text).get("problem") or {}).get("code")
        if code:
            found[code] = found.get(code, 0) + 1
    return found
