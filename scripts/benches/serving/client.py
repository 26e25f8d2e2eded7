"""A client that costs little: one connection, one request after another."""

import socket

_BUFFER = bytearray(1 << 18)


class Connection:
    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self._socket.close()

    def drain(self, request: bytes) -> tuple[bytes, int]:
        """Send *request*; return the head of the answer and how long its body was."""
        head, first, length = self._head(request)
        left = length - len(first)
        while left > 0:
            left -= self._socket.recv_into(_BUFFER, min(left, len(_BUFFER))) or left
        return head, length

    def fetch(self, request: bytes) -> tuple[bytes, bytes]:
        """Send *request*; return head and body. Raises `ConnectionError` where the body is cut."""
        head, body, length = self._head(request)
        while len(body) < length:
            some = self._socket.recv(1 << 18)
            if not some:
                raise ConnectionError("the body is cut")
            body += some
        return head, body

    def _head(self, request: bytes) -> tuple[bytes, bytes, int]:
        self._socket.sendall(request)
        found = b""
        while b"\r\n\r\n" not in found:
            some = self._socket.recv(1 << 18)
            if not some:
                raise ConnectionError("the head is cut")
            found += some
        head, _, first = found.partition(b"\r\n\r\n")
        return head, first, 0 if head[9:12] == b"304" else int(value(head, b"content-length") or 0)


def value(head: bytes, name: bytes) -> bytes:
    """Return a header's value, b"" where it is missing."""
    for line in head.split(b"\r\n")[1:]:
        given, _, said = line.partition(b":")
        if given.lower() == name:
            return said.strip()
    return b""


def request(*lines: bytes) -> bytes:
    usual = (b"Host: 127.0.0.1", b"User-Agent: bench/1", b"Accept: */*")
    return b"\r\n".join([b"GET /atom.xml HTTP/1.1", *usual, *lines]) + b"\r\n\r\n"
