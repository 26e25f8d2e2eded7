"""One item of one source: as found (`RawEntry`) and with promises kept (`Entry`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from feeds.model.podcast import Podcast
from feeds.model.source import FeedInfo, Problem, Source


class EntryKey(NamedTuple):
    """The identity of an entry: unique guids hold within one source only."""

    source_id: str
    guid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words as found. Markdown is turned to HTML by the parser and arrives as html."""

    value: str
    kind: Literal["text", "html"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str = ""
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """An attached file; pictures of a gallery are files too. *length* in bytes, sizes in pixels, 0 where unknown."""

    url: str
    media_type: str = ""
    length: int = 0
    title: str = ""
    duration: timedelta | None = None
    description: str = ""
    credit: str = ""  # who made it
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """The picture that leads an entry. Sizes in pixels, 0 where unknown."""

    url: str
    alt: str = ""  # what it shows, in words
    width: int = 0
    height: int = 0
    credit: str = ""  # who made it


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A tag that says more than its *name*: the *term* that programs know it by, and whose list of terms it is from."""

    name: str
    term: str = ""  # '': the name
    scheme: str = ""  # IRI of the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an entry answers (RFC 4685 §3): its *id*, an IRI, and the page where it stands."""

    id: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The feed that an entry came from, for atom:source."""

    id: str = ""
    title: str = ""
    url: str = ""  # its page
    feed_url: str = ""
    rights: str = ""
    icon: str = ""
    licence: str = ""  # URL of the terms of all that it publishes


def origin_of(source: Source, info: FeedInfo) -> Origin | None:
    """Return what atom:source says of a source; None for our own posts.

    The address at which we ask is told only where anyone may ask there: one with a user and password, or of a source
    that is sent headers of its own, is ours alone (SRV-33).
    """
    if source.kind == "content":
        return None
    address = source.location if source.kind == "feed" and not _is_ours(source) else ""
    return Origin(
        id=info.id or info.self_url or address,
        title=source.title or info.title,
        url=info.home,
        feed_url=info.self_url or address,
        rights=info.rights,
        icon=info.icon,
        licence=info.licence,
    )


def _is_ours(source: Source) -> bool:
    return bool(source.options.headers) or "@" in source.location.partition("://")[2].partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """An item as found; nothing promised, except that dates are aware UTC where they could be read.

    URLs are as found (maybe relative to *base_url*). Empty means absent.
    """

    guid: str = ""
    guid_is_permalink: bool = False
    url: str = ""
    title: Text | None = None
    summary: Text | None = None
    content: Text | None = None
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[Person, ...] = ()
    tags: tuple[str, ...] = ()  # labels: feed categories, post tags
    categories: tuple[str, ...] = ()  # subjects: front matter categories; folder names
    enclosures: tuple[Enclosure, ...] = ()
    image: Image | None = None
    language: str = ""
    rights: str = ""
    licence: str = ""  # URL of the terms (RFC 4946; Creative Commons module of RSS)
    contributors: tuple[Person, ...] = ()
    comments: str = ""
    comments_feed: str = ""  # URL of a feed of comments (RFC 4685 §4; wfw:commentRss)
    answers: tuple[Reply, ...] = ()
    labels: tuple[Label, ...] = ()  # those of *tags* that say more than a name
    podcast: Podcast | None = None
    base_url: str = ""  # what relative URLs stand on
    origin: Origin | None = None  # atom:source or rss source of the item itself
    # local posts only
    path: str = ""
    blob: str = ""  # Document.origin
    feed_id: str = ""  # the id that the site's own feed gives it
    hold: Literal["", "draft", "unpublished", "expired"] = ""
    release: datetime | None = None  # not to be shown before; aware UTC
    minor: bool = False  # this version says nothing new: `updated` stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A feed says that an item is gone (RFC 6721): *ref* is its id, *when* it went, None where that is not told."""

    ref: str
    when: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What one document holds. *complete* is false where its end is missing: nothing may count as removed."""

    info: FeedInfo = FeedInfo()
    entries: tuple[RawEntry, ...] = ()
    deleted: tuple[Deleted, ...] = ()
    problems: tuple[Problem, ...] = ()  # oddities that were handled, in plain words
    complete: bool = True
    reader: str = ""  # which of ours read it


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item with its promises kept.

    *guid* is not empty; *title* is one line of plain text, not empty; *summary* is plain text;
    *content* is HTML that nh3 has cleaned; all text is NFC without control characters;
    all URLs are absolute http(s); all times aware UTC; *updated* >= *published* unless the source says otherwise.
    *published* is None only between normalising and deciding, where no date was found.
    """

    source_id: str
    guid: str
    url: str = ""
    title: str
    summary: str = ""
    content: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[Person, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()  # names as found, before aliases are resolved
    enclosures: tuple[Enclosure, ...] = ()
    image: Image | None = None
    language: str = ""
    rights: str = ""
    licence: str = ""  # URL of the terms (RFC 4946; Creative Commons module of RSS)
    contributors: tuple[Person, ...] = ()
    comments: str = ""
    comments_feed: str = ""  # URL of a feed of comments (RFC 4685 §4; wfw:commentRss)
    answers: tuple[Reply, ...] = ()
    labels: tuple[Label, ...] = ()  # those of *tags* that say more than a name
    podcast: Podcast | None = None
    origin: Origin | None = None
    path: str = ""
    blob: str = ""
    feed_id: str = ""  # of a local post: the id that its site's own feed gives it, '' where that has no form of its own
    hold: Literal["", "draft", "unpublished", "expired"] = ""
    release: datetime | None = None
    minor: bool = False
    guid_made: bool = False  # the guid is ours: the source gave none

    @property
    def key(self) -> EntryKey:
        return EntryKey(self.source_id, self.guid)
