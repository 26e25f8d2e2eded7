"""Hubs elsewhere are asked to tell us, anew before they stop, and to stop where nobody needs it any more."""

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from feeds.core.push import hearing
from feeds.jobs.work import Tally, Work
from feeds.model.delivery import Delivery, Message, Sent
from feeds.model.job import Job, Report
from feeds.model.lease import Lease, Wish
from feeds.model.source import FeedInfo, Problem, Source

logger = logging.getLogger(__name__)

BATCH = 500
PULSE = 1.0  # seconds until it is asked whether to stop


def subscribe(job: Job, work: Work) -> Report:
    """Send every request to a hub that is due, until the budget ends. Its answer is awaited; its question comes to the
    web server. What was not sent by then is as if it had not been begun: it stays due."""
    tally, problems = Tally(), dict[str, Problem]()
    leases, post = work.ports.library.leases, work.ports.post()
    under_way: dict[str, tuple[Lease, Lease]] = {}  # as they were, and as they are while we ask
    for lease in leases.due(work.ports.clock(), BATCH):
        asked = _begin(work, lease)
        if asked is not None:
            under_way[asked.id] = (lease, asked)
            post.send(_request(asked), _planned(asked, work))
    over = False
    while len(post) and not work.stopping():
        if not over and (over := tally.took >= work.budget):
            post.recall()
        for delivery, sent in post.sent(PULSE):
            problem = _settle(work, under_way.pop(delivery.id)[1], sent)
            tally.add("unasked" if problem else "asked")
            if problem:
                problems[delivery.id] = Problem(code="delivery", detail=problem, where=delivery.target)
    if over and not len(post):
        for was, _ in under_way.values():
            leases.put(was, "pending", "pending_until", "attempts", "due")
    return Report(job=job, outcome="more" if over else "done", counts=tally.counts, problems=problems, took=tally.took)


def wish(work: Work, found: Iterable[tuple[Source, FeedInfo]]) -> None:
    """Note what sources say of hubs; leases follow from it. Does nothing where nobody listens."""
    if not work.listening:
        return
    push = work.settings.push
    wishes = [hearing.wish(s, info if push.subscribe else FeedInfo()) for s, info in found]
    if wishes:
        now = work.ports.clock()
        work.ports.library.leases.wish(wishes, _maker(work, now), now)


def _maker(work: Work, now: datetime) -> Callable[[Wish], Lease]:
    """Ids and secrets that nobody can guess. A secret goes over https, or to a hub of our own house (§5.1)."""
    ours = {place.lower() for place in work.settings.server.allow_private}

    def make(wish: Wish) -> Lease:
        parts = urlsplit(wish.hub)
        safe = parts.scheme == "https" or f"{parts.hostname}:{parts.port or 80}" in ours
        return hearing.leased(wish, secrets.token_urlsafe(24), secrets.token_urlsafe(32) if safe else "", now)

    return make


def _begin(work: Work, lease: Lease) -> Lease | None:
    """Note that a lease is asked for, before it is; None where there is nothing to ask."""
    leases, now = work.ports.library.leases, work.ports.clock()
    if hearing.over(lease, now):
        leases.forget(lease)
        return None
    asked = hearing.asked(lease, now)
    if lease.trusted and not lease.held(now):  # it ended meanwhile: the source is asked as before
        asked = replace(asked, trusted=False)
        leases.put(asked, "trusted")
    leases.put(asked, "pending", "pending_until", "attempts", "due")
    return asked if asked.pending else None


def _request(asked: Lease) -> Delivery:
    return Delivery(id=asked.id, kind="ask", target=asked.hub, topic=asked.topic, due=asked.due)


def _planned(asked: Lease, work: Work) -> Callable[[Delivery], Message]:
    return lambda _: hearing.request(asked, work.settings.push)


def _settle(work: Work, asked: Lease, sent: Sent) -> str:
    problem = "" if sent.accepted else sent.problem or f"the hub answers with status {sent.status}"
    logger.info("hub %s source=%s hub=%s problem=%s", asked.pending, asked.source_id, asked.hub, problem)
    if problem:
        work.ports.library.leases.put(replace(asked, problem=problem), "problem")
    return problem
