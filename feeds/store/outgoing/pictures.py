"""Which pictures each channel points at: what none does is served to nobody. The port `Pictures`."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from feeds.model.picture import Picture
from feeds.store.database.db import Database
from feeds.store.outgoing import news
from feeds.store.outgoing.picture_tables import pictures

_P = pictures.c


class Pictures:
    """Pictures by channel and path in one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, channel_id: str) -> tuple[Picture, ...]:
        query = select(_P.path, _P.source_id, _P.beside, _P.place).where(_P.channel_id == channel_id).order_by(_P.path)
        with self._db.read() as connection:
            return tuple(Picture(*row) for row in connection.execute(query))

    def others(self, channel_id: str, paths: Sequence[str]) -> frozenset[str]:
        mine = (_P.path.in_(paths), _P.channel_id != channel_id)
        with self._db.read() as connection:
            return frozenset(connection.scalars(select(_P.path).where(*mine)))

    def hang(self, channel_id: str, shown: Sequence[Picture]) -> None:
        rows = [{"channel_id": channel_id, **picture._asdict()} for picture in shown]
        with self._db.write() as connection:
            connection.execute(delete(pictures).where(_P.channel_id == channel_id))
            if rows:
                connection.execute(pictures.insert(), rows)
            news.count(self._db, connection)

    def at(self, path: str) -> tuple[Picture, ...]:
        query = select(_P.path, _P.source_id, _P.beside, _P.place).where(_P.path == path).distinct()
        with self._db.read() as connection:
            return tuple(Picture(*row) for row in connection.execute(query.order_by(_P.source_id, _P.beside)))

    def channels(self, source_ids: Sequence[str]) -> tuple[str, ...]:
        query = select(_P.channel_id).where(_P.source_id.in_(source_ids)).distinct().order_by(_P.channel_id)
        with self._db.read() as connection:
            return tuple(connection.scalars(query))
