"""Read-only questions of the command line and the pages."""

import gzip
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, Connection, FromClause, and_, false, func, or_, select

from feeds.model.changes import Earlier, Known
from feeds.model.channel import Format, Rendition, SetAside
from feeds.model.decision import Decision
from feeds.model.overview import AsideLine, CategoryLine, Found, HoldLine, RenditionLine, SourceLine, Totals
from feeds.model.story import Category, Story
from feeds.store import reading
from feeds.store import tables as t
from feeds.store.database.db import Database, chunks
from feeds.store.incoming import earlier, likes
from feeds.store.outgoing import holding, news, redirects
from feeds.store.outgoing.resting import resting
from feeds.store.rows import AnyRow, decision_of, rendition_of, source_of, state_of

_TOLD = ~t.renditions.c.channel_id.startswith("@")  # the page of who is read is brought out like a channel, and is none
EXPORTED = 200  # stories in one read


_R = t.renditions.c
_LINES = select(_R.channel_id, _R.format, _R.path, _R.etag, _R.size, _R.updated, _R.version).order_by(_R.path)


class Overview:
    """Questions about everything that is stored; none of them changes anything."""

    def __init__(self, db: Database, told: news.News | None = None) -> None:
        self._db = db
        self._news = told or news.News()

    # what is published: the port `Shelf`

    @property
    def generation(self) -> int:
        return self._news.generation

    def look(self) -> None:
        """Find what other processes published: `generation` rises if they did."""
        self._news.look(self._db)

    def moved(self, path: str) -> str | None:
        with self._db.read() as connection:
            return redirects.leading(connection, path)

    def stamp(self, path: str) -> str | None:
        with self._db.read() as connection:
            return connection.scalar(select(t.renditions.c.etag).where(t.renditions.c.path == path))

    def rendition(self, path: str) -> Rendition | None:
        with self._db.read() as connection:
            row = connection.execute(select(t.renditions).where(t.renditions.c.path == path)).one_or_none()
        return rendition_of(row, gzip.decompress(row.body)) if row else None

    def at(self, path: str) -> RenditionLine | None:
        """Return what is published at *path*, or None."""
        with self._db.read() as connection:
            row = connection.execute(_LINES.where(t.renditions.c.path == path)).one_or_none()
        return RenditionLine(**row._mapping) if row else None

    def renditions(self) -> tuple[RenditionLine, ...]:
        """Return what is published, by path."""
        with self._db.read() as connection:
            return tuple(RenditionLine(**row._mapping) for row in connection.execute(_LINES))

    # how it goes

    def sources(self) -> tuple[SourceLine, ...]:
        """Return every source in the order of the configuration, those that were removed last."""
        e, s = t.entries.c, t.sources.c
        counts = (
            select(e.source_id, func.count().label("entries"), func.max(e.first_seen).label("newest"))
            .group_by(e.source_id)
            .subquery()
        )
        query = (
            select(s.definition, s.removed, t.source_state, counts.c.entries, counts.c.newest)
            .join_from(t.sources, t.source_state, t.source_state.c.source_id == s.id)
            .outerjoin(counts, counts.c.source_id == s.id)
            .order_by(s.removed, s.place, s.id)
        )
        with self._db.read() as connection:
            return tuple(_source_line(row) for row in connection.execute(query))

    def totals(self, now: datetime | None = None) -> Totals:
        """Return how much there is. With *now*, stories whose time has not come are none that are shown, and channels
        that wait for a time are none that wait."""
        shown, owed = t.stories.c.status == "shown", t.deliveries.c.state
        later = (t.stories.c.release > now) & shown if now else false()
        with self._db.read() as connection:
            count = _Counter(connection)
            stories, embargoed = count(t.stories), count(t.stories, later)
            return Totals(
                sources=count(t.sources, ~t.sources.c.removed),
                entries=count(t.entries),
                stories=count(t.stories, shown) - embargoed,
                embargoed=embargoed,
                hidden=count(t.stories, ~shown),
                copies=count(t.members) - stories,
                categories=count(t.categories),
                channels=count.different(
                    t.renditions.c.channel_id, t.renditions.c.format.not_in(("page", "gone")), _TOLD
                ),
                renditions=count(t.renditions),
                set_aside=count.different(t.set_aside.c.story_id),
                marked=count.different(t.marks.c.channel_id, *([t.marks.c.due <= now] if now else [])),
                resting=count(resting),
                owed=count(t.deliveries, owed == "owed"),
                given_up=count(t.deliveries, owed == "given_up"),
            )

    def categories(self) -> tuple[CategoryLine, ...]:
        """Return every category with how many stories it shows, the largest first."""
        counted = func.count(t.story_categories.c.story_id)
        query = (
            select(t.categories.c.slug, t.categories.c.name, counted)
            .outerjoin(t.story_categories, t.story_categories.c.slug == t.categories.c.slug)
            .group_by(t.categories.c.slug, t.categories.c.name)
            .order_by(counted.desc(), t.categories.c.slug)
        )
        with self._db.read() as connection:
            rows = connection.execute(query).all()
        return tuple(CategoryLine(category=Category(slug=s, name=n), stories=number) for s, n, number in rows)

    def set_aside(self, story_ids: Sequence[str] = ()) -> tuple[AsideLine, ...]:
        """Return what documents go out without: all, or of *story_ids*."""
        with self._db.read() as connection:
            return _aside(connection, story_ids)

    def holds(self) -> tuple[HoldLine, ...]:
        """Return what is not brought out: builds that lose too much, documents that break a rule."""
        with self._db.read() as connection:
            return holding.lines(connection)

    def meta(self, key: str) -> str:
        """Return what the library noted under *key*; '' where it noted nothing."""
        with self._db.read() as connection:
            return connection.scalar(select(t.meta.c.value).where(t.meta.c.key == key)) or ""

    # why it is so

    def find(self, *texts: str) -> Found:
        """Return what any of *texts* names: a story's id (also one merged away), a guid, a canonical page URL."""
        e = t.entries.c
        wanted = [text for text in dict.fromkeys(texts) if text]
        if not wanted:
            return Found()
        with self._db.read() as connection:
            moves = _moves(connection, t.story_moves.c.old.in_(wanted))
            named = reading.known_where(connection, or_(e.guid.in_(wanted), e.url_key.in_(wanted)))
            told = [k.story_id for k in named if k.story_id]
            stories = reading.Stories(connection).get([*wanted, *moves.values(), *told])
            entries = _with_members(connection, named, stories)
            moves |= _moves(connection, t.story_moves.c.new.in_([s.id for s in stories]))
            return Found(
                entries=entries,
                stories=tuple(stories),
                decisions=_told(entries, _decisions(connection, entries, [*(s.id for s in stories), *moves])),
                earlier=earlier.of(connection, [k.entry.key for k in entries]),
                set_aside=_aside(connection, [s.id for s in stories]) if stories else (),
                moves=moves,
            )

    def recent_decisions(self, limit: int) -> tuple[Decision, ...]:
        """Return the last decisions, newest first."""
        query = select(t.decisions).order_by(t.decisions.c.id.desc()).limit(limit)
        with self._db.read() as connection:
            return tuple(decision_of(row) for row in connection.execute(query))

    def splits(self, one: str, other: str) -> int:
        """Return how often the desk split an entry of one source from a story that the other leads."""
        d = t.decisions.c
        query = select(d.source_id, d.facts).where(d.kind == "split", d.source_id.in_((one, other)))
        with self._db.read() as connection:
            found = ({row.source_id, orjson.loads(row.facts)["with_source"]} for row in connection.execute(query))
            return sum(pair == {one, other} for pair in found)

    def entries(self, source_id: str) -> tuple[Known, ...]:
        """Return all entries of one source, first seen first."""
        with self._db.read() as connection:
            return tuple(reading.known_where(connection, t.entries.c.source_id == source_id))

    def told(self, since: datetime) -> Iterator[tuple[Known, ...]]:
        """Give the entries in stories that were first seen since then, poll by poll: one source's, at one time."""
        e = t.entries.c
        keys = select(e.first_seen, e.source_id, e.guid).where(e.first_seen >= since, e.status == "kept")
        with self._db.read() as connection:
            found = connection.execute(keys.order_by(e.first_seen, e.source_id, e.guid)).all()
        for (_, source_id), rows in groupby(found, key=lambda row: (row.first_seen, row.source_id)):
            guids = [row.guid for row in rows]
            with self._db.read() as connection:
                got = {k.entry.guid: k for k in _of_guids(connection, source_id, guids)}
            if known := tuple(got[guid] for guid in guids if guid in got):
                yield known

    def named(self, source_id: str, names: Sequence[str]) -> tuple[Known, ...]:
        """Return the entries of one source that *names* name: guids, canonical addresses of pages, ids of stories."""
        e = t.entries.c
        with self._db.read() as connection:
            found = {
                known.entry.key: known
                for some in chunks(names)
                for known in reading.known_where(
                    connection,
                    e.source_id == source_id,
                    or_(e.guid.in_(some), e.url_key.in_(some), e.story_id.in_(some)),
                )
            }
        return tuple(found.values())

    def habits(self, source_ids: Collection[str]) -> Mapping[str, bytes]:
        """Return what these sources say again and again, packed, as likenesses are judged by."""
        with self._db.read() as connection:
            return likes.habits(connection, source_ids)

    def ruled(self) -> Mapping[str, Story]:
        """Return the stories over which the desk decided, by id."""
        with self._db.read() as connection:
            ids = connection.scalars(select(t.stories.c.id).where(t.stories.c.ruled)).all()
            return {story.id: story for story in reading.Stories(connection).get(ids)}

    def judged(self, since: datetime, rules: Sequence[str] = ("near",)) -> tuple[Decision, ...]:
        """Return every verdict by one of *rules* since then, the oldest first; `near` is on similar texts."""
        d = t.decisions.c
        query = select(t.decisions).where(d.at >= since, d.rule.in_(rules)).order_by(d.at, d.id)
        with self._db.read() as connection:
            return tuple(decision_of(row) for row in connection.execute(query))

    def export(self) -> Iterator[Story]:
        """Give every story of any status, by id; what is written meanwhile may or may not be among them."""
        for story, _ in self.histories():
            yield story

    def histories(self) -> Iterator[tuple[Story, tuple[Earlier, ...]]]:
        """Give what `export` gives, each story with what its entries said before, the oldest first."""
        after = ""
        while True:
            ids = select(t.stories.c.id).where(t.stories.c.id > after).order_by(t.stories.c.id).limit(EXPORTED)
            with self._db.read() as connection:
                batch = connection.scalars(ids).all()
                stories = reading.Stories(connection).get(batch)
                kept = earlier.of(connection, [m.key for s in stories for m in s.members])
            if not batch:
                return
            for story in stories:
                keys = {m.key for m in story.members}
                yield story, tuple(one for one in kept if one.key in keys)
            after = batch[-1]


def _source_line(row: AnyRow) -> SourceLine:
    return SourceLine(
        source=source_of(row.definition),
        state=state_of(row),
        removed=row.removed,
        entries=row.entries or 0,
        newest=cast("datetime | None", row.newest),
    )


def _of_guids(connection: Connection, source_id: str, guids: Sequence[str]) -> Iterator[Known]:
    e = t.entries.c
    for some in chunks(guids):
        kept = reading.known_where(connection, e.source_id == source_id, e.guid.in_(some), e.status == "kept")
        yield from (k for k in kept if k.story_id)


class _Counter:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, table: FromClause, *conditions: ColumnElement[bool]) -> int:
        return self._connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

    def different(self, column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> int:
        return self._connection.scalar(select(func.count(column.distinct())).where(*conditions)) or 0


def _moves(connection: Connection, condition: ColumnElement[bool]) -> dict[str, str]:
    m = t.story_moves.c
    return {row.old: row.new for row in connection.execute(select(m.old, m.new).where(condition))}


def _with_members(connection: Connection, named: Sequence[Known], stories: Sequence[Story]) -> tuple[Known, ...]:
    """Add the other members of the stories to the entries that were named."""
    e = t.entries.c
    found = {k.entry.key: k for k in named}
    missing = [m.key for s in stories for m in s.members if m.key not in found]
    for some in chunks(missing, 100):
        any_of = or_(*(and_(e.guid == key.guid, e.source_id == key.source_id) for key in some))
        found.update((k.entry.key, k) for k in reading.known_where(connection, any_of))
    return tuple(found.values())


def _told(entries: Sequence[Known], decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Put before the stored decisions when each entry was first seen, which the entries tell."""
    seen = [
        Decision(
            at=k.first_seen,
            kind="seen",
            source_id=k.entry.source_id,
            guid=k.entry.guid,
            says="seen",
        )
        for k in entries
    ]
    return tuple(sorted([*seen, *decisions], key=lambda d: d.at))


def _decisions(connection: Connection, entries: Sequence[Known], story_ids: Sequence[str]) -> tuple[Decision, ...]:
    d = t.decisions.c
    rows: dict[int, AnyRow] = {}
    conditions = [and_(d.guid == k.entry.guid, d.source_id == k.entry.source_id) for k in entries]
    queries = [or_(*some) for some in chunks(conditions, 100)]
    queries += [d.story_id.in_(some) for some in chunks(list(story_ids))]
    for condition in queries:
        rows.update((row.id, row) for row in connection.execute(select(t.decisions).where(condition)))
    return tuple(decision_of(rows[i]) for i in sorted(rows))


def _aside(connection: Connection, story_ids: Sequence[str]) -> tuple[AsideLine, ...]:
    s = t.set_aside.c
    query = select(t.set_aside).order_by(s.channel_id, s.story_id, s.format)
    if story_ids:
        query = query.where(s.story_id.in_(story_ids))
    return tuple(
        AsideLine(
            channel_id=row.channel_id,
            aside=SetAside(story_id=row.story_id, format=cast("Format", row.format), reason=row.reason),
            since=row.at,
        )
        for row in connection.execute(query)
    )
