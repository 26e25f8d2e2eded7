"""What the command line and the pages show of the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from feeds.model.changes import Earlier, Known, Reworded
from feeds.model.channel import Format, SetAside
from feeds.model.decision import Decision
from feeds.model.entry import Entry, EntryKey
from feeds.model.source import Source, SourceState
from feeds.model.story import Category, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source, how it does and what it gave. *newest* is when its last new entry was first seen."""

    source: Source
    state: SourceState
    removed: bool = False  # no longer configured
    entries: int = 0
    newest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much there is. *copies* are entries that tell another's story; *marked* channels wait to be published,
    *resting* ones until somebody asks for them."""

    sources: int = 0
    entries: int = 0
    stories: int = 0  # shown
    embargoed: int = 0  # to be shown when their time comes
    hidden: int = 0  # held, withdrawn, retracted
    copies: int = 0
    categories: int = 0
    channels: int = 0
    renditions: int = 0
    set_aside: int = 0
    marked: int = 0
    resting: int = 0
    owed: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """How full everything is at one moment: what `/metrics` tells beside what was counted.

    *sources* by standing: asked, paused, off. *problems*: sources by the code of their problem. *lag* is how long the
    source that waits longest is due already. *held* are builds and documents that are not brought out.
    """

    sources: Mapping[str, int] = field(default_factory=dict)
    problems: Mapping[str, int] = field(default_factory=dict)
    due: int = 0
    lag: timedelta = timedelta(0)
    pressure: float = 1.0  # by how much more is due than can be asked
    marked: int = 0
    resting: int = 0  # channels that are put off until somebody asks for them
    owed: int = 0
    given_up: int = 0
    entries: int = 0
    stories: Mapping[str, int] = field(default_factory=dict)  # by status
    copies: int = 0
    set_aside: int = 0
    held: int = 0
    documents: int = 0
    subscribers: int = 0  # of our hub
    partners_owed: int = 0  # corrections and retractions that partners did not pick up yet
    partners_overdue: int = 0  # those of them that the log told of


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitions:
    """How a database on PostgreSQL is divided: the *months* (`2026-11`) whose texts have a table, in order; in how many
    *parts* entries and keys are, 0 while they are not yet."""

    months: tuple[str, ...]
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryLine:
    category: Category
    stories: int  # shown


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """A document that our hub pushes, and how many it goes to."""

    topic: str
    subscribers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionLine:
    """What is published at one path, without its bytes. *version* counts how often it changed."""

    channel_id: str
    format: Format
    path: str
    etag: str
    size: int
    updated: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideLine:
    """A story that one document goes out without, since when and why."""

    channel_id: str
    aside: SetAside
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """What is not brought out, since when and why: a channel's build (*format* is '') or one document of it."""

    channel_id: str
    format: str
    reason: str
    since: datetime
    allowed: bool  # a person said that it may; the next pass brings it out


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The life of what was asked for: its entries, their stories with all members, and every decision on them.

    *moves* lead from ids of stories that were merged away to the story that took them in.
    """

    entries: tuple[Known, ...] = ()
    stories: tuple[Story, ...] = ()
    decisions: tuple[Decision, ...] = ()  # oldest first
    earlier: tuple[Earlier, ...] = ()  # what its entries said before, oldest first
    revisions: Mapping[tuple[EntryKey, datetime], tuple[Reworded, ...]] = field(default_factory=dict)  # by its time
    set_aside: tuple[AsideLine, ...] = ()
    moves: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.entries or self.stories)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A merge that would come under another setting, or one that would go.

    *entry* would join, or leave, the story that *other* leads; *score* is None where
    both were not compared by what they say.
    """

    kind: Literal["comes", "goes"]
    entry: Entry
    other: Entry
    score: float | None
    why: str
