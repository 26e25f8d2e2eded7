"""Large bodies that are asked for often, in files without a name from which the kernel sends them uncopied (sendfile).

Measured with 250 KB, beside nginx's 10.7 µs: copied 12.5 µs, and from a file 11.6, with the client on the same core;
with the client on another one 25.5 and 24.0 beside 23.8, or 13 to 18 beside 11.8 where that core does not sleep, for
each copy takes pages that the other core gave back. A file of ext4 lies in memory in large pieces. On tmpfs it lies in
pages of 4 KB, and costs more than copying does: 13.3 and 29 µs.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

LARGE = 128 * 1024  # bytes; 50 KB gain nothing
OFTEN = 8  # times that a body is sent before it is worth a file
KEPT = 64  # files, of LARGEST bytes at most
LARGEST = 4 * 1024 * 1024
COUNTED = 1024  # bodies that were not asked for often yet


class _File(NamedTuple):
    body: bytes
    number: int


class Line(Protocol):
    """A connection, for what its transport cannot do."""

    def send(self, head: bytes, file: int, length: int) -> int: ...

    def close(self) -> None: ...


class Files:
    """Bodies by identity, each with its file in *folder*. *line* makes of a connection's descriptor what sends them.

    What was not asked for between two calls of `clear` is closed by the second; where there are too many, the oldest.
    """

    def __init__(self, folder: Path, line: Callable[[int], Line]) -> None:
        self._folder, self._line = folder, line
        self._files: dict[int, _File] = {}
        self._counts: dict[int, int] = {}
        self._used = set[int]()

    def line(self, number: int) -> Line | None:
        """Return what sends files on the connection *number*; None where no descriptor is left."""
        try:
            return self._line(number)
        except OSError:
            return None

    def of(self, body: bytes) -> int | None:
        """Return the descriptor of *body*'s file, None where it is to be copied."""
        key = id(body)
        found = self._files.get(key)
        if found is not None and found.body is body:
            self._used.add(key)
            return found.number
        if not LARGE <= len(body) <= LARGEST:
            return None
        if len(self._counts) >= COUNTED:
            self._counts.clear()
        self._counts[key] = times = self._counts.get(key, 0) + 1  # another's, maybe, of the same identity: it may err
        return self._laid(self._folder, key, body) if times >= OFTEN else None

    def clear(self) -> None:
        """Close what was not asked for since this was called last."""
        for key in self._files.keys() - self._used:
            self._close(key)
        self._used.clear()

    def close(self) -> None:
        """Close all."""
        for key in list(self._files):
            self._close(key)

    def _laid(self, folder: Path, key: int, body: bytes) -> int | None:
        del self._counts[key]
        if key in self._files:
            self._close(key)
        elif len(self._files) >= KEPT:
            self._close(next(iter(self._files)))
        try:
            with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
                written = file.write(body)
                if written != len(body):
                    return None
                number = os.dup(file.fileno())
        except OSError:  # no place: copied then, and tried again later
            return None
        self._files[key] = _File(body, number)
        self._used.add(key)
        return number

    def _close(self, key: int) -> None:
        os.close(self._files.pop(key).number)
