"""Who may ask the programs' interface, and for what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Scope = Literal[
    "read",  # what is published, and how it came about: channels, shown stories, sources, their decisions
    "hidden",  # also stories that are held, embargoed, withdrawn or retracted, and every decision
    "metrics",  # the numbers of `/metrics` at the public address, and nothing else
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A right to ask, by its *name*. *hash* is the sha256, hex, of what the asker shows: the store cannot give that.

    *used* is when it was shown last, to the hour; None: never.
    """

    name: str
    hash: str
    scopes: tuple[Scope, ...]
    made: datetime
    used: datetime | None = None
