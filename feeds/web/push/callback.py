"""Where hubs elsewhere reach us (WebSub §5.3, §7): their questions are answered, what they push is stored.

Whose push it is follows from the address alone, which nobody can guess: headers that name a topic say nothing (WS-07).
"""

import logging
from collections.abc import Callable

from feeds.core.push import hearing, websub
from feeds.model.lease import Lease, Letter, Push
from feeds.ports import Clock
from feeds.ports.push import Leases
from feeds.web.wire.http import Answer, Asked, Entrance, text
from feeds.web.wire.rates import Rates

logger = logging.getLogger(__name__)

BODY_BYTES = 4 << 20  # of one push (WS-08)
PUSHES = 60  # of one lease in a minute; each leads to one poll at most while others wait
UNKNOWN = "Nothing is expected here.\n"


def entrances(leases: Leases, push: Callable[[], Push], clock: Clock, wake: Callable[[], None]) -> tuple[Entrance, ...]:
    """Return the entrance for hubs. *push* gives the settings in force; *wake* has what came looked at at once."""
    rates = Rates(PUSHES, burst=1)

    def admits(asked: Asked) -> Answer | None:
        lease = leases.lease(asked.names.get("id", ""))
        if lease is None:
            return text(UNKNOWN, 404)
        return None if asked.method == "GET" or lease.held(clock()) else _ended(lease)

    def answer(asked: Asked) -> Answer:
        lease = leases.lease(asked.names.get("id", ""))
        if lease is None:
            return text(UNKNOWN, 404)
        if asked.method == "GET":
            return _question(asked, lease, leases, push(), clock)
        if wait := rates.ask(lease.id, clock().timestamp()):
            return text("Too many pushes; try again later.\n", 429, Retry_After=str(wait))
        return _pushed(asked, lease, leases, push(), clock, wake)

    return (
        Entrance(path="/websub/{id}", handler=answer, methods=("GET", "POST"), body_bytes=BODY_BYTES, admits=admits),
    )


def _question(asked: Asked, lease: Lease, leases: Leases, push: Push, clock: Clock) -> Answer:
    """Answer whether we meant it: by the challenge, as plain text that no browser takes for a page (WS-12)."""
    given, now = asked.parameters, clock()
    mode, topic = given.get("hub.mode", ""), given.get("hub.topic", "")
    if mode == "denied":
        said_no = hearing.denied(lease, topic, given.get("hub.reason", ""), now)
        if said_no is None:
            return text(UNKNOWN, 404)
        leases.put(said_no, "pending", "pending_until", "trusted", "problem", "due")
        return text("noted\n")
    challenge = given.get("hub.challenge", "")
    found = hearing.answered(lease, mode, topic, given.get("hub.lease_seconds", ""), push, now)
    if found is None or not websub.is_challenge(challenge):
        return text(UNKNOWN, 404)
    leases.put(found, "pending", "lease_until", "trusted", "problem", "attempts", "due")
    logger.info("lease mode=%s source=%s until=%s", mode, lease.source_id, found.lease_until)
    return text(challenge)


def _pushed(asked: Asked, lease: Lease, leases: Leases, push: Push, clock: Clock, wake: Callable[[], None]) -> Answer:
    now = clock()
    if not lease.held(now):
        return _ended(lease)
    if asked.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        return text("Send it without a Content-Encoding.\n", 415)
    signed = bool(lease.secret)
    if signed and not websub.is_signed(
        asked.headers.get("x-hub-signature", ""), lease.secret, asked.body, push.signatures
    ):
        logger.warning("push refused source=%s: its signature does not hold", lease.source_id)
        return text("taken\n", 202) if push.unsigned == "drop" else text("The signature does not hold.\n", 403)
    readable = signed and push.trust == "signed" and bool(asked.body.strip())
    media_type = asked.headers.get("content-type", "")
    letter = Letter(
        id=0, source_id=lease.source_id, url=lease.topic, media_type=media_type, body=asked.body, at=now
    )  # fmt: skip
    leases.arrived(lease, letter if readable else None, now)
    logger.info("push source=%s bytes=%d", lease.source_id, len(asked.body))
    wake()
    return text("taken\n", 202)


def _ended(lease: Lease) -> Answer:
    """Answer for a lease that is known, and over; or not begun."""
    if lease.ended or lease.lease_until is not None:
        return text("This subscription has ended.\n", 410)
    return text(UNKNOWN, 404)
