"""What a look at a feed finds: what is odd and where, and what its owner's overrides did."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal[
    "error",  # some readers show nothing, or show it wrongly
    "warning",  # readers must guess, or ask and store more than they need
    "note",  # right as it is, and could be better
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """A kind of oddity, in plain words for the feed's publisher: see `oddities.CATALOGUE`."""

    severity: Severity
    says: str  # what is odd
    rule: str  # how it is read here all the same
    remedy: str  # what the publisher can do
    source: str  # who says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One oddity at one place. *line* and *column* count from 1 in the document, *item* from 1; 0 means unknown."""

    code: str  # of `oddities.CATALOGUE`
    detail: str = ""
    line: int = 0
    column: int = 0
    item: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one override did: *option* as it is configured, to how many entries, and the first of them."""

    option: str
    entries: int = 0
    counted: bool = True  # false for what is said to the server
    before: str = ""
    after: str = ""
