"""What came in: sources, entries and stories. The ports `Library` and `Archive`, and what set-up asks besides."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, bindparam, exists, select, text, update

from feeds.errors import StaleView, StoreError
from feeds.model.changes import Changes, Edit, Known, Mark, PollView, Recleaned
from feeds.model.channel import Heard, Tombstone, Version, Window
from feeds.model.entry import EntryKey
from feeds.model.quick import replace
from feeds.model.source import Source, SourceState
from feeds.model.story import Category, Fate, Story
from feeds.store import reading
from feeds.store import tables as t
from feeds.store.database.db import Database, among
from feeds.store.database.prepared import listed, one_of, selecting
from feeds.store.incoming import defining, fetches, hearing, keeping, likes, recleaning, versions, writing
from feeds.store.incoming.defining import Synced
from feeds.store.outgoing import filing, marking
from feeds.store.push.leases import Leases
from feeds.store.rows import known_of, source_of, state_of

_ALL_DUE = (
    select(t.sources.c.definition, t.source_state)
    .join(t.sources, t.sources.c.id == t.source_state.c.source_id)
    .where(t.source_state.c.shard == bindparam("shard"), t.source_state.c.due <= bindparam("now"))
    .where(~t.source_state.c.paused)  # those that are off or removed are in no shard
    .order_by(t.sources.c.local.desc(), t.source_state.c.due, t.sources.c.place, t.sources.c.id)
    .limit(bindparam("most"))
)
_DUE, _DUE_OF = selecting(_ALL_DUE), selecting(_ALL_DUE.where(one_of(t.sources.c.id, "only")))
_SOURCE = selecting(
    select(t.sources.c.definition, t.source_state)
    .join(t.source_state, t.source_state.c.source_id == t.sources.c.id)
    .where(t.sources.c.id == bindparam("source"))
)
_AT = selecting(
    select(t.source_state).where(
        (text(t.MOVED) & (t.source_state.c.lives_at == bindparam("address")))
        | one_of(t.source_state.c.source_id, "also")
    )
)
_MINE = select(t.entries.c.guid, *reading.KNOWN).where(t.entries.c.source_id == bindparam("source"))
_BY_GUID, _BY_PAGE = (
    selecting(_MINE.where(one_of(column, "values")).order_by(t.entries.c.first_seen, t.entries.c.guid))
    for column in (t.entries.c.guid, t.entries.c.url_key)
)
_ANY = selecting(select(exists().where(t.entries.c.source_id == bindparam("source")).label("any")))
_BY_KEY = selecting(select(t.story_keys.c.key, t.story_keys.c.story_id).where(one_of(t.story_keys.c.key, "keys")))

_URL = "url:"  # how match keys name an entry's page; the rest of such a key is its `url_key`


class Library:
    """Sources, entries and stories in one database."""

    def __init__(self, db: Database, *, alone: bool = False) -> None:
        self._db = db
        self.leases = Leases(db)
        self._alone = alone  # within a transaction that lets nobody else write
        self._categories: dict[str, Category] | None = None  # as they are, where nobody else can add any

    # the port `Library`

    def due(
        self,
        shard: int,
        now: datetime,
        limit: int,
        only: Collection[str] = (),
        known: Mapping[str, Source] = MappingProxyType({}),
    ) -> list[tuple[Source, SourceState]]:
        given = {"shard": shard, "now": now, "most": limit}
        with self._db.read() as connection:
            rows = _DUE_OF.rows(connection, **given, only=listed([*only])) if only else _DUE.rows(connection, **given)
            return [(known.get(row.source_id) or source_of(row.definition), state_of(row)) for row in rows]

    def begin(self, *source_ids: str) -> None:
        state = t.source_state.c
        with self._db.write() as connection:
            mine = among(state.source_id, source_ids)
            connection.execute(update(t.source_state).where(mine).values(strikes=state.strikes + 1))

    def living_at(self, address: str, also: Collection[str]) -> list[SourceState]:
        with self._db.read() as connection:
            return [state_of(row) for row in _AT.rows(connection, address=address, also=listed(sorted(also)))]

    def poll_view(self, source_id: str, guids: Sequence[str], keys: Sequence[str]) -> PollView:
        with self._db.read() as connection:
            source, state = _source(connection, source_id)
            view = self._knowing(connection, PollView(source=source, state=state), guids, keys)
            return replace(view, stories=_stories(connection, [*view.known.values()], keys))

    def known(self, view: PollView, guids: Sequence[str], keys: Sequence[str]) -> PollView:
        with self._db.read() as connection:
            return self._knowing(connection, view, guids, keys)

    def _knowing(self, connection: Connection, view: PollView, guids: Sequence[str], keys: Sequence[str]) -> PollView:
        found = _known(connection, view.source, view.state, guids, keys)
        known = {k.entry.guid: k for k in found}
        return replace(view, known=known, categories=self._all_categories(connection))

    def widened(self, view: PollView, keys: Sequence[str]) -> PollView:
        with self._db.read() as connection:
            return replace(view, stories=_stories(connection, [*view.known.values()], keys))

    def younger(self, source_id: str, since: datetime) -> tuple[str, ...]:
        e = t.entries.c
        mine = (e.source_id == source_id, e.status == "kept", e.published > since)
        with self._db.read() as connection:
            return tuple(connection.scalars(select(e.guid).where(*mine).order_by(e.guid)))

    def posted(self, view: PollView, hints: Collection[int], since: datetime, now: datetime) -> PollView:
        with self._db.read() as connection:
            last, posted = likes.last(connection), likes.posted(connection, hints, since, now)
            return replace(view, told_to=last, posted=posted)

    def likely(self, view: PollView, numbers: Collection[int]) -> PollView:
        with self._db.read() as connection:
            told = likes.told(connection, numbers)
            found = reading.Stories(connection).get(told.values())
            leads = {view.source.id, *(story.lead.source_id for story in found)}
            alike = {story.id: story for story in found}
            return replace(view, told=told, alike=alike, habits=likes.habits(connection, leads))

    def _all_categories(self, connection: Connection) -> dict[str, Category]:
        if self._categories is not None:
            return self._categories
        found = reading.categories(connection)
        if self._alone:
            self._categories = found
        return found

    def apply(self, changes: Changes) -> None:
        if changes.categories:
            self._categories = None
        with self._db.write() as connection:
            writing.apply(self._db, connection, changes)

    def settle(self, found: Sequence[Changes]) -> frozenset[str]:
        if not found:
            return frozenset()
        try:
            with self._db.write() as connection:
                writing.settle(connection, found)
        except StaleView:  # of some of them: tell which, one by one
            return frozenset(c.state.source_id for c in found if not self._settled(c))
        return frozenset()

    def _settled(self, changes: Changes) -> bool:
        try:
            self.apply(changes)
        except StaleView:
            return False
        return True

    @contextmanager
    def together(self) -> Iterator["Library"]:
        with self._db.together() as joined, marking.gathered(joined.connection), fetches.gathered(joined.connection):
            yield Library(joined, alone=joined.alone)

    # the port `Archive`

    def stories(self, window: Window) -> tuple[Story, ...]:
        with self._db.read() as connection:
            return tuple(reading.Stories(connection).get(id for id, _ in reading.latest(connection, window)))

    def story(self, id: str) -> Story | None:
        with self._db.read() as connection:
            return next(iter(reading.Stories(connection).get([id])), None)

    def categories(self, at: datetime | None = None) -> Mapping[str, Category]:
        with self._db.read() as connection:
            return reading.categories(connection, at)

    def every_story(self, after: str, limit: int) -> tuple[Story, ...]:
        ids = select(t.stories.c.id).where(t.stories.c.id > after).order_by(t.stories.c.id).limit(limit)
        with self._db.read() as connection:
            return tuple(reading.Stories(connection).get(connection.scalars(ids)))

    def every_entry(self, after: tuple[str, str], limit: int) -> tuple[Known, ...]:
        with self._db.read() as connection:
            return recleaning.page(connection, after, limit)

    def amend(self, found: Sequence[Recleaned]) -> int:
        with self._db.write() as connection:
            return recleaning.amend(connection, found)

    def restate(self, stories: Sequence[Story], categories: Sequence[Category], marks: Sequence[Mark]) -> None:
        """Raises `StaleView` where a poll wrote one of *stories* since it was read: read them again."""
        with self._db.write() as connection:
            writing.restate(self._db, connection, stories, categories, marks)

    def heard(self, channel_ids: Collection[str], at: datetime) -> tuple[Heard, ...]:
        with self._db.read() as connection:
            return hearing.heard(connection, channel_ids, at)

    def versions(self, keys: Collection[EntryKey]) -> tuple[Version, ...]:
        with self._db.read() as connection:
            return versions.versions(connection, keys)

    def fates(self, ids: Collection[str]) -> Mapping[str, Fate]:
        with self._db.read() as connection:
            return reading.fates(connection, ids)

    def gone(self, channel_id: str, since: datetime, most: int) -> tuple[Tombstone, ...]:
        with self._db.read() as connection:
            return reading.tombstones(connection, channel_id, since, most)

    def told(self, channel_id: str, start: datetime, end: datetime, at: datetime) -> tuple[Story, ...]:
        with self._db.read() as connection:
            return tuple(reading.Stories(connection).get(filing.told(connection, channel_id, start, end, at)))

    def dates(self, channel_id: str, since: datetime) -> Sequence[tuple[datetime, datetime]]:
        with self._db.read() as connection:
            return filing.dates(connection, channel_id, since)

    # the desk

    def edit(self, found: Edit, now: datetime) -> None:
        """Write what the desk decided, whole or not at all. Raises `StaleView`: read again, decide again."""
        with self._db.write() as connection:
            writing.edit(self._db, connection, found, now)

    def taken(self, story_ids: Sequence[str]) -> frozenset[str]:
        """Return those of *story_ids* that stories have."""
        with self._db.read() as connection:
            return frozenset(connection.scalars(select(t.stories.c.id).where(among(t.stories.c.id, story_ids))))

    # set-up and care

    def sync(self, sources: Sequence[Source], shard_of: Callable[[Source], int], now: datetime) -> Synced:
        """Bring the stored definitions in line with the configuration: see `defining.sync`."""
        return defining.sync(self._db, sources, shard_of, now)

    def due_after(self, time: datetime, ids: Collection[str] | None = None) -> list[tuple[Source, SourceState]]:
        """Return sources that are not due before *time*: all, or those of *ids*."""
        s, state = t.sources.c, t.source_state.c
        query = select(s.definition, t.source_state).join(t.sources, s.id == state.source_id).where(state.due > time)
        if ids is not None:
            query = query.where(s.id.in_(sorted(ids)))
        with self._db.read() as connection:
            return [(source_of(row.definition), state_of(row)) for row in connection.execute(query.order_by(s.id))]

    def pause(self, source_id: str, paused: bool) -> None:
        """Let a source rest until it is resumed, whatever its configuration says."""
        with self._db.write() as connection:
            mine = t.source_state.c.source_id == source_id
            if connection.execute(update(t.source_state).where(mine).values(paused=paused)).rowcount != 1:
                raise StoreError(f"no source {source_id!r} is stored")

    def force(self, source_ids: Iterable[str], now: datetime) -> None:
        """Make sources due now, to be read whole, whatever was known of them and however often that failed; what was
        held because most of it vanished may go."""
        with self._db.write() as connection:
            defining.hasten(connection, list(source_ids), now, defining.meant)

    def hasten(self, source_ids: Iterable[str], now: datetime) -> None:
        """Make sources due now, with all that asking them taught."""
        with self._db.write() as connection:
            defining.hasten(connection, list(source_ids), now, lambda state: state)

    def expire(self, now: datetime, limit: int = 500) -> int:
        """Delete up to *limit* of what was kept long enough; return how much. Call again until it returns 0."""
        return keeping.expire(self._db, now, limit)

    def meta(self, key: str) -> str:
        """Return what `set_meta` noted; '' where it noted nothing."""
        with self._db.glance() as connection:
            return defining.noted(connection, key)

    def set_meta(self, key: str, value: str) -> None:
        with self._db.write() as connection:
            defining.note(self._db, connection, key, value)


def _source(connection: Connection, source_id: str) -> tuple[Source, SourceState]:
    for row in _SOURCE.rows(connection, source=source_id):
        return source_of(row.definition), state_of(row)
    raise StoreError(f"no source {source_id!r} is stored")


def _known(
    connection: Connection, source: Source, state: SourceState, guids: Sequence[str], keys: Sequence[str]
) -> list[Known]:
    """All entries of a folder; else those with one of *guids*, or on a page that *keys* name."""
    if source.kind == "content":
        return reading.known_where(connection, t.entries.c.source_id == source.id)
    if state.changed is None and not _ANY.rows(connection, source=source.id)[0].any:  # its first reading
        return []
    pages = sorted({key.removeprefix(_URL) for key in keys if key.startswith(_URL)})
    rows = []
    for query, values in ((_BY_GUID, sorted(set(guids))), (_BY_PAGE, pages)):
        if values:
            rows += query.rows(connection, source=source.id, values=listed(values))
    found = {row.guid: row for row in rows}
    return [known_of(row) for row in found.values()]


def _stories(connection: Connection, known: Sequence[Known], keys: Sequence[str]) -> dict[str, Story]:
    """Stories by each key that was asked for; those of known entries under all of their keys, or their id."""
    rows = _BY_KEY.rows(connection, keys=listed(sorted(set(keys)))) if keys else []
    taken = {row.key: row.story_id for row in rows}
    own = [n.story_id for n in known if n.story_id]
    if not own and not taken:
        return {}
    found = {s.id: s for s in reading.Stories(connection).get([*own, *taken.values()])}
    stories = {key: found[i] for i in own if i in found for key in found[i].keys or (i,)}
    stories.update((key, found[i]) for key, i in taken.items() if i in found)
    return stories
