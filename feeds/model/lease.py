"""Being told: what hubs elsewhere promised us, and what they sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feeds.model.delivery import Mode
from feeds.model.source import Source, SourceState

Algorithm = Literal["sha1", "sha256", "sha384", "sha512"]  # WebSub §7


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A source whose feed names a hub, and the topic under which the hub knows it. hub '': it names none any more."""

    source_id: str
    hub: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What we hold of a hub for one source's topic; *id* is the unguessable end of our callback's address.

    *pending* is what we asked for and may be asked about until *pending_until*; *due* is when we ask the next time.
    """

    id: str
    source_id: str
    topic: str
    hub: str
    secret: str = ""
    pending: Mode | Literal[""] = ""
    pending_until: datetime | None = None
    lease_until: datetime | None = None  # None: never verified, or ended
    ended: bool = False  # not wanted any more: what comes for it is refused for good
    due: datetime
    attempts: int = 0  # requests since the last that was verified
    heard: datetime | None = None  # when the last push came
    waiting: bool = False  # one came that has the source asked, and no poll began since
    trusted: bool = False  # pushes come, and no poll found news before them
    problem: str = ""

    def held(self, now: datetime) -> bool:
        """Tell whether the hub owes us pushes."""
        return not self.ended and self.lease_until is not None and self.lease_until > now


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A document that was pushed, until it is read."""

    id: int
    source_id: str
    url: str  # the topic
    media_type: str
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettered:
    """A source with its oldest letter."""

    source: Source
    state: SourceState
    letter: Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """The section `push` of feeds.yaml. *builtin* is the address of the hub of ours, '' where there is none.

    *callback* is the address below which hubs reach us, without a trailing slash.
    """

    builtin: str = ""
    subscribe: bool = False
    callback: str = ""
    trust: Literal["refetch", "signed"] = "refetch"
    signatures: tuple[Algorithm, ...] = ("sha256", "sha384", "sha512", "sha1")
    unsigned: Literal["drop", "refuse"] = "drop"
    lease: timedelta = timedelta(days=10)
    naver: str = ""  # key with which Naver is told of new documents of its syndication; '': it is not told
