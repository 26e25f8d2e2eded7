"""Channels that rest until somebody asks for them, and when each was asked for last. The ports `Resting` and `Bell`.

A channel rests where its marks, which only add, were put off; the one that ends its rest is made like any other. What
it would show by now is kept, for the next build is judged by what it loses of that, as if nothing had been put off.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import orjson
from sqlalchemy import Boolean, Column, Connection, Table, Text, case, delete, exists, func, select, update

from feeds.model.changes import Mark
from feeds.model.channel import Window
from feeds.store import reading
from feeds.store import tables as t
from feeds.store.database.db import Database, DateTime, Words, chunks, hold
from feeds.store.database.prepared import upserting
from feeds.store.outgoing import marking, news
from feeds.store.push.push_tables import subscriptions

BEGUN = "asked_for_since"  # of the table meta: since when it is noted what is asked for

resting = Table(  # channels whose marks were put off; `woken`: somebody asked, and a mark was made
    "resting",
    t.metadata,
    Column("channel_id", Words, primary_key=True),
    Column("since", DateTime, nullable=False),
    Column("woken", Boolean, nullable=False),
    Column("stories", Text, nullable=False),  # JSON: date of publication by id, of what it would show by now
)

asked_for = Table(  # when somebody asked last for a document of a channel
    "asked_for", t.metadata, Column("channel_id", Words, primary_key=True), Column("at", DateTime, nullable=False)
)

_REST = upserting(resting, fixed=("since",))  # who is put off again rests since before


class Resting:
    """What was put off until somebody asks for it."""

    def __init__(self, db: Database, told: news.News) -> None:
        self._db, self._news = db, told

    def begin(self, now: datetime) -> None:
        """Say that from *now* on it is noted what is asked for, where that was not so already."""
        statement = self._db.insert(t.meta).values(key=BEGUN, value=now.isoformat())
        with self._db.write() as connection:
            connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))

    def end(self, now: datetime) -> None:
        """Have all brought out that rests; nothing is to rest from now on, nor noted what is asked for."""
        with self._db.read() as connection:
            asleep = connection.scalars(select(resting.c.channel_id).where(~resting.c.woken).limit(1)).first()
        if self.begun() is None and asleep is None:
            return
        with self._db.write() as connection:
            connection.execute(delete(t.meta).where(t.meta.c.key == BEGUN))
            connection.execute(delete(asked_for))
            ids = connection.scalars(select(resting.c.channel_id).where(~resting.c.woken)).all()
            marking.put(connection, [Mark(channel_id=id, due=now) for id in ids])  # first: it holds the channels
            for some in chunks(ids):
                connection.execute(update(resting).where(resting.c.channel_id.in_(some)).values(woken=True))

    def begun(self) -> datetime | None:
        with self._db.read() as connection:
            said = connection.scalar(select(t.meta.c.value).where(t.meta.c.key == BEGUN))
        return datetime.fromisoformat(said) if said else None

    def subscribed(self, now: datetime) -> frozenset[str]:
        query = select(subscriptions.c.topic).where(subscriptions.c.lease_until > now).distinct()
        with self._db.read() as connection:
            return frozenset(connection.scalars(query))

    def calm(self, channel_ids: Sequence[str], now: datetime) -> Mapping[str, datetime | None]:
        m, a = t.marks.c, asked_for.c
        published = exists().where(t.renditions.c.channel_id == m.channel_id)
        held = exists().where(t.holds.c.channel_id == m.channel_id)
        at = select(a.at).where(a.channel_id == m.channel_id).scalar_subquery()
        query = select(m.channel_id, at.label("at")).where(m.due <= now, published, ~held)
        query = query.group_by(m.channel_id).having(func.sum(case((m.adds, 0), else_=1)) == 0)
        found: dict[str, datetime | None] = {}
        with self._db.read() as connection:
            for some in chunks(list(channel_ids)):
                rows = connection.execute(query.where(m.channel_id.in_(some)))
                found.update((row.channel_id, row.at) for row in rows)
        return found

    def put_off(self, marked: Sequence[tuple[Window, datetime]], now: datetime) -> frozenset[str]:
        windows, tokens = {w.channel_id: w for w, _ in marked}, {w.channel_id: token for w, token in marked}
        with self._db.write() as connection:
            hold(connection, [f"marks {id}" for id in tokens])  # who marks holds them, too: no mark comes from here on
            loud = _loud(connection, [*tokens], now)
            off = marking.answer(connection, {id: token for id, token in tokens.items() if id not in loud})
            if not off:
                return off
            marking.clear(connection, {id: tokens[id] for id in off}, now)
            _REST.each(connection, [_resting_row(connection, windows[id], now) for id in sorted(off)])
            news.count(self._db, connection)  # web nodes look again: what they have is the latest no more
        self._news.told()
        return off

    def rests(self, path: str) -> str | None:
        r = t.renditions.c
        query = select(r.channel_id).join(resting, resting.c.channel_id == r.channel_id).where(r.path == path)
        with self._db.read() as connection:
            return connection.scalar(query)

    def wake(self, channel_id: str, now: datetime) -> bool:
        mine = (resting.c.channel_id == channel_id) & ~resting.c.woken
        with self._db.write() as connection:
            hold(connection, [f"marks {channel_id}"])
            since = connection.scalar(update(resting).where(mine).values(woken=True).returning(resting.c.since))
            if since is None:
                return False
            _note(self._db, connection, [channel_id], now)
            marking.put(connection, [Mark(channel_id=channel_id, due=min(since, now))])
        return True

    def asked(self, channel_ids: Collection[str], now: datetime) -> None:
        """Note that somebody asked for documents of channels."""
        with self._db.write() as connection:
            _note(self._db, connection, channel_ids, now)


def waiting(connection: Connection, channel_id: str) -> Mapping[str, datetime] | None:
    """Return what a channel that rests would show by now, None where it does not rest."""
    said = connection.scalar(select(resting.c.stories).where(resting.c.channel_id == channel_id))
    return None if said is None else {id: datetime.fromisoformat(at) for id, at in orjson.loads(said).items()}


def rise(connection: Connection, channel_id: str) -> None:
    """End a channel's rest: it is brought out, or held."""
    connection.execute(delete(resting).where(resting.c.channel_id == channel_id))


def _resting_row(connection: Connection, window: Window, now: datetime) -> Mapping[str, object]:
    stories = {id: at.isoformat() for id, at in reading.latest(connection, window)}
    return {
        "channel_id": window.channel_id,
        "since": now,
        "woken": False,
        "stories": orjson.dumps(stories).decode(),
    }


def _loud(connection: Connection, channel_ids: Sequence[str], now: datetime) -> frozenset[str]:
    """Return the channels with a mark that is due and does not only add."""
    m = t.marks.c
    query = select(m.channel_id).where(m.channel_id.in_(channel_ids), m.due <= now, ~m.adds).distinct()
    return frozenset(connection.scalars(query))


def _note(db: Database, connection: Connection, channel_ids: Collection[str], now: datetime) -> None:
    statement = db.insert(asked_for)
    later = asked_for.c.at < now
    upsert = statement.on_conflict_do_update(index_elements=["channel_id"], set_={"at": now}, where=later)
    for some in chunks(sorted(channel_ids)):
        connection.execute(upsert, [{"channel_id": id, "at": now} for id in some])
