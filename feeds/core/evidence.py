"""What two entries both say, in their words: for people who ask why they were taken for one story, or were not."""

import html
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from feeds.core import text
from feeds.core.sketch import EAST_FROM, MOST, UNIT, WEIGHT, shingled
from feeds.model.entry import Entry

RUN = 6  # units, from which on a run of words in common is worth showing
SHOWN = 160  # letters of the runs that are shown
NUMBERS = 8  # numbers of each side that are shown


_folded = lru_cache(maxsize=4096)(text.fold_lines)  # a syllable or word; most were said before


class _Read(NamedTuple):
    """A text as it is shown, and its units, folded, by where they stand in it."""

    shown: str
    units: list[str]
    places: list[tuple[int, int]]
    shingles: list[int]


def evidence(entry: Entry, other: Entry) -> Mapping[str, str]:
    """Return the longest words that both texts say, and the numbers that only one of them says."""
    mine, theirs = _read(entry), _read(other)
    numbers, others = (dict.fromkeys(u for u in read.units if u[0].isdigit()) for read in (mine, theirs))
    found = {
        "shared": " … ".join(_longest(mine, frozenset(theirs.shingles))),
        "numbers_here": " ".join([n for n in numbers if n not in others][:NUMBERS]),
        "numbers_there": " ".join([n for n in others if n not in numbers][:NUMBERS]),
    }
    return {name: said for name, said in found.items() if said}


def _read(entry: Entry) -> _Read:
    body = text.plain(entry.content) if entry.content else entry.summary
    shown = text.one_line(html.unescape(body[:MOST]))
    found = list(UNIT.finditer(shown))
    units = [_folded(m[0]) for m in found]
    return _Read(shown, units, [m.span() for m in found], shingled(units))


def _longest(read: _Read, said: frozenset[int]) -> list[str]:
    """Return the longest runs of *read* whose windows are all *said*, as they are written, within `SHOWN` letters."""
    room, shown = SHOWN, []
    for begin, end in sorted(_runs(read, said), key=lambda run: run[0] - run[1]):
        words = text.capped(read.shown[read.places[begin][0] : read.places[end - 1][1]], room)
        shown.append((begin, words))
        room -= len(words)
        if room < SHOWN // 4:
            break
    return [words for _, words in sorted(shown)]


def _runs(read: _Read, said: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Give where runs begin and end, in units."""
    begin = None
    for at, shingle in enumerate([*read.shingles, None]):
        if shingle in said:
            begin = at if begin is None else begin
        elif begin is not None:
            if (end := _end(read.units, at - 1)) - begin >= RUN:
                yield begin, end
            begin = None


def _end(units: Sequence[str], begin: int) -> int:
    """Return where the window ends that begins at *begin*."""
    end, weight = begin, 0
    while weight < WEIGHT and end < len(units):
        weight += 1 if units[end] >= EAST_FROM else 2
        end += 1
    return end
