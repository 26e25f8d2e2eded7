"""Our hub: who subscribed, who asked to, and what each subscriber is owed. The port `Hub`.

A subscriber has one row of deliveries, whatever it is owed: a newer document takes the place of an older one that was
not delivered yet. The document's etag fences what becomes of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Select, case, delete, func, literal, select, update

from feeds.model.buckets import bucket_of_url
from feeds.model.delivery import Delivery, Intent, Mode, Subscription
from feeds.model.overview import TopicLine
from feeds.store import tables as t
from feeds.store.database.db import Database
from feeds.store.push import push_tables as p
from feeds.store.rows import AnyRow, delivery_row

_SUBSCRIPTION = tuple(column.name for column in p.subscriptions.c if column.name != "bucket")
WAITING = 10_000  # intents at a time: whoever floods us with requests crowds out others, not our disk


class Hub:
    """Subscriptions and intents in one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def ask(self, intent: Intent, question: Delivery, between: timedelta) -> datetime | None:
        """Owe the callback a question; not sooner than *between* after the last one of the same pair.

        A callback that did not answer is asked ever less often; who asks anew is alive again, and does not wait for
        that. Returns when it is asked, None where too many wait already.
        """
        d = t.deliveries
        with self._db.write() as connection:
            waiting = connection.scalar(select(func.count()).select_from(p.intents).where(p.intents.c.id != intent.id))
            if (waiting or 0) >= WAITING:
                return None
            last = connection.execute(select(d.c.due, d.c.state).where(d.c.id == question.id)).first()
            if last is not None:
                free = min(last.due, question.due + between) if last.state == "owed" else last.due + between
                question = replace(question, due=max(question.due, free))
            row = {**{c.name: getattr(intent, c.name) for c in p.intents.c}, "lease": int(intent.lease.total_seconds())}
            for table, values in ((p.intents, row), (d, delivery_row(question))):
                statement = self._db.insert(table).values(values)
                fields = {name: statement.excluded[name] for name in values if name != "id"}
                connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=fields))
        return question.due

    def intent(self, id: str) -> Intent | None:
        with self._db.read() as connection:
            row = connection.execute(select(p.intents).where(p.intents.c.id == id)).one_or_none()
        if row is None:
            return None
        values = {**row._mapping, "lease": timedelta(seconds=row.lease), "mode": cast("Mode", row.mode)}
        return Intent(**values)

    def confirm(self, intent: Intent, subscription: Subscription | None) -> None:
        """The callback meant it: put its subscription, or end it. A request that came meanwhile stays."""
        mine = (p.intents.c.id == intent.id) & (p.intents.c.challenge == intent.challenge)
        with self._db.write() as connection:
            if connection.execute(delete(p.intents).where(mine)).rowcount != 1:
                return
            if subscription is None:
                _end(connection, [intent.id])
                return
            values = {name: getattr(subscription, name) for name in _SUBSCRIPTION}
            bucket = bucket_of_url(subscription.callback)
            statement = self._db.insert(p.subscriptions).values(**values, bucket=bucket)
            renewed = {name: statement.excluded[name] for name in ("secret", "lease_until", "by")}
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=renewed))

    def forget(self, intent: Intent) -> None:
        """The callback did not mean it: nothing changes."""
        mine = (p.intents.c.id == intent.id) & (p.intents.c.challenge == intent.challenge)
        with self._db.write() as connection:
            connection.execute(delete(p.intents).where(mine))

    def subscription(self, id: str, now: datetime) -> Subscription | None:
        """Return a subscription whose lease holds."""
        with self._db.read() as connection:
            query = select(p.subscriptions).where(p.subscriptions.c.id == id, p.subscriptions.c.lease_until > now)
            row = connection.execute(query).one_or_none()
        return _subscription(row) if row is not None else None

    def announce(self, news: Delivery, now: datetime) -> int:
        """Owe every subscriber of a topic its new document, and note that *news* is done; return how many they are.

        Who failed to take the last one keeps its count of attempts, so that its waits stay long. Leases that ended go.
        """
        s, d = p.subscriptions.c, t.deliveries
        with self._db.write() as connection:
            ended = connection.scalars(select(s.id).where(s.topic == news.topic, s.lease_until <= now)).all()
            _end(connection, ended)
            statement = self._db.insert(d)
            owed = statement.from_select([c.name for c in d.c], _owed(news, now))
            again = {
                "due": statement.excluded.due,
                "etag": statement.excluded.etag,
                "target": statement.excluded.target,
                "attempts": case((d.c.state == "owed", d.c.attempts), else_=0),
                "problem": "",
                "state": "owed",
            }
            number = connection.execute(owed.on_conflict_do_update(index_elements=["id"], set_=again)).rowcount
            connection.execute(update(d).where(d.c.id == news.id).values(state="done", attempts=news.attempts + 1))
        return number

    def topics(self, now: datetime) -> tuple[TopicLine, ...]:
        """Return every topic that has subscribers, and how many."""
        s = p.subscriptions.c
        counted = select(s.topic, func.count()).where(s.lease_until > now).group_by(s.topic).order_by(s.topic)
        with self._db.read() as connection:
            return tuple(TopicLine(topic=topic, subscribers=n) for topic, n in connection.execute(counted))

    def subscriptions(self, now: datetime) -> tuple[Subscription, ...]:
        """Return all whose lease holds, by topic."""
        s = p.subscriptions.c
        query = select(p.subscriptions).where(s.lease_until > now).order_by(s.topic, s.callback)
        with self._db.read() as connection:
            return tuple(_subscription(row) for row in connection.execute(query))


def _owed(news: Delivery, now: datetime) -> Select[Any]:
    """Of each subscriber of the topic that has not this very document, the row of what it is owed."""
    s = p.subscriptions.c
    values = {
        "id": literal("push:").concat(s.id),
        "kind": literal("push"),
        "target": s.callback,
        "topic": s.topic,
        "due": literal(now, t.deliveries.c.due.type),
        "attempts": literal(0),
        "problem": literal(""),
        "state": literal("owed"),
        "about": s.id,
        "etag": literal(news.etag),
        "bucket": s.bucket,
    }
    columns = [values[c.name].label(c.name) for c in t.deliveries.c]
    mine = (s.topic == news.topic, s.lease_until > now, s.delivered != news.etag)
    return select(*columns).where(*mine).order_by(s.id)  # rows are locked in one order


def settle(connection: Connection, settled: Delivery) -> None:
    """Note with a push that is over what it means for the subscription: the document that it took, or its end."""
    s = p.subscriptions
    if settled.state == "done" and settled.etag:
        connection.execute(update(s).where(s.c.id == settled.about).values(delivered=settled.etag))
    if settled.state == "gone":
        _end(connection, [settled.about])


def _end(connection: Connection, ids: Sequence[str]) -> None:
    for id in ids:
        connection.execute(delete(p.subscriptions).where(p.subscriptions.c.id == id))
        connection.execute(delete(t.deliveries).where(t.deliveries.c.id == f"push:{id}"))


def _subscription(row: AnyRow) -> Subscription:
    return Subscription(**{name: getattr(row, name) for name in _SUBSCRIPTION})
