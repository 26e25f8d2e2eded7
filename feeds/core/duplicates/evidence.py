"""What two entries both say, in their words: for people who ask why they were taken for one story, or were not."""

import html
from collections.abc import Iterator, Mapping, Sequence

from feeds.core.duplicates.sketch import EAST_FROM, MOST, UNIT, WEIGHT, Sketch, sketch, uncredited, unhanned
from feeds.core.words import text
from feeds.model.entry import Entry

RUN = 6  # units, from which on a run of words in common is worth showing
SHOWN = 160  # letters of the runs that are shown
NUMBERS = 8  # numbers of each side that are shown


def evidence(entry: Entry, other: Entry) -> Mapping[str, str]:
    """Return the longest words that both texts say, and the numbers that only one of them says."""
    mine, theirs = sketch(entry), sketch(other)
    numbers, others = _numbers(mine), _numbers(theirs)
    found = {
        "shared": _longest(entry, mine, theirs),
        "numbers_here": " ".join([n for n in numbers if n not in others][:NUMBERS]),
        "numbers_there": " ".join([n for n in others if n not in numbers][:NUMBERS]),
    }
    return {name: said for name, said in found.items() if said}


def _numbers(read: Sketch) -> Mapping[str, None]:
    """Return the numbers of a text, in their order."""
    counting = [s.words for s in read.sentences if s.numbers]
    return dict.fromkeys([word for words in counting for word in words if word[0].isdigit()])


def _longest(entry: Entry, mine: Sketch, theirs: Sketch) -> str:
    """Return the longest runs of windows that both have, as *entry* writes them, within `SHOWN` letters."""
    if mine.every.isdisjoint(theirs.every):
        return ""
    units = [word for sentence in mine.sentences for word in sentence.words]
    runs = sorted(_runs(units, mine.shingles, theirs.every), key=lambda run: run[0] - run[1])
    body = text.plain(entry.content) if entry.content else entry.summary
    written = text.one_line(uncredited(html.unescape(body[:MOST])))
    places = _places(units, written)
    room, shown = SHOWN, []
    for begin, end in runs:
        words = text.capped(written[places[begin][0] : places[end - 1][1]], room)
        shown.append((begin, words))
        room -= len(words)
        if room < SHOWN // 4:
            break
    return " … ".join([words for _, words in sorted(shown) if words])


def _places(units: Sequence[str], written: str) -> list[tuple[int, int]]:
    """Return where each of *units*, which are folded, begins and ends in *written*, which is not."""
    folded = unhanned(text.fold_lines(written))
    if len(folded) != len(written):
        folded = "".join([unhanned(text.fold_lines(letter))[:1] or " " for letter in written])
    found = [match.span() for match in UNIT.finditer(folded)]
    if len(found) == len(units):  # as a rule: a sentence that ends within a number has another unit
        return found
    places, at = [], 0
    for unit in units:
        begin = max(folded.find(unit, at), at)  # what folds to more letters than it had is not found
        at = begin + len(unit)
        places.append((begin, at))
    return places


def _runs(units: Sequence[str], shingles: Sequence[int], said: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Give where runs of windows that are all *said* begin and end, in units."""
    begin = None
    for at, shingle in enumerate([*shingles, None]):
        if shingle in said:
            begin = at if begin is None else begin
        elif begin is not None:
            if (end := _end(units, at - 1)) - begin >= RUN:
                yield begin, end
            begin = None


def _end(units: Sequence[str], begin: int) -> int:
    """Return where the window ends that begins at *begin*."""
    end, weight = begin, 0
    while weight < WEIGHT and end < len(units):
        weight += 1 if units[end] >= EAST_FROM else 2
        end += 1
    return end
