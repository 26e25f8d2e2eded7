"""From the wire to bytes: framing that leaves no doubt, one layer of gzip, caps on both sides."""

import re
import zlib
from collections.abc import Iterator

from urllib3.response import BaseHTTPResponse

from feeds.errors import FetchError
from feeds.net.trip import Limits

GZIP = b"\x1f\x8b"
_PIECE = 1 << 16
_LENGTH = re.compile(r"[0-9]{1,18}")


class Mislabelled(Exception):
    """The answer says gzip and is not: worth asking once more, without compression."""


def check(raw: BaseHTTPResponse) -> None:
    """Raise `FetchError` for a status or framing that two readers could take in two ways.

    Source: RFC 9112 §6.3; requests 2.34 accepts `Content-Length: -5`, and a length beside chunks.
    """
    codings = raw.headers.getlist("transfer-encoding")
    lengths = {part.strip() for value in raw.headers.getlist("content-length") for part in value.split(",")}
    if [coding.strip().lower() for coding in codings] not in ([], ["chunked"]):
        raise FetchError("protocol", "an unknown transfer encoding")
    if codings and lengths:
        raise FetchError("protocol", "both a length and chunks")
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise FetchError("protocol", "no single proper length")
    if not 200 <= raw.status <= 599 or raw.status == 206:
        raise FetchError("protocol", f"status {raw.status} was not asked for", status=raw.status)


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
