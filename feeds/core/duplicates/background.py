"""How far down in the longer of two texts stands what both say, and how much of its headline the other one tells.

A copy, an excerpt and a teaser tell what a report opens with. What a report comes to far below its own news is
background: the day's politics in a market report, another desk's brief in the last paragraph, a town hall's second and
third notice. Its headline, which tells of its own news, then says nothing of it.

Found in crawls of thirteen Korean papers, twenty-two news feeds of the world, and outlets that print two wires. Of 980
merges under other titles where one text was twice as long or more, 22 had the middle of what both say beyond twice the
length of the shorter text, and less than a third of the longer's headline told: seventeen other news, five arguable.
"""

from collections.abc import Container, Mapping
from statistics import median_low

from feeds.core.duplicates.sketch import Sketch

UNTOLD = 0.67  # of the longer text's headline, from which on it tells of something else
FAR = 2  # lengths of the shorter text into the longer one
NEAR_THE_TOP: Mapping[str, float] = {"headline_untold": 0.0, "far_down": 0.0}


def placed(one: Sketch, other: Sketch, shared: Container[int]) -> Mapping[str, float]:
    """Return `headline_untold`, a share, and `far_down`, in lengths of the shorter text: the middle of *shared*."""
    short, long = sorted((one, other), key=lambda each: len(each.shingles))
    places = [place for place, shingle in enumerate(long.shingles) if shingle in shared]
    if not places or not long.title_words:
        return NEAR_THE_TOP
    return {"headline_untold": 1 - short.tells(long), "far_down": median_low(places) / len(short.shingles)}
