"""What the programs' interface asks of the rest. `app/` holds the answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from feeds.model.access import Token
from feeds.model.channel import Channel
from feeds.model.decision import Decision, DecisionKind
from feeds.model.overview import RenditionLine, SourceLine
from feeds.model.story import Story, StoryStatus

T = TypeVar("T")

WhoShows = Callable[[str], Token | None]
"""Tell whose token this is, None where it is nobody's. Never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of many, in order; *next* leads to those behind them, '' where there are none."""

    items: tuple[T, ...] = ()
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesAsked:
    """Which stories, the newest `published` first. *statuses* beside `shown`, and what waits for its time, are hidden
    from whoever may not ask for them; *hidden* says that this one may."""

    channel: str = ""
    category: str = ""  # slug
    source: str = ""
    status: StoryStatus | None = None
    since: datetime | None = None  # published then or later
    until: datetime | None = None  # published before
    limit: int = 50
    after: tuple[datetime, str] | None = None  # the last one known: published, id
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsAsked:
    """Which decisions, the last one first. Without *hidden* those alone that speak of a story that is shown."""

    source: str = ""
    story: str = ""
    kind: DecisionKind | None = None
    since: datetime | None = None
    limit: int = 50
    after: int | None = None  # the number of the last one known
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLine:
    """A channel and the documents that it has out."""

    channel: Channel
    documents: tuple[RenditionLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A decision with its number, which grows."""

    number: int
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One story, or the one that took it in, and its timeline, the oldest first."""

    story: Story
    timeline: tuple[Decision, ...]


class Reading(Protocol):
    """Everything that is asked, as it stands at this moment."""

    def channels(self) -> Sequence[ChannelLine]:
        """Return public channels, in the order of the configuration."""

    def stories(self, asked: StoriesAsked) -> tuple[Story, ...]:
        """Return at most one more than *asked.limit*: so it shows whether there are more."""

    def story(self, id: str, *, hidden: bool) -> Told | None:
        """Return the story with this id, or that took it in; None where there is none that may be told."""

    def sources(self) -> Sequence[SourceLine]:
        """Return the sources that are configured, in their order."""

    def decisions(self, asked: DecisionsAsked) -> tuple[Numbered, ...]:
        """Return at most one more than *asked.limit*."""
