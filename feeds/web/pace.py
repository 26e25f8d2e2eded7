"""How often somebody may come: so many times a minute, in a memory of bounded size."""

import threading
from collections import OrderedDict
from datetime import datetime

KNOWN = 10_000  # names that are remembered at a time


class Pace:
    """A bucket for each name that fills evenly; any number of threads may ask."""

    def __init__(self, a_minute: int) -> None:
        self._most = a_minute
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def admits(self, name: str, now: datetime) -> bool:
        """Tell whether *name* may come now, and count it."""
        with self._lock:
            left, since = self._buckets.pop(name, (float(self._most), now))
            left = min(left + max((now - since).total_seconds(), 0.0) * self._most / 60, float(self._most))
            admitted = left >= 1
            self._buckets[name] = (left - 1 if admitted else left, now)
            while len(self._buckets) > KNOWN:
                self._buckets.popitem(last=False)
            return admitted
