"""Stories as they were made of rows, for as long as the rows say the same: most that a channel shows did not change.

To read the rows of a story and compare them takes a tenth of what it takes to make values of them; and whoever gets
the same story as before sees that by one look. Values never change, so that all may have the same.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from feeds.model.story import Story

HELD = 64 * 1024 * 1024  # characters of rows: some 14,000 stories of real feeds


class Kept:
    """What was made last, by id; the longest unused is forgotten first. Threads may share it."""

    def __init__(self, held: int = HELD) -> None:
        self._held = held
        self._lock = Lock()
        self._made: OrderedDict[str, tuple[object, Story, int]] = OrderedDict()  # in the order of use
        self._weight = 0

    def story(self, id: str, rows: object, weight: int, make: Callable[[], Story]) -> Story:
        """Return what *make* makes of *rows*, which are all that it looks at and *weight* characters long."""
        with self._lock:
            known = self._made.get(id)
            if known and known[0] == rows:
                self._made.move_to_end(id)
                return known[1]
        made = make()
        with self._lock:
            if before := self._made.pop(id, None):
                self._weight -= before[2]
            self._made[id] = rows, made, weight
            self._weight += weight
            while self._weight > self._held and self._made:
                self._weight -= self._made.popitem(last=False)[1][2]
        return made


KEPT = Kept()
"""What this process made. It changes the cost of reading and never what is read."""
