"""What the desk's pages show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feeds.model.changes import Mark
from feeds.model.decision import Decision
from feeds.model.delivery import Delivery, Subscription
from feeds.model.overview import AsideLine, HoldLine, SourceLine, Totals
from feeds.model.source import FetchLine
from feeds.model.story import Story

Tone = Literal[  # how a source does, the worst first
    "failing",
    "doubtful",  # it was read, and something in it was odd
    "quiet",  # silent for longer than is like it
    "moved",  # asked at another address than the configuration says
    "paused",  # by the desk
    "off",  # by the configuration
    "new",  # not asked yet
    "well",
]
TONES: tuple[Tone, ...] = ("failing", "doubtful", "quiet", "moved", "paused", "off", "new", "well")

Wait = Literal[  # why a source is asked when it is
    "paused",
    "off",
    "rests",  # reading it ended the program time and again
    "gone",  # it says that it is gone for good
    "backoff",  # it failed, and is asked less and less often
    "wish",  # its server, or the feed itself, asked for a longer wait
    "rhythm",  # as it publishes, between `every` and `up_to`
    "every",
    "local",  # a folder or file of our own
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What a source answered within one hour: how many answers, how many of those failed, how many entries were new."""

    start: datetime
    answers: int = 0
    failed: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source as the desk sees it. *hours* are the last 24, the oldest first; *key* is the configuration's."""

    line: SourceLine
    tone: Tone
    wait: Wait
    key: str
    hours: tuple[Hour, ...] = ()
    silence: timedelta | None = None
    twin: str = ""  # the source that reads the same feed


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """How it goes: *sources* are one page of those that were asked for, the worst first."""

    totals: Totals
    config_error: str
    file: str  # the configuration's
    counts: Mapping[Tone, int]
    sources: tuple[SourceView, ...]
    found: int  # sources that were asked for, on all pages
    held: int  # builds that wait for a person


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDetail:
    """One source with its last answers, the newest first, and what became of its entries lately."""

    view: SourceView
    fetches: tuple[FetchLine, ...]
    decisions: tuple[Decision, ...]
    interval: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLine:
    """A verdict over an entry: *story* is where it is now, *other* where the entry that it was held against is."""

    decision: Decision
    source: str  # its name, else its id
    other_source: str  # likewise; '' where the rule held it against none
    title: str
    url: str
    score: float | None
    facts: tuple[tuple[str, str], ...]  # what the rule looked at
    story: Story | None
    other: Story | None
    together: bool  # they are one story at this moment


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    story: Story
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideView:
    """A story that a document goes out without, by its title."""

    line: AsideLine
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """What is not brought out: builds that wait for a person, documents that break a rule, single stories."""

    builds: tuple[HoldLine, ...]
    documents: tuple[HoldLine, ...]
    aside: tuple[AsideView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """What waits: channels to publish, the soonest first; messages to others, owed ones first; sources to ask.

    The lists are the beginnings of what *totals* counts. *subscribers* are those of our hub, without their secrets.
    """

    marks: tuple[Mark, ...]
    deliveries: tuple[Delivery, ...]
    due: int
    totals: Totals
    subscribers: tuple[Subscription, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story by what a list of stories needs of it."""

    id: str
    title: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChange:
    """What one channel shows now and would show; *came* and *went* are in the order of the channel."""

    channel_id: str
    title: str
    state: Literal["new", "ends", "differs", "same"]
    before: int
    after: int
    came: tuple[Told, ...] = ()
    went: tuple[Told, ...] = ()
    shows: tuple[Told, ...] = ()  # the newest afterwards


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """What another configuration would show: nothing of it was written."""

    channels: tuple[ChannelChange, ...]
    dropped: int  # entries that rules would keep out, and did not
    taken: int  # entries that rules keep out now, and would not
