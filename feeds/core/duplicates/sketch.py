"""What comparing needs to know of an entry's words: its sentences, shingles, numbers and title.

Units: one Latin word or number weighs 2, one Hangul, kana or Han syllable 1; a shingle is a window of weight 6 or a
little more: three words, or six syllables. So text is compared alike with blanks and without them: Korean copies
differ in spacing more than in anything else (recall of copies with other spacing: .99, by words .80).

Before that, what says nothing of the story goes: the agency's credit at the start, a tag on the title (`[속보]`,
`(종합2보)`, `UPDATE 1-`), and Han characters that Korean headlines use for words (`韓` for `한`) become those words.
"""

import html
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from operator import add
from typing import NamedTuple
from zlib import crc32

from feeds.core.words import text
from feeds.model.entry import Entry

WEIGHT = 6
HINTS_LEAD, HINTS_LOW = 5, 6
"""Shingles by which an entry is found: the lowest, which any long excerpt shares, and the next of its beginning."""
HINTS = HINTS_LEAD + HINTS_LOW + 1  # and the title
LEAD = 40  # shingles that count as the beginning
BEGIN, ASKED, LOW, MOST_ASKED = 48, 16, (1 << 32) // 10, 500
"""Shingles by which an entry finds others: of its beginning the lowest, and all below a bound, but so many at most."""
MOST_END = 120  # words of a sentence whose ends are looked at: no footer begins with a longer one
OPENING, CREDITS = 300, 2  # characters in which a credit may stand, and how many of them
MOST = 40_000  # characters of a text that are compared
SMALL = 3  # letters of a Latin word that may be there or not: articles, prepositions; short names pass with them
REMEMBERED, REMEMBERED_SIZE = 512, 6000  # sketches, and characters of the longest: some 60 bytes each, 20 MB as a rule

_EAST = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
EAST_FROM = "\u1100"  # units from here on are syllables, those before are Latin words and numbers
_LATIN = rf"[^\W_{_EAST}]+(?:[.,][0-9]+)*"
UNIT = re.compile(rf"[{_EAST}]|{_LATIN}")
_RUN = re.compile(rf"[{_EAST}]+|{_LATIN}")  # the same, all syllables in a row at once
_EASTERN = re.compile(f"[{_EAST}]")
# Of units with blanks between them: syllables in a row, or another one; the others; syllables, the blanks taken out.
_STRETCH = re.compile(rf"(?:[{_EAST}] )+|[^ {_EAST}]+ ")
_OTHERS = re.compile(rf"[^ {_EAST}]+")
_SYLLABLES = re.compile(rf"[{_EAST}]{{2,}}")
_JOINED = re.compile(r"[.,][0-9]")  # what keeps words of ASCII from being split at all that is no letter or digit
_APART = bytes(n if chr(n).isalnum() and n < 128 else 32 for n in range(256))
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"\d(?<!\S\d)\S*")  # of units with blanks between them, those that begin with a digit
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
# It begins with one set of characters: so the search leaps from one to the next.
_SENTENCE = re.compile(r"[\n.!?。](?:(?<=\n)\n*|[)\]\"']*\s+|(?<=다\.)(?=[가-힣\"'\[(]))")
_TAGS = "속보|종합[0-9]?보?|[0-9]보|단독|업데이트|update ?[0-9]*|breaking|exclusive"
_TAG = re.compile(
    rf"\s*(?:[\[<(【〈]\s*(?:{_TAGS})\s*[\]>)】〉]"
    r"|(?:update [0-9]+|breaking|what we know|explained|exclusive|factbox|live|analysis)\s*[-:])\s*"
)
_TAG_AFTER = re.compile(rf"\s*[\[<(【〈]\s*(?:{_TAGS})\s*[\]>)】〉]\s*$")
_SERIES = re.compile(r"\s*(?:[\[<(【〈][^\])>】〉]{1,20}[\])>】〉]|[^:,]{2,25}:)")
# `(서울=연합뉴스) 홍길동 기자 =`, `[서울=뉴시스]`, `WASHINGTON, March 3 (Reuters) -`, `By Jane Doe`
_CREDIT = re.compile(
    r"\s*(?:[(\[【][^()\[\]【】]{1,30}[=][^()\[\]【】]{1,30}[)\]】]\s*(?:[가-힣]{2,4}\s*(?:특파원|기자)\s*)?=?\s*"
    r"|\[[^\[\]]{2,16} [가-힣]{2,4} (?:특파원|기자)\]\s*"
    r"|[A-Z][A-Z .,/]{2,30}(?:, [A-Z][a-z]+ [0-9]{1,2})?\s*(?:\([A-Za-z ]{2,20}\)\s*)?(?:--|—|–|-)\s+"
    r"|By [A-Z]\w+ [A-Z]\w+\s+)"
)
_HEADER = re.compile(r"[.!?]\s|\n")  # what a header ends with
# Han characters that stand for a Korean word in headlines; 金 (Kim, gold) and the like are left out: they are two.
_HAN = str.maketrans(
    "韓中美日英獨佛露北南與野國靑檢警軍黨前現新故反對內外行事件法院",
    "한중미일영독불러북남여야국청검경군당전현신고반대내외행사건법원",
)
_HAN[0x119E] = ord("·")  # what NFKC makes of U+318D, which Korean headlines write between words
_HAN_WORD = re.compile(f"[{''.join(map(chr, _HAN))}]")
_FORM = crc32(b"form ")
_NONE: frozenset[str] = frozenset()


class Sentence(NamedTuple):
    """One sentence: hashes of its words, and of its words with every number alike; what else is in it."""

    said: int
    form: int
    shingles: Sequence[int]
    numbers: frozenset[str]
    units: str  # a blank between each two

    @property
    def words(self) -> Sequence[str]:
        return self.units.split()

    def before(self, at: int) -> "Sentence":
        """Return its beginning: the words before the one at *at*."""
        begin = " ".join(self.words[:at])
        return _sentence(begin, shingled(begin))


@dataclass(frozen=True, kw_only=True, eq=False)  # no slots: what is asked for again and again is kept
class Sketch:
    """An entry for comparing. *shingles* are in the order of the text; *series* is what its title begins with.

    Each is equal to itself alone: so it can be asked for what is remembered of it at the cost of an address.
    """

    title: str
    pairs: frozenset[str]  # of neighbouring letters in the title
    words: frozenset[str]  # of the title: see `bag`
    tagged: bool  # the title says that it is a flash or an update
    numbers: frozenset[str]  # in the title
    series: str
    title_hint: int  # a hash of the title
    sentences: tuple[Sentence, ...]
    shingles: tuple[int, ...]

    def hints(self, usual: Container[int] = ()) -> tuple[int, ...]:
        """Return the 32-bit hashes under which this entry is found, at most 12, the title's the last.

        *usual* are sentences, as in `Sentence.said`, that lead nowhere: its source says them in every entry.
        """
        own, every, low = self.shingles, self.every, self._low
        if away := [s.shingles for s in self.sentences if s.said in usual]:
            every -= frozenset().union(*away)
            own = tuple([shingle for shingle in own if shingle in every])
            low = [shingle for shingle in low if shingle in every]
        low = low[:HINTS_LOW] if len(low) >= HINTS_LOW else sorted(every)[:HINTS_LOW]
        lead = sorted({*own[:LEAD]}.difference(low))[:HINTS_LEAD]
        return tuple(dict.fromkeys((*lead, *low, self.title_hint)))

    @cached_property
    def asked(self) -> frozenset[int]:
        """Return the hashes under which a story may be that this entry tells: its beginning, its lowest, its title.

        What is lowest where a text begins is low where its copy begins, and what is lowest in all of a text is low in
        any other that holds it too. Asking for all finds no more copies (the labelled streams: F1 .9984 so, .9984 with
        all), at six times the cost, and what is asked for is most of what finding copies costs.
        """
        return frozenset((*sorted({*self.shingles[:BEGIN]})[:ASKED], *self._low[:MOST_ASKED], self.title_hint))

    @cached_property
    def title_size(self) -> int:
        """How much the title says: a Latin word or number 2, a syllable 1, as everywhere."""
        return sum(1 if unit >= EAST_FROM else 2 for unit in UNIT.findall(self.title))

    @cached_property
    def title_words(self) -> frozenset[str]:
        """Return the words of the title without small Latin ones."""
        return frozenset([word for word in self.words if word >= EAST_FROM or len(word) > SMALL])

    @cached_property
    def found_by(self) -> int:
        """How many hints this entry has where its source says nothing of it again and again."""
        return min(HINTS, len(self.every) + 1)

    @cached_property
    def kept(self) -> frozenset[int]:
        """What its source's habits keep of its sentences."""
        return frozenset([key for s in self.sentences for key in (s.said, s.form)])

    @cached_property
    def bag(self) -> frozenset[str]:
        return bag(" ".join([sentence.units for sentence in self.sentences]))

    def tells(self, other: "Sketch") -> float:
        """Return the share of another's headline, small words aside, that this text or its own headline says."""
        asked = other.title_words
        return len(asked & (self.bag | self.words)) / len(asked) if asked else 0.0

    def ends(self, number: int) -> Mapping[int, int]:
        """Return the hash of each end of a sentence, as `Sentence.said`, with the place of the word it begins with."""
        if number not in self._ends:
            words = self.sentences[number].units.encode().split()
            first, joined = max(0, len(words) - MOST_END), b" ".join(words[-MOST_END:])
            starts = list(accumulate([len(word) + 1 for word in words[first:]]))[:-1]
            self._ends[number] = {crc32(joined[start:]): first + at for at, start in enumerate(starts, 1)}
        return self._ends[number]

    @cached_property
    def _ends(self) -> dict[int, Mapping[int, int]]:
        return {}

    @cached_property
    def _low(self) -> list[int]:
        return sorted([shingle for shingle in self.every if shingle < LOW])

    @cached_property
    def every(self) -> frozenset[int]:
        return frozenset(self.shingles)


def sketch(entry: Entry) -> Sketch:
    """Return what *entry* says, ready for comparing: its content, or its summary where it has none.

    A title that only repeats the guid is none. The latest short ones are remembered: an entry that begins a story is
    soon compared with others, poll after poll.
    """
    title = entry.title if entry.title != entry.guid else ""
    short = len(entry.content or entry.summary) <= REMEMBERED_SIZE
    return (_remembered if short else _sketched)(title, entry.content, "" if entry.content else entry.summary)


def _sketched(named: str, content: str, summary: str) -> Sketch:
    title, tagged = _untagged(text.fold(named))
    body = text.plain(content) if content else summary
    said = _said(uncredited(html.unescape(body[:MOST])))
    shingles = shingled(" ".join(said))
    ends = list(accumulate([units.count(" ") + 1 for units in said], initial=0))
    heard = " ".join(UNIT.findall(title))
    squeezed = heard.replace(" ", "")
    return Sketch(
        title=title,
        pairs=pairs(squeezed),
        words=bag(heard),
        tagged=tagged,
        numbers=frozenset(_NUMBER.findall(title)),
        series=found[0] if (found := _SERIES.match(title)) else "",
        title_hint=crc32(b"title " + squeezed.encode()),
        sentences=tuple([_sentence(units, shingles[a:b]) for units, (a, b) in zip(said, pairwise(ends), strict=True)]),
        shingles=tuple(shingles),
    )


_remembered = lru_cache(maxsize=REMEMBERED)(_sketched)


def uncredited(body: str) -> str:
    """Return *body* without the agency's and the author's credit, which stands at the start or after a header."""
    kept: list[str] = []
    head, end = body[:OPENING], 0
    for start in (0, *[m.end() for m in _HEADER.finditer(head)]):
        if start >= end and len(kept) < CREDITS and (credit := _CREDIT.match(head, start)):
            kept.append(head[end:start])
            end = credit.end()
    return "".join((*kept, body[end:])) if kept else body


def unhanned(folded: str) -> str:
    """Return *folded* with Korean words for the Han characters that headlines write for them."""
    return folded.translate(_HAN) if _HAN_WORD.search(folded) else folded


def pairs(squeezed: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters."""
    return frozenset(map(add, squeezed, squeezed[1:]))


def bag(units: str) -> frozenset[str]:
    """Return what is said in any order: Latin words and numbers, and pairs of neighbouring syllables.

    *units* have a blank between each two.
    """
    if units.isascii():
        return frozenset(units.split())
    others = _OTHERS.findall(units)
    if max(others, default="") >= EAST_FROM:  # of a rare script: words that count as syllables
        every = units.split()
        latin = [unit for unit in every if unit < EAST_FROM]
        return frozenset(latin).union([a + b for a, b in pairwise(every) if a >= EAST_FROM <= b])
    rows = _SYLLABLES.findall(units.replace(" ", ""))
    return frozenset(others).union(*[map(add, row, row[1:]) for row in rows])


def shingled(units: str) -> list[int]:
    """Return the hash of the window that begins at each unit; one for all where there is no whole window.

    *units* have a blank between each two.
    """
    coded = units.encode()
    if units.isascii():  # nothing but Latin words and numbers: each window is three of them
        starts = list(accumulate([len(unit) + 1 for unit in coded.split()], initial=0))
        found = [crc32(coded[start : end - 1]) for start, end in zip(starts, starts[WEIGHT // 2 :], strict=False)]
    else:
        slots = _slots(units)
        ends = list(accumulate(slots))
        whole = zip((0, *ends), ends[WEIGHT - 1 :], slots, strict=False)
        found = [crc32(coded[start : end - 1]) for start, end, size in whole if size]
    return found or ([crc32(coded)] if units else [])


def _slots(units: str) -> list[int]:
    """Return the bytes of each unit and the blank after it, one that weighs 2 with a 0 behind it.

    So six of them in a row are a window, where the first is no 0.
    """
    slots: list[int] = []
    for stretch in _STRETCH.findall(units + " "):
        if stretch < EAST_FROM:
            slots += (len(stretch) if stretch.isascii() else len(stretch.encode()), 0)
        elif len(stretch) > 2 and stretch[1] == " ":
            slots += [4] * (len(stretch) // 2)
        else:
            slots.append(len(stretch.encode()))
    return slots


def _said(body: str) -> list[str]:
    """Return the units of each sentence of a text, with a blank between each two."""
    said = []
    for sentence in _SENTENCE.split(unhanned(text.fold_lines(body))):
        if sentence.isascii() and not _JOINED.search(sentence):
            units = b" ".join(sentence.encode().translate(_APART).split()).decode()
        else:
            runs = _RUN.findall(sentence)
            units = " ".join(
                [
                    run if run < EAST_FROM else " ".join(run) if "가" <= run < "\ud7b0" or _EASTERN.match(run) else run
                    for run in runs
                ]
            )
        if units:
            said.append(units)
    return said


def _sentence(units: str, shingles: Sequence[int]) -> Sentence:
    coded = units.encode()
    counts = _DIGIT.search(units) is not None
    return Sentence(
        crc32(coded),
        crc32(_NUMBER.sub("0", units).encode() if counts else coded, _FORM),
        shingles,
        frozenset(_NUMBERED.findall(units)) if counts else _NONE,
        units,
    )


def _untagged(title: str) -> tuple[str, bool]:
    """Return a folded title without the tags around it, and whether it had any."""
    found = title
    while match := _TAG.match(found):
        found = found[match.end() :]
    found = _TAG_AFTER.sub("", found)
    return unhanned(found), found != title
