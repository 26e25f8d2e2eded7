"""What reaches partners, in three steps, so that nothing is called received that was not, nor forgotten that may be.

*sent*: before the first byte leaves, what the document tells that they did not hold is noted: from then on they may
have it, and are owed what becomes of it. That is a row of the ledger for each version.
*received*: the last byte was written to them (of a push: they answered with 2xx). Only now what they were owed of it is
settled, and the document is the one that they picked up last.
*acknowledged*: they proved that they have it. A request named its etag, which nobody knows who has not its headers (RFC
9110 §13.1.2), a push was answered with 2xx, or a person said so.

A document of which only a part was written stays sent. What it told is news of the next one that reaches them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select, update
from sqlalchemy.sql.base import Executable

from feeds.model.partner import Held, How, Issue
from feeds.store import tables as t
from feeds.store.database.db import INSERT, DateTime
from feeds.store.database.prepared import Prepared, changing, inserting, listed, one_of, selecting, upserting
from feeds.store.partners import owing
from feeds.store.partners import partner_tables as p
from feeds.store.rows import AnyRow

_O, _H, _D, _P = p.owed.c, p.holdings.c, p.handed.c, p.pickups.c
_MINE = (_H.partner_id == bindparam("partner")) & (_H.channel_id == bindparam("channel"))
_THESE = _MINE & one_of(_H.story_id, "ids")  # and none of all that they got in years
_HELD = selecting(select(_H.story_id, _H.revision, _H.told, _H.sure).where(_THESE))
_HANDED = selecting(
    select(_D.at).where(
        _D.partner_id == bindparam("partner"), _D.channel_id == bindparam("channel"), _D.etag == bindparam("etag")
    )
)
_UNSURE = selecting(select(_H.story_id).where(_THESE, ~_H.sure))
_SURE = changing(
    update(p.holdings)
    .where(
        _H.partner_id == bindparam("b_partner"),
        _H.channel_id == bindparam("b_channel"),
        _H.story_id == bindparam("b_story"),
    )
    .values(sure=True)
)
_OPEN = selecting(
    select(_O.story_id, _O.told, t.stories.c.updated)
    .join_from(p.owed, t.stories, t.stories.c.id == _O.story_id, isouter=True)
    .where(_O.partner_id == bindparam("partner"), _O.channel_id == bindparam("channel"), _O.settled.is_(None))
)
_KNOWN = selecting(
    select(_P.etag)
    .join_from(
        p.pickups,
        p.handed,
        (_D.partner_id == _P.partner_id) & (_D.channel_id == _P.channel_id) & (_D.etag == _P.etag),
    )
    .where(
        _P.partner_id == bindparam("partner"),
        _P.channel_id == bindparam("channel"),
        _P.etag == bindparam("etag"),
        _D.received.is_not(None),
        _D.acknowledged.is_not(None),
        ~exists().where(
            _O.partner_id == bindparam("partner"), _O.channel_id == bindparam("channel"), _O.settled.is_(None)
        ),
        ~exists().where(_THESE, ~_H.sure),
    )
)
_HOLD, _PICK, _ENTER = upserting(p.holdings), upserting(p.pickups), inserting(p.ledger, ("id",))
_HAND = upserting(p.handed)


def _receiving(dialect: str) -> Executable:
    """Note that a document was received, and acknowledged where that is given: each counts from the first time."""
    statement: Any = INSERT[dialect](p.handed)
    first = {n: func.coalesce(p.handed.c[n], statement.excluded[n]) for n in ("received", "acknowledged")}
    made: Executable = statement.on_conflict_do_update(index_elements=["partner_id", "channel_id", "etag"], set_=first)
    return made


_RECEIVE = Prepared(_receiving, p.handed.c.keys())
_PROVE = changing(
    update(p.handed)
    .where(
        _D.partner_id == bindparam("b_partner"),
        _D.channel_id == bindparam("b_channel"),
        _D.etag == bindparam("b_etag"),
    )
    .values(
        received=func.coalesce(_D.received, bindparam("b_now", type_=DateTime)),
        acknowledged=func.coalesce(_D.acknowledged, bindparam("b_now", type_=DateTime)),
    )
)


def known(connection: Connection, issue: Issue) -> bool:
    """Tell whether all of it is entered: it is what they received last and proved to have, and settles nothing more."""
    return bool(_KNOWN.rows(connection, **_these(issue), etag=issue.etag))


def sent(connection: Connection, issue: Issue, how: How, now: datetime, *, again: bool = True) -> set[str]:
    """Note that *issue* is about to leave. Return the channels that changed by it, as `owing.note` does.

    What was taken back or corrected since the document was made is owed at once. *again*: what they may have by a
    document that did not reach them is news.
    """
    ids = {"partner_id": issue.partner_id, "channel_id": issue.channel_id}
    before = {row.story_id: row for row in _HELD.rows(connection, **_these(issue))}
    if again and any(not row.sure for row in before.values()):  # the same document once more is no other receipt
        again = not _HANDED.rows(connection, partner=issue.partner_id, channel=issue.channel_id, etag=issue.etag)
    fresh = [h for h in issue.held if _is_news(h, before.get(h.story_id), again=again)]
    if not fresh:
        return set()
    rows: list[dict[str, Any]] = [
        {**ids, "story_id": h.story_id, "revision": h.revision, "told": _told(h, before.get(h.story_id))} for h in fresh
    ]
    kept = [{**row, "told": kept_as(row["told"])} for row in rows]
    changed = owing.overtaken(connection, [owing.Handed(**row) for row in kept], now)
    _HOLD.each(connection, [{**row, "sure": False} for row in kept])
    _ENTER.each(connection, [{**row, "how": how, "at": now, "etag": issue.etag} for row in rows])
    _HAND.each(connection, [{**ids, "etag": issue.etag, "at": now, "received": None, "acknowledged": None}])
    return changed


def received(connection: Connection, issue: Issue, how: How, now: datetime, *, proved: bool) -> None:
    """Note that *issue*, which was `sent`, is theirs; *proved*: they acknowledged it with that."""
    ids = {"partner_id": issue.partner_id, "channel_id": issue.channel_id}
    mine = {"b_partner": issue.partner_id, "b_channel": issue.channel_id}
    _SURE.each(connection, [{**mine, "b_story": row.story_id} for row in _UNSURE.rows(connection, **_these(issue))])
    _settle(connection, issue, how, now)
    proof = now if proved else None
    _RECEIVE.run(connection, **ids, etag=issue.etag, at=now, received=now, acknowledged=proof)
    _PICK.run(connection, **ids, at=now, etag=issue.etag, updated=issue.updated)


def proved(connection: Connection, named: Collection[tuple[str, str, str]], now: datetime) -> None:
    """Note that partners named documents: partner, channel, etag of each."""
    _PROVE.each(
        connection, [{"b_partner": who, "b_channel": channel, "b_etag": e, "b_now": now} for who, channel, e in named]
    )


def said(connection: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Enter what a person said that a partner carried out: partner, channel, story, revision and told of each."""
    _HOLD.each(connection, [{**row, "told": kept_as(row["told"]), "sure": True} for row in rows])
    _ENTER.each(connection, [{**row, "how": "acknowledged", "at": now, "etag": ""} for row in rows])


def _these(issue: Issue) -> dict[str, Any]:
    ids = listed([h.story_id for h in issue.held])
    return {"partner": issue.partner_id, "channel": issue.channel_id, "ids": ids}


def _settle(connection: Connection, issue: Issue, how: str, now: datetime) -> None:
    """A correction is picked up with the version that is the latest at this moment, not with one made before."""
    mine = (_O.partner_id == issue.partner_id) & (_O.channel_id == issue.channel_id) & _O.settled.is_(None)
    rows = _OPEN.rows(connection, partner=issue.partner_id, channel=issue.channel_id)
    due = {(row.story_id, row.told): row.updated for row in rows}
    for h in issue.held if due else ():
        told = "retraction" if h.told == "retraction" else "correction"
        latest = due.get((h.story_id, told), h)
        if latest is h or (told == "correction" and latest and h.revision < latest):
            continue
        this = mine & (_O.story_id == h.story_id) & (_O.told == told)
        connection.execute(update(p.owed).where(this).values(settled=now, how=how))


def _is_news(held: Held, before: AnyRow | None, *, again: bool) -> bool:
    if before is None or held.revision > before.revision or kept_as(held.told) != before.told:
        return True
    return bool(again and held.revision == before.revision and not before.sure)


def kept_as(told: str) -> str:
    return "retraction" if told == "retraction" else "story"


def _told(held: Held, before: AnyRow | None) -> str:
    """What a row of the ledger says: the first time it is a story, later versions correct it."""
    if held.told == "retraction":
        return "retraction"
    if before is None or (before.told == "story" and before.revision == held.revision):
        return "story"
    return "correction"
