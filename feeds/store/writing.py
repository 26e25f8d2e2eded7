"""One poll's changes, written whole or not at all; and stories that new settings restate.

Three things tell that a view went stale meanwhile, and refuse the write: the source's `due` moved, a story's version
moved, or a member of another source would be lost. Match keys are unique by themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from feeds.errors import StaleView
from feeds.model.changes import Changes, Mark, Saved
from feeds.model.entry import EntryKey
from feeds.model.source import SourceState
from feeds.model.story import Category, Story
from feeds.store import marking
from feeds.store import tables as t
from feeds.store.codec import dumps
from feeds.store.db import Database, chunks
from feeds.store.rows import decision_row, entry_row, member_row, state_row, story_row

SLACK = timedelta(days=1)
"""How exact `last_seen` is: entries that stay in their document are written once a day, not at each poll."""

# A row that takes part in a story, by table; all are written anew with it.
_PARTS = (t.story_channels, t.story_categories, t.story_keys, t.members)


def apply(db: Database, connection: Connection, changes: Changes) -> None:
    """Write *changes* within the caller's transaction. Raises `StaleView`."""
    try:
        _fence(connection, changes)
        check(connection, changes.stories, changes.merged, changes.state.source_id)
        add_categories(db, connection, changes.categories)
        _end(db, connection, changes.merged)
        _save(db, connection, changes.entries, changes.state)
        write_stories(db, connection, changes.stories)
        _adopt(connection, changes.stories, changes.entries)
        _see(connection, changes)
        if changes.decisions:
            connection.execute(t.decisions.insert(), [decision_row(d) for d in changes.decisions])
        marking.put(db, connection, [*changes.marks, *(_credited(connection, changes) if changes.credit else ())])
    except IntegrityError as error:
        raise StaleView(f"another writer was faster: {error.orig}") from error


def settle(connection: Connection, found: Sequence[Changes]) -> None:
    """Write the states that answers without news led to, within the caller's transaction.

    What a feed says of itself stays as it was told. Raises `StaleView` where not all of them could be written.
    """
    s = t.source_state.c
    rows = [
        {
            "b_source": state.source_id,
            "b_was": changes.was_due,
            "b_due": state.due,
            "b_strikes": _strikes(state),
            "b_state": dumps(state, "info", "outline"),
        }
        for changes in found
        for state in (changes.state,)
    ]
    mine = (s.source_id == bindparam("b_source")) & (s.due == bindparam("b_was"))
    write = update(t.source_state).where(mine)
    write = write.values(due=bindparam("b_due"), strikes=bindparam("b_strikes"), state=bindparam("b_state"))
    if connection.execute(write, rows).rowcount != len(found):
        raise StaleView("some sources were polled or changed meanwhile")


def _strikes(state: SourceState) -> int:
    """Strikes end with an answer, except where they are the answer."""
    return state.strikes if state.problem and state.problem.code == "crashed" else 0


def _credited(connection: Connection, changes: Changes) -> list[Mark]:
    """Marks for every channel that shows a story with a member of this source."""
    channel, m = t.story_channels.c, t.members.c
    query = (
        select(channel.channel_id)
        .join_from(t.story_channels, t.members, m.story_id == channel.story_id)
        .where(m.source_id == changes.state.source_id)
        .distinct()
    )
    return [Mark(channel_id=found, due=_now(changes.state)) for found in connection.scalars(query)]


def restate(
    db: Database, connection: Connection, stories: Sequence[Story], found: Sequence[Category], marks: Sequence[Mark]
) -> None:
    """Write *stories* again, as they are but for what settings decide. Raises `StaleView`."""
    try:
        check(connection, stories, {}, "")
        add_categories(db, connection, found)
        write_stories(db, connection, stories)
        marking.put(db, connection, marks)
    except IntegrityError as error:
        raise StaleView(f"another writer was faster: {error.orig}") from error


def _fence(connection: Connection, changes: Changes) -> None:
    """Take the source's turn: nobody polled, forced or moved it since it was read.

    A source that someone paused meanwhile stays paused.
    """
    state = changes.state
    row = {**state_row(state), "strikes": _strikes(state)}
    if not state.paused:
        del row["paused"]
    present = [saved for saved in changes.entries if saved.status != "withdrawn"]
    if (changes.seen or present) and not changes.partial:
        row["present"] = _now(state) - SLACK
    mine = (t.source_state.c.source_id == state.source_id) & (t.source_state.c.due == changes.was_due)
    if connection.execute(update(t.source_state).where(mine).values(row)).rowcount != 1:
        raise StaleView(f"source {state.source_id} was polled or changed meanwhile")


def _now(state: SourceState) -> datetime:
    return state.polled or state.due


def check(connection: Connection, stories: Sequence[Story], merged: Mapping[str, str], source_id: str) -> None:
    """Refuse to write over what was not seen: a newer version, or members that another source's poll added."""
    if not stories and not merged:
        return
    versions = {s.id: s.version for s in stories}
    kept = {EntryKey(m.entry.source_id, m.entry.guid): s.id for s in stories for m in s.members}
    foreign = [key for key in kept if key.source_id != source_id]
    m = t.members.c
    for some in chunks([*versions, *merged]):
        query = select(t.stories.c.id, t.stories.c.version).where(t.stories.c.id.in_(some))
        stored = {row.id: row.version for row in connection.execute(query)}
        if stale := [i for i in some if i in versions and stored.get(i, 0) != versions[i]]:
            raise StaleView(f"story {stale[0]} changed meanwhile")
        rows = connection.execute(select(m.source_id, m.guid).where(m.story_id.in_(some), m.source_id != source_id))
        if lost := {EntryKey(*row) for row in rows} - kept.keys():
            raise StaleView(f"{min(lost)} joined a story meanwhile")
    for some in chunks(sorted({key.guid for key in foreign})):
        for row in connection.execute(select(m.source_id, m.guid, m.story_id).where(m.guid.in_(some))):
            key = EntryKey(row.source_id, row.guid)
            if key.source_id != source_id and key in kept and row.story_id not in {*versions, *merged}:
                raise StaleView(f"{key} left for story {row.story_id} meanwhile")


def add_categories(db: Database, connection: Connection, found: Sequence[Category]) -> None:
    """Add new ones, and take over a new spelling of a name: a slug stays what it is."""
    if found:
        statement = db.insert(t.categories)
        named = statement.on_conflict_do_update(index_elements=["slug"], set_={"name": statement.excluded.name})
        connection.execute(named, [{"slug": c.slug, "name": c.name} for c in found])


def _end(db: Database, connection: Connection, merged: Mapping[str, str]) -> None:
    """End stories that became part of others; who asks for their ids is led on."""
    if not merged:
        return
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


def clear(connection: Connection, ids: Sequence[str], *also: Table) -> None:
    """Delete the parts of stories; with `stories` in *also*, the stories too."""
    for some in chunks(ids):
        for table in _PARTS:
            connection.execute(delete(table).where(table.c.story_id.in_(some)))
        for table in also:
            connection.execute(delete(table).where(table.c.id.in_(some)))


def _save(db: Database, connection: Connection, found: Sequence[Saved], state: SourceState) -> None:
    """Write entries. Those that left their document keep the day on which they were last in it."""
    for there in (True, False):
        some = [saved for saved in found if (saved.status != "withdrawn") is there]
        if not some:
            continue
        statement = db.insert(t.entries)
        fixed = {"guid", "source_id", "first_seen"} | (set() if there else {"last_seen"})
        fields = {c.name: statement.excluded[c.name] for c in t.entries.c if c.name not in fixed}
        upsert = statement.on_conflict_do_update(index_elements=["guid", "source_id"], set_=fields)
        connection.execute(upsert, [entry_row(saved, _now(state)) for saved in some])


def write_stories(db: Database, connection: Connection, found: Sequence[Story]) -> None:
    """Replace stories with their members, keys, channels and categories. A key of another story is an error."""
    if not found:
        return
    clear(connection, [s.id for s in found if s.version])
    for some in chunks([s.id for s in found if not s.version]):  # an id that ended once begins again
        connection.execute(delete(t.story_moves).where(t.story_moves.c.old.in_(some)))
    _upsert(db, connection, t.stories, ["id"], [story_row(s) for s in found])
    members = [member_row(m, s.id, rank) for s in found for rank, m in enumerate(s.members)]
    _upsert(db, connection, t.members, ["guid", "source_id"], members)
    _insert(connection, t.story_keys, ({"key": k, "story_id": s.id} for s in found for k in s.keys))
    shown = [s for s in found if s.status == "shown"]
    _insert(
        connection,
        t.story_channels,
        (
            {"story_id": s.id, "channel_id": c, "published": s.published, "release": s.release}
            for s in shown
            for c in s.channels
        ),
    )
    _insert(connection, t.story_categories, ({"story_id": s.id, "slug": c.slug} for s in shown for c in s.categories))


def _insert(connection: Connection, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    if found := list(rows):
        connection.execute(table.insert(), found)


def _upsert(
    db: Database, connection: Connection, table: Table, key: list[str], rows: Sequence[Mapping[str, object]]
) -> None:
    if rows:
        statement = db.insert(table)
        fields = {c.name: statement.excluded[c.name] for c in table.c if c.name not in key}
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=fields), rows)


def _adopt(connection: Connection, stories: Sequence[Story], saved: Sequence[Saved]) -> None:
    """Tell entries that another poll wrote which story they are in now."""
    told = {s.entry.key: s.story_id for s in saved}
    rows = [
        {"b_guid": m.entry.guid, "b_source": m.entry.source_id, "b_story": s.id}
        for s in stories
        for m in s.members
        if told.get(m.entry.key) != s.id
    ]
    if rows:
        e = t.entries.c
        mine = (e.guid == bindparam("b_guid")) & (e.source_id == bindparam("b_source"))
        moved = mine & (e.story_id != bindparam("b_story"))
        connection.execute(update(t.entries).where(moved).values(story_id=bindparam("b_story")), rows)


def _see(connection: Connection, changes: Changes) -> None:
    """Note that unchanged entries were in the document, to the day."""
    now, e = _now(changes.state), t.entries.c
    for some in chunks(changes.seen):
        mine = (e.source_id == changes.state.source_id) & e.guid.in_([key.guid for key in some])
        connection.execute(update(t.entries).where(mine & (e.last_seen < now - SLACK / 2)).values(last_seen=now))
