"""How a text opens: what a copy keeps of its original, and the next step of one affair does not.

A visit that is announced and the visit that is made, a verdict and the answer to it, an appointment and the portrait of
who was appointed share most of their words, for the background is told each time. They part in the first sentences,
where news stands: of 300 labelled copies under another headline each said nine tenths of the words of its original's
opening, but for a few that were rewritten there, which said eight.
"""

import re
from collections.abc import Sequence

from feeds.core.duplicates.sketch import Sentence, bag

ENOUGH, MOST = 20, 60  # units: so many sentences as hold the first, and no more than the second
TENSED = 2  # sentences, in which news says whether it is still to come
_AHEAD = re.compile("예정|방침|계획이|[기키]로했|할것으로|한다고")  # it is planned, decided, or about to be done


def opening(sentences: Sequence[Sentence]) -> frozenset[str]:
    """Return the words of the first sentences, as `bag` does."""
    found: list[str] = []
    for sentence in sentences:
        found += sentence.words
        if len(found) >= ENOUGH:
            break
    return bag(" ".join(found[:MOST]))


def is_ahead(sentences: Sequence[Sentence]) -> bool:
    """Tell whether the first sentences say, in Korean, that their news is still to come."""
    return any(_AHEAD.search(sentence.units.replace(" ", "")) for sentence in sentences[:TENSED])
