"""What must go out: marks, renditions, stories set aside, deliveries. The port `Outbox`."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Connection, delete, exists, func, select, update

from feeds.errors import StaleView
from feeds.model.buckets import ALL
from feeds.model.changes import Mark
from feeds.model.channel import Format, Period, Place, Rendered, Rendition, Shown
from feeds.model.delivery import Delivery
from feeds.model.mirror import Replica
from feeds.store import tables as t
from feeds.store.database.db import Database, chunks, within
from feeds.store.outgoing import filing, holding, marking, news, redirects, renaming, resting, revisions
from feeds.store.outgoing.mirror_pictures import Album
from feeds.store.outgoing.mirroring import Mirroring
from feeds.store.push import hub
from feeds.store.push.hub import Hub
from feeds.store.rows import AnyRow, delivery_of, delivery_row, rendition_of

_COLUMNS = tuple(column.name for column in t.renditions.columns)
_KEPT = (
    t.renditions, t.set_aside, t.tombstones, t.archives, t.contents, t.holds, resting.resting, resting.asked_for,
)  # fmt: skip
LEVEL = 6  # of gzip; 9 costs three times as much for 1 %


class Outbox:
    """Marks, renditions and deliveries in one database."""

    def __init__(self, db: Database, told: news.News | None = None) -> None:
        self._db = db
        self.hub = Hub(db)
        self._news = told or news.News()
        self.resting = resting.Resting(db, self._news)

    def dirty(self, now: datetime, limit: int, part: range = ALL) -> tuple[tuple[str, datetime], ...]:
        with self._db.read() as connection:
            return marking.due(connection, now, limit, part)

    def places(self, channel_id: str) -> Mapping[Format, Place]:
        r = t.renditions.c
        with self._db.read() as connection:
            rows = connection.execute(select(r.format, r.path, r.etag).where(r.channel_id == channel_id))
            return {cast("Format", row.format): Place(row.path, row.etag) for row in rows}

    def vacate(self, paths: Sequence[str]) -> tuple[str, ...]:
        with self._db.write() as connection:
            for some in chunks(paths):
                connection.execute(delete(t.renditions).where(t.renditions.c.path.in_(some)))
            if paths:
                news.count(self._db, connection)
        self._news.told()
        return tuple(paths)

    # what is held

    def shown(self, channel_id: str) -> Shown:
        with self._db.read() as connection:
            return holding.shown(connection, channel_id)

    def hold(
        self,
        channel_id: str,
        mark: datetime,
        reason: str,
        now: datetime,
        before: Mapping[str, datetime] | None = None,
    ) -> None:
        with self._db.write() as connection:
            if not marking.take(connection, channel_id, mark, again=True):
                return
            holding.hold(self._db, connection, channel_id, reason, now, before)
            resting.rise(connection, channel_id)
            marking.clear(connection, {channel_id: mark}, now)

    def allow(self, channel_ids: Sequence[str], now: datetime) -> None:
        """Let held builds be brought out, at the next pass."""
        with self._db.write() as connection:
            holding.allow(connection, channel_ids)
            marking.put(connection, [Mark(channel_id=c, due=now) for c in channel_ids])

    # archives

    def archives(self, channel_id: str) -> tuple[datetime | None, tuple[Period, ...]]:
        with self._db.read() as connection:
            return filing.began(connection, channel_id)

    def close(self, channel_id: str, periods: Sequence[Period], marks: Sequence[Mark], now: datetime) -> None:
        with self._db.write() as connection:
            filing.close(self._db, connection, channel_id, periods, now)
            marking.put(connection, marks)

    def reopen(self, channel_id: str, periods: Sequence[Period]) -> None:
        with self._db.write() as connection:
            filing.forget(connection, channel_id, periods)

    def published(
        self,
        channel_id: str,
        mark: datetime | None,
        rendered: Rendered,
        deliveries: Sequence[Delivery],
        now: datetime,
    ) -> None:
        """*mark* and *now* are those of `dirty`: a mark that was made or became due since then stays.

        Raises `StaleView` where *mark* is gone: another publisher was faster, and nothing of this one is written.
        """
        fresh = [_rendition_row(r, before, now) for r, before in self._fresh(channel_id, rendered)]
        with self._db.write() as connection:
            if mark is not None and not marking.take(connection, channel_id, mark):
                raise StaleView(f"channel {channel_id} was brought out by another meanwhile")
            if fresh:
                self._put(connection, fresh)
                news.count(self._db, connection)
            self._set_aside(connection, channel_id, rendered, now)
            holding.settle(self._db, connection, channel_id, rendered, now)
            if deliveries:
                self._owe(connection, deliveries)
            if mark is not None:
                marking.clear(connection, {channel_id: mark}, now)
                resting.rise(connection, channel_id)
        if fresh:
            self._news.told()

    def _owe(self, connection: Connection, deliveries: Sequence[Delivery]) -> None:
        """What was told before is told again when it is news again: a document may come back to what it was."""
        statement = self._db.insert(t.deliveries)
        again = {name: statement.excluded[name] for name in ("due", "attempts", "problem", "state")}
        later = t.deliveries.c.due < statement.excluded.due
        upsert = statement.on_conflict_do_update(index_elements=["id"], set_=again, where=later)
        connection.execute(upsert, [delivery_row(d) for d in deliveries])

    def _fresh(self, channel_id: str, rendered: Rendered) -> list[tuple[Rendition, AnyRow | None]]:
        """Leave out what is stored already, before the cost of compressing it; give what each other one follows."""
        r = t.renditions.c
        columns = (r.format, r.path, r.etag, r.media_type, r.link, r.version, r.modified, r.updated, r.parts, r.past)
        with self._db.read() as connection:
            query = select(*columns).where(r.channel_id == channel_id)
            stored = {row.format: row for row in connection.execute(query)}
        return [(r, stored.get(r.format)) for r in rendered.renditions if not _same(r, stored.get(r.format))]

    def _put(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write renditions; a path belongs to whoever published there last."""
        r = t.renditions
        for row in rows:
            other = (r.c.channel_id != row["channel_id"]) | (r.c.format != row["format"])
            connection.execute(delete(r).where(r.c.path == row["path"], other))
            if row["was_at"] != row["path"]:
                redirects.arrived(self._db, connection, row["was_at"], row["path"])
        statement = self._db.insert(r)
        fields = {c.name: statement.excluded[c.name] for c in r.c if c.name not in {"channel_id", "format"}}
        upsert = statement.on_conflict_do_update(index_elements=["channel_id", "format"], set_=fields)
        connection.execute(upsert, [{name: row[name] for name in _COLUMNS} for row in rows])

    def _set_aside(self, connection: Connection, channel_id: str, rendered: Rendered, now: datetime) -> None:
        """Replace what the channel goes without; a story that stays away keeps the time when that began."""
        s = t.set_aside
        rows = {(a.story_id, a.format): a.reason for a in rendered.set_aside}
        query = select(s.c.story_id, s.c.format, s.c.at).where(s.c.channel_id == channel_id)
        since = {(story, format): at for story, format, at in connection.execute(query)}
        if since:
            connection.execute(delete(s).where(s.c.channel_id == channel_id))
        if rows:
            connection.execute(
                s.insert(),
                [
                    {
                        "channel_id": channel_id,
                        "story_id": story,
                        "format": format,
                        "reason": reason,
                        "at": since.get((story, format), now),
                    }
                    for (story, format), reason in rows.items()
                ],
            )

    def ended(
        self, channel_ids: Sequence[str], now: datetime, moved: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[str, ...]:
        """Paths that another channel took over meanwhile are not among those returned."""
        paths: list[str] = []
        with self._db.write() as connection:
            for some in chunks(sorted(set(channel_ids))):
                r = t.renditions.c
                paths.extend(connection.scalars(select(r.path).where(r.channel_id.in_(some))))
                for table in _KEPT:
                    connection.execute(delete(table).where(table.c.channel_id.in_(some)))
                mine = t.marks.c.channel_id.in_(some) & (t.marks.c.due <= now)
                connection.execute(delete(t.marks).where(mine))
            for old, new in moved.items():
                redirects.arrived(self._db, connection, old, new)
            if paths or moved:
                news.count(self._db, connection)
        self._news.told()
        return tuple(sorted(paths))

    def rename(self, names: Mapping[str, str]) -> None:
        with self._db.write() as connection:
            renaming.rename(connection, names)

    def channels(self) -> tuple[str, ...]:
        """Return every channel that was published: those that the configuration no longer has are to end."""
        with self._db.read() as connection:
            return tuple(connection.scalars(select(t.renditions.c.channel_id).distinct().order_by("channel_id")))

    def begins(self, channel_ids: Sequence[str], now: datetime) -> bool:
        """Tell whether one of these channels is to be published by *now*, and never was."""
        m, r = t.marks.c, t.renditions.c
        waits = select(m.channel_id).where(m.due <= now, ~exists().where(r.channel_id == m.channel_id)).limit(1)
        with self._db.read() as connection:
            return any(connection.scalar(waits.where(m.channel_id.in_(some))) for some in chunks(channel_ids))

    def mark(self, channel_ids: Sequence[str], due: datetime) -> None:
        with self._db.write() as connection:
            marking.put(connection, [Mark(channel_id=c, due=due) for c in channel_ids])

    def owed(self, now: datetime, limit: int, part: range = ALL) -> tuple[Delivery, ...]:
        d = t.deliveries.c
        mine = (d.state == "owed", d.due <= now, *within(d.bucket, part))
        query = select(t.deliveries).where(*mine).order_by(d.due, d.id).limit(limit)
        with self._db.read() as connection:
            return tuple(delivery_of(row) for row in connection.execute(query))

    def waiting(self, now: datetime, part: range = ALL) -> int:
        d = t.deliveries.c
        mine = (d.state == "owed", d.due <= now, *within(d.bucket, part))
        query = select(func.count()).select_from(t.deliveries).where(*mine)
        with self._db.read() as connection:
            return connection.scalar(query) or 0

    def settle(self, *settled: Delivery) -> None:
        d = t.deliveries
        with self._db.write() as connection:
            for delivery in sorted(settled, key=lambda one: one.id):  # rows that others may want, in one order
                mine = (d.c.id == delivery.id) & (d.c.etag == delivery.etag)
                if delivery.state != "gone":
                    stored = replace(delivery, state="done") if delivery.state == "skipped" else delivery
                    connection.execute(update(d).where(mine).values(delivery_row(stored)))
                if delivery.kind == "push":
                    hub.settle(connection, delivery)

    def rendition(self, path: str) -> Rendition | None:
        """Return what is published at *path*, or None."""
        with self._db.read() as connection:
            row = connection.execute(select(t.renditions).where(t.renditions.c.path == path)).one_or_none()
        return rendition_of(row, gzip.decompress(row.body)) if row else None

    def mirroring(self, assets: Mapping[str, Replica] = MappingProxyType({}), album: Album | None = None) -> Mirroring:
        """Return our notes of a bucket; *assets* and the pictures of *album* stand there beside what is published."""
        return Mirroring(self._db, assets, album)

    def pending(self) -> int:
        """Return how many channels are marked, due or not."""
        with self._db.read() as connection:
            return connection.scalar(select(func.count(t.marks.c.channel_id.distinct()))) or 0


def _same(rendition: Rendition, stored: AnyRow | None) -> bool:
    return stored is not None and (rendition.path, rendition.etag, rendition.media_type, rendition.link) == (
        stored.path,
        stored.etag,
        stored.media_type,
        stored.link,
    )


def _rendition_row(rendition: Rendition, before: AnyRow | None, now: datetime) -> dict[str, Any]:
    return {
        **revisions.following(rendition, cast("revisions.Before | None", before), now),
        "was_at": before.path if before else "",
        "link": rendition.link,
        "channel_id": rendition.channel_id,
        "format": rendition.format,
        "path": rendition.path,
        "media_type": rendition.media_type,
        "etag": rendition.etag,
        "updated": rendition.updated,
        "size": rendition.size,
        "body": rendition.gzipped or gzip.compress(rendition.body, LEVEL, mtime=0),
    }
