"""Something we publish, what it says at one moment, and that as bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from urllib.parse import quote

from feeds.model.entry import EntryKey, Origin, Person
from feeds.model.passing import Passing
from feeds.model.source import Extent
from feeds.model.story import Category, Story, StoryStatus

Format = Literal[
    "atom",
    "rss",
    "json",
    "html",
    "opml",
    "news",  # a news sitemap
    "msn",  # what partners want, in their own dialects
    "smartnews",
    "flipboard",
    "naver",
    "ninjs",
    "page",  # one story
    "gone",  # what stands where a story was told once
    "sources",  # who is read
]
TELLING_GONE = frozenset[Format]({"atom", "json", "msn", "smartnews", "naver", "ninjs"})
"""Formats with words for what was taken back."""
TAKEN: Mapping[Format, tuple[Extent, ...]] = {"smartnews": ("full",), "msn": ("full", "summary")}
"""How much of a story partners take, where it is not any: a story cut shorter is set aside by the publish gate."""
PAGE_FORMATS = frozenset[Format]({"html", "page", "gone", "sources"})

NEWS_AGE = timedelta(days=2)
"""How long a story stands in a news sitemap (Google's documentation: articles of the last two days)."""

Rhythm = Literal["day", "month", "year"]  # how much an archive holds
Period = str  # `2026`, `2026-02` or `2026-02-03`, in UTC; '' for none

# The file that holds each format, below the channel's path; `outputs[].files` overrides.
FILES: Mapping[Format, str] = {
    "atom": "atom.xml",
    "rss": "rss.xml",
    "json": "feed.json",
    "html": "index.html",
    "opml": "opml.xml",
    "news": "news.xml",
    "msn": "msn.xml",
    "smartnews": "smartnews.xml",
    "flipboard": "flipboard.xml",
    "naver": "naver.xml",
    "ninjs": "ninjs.json",
    "page": "index.html",
    "gone": "index.html",
    "sources": "index.html",
}
MEDIA_TYPES: Mapping[Format, str] = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "opml": "text/x-opml; charset=utf-8",
    "news": "application/xml; charset=utf-8",
    "msn": "application/rss+xml; charset=utf-8",
    "smartnews": "application/rss+xml; charset=utf-8",
    "flipboard": "application/rss+xml; charset=utf-8",
    "naver": "application/xml; charset=utf-8",
    "ninjs": "application/json; charset=utf-8",
    "page": "text/html; charset=utf-8",
    "gone": "text/html; charset=utf-8",
    "sources": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """Where a document stands in the archives of its channel (RFC 5005): *period* is '' for the feed itself."""

    period: Period = ""
    before: Period = ""
    after: Period = ""
    page: bool = False  # the channel has a page, though the archive has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """How the site shows itself: addresses of its pictures, and HTML with which news apps count its readers."""

    icon: str = ""
    logo: str = ""
    dark_logo: str = ""
    analytics: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """An output, or one category of an output.

    *path* starts and ends with '/' and is decoded text (`/기술/`); URLs made from it are percent-encoded.
    *base_url* is the site's URL without a trailing slash.
    """

    id: str  # output id, or `output:slug`
    output_id: str
    category: Category | None = None
    configured: bool = False  # its category is one that the configuration names
    path: str
    base_url: str
    title: str
    description: str = ""
    language: str = ""
    author: Person = Person()
    formats: tuple[Format, ...] = ("atom", "rss", "json", "html")
    files: Mapping[Format, str] = field(default_factory=lambda: dict(FILES))
    limit: int = 50
    days: int = 0  # also every story of the last *days* days; 0: count alone
    tombstones: timedelta = timedelta(days=30)  # how long it tells that a story is gone; 0: never
    hubs: tuple[str, ...] = ()
    timezone: str = "UTC"  # for the days that pages show
    brand: Brand = Brand()
    search: str = ""  # path of the page that looks for stories, '' where pages name none
    sources: str = ""  # path of the page of who is read, '' where there is none
    archives: Rhythm | None = None
    archived: Archived = Archived()
    private: bool = False  # of one partner alone: it is never announced, nor written to the public folder

    def file(self, format: Format) -> str:
        """The rendition's path below the output folder, e.g. `/기술/atom.xml`, of an archive `/atom-2026-02.xml`."""
        return self.placed(format, self.archived.period)

    def placed(self, format: Format, period: Period) -> str:
        """The path of the archive of *period*, of the feed itself for ''."""
        name = self.files.get(format, FILES[format])
        if period:
            stem, dot, kind = name.rpartition(".")
            name = f"{stem}-{period}.{kind}" if dot else f"{name}-{period}"
        return self.path + name

    def url(self, format: Format) -> str:
        """Return the rendition's public URL, percent-encoded (RFC 3986)."""
        return self.base_url + quote(self.file(format))

    @property
    def home(self) -> str:
        """The URL of the channel's page."""
        return self.base_url + quote(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story as one channel shows it: what may be said of it, under which terms."""

    story: Story
    content: Extent = "full"
    page: str = ""  # the path of its own page, as links name it; '' where it has none
    passing: Passing | None = None  # how it looks to a partner; None: as to readers


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A channel showed this story, and at *at* it was taken back (RFC 6721).

    The rest is the last form of the story without its content, which partners ask for to know it by; '' and None in
    tombstones that were set before that was kept. *status* is what became of it.
    """

    channel_id: str
    story_id: str
    at: datetime
    title: str = ""
    url: str = ""
    language: str = ""
    published: datetime | None = None
    status: StoryStatus = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A source as readers may know it: its feed, and the latest of its stories that is shown here."""

    origin: Origin
    categories: tuple[str, ...] = ()  # names
    title: str = ""
    url: str = ""
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An entry was found to say something else at *at*. *differs* are fields: title, summary, text, link, files …"""

    key: EntryKey
    at: datetime
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A channel's content at one moment; *updated* is its newest story's or tombstone's, never the clock's.

    *others* are the sibling channels that pages link to and OPML lists. *gone* are the latest first.
    """

    channel: Channel
    items: tuple[Item, ...]  # newest first
    updated: datetime
    others: tuple[Channel, ...] = ()
    gone: tuple[Tombstone, ...] = ()
    passing: Passing | None = None  # how what is gone looked to the partner that this is for
    sources: tuple[Heard, ...] = ()  # of the page of who is read
    versions: tuple[Version, ...] = ()  # of the page of one story, the oldest first
    at: datetime | None = None  # when a news sitemap is brought out; None: when its newest story was
    older: str = ""  # the name of the point where its page ends, and leads on; '' where the page tells all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A story that a document goes out without, and why."""

    story_id: str
    format: Format
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A document that breaks a rule and does not replace the last good one, and which rule."""

    format: Format
    reason: str


class Part(NamedTuple):
    """A piece of a document: its bytes in order, what stands for them, and the first version that had them."""

    length: int
    mark: bytes  # 8 bytes of its digest
    since: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A feed in one format. Equal stories, equal bytes, equal etag.

    *etag* is 32 hex digits that stand for the body's bytes, by sha256 of its parts, without quotes.
    *path* is `Channel.file(format)`.
    *gzipped* is the body as gzip (RFC 1952), where whoever made it had it already; b"" else.
    *pieces* are its bytes as they were put together, one piece where they were not; whoever takes *body* joins them.
    *parts* say where the pieces are told apart, () where they are not; *link* is its Link header (RFC 8288).
    The store counts its *version*, remembers the etags of the versions *past*, the oldest first, and when it was
    *modified*: which grows with each version, as *updated* may not.
    """

    channel_id: str
    format: Format
    path: str
    media_type: str
    pieces: tuple[bytes, ...] = field(repr=False)
    etag: str
    updated: datetime
    gzipped: bytes = field(default=b"", repr=False, compare=False)
    parts: tuple[Part, ...] = field(default=(), repr=False, compare=False)
    link: str = ""
    version: int = field(default=0, compare=False)
    past: tuple[str, ...] = field(default=(), repr=False, compare=False)
    modified: datetime | None = field(default=None, compare=False)

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return sum(map(len, self.pieces))


class Place(NamedTuple):
    """Where a rendition is published, and by which etag."""

    path: str
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What rendering gave: the documents, the stories that they go out without, and what does not go out."""

    renditions: tuple[Rendition, ...]
    set_aside: tuple[SetAside, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    shown: Mapping[str, datetime] | None = None  # dates of publication by story id; None: as before


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a channel showed when it was brought out last, as dates of publication by story id.

    *allowed*: a build that was held for what it loses may be brought out. *waiting* is what it would show by now, where
    it rests until somebody asks for it.
    """

    stories: Mapping[str, datetime] = field(default_factory=dict)
    allowed: bool = False
    waiting: Mapping[str, datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One item of `outputs` in feeds.yaml; *each* makes it one channel a category."""

    id: str
    path: str
    each: Literal["", "category"] = ""
    formats: tuple[Format, ...] = ("atom", "rss", "json", "html")
    files: Mapping[Format, str] = field(default_factory=dict)
    limit: int = 50
    days: int = 0
    tombstones: timedelta = timedelta(days=30)
    archives: Rhythm | None = None
    title: str = ""
    description: str = ""
    only: str = ""  # a rule: stories that do not meet it stay out


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which stories of a channel to read."""

    channel_id: str
    limit: int
    since: datetime | None = None  # read all younger than this, and at least *limit*
    at: datetime  # nothing that is released later
