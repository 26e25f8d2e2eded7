"""One rule that a published document breaks."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal[
    "error",  # a reader or a validator may refuse the document, or lose what it says
    "warning",  # it is read all the same; some readers do worse by it
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """Where a document breaks a rule, what stands there, and what would be right.

    *line* counts from 1; 0 where the document has no such place. *where* is the path of an element, an attribute or a
    JSON member: `feed/entry[2]/link@href`, `items[0].url`. *rule* is a code of `feeds.render.gate.rules.RULES`.
    """

    severity: Severity
    rule: str
    line: int
    where: str
    what: str
    remedy: str
