"""What one generator's way of writing posts consists of: data where it can be, functions where a rule is no table."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from feeds.model.entry import Person
from feeds.model.source import Document, SiteKind, Source
from feeds.parse.posts import front_matter
from feeds.parse.posts.fields import Fields
from feeds.parse.posts.front_matter import FrontMatter
from feeds.parse.posts.yaml_tree import Node, Scalar

Hold = Literal["", "draft", "unpublished", "expired"]
SORT_KEY = re.compile(r"\s*(?:0\d{3}|9999)-")  # years that only sort: 0001 to 0009 are in use
FILE_NAME = ":filename"  # among the keys of a date: it stands in the file's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Values that some posts start from: those at or below *path*, or that match it, of *type* where one is given."""

    path: str = ""
    type: str | None = None
    values: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What we use of a site's configuration; '' where it says nothing."""

    title: str = ""
    description: str = ""
    url: str = ""  # scheme and host
    baseurl: str = ""  # starts with '/' and does not end with one
    content: str = ""  # the folder that holds the posts, from the site's
    permalink: str = ""
    permalinks: Mapping[str, str] = field(default_factory=dict)  # patterns by section
    taxonomies: tuple[str, ...] = ()  # keys of front matter that name terms
    dates: tuple[str, ...] = ()  # keys of front matter instead of the kind's
    timezone: str = ""
    language: str = ""
    languages: tuple[str, ...] = ()  # that files' names may end with, as in `a.ko.md`
    authors: tuple[Person, ...] = ()
    excerpt_separator: str = ""
    future: bool = False
    scopes: tuple[Scope, ...] = ()
    nodes: Mapping[str, Node] = field(default_factory=dict)  # all that it says, for what one kind alone knows


class FileName(NamedTuple):
    """A post's file name, taken apart. *date* is as written, '' where the name has none that exists."""

    date: str
    slug: str
    suffix: str
    folders: tuple[str, ...] = ()  # above `_posts`: Jekyll makes categories of them
    draft: bool = False  # below `_drafts`
    language: str = ""  # that the name says, as in `a.ko.md`


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """All that reading one post looks at."""

    document: Document
    source: Source
    kind: "Kind"
    path: str  # from the folder that holds the site's posts
    name: FileName
    text: str
    matter: FrontMatter
    fields: Fields
    config: Config
    zone: str
    root: str  # the site's URL with its baseurl, without a trailing slash; '' where unknown

    @property
    def home(self) -> str:
        """The site's URL without its baseurl."""
        return (self.source.home or self.config.url).rstrip("/")

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(zone_named(self.zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a generator's posts are read.

    Keys of front matter are in lower case, the first that says something counts. *place* gives the path of a post on
    its site from the date that it states, in its own front matter or name, and its categories. *body* gives the text
    below the front matter as Markdown or HTML: what the generator would run is done or left out.
    """

    name: SiteKind
    shown: str  # as its makers write it
    dates: tuple[str, ...]
    updated: tuple[str, ...]
    release: tuple[str, ...] = ()  # not to be shown before; the date itself where none of these says so
    ends: tuple[str, ...] = ()  # not to be shown from then on
    summary: tuple[str, ...] = ("excerpt", "description", "summary")
    dateless: re.Pattern[str] = SORT_KEY  # what stands where a date could, and is none
    formatted: bool = False  # the summary is Markdown
    wants_date: bool = False  # it refuses a post without a date in front matter or name
    zone: str = ""  # that dates without an offset are of, whatever site and source say
    dated_names: bool = True  # the generator itself takes a date from a file's name
    read_config: Callable[[str, str], Config]  # its text and name
    read_front_matter: Callable[[str, str], FrontMatter] = front_matter.read
    file_name: Callable[[str, Config], FileName]
    defaults: Callable[[Document, str, Config], Mapping[str, Node]] = lambda document, path, config: {}
    moment: Callable[[Post, Scalar], datetime | None]
    takes_path: Callable[[str, Config], bool] = lambda path, config: True  # whether a post may lie there
    is_post: Callable[[Post], bool] = lambda post: True  # by its own words
    place: Callable[[Post, datetime | None, tuple[str, ...]], str]
    title: Callable[[Post], str]
    categories: Callable[[Post], tuple[str, ...]]
    tags: Callable[[Post], tuple[str, ...]]
    people: Callable[[Post], tuple[str, ...]] = lambda post: ()  # names of authors, where they are no usual list
    picture: Callable[[Post, str], str] = lambda post, text: text  # where one that the front matter names lies
    hold: Callable[[Post], Hold]
    body: Callable[[Post, str], str] = lambda post, url: post.matter.body
    feed_id: Callable[[Post, str], str] = lambda post, url: ""  # that the generator's own feed gives it


@lru_cache(maxsize=16)
def zone_named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
