"""Why something happened to an entry: the lines of `feeds why`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

DecisionKind = Literal[
    "seen",  # first time in its source; follows from the entry, and is not stored
    "changed",  # text, link or files differ from before
    "merged",  # joined a story that another entry leads
    "apart",  # told much of what another story tells, and is another one
    "leads",  # became its story's lead
    "dropped",  # a rule keeps it out
    "set_aside",  # a document goes out without it
    "held",  # draft, unpublished or not yet due
    "renamed",  # a local post moved to another path
    "withdrawn",  # the source took it back
    "returned",  # it came back
    "split",  # the desk took it out of its story
    "retracted",  # the desk took the story back
    "unretracted",  # the desk lets it be shown again
    "touched",  # the desk says whether its last change is news
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing that happened, by which rule. *facts* are what the rule looked at, as plain strings.

    *says* is the code of a sentence for people, which `core/deciding/telling.py` has in their language; of what
    was decided before codes were kept, the English sentence itself.
    """

    at: datetime
    kind: DecisionKind
    source_id: str = ""
    guid: str = ""
    story_id: str = ""
    rule: str = ""  # `same_url`, `same_id`, `same_text`, `desk`, the text of a drop rule, a problem code
    says: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
