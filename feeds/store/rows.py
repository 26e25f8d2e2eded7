"""Rows to values and back: both directions side by side."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, cast

import orjson
from sqlalchemy import Row

from feeds.model.buckets import bucket_of_url
from feeds.model.changes import EntryStatus, Known, Saved
from feeds.model.channel import Format, Rendition, Tombstone
from feeds.model.decision import Decision, DecisionKind
from feeds.model.delivery import Delivery
from feeds.model.entry import Entry, Origin
from feeds.model.quick import replace
from feeds.model.source import FeedInfo, Source, SourceState
from feeds.model.story import Category, Member, Story
from feeds.store.database.codec import dumps, loads, text_of
from feeds.store.outgoing import revisions
from feeds.store.tables import deliveries

AnyRow = Row[*tuple[Any, ...]]

APART = frozenset({"due", "paused", "strikes", "info", "outline", "lives_at"})
"""Fields of a state that have columns of their own."""

REMEMBERED = 4096  # definitions and the like that are kept decoded: they hardly ever change, and are read at each poll


def source_row(source: Source, shard: int) -> dict[str, Any]:
    """For `sources`; what is secret of the definition is masked."""
    return {
        "id": source.id,
        "shard": shard,
        "removed": False,
        "enabled": source.enabled,
        "local": source.kind == "content",
        "place": source.order,
        "keep": int(source.options.keep.total_seconds()),
        "definition": dumps(masked(source)),
    }


def masked(source: Source) -> Source:
    """Return *source* as it is stored: request headers, which may hold secrets, by their names alone.

    Four hex digits stand for the value, to tell that it changed: too few to tell what it is.
    """
    headers = source.options.headers
    if not headers:
        return source
    digests = {name: sha256(f"{source.id}\n{name}\n{said}".encode()).hexdigest()[:4] for name, said in headers.items()}
    return replace(source, options=replace(source.options, headers=digests))


@lru_cache(maxsize=REMEMBERED)
def source_of(definition: str) -> Source:
    return loads(Source, definition)


@lru_cache(maxsize=REMEMBERED)
def info_of(text: str) -> FeedInfo:
    return loads(FeedInfo, text)


def state_row(state: SourceState) -> dict[str, Any]:
    """All columns but `present`, which counts entries seen, not answers."""
    return {
        "source_id": state.source_id,
        "due": state.due,
        "paused": state.paused,
        "strikes": state.strikes,
        "state": dumps(state, APART),
        "info": dumps(state.info),
        "outline": state.outline,
        "lives_at": state.lives_at,
    }


def state_of(row: AnyRow) -> SourceState:
    """From `source_state`; the columns speak, for `begin`, `pause` and `force` write only them."""
    known = {"due": row.due, "paused": row.paused, "strikes": row.strikes}
    return loads(SourceState, row.state, **known, info=info_of(row.info), outline=row.outline, lives_at=row.lives_at)


def entry_row(saved: Saved, seen: datetime) -> dict[str, Any]:
    """For `entries`, last *seen* then; its text is written apart, and its place comes when that has one."""
    entry = saved.entry
    return {
        "source_id": entry.source_id,
        "guid": entry.guid,
        "story_id": saved.story_id,
        "url_key": saved.url_key,
        "status": saved.status,
        "fingerprint": saved.fingerprint,
        "published": entry.published,
        "first_seen": saved.first_seen,
        "last_seen": seen,
        "entry": dumps(entry),
        "body": None,
    }


def known_of(row: AnyRow) -> Known:
    """From `entries`."""
    return Known(
        entry=loads(Entry, row.entry),
        fingerprint=row.fingerprint,
        status=cast(EntryStatus, row.status),
        story_id=row.story_id,
        first_seen=row.first_seen,
    )


def story_row(story: Story) -> dict[str, Any]:
    """With the next version."""
    return {
        "id": story.id,
        "published": story.published,
        "updated": story.updated,
        "first_seen": story.first_seen,
        "release": story.release,
        "status": story.status,
        "version": story.version + 1,
        "ruled": story.ruled,
        "lists": text_of([story.keys, _pairs(story.categories), story.channels, story.apart, story.bound]),
    }


def story_of(row: AnyRow, found: Sequence[Member]) -> Story:
    """From `stories`."""
    keys, pairs, channels, *desk = orjson.loads(row.lists)
    apart, bound = desk or ((), False)
    return Story(
        id=row.id,
        members=tuple(found),
        keys=tuple(keys),
        categories=_categories(pairs),
        channels=tuple(channels),
        published=row.published,
        updated=row.updated,
        first_seen=row.first_seen,
        release=row.release,
        status=row.status,
        apart=tuple(apart),
        bound=bound,
        version=row.version,
    )


def keys_of(lists: str) -> list[str]:
    """Return the keys of a story from its column `lists`."""
    keys: list[str] = orjson.loads(lists)[0]
    return keys


def member_row(member: Member, story_id: str, rank: int) -> dict[str, Any]:
    return {
        "guid": member.entry.guid,
        "source_id": member.entry.source_id,
        "story_id": story_id,
        "rank": rank,
        "categories": text_of(_pairs(member.categories)),
    }


def member_of(row: AnyRow, source: Source | None, origin: Origin | None) -> Member:
    """From `members` with its entry; *source* as it is configured now, None where it never was."""
    return Member(
        entry=loads(Entry, row.entry),
        prefer=source.prefer if source else 0,
        local=source is not None and source.kind == "content",
        order=source.order if source else 0,
        first_seen=row.first_seen,
        categories=_categories(orjson.loads(row.categories)),
        origin=origin,
    )


def _pairs(found: Sequence[Category]) -> list[tuple[str, str]]:
    return [(c.slug, c.name) for c in found]


def _categories(pairs: Sequence[tuple[str, str]]) -> tuple[Category, ...]:
    return tuple(Category(slug=slug, name=name) for slug, name in pairs)


def decision_row(decision: Decision) -> dict[str, Any]:
    """For `decisions`, whose number the database gives."""
    return {
        "at": decision.at,
        "kind": decision.kind,
        "source_id": decision.source_id,
        "guid": decision.guid,
        "story_id": decision.story_id,
        "rule": decision.rule,
        "text": decision.says,
        "facts": text_of(dict(decision.facts)) if decision.facts else "{}",
    }


def decision_of(row: AnyRow) -> Decision:
    """From `decisions`."""
    return Decision(
        at=row.at,
        kind=cast(DecisionKind, row.kind),
        source_id=row.source_id,
        guid=row.guid,
        story_id=row.story_id,
        rule=row.rule,
        says=row.text,
        facts=orjson.loads(row.facts),
    )


_STONE = frozenset({"channel_id", "story_id", "at"})


def tombstone_row(stone: Tombstone) -> dict[str, Any]:
    return {**{name: getattr(stone, name) for name in _STONE}, "story": dumps(stone, _STONE)}


def tombstone_of(row: AnyRow, channel_id: str) -> Tombstone:
    return loads(Tombstone, row.story, channel_id=channel_id, story_id=row.story_id, at=row.at)


def rendition_of(row: AnyRow, body: bytes) -> Rendition:
    """*body* is the row's, which is kept as gzip, inflated."""
    return Rendition(
        channel_id=row.channel_id,
        format=cast(Format, row.format),
        path=row.path,
        media_type=row.media_type,
        pieces=(body,),
        etag=row.etag,
        updated=row.updated,
        gzipped=row.body,
        parts=revisions.unpack(row.parts),
        link=row.link,
        version=row.version,
        past=tuple(row.past.split()),
        modified=row.modified,
    )


_DELIVERY = tuple(column.name for column in deliveries.c if column.name != "bucket")


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """News for our own hub are dealt by what they tell of: all have one target."""
    bucket = bucket_of_url(delivery.topic if delivery.kind == "announce" else delivery.target)
    return {**{name: getattr(delivery, name) for name in _DELIVERY}, "bucket": bucket}


def delivery_of(row: AnyRow) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in _DELIVERY})
