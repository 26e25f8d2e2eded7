"""What must go out: the port of `store/outgoing/`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from feeds.model.changes import Mark
from feeds.model.channel import Format, Period, Place, Rendered, Rendition, Shown
from feeds.model.delivery import Delivery
from feeds.ports.push import Hub


class Outbox(Protocol):
    """What must go out."""

    def dirty(self, now: datetime, limit: int, part: range = ...) -> tuple[tuple[str, datetime], ...]:
        """Return channels whose mark is due, with the mark's time: publishing clears just that mark.

        Of all, or of a *part* of the buckets that channels are dealt to (`model/buckets.py`).
        """

    def places(self, channel_id: str) -> Mapping[Format, Place]:
        """Return where each format of a channel was published last, and as what."""

    def vacate(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Forget what was published at *paths*; return them: their files are to go."""

    def channels(self) -> tuple[str, ...]:
        """Return every channel of which something is published."""

    def archives(self, channel_id: str) -> tuple[datetime | None, tuple[Period, ...]]:
        """Return when a channel's archives began, None where they did not, and its closed periods in order."""

    def close(self, channel_id: str, periods: Sequence[Period], marks: Sequence[Mark], now: datetime) -> None:
        """Note that periods are closed ('': that archives begin), with the marks that follow."""

    def reopen(self, channel_id: str, periods: Sequence[Period]) -> None:
        """Forget that periods are closed, where the configuration wants others."""

    def published(
        self,
        channel_id: str,
        mark: datetime | None,
        rendered: Rendered,
        deliveries: Sequence[Delivery],
        now: datetime,
    ) -> None:
        """Record new renditions (only those whose etag differs), what was set aside, and what is owed; clear *mark*."""

    def shown(self, channel_id: str) -> Shown:
        """Return what a channel showed when it was brought out last."""

    def hold(
        self, channel_id: str, mark: datetime, reason: str, now: datetime, before: Mapping[str, datetime] | None = ...
    ) -> None:
        """Note that a build is not brought out and why; clear *mark*. The next is judged by *before*, where given."""

    def ended(self, channel_ids: Sequence[str], now: datetime, moved: Mapping[str, str] = ...) -> tuple[str, ...]:
        """Forget channels that are no longer configured; return the paths of their files.

        *moved* says where some of these paths are from now on, for those who still ask.
        """

    def rename(self, names: Mapping[str, str]) -> None:
        """Let what is kept of channels, by their old ids, be that of the new ones, of which nothing is published."""

    def mark(self, channel_ids: Sequence[str], due: datetime) -> None:
        """Ask for channels to be published."""

    def owed(self, now: datetime, limit: int, part: range = ...) -> tuple[Delivery, ...]:
        """Return deliveries that are due, oldest first: all, or those of a *part* of the buckets."""

    def waiting(self, now: datetime, part: range = ...) -> int:
        """Return how many deliveries are due. Cheap."""

    def settle(self, *settled: Delivery) -> None:
        """Record what became of deliveries; of one whose document is not the one that is owed by now: nothing."""

    def rendition(self, path: str) -> Rendition | None:
        """Return what is published at *path*, or None."""

    @property
    def hub(self) -> "Hub":
        """Those who get pushes from us."""
