"""In which writing an entry is told, by its letters: what a feed says of its language is wrong too often.

Blogs in Korean say `en-US` because their software does; so two entries are told in other languages where both have
letters enough and most of them are of other writings. English and German are one writing, and are not told apart.
"""

import re
from functools import lru_cache

from feeds.core.words import text
from feeds.model.entry import Entry

HEAD = 1500  # characters of a text that are looked at, markup and all
ENOUGH = 12  # letters, below which an entry may be in any language
MOST = 0.6  # of the letters: a Korean headline may hold a Latin name or two
_WRITINGS = {
    "hangul": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "kana": "\u3040-\u30ff",
    "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "latin": "A-Za-z\u00c0-\u024f",
    "cyrillic": "\u0400-\u052f",
    "greek": "\u0370-\u03ff",
    "arabic": "\u0600-\u06ff",
    "hebrew": "\u0590-\u05ff",
    "devanagari": "\u0900-\u097f",
    "thai": "\u0e00-\u0e7f",
}
_SYLLABLES = ("hangul", "kana", "han")  # each says as much as two letters
_LETTERS = {name: re.compile(f"[{letters}]+") for name, letters in _WRITINGS.items()}


def other_writing(one: Entry, other: Entry) -> bool:
    """Tell whether two entries are surely told in other languages."""
    mine, theirs = writing(one), writing(other)
    return bool(mine and theirs) and mine != theirs


def writing(entry: Entry) -> str:
    """Return the name of the writing that most letters of an entry's beginning are of, '' where none is."""
    return _writing(entry.title, (entry.content or entry.summary)[:HEAD])


@lru_cache(maxsize=4096)
def _writing(title: str, head: str) -> str:
    said = f"{title} {text.plain(head)}"
    if said.isascii():
        return "latin" if len("".join(_LETTERS["latin"].findall(said))) >= ENOUGH else ""
    syllables = len("".join(_LETTERS["hangul"].findall(said)))
    if syllables >= max(ENOUGH, MOST * len("".join(said.split()))):  # whatever the other characters are
        return "hangul"
    found = {
        name: len("".join(letters.findall(said))) * (2 if name in _SYLLABLES else 1)
        for name, letters in _LETTERS.items()
    }
    if found["kana"] * 5 > found["han"]:  # Japanese: so many of its letters are Han
        found["kana"] += found.pop("han")
    name = max(found, key=lambda each: found[each])
    return name if found[name] >= max(ENOUGH, MOST * sum(found.values())) else ""
