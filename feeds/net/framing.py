"""Heads of answers that leave no doubt where the body ends."""

import re
from email.message import Message

from feeds.errors import FetchError

_LENGTH = re.compile(r"[0-9]{1,18}")
_WEIGHTY = re.compile(r"(?im)^(content-length|transfer-encoding|content-encoding|location)\s*:")


def check(status: int, head: Message) -> None:
    """Raise `FetchError` for a status or framing that two readers could take in two ways.

    A header line without a colon is borne, unless it hides something that matters: the standard library reads no
    header behind it. Source: RFC 9112 §6.3; requests 2.34 accepts `Content-Length: -5`, and a length beside chunks.
    """
    codings = [coding.strip().lower() for coding in head.get_all("transfer-encoding", [])]
    lengths = {part.strip() for value in head.get_all("content-length", []) for part in value.split(",")}
    lost = head.get_payload()
    if isinstance(lost, str) and _WEIGHTY.search(lost):
        raise FetchError("protocol", "a malformed header line")
    if codings not in ([], ["chunked"]):
        raise FetchError("protocol", "an unknown transfer encoding")
    if codings and lengths:
        raise FetchError("protocol", "both a length and chunks")
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise FetchError("protocol", "no single proper length")
    if not 200 <= status <= 599 or status == 206:
        raise FetchError("protocol", f"status {status} was not asked for", status=status)
