"""How much one client may ask for: so many requests a minute, saved up to a burst."""

import math
import threading
from collections import OrderedDict

KEPT = 65_536  # clients remembered, some 10 MB: whoever is forgotten starts with a full measure
BURST = 0.5  # of a minute's measure at once: a reader that starts asks for all its feeds


class Rates:
    """A measure for each client (a token bucket) that fills evenly; any number of threads may ask.

    *a_minute*: 0 lets everyone through. *burst* is the share of it that may come at once.
    """

    def __init__(self, a_minute: int, burst: float = BURST) -> None:
        self._rate = a_minute / 60
        self._most = max(1.0, a_minute * burst)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, client: str, now: float) -> int:
        """Take one request of *client*'s measure; return 0, or in how many seconds it may come again.

        *now* is in seconds; a clock that goes back gives nothing.
        """
        if not self._rate:
            return 0
        with self._lock:
            left, at = self._left.get(client, (self._most, now))
            left = min(self._most, left + max(now - at, 0.0) * self._rate)
            wait = 0 if left >= 1 else math.ceil((1 - left) / self._rate)
            self._left[client] = (left if wait else left - 1, now)
            self._left.move_to_end(client)
            if len(self._left) > KEPT:
                self._left.popitem(last=False)
            return wait
