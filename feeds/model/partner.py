"""Someone who takes our stories under terms, what they got of them, and what they are owed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from feeds.model.channel import Format, Tombstone
from feeds.model.passing import Images
from feeds.model.source import Extent

Share = Literal[
    "own",  # posts of ours alone
    "licensed",  # also what is under a licence that lets a work be passed on whole, by anybody
    "all",  # whatever we publish ourselves
]
Rule = Literal[
    "status",
    "channel",
    "loop",
    "sources",
    "only",
    "language",
    "embargo",
    "delay",
    "age",
    "quota",
    "window",
    "dialect",  # what it has no words for, or its partner takes none of
]
TokenKind = Literal[
    "header",  # HTTP Basic (RFC 7617) or Bearer (RFC 6750)
    "path",  # for readers that can do neither
]
How = Literal[
    "polled",  # answered with 200
    "unchanged",  # 304: they hold what their validator names
    "changes",  # 226: the new entries alone (RFC 3229)
    "pushed",  # sent to them: a signed webhook, or WebSub
    "acknowledged",  # a person said so
]
Told = Literal["story", "correction", "retraction"]


RETOLD = timedelta(days=7)
"""How long a correction stays in a channel that it fell out of, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a partner may have, and how much later than readers.

    A story is in while it is among the newest *limit* or younger than *days*, as in outputs; *oldest* bounds both.
    *only_sources* are ids; empty: any that *sources* lets through. *home* is the partner's own site: what is from there
    does not go back. *quota* is how many stories a day (of the site's zone), the first of it; 0: no bound.
    """

    content: Extent = "full"
    delay: timedelta = timedelta(0)
    limit: int = 50
    days: int = 0
    oldest: timedelta = timedelta(0)
    quota: int = 0
    sources: Share = "licensed"
    only_sources: tuple[str, ...] = ()
    only: str = ""
    languages: tuple[str, ...] = ()
    home: str = ""
    images: Images = "all"
    rights: str = ""
    licence: str = ""
    attribution: str = ""
    links: tuple[tuple[str, str], ...] = ()
    tombstones: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushing:
    """How a partner is told at once: each new document goes to *url*, signed by *secrets*, the newest first.

    *websub*: they may subscribe to their private feeds, with their token, at a hub of their own.
    """

    url: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)  # keys of the signature, in base64
    websub: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """One item of `partners` in feeds.yaml.

    *channels* as written: ids of outputs, or `category:NAME`; none: every output that is no list by category.
    *token_hash* is the sha256 hex of a token that the configuration gives; others are issued and kept in the store.
    *every* is how often they agreed to ask, *within* how soon a retraction is to be picked up.
    """

    id: str
    title: str = ""
    channels: tuple[str, ...] = ()
    dialect: Format = "atom"
    terms: Terms = Terms()
    token_hash: str = ""
    addresses: tuple[str, ...] = ()  # networks they may ask from; none: any
    rate: int = 60  # requests a minute
    every: timedelta = timedelta(hours=1)
    within: timedelta = timedelta(hours=1)
    push: Pushing = Pushing()


class Reason(NamedTuple):
    """One rule's word on a story: whether it lets it through, why, and from when on where time alone holds it back."""

    rule: Rule
    passes: bool
    text: str
    until: datetime | None = None


class Standing(NamedTuple):
    """How a channel stands: *edition* counts what changed in it; *settled* says that what changed last is brought out,
    and not held for what it loses; *owed* is the edition at which partners came to be owed something of it last."""

    edition: int
    settled: bool
    owed: int = 0


class Held(NamedTuple):
    """Which version of a story a partner got through a channel: its date of change, and as what it was told."""

    story_id: str
    revision: datetime
    told: Told = "story"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as it is kept: never the token itself. *ends* is set when another took its place."""

    id: str  # short, to name it by
    partner_id: str
    kind: TokenKind
    digest: str  # sha256 hex
    made: datetime
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One row of the ledger: this version of this story went to this partner, then, so.

    *etag* names the document. *received* is when its last byte was written to them, None where the connection ended
    before, or no answer said yes to a push: they may have it all the same. *acknowledged* is when they proved that they
    have it: a later request named its etag (RFC 9110 §13.1.2), a push was answered with 2xx, or a person said so.
    """

    partner_id: str
    channel_id: str
    story_id: str
    revision: datetime
    told: Told
    how: How
    at: datetime
    etag: str = ""
    received: datetime | None = None
    acknowledged: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A partner holds a story that was taken back or corrected, and has not picked that up while *settled* is None.

    *cause*: `retracted`, `withdrawn`, `merged` or `corrected`.
    """

    partner_id: str
    channel_id: str
    story_id: str
    told: Told
    cause: str
    since: datetime
    settled: datetime | None = None
    how: str = ""
    warned: bool = False  # the log told that it is overdue
    stone: Tombstone | None = None  # its last form, for dialects that tell a takedown by a whole item


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Requests of one day for one channel by one partner (`''`: by the public)."""

    partner_id: str
    channel_id: str
    day: str  # 2026-11-26, UTC
    requests: int = 0
    full: int = 0  # 200 and 226
    unchanged: int = 0  # 304
    cut: int = 0  # 200 and 226 of which not all bytes were taken
    pushed: int = 0  # documents that they took of us; no requests of theirs
    refused: int = 0  # 429
    sent: int = 0  # bytes of bodies
    last: datetime | None = None
    newest: datetime | None = None  # date of change of the newest story that was told


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who read a public channel on a day: subscribers that services told of, and other clients, by hashes."""

    channel_id: str
    day: str
    subscribers: int
    readers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A document as one partner gets it, by its *etag*, and what it tells: so much they hold who have it."""

    partner_id: str
    channel_id: str
    etag: str
    updated: datetime
    held: tuple[Held, ...]
    newest: datetime | None = None  # date of change of its newest story


@dataclass(frozen=True, slots=True, kw_only=True)
class Pickup:
    """The last time that a partner asked for a channel, and what it holds since: *etag* names the document."""

    partner_id: str
    channel_id: str
    at: datetime
    etag: str
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A channel whose documents a partner is sent: when it is to be looked at, and what was owed of it last.

    *about* stands for the terms under which that was; *edition* and *answered* for how the channel stood then: where
    it stands otherwise by now, or *due* has come, it is looked at anew. *number* counts the documents.
    """

    partner_id: str
    channel_id: str
    about: str
    edition: int = -1
    answered: datetime | None = None
    due: datetime | None = None
    etag: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """How a channel is pushed to a partner: of the document that they are sent, whether they took it."""

    channel_id: str
    number: int  # documents that were owed until now
    state: str  # as of `Delivery`
    attempts: int
    problem: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerView:
    """A partner as the desk lists it. *unchanged* is the share of 304 among answers, None where there were none;
    *lag* the median time from a version to its pick-up, None where too few were; *pushed* is how many documents were
    sent to their webhook, *waiting* of how many channels the last was not taken; *alarms* are sentences."""

    partner: Partner
    asked: datetime | None
    unchanged: float | None
    lag: timedelta | None
    sent: int  # bytes in thirty days
    held: int  # stories
    owed: tuple[Owed, ...]
    alarms: tuple[str, ...]
    pushed: int = 0
    waiting: int = 0
