"""What a Korean sentence says in passing before its own news: `…라고 비난한 것과 관련해 대통령실은 …`.

The clause before such a turn repeats yesterday's or somebody else's story, often in the wire's very words; what is news
stands behind it. Found in a crawl of eleven outlets (Yonhap's report of a speech, another paper's of the answer to it).
"""

from collections.abc import Iterable, Iterator, Sequence

from feeds.core.duplicates.sketch import Sketch, shingled

TURNS = tuple(
    tuple(turn)
    for turn in ("것과관련", "것에대해", "것에대하여", "데대해", "데대하여", "것을두고", "됨에따라", "함에따라")
)


def passing(sketch: Sketch) -> frozenset[int]:
    """Return the shingles of all that is said in passing."""
    return frozenset(_clauses(s.words for s in sketch.sentences))


def _clauses(sentences: Iterable[Sequence[str]]) -> Iterator[int]:
    for units in sentences:
        heads = (at for at, unit in enumerate(units) if unit in "것데됨함")
        turns = (at for at in heads if any(tuple(units[at : at + len(turn)]) == turn for turn in TURNS))
        if end := max(turns, default=0):
            yield from shingled(" ".join(units[:end]))
