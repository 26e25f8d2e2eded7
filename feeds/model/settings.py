"""The configuration, read and checked. `config.py` makes it; everything else receives it."""

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Literal

from feeds.model.channel import Brand, Output
from feeds.model.entry import Person
from feeds.model.lease import Push
from feeds.model.mirror import MirrorPlace
from feeds.model.partner import Partner
from feeds.model.source import Source

Form = Literal["text", "json"]
"""How log lines are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    title: str
    url: str  # without a trailing slash
    description: str = ""
    language: str = "en"
    timezone: str = "UTC"
    author: Person = Person()
    ids: Literal["tag", "url", "jekyll-feed"] = "tag"
    pages: Literal["none", "posts", "all"] = "none"  # which stories have a page of ours: posts, or merged ones too
    brand: Brand = Brand()
    search: bool = False  # pages lead to the search, which a server of ours has to answer
    older: bool = False  # pages of channels lead on to older stories, which a server of ours has to answer
    rest_after: timedelta | None = None  # what nobody asked for so long is brought out when it is asked for; None: none


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One item of `categories`: a category that its owner named.

    *add* and *drop* are rules: an entry that meets one of *add* gets the category, one of *drop* loses it.
    """

    name: str
    slug: str = ""  # '' : made from the name
    aliases: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    limit: int = 0  # 0: the output's
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dedupe:
    same_url: bool = True
    same_text: bool = True
    across_languages: bool = False  # told in another writing, it may be the same story
    near: timedelta | None = None  # how far apart similar texts may be published; None: exact copies only
    threshold: float = 0.5  # how alike they must be, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    jitter: float = 0.1  # share of the interval, 0 to 1
    per_host: int = 1  # requests to one host at a time
    spacing: timedelta = timedelta(seconds=1)  # between two requests to one host; none to those in allow_private
    workers: int = 16  # requests at a time in all
    shards: int = 64  # parts into which a cluster's workers divide the hosts
    max_backoff: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strained(Schedule):
    """A schedule while more is due than can be asked: *pressure* says by how much (`core/polling/load.py`)."""

    pressure: float

    @classmethod
    def of(cls, schedule: Schedule, pressure: float) -> "Strained":
        given = {field.name: getattr(schedule, field.name) for field in fields(Schedule)}
        return cls(**given, pressure=pressure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """When a build is held until a person allows it."""

    drop: float = 0.5  # share of a channel's stories that one build may lose, 0 to 1
    least: int = 10  # stories; a channel that showed fewer is never held


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    host: str = "127.0.0.1"
    port: int = 8080
    allow_private: tuple[str, ...] = ()  # `host:port` that may be fetched in spite of a private address
    metrics: str = ""  # `host:port` for the operator alone; '' : nowhere
    hosts: tuple[str, ...] = ()  # names that requests may call us by, beside the site's
    trusted_proxies: tuple[str, ...] = ()  # addresses and networks whose X-Forwarded-* is believed
    requests_per_minute: int = 1200  # of one client; 0: no limit
    connections: int = 1000  # in all
    connections_per_client: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that feeds.yaml says. *file* is its path; relative paths in it are made absolute."""

    file: str
    site: Site
    sources: tuple[Source, ...] = ()
    categories: tuple[Subject, ...] = ()
    unknown_category: Literal["keep", "drop", "other"] = "keep"
    dedupe: Dedupe = Dedupe()
    outputs: tuple[Output, ...] = ()
    partners: tuple[Partner, ...] = ()
    hubs: tuple[str, ...] = ()  # that every feed names: ours first, where there is one
    push: Push = Push()
    schedule: Schedule = Schedule()
    server: Server = Server()
    gate: Gate = Gate()
    log: Form = "text"
    store: str = "sqlite:///var/feeds.db"
    public: str = "var/public"
    mirror: MirrorPlace | None = None  # where copies of all documents are put
