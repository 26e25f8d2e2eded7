"""Whether two entries with different words tell one story: one score from what both say, each part of it shown.

What is compared, once the habits of both sources are taken out (`habits.py`):

contained   how much of the shorter text the other holds, a shingle that other candidates hold too weighing less:
            what many stories share is a template or background, not this story
numbers     of the shorter text that the other lacks: reports of one form differ in nothing else
title       letters that both titles share, and how much of a title the other text says
words       long words of the shorter text that the other holds
source      within one source a copy is rarer than the next part of a series, a column, another day's report

The score is a logistic function of these, between 0 and 1; `THRESHOLD` is where it is believed. The weights were
fitted on real texts with realistic edits (`scripts/bench dedupe` says how well they hold, on data made anew as well).
Some things no score outweighs (`VETOES`): they were learned from real feeds, where short texts recur.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Container, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple, TypeVar

from feeds.core.duplicates.background import FAR as FAR_DOWN
from feeds.core.duplicates.background import NEAR_THE_TOP, UNTOLD, placed
from feeds.core.duplicates.cluster import SAME_SOURCE_TEXT
from feeds.core.duplicates.habits import OFTEN
from feeds.core.duplicates.naming import collects, is_live, other_time
from feeds.core.duplicates.opening import OPENED_ALIKE, is_ahead, is_other_step, opening
from feeds.core.duplicates.passing import passing
from feeds.core.duplicates.pointing import points
from feeds.core.duplicates.sketch import Sentence, Sketch, bag
from feeds.model.entry import Entry

Key = TypeVar("Key", bound=Hashable)  # whatever names a story

THRESHOLD = 0.5
COMMON = 64  # stories under one hint, from which on it leads to nobody
ENOUGH = 0.06  # share of an entry's hints that must lead to a story
CANDIDATES = 8  # stories compared in full; more than one in 2,000 copies is not among them (measured)
TITLED = 0.6  # of the titles' letters shared: from here on they are of one news
FAR = 0.1  # of the shorter text held by the other: below, with another title, none of 10,000 pairs scored above .003
PART = 0.4  # of the shorter text held by the other: below, both report one event in words of their own
WHOLE = 0.85  # of the shorter text held by the other: from here on how they open is no matter
_LONG_ENOUGH = {"other_names": 0.0, "titles_untold": 0.0}
BRIEF = 60  # shingles: a teaser of one or two sentences, which another headline may borrow for background
FORMED = 100  # shingles: a caption, a warning, a line on a verdict, written as the one before was with another name
BORROWED = 0.7  # of either title's words not told by the other text: above, one background stands below two headlines
UNLIKE, OF_ITS_OWN = 0.5, 0.25  # letters both titles share, words neither text tells: a day later it is other news
WHOLE_LIST = 0.6  # of a list of notices that the other text holds: below, it tells much besides
AGAIN = math.sqrt(SAME_SOURCE_TEXT / timedelta(hours=1))  # of the fact `hours`, which is a root too
WEEKLY = math.sqrt(120)  # of `hours` too: a weekly column returns after a week, or some days sooner at a holiday
SILENT = 3  # shingles, below which a text says nothing of its own
_KIND = re.compile(
    "프로필|인터뷰|사설|칼럼|기고|포토|화보|만평|영상|그래픽|일문일답|실시간|생중계"
    r"|profile|interview|opinion|editorial|video|\blive\b"
)
_NOTHING: frozenset[int] = frozenset()
_LONG = 4.0  # log of the shingles from which on a text is long enough to trust what it shares


class Side(NamedTuple):
    """One of the two that are compared."""

    sketch: Sketch
    source_id: str
    published: datetime
    habits: Mapping[int, int]
    entry: Entry | None = None  # asked for the links in its text; left out, there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two entries are: the score, what it was made of, and what speaks against it whatever the score."""

    score: float
    facts: Mapping[str, float]
    veto: str = ""  # a code of `VETOES`

    def same(self, threshold: float = THRESHOLD) -> bool:
        """Tell whether both tell one story."""
        return not self.veto and self.score >= threshold

    def told(self) -> dict[str, str]:
        """Return the facts that are not zero as plain strings, those first that moved the score most."""
        weighed = sorted(self.facts.items(), key=lambda fact: -abs(WEIGHTS.get(fact[0], 0.0) * fact[1]))
        return {n: f"{v * v if n == 'hours' else v:.2f}" for n, v in weighed if v}  # of the hours the root is weighed


_FAR = Likeness(score=0.0, facts={})


@dataclass(frozen=True)  # no slots: what most pairs are not asked for is made when it is
class _Told:
    """What a text says of its own: without its source's habits."""

    shingles: frozenset[int]
    form: frozenset[int]  # shingles of sentences that only numbers tell from others
    said: Sequence[Sentence]
    own: Sequence[Sentence]  # of them, those that are no form

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset().union(*(s.numbers for s in self.said))

    @cached_property
    def words(self) -> frozenset[str]:
        """See `bag`."""
        return bag(" ".join([s.units for s in self.own]))


def candidates(sketch: Sketch, posted: Mapping[int, Sequence[Key]]) -> tuple[Key, ...]:
    """Return the stories worth comparing in full, the likeliest first, at most eight.

    *posted* gives the stories under each hash of the sketch's shingles and title, the latest last. A rare hash says
    more than a common one; what a tenth of an entry's hints lead to is looked at, and what has the same title.
    """
    weights: dict[Key, float] = {}
    for hint in posted.keys() & sketch.asked:
        stories = posted[hint]
        if len(stories) < COMMON:
            weight = 1 / len(stories)
            for story in stories:
                weights[story] = weights.get(story, 0.0) + weight
    needed = ENOUGH * sketch.found_by
    titled = posted.get(sketch.title_hint, ())[-CANDIDATES:]
    ranked = sorted((key for key in weights if weights[key] >= needed or key in titled), key=lambda key: -weights[key])
    return tuple(ranked[:CANDIDATES])


def likenesses(entry: Side, others: Sequence[Side], *, known: bool = False) -> tuple[Likeness, ...]:
    """Return how alike *entry* is to each of *others*, in their order.

    *others* are the leads of the stories that may be the same, all of them together: what several hold counts less.
    Their stories are counted in their sources' habits already; *known* tells that the entry is counted too.
    """
    if not others:
        return ()
    mine = _told(entry, known=known)
    told = [_told(other, known=True) for other in others]
    shared = [mine.shingles & other.shingles for other in told]
    held = Counter(chain.from_iterable(shared))
    overlaps = [_overlap(mine, other, both, held) for other, both in zip(told, shared, strict=True)]
    found = []
    for at, (other, theirs) in enumerate(zip(others, told, strict=True)):
        if not known and _far(entry, other, overlaps[at]):
            found.append(_FAR)
            continue
        rest = max((o.contained for n, o in enumerate(overlaps) if n != at), default=0.0)
        facts = _facts(entry, other, mine, theirs) | _shared(overlaps[at], rest)
        asked = facts["titles"] < TITLED and facts["contained"] > PART and not facts["same_source"]
        facts["passing"] = _passing(entry, other, shared[at]) if asked else 0.0
        facts |= placed(entry.sketch, other.sketch, shared[at]) if asked else NEAR_THE_TOP
        opened = asked and facts["contained"] < WHOLE
        facts |= _opened(entry.sketch, mine, other.sketch, theirs) if opened else OPENED_ALIKE
        brief = facts["contained"] > PART and facts["size"] < FORMED
        facts |= _headed(entry.sketch, mine, other.sketch, theirs) if brief else _LONG_ENOUGH
        again = facts["same_source"] and facts["titles"] >= TITLED and facts["contained"] > PART
        facts["points"] = _points(entry, other) if again else 0.0
        facts["other_time"] = float(bool(again) and other_time(entry.sketch.title, other.sketch.title))
        found.append(_judged(facts))
    return tuple(found)


def _judged(facts: Mapping[str, float]) -> Likeness:
    score = 1 / (1 + math.exp(-_BASE - sum([weight * facts[name] for name, weight in WEIGHTS.items()])))
    return Likeness(score=score, facts=facts, veto=next((why for why, holds in VETOES.items() if holds(facts)), ""))


def _told(side: Side, *, known: bool) -> _Told:
    often, habits, sentences = OFTEN + known, side.habits, side.sketch.sentences
    usual, formal = _NOTHING, _NOTHING
    if not habits.keys().isdisjoint(side.sketch.kept):
        usual = frozenset([n for n, s in enumerate(sentences) if habits.get(s.said, 0) >= often])
        formal = frozenset([n for n, s in enumerate(sentences) if s.numbers and habits.get(s.form, 0) >= often])
    return _own(side.sketch, usual, formal - usual, _glued(side, usual, often))


def _glued(side: Side, usual: Container[int], often: int) -> tuple[int, int]:
    """Return which sentence ends in words that its source says again and again, and with which word they begin.

    A text that was cut within a sentence has its footer right behind it, without a stop; (-1, 0) where there is none.
    """
    last = next((n for n in range(len(side.sketch.sentences) - 1, -1, -1) if n not in usual), -1)
    if last < 0 or not side.habits:
        return -1, 0
    ends, habits = side.sketch.ends(last), side.habits
    at = min([ends[said] for said in ends.keys() & habits.keys() if habits[said] >= often], default=0)
    return (last, at) if at else (-1, 0)


@lru_cache(maxsize=512)
def _own(sketch: Sketch, usual: frozenset[int], formal: frozenset[int], glued: tuple[int, int]) -> _Told:
    """Return what a sketch says, by the places of sentences that are *usual* or *formal*, and of one that is *glued*.

    Remembered, for the lead of a story is compared with each entry that may tell it.
    """
    place, at = glued
    sentences = [s.before(at) if n == place else s for n, s in enumerate(sketch.sentences)]
    said = [s for n, s in enumerate(sentences) if n not in usual]
    own = [s for n, s in enumerate(sentences) if n not in usual and n not in formal]
    if not (usual or formal or at):
        return _Told(sketch.every, _NOTHING, said, own)
    form = frozenset().union(*(sketch.sentences[n].shingles for n in formal))
    return _Told(frozenset().union(*(s.shingles for s in own)), form, said, own)


class _Overlap(NamedTuple):
    """What two texts share, a shingle that other candidates hold too weighing less: a half, a third …"""

    contained: float  # share of the one that weighs less
    covered: float  # share of the one that weighs more
    common: float  # other candidates that hold a shared shingle, on average
    size: int  # shingles of the shorter text


def _overlap(mine: _Told, theirs: _Told, shared: frozenset[int], held: Mapping[int, int]) -> _Overlap:
    size, most = sorted((len(mine.shingles), len(theirs.shingles)))
    if not shared:
        return _Overlap(0.0, 0.0, 0.0, size)
    if len(shared) == len(held) and max(held.values()) == 1:  # no other candidate holds any of it
        return _Overlap(len(shared) / size, len(shared) / most, 0.0, size)
    both = sum([1 / held[s] for s in shared])
    alone = len(mine.shingles) - len(held)  # shingles that no candidate holds weigh 1
    one = both + alone + sum([1 / (1 + held[s]) for s in held.keys() - shared])
    other = both + len(theirs.shingles) - len(shared)
    common = sum([held[s] for s in shared]) / len(shared) - 1
    return _Overlap(both / min(one, other), both / max(one, other), common, size)


def _far(entry: Side, other: Side, overlap: _Overlap) -> bool:
    """Tell whether so little is shared that the rest need not be looked at: half of all candidates."""
    return overlap.contained < FAR and overlap.size >= SILENT and _titles(entry, other) < TITLED


def _shared(overlap: _Overlap, rest: float) -> dict[str, float]:
    """Return the facts about what is shared; *rest* is how much another candidate holds at most."""
    return {
        "contained": overlap.contained,
        "ahead": overlap.contained * (overlap.contained - rest),
        "covered": overlap.covered,
        "common": overlap.common,
        "size": float(overlap.size),
    }


def _facts(entry: Side, other: Side, mine: _Told, theirs: _Told) -> dict[str, float]:
    """Return the facts about numbers, titles, words, sources and times."""
    a, b = entry.sketch, other.sketch
    numbers = min(mine.numbers, theirs.numbers, key=len)
    missing = len(numbers) - len(mine.numbers & theirs.numbers)
    titles = _titles(entry, other)
    silent = sum(len(told.shingles) < SILENT for told in (mine, theirs))
    size = min(len(mine.shingles), len(theirs.shingles))
    words = _held(mine.words, theirs.words)
    same = float(entry.source_id == other.source_id)
    return {
        "form": len(mine.form & theirs.form) / max(1, min(len(mine.form), len(theirs.form))),
        "formal": float(len(mine.form) > len(mine.shingles) or len(theirs.form) > len(theirs.shingles)),
        "numbers": float(len(numbers)),
        "numbers_missing": float(min(missing, 8)),
        "numbers_share": 1 - missing / len(numbers) if numbers else 1.0,
        "titles": titles,
        "title_size": float(min(a.title_size, b.title_size)),
        "title_told": max(_share(a.words, theirs.words), _share(b.words, mine.words)),
        "titles_alone": max(titles, 0.01) * float(silent == 2),
        "one_silent": float(silent == 1),
        "words": words,
        "words_long": words**2 * min(math.log1p(size), _LONG),
        "same_source": same,
        "same_source_other_number": same * float(a.numbers != b.numbers),
        "series": float(bool(a.series) and a.series == b.series and titles < 0.9),
        "other_kind": float(_kind(a.series) != _kind(b.series)),
        "collects": float(collects(a.title) != collects(b.title)),
        "live": float(is_live(a.title) != is_live(b.title)),
        "hours": math.sqrt(min(abs((entry.published - other.published).total_seconds()) / 3600, 336)),
        "tagged": float(a.tagged or b.tagged),
    }


def _opened(a: Sketch, mine: _Told, b: Sketch, theirs: _Told) -> dict[str, float]:
    """Return how much of either opening the other text lacks, and whether only one says that its news is to come.

    With them, how much of the headline less told the other side tells.
    """
    ways = ((mine, theirs), (theirs, mine))
    shares = [_share(opening(one.own), two.words) for one, two in ways]
    return {
        "opens_otherwise": 1 - max(shares),
        "announced": float(is_ahead(mine.own) != is_ahead(theirs.own)),
        "headlines_told": min(a.tells(b), b.tells(a)),
    }


def _titles(entry: Side, other: Side) -> float:
    a, b = entry.sketch.pairs, other.sketch.pairs
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0


def _passing(entry: Side, other: Side, shared: frozenset[int]) -> float:
    """Return how much of what both say only one of them says in passing, as background to other news."""
    return len(shared & (passing(entry.sketch) ^ passing(other.sketch))) / len(shared) if shared else 0.0


def _headed(a: Sketch, mine: _Told, b: Sketch, theirs: _Told) -> dict[str, float]:
    """Return how many words each title and its text say and the other side does not, and the share that no text tells.

    Asked of brief texts alone: `Tajik president arrives` and `Belarusian president arrives`, a line of background below
    two headlines. A copy's text is its original's, so hardly a word of its title is its own.
    """
    one, other = a.title_words, b.title_words
    names = ((one - other) & (mine.words - theirs.words), (other - one) & (theirs.words - mine.words))
    told = max(_share(one, theirs.words), _share(other, mine.words)) if one and other else 1.0
    return {"other_names": float(min(map(len, names))), "titles_untold": 1 - told}


def _points(entry: Side, other: Side) -> float:
    return float(bool(entry.entry and other.entry and points(entry.entry, other.entry)))


def _kind(series: str) -> str:
    """Return what kind of piece a title says that it begins, '' for the news itself."""
    return found[0] if (found := _KIND.search(series)) else ""


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part and whole else 0.0


def _held(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 1.0


VETOES: Mapping[str, Callable[[Mapping[str, float]], bool]] = {
    "flash": lambda f: f["one_silent"] > 0,
    "titles_alone": lambda f: (
        f["titles_alone"] > 0 and (f["titles_alone"] < 0.92 or f["title_size"] < 8 or f["same_source"] > 0)
    ),
    "short_titles": lambda f: (
        f["titles"] < TITLED
        and (f["size"] < 12 or (f["size"] < BRIEF and f["titles_untold"] > BORROWED and f["title_size"] >= 6))
    ),
    "short_number": lambda f: f["size"] < 12 and f["numbers_missing"] > 0,
    "one_event": lambda f: (
        ((0 < f["contained"] < 0.6 and f["covered"] < 0.05) or (0 < f["contained"] < PART and f["covered"] < 0.2))
        and (f["titles"] < 0.9 or f["words"] < 0.9)
    ),
    "passing": lambda f: f["passing"] > 0.8,
    "background": lambda f: f["headline_untold"] > UNTOLD and f["far_down"] > FAR_DOWN,
    "day_old": lambda f: (
        f["hours"] > AGAIN and f["size"] < BRIEF and f["titles"] < UNLIKE and f["titles_untold"] > OF_ITS_OWN
    ),
    "collects": lambda f: f["collects"] > 0 and f["covered"] < WHOLE_LIST,
    "live": lambda f: f["live"] > 0,
    "other_step": is_other_step,
    "other_kind": lambda f: f["other_kind"] > 0 and f["titles"] < TITLED,
    "numbers": lambda f: f["numbers"] >= 4 and f["numbers_share"] < 0.5,
    "source_title": lambda f: f["same_source"] > 0 and f["titles"] < 0.75,
    "source_number": lambda f: f["same_source_other_number"] > 0,
    "source_time": lambda f: f["other_time"] > 0,
    "source_again": lambda f: (
        f["same_source"] > 0 and f["hours"] > AGAIN and f["titles"] == 1 and f["covered"] > 0.999 and not f["tagged"]
    ),
    "source_column": lambda f: f["same_source"] > 0 and f["hours"] > WEEKLY and f["titles"] == 1 and not f["tagged"],
    "source_little": lambda f: (
        f["same_source"] > 0
        and (f["contained"] < 0.85 or f["size"] < 12 or f["numbers_missing"] > 2 * f["tagged"])
        and (f["titles"] < 1 or f["contained"] < 0.9 or f["size"] < 60 or f["numbers_missing"] > 1)
    ),
    "other_name": lambda f: f["other_names"] > 0 and f["titles"] >= TITLED,
    "source_points": lambda f: f["points"] > 0,
}
"""What speaks against one story whatever the score, by code (`telling.VETOES` has the sentences).

Found in the real feeds: flashes before their report, columns and photo sets under one title, release notes and status
lists that differ in a name or a number.
"""

_BASE = -15.7
WEIGHTS: Mapping[str, float] = {
    "ahead": 8.99,
    "common": -2.42,
    "form": -1.37,
    "formal": -4.44,
    "numbers_missing": -0.97,
    "titles": 7.09,
    "title_told": 4.12,
    "words": 5.91,
    "words_long": 1.87,
    "series": -3.26,
    "hours": -0.29,
    "titles_alone": 8.06,
    "tagged": 0.72,
}
