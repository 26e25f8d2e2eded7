"""Telling a hub that a topic changed."""

from collections.abc import Callable
from datetime import timedelta

from feeds.errors import FetchError
from feeds.model.delivery import Delivery
from feeds.net import Client, Limits

PING = Limits(total=timedelta(seconds=10))


def poster(client: Client) -> Callable[[Delivery], str]:
    """Return the `Post` of this client: '' when a delivery was accepted, else why not."""
    return lambda delivery: KINDS[delivery.kind](delivery, client)


def ping(delivery: Delivery, client: Client) -> str:
    """Ask the hub to fetch the topic anew. Return '' when it accepts, else why not. Never raises.

    A ping says only that something changed, so that sending it twice does no harm. The topic goes under both names
    in use: `hub.url` of PubSubHubbub 0.3, which most hubs want, and `hub.topic`.

    Source: WebSub §6 leaves the form to the hub; any 2xx is yes.
    """
    form = {"hub.mode": "publish", "hub.url": delivery.topic, "hub.topic": delivery.topic}
    try:
        status = client.post(delivery.target, form, limits=PING).status
    except FetchError as error:
        return str(error)
    return "" if 200 <= status < 300 else f"the hub answers with status {status}"


KINDS = {"ping": ping}
