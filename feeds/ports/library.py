"""What came in: the ports of `store/incoming/`, as jobs ask it."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from feeds.model.changes import Changes, Known, Mark, PollView, Recleaned
from feeds.model.channel import Heard, Tombstone, Version, Window
from feeds.model.entry import EntryKey
from feeds.model.source import Source, SourceState
from feeds.model.story import Category, Fate, Story
from feeds.ports.push import Leases


class Library(Protocol):
    """What came in."""

    def due(
        self,
        shard: int,
        now: datetime,
        limit: int,
        only: Collection[str] = (),
        known: Mapping[str, Source] = MappingProxyType({}),
    ) -> list[tuple[Source, SourceState]]:
        """Return enabled, unpaused sources of *shard* with `due` <= *now*: local first, then oldest due, then order.

        Of *only*, where any are named. Those of *known* are given as they are there, the others as they are stored.
        """

    def begin(self, *source_ids: str) -> None:
        """Note a strike before documents are read; `apply` clears it. A crash between the two is so remembered."""

    def living_at(self, address: str, also: Collection[str]) -> list[SourceState]:
        """Return the states of all sources that moved to *address* for good, and of those *also* named."""

    def poll_view(self, source_id: str, guids: Sequence[str], keys: Sequence[str]) -> PollView:
        """Return all that may matter to one poll, but for what it tells in other words: see `PollView`."""

    def known(self, view: PollView, guids: Sequence[str], keys: Sequence[str]) -> PollView:
        """Return *view* with entries of its source that have one of *guids* or are on a page that *keys* name.

        Its source and state stand as they were read; its stories are for `widened`.
        """

    def younger(self, source_id: str, since: datetime) -> tuple[str, ...]:
        """Return the guids of a source's kept entries that were published after *since*."""

    def widened(self, view: PollView, keys: Sequence[str]) -> PollView:
        """Return *view*, whose entries were read in the same transaction, with their stories and those of *keys*."""

    def posted(self, view: PollView, hints: Collection[int], since: datetime, now: datetime) -> PollView:
        """Return *view* with the stories under each of *hints* that were told since about *since*: its `posted`."""

    def likely(self, view: PollView, numbers: Collection[int]) -> PollView:
        """Return *view* with the stories that have *numbers* in its `posted`, and with habits."""

    def apply(self, changes: Changes) -> None:
        """Write *changes* whole or not at all. Raises `StaleView`."""

    def settle(self, found: Sequence[Changes]) -> frozenset[str]:
        """Write *found*, which change nothing but the states of their sources, each of another source, at once.

        Return the ids of sources whose view was stale: nothing of theirs was written.
        """

    @property
    def leases(self) -> "Leases":
        """What hubs elsewhere promised us."""

    def together(self) -> "AbstractContextManager[Library]":
        """One transaction for many: give a library of which all that is read and written is committed at the end.

        Each `apply` within is still whole or not at all, and the next view shows what it wrote.
        """


class Archive(Protocol):
    """What came in, as stories: what publishing reads, and what a pass over all of them rewrites."""

    def stories(self, window: Window) -> tuple[Story, ...]:
        """Return a channel's stories, newest `published` first, equal ones by id."""

    def story(self, id: str) -> Story | None:
        """Return one story of any status, None where there is none."""

    def categories(self, at: datetime | None = None) -> Mapping[str, Category]:
        """Return every category that exists, by slug; with *at*, those that may be known at that time."""

    def told(self, channel_id: str, start: datetime, end: datetime, at: datetime) -> tuple[Story, ...]:
        """Return a channel's stories of a time: published from *start* to before *end*, or first seen then though they
        are older. Those that are to be released after *at* are left out."""

    def dates(self, channel_id: str, since: datetime) -> Sequence[tuple[datetime, datetime]]:
        """Return when a channel's stories were published and first seen: of those where either is *since* then."""

    def gone(self, channel_id: str, since: datetime, most: int) -> tuple[Tombstone, ...]:
        """Return what is gone from a channel since after *since*, the latest first, at most so many."""

    def heard(self, channel_ids: Collection[str], at: datetime) -> tuple[Heard, ...]:
        """Return the sources of others, those that one of the channels shows a story of, in their order.

        What is to be released after *at* is not their latest story yet.
        """

    def versions(self, keys: Collection[EntryKey]) -> tuple[Version, ...]:
        """Return when the entries with *keys* changed, the oldest first: the latest hundred."""

    def fates(self, ids: Collection[str]) -> Mapping[str, Fate]:
        """Return what became of stories; those that grew too old to be kept are not among them."""

    def every_story(self, after: str, limit: int) -> tuple[Story, ...]:
        """Return stories of any status by id, those after *after*: for a pass over all of them."""

    def every_entry(self, after: tuple[str, str], limit: int) -> tuple[Known, ...]:
        """Return entries of any status by guid and source, those behind *after*: for a pass over all of them."""

    def amend(self, found: Sequence[Recleaned]) -> int:
        """Write entries again as they were cleaned anew, save for those that a poll wrote meanwhile; how many."""

    def restate(self, stories: Sequence[Story], categories: Sequence[Category], marks: Sequence[Mark]) -> None:
        """Write stories again whose categories or channels follow from new settings; entries stay as they are."""
