"""What many processes of a cluster agree upon: whose turn it is, who does a thing alone, what is due and what rests."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from zlib import crc32

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    Interval,
    Select,
    Table,
    Text,
    bindparam,
    case,
    cast,
    delete,
    extract,
    func,
    literal,
    select,
    update,
)

from feeds.store import tables as t
from feeds.store.database.db import LOCKS, Database, DateTime, Number, Words
from feeds.store.push.push_tables import letters

ALONE = LOCKS + 2  # the first half of advisory locks of those who do a thing alone; LOCKS + 1 are those of jobs
AHEAD = timedelta(minutes=1)  # of a slot: one that is further ahead was taken by another clock


rests = Table(  # jobs that failed as a whole, and until when no worker runs them
    "rests", t.metadata, Column("lock", Words, primary_key=True), Column("until", DateTime, nullable=False)
)

asked = Table(  # when hosts may be asked again, by the shard whose jobs ask them
    "asked",
    t.metadata,
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("turn", Number, nullable=False),  # counts its jobs
    Column("ended", Number, nullable=False),  # the last that told whom it asked; not the last of all while one runs
    Column("deal", Words, nullable=False),  # how sources were dealt to shards then
    Column("at", DateTime, nullable=False),
    Column("rests", Text, nullable=False),  # seconds from `at` for which to leave each host alone, as JSON
)


def deal(connection: Connection) -> None:
    """Put states into the shards of their sources; into none where the source is off or was taken out."""
    s, state = t.sources.c, t.source_state
    mine = (
        select(case((s.enabled & ~s.removed, s.shard), else_=-1))
        .where(s.id == state.c.source_id)
        .correlate(state)
        .scalar_subquery()
    )
    connection.execute(update(state).where(state.c.shard != mine).values(shard=mine))


def _with_due() -> Select[Any]:
    """Select the shards with a source that is due at `now`."""
    state, first, there = t.source_state.c, t.source_state.alias().c, t.source_state.alias().c
    turn = select(func.min(state.shard).label("shard")).where(state.shard >= 0).cte("turn", recursive=True)
    following = select(func.min(first.shard)).where(first.shard > turn.c.shard).scalar_subquery()
    turn = turn.union_all(select(following).where(turn.c.shard.is_not(None)))
    due = select(there.shard).where(there.shard == turn.c.shard, there.due <= bindparam("now", type_=DateTime))
    return select(turn.c.shard).where(due.where(~there.paused).limit(1).scalar_subquery().is_not(None))


_WITH_DUE = _with_due()


class Turns:
    """Agreements, by the database: they hold for all processes, and end with the process that has them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def take(self, name: str, every: timedelta) -> bool:
        """Tell whether the present slot of *every* was nobody's yet: it is ours then. The database's clock counts.

        A slot far ahead was taken by a clock that was set back since, as where another server took over: nobody's.
        """
        slot = cast(func.floor(extract("epoch", func.now()) / every.total_seconds()), BigInteger)
        statement = self._db.insert(t.meta).values(key=f"turn:{name}", value=cast(slot, Text))
        last, wanted = cast(t.meta.c.value, BigInteger), cast(statement.excluded.value, BigInteger)
        mine = statement.on_conflict_do_update(
            index_elements=["key"],
            set_={"value": statement.excluded.value},
            where=(last < wanted) | (last > wanted + ceil(AHEAD / every)),
        )
        with self._db.write() as connection:
            return connection.execute(mine.returning(t.meta.c.key)).first() is not None

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Wait until nobody else does *name*, and let nobody begin it until the end."""
        if self._db.alone:
            yield
            return
        with self._db.write() as connection:
            for setting in ("lock_timeout", "idle_in_transaction_session_timeout"):
                connection.exec_driver_sql(f"SET LOCAL {setting} = 0")
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", (ALONE, crc32(name.encode()) >> 1))
            yield

    def shards(self, now: datetime) -> tuple[int, ...]:
        """Return the shards with a source that is due or has a letter.

        What this costs grows with the shards, and not with the sources: from each shard to the next, and to the first
        that is due there, by the index.
        """
        state = t.source_state.c
        read = select(state.shard).where(state.shard >= 0, ~state.paused)
        with self._db.read() as connection:
            due = connection.scalars(_WITH_DUE, {"now": now}).all()
            written = connection.scalars(read.join(letters, letters.c.source_id == state.source_id).distinct()).all()
        return tuple(sorted({*due, *written}))

    def marked(self, now: datetime) -> frozenset[int]:
        """Return the buckets with a channel that is to be published."""
        return self._buckets(select(t.marks.c.bucket).where(t.marks.c.due <= now))

    def owed(self, now: datetime) -> frozenset[int]:
        """Return the buckets with a delivery that is due."""
        d = t.deliveries.c
        return self._buckets(select(d.bucket).where(d.state == "owed", d.due <= now))

    def _buckets(self, found: Select[tuple[int]]) -> frozenset[int]:
        with self._db.read() as connection:
            return frozenset(connection.scalars(found.distinct()))

    # rests

    def rest(self, lock: str, span: timedelta) -> None:
        """Let no worker run a job for *span*. The database's clock counts; rests that are over are forgotten."""
        end = func.now() + literal(span, Interval)
        statement = self._db.insert(rests).values(lock=lock, until=end)
        with self._db.write() as connection:
            connection.execute(delete(rests).where(rests.c.until <= func.now()))
            connection.execute(statement.on_conflict_do_update(index_elements=["lock"], set_={"until": end}))

    def resting(self) -> frozenset[str]:
        """Return the locks of jobs that rest."""
        with self._db.read() as connection:
            return frozenset(connection.scalars(select(rests.c.lock).where(rests.c.until > func.now())))

    # hosts

    def begin_asking(self, shard: int, deal: str) -> tuple[int, Mapping[str, float] | None]:
        """Begin a job that asks the hosts of a shard; return its turn, and what the last one left.

        That is for how many seconds each host is to be left alone yet. None where nobody can tell: no job ran, the last
        one never ended, or sources were dealt otherwise than *deal* says.
        """
        statement = self._db.insert(asked).values(shard=shard, turn=1, ended=-1, deal=deal, at=func.now(), rests="{}")
        known = asked.c.ended == asked.c.turn - 1
        mine = statement.on_conflict_do_update(index_elements=["shard"], set_={"turn": asked.c.turn + 1}).returning(
            asked.c.turn, known & (asked.c.deal == deal), extract("epoch", func.now() - asked.c.at), asked.c.rests
        )
        with self._db.write() as connection:
            turn, told, since, rests = connection.execute(mine).one()
        if not told:
            return turn, None
        return turn, {host: left for host, rest in orjson.loads(rests).items() if (left := rest - float(since)) > 0}

    def end_asking(self, shard: int, turn: int, deal: str, rests: Mapping[str, float]) -> None:
        """Leave to a shard's next job for how many seconds hosts are to be left alone; nothing once that has begun."""
        mine = update(asked).where(asked.c.shard == shard, asked.c.turn == turn)
        with self._db.write() as connection:
            connection.execute(mine.values(ended=turn, deal=deal, at=func.now(), rests=orjson.dumps(rests).decode()))
