"""Partners: their tokens, what they hold, the ledger of all that reached them, what they are owed, and their traffic.

The ports `Ledger` and, for looking, all that commands and pages show. Who has a
document of an edition already is remembered and not written again; requests are counted in memory, written together.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Select, bindparam, case, delete, exists, func, select, update

from feeds.model.channel import Tombstone
from feeds.model.partner import RETOLD, Audience, Held, How, Issue, Owed, Pickup, Receipt, Standing, Token, Traffic
from feeds.store import tables as t
from feeds.store.database.codec import loads
from feeds.store.database.db import Database, DateTime, among
from feeds.store.database.prepared import changing, selecting, upserting
from feeds.store.outgoing import marking
from feeds.store.partners import handing
from feeds.store.partners import partner_tables as p
from feeds.store.partners.errands import Errands

KEPT = timedelta(days=400)  # the ledger, as long as decisions
COUNTED = timedelta(days=400)  # traffic by day
SEEN = timedelta(days=30)  # hashes of readers
LATEST = 1000  # rows of the ledger that tell how long a partner takes
ADDED = "partners_added"  # of the store's notes: when each partner came to be known
MOST = 500  # retractions in one document

_E, _M, _X, _O, _P = t.editions.c, t.marks.c, t.holds.c, p.owed.c, p.pickups.c
_STANDING = selecting(
    select(
        select(func.coalesce(func.max(_E.number), 0))
        .where(_E.channel_id == bindparam("channel"))
        .scalar_subquery()
        .label("edition"),
        select(func.coalesce(func.max(_E.owed), 0))
        .where(_E.channel_id == bindparam("channel"))
        .scalar_subquery()
        .label("owed"),
        exists()
        .where(_M.channel_id == bindparam("channel"), _M.due <= bindparam("now", type_=DateTime))
        .label("marked"),
        exists().where(_X.channel_id == bindparam("channel"), _X.format == "", ~_X.allowed).label("held"),
    )
)
_TOKENS = selecting(
    select(p.partner_tokens)
    .where(p.partner_tokens.c.partner_id == bindparam("partner"))
    .order_by(p.partner_tokens.c.made, p.partner_tokens.c.id)
)
_PICKUP = selecting(
    select(p.pickups).where(_P.partner_id == bindparam("partner"), _P.channel_id == bindparam("channel"))
)
_MINE = (_O.partner_id == bindparam("partner")) & (_O.channel_id == bindparam("channel"))
_BACK = (_O.told == "retraction") & (_O.cause != "returned")
_OWED = selecting(
    select(p.owed)
    .where(
        _MINE,
        (_BACK & (_O.settled.is_(None) | (_O.since > bindparam("since", type_=DateTime))))
        | ((_O.told == "correction") & (_O.settled.is_(None) | (_O.since > bindparam("again", type_=DateTime)))),
    )
    .order_by(_O.settled.is_not(None), _O.since.desc(), _O.story_id)  # first what is open: it would starve
    .limit(MOST)
)
_READ = upserting(p.readers)
_VISITED = changing(
    update(p.pickups)
    .where(
        _P.partner_id == bindparam("b_partner"),
        _P.channel_id == bindparam("b_channel"),
        _P.at < bindparam("b_at", type_=DateTime),
    )
    .values(at=bindparam("b_at", type_=DateTime))
)


class Partners:
    """What partners have and are owed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.errands = Errands(db)

    # tokens

    def tokens(self, partner_id: str) -> tuple[Token, ...]:
        with self._db.glance() as connection:
            return tuple(Token(**row._asdict()) for row in _TOKENS.rows(connection, partner=partner_id))

    def issue(self, token: Token, overlap: timedelta) -> None:
        """Keep a new token; older ones of its kind end after *overlap*, those that end sooner stay as they are."""
        c, ends = p.partner_tokens.c, token.made + overlap
        mine = (c.partner_id == token.partner_id) & (c.kind == token.kind)
        with self._db.write() as connection:
            connection.execute(
                update(p.partner_tokens).where(mine, c.ends.is_(None) | (c.ends > ends)).values(ends=ends)
            )
            connection.execute(
                p.partner_tokens.insert().values(
                    {name: getattr(token, name) for name in ("id", "partner_id", "kind", "digest", "made", "ends")}
                )
            )

    def revoke(self, partner_id: str, token_ids: Collection[str] = ()) -> int:
        """Forget tokens of a partner, those named or all; return how many."""
        c = p.partner_tokens.c
        mine = (c.partner_id == partner_id) & (among(c.id, token_ids) if token_ids else c.id.is_not(None))
        with self._db.write() as connection:
            return connection.execute(delete(p.partner_tokens).where(mine)).rowcount

    def begin(self, partner_ids: Collection[str], now: datetime) -> None:
        """Note that partners are there since *now*, those that were there before since then."""
        known = self.added()
        if fresh := {id: now for id in partner_ids if id not in known}:
            value = orjson.dumps({**known, **fresh}).decode()
            statement = self._db.insert(t.meta).values(key=ADDED, value=value)
            with self._db.write() as connection:
                connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    # the port `Ledger`

    def added(self) -> Mapping[str, datetime]:
        with self._db.read() as connection:
            found = connection.scalar(select(t.meta.c.value).where(t.meta.c.key == ADDED))
        return {id: datetime.fromisoformat(at) for id, at in orjson.loads(found or "{}").items()}

    def standing(self, channel_id: str, now: datetime) -> Standing:
        with self._db.glance() as connection:
            (row,) = _STANDING.rows(connection, channel=channel_id, now=now)
            return Standing(row.edition, not row.marked and not row.held, row.owed)

    def owed(self, partner_id: str, channel_id: str, since: datetime, now: datetime) -> tuple[Owed, ...]:
        """Return what a channel has to tell a partner: retractions since *since*, and whatever is not picked up."""
        given = {"partner": partner_id, "channel": channel_id, "since": since, "again": now - RETOLD}
        with self._db.glance() as connection:
            return tuple(_owed(row._asdict()) for row in _OWED.rows(connection, **given))

    def pickup(self, partner_id: str, channel_id: str) -> Pickup | None:
        with self._db.glance() as connection:
            rows = _PICKUP.rows(connection, partner=partner_id, channel=channel_id)
            return next((Pickup(**row._asdict()) for row in rows), None)

    def sent(self, issue: Issue, how: How, now: datetime) -> None:
        """Enter what a partner may have from now on that it did not hold before."""
        with self._db.write() as connection:
            changed = handing.sent(connection, issue, how, now)
            marking.put(connection, (), changed)

    def picked_up(self, issue: Issue, how: How, now: datetime) -> None:
        """Note that a document was received, and settle what they were owed of it: see `handing`."""
        if how == "unchanged" and self._known(issue):  # nearly every 304: no write for it
            return
        with self._db.write() as connection:
            changed = handing.sent(connection, issue, how, now, again=False)
            handing.received(connection, issue, how, now, proved=how in ("unchanged", "pushed"))
            marking.put(connection, (), changed)

    def _known(self, issue: Issue) -> bool:
        with self._db.glance() as connection:
            return handing.known(connection, issue)

    def proved(self, named: Collection[tuple[str, str, str]], now: datetime) -> None:
        """Note that partners named documents that they have: partner, channel, etag of each."""
        with self._db.write() as connection:
            handing.proved(connection, named, now)

    def count(self, found: Sequence[Traffic]) -> None:
        """Add up requests by day."""
        names = ("requests", "full", "unchanged", "refused", "sent", "cut", "pushed")
        statement: Any = self._db.insert(p.traffic)
        sums = {name: p.traffic.c[name] + statement.excluded[name] for name in names}
        latest = {name: func.coalesce(statement.excluded[name], p.traffic.c[name]) for name in ("last", "newest")}
        upsert = statement.on_conflict_do_update(
            index_elements=["partner_id", "channel_id", "day"], set_={**sums, **latest}
        )
        visits: dict[tuple[str, str], datetime] = {}
        for f in found:
            if f.partner_id and f.last:
                key = (f.partner_id, f.channel_id)
                visits[key] = max(f.last, visits.get(key, f.last))
        with self._db.write() as connection:
            if found:
                connection.execute(upsert, [{c: getattr(f, c) for c in p.traffic.c.keys()} for f in found])  # noqa: SIM118 - a collection of columns
            rows = [{"b_partner": partner, "b_channel": id, "b_at": at} for (partner, id), at in sorted(visits.items())]
            _VISITED.each(connection, rows)

    def read_by(self, day: str, found: Sequence[tuple[str, str, int]]) -> None:
        """Note channels with hashes of who asked for them, and how many subscribers each speaks for."""
        rows = [{"channel_id": c, "day": day, "client": who, "subscribers": n} for c, who, n in found]
        with self._db.write() as connection:
            _READ.each(connection, rows)

    # for those who look

    def all_tokens(self) -> tuple[Token, ...]:
        c = p.partner_tokens.c
        with self._db.read() as connection:
            rows = connection.execute(select(p.partner_tokens).order_by(c.partner_id, c.made, c.id))
            return tuple(Token(**row._mapping) for row in rows)

    def pickups(self, partner_id: str = "") -> tuple[Pickup, ...]:
        query = _of(select(p.pickups), _P, partner_id).order_by(_P.partner_id, _P.channel_id)
        with self._db.read() as connection:
            return tuple(Pickup(**row._mapping) for row in connection.execute(query))

    def debts(self, partner_id: str = "", *, open_only: bool = True) -> tuple[Owed, ...]:
        """Return what partners are owed, the longest waiting first."""
        query = _of(select(p.owed), _O, partner_id).order_by(_O.since, _O.partner_id, _O.channel_id, _O.story_id)
        if open_only:
            query = query.where(_O.settled.is_(None))
        with self._db.read() as connection:
            return tuple(_owed(row._asdict()) for row in connection.execute(query))

    def warned(self, found: Sequence[Owed]) -> None:
        """Note that the log told of overdue debts."""
        with self._db.write() as connection:
            for one in found:
                mine = (_O.partner_id == one.partner_id) & (_O.channel_id == one.channel_id)
                this = mine & (_O.story_id == one.story_id) & (_O.told == one.told)
                connection.execute(update(p.owed).where(this).values(warned=True))

    def acknowledged(self, found: Sequence[Owed], now: datetime) -> None:
        """Enter that a person said that debts are settled."""
        with self._db.write() as connection:
            for one in found:
                ids = {"partner_id": one.partner_id, "channel_id": one.channel_id, "story_id": one.story_id}
                mine = (_O.partner_id == one.partner_id) & (_O.channel_id == one.channel_id)
                this = mine & (_O.story_id == one.story_id) & (_O.told == one.told)
                connection.execute(update(p.owed).where(this).values(settled=now, how="acknowledged"))
                handing.said(connection, [{**ids, "revision": one.since, "told": one.told}], now)

    def holdings(self, partner_id: str) -> Mapping[tuple[str, str], Held]:
        """Return what a partner holds, by channel and story."""
        c = p.holdings.c
        query = select(p.holdings).where(c.partner_id == partner_id).order_by(c.channel_id, c.story_id)
        with self._db.read() as connection:
            return {
                (row.channel_id, row.story_id): Held(row.story_id, row.revision, row.told)
                for row in connection.execute(query)
            }

    def held_by(self) -> Mapping[str, int]:
        """Return how many stories each partner holds."""
        c = p.holdings.c
        number = func.count(c.story_id.distinct())
        query = select(c.partner_id, number.label("number")).where((c.told == "story") | ~c.sure).group_by(c.partner_id)
        with self._db.read() as connection:
            return {row.partner_id: row.number for row in connection.execute(query)}

    def receipts(self, partner_id: str, story_id: str = "") -> Iterator[Receipt]:
        """Give a partner's rows of the ledger, the oldest first."""
        c, d = p.ledger.c, p.handed.c
        by = (d.partner_id == c.partner_id) & (d.channel_id == c.channel_id) & (d.etag == c.etag)
        query = select(p.ledger, d.received, d.acknowledged).join_from(p.ledger, p.handed, by, isouter=True)
        query = _of(query, c, partner_id).order_by(c.id)
        if story_id:
            query = query.where(c.story_id == story_id)
        with self._db.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            known = {n: v for n, v in row._mapping.items() if n != "id"}
            told = {"received": row.at, "acknowledged": row.at} if row.how == "acknowledged" else {}
            yield Receipt(**{**known, **told})

    def delays(self, partner_id: str) -> tuple[timedelta, ...]:
        """Return how long versions took to be received: of the last rows of the ledger, `LATEST` at the most.

        The first document of a channel is left out: it holds what is old already.
        """
        c, d = p.ledger.c, p.handed.c
        by = (d.partner_id == c.partner_id) & (d.channel_id == c.channel_id) & (d.etag == c.etag)
        mine = select(c.channel_id, c.revision, c.at, d.received).join_from(p.ledger, p.handed, by)
        mine = mine.where(c.partner_id == partner_id, d.received.is_not(None))
        first = select(c.at).where(c.partner_id == partner_id).order_by(c.at).limit(1)
        with self._db.read() as connection:
            rows = connection.execute(mine.order_by(c.at.desc(), c.id.desc()).limit(LATEST)).all()
            begun = {id: connection.scalar(first.where(c.channel_id == id)) for id in {row.channel_id for row in rows}}
        return tuple(row.received - row.revision for row in rows if row.at > begun[row.channel_id])

    def traffic(self, partner_id: str | None, since: str) -> tuple[Traffic, ...]:
        """Return requests by day since *since* (a day): of one partner, `''` for the public, None for all."""
        c = p.traffic.c
        query = select(p.traffic).where(c.day >= since).order_by(c.partner_id, c.channel_id, c.day)
        if partner_id is not None:
            query = query.where(c.partner_id == partner_id)
        with self._db.read() as connection:
            return tuple(Traffic(**row._mapping) for row in connection.execute(query))

    def audience(self, since: str) -> tuple[Audience, ...]:
        """Return who read public channels since a day, by channel and day."""
        c = p.readers.c
        alone = case((c.subscribers == 0, 1), else_=0)
        query = (
            select(c.channel_id, c.day, func.sum(c.subscribers).label("subscribers"), func.sum(alone).label("readers"))
            .where(c.day >= since)
            .group_by(c.channel_id, c.day)
            .order_by(c.channel_id, c.day)
        )
        with self._db.read() as connection:
            return tuple(Audience(**row._mapping) for row in connection.execute(query))

    def expire(self, now: datetime) -> int:
        """Forget what was kept long enough; return how many rows."""
        day, seen, c = (now - COUNTED).strftime("%Y-%m-%d"), (now - SEEN).strftime("%Y-%m-%d"), p.ledger.c
        stale = ~exists().where(t.stories.c.id == p.holdings.c.story_id)
        last = exists().where(
            c.story_id == p.holdings.c.story_id, c.partner_id == p.holdings.c.partner_id, c.at >= now - KEPT
        )
        with self._db.write() as connection:
            gone = [
                connection.execute(delete(p.ledger).where(c.at < now - KEPT)).rowcount,
                connection.execute(delete(p.handed).where(p.handed.c.at < now - KEPT)).rowcount,
                connection.execute(delete(p.readers).where(p.readers.c.day < seen)).rowcount,
                connection.execute(delete(p.traffic).where(p.traffic.c.day < day)).rowcount,
                connection.execute(delete(p.owed).where(_O.settled < now - KEPT)).rowcount,
                connection.execute(delete(p.holdings).where(stale, ~last)).rowcount,
                connection.execute(delete(p.partner_tokens).where(p.partner_tokens.c.ends < now - KEPT)).rowcount,
            ]
            return sum(gone)


def _of(query: Select[Any], columns: Any, partner_id: str) -> Select[Any]:
    return query.where(columns.partner_id == partner_id) if partner_id else query


def _owed(row: Mapping[str, Any]) -> Owed:
    given = {name: value for name, value in row.items() if name != "story"}
    known = {"channel_id": row["channel_id"], "story_id": row["story_id"], "at": row["since"]}
    return Owed(**given, stone=loads(Tombstone, row["story"], **known))
