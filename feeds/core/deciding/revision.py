"""What a new version of an entry says otherwise, and whether that is news to who read the old one.

`updated` is what readers go by: it moves for a significant change, and not for a comma (RFC 4287 §4.2.15 leaves the
choice to the publisher; `feeds touch` is its last word). A change is significant where it is in the words of the title,
in a number, or in the files; in the text, where at least 50 letters of words differ (Feedbin's rule), or a fifth of a
short text. A source that dates its change itself is believed, and a post that says `minor: true` as well.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.core.entries.identity import said
from feeds.core.words import text
from feeds.model.changes import Earlier
from feeds.model.entry import Entry

UPDATED_BEFORE = "updated_before"  # the fact that says what `updated` was, where a change moved it
LETTERS = 50
SHARE = 0.2
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SHOWN = 200  # characters of words in an explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """*facts* tell what differs, as plain strings; *words*: readers would find something else said."""

    words: bool
    significant: bool
    facts: Mapping[str, str]

    @property
    def says(self) -> str:
        """The code of a sentence on it."""
        return "changed_labels" if not self.words else "changed_words" if self.significant else "changed_little"


def revision(before: Entry, after: Entry) -> Revision:
    """Return how *after* differs from *before*."""
    (title, *texts), (new_title, *new_texts) = said(before), said(after)
    (summary, body, *files), (new_summary, new_body, *new_files) = texts, new_texts
    facts: dict[str, str] = {}
    fields = {"title": title != new_title, "summary": summary != new_summary, "text": body != new_body}
    others = files != new_files
    fields |= {
        "link": before.url != after.url,
        "files": before.enclosures != after.enclosures,
        "picture": before.image != after.image,
    }
    fields |= {"authors": before.authors != after.authors, "labels": _labels(before) != _labels(after)}
    if differ := [name for name, differs in fields.items() if differs]:
        facts["differs"] = ", ".join(differ)
    if fields["title"]:
        facts["title_before"] = title
    old, new = (Counter(text.words(b or s)) for s, b in ((summary, body), (new_summary, new_body)))
    gone, come = old - new, new - old
    facts |= {name: _shown(found) for name, found in (("words_gone", gone), ("words_new", come)) if found}
    words = any((fields["title"], fields["summary"], fields["text"], others))
    significant = words and (
        text.words(title) != text.words(new_title)
        or others
        or _numbers(body or summary) != _numbers(new_body or new_summary)
        or _much(gone, come, old)
    )
    if words and after.minor:
        significant, facts["minor"] = False, "its front matter says so"
    return Revision(words=words, significant=significant, facts=facts)


def earlier(known: Entry, revised: Revision, now: datetime, keep: timedelta) -> tuple[Earlier, ...]:
    """Return *known* as it is kept for *keep* when another version takes its place at *now*."""
    if not revised.words or not keep:
        return ()
    said = {"title": known.title, "summary": known.summary, "content": known.content}
    return (Earlier(key=known.key, at=now, until=now + keep, **said),)


def _much(gone: Counter[str], come: Counter[str], old: Counter[str]) -> bool:
    letters = max(_letters(gone), _letters(come))
    return letters >= LETTERS or letters > _letters(old) * SHARE


def _letters(words: Counter[str]) -> int:
    return sum(len(word) * times for word, times in words.items())


def _numbers(words: str) -> Counter[str]:
    return Counter(_NUMBER.findall(words))


def _labels(entry: Entry) -> tuple[object, ...]:
    return entry.tags, entry.categories


def _shown(words: Counter[str]) -> str:
    """The words in the order in which they stand, as far as they fit."""
    line = " ".join(words.elements())
    return line if len(line) <= _SHOWN else line[:_SHOWN].rsplit(" ", 1)[0] + " …"
