"""Which documents are read here and which apart, and what becomes of the child that reads them.

Well-formed feeds in plain UTF-8 are read in this process: libxml2 bounds their depth, no entity is expanded, each
element is looked at once, and what all look at (namespaces, base, language) is short; the costliest one of 15 MB that
was tried takes some two seconds. All others go through repairs and
feedparser, which needs 14 CPU s for 430 kB of attributes and 39 for one item of 0.8 MB (measured), and through expat,
written in C: they are read in a child process, started when the first of them comes. Posts are the owner's own files,
and are bounded before they are read (`parse/posts/yaml_tree.py`).
"""

import os
import selectors
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Self

from pydantic import ValidationError

from feeds.errors import ParseError
from feeds.model.entry import Parsed
from feeds.model.source import Document, Source
from feeds.parse import fast, parse
from feeds.sandbox import child, wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one child may have.

    *seconds* of processor time a document (security.md: hostile ones end within 5; the slowest real feed takes 1.5);
    *megabytes* of address space in all; *deadline* in seconds, on a machine that has little time for us;
    *documents* after which it is replaced, so that nothing grows for ever.
    """

    seconds: int = 5
    megabytes: int = 1024
    deadline: float = 60
    documents: int = 500


class _EndedError(Exception):
    """The child ended before it answered; *code* and *detail* say why."""

    def __init__(self, code: str, detail: str) -> None:
        self.code, self.detail = code, detail
        super().__init__(detail)


class Sandbox:
    """Reads documents, the doubtful ones in a child process; a document that ends its reader harms no other."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = Lock()
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, document: Document, source: Source) -> Parsed:
        """Return what `parse.parse` does.

        Raises `ParseError`, also with the codes `costly` (more time or memory than is given) and `killed`.
        """
        if source.kind == "content":
            return parse(document, source)
        return fast(document, source) or self._apart(document, source)

    def close(self) -> None:
        """End the child, if there is one."""
        with self._lock:
            if self._child:
                self._child.close()
                self._child = None

    def _apart(self, document: Document, source: Source) -> Parsed:
        """Read in a child. Only a child that has read nothing before can accuse a document."""
        with self._lock:
            while True:
                if self._child is None:
                    self._child = _Child(self._limits)
                asked = self._child
                try:
                    answer = asked.ask(document, source)
                except _EndedError as ended:
                    asked.close()
                    self._child = None
                    if asked.answers:
                        continue
                    raise ParseError(ended.code, ended.detail) from ended
                break
            if asked.answers >= self._limits.documents:
                asked.close()
                self._child = None
        if answer.parsed is None:
            raise ParseError(answer.code, answer.detail)
        return answer.parsed


class _Child:
    """One child process; *answers* counts what it has read."""

    def __init__(self, limits: Limits) -> None:
        self.answers = 0
        self._limits = limits
        self._process = subprocess.Popen(  # noqa: S603 -- our own module, told nothing that came from outside
            [sys.executable, "-m", child.__name__, str(limits.megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONUTF8": "1"},
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("both pipes were asked for")
        self._asks, self._says = self._process.stdin, self._process.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._says, selectors.EVENT_READ)

    def ask(self, document: Document, source: Source) -> wire.Answer:
        """Return the answer. Raises `_EndedError`."""
        until = monotonic() + self._limits.deadline
        try:
            self._asks.write(wire.asking(wire.Ask(document, source, self._limits.seconds)))
            self._asks.flush()
        except BrokenPipeError:
            raise self._ended() from None
        head, _ = wire.LENGTHS.unpack(self._take(wire.LENGTHS.size, until))
        try:
            answer = wire.answered(self._take(head, until))
        except ValidationError as error:
            raise _EndedError("killed", "its answer could not be read") from error
        self.answers += 1
        return answer

    def close(self) -> None:
        """End the process and wait for its end."""
        self._process.kill()
        self._process.wait()
        self._selector.close()
        self._says.close()
        with suppress(BrokenPipeError):  # of a question that was not taken
            self._asks.close()

    def _take(self, size: int, until: float) -> bytes:
        """Return the next *size* bytes of the answer. Raises `_EndedError`."""
        pieces, left = [], size
        while left:
            wait = until - monotonic()
            if wait <= 0 or not self._selector.select(wait):
                raise _EndedError("costly", f"no answer within {self._limits.deadline:g} s")
            piece = os.read(self._says.fileno(), min(left, 1 << 20))
            if not piece:
                raise self._ended()
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def _ended(self) -> _EndedError:
        """Say why the process ended by itself."""
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return _EndedError("costly", f"more than {self._limits.seconds} s of processor time")
        if code == child.OUT_OF_MEMORY:
            return _EndedError("costly", f"more than {self._limits.megabytes} MB of memory")
        if code == -signal.SIGKILL:
            return _EndedError("costly", "the system took its memory away")
        return _EndedError("killed", signal.Signals(-code).name if code < 0 else f"exit code {code}")
