"""How a text opens: what a copy keeps of its original, and the next step of one affair does not.

A visit that is announced and the visit that is made, a verdict and the answer to it, an appointment and the portrait of
who was appointed share most of their words, for the background is told each time. They part in the first sentences,
where news stands: of 300 labelled copies under another headline each said nine tenths of the words of its original's
opening, but for a few that were rewritten there, which said eight.

Papers write the first sentences of a release anew, some as what is done and some as what is to come, and keep its body;
the next step of an affair has a headline that the step before does not tell. In crawls of Korean papers 87 pairs opened
otherwise and shared half of the longer text. Of some fifty of them, hours apart at most, each told the headline of the
other: all were one release. A fire that spreads and the fire put out, within the hour, told 0.47 of each other's.
"""

import math
import re
from collections.abc import Mapping, Sequence

from feeds.core.duplicates.sketch import Sentence, bag

ENOUGH, MOST = 20, 60  # units: so many sentences as hold the first, and no more than the second
TENSED = 2  # sentences, in which news says whether it is still to come
OTHERWISE, ANNOUNCED = 0.25, 0.05  # of the opening's words the other lacks: above, it is another step of one affair
RELEASED, TOLD = 0.5, 0.55  # of the longer text, of either headline: from here on both tell one release
SOON = math.sqrt(6)  # of the fact `hours`, which is a root
OPENED_ALIKE: Mapping[str, float] = {"opens_otherwise": 0.0, "announced": 0.0, "headlines_told": 1.0}
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


def is_other_step(facts: Mapping[str, float]) -> bool:
    """Tell whether two that share the background are two steps of one affair, and not one release opened anew."""
    otherwise = facts["opens_otherwise"] > (ANNOUNCED if facts["announced"] else OTHERWISE)
    return otherwise and not (
        facts["covered"] >= RELEASED and facts["headlines_told"] >= TOLD and facts["hours"] <= SOON
    )
