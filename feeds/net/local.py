"""Sockets on this machine: the one that systemd listens on, and one to listen on ourselves."""

import socket
import time
from collections.abc import Mapping

from feeds.errors import ListenError


class Notifier:
    """Tells the service manager how it goes (sd_notify(3)); where none asks, nothing is told.

    Source: sd_notify(3): datagrams of `NAME=value` lines to NOTIFY_SOCKET, an abstract address where it begins with @;
    WATCHDOG_USEC says after how many microseconds of silence we are taken for dead, to be told twice as often.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        wanted = environ.get("WATCHDOG_USEC", "")
        self._every = int(wanted) / 1_000_000 / 2 if wanted.isdecimal() and self._address else 0.0
        self._next = 0.0

    def tell(self, *lines: str, patience: float = 1.0) -> None:
        """Send *lines*; a manager that does not listen any more is no reason to stop, nor to wait for long.

        *patience* in seconds: some ten messages wait unread (net.unix.max_dgram_qlen), the next sender waits with them.
        """
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.settimeout(patience)
            try:
                out.sendto("\n".join(lines).encode(), address)
            except OSError:
                return

    def ready(self, status: str) -> None:
        self.tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        self.tell("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        self.tell("STOPPING=1")

    def alive(self, now: float) -> None:
        """Say that all is well, as often as was asked; *now* is the monotonic clock's, in seconds."""
        if self._every and now >= self._next:
            self._next = now + self._every
            self.tell("WATCHDOG=1", patience=0.0)


def free(host: str, port: int) -> None:
    """Find out that nobody listens at *host* and *port*, of a name at each of its addresses. Raises `ListenError`."""
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            with socket.socket(family, kind, protocol) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # as asyncio listens
                tried.bind(address)
    except OSError as error:
        raise ListenError(f"{host}:{port}", error.strerror or str(error)) from error


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at *host* and *port*. Raises `ListenError`."""
    found = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(found, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(64)
    except OSError as error:
        opened.close()
        raise ListenError(f"{host}:{port}", error.strerror or str(error)) from error
    return opened
