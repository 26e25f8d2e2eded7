"""What the desk's pages ask of the store besides `Overview`; nothing here changes anything."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import islice

import orjson
from sqlalchemy import func, select

from feeds.model.changes import Mark
from feeds.model.decision import Decision, DecisionKind
from feeds.model.delivery import Delivery
from feeds.model.entry import EntryKey
from feeds.model.source import Answers, FetchLine
from feeds.model.story import Story
from feeds.store import reading
from feeds.store import tables as t
from feeds.store.database.db import Database, among
from feeds.store.incoming import fetches
from feeds.store.incoming.bodies import TEXT
from feeds.store.rows import decision_of, delivery_of

SEARCHED = 20_000  # stories that are looked through for words
SAID = ("title", "summary", "content", "url", "guid")


class Looks:
    """Questions of the desk about decisions, answers, stories and what waits."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def decisions(self, kinds: Collection[DecisionKind], limit: int, *, after: int = 0) -> tuple[Decision, ...]:
        """Return decisions of some kinds, the newest first, leaving out the first *after*."""
        d = t.decisions.c
        query = select(t.decisions).where(d.kind.in_(sorted(kinds))).order_by(d.id.desc()).limit(limit).offset(after)
        with self._db.read() as connection:
            return tuple(decision_of(row) for row in connection.execute(query))

    def decisions_of(self, source_id: str, limit: int) -> tuple[Decision, ...]:
        """Return the last decisions over a source's entries, among the newest of all, the newest first."""
        d = t.decisions.c
        recent = select(d.id).order_by(d.id.desc()).limit(100 * limit).subquery()
        query = (
            select(t.decisions)
            .where(d.id.in_(select(recent.c.id)), d.source_id == source_id)
            .order_by(d.id.desc())
            .limit(limit)
        )
        with self._db.read() as connection:
            return tuple(decision_of(row) for row in connection.execute(query))

    def answers(self, source_id: str, limit: int) -> tuple[FetchLine, ...]:
        """Return the last answers of a source, the newest first."""
        with self._db.read() as connection:
            return tuple(fetches.latest(connection, source_id, limit))

    def answers_since(self, source_ids: Collection[str], since: datetime) -> tuple[FetchLine, ...]:
        """Return the answers of some sources since then, the oldest first."""
        with self._db.read() as connection:
            return tuple(fetches.lately(connection, source_ids, since))

    def answered(self, since: datetime) -> Mapping[str, Answers]:
        """Return what sources answered since then, added up by source."""
        with self._db.read() as connection:
            return fetches.added_up(connection, since)

    def stories(self, limit: int, *, after: int = 0) -> tuple[Story, ...]:
        """Return stories of any status, those first seen last before the others, leaving out the first *after*."""
        s = t.stories.c
        query = select(s.id).order_by(s.first_seen.desc(), s.id).limit(limit).offset(after)
        with self._db.read() as connection:
            ids = connection.scalars(query).all()
            found = {story.id: story for story in reading.Stories(connection).get(ids)}
        return tuple(found[id] for id in ids if id in found)

    def stories_with(self, words: Sequence[str], limit: int, *, after: int = 0) -> tuple[Story, ...]:
        """Return the newest stories whose lead says each of *words* anywhere, of the last `SEARCHED` alone.

        Of any status, which the readers' search does not find; it reads some 50 MB at the most.
        """
        s, m, e = t.stories.c, t.members.c, t.entries.c
        recent = select(s.id, s.first_seen).order_by(s.first_seen.desc(), s.id).limit(SEARCHED).subquery()
        wanted = [word.lower() for word in words]
        query = (
            select(recent.c.id, TEXT)
            .join(t.members, (m.story_id == recent.c.id) & (m.rank == 0))
            .join(t.entries, (e.guid == m.guid) & (e.source_id == m.source_id))
            .where(*(func.lower(TEXT).contains(word, autoescape=True) for word in wanted))
            .order_by(recent.c.first_seen.desc(), recent.c.id)
        )
        with self._db.read() as connection:
            rows = connection.execute(query.execution_options(yield_per=100))
            told = (row.id for row in rows if _says(row.entry, wanted))
            ids = list(islice(told, after, after + limit))
            rows.close()
            found = {story.id: story for story in reading.Stories(connection).get(ids)}
        return tuple(found[id] for id in ids if id in found)

    def stories_of(self, ids: Collection[str]) -> Mapping[str, Story]:
        """Return stories by id; those that were merged away under their old ids too."""
        m = t.story_moves.c
        with self._db.read() as connection:
            moves = {r.old: r.new for r in connection.execute(select(m.old, m.new).where(among(m.old, ids)))}
            found = {s.id: s for s in reading.Stories(connection).get(sorted({*ids, *moves.values()}))}
        return found | {old: found[new] for old, new in moves.items() if new in found}

    def places(self, keys: Sequence[EntryKey]) -> Mapping[EntryKey, str]:
        """Return the story of each entry, where it is in one."""
        e = t.entries.c
        query = select(e.source_id, e.guid, e.story_id).where(among(e.guid, sorted({key.guid for key in keys})))
        with self._db.read() as connection:
            rows = connection.execute(query).all()
        wanted = {*keys}
        return {k: r.story_id for r in rows if (k := EntryKey(r.source_id, r.guid)) in wanted and r.story_id}

    def marks(self, limit: int) -> tuple[Mark, ...]:
        """Return the channels that wait to be published, the soonest first."""
        m = t.marks.c
        query = select(m.channel_id, m.due).order_by(m.due, m.channel_id).limit(limit)
        with self._db.read() as connection:
            return tuple(Mark(channel_id=row.channel_id, due=row.due) for row in connection.execute(query))

    def deliveries(self, limit: int, ended: int) -> tuple[Delivery, ...]:
        """Return messages to others: *limit* that are owed, by their time, then *ended* others, the newest first."""
        d = t.deliveries.c
        with self._db.read() as connection:
            owed = select(t.deliveries).where(d.state == "owed").order_by(d.due, d.id).limit(limit)
            rest = select(t.deliveries).where(d.state != "owed").order_by(d.due.desc(), d.id).limit(ended)
            rows = [*connection.execute(owed), *connection.execute(rest)]
        return tuple(delivery_of(row) for row in rows)

    def given_up(self, since: datetime, limit: int) -> tuple[Delivery, ...]:
        """Return messages that were to go out since then and that nobody took, the newest first."""
        d = t.deliveries.c
        query = select(t.deliveries).where(d.state == "given_up", d.due >= since).order_by(d.due.desc(), d.id)
        with self._db.read() as connection:
            return tuple(delivery_of(row) for row in connection.execute(query.limit(limit)))

    def due(self, now: datetime) -> int:
        """Return how many sources are due."""
        s, state = t.sources.c, t.source_state.c
        query = (
            select(func.count())
            .select_from(t.sources)
            .join(t.source_state, state.source_id == s.id)
            .where(state.due <= now, s.enabled, ~s.removed, ~state.paused)
        )
        with self._db.read() as connection:
            return connection.scalar(query) or 0


def _says(entry: str, words: Sequence[str]) -> bool:
    """Tell whether an entry says each of *words*: its row holds names of fields too."""
    told = orjson.loads(entry)
    said = " ".join(str(told.get(name, "")) for name in SAID).lower()
    return all(word in said for word in words)
