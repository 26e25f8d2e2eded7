"""What channels showed last, and what of them is not brought out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson
from sqlalchemy import Connection, delete, select, update

from feeds.model.channel import Rendered, Shown
from feeds.model.overview import HoldLine
from feeds.store import tables as t
from feeds.store.database.db import Database
from feeds.store.outgoing import resting

_BUILD = ""  # in the place of a format


def shown(connection: Connection, channel_id: str) -> Shown:
    c, h = t.contents.c, t.holds.c
    stories = connection.scalar(select(c.stories).where(c.channel_id == channel_id))
    allowed = connection.scalar(select(h.allowed).where(h.channel_id == channel_id, h.format == _BUILD))
    return Shown(stories=_dates(stories), allowed=bool(allowed), waiting=resting.waiting(connection, channel_id))


def _dates(stories: str | None) -> Mapping[str, datetime]:
    return {id: datetime.fromisoformat(at) for id, at in orjson.loads(stories or "{}").items()}


def hold(
    db: Database,
    connection: Connection,
    channel_id: str,
    reason: str,
    now: datetime,
    before: Mapping[str, datetime] | None = None,
) -> None:
    """Note why a build is held; *before*: what the next one is judged by, where that is not what is shown."""
    _put(db, connection, channel_id, {_BUILD: reason}, now)
    if before is not None:
        _show(db, connection, channel_id, before)


def settle(db: Database, connection: Connection, channel_id: str, rendered: Rendered, now: datetime) -> None:
    """Note what a build that was brought out shows, and which of its documents were withheld; no hold outlasts it."""
    withheld = {w.format: w.reason for w in rendered.withheld}
    h = t.holds.c
    before = connection.scalars(select(h.format).where(h.channel_id == channel_id)).all()
    if past := [format for format in before if format not in withheld]:
        connection.execute(delete(t.holds).where(h.channel_id == channel_id, h.format.in_(past)))
    if withheld:
        _put(db, connection, channel_id, {str(format): reason for format, reason in withheld.items()}, now)
    if rendered.shown is not None:
        _show(db, connection, channel_id, rendered.shown)


def _show(db: Database, connection: Connection, channel_id: str, stories: Mapping[str, datetime]) -> None:
    said = orjson.dumps({id: at.isoformat() for id, at in stories.items()}).decode()
    statement = db.insert(t.contents).values(channel_id=channel_id, stories=said)
    connection.execute(statement.on_conflict_do_update(index_elements=["channel_id"], set_={"stories": said}))


def _put(db: Database, connection: Connection, channel_id: str, reasons: Mapping[str, str], now: datetime) -> None:
    """What is held already keeps the time when that began."""
    statement = db.insert(t.holds)
    upsert = statement.on_conflict_do_update(
        index_elements=["channel_id", "format"], set_={"reason": statement.excluded.reason}
    )
    rows = [
        {"channel_id": channel_id, "format": format, "reason": reason, "at": now, "allowed": False}
        for format, reason in reasons.items()
    ]
    connection.execute(upsert, rows)


def allow(connection: Connection, channel_ids: Sequence[str]) -> None:
    h = t.holds.c
    mine = h.channel_id.in_(channel_ids) & (h.format == _BUILD)
    connection.execute(update(t.holds).where(mine).values(allowed=True))


def lines(connection: Connection) -> tuple[HoldLine, ...]:
    h = t.holds.c
    query = select(h.channel_id, h.format, h.reason, h.at, h.allowed).order_by(h.channel_id, h.format)
    return tuple(
        HoldLine(channel_id=row.channel_id, format=row.format, reason=row.reason, since=row.at, allowed=row.allowed)
        for row in connection.execute(query)
    )
