"""Telling Naver that a document of its syndication changed.

Source: the form as board software sends it (see `render/gate/dialects/naver.py`): a POST of `ping_url` with a bearer
key; the answer is `<result>` whose `error_code` is 000 where it was taken. Naver then fetches the document.
"""

import hashlib
import re
from datetime import datetime

from feeds.model.delivery import Delivery, Message, Sent
from feeds.model.quick import replace

ADDRESS = "https://apis.naver.com/crawl/nsyndi/v2"
_CODE = re.compile(rb"<error_code>\s*(?:<!\[CDATA\[)?\s*(\d+)")
_WORDS = re.compile(rb"<message>\s*(?:<!\[CDATA\[)?([^\]<]*)")


def notice(topic: str, etag: str, now: datetime) -> Delivery:
    """Return what Naver is owed: one ping for each new document at *topic*."""
    id = hashlib.sha256(f"naver\n{topic}\n{etag}".encode()).hexdigest()[:32]
    return Delivery(id=id, kind="naver", target=ADDRESS, topic=topic, due=now)


def ping(delivery: Delivery, key: str) -> Message | Sent:
    """Return the request; nothing is sent without a *key*, which the configuration has no more then."""
    if not key:
        return Sent(skipped=True)
    headers = {"Authorization": f"Bearer {key}"}
    return Message(url=delivery.target, headers=headers, data={"ping_url": delivery.topic})


def judged(sent: Sent) -> Sent:
    """Return *sent* with the fault that its body tells of; an answer without a code is taken by its status."""
    code = _CODE.search(sent.body)
    if not sent.accepted or code is None or code[1] == b"000":
        return sent
    words = _WORDS.search(sent.body)
    said = words[1].decode("utf-8", "replace").strip() if words else ""
    return replace(sent, status=400, problem=f"Naver answers {code[1].decode()}{f' ({said[:100]})' if said else ''}")
