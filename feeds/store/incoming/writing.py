"""One poll's changes, written whole or not at all; and stories that new settings restate.

Three things tell that a view went stale meanwhile, and refuse the write: the source's `due` moved, a story's version
moved, or a member of another source would be lost. Match keys are unique by themselves.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, Table, bindparam, delete, func, select, update

from feeds.errors import StaleView
from feeds.model.changes import Changes, Edit, Mark, Saved
from feeds.model.channel import Tombstone
from feeds.model.entry import EntryKey
from feeds.model.source import SourceState
from feeds.model.story import Category, Story
from feeds.store import tables as t
from feeds.store.database.codec import dumps, text_of
from feeds.store.database.db import Database, DateTime, among, clashes
from feeds.store.database.prepared import changing, inserting, listed, one_of, selecting, upserting
from feeds.store.incoming import bodies, earlier, fetches, likes, opening
from feeds.store.outgoing import marking
from feeds.store.partners import owing
from feeds.store.push import leases
from feeds.store.rows import APART, decision_row, entry_row, keys_of, member_row, state_row, story_row, tombstone_row

SLACK = timedelta(days=1)
"""How exact `last_seen` is: entries that stay in their document are written once a day, not at each poll."""

_S, _E, _M = t.source_state.c, t.entries.c, t.members.c
_AS_READ = (_S.source_id == bindparam("b_source_id")) & (_S.due == bindparam("b_was"))
_FENCE = changing(
    update(t.source_state)
    .where(_AS_READ)
    .values(
        **{name: bindparam(f"b_{name}") for name in ("due", "strikes", "state", "info", "outline", "lives_at")},
        paused=_S.paused | bindparam("b_paused"),
        present=func.coalesce(bindparam("b_present", type_=DateTime), _S.present),
    )
)
_SETTLE = changing(
    update(t.source_state)
    .where(_AS_READ)
    .values(**{name: bindparam(f"b_{name}") for name in ("due", "strikes", "state", "lives_at")})
)
_MOVE = changing(
    update(t.source_state)
    .where(_S.source_id == bindparam("b_source_id"), _S.shard >= 0)
    .values(shard=bindparam("b_shard"))
)
_CREDITED = selecting(  # by the index on a source's entries: its members have none
    select(t.story_channels.c.channel_id)
    .join_from(t.entries, t.story_channels, _E.story_id == t.story_channels.c.story_id)
    .where(_E.source_id == bindparam("source"))
    .distinct()
)
_VERSIONS = selecting(  # in one order and locked: nobody else writes them until this transaction ends
    select(t.stories.c.id, t.stories.c.version)
    .where(one_of(t.stories.c.id, "ids"))
    .order_by(t.stories.c.id)
    .with_for_update()
)
_FOREIGN = selecting(
    select(_M.source_id, _M.guid).where(one_of(_M.story_id, "ids"), _M.source_id != bindparam("source"))
)
_PLACES = selecting(select(_M.source_id, _M.guid, _M.story_id).where(one_of(_M.guid, "guids")))
_SEE = changing(
    update(t.entries)
    .where(_E.source_id == bindparam("b_source"), one_of(_E.guid, "guids"), _E.last_seen < bindparam("b_before"))
    .values(last_seen=bindparam("b_now"))
)
_ADOPT = changing(
    update(t.entries)
    .where(_E.guid == bindparam("b_guid"), _E.source_id == bindparam("b_source"), _E.story_id != bindparam("b_story"))
    .values(story_id=bindparam("b_story"))
)
_SAVE, _SAVE_GONE = upserting(t.entries, ("first_seen",)), upserting(t.entries, ("first_seen", "last_seen"))
_TELL, _JOIN, _NAME = upserting(t.stories), upserting(t.members), upserting(t.categories, ("opens",))
_KEY, _SHOW, _SORT = inserting(t.story_keys), inserting(t.story_channels), inserting(t.story_categories)
UNSEARCHED = upserting(t.unsearched)
_DECIDE = inserting(t.decisions, ("id",))
_BURY = upserting(t.tombstones)
_LIFT = changing(delete(t.tombstones).where(one_of(t.tombstones.c.story_id, "ids")))
_BEGIN_AGAIN = changing(delete(t.story_moves).where(one_of(t.story_moves.c.old, "ids")))
# A row that takes part in a story, by table; all are written anew with it.
_CLEAR = tuple(
    changing(delete(table).where(one_of(table.c.story_id, "ids")))
    for table in (t.story_channels, t.story_categories, t.members)
)
_LISTS = selecting(select(t.stories.c.lists).where(one_of(t.stories.c.id, "ids")))
_CLEAR_KEYS = changing(
    delete(t.story_keys).where(one_of(t.story_keys.c.key, "keys"), one_of(t.story_keys.c.story_id, "ids"))
)


def apply(db: Database, connection: Connection, changes: Changes) -> None:
    """Write *changes* within the caller's transaction. Raises `StaleView`."""
    try:
        _fence(connection, changes)
        _move(connection, [changes])
        if changes.letter:
            leases.read(connection, changes.letter)
        check(connection, changes.stories, changes.merged, changes.state.source_id)
        add_categories(db, connection, changes.categories, changes.stories)
        _end(db, connection, changes.merged)
        _save(connection, changes.entries, changes.state)
        write_stories(connection, changes.stories)
        opening.reckon(db, connection, changes.stories, _now(changes.state))
        _adopt(connection, changes.stories, changes.entries)
        _see(connection, changes)
        changed = owing.note(connection, changes.stories, changes.merged, _now(changes.state))
        likes.write(connection, changes, _now(changes.state))
        bury(connection, changes.tombstones, changes.lifted)
        _DECIDE.each(connection, [decision_row(d) for d in changes.decisions])
        earlier.keep(db, connection, changes.earlier)
        marks = [*changes.marks, *(_credited(connection, changes) if changes.credit else ())]
        marking.put(connection, marks, changed)
        fetches.add(connection, [changes.fetch] if changes.fetch else [])
    except clashes() as error:
        raise StaleView(f"another writer was faster: {error}") from error


def settle(connection: Connection, found: Sequence[Changes]) -> None:
    """Write the states that answers without news led to, within the caller's transaction.

    What a feed says of itself stays as it was told. Raises `StaleView` where not all of them could be written.
    """
    rows = [
        {
            "b_source_id": state.source_id,
            "b_was": changes.was_due,
            "b_due": state.due,
            "b_strikes": _strikes(state),
            "b_state": dumps(state, APART),
            "b_lives_at": state.lives_at,
        }
        for changes in found
        for state in (changes.state,)
    ]
    if _SETTLE.each(connection, rows) != len(found):
        raise StaleView("some sources were polled or changed meanwhile")
    _move(connection, found)
    for changes in found:
        if changes.letter:
            leases.read(connection, changes.letter)
    fetches.add(connection, [changes.fetch for changes in found if changes.fetch])


def _move(connection: Connection, found: Sequence[Changes]) -> None:
    """Leave sources that moved to who asks their new hosts."""
    moved = [(c.state.source_id, c.shard) for c in found if c.shard is not None]
    _MOVE.each(connection, [{"b_source_id": source_id, "b_shard": shard} for source_id, shard in moved])


def _strikes(state: SourceState) -> int:
    """Strikes end with an answer, except where they are the answer."""
    return state.strikes if state.problem and state.problem.code == "crashed" else 0


def _credited(connection: Connection, changes: Changes) -> list[Mark]:
    """Marks for every channel that shows a story with a member of this source."""
    found = _CREDITED.rows(connection, source=changes.state.source_id)
    return [Mark(channel_id=row.channel_id, due=_now(changes.state)) for row in found]


def restate(
    db: Database, connection: Connection, stories: Sequence[Story], found: Sequence[Category], marks: Sequence[Mark]
) -> None:
    """Write *stories* again, as they are but for what settings decide. Raises `StaleView`."""
    try:
        check(connection, stories, {}, "")
        add_categories(db, connection, found, stories)
        write_stories(connection, stories)
        opening.reckon(db, connection, stories)
        marking.put(connection, marks)
    except clashes() as error:
        raise StaleView(f"another writer was faster: {error}") from error


def edit(db: Database, connection: Connection, found: Edit, now: datetime) -> None:
    """Write what the desk decided, within the caller's transaction. Raises `StaleView`."""
    try:
        check(connection, found.stories, found.merged, "", left=found.left)
        _end(db, connection, found.merged)
        _SAVE.each(connection, bodies.filed(connection, [entry_row(saved, now) for saved in found.entries]))
        write_stories(connection, found.stories)
        opening.reckon(db, connection, found.stories, now)
        _adopt(connection, found.stories, ())
        changed = owing.note(connection, found.stories, found.merged, now)
        likes.post(connection, found.hinted, now)
        bury(connection, found.tombstones, found.lifted)
        _DECIDE.each(connection, [decision_row(d) for d in found.decisions])
        marking.put(connection, found.marks, changed)
    except clashes() as error:
        raise StaleView(f"another writer was faster: {error}") from error


def bury(connection: Connection, tombstones: Sequence[Tombstone], lifted: Sequence[str]) -> None:
    """Note what is gone from which channels; what is shown again is not gone."""
    if lifted:
        _LIFT.run(connection, ids=listed(lifted))
    _BURY.each(connection, [tombstone_row(stone) for stone in tombstones])


def _fence(connection: Connection, changes: Changes) -> None:
    """Take the source's turn: nobody polled, forced or moved it since it was read.

    A source that someone paused meanwhile stays paused.
    """
    state = changes.state
    there = changes.seen or any(saved.status != "withdrawn" for saved in changes.entries)
    values = {f"b_{name}": value for name, value in state_row(state).items()}
    values |= {
        "b_strikes": _strikes(state),
        "b_was": changes.was_due,
        "b_present": _now(state) - SLACK if there and not changes.partial else None,
    }
    if _FENCE.run(connection, **values) != 1:
        raise StaleView(f"source {state.source_id} was polled or changed meanwhile")


def _now(state: SourceState) -> datetime:
    return state.polled or state.due


def check(
    connection: Connection,
    stories: Sequence[Story],
    merged: Mapping[str, str],
    source_id: str,
    *,
    left: Collection[EntryKey] = (),
) -> None:
    """Refuse to write over what was not seen: a newer version, or members that another source's poll added."""
    if not stories and not merged:
        return
    versions = {s.id: s.version for s in stories}
    kept = {EntryKey(m.entry.source_id, m.entry.guid): s.id for s in stories for m in s.members}
    ids = listed([*versions, *merged])
    stored = {row.id: row.version for row in _VERSIONS.rows(connection, ids=ids)}
    if stale := [i for i, version in versions.items() if stored.get(i, 0) != version]:
        raise StaleView(f"story {stale[0]} changed meanwhile")
    if stored:
        rows = _FOREIGN.rows(connection, ids=ids, source=source_id)
        if lost := {EntryKey(*row) for row in rows} - kept.keys() - {*left}:
            raise StaleView(f"{min(lost)} joined a story meanwhile")
    foreign = sorted({key.guid for key in kept if key.source_id != source_id})
    for row in _PLACES.rows(connection, guids=listed(foreign)) if foreign else ():
        key = EntryKey(row.source_id, row.guid)
        if key.source_id != source_id and key in kept and row.story_id not in {*versions, *merged}:
            raise StaleView(f"{key} left for story {row.story_id} meanwhile")


def add_categories(db: Database, connection: Connection, found: Sequence[Category], stories: Sequence[Story]) -> None:
    """Add new ones, and take over a new spelling of a name: a slug stays what it is.

    Ahead of the rest: polls of one moment have the same new categories, and would wait for each other to the end.
    """
    if not found:
        return
    opens = opening.first(stories)
    rows = [{"slug": c.slug, "name": c.name, "opens": opens.get(c.slug, opening.NEVER)} for c in found]
    with db.ahead(connection) as own:
        _NAME.each(own, sorted(rows, key=lambda row: str(row["slug"])))


def _end(db: Database, connection: Connection, merged: Mapping[str, str]) -> None:
    """End stories that became part of others; who asks for their ids is led on."""
    if not merged:
        return
    _keep_apart(connection, merged)
    clear(connection, (*merged,), t.stories)
    moves = [{"old": old, "new": new} for old, new in merged.items()]
    to = [{"b_old": old, "b_new": new} for old, new in merged.items()]
    e, m = t.entries.c, t.story_moves.c
    connection.execute(
        update(t.entries).where(e.story_id == bindparam("b_old")).values(story_id=bindparam("b_new")), to
    )
    connection.execute(update(t.story_moves).where(m.new == bindparam("b_old")).values(new=bindparam("b_new")), to)
    statement = db.insert(t.story_moves)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["old"], set_={"new": statement.excluded.new}), moves
    )


def _keep_apart(connection: Connection, merged: Mapping[str, str]) -> None:
    """Let stories that were parted from one that ends be parted from the one that takes it in."""
    s = t.stories.c
    if not connection.scalar(select(func.count()).where(among(s.id, merged), s.ruled)):
        return
    for row in connection.execute(select(s.id, s.lists).where(s.ruled)).all():
        keys, pairs, channels, *desk = orjson.loads(row.lists)
        apart, bound = desk or ([], False)
        if merged.keys().isdisjoint(apart):
            continue
        now = dict.fromkeys(merged.get(id, id) for id in apart if merged.get(id, id) != row.id)
        lists = text_of([keys, pairs, channels, [*now], bound])
        connection.execute(update(t.stories).where(s.id == row.id).values(lists=lists, version=s.version + 1))


def clear(connection: Connection, ids: Sequence[str], *also: Table) -> None:
    """Delete the parts of stories; with `stories` in *also*, the stories too."""
    if not ids:
        return
    told = _LISTS.rows(connection, ids=listed(ids))
    keys = sorted(key for row in told for key in keys_of(row.lists))
    _CLEAR_KEYS.run(connection, keys=listed(keys), ids=listed(ids))
    for parts in _CLEAR:
        parts.run(connection, ids=listed(ids))
    for table in also:
        connection.execute(delete(table).where(among(table.c.id, ids)))
        UNSEARCHED.each(connection, [{"story_id": i, "version": 0} for i in ids])


def _save(connection: Connection, found: Sequence[Saved], state: SourceState) -> None:
    """Write entries. Those that left their document keep the day on which they were last in it."""
    now = _now(state)
    rows = bodies.filed(connection, [entry_row(saved, now) for saved in found])
    _SAVE.each(connection, [row for row in rows if row["status"] != "withdrawn"])
    _SAVE_GONE.each(connection, [row for row in rows if row["status"] == "withdrawn"])


def write_stories(connection: Connection, found: Sequence[Story]) -> None:
    """Replace stories with their members, keys, channels and categories. A key of another story is an error."""
    if not found:
        return
    clear(connection, [s.id for s in found if s.version])
    _BEGIN_AGAIN.run(connection, ids=listed([s.id for s in found if not s.version]))  # an id that ended once
    _TELL.each(connection, [story_row(s) for s in found])
    UNSEARCHED.each(connection, [{"story_id": s.id, "version": s.version + 1} for s in found])
    _JOIN.each(connection, [member_row(m, s.id, rank) for s in found for rank, m in enumerate(s.members)])
    _KEY.each(connection, [{"key": k, "story_id": s.id} for s in found for k in s.keys])
    shown = [s for s in found if s.status == "shown"]
    _SHOW.each(
        connection,
        [
            {"story_id": s.id, "channel_id": c, "published": s.published, "release": s.release}
            for s in shown
            for c in s.channels
        ],
    )
    _SORT.each(connection, [{"story_id": s.id, "slug": c.slug} for s in shown for c in s.categories])


def _adopt(connection: Connection, stories: Sequence[Story], saved: Sequence[Saved]) -> None:
    """Tell entries that another poll wrote which story they are in now."""
    told = {s.entry.key: s.story_id for s in saved}
    rows = [
        {"b_guid": m.entry.guid, "b_source": m.entry.source_id, "b_story": s.id}
        for s in stories
        for m in s.members
        if told.get(m.entry.key) != s.id
    ]
    _ADOPT.each(connection, rows)


def _see(connection: Connection, changes: Changes) -> None:
    """Note that unchanged entries were in the document, to the day."""
    if changes.seen:
        now, guids = _now(changes.state), listed([key.guid for key in changes.seen])
        _SEE.run(connection, b_source=changes.state.source_id, guids=guids, b_now=now, b_before=now - SLACK / 2)
