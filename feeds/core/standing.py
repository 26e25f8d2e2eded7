"""Whether an entry is published, and by which line where it is not."""

from typing import NamedTuple

from feeds.core import rules
from feeds.model.changes import EntryStatus
from feeds.model.entry import Entry
from feeds.model.source import Source

_HOLDS = {"draft": "a draft", "unpublished": "not to be published", "expired": "at its end"}


class Standing(NamedTuple):
    """*rule* is the line that decides, *words* say it in one sentence; both empty where nothing is to be told."""

    status: EntryStatus
    rule: str = ""
    words: str = ""


def standing(entry: Entry, source: Source, *, older: bool) -> Standing:
    """Return an entry's standing; *older* tells that it came with the archive of its source."""
    if older:
        return Standing("older")
    if entry.hold:
        return Standing("held", entry.hold, f"the post says that it is {_HOLDS[entry.hold]}")
    for rule in source.options.drop:
        if rules.compile_rule(rule).meets(entry, source):
            return Standing("dropped", rule, f"a `drop` rule of source {source.id}")
    only = source.options.only
    if only and not any(rules.compile_rule(rule).meets(entry, source) for rule in only):
        return Standing("dropped", " or ".join(only), f"it meets no `only` rule of source {source.id}")
    return Standing("kept")
