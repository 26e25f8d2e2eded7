"""What many processes of a cluster agree upon: whose turn it is, who does a thing alone, what is due and what rests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import BigInteger, Column, Interval, Select, Table, Text, cast, delete, extract, func, literal, select

from feeds.store import tables as t
from feeds.store.db import LOCKS, Database, DateTime, Words
from feeds.store.push_tables import letters

ALONE = LOCKS + 2  # the first half of advisory locks of those who do a thing alone; LOCKS + 1 are those of jobs


rests = Table(  # jobs that failed as a whole, and until when no worker runs them
    "rests", t.metadata, Column("lock", Words, primary_key=True), Column("until", DateTime, nullable=False)
)


class Turns:
    """Agreements, by the database: they hold for all processes, and end with the process that has them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def take(self, name: str, every: timedelta) -> bool:
        """Tell whether the present slot of *every* was nobody's yet: it is ours then. The database's clock counts."""
        slot = cast(func.floor(extract("epoch", func.now()) / every.total_seconds()), BigInteger)
        statement = self._db.insert(t.meta).values(key=f"turn:{name}", value=cast(slot, Text))
        mine = statement.on_conflict_do_update(
            index_elements=["key"],
            set_={"value": statement.excluded.value},
            where=cast(t.meta.c.value, BigInteger) < cast(statement.excluded.value, BigInteger),
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
        """Return the shards with a source that is due or has a letter."""
        s, state = t.sources.c, t.source_state.c
        asked = (s.enabled, ~s.removed, ~state.paused)
        both = select(s.shard).join_from(t.source_state, t.sources, s.id == state.source_id).where(*asked).distinct()
        with self._db.read() as connection:
            due = connection.scalars(both.where(state.due <= now)).all()
            written = connection.scalars(both.join(letters, letters.c.source_id == s.id)).all()
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
