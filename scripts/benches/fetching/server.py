"""A server of one feed on many loopback addresses, plain or by TLS: server.py FOLDER HOSTS [tls].

Answers 304 to whoever sends its ETag and 200 otherwise, gzip where asked for, and keeps connections open.
Writes `authority.pem` to FOLDER, then prints its port.
"""

import asyncio
import gzip
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import trustme

ITEM = (
    "<item><title>Entry {n}</title><link>https://feed.example/{n}</link><guid>https://feed.example/{n}</guid>"
    "<pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate><description>{words}</description></item>"
)
HEAD = (
    "HTTP/1.1 {status}\r\nServer: nginx\r\nDate: Wed, 25 Nov 2026 10:00:00 GMT\r\nConnection: keep-alive\r\n"
    'Last-Modified: Tue, 24 Nov 2026 10:00:00 GMT\r\nETag: "7"\r\nCache-Control: max-age=600\r\n{more}\r\n'
)


def addresses(hosts: int) -> Iterator[str]:
    """Give loopback addresses, each a host of its own."""
    return (f"127.{1 + n // 62500}.{n // 250 % 250}.{1 + n % 250}" for n in range(hosts))


def body() -> bytes:
    """Return a feed of 20 entries and 50 kB."""
    items = (ITEM.format(n=n, words=" ".join(f"w{(n * 977 + k * k) % 9973}" for k in range(380))) for n in range(20))
    return f'<rss version="2.0"><channel><title>A</title>{"".join(items)}</channel></rss>'.encode()


class Site(asyncio.Protocol):
    same = HEAD.format(status="304 Not Modified", more="").encode()
    packed = gzip.compress(body(), mtime=0)
    more = f"Content-Type: application/rss+xml\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n"
    whole = HEAD.format(status="200 OK", more=more).encode() + packed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(self.same if b'If-None-Match: "7"' in data else self.whole)


async def serve(folder: Path, hosts: int, tls: bool) -> None:
    loop = asyncio.get_running_loop()
    port = 0
    certificate = _certificates(folder) if tls else None
    for address in addresses(hosts):
        line = socket.create_server((address, port), backlog=512)
        port = line.getsockname()[1]
        await loop.create_server(Site, sock=line, ssl=certificate(address) if certificate else None)
    print(port, flush=True)
    await asyncio.Event().wait()


def _certificates(folder: Path) -> Callable[[str], ssl.SSLContext]:
    """Return what makes the certificate of an address, by an authority whose own is written to *folder*."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))

    def certificate(address: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(address).configure_cert(context)
        return context

    return certificate


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), "tls" in sys.argv[3:]))
