"""What publishing asks of channels that rest until somebody asks for them, and what web nodes do."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from feeds.model.channel import Window

Woken = Callable[[str], bool]
"""Have brought out what rests at a path, and wait for it; False where it did not come in time."""


class Resting(Protocol):
    """What was put off until somebody asks for it."""

    def begun(self) -> datetime | None:
        """Return since when it is noted what is asked for, None where it is not."""

    def subscribed(self, now: datetime) -> frozenset[str]:
        """Return the addresses of documents that our hub pushes to somebody."""

    def calm(self, channel_ids: Sequence[str], now: datetime) -> Mapping[str, datetime | None]:
        """Return those of *channel_ids* of which something is published, nothing is held, and all marks that are due
        only add; with when each was asked for last, None where that was never noted."""

    def put_off(self, marked: Sequence[tuple[Window, datetime]], now: datetime) -> frozenset[str]:
        """Let channels rest, by the windows through which they are seen *now*, which answers the mark of each; return
        those that do. Not where another was faster, or something was marked meanwhile that does not only add."""


class Bell(Protocol):
    """What wakes channels that rest."""

    def rests(self, path: str) -> str | None:
        """Return the channel that rests and whose document is published at *path*, or None."""

    def wake(self, channel_id: str, now: datetime) -> bool:
        """Have a channel brought out; False where it rests no more, or somebody else asked already."""
