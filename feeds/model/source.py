"""Where entries come from, and what asking taught us."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal[
    "content",  # a folder of posts; location is its path
    "feed",  # a feed on the web; location is its URL
    "file",  # a feed document on disk; location is its path
]
Haste = Literal[  # of a job that asks sources
    "none",
    "last",  # no one else is asked; who was asked may answer
    "now",  # what has not come by now is called off
]
Extent = Literal["full", "summary", "title"]
ContentPolicy = Literal[  # how much of an entry is told again
    "auto",  # all, unless its licence forbids; see core/publishing/terms.py
    "full",
    "summary",
    "title",
]
DateOrigin = Literal["front_matter", "file_name", "git", "first_seen"]
SiteKind = Literal["auto", "jekyll", "hugo", "pelican", "eleventy", "astro", "mkdocs", "obsidian", "plain"]
Deletions = Literal[  # when an entry that left its feed was taken back there, and is so here
    "told",  # the feed says so by a tombstone
    "missing",  # or it is gone for a day, from among entries that are older
    "never",
]
FutureDates = Literal[  # what becomes of an item whose date lies ahead of the clock
    "clip",  # it is dated by when it was first seen
    "ignore",  # as if it had no such date: its date of change counts, else first sight
    "wait",  # it is held until then, as a post of ours would be
    "keep",  # it is believed
]
IdRule = Literal[  # what tells the entries of a feed apart
    "guid",  # its own ids; where it has none, links
    "link",  # its ids are not to be trusted, its links are
    "title_link",  # title and link together: for feeds whose items share a page
    "content",  # the words: for feeds without lasting ids and links
]
BaseRule = Literal[  # what relative addresses within a feed stand on
    "document",  # as it says itself (xml:base); else the item's page
    "feed",  # the feed's own address
    "site",  # the page that the feed belongs to
    "page",  # the item's page
]
Field = Literal[
    "title", "summary", "content", "author", "date", "updated", "guid", "link", "tags", "image", "enclosures",
    "language", "rights", "comments",
]  # fmt: skip
WordField = Literal["title", "summary", "content", "author", "guid", "link", "tags"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """In *field*, what *find* (an expression of RE2) matches gives way to *replace*; `\\1` is the first group."""

    field: WordField
    find: str
    replace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How one source is read; every field has a key of the same name in feeds.yaml."""

    content: ContentPolicy = "auto"
    timezone: str = "UTC"  # IANA name; for dates without an offset
    keep: timedelta = timedelta(days=365)
    revisions: timedelta = timedelta(days=90)  # how long what an entry said before is kept; 0: not at all
    drop: tuple[str, ...] = ()  # rules; an entry that meets one is not published
    only: tuple[str, ...] = ()  # rules; where there are any, an entry that meets none is not published
    up_to: timedelta | None = None  # its own rhythm decides between `every` and this; None: `every` alone
    first: int = 0  # of a new source the newest so many entries are published; 0: all
    encoding: str = ""  # overrides every label where given
    kind: SiteKind = "auto"  # content folders only
    date_from: tuple[DateOrigin, ...] = ("front_matter", "file_name", "git", "first_seen")
    headers: Mapping[str, str] = field(default_factory=dict)
    user_agent: str = ""
    future: FutureDates = "clip"  # feeds and files; a post's date ahead is a promise and waits
    ignore: tuple[Field, ...] = ()  # feeds and files, as the three below; see core/entries/amend.py
    rewrite: tuple[Rewrite, ...] = ()
    base: BaseRule = "document"
    ids: IdRule = "guid"
    deletions: Deletions = "told"  # feeds and files; a post whose file goes is withdrawn in any case
    alone: bool = False  # nothing that it tells is taken for a copy of what another source tells, nor the reverse


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place to read from, as its owner defined it.

    *location* is a URL for `feed`, an absolute path for `content` and `file`.
    *home* is the public URL under which a content folder is published (the site's URL), else ''.
    *categories* are names as configured, given to every entry of the source.
    *prefer* decides who leads when two sources tell the same story: higher wins.
    *order* is the place in the configuration, from 0: ties are settled by it.
    """

    id: str
    kind: Kind
    location: str
    title: str = ""
    home: str = ""
    categories: tuple[str, ...] = ()
    every: timedelta = timedelta(minutes=30)
    prefer: int = 0
    enabled: bool = True
    order: int = 0
    options: Options = Options()


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave us to ask "changed since?", byte for byte as received (RFC 9110 §8.8)."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something did not go well: a code of `errors.PROBLEMS` and this case's detail."""

    code: str
    detail: str = ""
    where: str = ""  # URL, or file:line:column


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedInfo:
    """What a feed says of itself; '' where it says nothing. URLs are absolute."""

    id: str = ""
    title: str = ""
    description: str = ""
    home: str = ""  # the page that the feed belongs to
    self_url: str = ""
    hub: str = ""
    language: str = ""
    rights: str = ""
    icon: str = ""
    licence: str = ""  # URL of the terms of all that it publishes
    format: str = ""  # rss20, rss10, atom10, json11 …, posts
    ttl: timedelta | None = None  # how long it says that it stays as it is: ttl, or sy:updatePeriod
    base: datetime | None = None  # it changes a whole number of `ttl` before or after that: sy:updateBase
    skip_hours: tuple[int, ...] = ()  # of GMT, in which it need not be asked
    skip_days: tuple[int, ...] = ()  # of the week in GMT, Monday is 0
    times: tuple[
        int, ...
    ] = ()  # when its latest entries were published: minutes since 1970, see core/polling/rhythm.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An entry that a document did not hold though it held older ones, and when that was first seen."""

    guid: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What asking taught us. *due* alone decides polling, and fences the commit of a poll."""

    source_id: str
    due: datetime
    validators: Validators = Validators()
    body_hash: str = ""  # sha256 hex of the last body that was read to its end
    polled: datetime | None = None  # last answer of any kind
    changed: datetime | None = None  # last time when an entry was new or changed
    failures: int = 0  # answers in a row that failed
    strikes: int = 0  # times in a row that the program ended while reading it
    problem: Problem | None = None
    lives_at: str = ""  # where it moved for good: asked there from now on, whatever the configuration says
    moved_to: str = ""  # permanent redirect seen, not yet believed
    moved_count: int = 0
    moved_since: datetime | None = None
    gone_since: datetime | None = None  # first 410 of those in a row: one alone is not believed
    paused: bool = False
    info: FeedInfo = FeedInfo()
    meant: str = ""  # a mass vanish that a person said is meant, as its problem told it
    missed: tuple[Missed, ...] = ()  # entries that the feed dropped from among older ones
    taken: int = 0  # new entries in the day that began then
    taken_since: datetime | None = None
    outline: bytes = b""  # of the last document: what need not be read again, see core/entries/outline.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of posts as its generator sees it.

    *config* is the text of the site's configuration and *name* that file's path in the site, '' without one. *below*
    is the folder's own place in the site, '' where it is the site's. *files* are the paths of those files of the
    folder, sorted, that say something of other posts by being there (`SiteFiles.named`); *stated* are paths of posts
    with the permalink that their front matter states, where posts link to each other by file (`SiteFiles.links`);
    *data* are paths and texts of files that posts start from (`SiteFiles.data`).
    """

    kind: SiteKind = "auto"  # auto: nothing tells
    config: str = ""
    name: str = ""
    below: str = ""
    files: tuple[str, ...] = ()
    stated: tuple[tuple[str, str], ...] = ()
    data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One response, one feed file or one post, as bytes.

    *path* is the post's path relative to its folder, '/'-separated, NFC; '' for feeds.
    *created* is the time of the first git commit that has the post, *origin* the git blob hash (hex) of the
    first version known to git, or of these bytes where git knows nothing.
    *folder* is the same for all posts of one. *asked* is the time as of which the folder was read: posts may end.
    """

    url: str  # where it was read: final URL after redirects, or file path
    body: bytes
    media_type: str = ""  # Content-Type as received, parameters included
    path: str = ""
    created: datetime | None = None
    origin: str = ""
    folder: Folder = Folder()
    asked: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What asking a source gave. Failing is an answer."""

    outcome: Literal[
        "fresh",  # documents hold what was read
        "unchanged",  # 304, or the same bytes as last time
        "gone",  # 410
        "failed",  # problem says why
    ]
    documents: tuple[Document, ...] = ()
    partial: bool = False  # the document holds new entries alone: what it leaves out has not vanished (RFC 3229)
    validators: Validators = Validators()  # given with this answer; empty fields: none given
    body_hash: str = ""  # of a whole document only
    fresh_for: timedelta | None = None  # from Cache-Control and Expires relative to Date
    retry_after: timedelta | None = None
    moved_to: str = ""  # end of a chain of permanent redirects only
    hub: str = ""  # from the Link header
    self_url: str = ""
    status: int = 0  # HTTP status of the last hop; 0 for files
    size: int = 0  # decoded bytes
    letter: int = 0  # the id of the letter that it was, where it was pushed
    problem: Problem | None = None  # why it failed
    problems: tuple[Problem, ...] = ()  # single posts that could not be read; the rest is in documents
    listing: tuple[str, ...] = ()  # content folders: paths of all posts that exist, read or not
    took: timedelta = timedelta(0)  # from the first byte that was sent to the last that came


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A source's answers of some time, added up. *took* is of all of them."""

    number: int = 0
    failed: int = 0
    new: int = 0  # entries
    size: int = 0  # bytes
    took: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLine:
    """One answer of a source, as it is remembered for some days."""

    source_id: str
    at: datetime
    outcome: Literal["fresh", "unchanged", "gone", "failed"]
    status: int = 0  # HTTP status; 0 for files, and where none arrived
    size: int = 0  # decoded bytes
    took: timedelta = timedelta(0)
    new: int = 0  # entries that were first seen
    problem: str = ""  # a code of `errors.PROBLEMS`
