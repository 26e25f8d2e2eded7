"""Servers that misbehave, for tests of everything that speaks HTTP.

`Faults` listens on loopback and plays a script for each path: bytes, pauses, accidents.
`Canned` is a `dial` without any network: each line that is opened holds the next answer and then ends.
"""

import socket
import ssl
import struct
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

PUBLIC = "93.184.215.14"
ABORT = "abort"  # reset the connection
HANG = "hang"  # say nothing more until the other side goes away
KEEP = "keep"  # read the next request from the same connection
LONGEST = 5.0  # seconds that one connection may take

Step = bytes | float | str
Script = Iterable[Step]


def answer(body: bytes = b"", *headers: str, status: str = "200 OK", length: bool = True) -> bytes:
    """A proper answer as bytes."""
    lines = [f"HTTP/1.1 {status}", *headers, *([f"Content-Length: {len(body)}"] if length else [])]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def drip(step: bytes, pause: float) -> Iterable[Step]:
    """The same bytes over and over, *pause* seconds apart."""
    for _ in range(int(LONGEST / max(pause, 0.01))):
        yield step
        yield pause


class Faults:
    """Scripts by path; what was asked stands in *requests*, one item for each request's head."""

    def __init__(self, scripts: Mapping[str, Callable[[], Script] | Script], tls: ssl.SSLContext | None = None) -> None:
        self.scripts = dict(scripts)
        self.requests: list[bytes] = []
        self.connections = 0
        self._tls = tls
        self._stop = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.place = f"127.0.0.1:{self.port}"
        self._threads = [Thread(target=self._accept, daemon=True)]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(LONGEST)
        self._listener.close()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = Thread(target=self._serve, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, line: socket.socket) -> None:
        line.settimeout(0.05)
        with suppress(OSError):
            if self._tls:
                line.settimeout(LONGEST)
                line = self._tls.wrap_socket(line, server_side=True)
                line.settimeout(0.05)
            while self._play(line):
                pass
        line.close()

    def _play(self, line: socket.socket) -> bool:
        head = self._head(line)
        if not head:
            return False
        self.requests.append(head)
        script = self.scripts[head.split()[1].decode()]
        for step in script() if callable(script) else script:
            if isinstance(step, bytes):
                line.settimeout(LONGEST)
                line.sendall(step)
                line.settimeout(0.05)
            elif isinstance(step, float):
                self._stop.wait(step)
            elif step == ABORT:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            elif step == HANG:
                self._head(line)
            else:
                return step == KEEP
            if self._stop.is_set():
                return False
        return False

    def _head(self, line: socket.socket) -> bytes:
        """Read up to the blank line; the body of a form comes with it on loopback."""
        head = b""
        for _ in range(int(LONGEST / 0.05)):
            if b"\r\n\r\n" in head or self._stop.is_set():
                return head
            with suppress(TimeoutError):
                piece = line.recv(65536)
                if not piece:
                    return b""
                head += piece
        return b""


class Canned:
    """Give as `dial`: the lines hold *answers* in their order; *dialled* says where to, `sent` what was asked."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.dialled: list[str] = []
        self.ends_writing = True
        self._ends: list[socket.socket] = []

    def __call__(self, address: str, port: int, seconds: float) -> socket.socket:
        self.dialled.append(f"{address}:{port}")
        ours, theirs = socket.socketpair()
        self._ends.append(theirs)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        theirs.sendall(self.answers.pop(0) if self.answers else b"")
        if self.ends_writing:
            theirs.shutdown(socket.SHUT_WR)
        return ours

    @property
    def sent(self) -> list[str]:
        """The requests so far, one for each line. May be read once."""
        return [end.recv(1 << 16).decode("latin-1") for end in self._ends]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for end in self._ends:
            end.close()


def public(host: str, port: int) -> list[str]:
    """A `resolve` to which every name is a public place."""
    return [PUBLIC]
