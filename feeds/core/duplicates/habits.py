"""What a source says again and again: its footer, its credit, the form of its weather report.

A sentence that two stories of a source had before in the same words says nothing of a third (a footer); one that only
its numbers tell from those of other stories is a form, in which the numbers are the news.

Habits are counts by hash, 240 at most: about the last twenty stories, and whatever recurs among them. What was said
longest ago goes first, but what was said often gets a second life at half its count.
"""

import struct
from collections.abc import Mapping

from feeds.core.duplicates.sketch import Sketch

MOST = 240
OFTEN = 2  # stories before this one
_CELL = struct.Struct("<IB")


def said(habits: Mapping[int, int], sketch: Sketch) -> dict[int, int]:
    """Return *habits* with one more story."""
    counts = dict(habits)
    for key in dict.fromkeys(key for s in sketch.sentences for key in (s.said, s.form)):
        counts[key] = min(counts.pop(key, 0) + 1, 255)
    while len(counts) > MOST:
        key = next(iter(counts))
        if (times := counts.pop(key)) > OFTEN:
            counts[key] = times // 2
    return counts


def packed(habits: Mapping[int, int]) -> bytes:
    """Return *habits* as bytes, five a count, in order."""
    return b"".join(_CELL.pack(key, times) for key, times in habits.items())


def unpacked(data: bytes) -> dict[int, int]:
    """Return the habits that `packed` wrote."""
    return dict(_CELL.iter_unpack(data))
