"""Stories and decisions page by page: each page begins where the last one ended, whatever was written meanwhile."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from feeds.model.decision import Decision
from feeds.model.story import Story, StoryStatus
from feeds.store import reading
from feeds.store import tables as t
from feeds.store.database.db import Database
from feeds.store.rows import decision_of


class Catalogue:
    """Read-only lists."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def stories(
        self,
        *,
        now: datetime,
        hidden: bool,
        limit: int,
        channel: str = "",
        category: str = "",
        source: str = "",
        status: StoryStatus | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: tuple[datetime, str] | None = None,
    ) -> tuple[Story, ...]:
        """Return stories, the newest `published` first, equal ones by id, those behind *after*.

        Without *hidden* those alone that are shown at *now*. Channels and categories hold what is shown, or will be.
        """
        s = t.stories.c
        conditions: list[ColumnElement[bool]] = [] if hidden else [_shown(now)]
        if status:
            conditions.append(s.status == status)
        if since:
            conditions.append(s.published >= since)
        if until:
            conditions.append(s.published < until)
        if after:
            at, id = after
            conditions.append(or_(s.published < at, and_(s.published == at, s.id > id)))
        if channel:
            c = t.story_channels.c
            conditions.append(exists().where(c.story_id == s.id, c.channel_id == channel))
        if category:
            k = t.story_categories.c
            conditions.append(exists().where(k.story_id == s.id, k.slug == category))
        if source:
            m = t.members.c
            conditions.append(exists().where(m.story_id == s.id, m.source_id == source))
        query = select(s.id).where(*conditions).order_by(s.published.desc(), s.id).limit(limit)
        with self._db.read() as connection:
            return tuple(reading.Stories(connection).get(connection.scalars(query).all()))

    def decisions(
        self,
        *,
        now: datetime,
        hidden: bool,
        limit: int,
        source: str = "",
        story: str = "",
        kind: str = "",
        since: datetime | None = None,
        after: int | None = None,
    ) -> tuple[tuple[int, Decision], ...]:
        """Return decisions with their numbers, the last one first, those before number *after*.

        Without *hidden* those alone that speak of a story which is shown at *now*.
        """
        d = t.decisions.c
        conditions: list[ColumnElement[bool]] = []
        if not hidden:
            conditions.append(exists().where(t.stories.c.id == d.story_id, _shown(now)))
        for column, wanted in ((d.source_id, source), (d.story_id, story), (d.kind, kind)):
            if wanted:
                conditions.append(column == wanted)
        if since:
            conditions.append(d.at >= since)
        if after is not None:
            conditions.append(d.id < after)
        query = select(t.decisions).where(*conditions).order_by(d.id.desc()).limit(limit)
        with self._db.read() as connection:
            return tuple((row.id, decision_of(row)) for row in connection.execute(query))


def _shown(now: datetime) -> ColumnElement[bool]:
    s = t.stories.c
    return and_(s.status == "shown", or_(s.release.is_(None), s.release <= now))
