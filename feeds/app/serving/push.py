"""What push needs of the whole: which addresses are topics of ours, and the ways in for hubs and subscribers."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from feeds.app.build import App
from feeds.core.push import websub
from feeds.core.sorting.channels import channels
from feeds.jobs import subscribe
from feeds.model.channel import Channel
from feeds.model.delivery import Delivery
from feeds.model.lease import Lease
from feeds.web.push import callback, hub
from feeds.web.wire.http import Answer, Asked, Entrance, text

logger = logging.getLogger(__name__)

CALLBACK = "push_callback"  # under this, the address at which hubs were told to reach us
FEEDS = frozenset({"atom", "rss", "json"})
LATELY = timedelta(days=1)
LOST = 5  # are named: who asks for a place that we do not reach can ask often


class Topics:
    """The documents that our hub pushes: feeds of channels that name it. Asked at each request to subscribe."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._known: tuple[object, object, Mapping[str, Channel]] = (None, None, {})

    def __call__(self, url: str) -> bool:
        """Tell whether *url* is a published feed of a channel that names our hub; private ones name none."""
        settings = self._app.settings
        path = websub.path_of(url, settings.site.url) if settings.push.builtin else ""
        line = self._app.store.overview.at(path) if path else None
        if line is None or line.format not in FEEDS:
            return False
        channel = self._channels().get(line.channel_id)
        return channel is not None and settings.push.builtin in channel.hubs

    def _channels(self) -> Mapping[str, Channel]:
        settings, categories = self._app.settings, self._app.store.library.categories(self._app.clock())
        if self._known[:2] != (settings, categories):
            self._known = (settings, categories, {c.id: c for c in channels(settings, categories)})
        return self._known[2]


def entrances(app: App, wake: Callable[[], None]) -> tuple[Entrance, ...]:
    """Return the ways in; *wake* has the engine look at once for what became due."""
    topics = Topics(app)
    ours = hub.entrances(app.store.outbox.hub, topics, app.clock, wake)
    theirs = callback.entrances(app.store.library.leases, lambda: app.settings.push, app.clock, wake)
    return (*(_while(lambda: bool(app.settings.push.builtin), entrance) for entrance in ours), *theirs)


def leases(app: App) -> tuple[Lease, ...]:
    """Return what hubs elsewhere promised us, by source."""
    return app.store.library.leases.all()


def told(lease: Lease, now: datetime) -> str:
    """Say in a few words how being told by a hub stands."""
    if not lease.held(now):
        times = "once" if lease.attempts == 1 else f"{lease.attempts} times"
        return f"asked for {times}, not confirmed" if lease.pending else "not held"
    return "pushes come" if lease.trusted else "no push yet" if lease.heard is None else "pushes were missed"


def lost(app: App) -> tuple[Delivery, ...]:
    """Return what nobody took within a day, the newest first; partners have alarms of their own."""
    found = app.store.looks.given_up(app.clock() - LATELY, LOST)
    return tuple(delivery for delivery in found if delivery.kind != "partner")


def whom(delivery: Delivery) -> str:
    """Say whom a message was for; of a callback its host alone, for who knows the rest can speak for its hub."""
    who = {"verify": "asking the callback at ", "push": "telling the subscriber at "}.get(delivery.kind, "telling ")
    return f"{who}{websub.host_of(delivery.target)}, {delivery.topic}"


def standing(app: App) -> dict[str, object]:
    """Return how push stands, as plain values: our hub, its topics and subscribers, what nobody took of late; what hubs
    elsewhere promised us."""
    now = app.clock()
    topics = app.store.outbox.hub.topics(now)
    return {
        "hub": app.settings.push.builtin,
        "subscribers": sum(line.subscribers for line in topics),
        "topics": [asdict(line) for line in topics],
        "given_up": [
            {"kind": d.kind, "host": websub.host_of(d.target), "topic": d.topic, "at": d.due, "problem": d.problem}
            for d in lost(app)
        ],
        "sources": {
            lease.source_id: {
                "hub": lease.hub,
                "topic": lease.topic,
                "state": told(lease, now),
                "trusted": lease.trusted,
                "lease_until": lease.lease_until,
                "heard": lease.heard,
                "problem": lease.problem,
            }
            for lease in leases(app)
        },
    }


def attend(app: App, *, woken: bool) -> None:
    """Bring leases in line with the settings; *woken*: nobody was there to hear what was pushed before."""
    library, leases, address = app.store.library, app.store.library.leases, app.settings.push.callback
    if library.meta(CALLBACK) != address:  # hubs know the old one
        leases.renew(app.clock())
        library.set_meta(CALLBACK, address)
    if woken and (deaf := leases.wake(app.clock())):
        logger.info("asking %d sources whose pushes nobody heard", deaf)
    subscribe.wish(app.work(listening=True), leases.wishes())


def _while(served: Callable[[], bool], entrance: Entrance) -> Entrance:
    """*entrance*, of which nothing is to be seen while the configuration does not want it."""

    def answer(asked: Asked) -> Answer:
        return entrance.handler(asked) if served() else text("Nothing is published here.\n", 404)

    return replace(entrance, handler=answer)
