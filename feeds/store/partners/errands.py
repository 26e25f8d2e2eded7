"""Channels whose documents partners are sent: which are to be looked at, and what was owed of them. The port `Errands`.

A channel is looked at anew when something of it changed (`editions`), when it was brought out or held (`answered`: what
a source takes back waits for that), or when time alone changes what the terms let through (`due`). Nothing is written
where that happens: the three are compared, so that a poll pays nothing for partners.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, or_, select, update

from feeds.model.delivery import Delivery
from feeds.model.partner import Errand, Push
from feeds.store import tables as t
from feeds.store.database.db import Database
from feeds.store.partners import partner_tables as p
from feeds.store.rows import delivery_row


class Errands:
    """What partners are sent, in one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def wish(self, wanted: Sequence[Errand], *, whole: bool) -> int:
        """Bring errands in line with what is *wanted*; one about other terms than before is looked at anew. Return how
        many changed.

        Not *whole*: only those that are not there yet are added, for who asks may know settings of before.
        """
        with self._db.read() as connection:
            e = p.errands.c
            rows = connection.execute(select(e.partner_id, e.channel_id, e.about)).all()
        known = {(row.partner_id, row.channel_id): row.about for row in rows}
        named = {(one.partner_id, one.channel_id): one for one in wanted}
        gone = [key for key in known if key not in named] if whole else []
        fresh = [one for key, one in named.items() if key not in known or (whole and known[key] != one.about)]
        if not gone and not fresh:
            return 0
        with self._db.write() as connection:
            for who, channel in gone:
                connection.execute(delete(p.errands).where(e.partner_id == who, e.channel_id == channel))
            if fresh:
                statement: Any = self._db.insert(p.errands)
                anew = {name: statement.excluded[name] for name in ("about", "edition", "etag")}
                upsert = statement.on_conflict_do_update(index_elements=["partner_id", "channel_id"], set_=anew)
                names = p.errands.c.keys()
                connection.execute(upsert, [{name: getattr(one, name) for name in names} for one in fresh])
        return len(gone) + len(fresh)

    def due(self, now: datetime, limit: int) -> tuple[Errand, ...]:
        """Return errands to look at, as their channels stand now. Cheap: asked at each tick."""
        e, number, token = p.errands.c, func.coalesce(t.editions.c.number, 0), t.answered.c.token
        query = (
            select(e.partner_id, e.channel_id, e.about, number.label("edition"), token.label("answered"))
            .add_columns(e.due, e.etag, e.number)
            .join_from(p.errands, t.editions, t.editions.c.channel_id == e.channel_id, isouter=True)
            .join(t.answered, t.answered.c.channel_id == e.channel_id, isouter=True)
            .where(or_(e.edition != number, e.answered.is_distinct_from(token), e.due <= now))
            .order_by(e.partner_id, e.channel_id)
            .limit(limit)
        )
        with self._db.read() as connection:
            return tuple(Errand(**row._mapping) for row in connection.execute(query))

    def looked(self, before: Errand, errand: Errand, owed: Delivery | None) -> None:
        """Note how an errand, which stood so *before*, stands after a look; *owed*, where there is one, is what the
        partner is to be sent. Nothing where another looked meanwhile, or the settings were replaced.

        Who failed to take the last document keeps its count of attempts, so that its waits stay long.
        """
        e, d = p.errands.c, t.deliveries
        mine = (e.partner_id == before.partner_id) & (e.channel_id == before.channel_id)
        mine &= (e.about == before.about) & (e.etag == before.etag) & (e.number == before.number)
        fields = {name: getattr(errand, name) for name in ("edition", "answered", "due", "etag", "number")}
        with self._db.write() as connection:
            written = connection.execute(update(p.errands).where(mine).values(fields)).rowcount
            if owed is None or written != 1:
                return
            statement: Any = self._db.insert(d).values(delivery_row(owed))
            again = {n: statement.excluded[n] for n in ("target", "topic", "due", "etag", "problem", "state")}
            again["attempts"] = case((d.c.state == "owed", d.c.attempts), else_=0)
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=again))

    def errand(self, partner_id: str, channel_id: str) -> Errand | None:
        """Return one errand, None where nobody is sent that channel."""
        e = p.errands.c
        query = select(p.errands).where(e.partner_id == partner_id, e.channel_id == channel_id)
        with self._db.read() as connection:
            row = connection.execute(query).one_or_none()
        return Errand(**row._mapping) if row else None

    def pushes(self, partner_id: str = "") -> tuple[tuple[str, Push], ...]:
        """Return how webhooks stand, by partner and channel: of one partner, or of all."""
        e, d = p.errands.c, t.deliveries.c
        key = e.partner_id.concat(" ").concat(e.channel_id)
        query = (
            select(e.partner_id, e.channel_id, e.number, d.state, d.attempts, d.problem, d.due)
            .join_from(p.errands, t.deliveries, (d.about == key) & (d.kind == "partner"))
            .order_by(e.partner_id, e.channel_id)
        )
        if partner_id:
            query = query.where(e.partner_id == partner_id)
        with self._db.read() as connection:
            rows = connection.execute(query).all()
        return tuple(
            (row.partner_id, Push(**{n: v for n, v in row._mapping.items() if n != "partner_id"})) for row in rows
        )
