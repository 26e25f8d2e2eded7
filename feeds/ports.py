"""What jobs ask of the world. `app.py` holds the answers; tests bring small ones of their own."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from feeds.model.changes import Changes, Known, Mark, PollView, Recleaned
from feeds.model.channel import Format, Heard, Period, Place, Rendered, Rendition, Shown, Tombstone, Version, Window
from feeds.model.delivery import Delivery, Intent, Message, Sent, Subscription
from feeds.model.entry import EntryKey, Parsed
from feeds.model.job import Job
from feeds.model.lease import Lease, Letter, Lettered, Wish
from feeds.model.onward import Point, Stretch
from feeds.model.picture import Hung, Picture
from feeds.model.search import Hits, Unsearched
from feeds.model.source import Document, Fetched, Haste, Source, SourceState
from feeds.model.story import Category, Fate, Story
from feeds.ports_mirror import Mirror
from feeds.ports_partners import Errands, Office
from feeds.ports_resting import Resting

Clock = Callable[[], datetime]
"""The time, aware UTC."""

Hurry = Callable[[int], Haste]
"""How much haste there is, given how many answers are under way or wait to be taken. Asked by another thread."""

Fetch = Callable[[Sequence[tuple[Source, SourceState]], Hurry], Iterator[Fetched | None]]
"""Ask sources, many at a time; the answers come in the order of the sources. Never raises for a source's sake.

Once there is haste no one else is asked, and None stands for whoever was not. Every other answer is given: to drop one
is to ask its source twice.
"""

Read = Callable[[Document, Source], Parsed]
"""Read one document, however hostile, within bounds of time and memory. Raises `ParseError`, `PostError`."""

Write = Callable[[Sequence[Rendition | Hung]], tuple[str, ...]]
"""Put documents in place, each whole or not at all, and give the paths that were written:
a file that holds the same bytes already is left alone. Raises `OutputError`."""

Remove = Callable[[Sequence[str]], None]
"""Take away files of channels that ended, by their paths below the output folder."""

Plan = Callable[[Delivery], Message | Sent]
"""The message of a delivery, made just before it is sent; or what comes of it where there is nothing to send."""

Enqueue = Callable[[Job], None]
"""Ask for a job: at most one of a lock runs and one waits; asking twice is asking once."""


class Post(Protocol):
    """Messages on their way, many at a time, so that who hangs delays nobody else. Belongs to one thread."""

    def send(self, delivery: Delivery, plan: Plan) -> None:
        """Take a delivery; it is sent as soon as its host has room. *plan* is asked in another thread."""

    def sent(self, seconds: float) -> Sequence[tuple[Delivery, Sent]]:
        """Return what came of some, waiting for the first at most so long. Failing is an answer."""

    def recall(self) -> None:
        """Take back what is not being sent yet: it stays owed."""

    def __len__(self) -> int:
        """How many are on their way."""


class Library(Protocol):
    """What came in."""

    def due(
        self, shard: int, now: datetime, limit: int, only: Collection[str] = ()
    ) -> list[tuple[Source, SourceState]]:
        """Return enabled, unpaused sources of *shard* with `due` <= *now*: local first, then oldest due, then order.

        Of *only*, where any are named.
        """

    def begin(self, *source_ids: str) -> None:
        """Note a strike before documents are read; `apply` clears it. A crash between the two is so remembered."""

    def living_at(self, address: str, also: Collection[str]) -> list[SourceState]:
        """Return the states of all sources that moved to *address* for good, and of those *also* named."""

    def poll_view(self, source_id: str, guids: Sequence[str], keys: Sequence[str]) -> PollView:
        """Return all that may matter to one poll, but for what it tells in other words: see `PollView`."""

    def younger(self, source_id: str, since: datetime) -> tuple[str, ...]:
        """Return the guids of a source's kept entries that were published after *since*."""

    def widened(self, view: PollView, keys: Sequence[str]) -> PollView:
        """Return *view*, which was read in the same transaction, with the stories of more *keys*."""

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


class Outbox(Protocol):
    """What must go out."""

    def dirty(self, now: datetime, limit: int, part: range = ...) -> tuple[tuple[str, datetime], ...]:
        """Return channels whose mark is due, with the mark's time: publishing clears just that mark.

        Of all, or of a *part* of the buckets that channels are dealt to (`model/buckets.py`).
        """

    def places(self, channel_id: str) -> Mapping[Format, Place]:
        """Return where each format of a channel was published last, and as what."""

    def vacate(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Forget what was published at *paths*; return them: their files are to go."""

    def channels(self) -> tuple[str, ...]:
        """Return every channel of which something is published."""

    def archives(self, channel_id: str) -> tuple[datetime | None, tuple[Period, ...]]:
        """Return when a channel's archives began, None where they did not, and its closed periods in order."""

    def close(self, channel_id: str, periods: Sequence[Period], marks: Sequence[Mark], now: datetime) -> None:
        """Note that periods are closed ('': that archives begin), with the marks that follow."""

    def reopen(self, channel_id: str, periods: Sequence[Period]) -> None:
        """Forget that periods are closed, where the configuration wants others."""

    def published(
        self,
        channel_id: str,
        mark: datetime | None,
        rendered: Rendered,
        deliveries: Sequence[Delivery],
        now: datetime,
    ) -> None:
        """Record new renditions (only those whose etag differs), what was set aside, and what is owed; clear *mark*."""

    def shown(self, channel_id: str) -> Shown:
        """Return what a channel showed when it was brought out last."""

    def hold(
        self, channel_id: str, mark: datetime, reason: str, now: datetime, before: Mapping[str, datetime] | None = ...
    ) -> None:
        """Note that a build is not brought out and why; clear *mark*. The next is judged by *before*, where given."""

    def ended(self, channel_ids: Sequence[str], now: datetime, moved: Mapping[str, str] = ...) -> tuple[str, ...]:
        """Forget channels that are no longer configured; return the paths of their files.

        *moved* says where some of these paths are from now on, for those who still ask.
        """

    def rename(self, names: Mapping[str, str]) -> None:
        """Let what is kept of channels, by their old ids, be that of the new ones, of which nothing is published."""

    def mark(self, channel_ids: Sequence[str], due: datetime) -> None:
        """Ask for channels to be published."""

    def owed(self, now: datetime, limit: int, part: range = ...) -> tuple[Delivery, ...]:
        """Return deliveries that are due, oldest first: all, or those of a *part* of the buckets."""

    def waiting(self, now: datetime, part: range = ...) -> int:
        """Return how many deliveries are due. Cheap."""

    def settle(self, *settled: Delivery) -> None:
        """Record what became of deliveries; of one whose document is not the one that is owed by now: nothing."""

    def rendition(self, path: str) -> Rendition | None:
        """Return what is published at *path*, or None."""

    @property
    def hub(self) -> "Hub":
        """Those who get pushes from us."""


class Leases(Protocol):
    """What hubs elsewhere promised us, and the letters that they sent."""

    def wish(self, wishes: Sequence[Wish], make: Callable[[Wish], Lease], now: datetime) -> int:
        """Bring leases in line with what is wished: *make* gives a new one. Return how many changed."""

    def due(self, now: datetime, limit: int) -> tuple[Lease, ...]:
        """Return leases that are to be asked for, or to be given back, the longest due first."""

    def lease(self, id: str) -> Lease | None:
        """Return the lease whose callback ends in *id*, None where there never was one."""

    def put(self, lease: Lease, *fields: str) -> None:
        """Write only *fields* of a lease: the hub may answer here while the request is under way."""

    def forget(self, lease: Lease) -> None:
        """Take away a lease."""

    def of(self, source_ids: Collection[str]) -> Mapping[str, Lease]:
        """Return the lease of each source that has one."""

    def judge(self, polled: Sequence[tuple[Lease, bool]], now: datetime) -> None:
        """Note that sources were polled: their leases as they were before, and whether the poll found news first.

        A push that came meanwhile has its source asked again.
        """

    def arrived(self, lease: Lease, letter: Letter | None, now: datetime) -> None:
        """A push came: keep its letter, or have the source asked at once where there is none, or too many wait."""

    def lettered(self, shard: int) -> bool:
        """Tell whether any source of *shard* has a letter. Cheap: asked at each tick."""

    def letters(self, shard: int, limit: int, most: int = ..., but: Collection[int] = ()) -> Sequence[Lettered]:
        """Return sources of *shard* that have letters, each with its oldest, the oldest first, without those of *but*.

        No more than have *most* bytes, and one.
        """


class Hub(Protocol):
    """Our hub: who subscribed, and who asked to."""

    def ask(self, intent: Intent, question: Delivery, between: timedelta) -> datetime | None:
        """Owe a callback a question, *between* after the last of the pair; return when, None where too many wait."""

    def intent(self, id: str) -> Intent | None:
        """Return what a callback is asked about, None where it was asked already."""

    def confirm(self, intent: Intent, subscription: Subscription | None) -> None:
        """The callback meant it: put its subscription, or end it."""

    def forget(self, intent: Intent) -> None:
        """The callback did not mean it: nothing changes."""

    def subscription(self, id: str, now: datetime) -> Subscription | None:
        """Return a subscription whose lease holds."""

    def announce(self, news: Delivery, now: datetime) -> int:
        """Owe every subscriber of a topic its new document; *news* is done. Return how many they are."""


class Index(Protocol):
    """What stories can be found by."""

    def waits(self) -> bool:
        """Tell whether any story was written since the index was told of it. Cheap: asked at each tick."""

    def unsearched(self, limit: int) -> tuple[Unsearched, ...]:
        """Return such stories, and those that ended, at most so many."""

    def index(self, texts: Sequence[tuple[Unsearched, str]]) -> None:
        """Note the folded words of each, '' for what is not to be found."""


class Search(Protocol):
    """Finds stories."""

    def find(self, words: Sequence[str], channels: Collection[str], at: datetime, limit: int, offset: int) -> Hits:
        """Return the stories that have all of *words* (folded) and that one of *channels* shows, the newest first.

        What is to be released after *at* is left out. The first *offset* are skipped.
        """


Searched = Callable[[str, int], bytes]
"""Give the page of results, from 1, for a query as it was typed: HTML."""


Turned = Callable[[str, str], bytes | None]
"""Give the page of what lies behind a point, by the file of a channel's page and the point's name: HTML, b"" where it
names no point, None where no channel has its page there."""


class Onward(Protocol):
    """Leads on behind what channels show. What is to be released after *at* is not there yet."""

    def follows(self, channel_id: str, point: Point, at: datetime) -> bool:
        """Tell whether a story of the channel lies behind *point*."""

    def stretch(self, channel_id: str, point: Point, at: datetime, limit: int) -> Stretch:
        """Return the stories of the channel next behind *point*, at most so many."""


class Gallery(Protocol):
    """Pictures of our own posts: which of them each channel points at, and their files."""

    def of(self, channel_id: str) -> tuple[Picture, ...]:
        """Return what a channel pointed at when it was brought out last, by path."""

    def others(self, channel_id: str, paths: Sequence[str]) -> frozenset[str]:
        """Return those of *paths* that other channels point at, too."""

    def hang(self, channel_id: str, pictures: Sequence[Picture]) -> None:
        """Note what a channel points at; it counts as news of what is published."""

    def read(self, picture: Picture) -> Hung | None:
        """Return the file, None where there is none that may be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One of each, as a job receives them."""

    library: Library
    archive: Archive
    outbox: Outbox
    fetch: Fetch
    read: Read
    write: Write
    remove: Remove
    post: Callable[[], Post]
    clock: Clock
    gallery: Gallery | None = None  # None: nobody serves pictures
    index: Index | None = None  # None: nobody looks for stories by their words
    onward: Onward | None = None  # None: nobody goes on to older stories
    office: Office | None = None  # None: there are no partners
    errands: Errands | None = None  # what partners are sent
    mirror: Mirror | None = None  # None: documents are copied nowhere
    resting: Resting | None = None  # None: all is brought out at once


class Shelf(Protocol):
    """Renditions by their path below the output folder."""

    @property
    def generation(self) -> int:
        """Rises when anything published has changed. Costs nothing: asked at each request."""

    def moved(self, path: str) -> str | None:
        """Return where what was published at *path* once is now, None where nothing was."""

    def stamp(self, path: str) -> str | None:
        """Return the etag of what is published at *path*, or None. Asked once a path and generation."""

    def rendition(self, path: str) -> Rendition | None:
        """Return what is published at *path*, or None."""
