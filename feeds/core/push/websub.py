"""The WebSub protocol without the wire: what is asked, what follows from an answer, and whether a signature holds.

Three roles. *Publisher and hub* (§5 to §7): requests are read, the callback is asked whether it meant them, subscribers
get the new document with a signature by their secret. *Subscriber* (§4, §5): a lease is asked for where a feed names a
hub, answered for when the hub asks, and renewed before it ends.
Source: W3C Recommendation WebSub, 23 January 2018, whose paragraphs are named below.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, unquote, urlencode, urlsplit

from feeds.model.delivery import Delivery, Intent, Message, Mode, Sent, Subscription
from feeds.model.quick import replace

SHORTEST_LEASE, LONGEST_LEASE = timedelta(hours=1), timedelta(days=30)
USUAL_LEASE = timedelta(days=10)  # §5.1, recommended
SECRET_BYTES = 200  # §5.1: a secret is shorter
LONGEST_URL = 2048

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = timedelta(hours=24)  # of one document for one subscriber; its lease goes on (§7)
ATTEMPTS = 14  # 15 s doubled up to 6 h: some 24 hours in all
PINGS = 12
PARTNERS = ATTEMPTS + 4 * 30  # a partner that is down for days is still owed what was taken back: a month
VERIFICATIONS = 4
BETWEEN_VERIFICATIONS = timedelta(minutes=1)  # of one pair of topic and callback: our hub is no amplifier

_NUMBER = re.compile(r"[0-9]{1,15}")
_SIGNATURE = re.compile(r"(sha1|sha256|sha384|sha512)=([0-9a-f]+)")
# Challenges of hubs in use: hex, base64, UUIDs. Nothing of it means anything to a browser.
_CHALLENGE = re.compile(r"[A-Za-z0-9._~+/=:-]{1,1024}")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is not taken: *status* and words for whoever sent it."""

    status: int
    words: str


# the hub


def intent_of(form: Mapping[str, str], challenge: str, now: datetime) -> Intent | Refused:
    """Read a request to subscribe or to unsubscribe (§5.1). Parameters that nobody knows are ignored.

    Whether the topic is one of ours is not asked here, nor where the callback leads: the guard sees that when it is
    asked.
    """
    mode = form.get("hub.mode", "")
    if mode not in ("subscribe", "unsubscribe"):
        return Refused(400, "hub.mode has to be subscribe, unsubscribe or publish")
    callback, topic = form.get("hub.callback", ""), form.get("hub.topic", "")
    if not topic:
        return Refused(400, "hub.topic is missing")
    if not _is_address(callback):
        return Refused(400, "hub.callback has to be an http or https address, without a user name or a fragment")
    secret = form.get("hub.secret", "")
    if len(secret.encode()) >= SECRET_BYTES:
        return Refused(400, f"hub.secret has to be shorter than {SECRET_BYTES} bytes")
    return Intent(
        id=pair_id(topic, callback),
        topic=topic,
        callback=callback,
        mode="subscribe" if mode == "subscribe" else "unsubscribe",
        secret=secret,
        lease=lease_of(form.get("hub.lease_seconds", "")) or USUAL_LEASE,
        challenge=challenge,
        at=now,
    )


def pair_id(topic: str, callback: str) -> str:
    """Return what stands for a topic and a callback: there is one subscription of a pair (§5.1)."""
    return hashlib.sha256(f"{topic}\n{callback}".encode()).hexdigest()[:32]


def lease_of(text: str) -> timedelta | None:
    """Return a lease as it was asked for or granted, within what we hold to be sane; None for no number (WS-11)."""
    if not _NUMBER.fullmatch(text):
        return SHORTEST_LEASE if _NUMBER.fullmatch(text.removeprefix("-")) and text else None
    return min(max(timedelta(seconds=min(int(text), 10**9)), SHORTEST_LEASE), LONGEST_LEASE)


def verification(intent: Intent, due: datetime) -> Delivery:
    """Return the question that a callback is owed."""
    return Delivery(
        id=f"verify:{intent.id}",
        kind="verify",
        target=intent.callback,
        topic=intent.topic,
        due=due,
        about=intent.id,
        etag=intent.challenge,
    )


def verify(intent: Intent) -> Message:
    """Return the request that asks a callback whether it meant *intent* (§5.3)."""
    asked = {"hub.mode": intent.mode, "hub.topic": intent.topic, "hub.challenge": intent.challenge}
    if intent.mode == "subscribe":
        asked["hub.lease_seconds"] = str(int(intent.lease.total_seconds()))
    return Message(url=with_query(intent.callback, asked))


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """Return *url* with more parameters; those that it has stay as they are (§5.3)."""
    mark = "&" if urlsplit(url).query else "" if url.endswith("?") else "?"
    return f"{url}{mark}{urlencode(parameters)}"


def meant(intent: Intent, sent: Sent) -> bool:
    """Tell whether a callback said that it meant what was asked in its name: by the challenge, to the byte (§5.3)."""
    return sent.accepted and hmac.compare_digest(sent.body, intent.challenge.encode())


def subscribed(intent: Intent, now: datetime) -> Subscription:
    """Return the subscription that an *intent* becomes once its callback meant it; its lease runs from *now* on."""
    return Subscription(
        id=intent.id,
        topic=intent.topic,
        callback=intent.callback,
        secret=intent.secret,
        lease_until=now + intent.lease,
        since=now,
        by=intent.by,
    )


def ping(delivery: Delivery) -> Message:
    """Return the request that tells a hub elsewhere of a change.

    It says only that something changed, so that sending it twice does no harm. The topic goes under both names in use:
    `hub.url` of PubSubHubbub 0.3, which most hubs want, and `hub.topic`. §6 leaves the form to the hub.
    """
    form = {"hub.mode": "publish", "hub.url": delivery.topic, "hub.topic": delivery.topic}
    return Message(url=delivery.target, data=form, redirects=True)


def push(subscription: Subscription, hub: str, media_type: str, body: bytes) -> Message:
    """Return the request that brings a subscriber the document (§7), signed where it gave a secret (§7.1)."""
    headers = {
        "Content-Type": media_type,
        "Link": f'<{_sent(hub)}>; rel="hub", <{_sent(subscription.topic)}>; rel="self"',
    }
    if subscription.secret:
        headers["X-Hub-Signature"] = f"sha256={signature(subscription.secret, body, 'sha256')}"
    return Message(url=subscription.callback, headers=headers, data=body)


def _sent(url: str) -> str:
    """Return *url* as it may stand in a header: a host in other letters in its ASCII form (RFC 3987 §3.1)."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    try:
        place = parts.netloc.encode("idna").decode()
    except UnicodeError:  # no name that a server could have
        place = quote(parts.netloc)
    return parts._replace(netloc=place, path=quote(parts.path, safe="/%")).geturl()


def next_step(delivery: Delivery, sent: Sent, now: datetime, *, partner: bool = False) -> Delivery:
    """Return what becomes of a delivery: done, skipped, owed later, given up, or gone with its subscription (410).

    *partner*: it carries a partner's document, by a webhook or to a subscription: that is tried for a month, a
    subscription's as long as its lease lasts. How often and how long a hub tries is its own choice (§7).
    """
    tried = replace(delivery, attempts=delivery.attempts + 1)
    if sent.skipped:
        return replace(delivery, state="skipped", problem="")
    if sent.accepted and delivery.kind != "verify":
        return replace(tried, state="done", problem="")
    if sent.status == 410 and delivery.kind == "push":
        return replace(tried, state="gone", problem="")
    problem = sent.problem or f"the {_WHO[delivery.kind]} answers with status {sent.status}"
    if sent.status == 410 and delivery.kind == "partner":  # as Standard Webhooks has it; a newer document tries again
        return replace(tried, state="given_up", problem="the partner says that nothing is there any more (410)")
    if delivery.kind == "verify" and (sent.status and sent.status < 500):
        problem = "the callback does not say that it meant this" if sent.accepted else problem
        return replace(tried, state="given_up", problem=problem)
    attempts = PARTNERS if partner else _ATTEMPTS[delivery.kind]
    if tried.attempts >= attempts or (sent.final and delivery.kind == "verify"):
        return replace(tried, state="given_up", problem=problem)
    return replace(tried, problem=problem, due=now + _wait(tried))


def host_of(url: str) -> str:
    """Return what a log may tell of *url*: who knows the rest of a callback's address can speak for its hub."""
    return urlsplit(url).netloc.rpartition("@")[2]


def done(step: Delivery) -> Delivery:
    """Return *step* as one that came to its end."""
    return replace(step, state="done", problem="")


_WHO = {
    "ping": "hub",
    "announce": "hub",
    "push": "subscriber",
    "partner": "partner",
    "verify": "callback",
    "naver": "service",
    "ask": "hub",
}
_ATTEMPTS = {
    "ping": PINGS,
    "announce": PINGS,
    "push": ATTEMPTS,
    "partner": PARTNERS,
    "verify": VERIFICATIONS,
    "naver": PINGS,
    "ask": 1,
}


def _wait(tried: Delivery) -> timedelta:
    first = FIRST_WAIT if tried.kind in ("push", "partner") else BETWEEN_VERIFICATIONS
    return min(first * (1 << min(tried.attempts - 1, 12)), LONGEST_WAIT)


def announcement(hub: str, topic: str, etag: str, now: datetime) -> Delivery:
    """Return what our own hub is owed: one for each new document."""
    return Delivery(
        id=_message_id("announce", hub, topic, etag), kind="announce", target=hub, topic=topic, due=now, etag=etag
    )


def notice(hub: str, topic: str, etag: str, now: datetime) -> Delivery:
    """Return what a hub elsewhere is owed: one ping for each new document (§6)."""
    return Delivery(id=_message_id("ping", hub, topic, etag), kind="ping", target=hub, topic=topic, due=now)


def _message_id(kind: str, hub: str, topic: str, etag: str) -> str:
    return hashlib.sha256(f"{kind}\n{hub}\n{topic}\n{etag}".encode()).hexdigest()[:32]


def path_of(topic: str, base_url: str) -> str:
    """Return the path below the output folder of a topic of ours, decoded; '' where *topic* is not below *base_url*."""
    base = base_url.rstrip("/")
    path = topic.removeprefix(base)
    if not topic.startswith(base + "/") or "?" in path or "#" in path:
        return ""
    decoded = unquote(path)
    return decoded if quote(decoded) == path else ""  # one spelling of one topic, as `Channel.url` writes it


# signatures


def signature(secret: str, body: bytes, algorithm: str) -> str:
    """Return the HMAC of *body* in hex digits, lower case (§7.1)."""
    return hmac.new(secret.encode(), body, algorithm).hexdigest()


def is_signed(header: str, secret: str, body: bytes, algorithms: Collection[str]) -> bool:
    """Tell whether *header* (X-Hub-Signature) is *body*'s signature by *secret*, over the bytes as they came (§7.1)."""
    found = _SIGNATURE.fullmatch(header)
    if found is None or found[1] not in algorithms:
        return False
    return hmac.compare_digest(found[2].encode(), signature(secret, body, found[1]).encode())


def is_challenge(text: str) -> bool:
    """Tell whether *text* may be sent back: what could be markup is no challenge (WS-12)."""
    return _CHALLENGE.fullmatch(text) is not None


def _is_address(url: str) -> bool:
    if len(url) > LONGEST_URL or not url.isascii() or any(c <= " " or c == "\x7f" for c in url):
        return False
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and "@" not in parts.netloc
            and not parts.fragment
        )
    except ValueError:
        return False


def mode_of(text: str) -> Mode | None:
    return "subscribe" if text == "subscribe" else "unsubscribe" if text == "unsubscribe" else None
