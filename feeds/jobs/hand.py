"""Documents of partners on their way to them: what they are to be sent, and what follows from their answer.

An errand stands for a channel that a partner is sent. Where the channel changed, or time changes what its terms let
through, it is looked at: a document that is another than the one that was owed last is owed, to the partner's webhook
and to each of its subscriptions. What is sent is the document of the moment in which it leaves: what was taken back
while it waited is not sent any more.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from feeds.core.partners import webhooks
from feeds.core.push import websub
from feeds.jobs.work import Tally, Work
from feeds.model.channel import Channel
from feeds.model.delivery import Delivery, Message, Sent, Subscription
from feeds.model.job import Job, Report
from feeds.model.partner import Errand, Issue, Partner
from feeds.ports.partners import Errands, Office

LOOKS = 5000  # at a time; what is left is looked at by the next job


@dataclass(slots=True)
class Carried:
    """What is on its way to partners, by the ids of deliveries. Threads add to it, each what it carries."""

    work: Work
    under_way: dict[str, tuple[Issue, int]] = field(default_factory=dict)

    def plan(self, delivery: Delivery) -> Message | Sent:
        """Return the message of a webhook as things are when it is sent."""
        office, errands = self.work.ports.office, self.work.ports.errands
        partner_id, _, channel_id = delivery.about.partition(" ")
        partner = office.partner(partner_id) if office else None
        errand = errands.errand(partner_id, channel_id) if errands else None
        if office is None or partner is None or errand is None or errand.etag != delivery.etag:
            return Sent(skipped=True)
        if partner.push.url != delivery.target:
            return Sent(skipped=True)
        found = self._document(office, partner, channel_id, delivery)
        if found is None:
            return Sent(skipped=True)
        return webhooks.message(partner.push, errand, delivery.topic, *found, self.work.ports.clock())

    def push(self, delivery: Delivery, subscription: Subscription) -> Message | Sent:
        """Return the message of a subscription to a private feed; none where its token holds no more."""
        office = self.work.ports.office
        partner, channel_id = _topic(office, subscription.topic) if office else (None, "")
        if office is None or partner is None or not partner.push.websub:
            return Sent(skipped=True)
        if subscription.by not in {*office.digests(partner.id, "header"), *office.digests(partner.id, "path")}:
            return Sent(skipped=True)
        found = self._document(office, partner, channel_id, delivery)
        if found is None:
            return Sent(skipped=True)
        hub = f"{self.work.settings.site.url.rstrip('/')}/partner/{partner.id}/hub"
        return websub.push(subscription, hub, *found)

    def settle(self, delivery: Delivery, sent: Sent) -> bool:
        """Enter that a partner took a document, where it said so; tell whether it was a partner's."""
        issue, size = self.under_way.pop(delivery.id, (None, 0))
        if issue and sent.accepted and self.work.ports.office:
            self.work.ports.office.picked_up(issue, "pushed", size)
        return issue is not None

    def _document(
        self, office: Office, partner: Partner, channel_id: str, delivery: Delivery
    ) -> tuple[str, bytes] | None:
        """The document that is owed, noted as one that they may have from now on; None where it is another by now."""
        channel = office.channels(partner).get(channel_id)
        issue = _issue(office, partner, channel) if channel else None
        rendition = office.rendition(issue) if issue and issue.etag == delivery.etag else None
        if issue is None or rendition is None:
            return None
        office.sending(issue, "pushed")
        self.under_way[delivery.id] = (issue, len(rendition.body))
        return rendition.media_type, rendition.body


def wish(work: Work, *, whole: bool = True) -> int:
    """Bring errands in line with the settings and with the categories that there are; return how many changed.

    Not *whole*: only those that are not there yet are added.
    """
    office, errands = work.ports.office, work.ports.errands
    if office is None or errands is None:
        return 0
    pushed = [p for p in work.settings.partners if p.push.url or p.push.websub]
    wanted = [
        Errand(partner_id=partner.id, channel_id=channel.id, about=_about(work, partner, channel))
        for partner in pushed
        for channel in office.channels(partner).values()
    ]
    return errands.wish(wanted, whole=whole) if wanted or whole else 0


def hand(job: Job, work: Work) -> Report:
    """Look at every errand that is due, and owe partners the documents that are news."""
    office, errands, tally = work.ports.office, work.ports.errands, Tally()
    due: Sequence[Errand] = ()
    if office and errands:
        due = errands.due(work.ports.clock(), LOOKS)
        for errand in due:
            if work.stopping() or tally.took >= work.budget:
                break
            _look(work, office, errands, errand)
            tally.add("looked")
    more = tally.counts.get("looked", 0) < len(due) or len(due) == LOOKS
    return Report(job=job, outcome="more" if more else "done", counts=tally.counts, took=tally.took)


def _look(work: Work, office: Office, errands: Errands, errand: Errand) -> None:
    hub, now = work.ports.outbox.hub, work.ports.clock()
    partner = office.partner(errand.partner_id)
    channel = office.channels(partner).get(errand.channel_id) if partner else None
    issue = _issue(office, partner, channel) if partner and channel else None
    stands = replace(errand, due=office.until(issue) if issue else None)
    if partner is None or issue is None or issue.etag == errand.etag or not (issue.held or errand.etag):
        owed = None  # nothing is there, nothing is new, or it is an empty one to begin with
    else:
        stands = replace(stands, etag=issue.etag, number=errand.number + 1)
        topic = next(url for url, id in office.topics(partner).items() if id == errand.channel_id)
        owed = webhooks.notice(stands, partner.push, topic, now) if partner.push.url else None
        if partner.push.websub:
            news = Delivery(id="", kind="announce", target="", topic=topic, due=now, etag=issue.etag)
            hub.announce(news, now)
    errands.looked(errand, stands, owed)


def _issue(office: Office, partner: Partner, channel: Channel) -> Issue | None:
    return office.issue(partner, channel.id, channel.file(partner.dialect)[len(channel.path) :])


def _topic(office: Office, topic: str) -> tuple[Partner | None, str]:
    """The partner and the channel that a private topic is of."""
    parts = topic.partition("/partner/")[2].split("/")
    partner = office.partner(parts[0])
    return partner, office.topics(partner).get(topic, "") if partner else ""


def _about(work: Work, partner: Partner, channel: Channel) -> str:
    """What stands for the terms of an errand; secrets are no part of it."""
    return hashlib.sha256(repr((partner, channel, work.settings.site)).encode()).hexdigest()[:16]
