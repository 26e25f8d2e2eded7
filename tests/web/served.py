"""A site on loopback, as `feeds serve` serves it, and raw bytes to and from it."""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from feeds.model.channel import MEDIA_TYPES, Format, Rendition
from feeds.model.settings import Server
from feeds.net.accepted import Accepted
from feeds.ports import showing
from feeds.web.front import Front
from feeds.web.pages.pictures import Look, nothing
from feeds.web.site import Site, site
from feeds.web.wire.crowd import Crowd
from feeds.web.wire.http import Entrance
from feeds.web.wire.protocol import GuardedServer, guarded
from feeds.web.wire.sendfile import Files

OPEN = Server(requests_per_minute=0)
BIG = bytes(range(256)) * 1024  # no client's buffer takes it whole


def rendition(path: str, format: Format, body: bytes, etag: str = "a1", modified: datetime | None = None) -> Rendition:
    return Rendition(
        channel_id="all",
        format=format,
        path=path,
        media_type=MEDIA_TYPES[format],
        pieces=(body,),
        etag=etag,
        updated=datetime(2026, 1, 1, tzinfo=UTC),
        modified=modified,
    )


class Shelf:
    """What is published, in memory; counts what it is asked."""

    def __init__(self, *renditions: Rendition) -> None:
        self.held = {r.path: r for r in renditions}
        self.reads = self.stamps = 0
        self.generation = 1
        self.moves: dict[str, str] = {}

    def put(self, *renditions: Rendition) -> None:
        self.held.update({r.path: r for r in renditions})
        self.generation += 1

    def drop(self, path: str) -> None:
        del self.held[path]
        self.generation += 1

    def moved(self, path: str) -> str | None:
        new = self.moves.get(path)
        return new if new in self.held else None

    def stamp(self, path: str) -> str | None:
        self.stamps += 1
        return self.held[path].etag if path in self.held else None

    def rendition(self, path: str) -> Rendition | None:
        self.reads += 1
        return self.held.get(path)


@dataclass(slots=True)
class Running:
    port: int
    crowd: Crowd
    server: uvicorn.Server
    thread: threading.Thread
    answered: list[int] = field(default_factory=list)

    def connect(self, timeout: float = 10) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def ask(self, request: bytes) -> bytes:
        """Send *request* and return all that comes until the server closes."""
        with self.connect() as client:
            with suppress(OSError):  # refused before all was sent
                client.sendall(request)
            return everything(client)

    def get(self, path: str, headers: Mapping[str, str] = {}, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        """Return status, headers (names in lower case) and body."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **headers}.items())
        return parted(self.ask(f"{method} {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode()))


def descriptors(folder: Path) -> int:
    """Return how many files of *folder* this process has open, those without a name among them."""
    found = 0
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # that of the listing
            found += os.readlink(each).startswith(f"{folder}/")
    return found


def everything(client: socket.socket) -> bytes:
    found = bytearray()
    with suppress(ConnectionResetError):
        while some := client.recv(1 << 16):
            found += some
    return bytes(found)


def parted(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first.split(" ")[1]), headers, body


@contextmanager
def running(
    shelf: showing.Shelf,
    entrances: Sequence[Entrance] = (),
    server: Server = OPEN,
    *,
    url: str = "",
    patience: float = 1.0,
    grace: int = 2,
    through: Callable[[Site], Any] = lambda web: web,
    look: Look = nothing,
    folder: Path | None = None,
) -> Iterator[Running]:
    """Serve *shelf* on a free port until the block ends.

    *patience* scales how long slow clients are borne, *through* may stand between the server and the site, *folder* is
    where large bodies are laid.
    """
    web = through(
        site(shelf, {"/static/style.css": ("text/css", b"p{}")}, lambda: True, entrances, Front(url, server), look=look)
    )
    answered: list[int] = []
    crowd = Crowd(
        web,
        lambda status, times: answered.extend([status] * times),
        patience=patience,
        files=Files(folder, Accepted) if folder else None,
    )
    config = uvicorn.Config(
        web, host="127.0.0.1", port=0, http=guarded(crowd), loop="uvloop", interface="asgi3", lifespan="off",
        log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=grace,
    )  # fmt: skip
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    uv = GuardedServer(config, crowd)
    thread = threading.Thread(target=uv.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    started = threading.Event()
    for _ in range(1000):
        if uv.started or started.wait(0.01):
            break
    try:
        yield Running(listener.getsockname()[1], crowd, uv, thread, answered)
    finally:
        uv.should_exit = True
        thread.join(10)
        listener.close()
        assert not thread.is_alive()
