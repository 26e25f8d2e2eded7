"""Finding stories by their words: the ports `Index` and `Search`.

A story that is written is noted in the same transaction (`unsearched`), and a job of its own tells the index: to index
a story costs a third of what taking it in costs, and who publishes from cron need not pay for it. What is found is
judged by what channels show at that moment, never by the index: it cannot give away what was taken back.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, update

from feeds.model.search import Hits, Unsearched
from feeds.store import reading
from feeds.store import tables as t
from feeds.store.database.db import Database, among
from feeds.store.incoming.threes import candidates, reaches_back, reindex
from feeds.store.rows import AnyRow

MOST = 10_000  # stories of one query that are put in order: those that were indexed last
RECENT = (
    50_000  # texts that are read where no index helps (a letter; on PostgreSQL two, or no pg_trgm): the last, in 0.2 s
)

_S, _C, _U = t.searched.c, t.story_channels.c, t.unsearched.c


class Searching:
    """The words of stories."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # the port `Index`

    def waits(self) -> bool:
        with self._db.read() as connection:
            return connection.scalar(select(_U.story_id).limit(1)) is not None

    def unsearched(self, limit: int) -> tuple[Unsearched, ...]:
        with self._db.read() as connection:
            rows = connection.execute(select(t.unsearched).order_by(_U.story_id).limit(limit)).all()
            stories = {s.id: s for s in reading.Stories(connection).get([row.story_id for row in rows])}
        return tuple(
            Unsearched(story_id=row.story_id, version=row.version, story=stories.get(row.story_id)) for row in rows
        )

    def index(self, texts: Sequence[tuple[Unsearched, str]]) -> None:
        with self._db.write() as connection:
            query = select(t.searched).where(among(_S.story_id, [found.story_id for found, _ in texts]))
            known = {row.story_id: row for row in connection.execute(query)}
            for found, words in texts:
                _put(connection, found.story_id, known.get(found.story_id), words)
                as_read = (_U.story_id == found.story_id) & (_U.version == found.version)  # else it waits again
                connection.execute(delete(t.unsearched).where(as_read))

    def whole(self) -> bool:
        """Tell whether searches look into all that is indexed; False where only the last `RECENT` texts are read."""
        with self._db.read() as connection:
            return reaches_back(connection)

    # the port `Search`

    def find(self, words: Sequence[str], channels: Collection[str], at: datetime, limit: int, offset: int) -> Hits:
        with self._db.read() as connection:
            last = select(_S.number, _S.story_id, _S.text).order_by(_S.number.desc())
            found = candidates(connection, words)
            some = (last.limit(RECENT) if found is None else last.where(_S.number.in_(found.limit(MOST)))).subquery()
            query = (
                select(some.c.story_id)
                .join(t.stories, t.stories.c.id == some.c.story_id)
                .where(*(some.c.text.contains(word, autoescape=True) for word in words))
                .where(
                    exists().where(
                        _C.story_id == some.c.story_id,
                        among(_C.channel_id, channels),
                        _C.release.is_(None) | (_C.release <= at),
                    )
                )
                .order_by(t.stories.c.published.desc(), some.c.story_id)
            )
            ids = connection.scalars(query.offset(offset).limit(limit + 1)).all()
            stories = reading.Stories(connection).get(ids[:limit])
        return Hits(stories=tuple(stories), more=len(ids) > limit)


def _put(connection: Connection, story_id: str, before: AnyRow | None, words: str) -> None:
    old = before.text if before else ""
    if old == words:
        return
    if before is None:
        added = t.searched.insert().values(story_id=story_id, text=words).returning(_S.number)
        number = connection.scalars(added).one()
    else:
        number = before.number
        mine = _S.number == number
        change = update(t.searched).where(mine).values(text=words) if words else delete(t.searched).where(mine)
        connection.execute(change)
    reindex(connection, number, old, words)
