"""Channels that rest are brought out when somebody asks for them: a web node asks for the job, and waits a little.

However many ask for one channel, one of them asks for its job, and looks whether it is done; the others wait for that
one. However many channels are asked for, no more than so many requests wait: the rest get what is there.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from feeds.errors import FeedsError
from feeds.ports import Clock
from feeds.ports.resting import Bell

logger = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds that a request waits for what rested
LOOK = 0.05  # seconds between two looks whether it came
WAITING = 16  # requests that wait at a time; answers have 40 threads


@dataclass(slots=True)
class _Errand:
    """One channel that is being brought out: *over* is set when nobody waits for it any more."""

    over: threading.Event = field(default_factory=threading.Event)
    came: bool = False


class Waking:
    """The port `Woken`; threads may ask it for anything at once.

    *put* asks for the job that brings a channel out; *pause* waits so many seconds, *timer* counts them.
    """

    def __init__(
        self,
        bell: Bell,
        clock: Clock,
        put: Callable[[str], None],
        *,
        pause: Callable[[float], object] = time.sleep,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bell, self._clock, self._put, self._pause, self._timer = bell, clock, put, pause, timer
        self._lock = threading.Lock()
        self._errands: dict[str, _Errand] = {}
        self._room = threading.BoundedSemaphore(WAITING)

    def __call__(self, path: str) -> bool:
        """Have brought out what rests at *path*; False where it did not come in time."""
        try:
            channel_id = self._bell.rests(path)
            return channel_id is None or self._woken(channel_id, path)
        except FeedsError as error:  # what is there is answered, as ever
            logger.warning("waking failed path=%s error=%s", path, error)
            return False

    def _woken(self, channel_id: str, path: str) -> bool:
        with self._lock:
            errand = self._errands.get(channel_id)
            mine = errand is None
            if errand is None:
                errand = self._errands[channel_id] = _Errand()
        if not mine:
            return self._waiting(lambda: errand.over.wait(PATIENCE) and errand.came)
        try:
            if self._bell.wake(channel_id, self._clock()):
                self._put(channel_id)
            errand.came = self._waiting(lambda: self._came(channel_id, path))
            return errand.came
        finally:
            with self._lock:
                del self._errands[channel_id]
            errand.over.set()

    def _waiting(self, came: Callable[[], bool]) -> bool:
        """Wait, where not too many do."""
        if not self._room.acquire(blocking=False):
            return False
        try:
            return came()
        finally:
            self._room.release()

    def _came(self, channel_id: str, path: str) -> bool:
        until = self._timer() + PATIENCE
        while self._bell.rests(path) == channel_id:
            if self._timer() >= until:
                return False
            self._pause(LOOK)
        return True
