"""Heads of answers that leave no doubt where the body ends."""

import re
from collections.abc import Mapping, Sequence

from feeds.errors import FetchError

MOST = 100  # header lines of one answer, as the standard library counts them

_STATUS = re.compile(r"HTTP/(?:1\.[01]|[23]) ([0-9]{3})(?: .*)?", re.DOTALL)
_LENGTH = re.compile(r"[0-9]{1,18}")


def head(lines: Sequence[bytes]) -> tuple[int, dict[str, str]]:
    """Return status and headers of the *lines* of one answer, each with its line end, the blank one last.

    Bytes are read as Latin-1, names in lower case, repeated ones joined by `, `, a folded line by a blank.
    """
    status, *rest = b"".join(lines).decode("latin-1").split("\n")
    found = _STATUS.fullmatch(status.rstrip("\r"))
    if not found:
        raise FetchError("protocol", "a malformed status line")
    if len(lines) - 2 > MOST:
        raise FetchError("protocol", f"more than {MOST} headers")
    headers: dict[str, str] = {}
    name = ""
    for line in rest[:-2]:
        if line[0] in " \t":
            if name:
                headers[name] += f" {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        name, value = name.lower(), value.strip()
        if not colon:
            continue  # hides nothing: the lines behind it are read
        if name != name.strip():
            raise FetchError("protocol", "a malformed header line")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return int(found[1]), headers


def check(status: int, headers: Mapping[str, str]) -> None:
    """Raise `FetchError` for a status or framing that two readers could take in two ways.

    Source: RFC 9112 §6.3; requests 2.34 accepts `Content-Length: -5`, and a length beside chunks.
    """
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is not None and coding.strip().lower() != "chunked":
        raise FetchError("protocol", "an unknown transfer encoding")
    if length is not None:
        if coding is not None:
            raise FetchError("protocol", "both a length and chunks")
        lengths = {part.strip() for part in length.split(",")}
        if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise FetchError("protocol", "no single proper length")
    if not 200 <= status <= 599 or status == 206:
        raise FetchError("protocol", f"status {status} was not asked for", status=status)
