"""What one poll reads from the library, and what it writes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from feeds.model.channel import Tombstone
from feeds.model.decision import Decision
from feeds.model.entry import Entry, EntryKey
from feeds.model.source import FetchLine, Source, SourceState
from feeds.model.story import Category, Story

EntryStatus = Literal[
    "kept",
    "dropped",  # by a rule
    "older",  # it came with the first reading of its source, behind the newest ones: never published
    "held",  # draft, unpublished
    "withdrawn",  # no longer in its source
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An entry as the library holds it."""

    entry: Entry
    fingerprint: str
    status: EntryStatus
    story_id: str = ""
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recleaned:
    """An entry as the cleaner of today has it, with the fingerprint that it had *before*."""

    entry: Entry
    fingerprint: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollView:
    """All that may matter to one poll, read at once.

    *known*: by guid; for content folders every entry of the source, else those whose guid or URL key was asked for.
    *stories*: by match key, for each key that was asked for and is taken; plus every story of a known entry,
    under its own keys.
    *unseen*: guids of kept entries that are younger than the oldest in the document, in it or not: asked for where its
    `deletions` want it. *categories*: all that exist, by slug.
    *posted*: recent stories by each hint that was asked for, the oldest first, by their numbers in the index;
    *told_to*: the last number then. *told*: ids by number, of those that may tell what an entry tells in other words;
    *alike*: they themselves, by id; *habits*: by source, of this one and of those that lead *alike*.
    """

    source: Source
    state: SourceState
    known: Mapping[str, Known] = field(default_factory=dict)
    stories: Mapping[str, Story] = field(default_factory=dict)
    unseen: frozenset[str] = frozenset()
    categories: Mapping[str, Category] = field(default_factory=dict)
    posted: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    told_to: int = 0
    told: Mapping[int, str] = field(default_factory=dict)
    alike: Mapping[str, Story] = field(default_factory=dict)
    habits: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """An entry to write."""

    entry: Entry
    fingerprint: str
    status: EntryStatus
    story_id: str = ""
    first_seen: datetime
    url_key: str = ""
    new: bool = False  # first seen by this poll


@dataclass(frozen=True, slots=True, kw_only=True)
class Hinted:
    """A story and the hashes, 32 bits each, under which entries that may tell it in other words find it.

    *asked* are those of them that its poll looked for before it let the story begin: another story there that was told
    meanwhile may be the same.
    """

    story_id: str
    hints: tuple[int, ...]
    asked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an entry said until *at*, when another version took its place; forgotten at *until*."""

    key: EntryKey
    at: datetime
    until: datetime
    title: str = ""
    summary: str = ""
    content: str = ""


class Run(NamedTuple):
    """Words in a row that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    words: str


class Reworded(NamedTuple):
    """What became of one field: `title`, `summary` or `text`."""

    field: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A channel to publish again, not before *due*; *adds*: what changed only adds to what it shows."""

    channel_id: str
    due: datetime
    adds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What one poll decided: written whole or not at all.

    *was_due* is the `due` that was read: the write is refused with `StaleView` where it moved meanwhile.
    *stories* replace what was stored under their ids: members, keys, categories, channels and dates.
    *merged* maps ids of stories that end to the story that takes their members and keys.
    """

    was_due: datetime
    state: SourceState
    entries: tuple[Saved, ...] = ()
    stories: tuple[Story, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[Category, ...] = ()  # new ones
    marks: tuple[Mark, ...] = ()
    decisions: tuple[Decision, ...] = ()
    earlier: tuple[Earlier, ...] = ()  # what changed entries said before
    seen: tuple[EntryKey, ...] = ()  # unchanged entries that were in the document
    hinted: tuple[Hinted, ...] = ()
    told_to: int = 0  # as in `PollView`: stories with higher numbers were told since
    habits: bytes = b""  # what the source says again and again; empty: as it was
    partial: bool = False  # only what was new of the document was read: the rest of it may still be there
    tombstones: tuple[Tombstone, ...] = ()
    lifted: tuple[str, ...] = ()  # ids of stories that are shown again: their tombstones go
    letter: int = 0  # the id of the letter that told all this: it goes
    credit: bool = False  # the source's name or page changed: every channel with its stories says so anew
    fetch: FetchLine | None = None  # the answer itself, for those who look
    shard: int | None = None  # who asks the source from now on, where it moved to a host of others; None: as before


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What the desk decided over stories: written whole or not at all.

    *left* are members that their story is told without from now on; the other fields as in `Changes`.
    """

    stories: tuple[Story, ...]
    merged: Mapping[str, str] = field(default_factory=dict)
    left: tuple[EntryKey, ...] = ()
    entries: tuple[Saved, ...] = ()
    marks: tuple[Mark, ...] = ()
    decisions: tuple[Decision, ...] = ()
    hinted: tuple[Hinted, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    lifted: tuple[str, ...] = ()
