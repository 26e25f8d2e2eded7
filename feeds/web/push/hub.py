"""The way in to our hub (WebSub §5.1): requests to subscribe, to unsubscribe and to publish.

Nothing is done here: what was asked is stored, and the callback is asked whether it meant it.
"""

import logging
import math
import secrets
from collections.abc import Callable
from datetime import datetime

from feeds.core.push import websub
from feeds.ports import Clock
from feeds.ports.push import Hub
from feeds.web.wire.client import household
from feeds.web.wire.http import Answer, Asked, Entrance, text
from feeds.web.wire.rates import Rates

logger = logging.getLogger(__name__)

REQUESTS = 60  # of one client in a minute; a reader service that subscribes to hundreds of topics waits a little

WORDS = """\
This is the WebSub hub of the feeds that are published here. Subscribe by a POST with hub.mode, hub.topic and
hub.callback, as in https://www.w3.org/TR/websub/
"""


def entrances(
    hub: Hub, is_topic: Callable[[str], bool], clock: Clock, wake: Callable[[], None]
) -> tuple[Entrance, ...]:
    """Return the hub's entrance. *is_topic* tells whether an address is that of a public feed of ours;
    *wake* has the callback asked at once."""
    rates = Rates(REQUESTS, burst=1)

    def answer(asked: Asked) -> Answer:
        now = clock()
        if asked.method == "GET":
            return text(WORDS)
        if wait := rates.ask(household(asked.client), now.timestamp()):
            return text("Too many requests; try again later.\n", 429, Retry_After=str(wait))
        return _answer(asked, hub, is_topic, now, wake)

    return (Entrance(path="/hub", handler=answer, methods=("GET", "POST")),)


def _answer(asked: Asked, hub: Hub, is_topic: Callable[[str], bool], now: datetime, wake: Callable[[], None]) -> Answer:
    form = asked.form
    if form.get("hub.mode") == "publish":
        return _published(form.get("hub.topic") or form.get("hub.url", ""), is_topic)
    intent = websub.intent_of(form, secrets.token_urlsafe(24), now)
    if isinstance(intent, websub.Refused):
        return text(f"{intent.words}.\n", intent.status)
    if not is_topic(intent.topic):
        return text("hub.topic is no feed that is published here.\n", 404)
    due = hub.ask(intent, websub.verification(intent, now), websub.BETWEEN_VERIFICATIONS)
    if due is None:
        return text("Too many subscriptions wait to be confirmed; try again later.\n", 503, Retry_After="300")
    wait, host = max(0, math.ceil((due - now).total_seconds())), websub.host_of(intent.callback)
    facts = {"why": "asked within the last minute"} if wait else {}
    logger.info(
        "hub asked mode=%s topic=%s host=%s wait=%d", intent.mode, intent.topic, host, wait, extra={"facts": facts}
    )
    wake()
    when = f" in {wait} seconds, for it was asked a moment ago" if wait else ""
    return text(f"Your callback will be asked{when} whether it means this.\n", 202)


def _published(topic: str, is_topic: Callable[[str], bool]) -> Answer:
    """Who publishes here tells this hub itself, in the moment when it does: there is nothing to fetch (WS-22)."""
    if not is_topic(topic):
        return text("hub.topic is no feed that is published here.\n", 404)
    return text("This hub knows of every change of its topics already.\n", 202)
