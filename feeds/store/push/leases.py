"""What hubs elsewhere promised us, and the letters that they sent. The port `Leases`."""

import gzip
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Select, delete, func, select, update

from feeds.model.lease import Lease, Letter, Lettered, Wish
from feeds.model.source import FeedInfo, Source
from feeds.store import tables as t
from feeds.store.database.db import Database, among, hold
from feeds.store.push import push_tables as p
from feeds.store.rows import AnyRow, info_of, source_of, state_of

WAITING = 10  # letters of one source; where there are more, the source is asked instead
MOST = 8 << 20  # bytes of letters that are unpacked at once, and one letter more
OLDEST = timedelta(days=7)


class Leases:
    """Leases and letters in one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def wishes(self) -> list[tuple[Source, FeedInfo]]:
        """Return every source whose feed names a hub, or that has a lease, with what it says of itself now."""
        s, state = t.sources.c, t.source_state.c
        query = select(s.definition, s.removed, state.info).join(t.source_state, state.source_id == s.id).order_by(s.id)
        with self._db.read() as connection:
            leased = set(connection.scalars(select(p.leases.c.source_id).where(~p.leases.c.ended)))
            found = [(source_of(row.definition), info_of(row.info), row.removed) for row in connection.execute(query)]
        every = [(source, FeedInfo() if removed else info) for source, info, removed in found]
        return [(source, info) for source, info in every if info.hub or source.id in leased]

    def wish(self, wishes: Sequence[Wish], make: Callable[[Wish], Lease], now: datetime) -> int:
        """Bring leases in line with what is wished: *make* gives a new one. Return how many changed."""
        le, changed = p.leases, 0
        with self._db.write() as connection:
            hold(connection, ["leases"])  # two who find none would begin two of one source
            mine = among(le.c.source_id, [w.source_id for w in wishes]) & ~le.c.ended
            held = {row.source_id: _lease(row) for row in connection.execute(select(le).where(mine))}
            for wish in wishes:
                lease = held.get(wish.source_id)
                if lease and (lease.hub, lease.topic) == (wish.hub, wish.topic):
                    continue
                if lease:
                    end = {"ended": True, "trusted": False, "due": now, "attempts": 0}
                    connection.execute(update(le).where(le.c.id == lease.id).values(end))
                if wish.hub:
                    connection.execute(le.insert(), [_row(make(wish))])
                changed += bool(lease or wish.hub)
        return changed

    def due(self, now: datetime, limit: int) -> tuple[Lease, ...]:
        """Return leases that are to be asked for, or to be given back, the longest due first."""
        query = select(p.leases).where(p.leases.c.due <= now).order_by(p.leases.c.due, p.leases.c.id).limit(limit)
        with self._db.read() as connection:
            return tuple(_lease(row) for row in connection.execute(query))

    def lease(self, id: str) -> Lease | None:
        with self._db.read() as connection:
            row = connection.execute(select(p.leases).where(p.leases.c.id == id)).one_or_none()
        return _lease(row) if row is not None else None

    def put(self, lease: Lease, *fields: str) -> None:
        """Write only *fields* of a lease: the hub may answer here while the request is under way."""
        values = {name: getattr(lease, name) for name in fields}
        with self._db.write() as connection:
            connection.execute(update(p.leases).where(p.leases.c.id == lease.id).values(values))

    def forget(self, lease: Lease) -> None:
        with self._db.write() as connection:
            connection.execute(delete(p.leases).where(p.leases.c.id == lease.id))

    def of(self, source_ids: Collection[str]) -> Mapping[str, Lease]:
        """Return the lease of each source that has one."""
        query = select(p.leases).where(among(p.leases.c.source_id, source_ids), ~p.leases.c.ended)
        with self._db.read() as connection:
            return {row.source_id: _lease(row) for row in connection.execute(query)}

    def renew(self, now: datetime) -> None:
        """Have every lease asked for anew."""
        le = p.leases
        with self._db.write() as connection:
            connection.execute(update(le).where(~le.c.ended).values(due=now, attempts=0))

    def all(self) -> tuple[Lease, ...]:
        """Return the leases of all sources, by source."""
        query = select(p.leases).where(~p.leases.c.ended).order_by(p.leases.c.source_id)
        with self._db.read() as connection:
            return tuple(_lease(row) for row in connection.execute(query))

    def judge(self, polled: Sequence[tuple[Lease, bool]], now: datetime) -> None:
        le, ids = p.leases, [lease.id for lease, _ in polled]
        waiting = select(le.c.source_id).where(among(le.c.id, ids), le.c.waiting).limit(1)
        with self._db.read() as connection:
            stirred = connection.scalar(waiting) is not None
        if not stirred and not any(late for _, late in polled):
            return
        with self._db.write() as connection:
            stirring = []
            for lease, late in sorted(polled, key=lambda one: one[0].id):
                values = {"waiting": False, **({"trusted": False} if late else {})}
                mine = (le.c.id == lease.id) & le.c.heard.is_not_distinct_from(lease.heard)
                if connection.execute(update(le).where(mine).values(values)).rowcount != 1:
                    stirring.append(lease.id)
            came = select(le.c.source_id).where(among(le.c.id, stirring), le.c.waiting).order_by(le.c.source_id)
            for source_id in connection.scalars(came).all():  # a push came while the source was asked
                hasten(connection, source_id, now)

    # letters

    def arrived(self, lease: Lease, letter: Letter | None, now: datetime) -> None:
        """A push came: keep its letter, or have the source asked at once where there is none, or too many wait."""
        with self._db.write() as connection:
            mine = p.letters.c.source_id == lease.source_id
            waiting = connection.scalar(select(func.count()).select_from(p.letters).where(mine)) or 0
            hint = letter is None or waiting >= WAITING
            heard = {"heard": now, "trusted": True, **({"waiting": True} if hint else {})}
            connection.execute(update(p.leases).where(p.leases.c.id == lease.id).values(heard))
            if letter is None or hint:
                hasten(connection, lease.source_id, now)
            else:
                row = {c.name: getattr(letter, c.name) for c in p.letters.c if c.name != "id"}
                connection.execute(p.letters.insert(), [{**row, "body": gzip.compress(letter.body, 1, mtime=0)}])

    def lettered(self, shard: int) -> bool:
        """Tell whether any source of *shard* has a letter to read, without a look into it."""
        with self._db.read() as connection:
            return connection.execute(_waiting(shard).limit(1)).first() is not None

    def letters(self, shard: int, limit: int, most: int = MOST, but: Collection[int] = ()) -> list[Lettered]:
        """Return sources of *shard* that have letters, each with its oldest, the oldest first, without those of *but*.

        One letter is unpacked at a time, and none any more when they have *most* bytes.
        """
        le, s = p.letters.c, t.sources.c
        query = (
            select(p.letters, s.definition, t.source_state)
            .join(t.sources, s.id == le.source_id)
            .join(t.source_state, t.source_state.c.source_id == s.id)
        )
        found: list[Lettered] = []
        weight = 0
        with self._db.read() as connection:
            ids = [id for id in connection.scalars(_waiting(shard)) if id not in but]
            for id in ids[:limit]:
                found.append(_lettered(connection.execute(query.where(le.id == id)).one()))
                weight += len(found[-1].letter.body)
                if weight >= most:
                    break
        return found

    def wake(self, now: datetime) -> int:
        """Have sources asked that counted on pushes: we were not there to hear any. Forget letters that nobody read."""
        le = p.leases.c
        with self._db.write() as connection:
            deaf = connection.scalars(select(le.source_id).where(le.trusted, ~le.ended).order_by(le.source_id)).all()
            for source_id in deaf:
                hasten(connection, source_id, now)
            connection.execute(delete(p.letters).where(p.letters.c.at < now - OLDEST))
        return len(deaf)


def _waiting(shard: int) -> Select[Any]:
    """Select the oldest letter of each source of *shard* that is read at all, the oldest first: ids alone."""
    le, s = p.letters.c, t.sources.c
    return (
        select(func.min(le.id))
        .join(t.sources, s.id == le.source_id)
        .join(t.source_state, t.source_state.c.source_id == s.id)
        .where(s.shard == shard, s.enabled, ~s.removed, ~t.source_state.c.paused)
        .group_by(le.source_id)
        .order_by(func.min(le.id))
    )


def hasten(connection: Connection, source_id: str, now: datetime) -> None:
    """Make a source due. The time moves in any case, for a poll under way may have asked before the news was there.

    That of one that waits already moves by next to nothing: it keeps its place, however often it is pushed.
    """
    state = t.source_state
    mine = state.c.source_id == source_id
    due = connection.scalar(select(state.c.due).where(mine).with_for_update())
    if due is not None:
        due = now if due > now else due - timedelta(microseconds=1)
        connection.execute(update(state).where(mine).values(due=due))


def read(connection: Connection, letter: int) -> None:
    """Take away a letter with what it told, in one transaction."""
    connection.execute(delete(p.letters).where(p.letters.c.id == letter))


def _lettered(row: AnyRow) -> Lettered:
    letter = Letter(
        id=row.id,
        source_id=row.source_id,
        url=row.url,
        media_type=row.media_type,
        body=gzip.decompress(row.body),
        at=row.at,
    )
    return Lettered(source=source_of(row.definition), state=state_of(row), letter=letter)


def _row(lease: Lease) -> dict[str, Any]:
    return {c.name: getattr(lease, c.name) for c in p.leases.c}


def _lease(row: AnyRow) -> Lease:
    return Lease(**cast("Mapping[str, Any]", row._mapping))
