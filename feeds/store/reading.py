"""Stories and entries, read whole: for the library and the overview alike."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.sql.elements import ColumnElement

from feeds.model.changes import Known
from feeds.model.channel import Tombstone, Window
from feeds.model.entry import Origin, origin_of
from feeds.model.source import Source
from feeds.model.story import Category, Fate, Member, Story
from feeds.store import tables as t
from feeds.store.database.db import DateTime, chunks
from feeds.store.database.prepared import listed, one_of, selecting
from feeds.store.incoming.bodies import TEXT
from feeds.store.kept import KEPT
from feeds.store.rows import info_of, known_of, member_of, source_of, story_of, tombstone_of

_STORIES = selecting(select(t.stories).where(one_of(t.stories.c.id, "ids")))
_MEMBERS = selecting(
    select(t.members.c.story_id, t.members.c.source_id, t.members.c.categories, TEXT, t.entries.c.first_seen)
    .join(t.entries, (t.entries.c.guid == t.members.c.guid) & (t.entries.c.source_id == t.members.c.source_id))
    .where(one_of(t.members.c.story_id, "ids"))
    .order_by(t.members.c.story_id, t.members.c.rank)
)
_SOURCES = selecting(
    select(t.sources.c.id, t.sources.c.definition, t.source_state.c.info)
    .join(t.source_state, t.source_state.c.source_id == t.sources.c.id)
    .where(one_of(t.sources.c.id, "ids"))
)
_C = t.story_channels.c
_SHOWN = (
    select(_C.story_id, _C.published)
    .where(
        _C.channel_id == bindparam("channel"), _C.release.is_(None) | (_C.release <= bindparam("at", type_=DateTime))
    )
    .order_by(_C.published.desc(), _C.story_id)
)
_LATEST = selecting(_SHOWN.limit(bindparam("most")))
_SINCE = selecting(_SHOWN.where(_C.published >= bindparam("since", type_=DateTime)))
_CATEGORIES = selecting(select(t.categories).order_by(t.categories.c.slug))
_OPEN = selecting(
    select(t.categories)
    .where(t.categories.c.opens.is_(None) | (t.categories.c.opens <= bindparam("at", type_=DateTime)))
    .order_by(t.categories.c.slug)
)

_GONE = selecting(
    select(t.tombstones.c.story_id, t.tombstones.c.at, t.tombstones.c.story)
    .where(t.tombstones.c.channel_id == bindparam("channel"))
    .where(t.tombstones.c.at > bindparam("since", type_=DateTime))
    .order_by(t.tombstones.c.at.desc(), t.tombstones.c.story_id)
    .limit(bindparam("most"))
)

KNOWN = (TEXT, t.entries.c.fingerprint, t.entries.c.status, t.entries.c.story_id, t.entries.c.first_seen)


class _Known(NamedTuple):
    """What a source says now, and the texts that say it; none of those that never were configured."""

    source: Source | None = None
    origin: Origin | None = None
    said: tuple[str, str] = ("", "")


class Stories:
    """Reads stories by id in one transaction; sources are looked up once each."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sources: dict[str, _Known] = {}

    def get(self, ids: Iterable[str]) -> list[Story]:
        """Return the stories that exist, in the order of *ids*."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Story] = {}
        for some in chunks(wanted):
            rows = _STORIES.rows(self._connection, ids=listed(some))
            members = self._members(some) if rows else {}
            found.update((row.id, self._story(row, members[row.id])) for row in rows if row.id in members)
        return [found[i] for i in wanted if i in found]

    def _story(self, row: Any, members: Sequence[Any]) -> Story:
        """Return the story that the rows tell: the same value as before where they say the same."""
        said = [self._sources[m.source_id].said for m in members]
        weight = len(row.lists) + sum(len(m.entry) for m in members)
        return KEPT.story(row.id, (row, members, said), weight, lambda: story_of(row, self._made(members)))

    def _made(self, members: Sequence[Any]) -> list[Member]:
        known = [(m, self._sources[m.source_id]) for m in members]
        return [member_of(m, of.source, of.origin) for m, of in known]

    def _members(self, ids: Sequence[str]) -> dict[str, list[Any]]:
        rows = _MEMBERS.rows(self._connection, ids=listed(ids))
        self._know({row.source_id for row in rows})
        found: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            found[row.story_id].append(row)
        return found

    def _know(self, ids: set[str]) -> None:
        """Read the sources that were not yet read: all of a story's members show what their source says now."""
        fresh = sorted(ids - self._sources.keys())
        self._sources.update((i, _Known()) for i in fresh)
        for row in _SOURCES.rows(self._connection, ids=listed(fresh)):
            source = source_of(row.definition)
            self._sources[row.id] = _Known(source, origin_of(source, info_of(row.info)), (row.definition, row.info))


def known_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Known]:
    """Return entries that meet all *conditions*."""
    query = select(*KNOWN).where(*conditions).order_by(t.entries.c.source_id, t.entries.c.first_seen, t.entries.c.guid)
    return [known_of(row) for row in connection.execute(query)]


def categories(connection: Connection, at: datetime | None = None) -> dict[str, Category]:
    """Return every category, by slug; with *at*, those that may be known at that time."""
    rows = _OPEN.rows(connection, at=at) if at else _CATEGORIES.rows(connection)
    return {row.slug: Category(slug=row.slug, name=row.name) for row in rows}


def latest(connection: Connection, window: Window) -> list[tuple[str, datetime]]:
    """Return a channel's stories by id and date, newest first, equal ones by id: the last *limit*, and all since."""
    given = {"channel": window.channel_id, "at": window.at}
    rows = _LATEST.rows(connection, **given, most=window.limit)
    if window.since and len(rows) == window.limit and (not rows or rows[-1].published >= window.since):
        rows = _SINCE.rows(connection, **given, since=window.since)
    return [(row.story_id, row.published) for row in rows]


def tombstones(connection: Connection, channel_id: str, since: datetime, most: int) -> tuple[Tombstone, ...]:
    """Return what is gone from a channel since after *since*, the latest first."""
    rows = _GONE.rows(connection, channel=channel_id, since=since, most=most)
    return tuple(tombstone_of(row, channel_id) for row in rows)


def fates(connection: Connection, ids: Collection[str]) -> Mapping[str, Fate]:
    """Return what became of the stories *ids*: which one each is now, and its status; unknown ones are left out."""
    s, m = t.stories.c, t.story_moves.c
    found: dict[str, Fate] = {}
    for some in chunks(sorted(ids)):
        own = select(s.id, s.id, s.status).where(s.id.in_(some))
        moved = select(m.old, s.id, s.status).join(t.stories, s.id == m.new).where(m.old.in_(some))
        for query in (moved, own):
            for old, new, status in connection.execute(query):
                found[old] = Fate(story_id=new, status=status)
    return found
