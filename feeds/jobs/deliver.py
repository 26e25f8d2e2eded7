"""Outbox to world: send what is owed, try again later, and give up in the end.

All that is owed is on its way at once, as far as there is room; what becomes due meanwhile joins it, so that whoever
hangs delays nobody else.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from feeds.core.partners import naver
from feeds.core.push import websub
from feeds.jobs import hand
from feeds.jobs.work import Tally, Work
from feeds.model.channel import Rendition
from feeds.model.delivery import Delivery, Message, Sent
from feeds.model.job import Job, Report
from feeds.model.source import Problem
from feeds.ports.wire import Post

logger = logging.getLogger(__name__)

BATCH = 20_000  # deliveries at a time: rows of some 300 bytes
PULSE = timedelta(seconds=0.25)  # until what became due meanwhile is looked for


@dataclass(slots=True)
class _Round:
    work: Work
    post: Post
    part: range
    tally: Tally = field(default_factory=Tally)
    problems: dict[str, Problem] = field(default_factory=dict)
    flying: set[str] = field(default_factory=set)
    documents: dict[str, Rendition] = field(default_factory=dict)  # by etag: one for all subscribers
    partners: hand.Carried = field(init=False)

    def __post_init__(self) -> None:
        self.partners = hand.Carried(self.work)


def deliver(job: Job, work: Work) -> Report:
    """Send all deliveries of the shard that are due, until the budget ends: what waits then stays owed."""
    run = _Round(work, work.ports.post(), work.part(job))
    more, looked = True, timedelta(0)
    while more or len(run.post):
        if over := work.stopping() or run.tally.took >= work.budget:
            run.post.recall()
        if more or run.tally.took - looked >= PULSE:
            more, looked = not over and _send_owed(run), run.tally.took
        _settle(run, run.post.sent(PULSE.total_seconds()))
        if work.stopping():
            break
    over = run.tally.took >= work.budget
    if work.ports.office:
        work.ports.office.flush()
    return Report(
        job=job, outcome="more" if over else "done", counts=run.tally.counts, problems=run.problems, took=run.tally.took
    )


def _send_owed(run: _Round) -> bool:
    """Put what is due on its way; tell whether there was anything."""
    now, outbox = run.work.ports.clock(), run.work.ports.outbox
    if outbox.waiting(now, run.part) == len(run.flying):  # they are on their way
        return False
    owed = [d for d in outbox.owed(now, BATCH, run.part) if d.id not in run.flying]
    news = [d for d in owed if d.kind == "announce"]
    for delivery in news:
        told = outbox.hub.announce(delivery, now)
        run.tally.add("announced")
        logger.info("announce topic=%s subscribers=%d", delivery.topic, told)
    for delivery in owed:
        if delivery.kind != "announce":
            run.flying.add(delivery.id)
            run.post.send(delivery, lambda found: _plan(run, found))
    return bool(owed)


def _plan(run: _Round, delivery: Delivery) -> Message | Sent:
    """Return the message of a delivery as things are when it is sent."""
    outbox, now = run.work.ports.outbox, run.work.ports.clock()
    if delivery.kind == "ping":
        return websub.ping(delivery)
    if delivery.kind == "naver":
        return naver.ping(delivery, run.work.settings.push.naver)
    if delivery.kind == "verify":
        intent = outbox.hub.intent(delivery.about)
        return websub.verify(intent) if intent else Sent(skipped=True)
    if delivery.kind == "partner":
        return run.partners.plan(delivery)
    subscription = outbox.hub.subscription(delivery.about, now)
    if subscription and subscription.by:
        return run.partners.push(delivery, subscription)
    rendition = _document(run, delivery)
    if subscription is None or rendition is None or rendition.etag != delivery.etag:  # a newer one is owed, or none
        return Sent(skipped=True)
    return websub.push(subscription, run.work.settings.push.builtin, rendition.media_type, rendition.body)


def _document(run: _Round, delivery: Delivery) -> Rendition | None:
    found = run.documents.get(delivery.etag)
    if found is None:
        path = websub.path_of(delivery.topic, run.work.settings.site.url)
        found = run.work.ports.outbox.rendition(path) if path and run.work.settings.push.builtin else None
        if found is not None:
            run.documents = {found.etag: found, **dict(list(run.documents.items())[:7])}
    return found


def _settle(run: _Round, came: Sequence[tuple[Delivery, Sent]]) -> None:
    if not came:
        return
    now, outbox = run.work.ports.clock(), run.work.ports.outbox
    settled = []
    for delivery, sent in came:
        run.flying.discard(delivery.id)
        partner = run.partners.settle(delivery, sent)
        judged = naver.judged(sent) if delivery.kind == "naver" else sent
        step = websub.next_step(delivery, judged, now, partner=partner)
        if delivery.kind == "verify":
            step = _verified(run, delivery, sent, step)
        settled.append(step)
        run.tally.add("skipped" if sent.skipped else "delivered" if step.state == "done" else "undelivered")
        if step.problem:
            run.problems[delivery.target] = Problem(code="delivery", detail=step.problem, where=delivery.target)
        facts = {"why": step.problem} if step.problem and step.state != "done" else {}
        logger.log(
            logging.WARNING if step.state == "given_up" else logging.INFO,
            "deliver kind=%s host=%s state=%s",
            delivery.kind,
            websub.host_of(delivery.target),
            step.state,
            extra={"facts": facts},
        )
    outbox.settle(*settled)


def _verified(run: _Round, delivery: Delivery, sent: Sent, step: Delivery) -> Delivery:
    """Do what a callback said that it meant; forget what it did not."""
    hub, now = run.work.ports.outbox.hub, run.work.ports.clock()
    intent = hub.intent(delivery.about)
    if intent is None or intent.challenge != delivery.etag:  # asked anew meanwhile: that question is owed by itself
        return step
    if websub.meant(intent, sent):
        hub.confirm(intent, websub.subscribed(intent, now) if intent.mode == "subscribe" else None)
        logger.info("hub mode=%s topic=%s host=%s", intent.mode, intent.topic, websub.host_of(intent.callback))
        return websub.done(step)
    if step.state == "given_up":
        hub.forget(intent)
    return step
