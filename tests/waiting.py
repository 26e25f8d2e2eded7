"""Waiting for what another process is to do: for a condition that is said, with a bound; never for time to pass."""

from collections.abc import Callable
from threading import Event
from time import monotonic

LOOKS = 0.05  # seconds between two looks


def until(found: Callable[[], bool], seconds: float = 20, said: Callable[[], str] = str) -> None:
    """Return once *found* is true; fail with what is *said* where it does not become so within *seconds*."""
    end, pause = monotonic() + seconds, Event()
    while not found():
        assert monotonic() < end, said()
        pause.wait(LOOKS)
