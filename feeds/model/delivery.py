"""Telling others that something was published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

DeliveryKind = Literal[
    "ping",  # a hub elsewhere is told that a topic changed (WebSub §6)
    "announce",  # the hub of ours is: it owes its subscribers the new document
    "naver",  # Naver is told of a new document of its syndication
    "push",  # a subscriber gets the new document (WebSub §7)
    "partner",  # a partner gets the new document of a channel of theirs, by a signed webhook
    "verify",  # a callback is asked whether it meant what was asked in its name (WebSub §5.3)
    "ask",  # a hub elsewhere is asked to tell us, or to stop (WebSub §5.1); never stored: a lease says when it is due
]
Mode = Literal["subscribe", "unsubscribe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one place. The same thing to the same place has the same id, so that it is sent once.

    *about* is the id of the subscription of a push, of the intent of a verification, of a partner and its channel (with
    a blank between); *etag* is that of the document
    which is told of, and fences what becomes of it: a newer one is owed anew.
    """

    id: str
    kind: DeliveryKind
    target: str
    topic: str
    due: datetime
    attempts: int = 0
    problem: str = ""
    state: Literal[
        "owed",
        "done",
        "skipped",  # nothing was sent, and nothing is to be: stored as done
        "given_up",
        "gone",  # the callback says that it is no more (410): its subscription ends; never stored
    ] = "owed"
    about: str = ""
    etag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What somebody asked of our hub in the name of a callback, until that callback says that it meant it.

    *id* stands for the pair of topic and callback: of several requests the latest counts.
    """

    id: str
    topic: str
    callback: str
    mode: Mode
    secret: str = ""
    lease: timedelta = timedelta(0)
    challenge: str = ""
    at: datetime
    by: str = ""  # sha256 hex of the token that a partner showed, where the topic is private


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Somebody who gets the documents of a topic from our hub until the lease ends: verified."""

    id: str
    topic: str
    callback: str
    secret: str = ""
    lease_until: datetime
    since: datetime
    delivered: str = ""  # etag of the last document that it took
    by: str = ""  # as of `Intent`: it ends with that token


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One HTTP request to make: a GET where there is no *data*; a mapping is sent as a form."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] | bytes | None = None
    redirects: bool = False  # whether it may be led elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of a message: *problem* in plain words where no answer came; *body* of a GET alone.

    *final*: asking again would meet the same refusal.
    """

    status: int = 0
    body: bytes = b""
    problem: str = ""
    final: bool = False
    skipped: bool = False  # nothing was sent: something newer is owed, or nothing is there any more

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300
