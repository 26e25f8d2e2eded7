"""Marks: channels to publish again, each not before a time.

A mark has a token, which `dirty` hands out and `published` hands back. It is the mark's time, or a microsecond after
the channel's latest token, also of those that were answered: so a mark that is made again while its channel is being
published, even for the same second, is a later one and stays. Whether a mark is due is told by its time alone.

So that tokens of a channel come to light in their order, whoever makes marks of it holds it until the commit: at the
very end of a transaction of many, for "all" is marked by nearly every one. Rows of `editions` are taken after that, all
of a transaction in one order: who had one of them and then waited for a channel would stop who holds the channel.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, select
from sqlalchemy.sql.base import Executable

from feeds.model.buckets import bucket_of_channel
from feeds.model.changes import Mark
from feeds.model.names import ChannelName
from feeds.store.database.db import INSERT, DateTime, hold, within
from feeds.store.database.prepared import Prepared, changing, listed, one_of, selecting, upserting
from feeds.store.tables import answered, editions, marks

_LAST = selecting(
    select(marks.c.channel_id, func.max(marks.c.token, type_=DateTime).label("token"))
    .where(one_of(marks.c.channel_id, "channels"))
    .group_by(marks.c.channel_id)
)
_ANSWERED = selecting(select(answered).where(one_of(answered.c.channel_id, "channels")))
_ANSWER = upserting(answered)
_CLEAR = changing(
    delete(marks).where(
        marks.c.channel_id == bindparam("b_channel"),
        marks.c.token <= bindparam("b_token", type_=DateTime),
        marks.c.due <= bindparam("b_now", type_=DateTime),
    )
)
_NEXT = timedelta(microseconds=1)
_LATER = "marks"  # under this, a connection keeps the marks that are to be made at the end of its transaction


@contextmanager
def gathered(connection: Connection) -> Iterator[None]:
    """Make the marks of what is done within at its end, as `put` makes them."""
    later: tuple[set[Mark], set[str]] = set(), set()
    connection.info[_LATER] = later
    try:
        yield
    finally:
        del connection.info[_LATER]
    put(connection, *later)


def put(connection: Connection, wanted: Iterable[Mark], changed: Iterable[str] = ()) -> None:
    """Make marks, within the caller's transaction: the last thing that is done in it.

    What *changed* could tell counts as changed too, whether or not these channels are marked: partners that have it of
    them are owed something since.
    """
    if (later := connection.info.get(_LATER)) is not None:
        later[0].update(wanted)
        later[1].update(changed)
        return
    wanted = list(wanted)
    hold(connection, (f"marks {m.channel_id}" for m in wanted))
    loud = {(m.channel_id, m.due) for m in wanted if not m.adds}
    asked = sorted({(m.channel_id, m.due) for m in wanted})
    last: dict[str, datetime] = {}
    if asked:
        channels = listed(sorted({channel for channel, _ in asked}))
        for channel, token in (
            *_ANSWERED.rows(connection, channels=channels),
            *_LAST.rows(connection, channels=channels),
        ):
            last[channel] = max(token, last.get(channel, token))
    rows = []
    for channel, due in asked:
        last[channel] = max(due, last[channel] + _NEXT) if channel in last else due
        row = {"channel_id": channel, "due": due, "token": last[channel], "bucket": bucket_of_channel(channel)}
        rows.append({**row, "adds": (channel, due) not in loud})
    _PUT.each(connection, rows)
    _change(connection, {channel for channel, _ in asked}, frozenset(changed))


def _change(connection: Connection, marked: Collection[str], owing: Collection[str]) -> None:
    """Count that what channels could tell has changed, whenever it is brought out; pages of stories count nothing."""
    ids = [id for id in sorted({*marked, *owing}) if not ChannelName.of(id).story]
    _CHANGE.each(connection, [{"channel_id": id, "number": 1, "owed": int(id in owing)} for id in ids])


def _counting(dialect: str) -> Executable:
    statement: Any = INSERT[dialect](editions)
    number = editions.c.number + 1
    owed = case((statement.excluded.owed > 0, number), else_=editions.c.owed)
    made: Executable = statement.on_conflict_do_update(
        index_elements=["channel_id"], set_={"number": number, "owed": owed}
    )
    return made


_CHANGE = Prepared(_counting, editions.c.keys())


def _marking(dialect: str) -> Executable:
    """Put a mark; one that was made of more than what only adds stays so."""
    statement: Any = INSERT[dialect](marks)
    fresh = {name: statement.excluded[name] for name in ("token", "bucket")}
    made: Executable = statement.on_conflict_do_update(
        index_elements=["channel_id", "due"], set_={**fresh, "adds": marks.c.adds & statement.excluded.adds}
    )
    return made


_PUT = Prepared(_marking, marks.c.keys())


def due(connection: Connection, now: datetime, limit: int, part: range) -> tuple[tuple[str, datetime], ...]:
    """Return channels with a mark that is due, the longest waiting first, and the latest token of those marks."""
    query = (
        select(marks.c.channel_id, func.max(marks.c.token))
        .where(marks.c.due <= now, *within(marks.c.bucket, part))
        .group_by(marks.c.channel_id)
        .order_by(func.min(marks.c.due), marks.c.channel_id)
        .limit(limit)
    )
    return tuple((channel, token) for channel, token in connection.execute(query))


def take(connection: Connection, channel_id: str, token: datetime, *, again: bool = False) -> bool:
    """Hold a channel's marks and tell whether that of *token* is unanswered; it is answered then, if this commits.

    A build of marks that were answered already shows what was, perhaps long ago: nothing of it may be written.
    *again*: the mark that was answered last may be answered once more. One that is still there is unanswered whatever
    was answered since: it was made before, for a time that had not come then, as that of an embargo is.
    """
    hold(connection, [f"marks {channel_id}"])
    return bool(answer(connection, {channel_id: token}, again=again))


def answer(connection: Connection, tokens: Mapping[str, datetime], *, again: bool = False) -> frozenset[str]:
    """Return the channels, by *tokens* of their marks and held already, whose mark is unanswered: see `take`."""
    answers = {row.channel_id: row.token for row in _ANSWERED.rows(connection, channels=listed([*tokens]))}
    free: dict[str, datetime] = {}
    for channel_id, token in tokens.items():
        last, least = answers.get(channel_id), token + _NEXT if again else token
        if not last or last < least or _waits(connection, channel_id, token):
            free[channel_id] = max(token, last or token)
    _ANSWER.each(connection, [{"channel_id": id, "token": token} for id, token in free.items()])
    return frozenset(free)


def _waits(connection: Connection, channel_id: str, token: datetime) -> bool:
    mine = (marks.c.channel_id == channel_id) & (marks.c.token == token)
    return connection.execute(select(marks.c.due).where(mine)).first() is not None


def clear(connection: Connection, tokens: Mapping[str, datetime], now: datetime) -> None:
    """Take away the marks of channels that were due at *now*, each up to its token; later ones stay."""
    _CLEAR.each(connection, [{"b_channel": id, "b_token": token, "b_now": now} for id, token in tokens.items()])
