"""The sources as they are configured, kept beside what asking them taught."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import orjson
from sqlalchemy import Connection, bindparam, select, text, update

from feeds.model.quick import replace
from feeds.model.source import Source, SourceState, Validators
from feeds.store import tables as t
from feeds.store.database.codec import dumps
from feeds.store.database.db import Database, chunks, hold
from feeds.store.database.prepared import selecting
from feeds.store.rows import masked, source_of, source_row, state_of, state_row
from feeds.store.turns import deal

_S = t.source_state.c
_NOTED = selecting(select(t.meta.c.value).where(t.meta.c.key == bindparam("key")))
_SYNCED = "sources.2"  # under this, a digest of the definitions that were stored last


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """Ids of sources that a sync added (or took up again), read anew, or took out."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def sync(db: Database, sources: Sequence[Source], shard_of: Callable[[Source], int], now: datetime) -> Synced:
    """Bring the stored definitions in line with the configuration.

    New sources are due at once. One at another place, or read in another way, is due too, and asked for all of
    its document: validators would only tell that nothing changed. What removed sources told stays.
    """
    stamp = sha256(orjson.dumps([(s, shard_of(s)) for s in sources], default=str)).hexdigest()
    with db.read() as connection:
        if stamp == noted(connection, _SYNCED):
            return Synced()
    with db.write() as connection:
        hold(connection, ["sources"])
        note(db, connection, _SYNCED, stamp)
        rows = connection.execute(select(t.sources.c.id, t.sources.c.removed, t.sources.c.definition)).all()
        before = {row.id: None if row.removed else source_of(row.definition) for row in rows}
        known = {row.id: source_of(row.definition) for row in rows}
        added = [s for s in sources if before.get(s.id) is None]
        changed = [s for s in sources if s.id in known and _differs(known[s.id], masked(s))]
        removed = sorted({i for i, s in before.items() if s} - {s.id for s in sources})
        away = connection.execute(select(_S.source_id, _S.lives_at).where(text(t.MOVED)))
        lives = {row.source_id: row.lives_at for row in away}
        stay = {s.id: lives[s.id] for s in sources if s.id in lives and known[s.id].location == s.location}
        shards = {s.id: shard_of(replace(s, location=stay.get(s.id, s.location))) for s in sources}
        _define(db, connection, sources, shards)
        for some in chunks(removed):
            connection.execute(update(t.sources).where(t.sources.c.id.in_(some)).values(removed=True))
        _mask(connection, [known[row.id] for row in rows if row.removed or row.id in removed])
        fresh = [SourceState(source_id=s.id, due=now) for s in added if s.id not in known]
        if fresh:
            connection.execute(t.source_state.insert(), [state_row(state) for state in fresh])
        moved = {s.id for s in changed if known[s.id].location != s.location}
        again = {s.id for s in (*changed, *added)} & known.keys()
        hasten(connection, sorted(again - moved), now, unread)
        hasten(connection, sorted(moved), now, _unknown)
        deal(connection)
    ids = {s.id for s in added}
    return Synced(
        added=tuple(s.id for s in added),
        changed=tuple(s.id for s in changed if s.id not in ids),
        removed=tuple(removed),
    )


def _mask(connection: Connection, sources: Sequence[Source]) -> None:
    """Take request headers out of definitions that an earlier version stored, and no configuration replaces."""
    for source in sources:
        if any(len(said) > 4 for said in source.options.headers.values()):
            values = {"definition": dumps(masked(source))}
            connection.execute(update(t.sources).where(t.sources.c.id == source.id).values(values))


def _define(db: Database, connection: Connection, sources: Sequence[Source], shards: Mapping[str, int]) -> None:
    rows = [source_row(s, shards[s.id]) for s in sources]
    statement = db.insert(t.sources)
    fields = {c.name: statement.excluded[c.name] for c in t.sources.c if c.name != "id"}
    if rows:
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=fields), rows)


def noted(connection: Connection, key: str) -> str:
    """Return what `note` wrote under *key*; '' where it wrote nothing."""
    return next((str(row.value) for row in _NOTED.rows(connection, key=key)), "")


def note(db: Database, connection: Connection, key: str, value: str) -> None:
    """Keep a word of the house's own."""
    statement = db.insert(t.meta).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def _differs(before: Source, after: Source) -> bool:
    """Tell whether a source must be read again to be known as it is now configured."""
    return any(
        getattr(before, name) != getattr(after, name) for name in ("kind", "location", "home", "categories", "options")
    )


def unread(state: SourceState) -> SourceState:
    """Forget what lets an answer be short, and what went wrong."""
    return replace(state, validators=Validators(), body_hash="", outline=b"", strikes=0, failures=0)


def meant(state: SourceState) -> SourceState:
    """As `unread`, by a person: what vanished at once, as far as it was told, may go."""
    problem = state.problem
    return replace(unread(state), meant=problem.detail if problem and problem.code == "mass_vanish" else "")


def _unknown(state: SourceState) -> SourceState:
    """Forget what asking the old place taught; what the feed said of itself stays until it speaks again."""
    return SourceState(
        source_id=state.source_id, due=state.due, paused=state.paused, changed=state.changed, info=state.info
    )


def hasten(
    connection: Connection, ids: Sequence[str], now: datetime, change: Callable[[SourceState], SourceState]
) -> None:
    """Make sources due. The time moves in any case, for a poll under way must not write what it began to read."""
    s = t.source_state
    for some in chunks(ids):
        for row in connection.execute(select(s).where(s.c.source_id.in_(some)).with_for_update()).all():
            due = now if row.due != now else now - timedelta(microseconds=1)
            fresh = state_row(replace(change(state_of(row)), due=due))
            connection.execute(update(s).where(s.c.source_id == row.source_id).values(fresh))
