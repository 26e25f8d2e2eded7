"""Who subscribed to us, and who pushes to us: the ports of `store/push/`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from feeds.model.delivery import Delivery, Intent, Subscription
from feeds.model.lease import Lease, Letter, Lettered, Wish


class Leases(Protocol):
    """What hubs elsewhere promised us, and the letters that they sent."""

    def wish(self, wishes: Sequence[Wish], make: Callable[[Wish], Lease], now: datetime) -> int:
        """Bring leases in line with what is wished: *make* gives a new one. Return how many changed."""

    def due(self, now: datetime, limit: int) -> tuple[Lease, ...]:
        """Return leases that are to be asked for, or to be given back, the longest due first."""

    def lease(self, id: str) -> Lease | None:
        """Return the lease whose callback ends in *id*, None where there never was one."""

    def put(self, lease: Lease, *fields: str) -> None:
        """Write only *fields* of a lease: the hub may answer here while the request is under way."""

    def forget(self, lease: Lease) -> None:
        """Take away a lease."""

    def of(self, source_ids: Collection[str]) -> Mapping[str, Lease]:
        """Return the lease of each source that has one."""

    def judge(self, polled: Sequence[tuple[Lease, bool]], now: datetime) -> None:
        """Note that sources were polled: their leases as they were before, and whether the poll found news first.

        A push that came meanwhile has its source asked again.
        """

    def arrived(self, lease: Lease, letter: Letter | None, now: datetime) -> None:
        """A push came: keep its letter, or have the source asked at once where there is none, or too many wait."""

    def lettered(self, shard: int) -> bool:
        """Tell whether any source of *shard* has a letter. Cheap: asked at each tick."""

    def letters(self, shard: int, limit: int, most: int = ..., but: Collection[int] = ()) -> Sequence[Lettered]:
        """Return sources of *shard* that have letters, each with its oldest, the oldest first, without those of *but*.

        No more than have *most* bytes, and one.
        """


class Hub(Protocol):
    """Our hub: who subscribed, and who asked to."""

    def ask(self, intent: Intent, question: Delivery, between: timedelta) -> datetime | None:
        """Owe a callback a question, *between* after the last of the pair; return when, None where too many wait."""

    def intent(self, id: str) -> Intent | None:
        """Return what a callback is asked about, None where it was asked already."""

    def confirm(self, intent: Intent, subscription: Subscription | None) -> None:
        """The callback meant it: put its subscription, or end it."""

    def forget(self, intent: Intent) -> None:
        """The callback did not mean it: nothing changes."""

    def subscription(self, id: str, now: datetime) -> Subscription | None:
        """Return a subscription whose lease holds."""

    def announce(self, news: Delivery, now: datetime) -> int:
        """Owe every subscriber of a topic its new document; *news* is done. Return how many they are."""
