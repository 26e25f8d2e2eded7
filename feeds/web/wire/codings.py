"""Content codings: which of them a client takes, and bodies in each (RFC 9110 §8.4, §12.5.3)."""

import gzip
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Coding = Literal["br", "zstd", "gzip", "identity"]

PREFERRED: tuple[Coding, ...] = ("br", "zstd", "gzip", "identity")
"""Where a client likes several alike: the smallest first, measured on feeds."""

SUFFIXES: Mapping[Coding, str] = {"br": "-br", "zstd": "-zstd", "gzip": "-gzip", "identity": ""}
"""What an entity tag ends with: bodies in different codings are different bytes (RFC 9110 §8.8.3.3)."""

# Made once a revision, beside the answers. Real feeds of 200 to 235 KB take 8 ms (br) and 4 ms (zstd), and come out
# 11 % and 9 % smaller than gzip -6; br 9 takes 22 ms for 1 % more, zstd 19 80 ms for 4 %.
ONCE: Mapping[Coding, int] = {"br": 7, "zstd": 9, "gzip": 6}
QUICK: Mapping[Coding, int] = {"br": 4, "zstd": 3, "gzip": 4}
"""Levels of what is made for each request: see `packing.py`."""

_REMEMBERED = 256  # signs of a header that is worth remembering


def ranked(header: str | None) -> tuple[Coding, ...]:
    """Return the codings that a client takes by its Accept-Encoding, the best first; () where it takes none of ours.

    Without the header every coding is acceptable, and plain bytes are the safe choice.
    """
    if header is None:
        return ("identity", "br", "zstd", "gzip")
    return _ranked(header) if len(header) <= _REMEMBERED else _ranked.__wrapped__(header)


@lru_cache(maxsize=1024)
def _ranked(header: str) -> tuple[Coding, ...]:
    weights: dict[str, float] = {}
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        weight = weight_of(parameters)
        if name and weight is not None:
            weights["gzip" if name == "x-gzip" else name] = weight  # RFC 9110 §8.4.1.3
    others = weights.get("*")
    found: list[tuple[float, int, Coding]] = []
    for place, coding in enumerate(PREFERRED):
        weight = weights.get(coding, others)
        if coding == "identity" and coding not in weights and weight != 0:
            weight = 0.0001  # acceptable unless told otherwise, after all that was asked for
        if weight:
            found.append((-weight, place, coding))
    return tuple(coding for _, _, coding in sorted(found))


def weight_of(parameters: Sequence[str]) -> float | None:
    """Return the quality of an item of a header, 0 to 1 (RFC 9110 §12.4.2); None where it cannot be read."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() != "q":
            continue
        try:
            weight = float(value)
        except ValueError:
            return None
        return weight if 0 <= weight <= 1 else None  # NaN too
    return 1.0


def packed(coding: Coding, body: bytes) -> bytes:
    """Return *body* in *coding*, as small as is worth it for what is sent many times."""
    return squeezed(coding, body, ONCE)


def squeezed(coding: Coding, body: bytes, levels: Mapping[Coding, int]) -> bytes:
    """Return *body* in *coding* at its level."""
    match coding:
        case "br":
            made: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=levels["br"])
            return made
        case "zstd":
            return zstd.compress(body, level=levels["zstd"])
        case "gzip":
            return gzip.compress(body, levels["gzip"], mtime=0)
        case "identity":
            return body
