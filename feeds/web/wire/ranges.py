"""A part of what is asked for: one range of bytes (RFC 9110 §14), for who goes on with what broke off."""

import re
from dataclasses import replace

from feeds.web.wire.http import Answer, Asked, text

# More digits than these are no place in any file of ours. Of several ranges none is answered (§14.2 lets us): who wants
# many small pieces, which overlap perhaps, would have us send more than the whole.
_ONE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


def part(whole: Answer, asked: Asked) -> Answer:
    """Return of *whole*, a 200 with a strong ETag, the bytes that *asked* wants, as 206; 416 where it has none there.

    It stays whole where that is what is wanted, where If-Range names another version (a date names none, for we send
    none), and where the range is not to be understood.
    """
    size = len(whole.body) if whole.pieces is None else whole.pieces.size
    wanted = _wanted(whole, asked, size)
    if wanted is None:
        return whole
    if not wanted:
        return text("It has no such bytes.\n", 416, Content_Range=f"bytes */{size}")
    headers = {**whole.headers, "Content-Range": f"bytes {wanted.start}-{wanted.stop - 1}/{size}"}
    if whole.pieces is not None:
        return Answer(status=206, headers=headers, pieces=replace(whole.pieces, wanted=wanted))
    return Answer(status=206, headers=headers, body=whole.body[wanted.start : wanted.stop])


def _wanted(whole: Answer, asked: Asked, size: int) -> range | None:
    """The bytes that are wanted, none of them where there are none; None for all."""
    wanted = asked.headers.get("range")
    if whole.status != 200 or asked.method != "GET" or wanted is None:
        return None
    if asked.headers.get("if-range", whole.headers["ETag"]).strip() != whole.headers["ETag"]:
        return None
    found = _ONE.fullmatch(wanted.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return range(max(0, size - int(found[2])), size)
    if found[2] and int(found[2]) < int(found[1]):
        return None
    return range(int(found[1]), min(int(found[2] or size), size - 1) + 1)
