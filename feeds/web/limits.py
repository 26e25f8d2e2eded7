"""How much one client may ask for: so many requests a minute, saved up to a burst."""

import math
from collections import OrderedDict

KEPT = 65_536  # clients remembered, some 10 MB: whoever is forgotten starts with a full measure
BURST = 0.5  # of a minute's measure at once: a reader that starts asks for all its feeds


class Limits:
    """A measure for each client (a token bucket). *a_minute*: 0 lets everyone through."""

    def __init__(self, a_minute: int) -> None:
        self._rate = a_minute / 60
        self._most = max(1.0, a_minute * BURST)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def ask(self, client: str, now: float) -> int:
        """Take one request of *client*'s measure; return 0, or in how many seconds it may come again.

        *now* is in seconds of a clock that never goes back.
        """
        if not self._rate:
            return 0
        left, at = self._left.get(client, (self._most, now))
        left = min(self._most, left + (now - at) * self._rate)
        wait = 0 if left >= 1 else math.ceil((1 - left) / self._rate)
        self._left[client] = (left if wait else left - 1, now)
        self._left.move_to_end(client)
        if len(self._left) > KEPT:
            self._left.popitem(last=False)
        return wait
