"""From the wire to bytes: one layer of gzip, caps on both sides."""

import zlib
from collections.abc import Iterator

from urllib3.response import BaseHTTPResponse

from feeds.errors import FetchError
from feeds.net.trip import Limits

GZIP = b"\x1f\x8b"
_PIECE = 1 << 16


class Mislabelled(Exception):
    """The answer says gzip and is not: worth asking once more, without compression."""


def read(raw: BaseHTTPResponse, limits: Limits) -> bytes:
    """Return the decoded body. Raises `FetchError` `too_big`, `truncated`, `encoding`, or `Mislabelled`."""
    coding = raw.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchError("encoding", "compressed in a way that was not asked for", status=raw.status)
    length = raw.headers.get("content-length", "0").partition(",")[0]
    if int(length) > limits.wire:
        raise FetchError("too_big", f"{int(length) >> 10} kB announced", status=raw.status)
    wire = b"".join(_pieces(raw))
    if wire.startswith(GZIP):
        return _gunzip(wire, limits.body)
    if "gzip" in coding and wire:
        raise Mislabelled
    if len(wire) > limits.body:
        raise FetchError("too_big", f"more than {limits.body >> 10} kB")
    return wire


def _pieces(raw: BaseHTTPResponse) -> Iterator[bytes]:
    while piece := raw.read(_PIECE, decode_content=False):
        yield piece


def _gunzip(wire: bytes, most: int) -> bytes:
    """Inflate one layer of gzip, all its members; what follows the last one is ignored (RFC 1952 §2.2).

    requests, httpx and niquests all return half of a stream that was cut in half, as if it were whole.
    """
    pieces: list[bytes] = []
    size = 0
    while wire.startswith(GZIP):
        member = zlib.decompressobj(wbits=31)
        rest = wire
        while rest:
            try:
                piece = member.decompress(rest, min(most + 1 - size, 1 << 20))
            except zlib.error as error:
                raise FetchError("encoding", "the gzip data are damaged") from error
            size += len(piece)
            if size > most:
                raise FetchError("too_big", f"more than {most >> 10} kB once inflated")
            pieces.append(piece)
            rest = member.unconsumed_tail
        if not member.eof:
            raise FetchError("truncated", "the gzip data end too early")
        wire = member.unused_data
    body = b"".join(pieces)
    if body.startswith(GZIP):
        raise FetchError("encoding", "compressed twice")
    return body
