"""Messages to hubs, subscribers and callbacks: by threads, for each waits for somebody else."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from time import monotonic
from urllib.parse import urlsplit

from feeds.errors import PROBLEMS, FetchError
from feeds.model.delivery import Delivery, Message, Sent
from feeds.net import Client, Limits
from feeds.send.lanes import Lanes

logger = logging.getLogger(__name__)

# What goes to callbacks is not led elsewhere: a subscription is of one address (WebSub §7 calls a redirect a failure).
DIRECT = Limits(
    total=timedelta(seconds=10), connect=timedelta(seconds=3), read=timedelta(seconds=8), wire=64 << 10, body=64 << 10,
    hops=0,
)  # fmt: skip
LED = Limits(total=timedelta(seconds=10), wire=64 << 10, body=64 << 10)
FINAL = frozenset({"address", "scheme", "redirect", "tls"})  # problems of which the next try knows no better

Plan = Callable[[Delivery], Message | Sent]


def poster(client: Client) -> Callable[[], "Posting"]:
    """Return what makes a `Post` of this client."""
    return lambda: Posting(client)


def send(message: Message, client: Client) -> Sent:
    """Send one message. Failing is an answer."""
    limits = LED if message.redirects else DIRECT
    try:
        if message.data is None:
            answer = client.get(message.url, message.headers, limits)
        else:
            answer = client.post(message.url, message.data, message.headers, limits)
    except FetchError as error:
        remedy = f"; {PROBLEMS[error.code][1]}" if error.code == "address" else ""
        return Sent(status=error.status, problem=f"{error}{remedy}", final=error.code in FINAL)
    return Sent(status=answer.status, body=answer.body)


class Posting:
    """Deliveries on their way. Belongs to one thread; those that carry them are its own."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lanes: Lanes[str] = Lanes()
        self._taken: dict[str, tuple[Delivery, Plan]] = {}
        self._done: queue.SimpleQueue[tuple[str, Sent]] = queue.SimpleQueue()

    def __len__(self) -> int:
        return len(self._taken)

    def send(self, delivery: Delivery, plan: Plan) -> None:
        self._taken[delivery.id] = (delivery, plan)
        self._lanes.add(urlsplit(delivery.target).netloc.lower(), delivery.id)
        self._start()

    def recall(self) -> None:
        for id in self._lanes.clear():
            del self._taken[id]

    def sent(self, seconds: float) -> Sequence[tuple[Delivery, Sent]]:
        found: list[tuple[Delivery, Sent]] = []
        until = monotonic() + seconds
        while not found and self._taken:
            left = until - monotonic()
            self._collect(found, max(min(left, self._lanes.rest(monotonic())), 0.0))
            self._start()
            if left <= 0:
                break
        return found

    def _collect(self, found: list[tuple[Delivery, Sent]], seconds: float) -> None:
        try:
            done = self._done.get(timeout=seconds) if seconds else self._done.get_nowait()
            while True:
                id, sent = done
                self._lanes.over(id)
                found.append((self._taken.pop(id)[0], sent))
                done = self._done.get_nowait()
        except queue.Empty:
            return

    def _start(self) -> None:
        while (id := self._lanes.take(monotonic())) is not None:
            threading.Thread(target=self._carry, args=(id,), name="send", daemon=True).start()

    def _carry(self, id: str) -> None:
        delivery, plan = self._taken[id]
        try:
            planned = plan(delivery)
            sent = send(planned, self._client) if isinstance(planned, Message) else planned
        except Exception as error:
            logger.exception("send failed kind=%s id=%s", delivery.kind, delivery.id)
            sent = Sent(problem=type(error).__name__)
        self._done.put((id, sent))
