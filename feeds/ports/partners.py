"""What those who answer partners, and the jobs that send to them, ask of `store/` and `jobs/`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from feeds.model.channel import Channel, Rendition
from feeds.model.delivery import Delivery
from feeds.model.partner import Errand, How, Issue, Owed, Partner, Pickup, Standing, Token, TokenKind, Traffic


class Ledger(Protocol):
    """What partners hold, and what they are owed."""

    def added(self) -> Mapping[str, datetime]:
        """Return since when partners are known, by their ids: what an empty feed of theirs was changed at."""

    def standing(self, channel_id: str, now: datetime) -> Standing:
        """Return how a channel stands. Cheap: asked at each request."""

    def owed(self, partner_id: str, channel_id: str, since: datetime, now: datetime) -> tuple[Owed, ...]:
        """Return what a channel has to tell a partner: retractions since *since*, and whatever is not picked up."""

    def pickup(self, partner_id: str, channel_id: str) -> Pickup | None:
        """Return which document a partner got last."""

    def sent(self, issue: Issue, how: How, now: datetime) -> None:
        """Enter what a partner may have from now on: before the first byte of it leaves."""

    def picked_up(self, issue: Issue, how: How, now: datetime) -> None:
        """Note that a document was received, and settle what they were owed of it."""

    def proved(self, named: Collection[tuple[str, str, str]], now: datetime) -> None:
        """Note that partners named documents that they have: partner, channel, etag of each."""

    def tokens(self, partner_id: str) -> tuple[Token, ...]:
        """Return the tokens of a partner, those too that ended. Cheap: asked at each request."""

    def count(self, found: Sequence[Traffic]) -> None:
        """Add up requests by day."""


class Office(Protocol):
    """What partners' requests ask of the house."""

    def partner(self, id: str) -> Partner | None:
        """Return a partner of the configuration."""

    def digests(self, id: str, kind: TokenKind) -> Sequence[str]:
        """Return the sha256 hex of each token of a partner that holds now; of one that is not there, none."""

    def issue(self, partner: Partner, channel_id: str, file: str) -> Issue | None:
        """Return what a channel of a partner says now; None where it has none such, in another dialect, or no document
        that may go out."""

    def rendition(self, issue: Issue) -> Rendition | None:
        """Return the document of an issue; None where it was made anew meanwhile, and may not go out."""

    def changes(self, issue: Issue, tags: Collection[str]) -> Rendition | None:
        """Return the stories alone that came or changed since the document before, where *tags* name that one; all that
        is taken back is told in any case. None where it is not known, or all of them are new."""

    def channels(self, partner: Partner) -> Mapping[str, Channel]:
        """Return the channels of a partner as they are published for it, by the ids of the public ones."""

    def topics(self, partner: Partner) -> Mapping[str, str]:
        """Return the ids of a partner's channels by the addresses of their documents, which hold no key."""

    def until(self, issue: Issue) -> datetime | None:
        """Return when time alone changes what an issue says; None: never, or it says something else by now."""

    def sending(self, issue: Issue, how: How) -> None:
        """Note that it is about to leave: they may have it from now on, whatever comes of that."""

    def picked_up(self, issue: Issue, how: How, sent: int) -> None:
        """Note that it was received whole, *sent* bytes of it: by a request, by a push that was answered with 2xx, or
        long ago by who is answered with 304."""

    def cut(self, issue: Issue) -> None:
        """Note that the connection ended before all of it was written."""

    def named(self, issue: Issue, tags: Collection[str]) -> None:
        """Note that a request for the channel named *tags*: of the last document that it got, that proves it."""

    def refused(self, partner: Partner) -> None:
        """Note a request beyond the rate."""

    def flush(self) -> None:
        """Write what was counted and proved since the last time."""


class Errands(Protocol):
    """Channels whose documents partners are sent."""

    def wish(self, wanted: Sequence[Errand], *, whole: bool) -> int:
        """Bring errands in line with what is wanted; one about other terms is looked at anew. Return how many changed.

        Not *whole*: only those that are not there yet are added.
        """

    def due(self, now: datetime, limit: int) -> tuple[Errand, ...]:
        """Return errands to look at, as their channels stand now. Cheap: asked at each tick."""

    def looked(self, before: Errand, errand: Errand, owed: Delivery | None) -> None:
        """Note how an errand, which stood so *before*, stands after a look, and what the partner is to be sent; nothing
        where another looked meanwhile."""

    def errand(self, partner_id: str, channel_id: str) -> Errand | None:
        """Return one errand, None where nobody is sent that channel."""
