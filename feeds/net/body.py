"""From the wire to bytes: one layer of gzip, caps on both sides."""

import zlib
from collections.abc import Mapping
from typing import NamedTuple

from feeds.errors import FetchError

GZIP = b"\x1f\x8b"
PLAIN = ("", "identity")
CODINGS = (*PLAIN, "gzip", "x-gzip")  # what we ask for; br and zstd would each bring a decoder of its own to bound


class Said(NamedTuple):
    """What came over the wire: headers by lower-case name, the body as it was sent, b'' where none was read."""

    status: int
    headers: Mapping[str, str]
    wire: bytes


class Mislabelled(Exception):
    """The answer says gzip and is not: worth asking once more, without compression."""


def is_wanted(method: str, status: int) -> bool:
    """Whether the body of an answer is read: that of a redirect or an error never."""
    return method == "GET" and 200 <= status < 300


def expect(status: int, headers: Mapping[str, str], most: int) -> None:
    """Raise `FetchError` `encoding` or `too_big` for a body that need not be read to be refused."""
    if _coding(headers) not in CODINGS:
        raise FetchError("encoding", "compressed in a way that was not asked for", status=status)
    length = headers.get("content-length", "0").partition(",")[0]
    if int(length) > most:
        raise FetchError("too_big", f"{int(length) >> 10} kB announced", status=status)


def decode(said: Said, most: int) -> bytes:
    """Return the decoded body. Raises `FetchError` `too_big`, `truncated`, `encoding`, or `Mislabelled`."""
    wire = said.wire
    if wire.startswith(GZIP):
        return _gunzip(wire, most)
    if wire and _coding(said.headers) not in PLAIN:
        raise Mislabelled
    if len(wire) > most:
        raise FetchError("too_big", f"more than {most >> 10} kB")
    return wire


def _coding(headers: Mapping[str, str]) -> str:
    return headers.get("content-encoding", "").strip().lower()


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
