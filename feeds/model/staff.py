"""Who may sit at the desk, and what they did there."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Someone who may sign in. *password* is an Argon2id hash in its encoded form (RFC 9106), never the password."""

    name: str
    password: str
    made: datetime
    changed: datetime  # when the password was set last


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Someone who is signed in. *token* is the SHA-256, hex, of what the browser holds: the store cannot give that."""

    token: str
    user: str
    started: datetime
    seen: datetime  # of the last request, to a minute
    client: str  # the address that signed in


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Sign-ins that failed in a row under one *key*: a name, an address or a browser that is known."""

    key: str
    failures: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Who did what, when and from where. *what* names the thing, *detail* what came of it, in words."""

    at: datetime
    who: str
    client: str  # an address, or `cli`
    action: str
    what: str = ""
    done: bool = True  # False: it was refused, or failed
    detail: str = ""
    id: int = 0  # given by the store


IDLE = timedelta(hours=1)
"""How long a session lives without a request. Source: NIST SP 800-63B-4 §2.2.3, AAL2."""

LONGEST = timedelta(hours=24)
"""How long a session lives at all. Source: NIST SP 800-63B-4 §2.2.3, AAL2."""


def alive(session: Session, now: datetime) -> bool:
    """Tell whether *session* has not ended at *now*."""
    return now - session.seen < IDLE and now - session.started < LONGEST
