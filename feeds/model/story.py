"""What entries say: one lead and its copies."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from feeds.model.entry import Entry, EntryKey, Origin

StoryStatus = Literal[
    "shown",
    "held",  # draft or unpublished
    "withdrawn",  # the source took it back
    "retracted",  # the desk took it back
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a story: the id that it is told under, its own or that of the story which took it in."""

    story_id: str
    status: StoryStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A subject. *slug* is its place in URLs, unique, and never changes once given."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One entry of a story, with what choosing a lead and crediting it need."""

    entry: Entry
    prefer: int = 0
    local: bool = False
    order: int = 0  # the source's place in the configuration
    first_seen: datetime
    categories: tuple[Category, ...] = ()  # resolved, of this entry alone
    origin: Origin | None = None  # the source's feed; None for local posts

    @property
    def key(self) -> EntryKey:
        return self.entry.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One lead and its copies. One match key belongs to one story.

    *id* is an IRI, published as atom:id, and never changes, whoever leads.
    *members* are sorted by rank, the lead first. *categories* unite those of all members.
    *published* and *first_seen* never move; *updated* moves when the lead's text changes.
    *apart* and *bound* are the desk's word, which no later likeness overrules.
    """

    id: str
    members: tuple[Member, ...]
    keys: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    channels: tuple[str, ...] = ()
    published: datetime
    updated: datetime
    first_seen: datetime
    release: datetime | None = None  # not to be shown before
    status: StoryStatus = "shown"
    apart: tuple[str, ...] = ()  # ids of stories that it must never become one with
    bound: bool = False  # the desk put its entries together: none leaves it for another story
    version: int = field(default=0, compare=False)  # how often it was written: a write from an older one is refused

    def waits(self, now: datetime) -> bool:
        """Whether it is to be shown, and its time has not come."""
        return self.status == "shown" and self.release is not None and self.release > now

    @property
    def lead(self) -> Entry:
        return self.members[0].entry

    @property
    def ruled(self) -> bool:
        """Tell whether the desk decided over it: such a story is not forgotten, or its copies would come back."""
        return self.status == "retracted" or self.bound or bool(self.apart)
