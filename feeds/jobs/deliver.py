"""Outbox to world: send what is owed, try again later, and give up in the end."""

import logging
from dataclasses import replace
from datetime import timedelta

from feeds.jobs.work import Tally, Work
from feeds.model.delivery import Delivery
from feeds.model.job import Job, Report
from feeds.model.source import Problem

logger = logging.getLogger(__name__)

BATCH = 200
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
ATTEMPTS = 12  # with doubled waits, some 30 hours; a newer document pings again anyway


def deliver(job: Job, work: Work) -> Report:
    """Send every delivery that is due."""
    tally = Tally()
    problems: dict[str, Problem] = {}
    for delivery in work.ports.outbox.owed(work.ports.clock(), BATCH):
        if tally.took >= work.budget:
            break
        settled = _send(delivery, work)
        work.ports.outbox.settle(settled)
        tally.add("delivered" if settled.state == "done" else "undelivered")
        if settled.problem:
            problems[delivery.target] = Problem(code="delivery", detail=settled.problem, where=delivery.target)
        logger.info("deliver kind=%s target=%s state=%s", delivery.kind, delivery.target, settled.state)
    return Report(job=job, counts=tally.counts, problems=problems, took=tally.took)


def _send(delivery: Delivery, work: Work) -> Delivery:
    reason = work.ports.post(delivery)
    attempts = delivery.attempts + 1
    if not reason:
        return replace(delivery, state="done", attempts=attempts, problem="")
    if attempts >= ATTEMPTS:
        return replace(delivery, state="given_up", attempts=attempts, problem=reason)
    wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return replace(delivery, attempts=attempts, problem=reason, due=work.ports.clock() + wait)
