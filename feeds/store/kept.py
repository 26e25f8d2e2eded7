"""Stories as they were made of rows, for as long as the rows say the same: most that a channel shows did not change.

To read the rows of a story and compare them takes a tenth of what it takes to make values of them; and whoever gets
the same story as before sees that by one look. Values never change, so that all may have the same.
"""

from collections.abc import Callable
from threading import Lock

from feeds.model.story import Story

HELD = 64 * 1024 * 1024  # characters of rows: some 10,000 stories of real feeds


class Kept:
    """What was made last, by id; the longest unused is forgotten first. Threads may share it."""

    def __init__(self, held: int = HELD) -> None:
        self._half = held // 2
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        self._young: dict[str, tuple[object, Story]] = {}
        self._old: dict[str, tuple[object, Story]] = {}
        self._weight = 0

    def story(self, id: str, rows: object, weight: int, make: Callable[[], Story]) -> Story:
        """Return what *make* makes of *rows*, which are all that it looks at and *weight* characters long."""
        known = self._young.get(id)
        if known and known[0] == rows:
            return known[1]
        known = self._old.get(id)
        made = known[1] if known and known[0] == rows else make()
        with self._lock:
            self._young[id] = rows, made
            self._weight += weight
            if self._weight > self._half:
                self._young, self._old, self._weight = {}, self._young, 0
        return made


KEPT = Kept()
"""What this process made. It changes the cost of reading and never what is read."""
