"""What is in the bucket that mirrors us, as far as we know: the port `Notes`.

What is to be done follows from two tables, what is published and what was put where: nothing can be forgotten, and
a bucket that is new gets everything. A row of the path '' tells of the bucket as a whole, one of '*' when all of it was
compared last.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, literal, or_, select, true, update
from sqlalchemy import Row as AnyRow

from feeds.model.mirror import Closed, Gap, MirrorStanding, Replica
from feeds.store import tables as t
from feeds.store.database.db import Database, chunks
from feeds.store.outgoing import mirror_pictures, news
from feeds.store.outgoing.mirror_pictures import Album
from feeds.store.outgoing.mirror_tables import mirrored

WHOLE, COMPARED = "", "*"
LONGEST = timedelta(minutes=5)  # between two tries of a bucket that takes nothing
SLOWEST = timedelta(hours=1)  # between two tries of one document
DOUBLED = 10  # times at most: by then the wait is at its longest, and no span of time holds 2**47 seconds
FIRST = timedelta(seconds=15)
DAILY = timedelta(days=1)
BLANK: Mapping[str, Any] = {"what": "", "tag": "", "attempts": 0, "due": None, "problem": ""}  # nothing is known

_M, _R = mirrored.c, t.renditions.c
_WANTS = _R.etag + " " + _R.media_type  # the bytes, and how they are called


class Mirroring:
    """Notes in one database. *assets* are replicas beside what is published, by path; so are pictures, of *album*."""

    def __init__(self, db: Database, assets: Mapping[str, Replica], album: Album | None = None) -> None:
        self._db, self._album = db, album
        self._assets = {path: f"{_digest(replica)} {replica.media_type}" for path, replica in assets.items()}
        self._replicas = assets

    def waits(self, now: datetime) -> bool:
        with self._db.read() as connection:
            whole = _row(connection, WHOLE)
            if whole is not None and whole.due is not None:
                return bool(whole.due <= now)
            if whole is None or whole.what != _published(connection):
                return True
            return bool(connection.scalar(select(exists().where(_M.due <= now))))

    def begin(self, bucket: str) -> str:
        with self._db.write() as connection:
            whole = _row(connection, WHOLE)
            if whole is None or whole.tag != bucket:
                connection.execute(delete(mirrored))
                self._put(connection, path=WHOLE, tag=bucket)
            return _published(connection)

    def gaps(self, now: datetime, limit: int) -> tuple[Gap, ...]:
        with self._db.read() as connection:
            found = self._asset_gaps(connection, now)
            if self._album:
                found += mirror_pictures.gaps(connection, self._album, now, self._assets)
            for query in (_missing(now), _left_over(now, self._assets)):
                found.extend(map(_gap, connection.execute(query.limit(limit))))
        return tuple(found[:limit])

    def wanted(self, path: str) -> str:
        with self._db.read() as connection:
            known = connection.scalar(select(_WANTS).where(_R.path == path)) or self._assets.get(path, "")
            return known or (mirror_pictures.wanted(connection, self._album, path) if self._album else "")

    def document(self, gap: Gap) -> Replica | None:
        with self._db.read() as connection:
            row = connection.execute(select(_R.body, _R.media_type, _WANTS.label("wants")).where(_R.path == gap.path))
            found = row.one_or_none()
            if found is None and self._album and gap.path not in self._assets:
                return mirror_pictures.document(connection, self._album, gap)
        if found is None:
            return self._replicas.get(gap.path) if self._assets.get(gap.path) == gap.wants else None
        if found.wants != gap.wants:
            return None
        return Replica(path=gap.path, body=found.body, media_type=found.media_type, gzip=True)

    def leave(self, gaps: Sequence[Gap]) -> None:
        with self._db.write() as connection:
            for some in chunks([gap.path for gap in gaps]):
                connection.execute(update(mirrored).where(_M.path.in_(some)).values(what="", tag=""))

    def intend(self, gaps: Sequence[Gap]) -> None:
        rows = [{"path": gap.path, **BLANK} for gap in gaps]
        with self._db.write() as connection:
            connection.execute(self._db.insert(mirrored).on_conflict_do_nothing(index_elements=["path"]), rows)

    def close(self, closed: Iterable[Closed], now: datetime) -> None:
        with self._db.write() as connection:
            for one in closed:
                self._close(connection, one, now)

    def _close(self, connection: Connection, one: Closed, now: datetime) -> None:
        gap = one.gap
        if one.outrun:
            return
        row = _row(connection, gap.path)
        if one.problem:
            attempts = (row.attempts if row else 0) + 1
            due = now + min(FIRST * 2 ** min(attempts, DOUBLED), SLOWEST)
            kept = {"what": row.what, "tag": row.tag} if row else {}
            self._put(connection, path=gap.path, attempts=attempts, due=due, problem=one.problem, **kept)
        elif row is not None and row.tag not in (gap.tag, *one.over):
            # another process was faster, and what it put there is perhaps not there any more
            connection.execute(update(mirrored).where(_M.path == gap.path).values(what=""))
        elif gap.wants:
            self._put(connection, path=gap.path, what=gap.wants, tag=one.tag)
        else:
            connection.execute(delete(mirrored).where(_M.path == gap.path))

    def reached(self, until: str) -> None:
        with self._db.write() as connection:
            row = _row(connection, WHOLE)
            self._put(connection, path=WHOLE, what=until, tag=row.tag if row else "")

    def failed(self, problem: str, now: datetime) -> None:
        with self._db.write() as connection:
            row = _row(connection, WHOLE)
            attempts = (row.attempts if row else 0) + 1
            due = now + min(FIRST * 2 ** min(attempts, DOUBLED), LONGEST)
            self._put(connection, path=WHOLE, tag=row.tag if row else "", attempts=attempts, due=due, problem=problem)

    def comparing(self, now: datetime) -> bool:
        with self._db.read() as connection:
            row = _row(connection, COMPARED)
        return row is None or row.due <= now

    def compared(self, found: Mapping[str, str], now: datetime) -> int:
        """What is there and that we did not put is left alone, until something is published in its place."""
        wrong = 0
        with self._db.write() as connection:
            noted = connection.execute(select(_M.path, _M.tag).where(_M.path.startswith("/"), _M.tag != "")).all()
            for path, tag in noted:
                if (there := found.get(path, "")) != tag:
                    wrong += 1
                    connection.execute(update(mirrored).where(_M.path == path).values(what="", tag=there))
            self._put(connection, path=COMPARED, due=now + DAILY)
        return wrong

    def standing(self) -> MirrorStanding:
        """Return how the copies stand; those that were never begun are behind with everything."""
        with self._db.read() as connection:
            number = len(self._asset_gaps(connection, None)) + mirror_pictures.behind(connection, self._assets)
            for some in (_missing(None), _left_over(None, self._assets)):
                number += connection.scalar(select(func.count()).select_from(some.order_by(None).subquery())) or 0
            query = select(_M.problem, _M.due).where(_M.problem != "").order_by(_M.path).limit(1)
            one = connection.execute(query).one_or_none()
        known = {"problem": one.problem, "until": one.due} if one else {}
        return MirrorStanding(behind=number, **known)

    def _put(self, connection: Connection, **values: Any) -> None:
        statement = self._db.insert(mirrored)
        fields = {name: statement.excluded[name] for name in BLANK}
        connection.execute(statement.on_conflict_do_update(index_elements=["path"], set_=fields), {**BLANK, **values})

    def _asset_gaps(self, connection: Connection, now: datetime | None) -> list[Gap]:
        rows = {row.path: row for row in connection.execute(select(mirrored).where(_M.path.in_(self._assets)))}
        found = []
        for path, wants in self._assets.items():
            row = rows.get(path)
            if row is None or (row.what != wants and (row.due is None or now is None or row.due <= now)):
                found.append(Gap(path=path, wants=wants, tag=row.tag if row else ""))
        return found


def _missing(now: datetime | None) -> Select[Any]:
    """What is published and not there, or not as it is; without those that are to be tried after *now*."""
    tag = func.coalesce(_M.tag, "").label("tag")
    return (
        select(_R.path, _WANTS.label("wants"), tag)
        .outerjoin_from(t.renditions, mirrored, _M.path == _R.path)
        .where(or_(_M.path.is_(None), and_(_M.what != _WANTS, _ripe(now))))
        .order_by(_R.path)
    )


def _left_over(now: datetime | None, assets: Mapping[str, str]) -> Select[Any]:
    """What is there, or may be, and is not published any more."""
    return (
        select(_M.path, literal("").label("wants"), _M.tag)
        .where(_M.path.startswith("/"), ~exists().where(_R.path == _M.path), ~mirror_pictures.pointed_at(_M.path))
        .where(_M.path.not_in(assets), _ripe(now))
        .order_by(_M.path)
    )


def _gap(row: "AnyRow[Any]") -> Gap:
    return Gap(path=row.path, wants=row.wants, tag=row.tag)


def _ripe(now: datetime | None) -> ColumnElement[bool]:
    return or_(_M.due.is_(None), _M.due <= now) if now else true()


def _row(connection: Connection, path: str) -> "AnyRow[Any] | None":
    return connection.execute(select(mirrored).where(_M.path == path)).one_or_none()


def _published(connection: Connection) -> str:
    return connection.scalar(select(t.meta.c.value).where(t.meta.c.key == news.KEY)) or ""


def _digest(replica: Replica) -> str:
    return sha256(replica.body).hexdigest()[:32]
