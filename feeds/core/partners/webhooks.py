"""Documents for partners as signed webhooks: what is owed, and the request that brings it.

Source: Standard Webhooks 1.0 (standardwebhooks.com, `spec/standard-webhooks.md`), symmetric signatures. The id is that
of the message and stays over all attempts, so that who gets it twice takes it once; the timestamp is that of the
attempt, so that who keeps a request cannot send it again later. Both are signed with the body. The body is the document
itself, as a partner that asks gets it, and not an event about it: the address that it has there is its `rel="self"`.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

from feeds.model.delivery import Delivery, Message
from feeds.model.partner import Errand, Pushing

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64  # bytes of a key


def key_of(secret: str) -> bytes | None:
    """Return the key that *secret* stands for, as `whsec_` and base64; None where it is none, or not 24 to 64 bytes."""
    if not secret.startswith(PREFIX):
        return None
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if SHORTEST <= len(key) <= LONGEST else None


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """Return one signature of the header: version, comma, base64 of HMAC-SHA256 over `id.timestamp.body`."""
    signed = b"%s.%d.%s" % (id.encode(), timestamp, body)
    return f"v1,{base64.b64encode(hmac.digest(key_of(secret) or b'', signed, 'sha256')).decode()}"


def notice(errand: Errand, push: Pushing, topic: str, now: datetime) -> Delivery:
    """Return what a partner is owed: the latest document of a channel, of which *errand* knows. One a channel."""
    about = f"{errand.partner_id} {errand.channel_id}"
    return Delivery(
        id=f"partner:{about}", kind="partner", target=push.url, topic=topic, due=now, about=about, etag=errand.etag
    )


def message(push: Pushing, errand: Errand, topic: str, media_type: str, body: bytes, now: datetime) -> Message:
    """Return the request that brings a document; each of the partner's secrets signs it, the newest first."""
    told = "\n".join((errand.partner_id, errand.channel_id, errand.etag, str(errand.number)))
    id, timestamp = f"msg_{hashlib.sha256(told.encode()).hexdigest()[:32]}", int(now.timestamp())
    headers = {
        "Content-Type": media_type,
        "Link": f'<{topic}>; rel="self"',
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, id, timestamp, body) for secret in push.secrets),
    }
    return Message(url=push.url, headers=headers, data=body)
