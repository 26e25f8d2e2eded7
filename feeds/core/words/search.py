"""What a story can be found by, and what a query asks for: both folded alike.

A query is words that must all be there, in any order; between quotes, words that must follow each other. Words are
looked for anywhere in a text, also within others: Korean joins its particles to them (`반도체가`, `반도체는`).
"""

import re
import unicodedata

from feeds.core.words.text import plain
from feeds.model.source import Extent
from feeds.model.story import Story

LONGEST_TEXT = 2000  # characters of a story's body: 0.2 ms to index; what a story is about is said at its beginning
LONGEST_QUERY = 200  # characters
MOST_WORDS = 8

_PARTS = re.compile(r'"([^"]*)"|(\S+)')
_QUOTES = str.maketrans("“”„‟«»", '""""""')


def fold(text: str) -> str:
    """Return *text* as it is compared: compatible forms and letter cases alike, each run of blanks one blank."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words(query: str) -> tuple[str, ...]:
    """Return what *query* asks for, as typed, each once; () where it asks for nothing."""
    found: dict[str, str] = {}
    for quoted, bare in _PARTS.findall(query[:LONGEST_QUERY].translate(_QUOTES)):
        typed = "".join(c if c.isprintable() else " " for c in quoted or bare.strip('"'))
        word = unicodedata.normalize("NFC", " ".join(typed.split()))
        if folded := fold(word):
            found.setdefault(folded, word)
    return tuple(found.values())[:MOST_WORDS]


def searchable(story: Story, extent: Extent) -> str:
    """Return the folded words of *story*, as much of its text as its terms let be told; '' while it is not shown.

    Copies that wait for a day of their own are left out: their titles are not out yet.
    """
    if story.status != "shown":
        return ""
    lead = story.lead
    out = [m for m in story.members if m is story.members[0] or m.entry.release is None]
    origins = [origin for m in out for origin in (m.entry.origin, m.origin) if origin]
    told = [
        *(m.entry.title for m in out),
        *(origin.title for origin in origins),
        *(author.name for author in lead.authors),
        *(category.name for category in story.categories),
        *lead.tags,
    ]
    if extent != "title":
        told.append(lead.summary[:LONGEST_TEXT])
    if extent == "full":
        told.append(plain(lead.content)[:LONGEST_TEXT])
    return "\n".join(dict.fromkeys(filter(None, map(fold, told))))
