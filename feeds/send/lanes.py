"""Whom to send to next: few at a time to one host, and never fewer to the quick because others hang.

A message that takes longer than a moment holds its thread until its deadline, but no longer one of the places of the
quick: with 10,000 subscribers of whom 1,000 hang until the deadline of 10 s, all others are told within a minute.
"""

from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)

QUICK = 32  # messages under way that were begun within the last moment
MOST = 512  # threads: those that hang take no CPU time, and 50 kB each
HOST = 4  # to one host at a time
MOMENT = 1.0  # seconds


class Lanes(Generic[T]):
    """Things that wait by host, and what is under way. Times are seconds of any clock that does not go back."""

    def __init__(self, quick: int = QUICK, most: int = MOST, host: int = HOST, moment: float = MOMENT) -> None:
        self._quick, self._most, self._host, self._moment = quick, most, host, moment
        self._waiting: dict[str, deque[T]] = {}
        self._turns: deque[str] = deque()  # hosts that have something waiting and room for it
        self._busy: dict[str, int] = {}
        self._begun: dict[T, tuple[str, float]] = {}  # the oldest first

    def __len__(self) -> int:
        return len(self._begun) + sum(len(queue) for queue in self._waiting.values())

    def add(self, host: str, thing: T) -> None:
        queue = self._waiting.setdefault(host, deque())
        queue.append(thing)
        if len(queue) == 1 and self._busy.get(host, 0) < self._host:
            self._turns.append(host)

    def take(self, now: float) -> T | None:
        """Return what to begin now; None where there is nothing, or no room."""
        if not self._turns or len(self._begun) >= self._most or self._fresh(now) >= self._quick:
            return None
        host = self._turns.popleft()
        queue = self._waiting[host]
        thing = queue.popleft()
        self._busy[host] = self._busy.get(host, 0) + 1
        self._begun[thing] = (host, now)
        if not queue:
            del self._waiting[host]
        elif self._busy[host] < self._host:
            self._turns.append(host)
        return thing

    def over(self, thing: T) -> None:
        """What was begun has ended, well or not."""
        host, _ = self._begun.pop(thing)
        left = self._busy[host] - 1
        if left:
            self._busy[host] = left
        else:
            del self._busy[host]
        if host in self._waiting and host not in self._turns:
            self._turns.append(host)

    def clear(self) -> list[T]:
        """Take back and return what waits."""
        left = [thing for queue in self._waiting.values() for thing in queue]
        self._waiting.clear()
        self._turns.clear()
        return left

    def rest(self, now: float) -> float:
        """Return in how many seconds room comes by itself, because something under way turns out to be slow."""
        fresh = [begun for _, begun in self._begun.values() if now - begun < self._moment]
        return max(fresh[0] + self._moment - now, 0.0) if fresh else self._moment

    def _fresh(self, now: float) -> int:
        count = 0
        for _, begun in reversed(self._begun.values()):
            if now - begun >= self._moment:
                break
            count += 1
        return count
