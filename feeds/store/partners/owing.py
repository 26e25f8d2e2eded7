"""What partners are owed: noted in the transaction that takes a story back or corrects it.

Who holds a story is known from what was handed out (`holdings`), whatever terms, channels and configuration say by now.
So a retraction reaches exactly those who have the story (Superdesk: `enqueue_killed.py` does likewise).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.sql.base import Executable

from feeds.model.channel import Tombstone
from feeds.model.story import Story
from feeds.store import reading
from feeds.store import tables as t
from feeds.store.database.db import INSERT
from feeds.store.database.prepared import Prepared, changing, listed, one_of, selecting
from feeds.store.partners import partner_tables as p
from feeds.store.rows import AnyRow, tombstone_row

MERGED = "merged"
RETURNED = "returned"  # it was taken back, and is shown again

_H, _O = p.holdings.c, p.owed.c
_HOLDERS = selecting(select(p.holdings).where(one_of(_H.story_id, "ids")))
_FORGIVE = changing(
    delete(p.owed).where(one_of(_O.story_id, "ids"), _O.told == bindparam("b_told"), _O.settled.is_(None))
)
_RETURN = changing(
    update(p.owed).where(one_of(_O.story_id, "ids"), _O.told == "retraction").values(cause=bindparam("b_cause"))
)
_AS_THEY_ARE = selecting(  # in one order and locked: whoever writes them waits, and then finds who holds them
    select(t.stories.c.id, t.stories.c.status, t.stories.c.updated)
    .where(one_of(t.stories.c.id, "ids"))
    .order_by(t.stories.c.id)
    .with_for_update(read=True)
)


class Handed(NamedTuple):
    """What a partner holds from now on, as a row of `holdings`."""

    partner_id: str
    channel_id: str
    story_id: str
    revision: datetime
    told: str


def _owing(dialect: str) -> Executable:
    """Add a debt; where one of its kind is there, it begins anew: but what is owed already stays owed since then."""
    statement: Any = INSERT[dialect](p.owed)
    fresh = {name: statement.excluded[name] for name in ("cause", "since", "settled", "how", "warned", "story")}
    changed = _O.settled.is_not(None) | (_O.cause != statement.excluded.cause)
    made: Executable = statement.on_conflict_do_update(
        index_elements=["partner_id", "channel_id", "story_id", "told"], set_=fresh, where=changed
    )
    return made


_OWE = Prepared(_owing, p.owed.c.keys())


def note(connection: Connection, stories: Sequence[Story], merged: Mapping[str, str], now: datetime) -> set[str]:
    """Note what holders of *stories*, which were just written, and of those that ended in others are owed.

    Return the channels by which they have them: these changed, and are to be given to `marking.put`.
    """
    known = {s.id: s for s in stories}  # also those that begin: their ids may have ended in others before
    if not known and not merged:
        return set()
    holders = _HOLDERS.rows(connection, ids=listed([*known, *merged]))
    if not holders:
        return set()
    shown = [id for id, story in known.items() if story.status == "shown"]
    _FORGIVE.run(connection, ids=listed(shown), b_told="retraction")
    _RETURN.run(connection, ids=listed(shown), b_cause=RETURNED)
    _FORGIVE.run(connection, ids=listed([i for i in known if i not in shown] + [*merged]), b_told="correction")
    rows = [row for holder in holders if (row := _debt(holder, known.get(holder.story_id), now))]
    _OWE.each(connection, rows)
    return {holder.channel_id for holder in holders}


def overtaken(connection: Connection, handed: Sequence[Handed], now: datetime) -> set[str]:
    """Note what is owed of *handed* from the start: who wrote a story since its document was made found no holder.

    Within the transaction that enters them, before anything is written. Return the channels that changed by it, as
    `note` does.
    """
    if not handed:
        return set()
    are = {row.id: row for row in _AS_THEY_ARE.rows(connection, ids=listed([h.story_id for h in handed]))}
    late = [h for h in handed if _is_late(h, are.get(h.story_id))]
    if late:
        stories = {s.id: s for s in reading.Stories(connection).get(h.story_id for h in late)}
        _OWE.each(connection, [row for h in late if (row := _debt(h, stories.get(h.story_id), now))])
    return {h.channel_id for h in late}


def _is_late(handed: Handed, story: AnyRow | None) -> bool:
    if story is None or story.status != "shown":
        return handed.told != "retraction"
    return handed.told == "retraction" or bool(story.updated > handed.revision)


def _debt(holder: AnyRow | Handed, story: Story | None, now: datetime) -> dict[str, Any] | None:
    """What one holder is owed of a story; None of one that ended, and left nothing to say, or did not change."""
    if story is None or story.status != "shown":
        if holder.told == "retraction":
            return None
        return _row(holder, "retraction", story.status if story else MERGED, story, now)
    if holder.told == "retraction":
        return _row(holder, "correction", RETURNED, story, now)
    return _row(holder, "correction", "corrected", story, now) if story.updated > holder.revision else None


def _row(holder: AnyRow | Handed, told: str, cause: str, story: Story | None, now: datetime) -> dict[str, Any]:
    stone = Tombstone(channel_id=holder.channel_id, story_id=holder.story_id, at=now)
    if story:
        stone = Tombstone(
            channel_id=holder.channel_id,
            story_id=holder.story_id,
            at=now,
            title=story.lead.title,
            url=next((m.entry.url for m in story.members if m.entry.url), ""),
            language=story.lead.language,
            published=story.published,
            status=story.status,
        )
    return {
        "partner_id": holder.partner_id,
        "channel_id": holder.channel_id,
        "story_id": holder.story_id,
        "told": told,
        "cause": cause,
        "since": now,
        "settled": None,
        "how": "",
        "warned": False,
        "story": tombstone_row(stone)["story"],
    }
