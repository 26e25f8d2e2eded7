"""Whether an entry is published, and by which line where it is not."""

from typing import NamedTuple

from feeds.core.sorting import rules
from feeds.model.changes import EntryStatus
from feeds.model.entry import Entry
from feeds.model.source import Source


class Standing(NamedTuple):
    """*rule* is the line that decides, *says* the code of a sentence on it; both empty where nothing is to tell."""

    status: EntryStatus
    rule: str = ""
    says: str = ""


def standing(entry: Entry, source: Source, *, older: bool) -> Standing:
    """Return an entry's standing; *older* tells that it came with the archive of its source."""
    if older:
        return Standing("older")
    if entry.hold:
        return Standing("held", entry.hold, f"hold_{entry.hold}")
    for rule in source.options.drop:
        if rules.compile_rule(rule).meets(entry, source):
            return Standing("dropped", rule, "drop_rule")
    only = source.options.only
    if only and not any(rules.compile_rule(rule).meets(entry, source) for rule in only):
        return Standing("dropped", " or ".join(only), "only_rule")
    return Standing("kept")
