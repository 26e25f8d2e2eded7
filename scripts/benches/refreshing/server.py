"""A web server on loopback: one address a feed, so that each is a host of its own. Its CPU time is nobody's.

`/feed/N` gives feed N as it is in the present mode; `/mode/NAME` changes the mode and answers how many feeds were
answered in the mode before. Modes: `start` version 0, `same` as before, `some` and `all` one more item in 12 % or
in all feeds, `bare` as before, but without validators, and never 304.
"""

import asyncio
import sys
from collections.abc import Iterable

from refreshing.made import cached

SHARE = (3, 25)  # 12 of 100 feeds have something new in the mode `some`


def address(number: int) -> str:
    return f"127.0.{number // 250 + 1}.{number % 250 + 1}"


class Site:
    """What is served now."""

    def __init__(self, feeds: int) -> None:
        self.versions = [0] * feeds
        self.bare = False
        self.asked: set[int] = set()

    def turn(self, mode: str) -> int:
        """Take up *mode*, and return how many feeds were answered before."""
        answered, self.asked = len(self.asked), set()
        self.bare = mode == "bare"
        if mode == "start":
            self.versions = [0] * len(self.versions)
        if mode in {"some", "all"}:
            few, of = SHARE if mode == "some" else (1, 1)
            self.versions = [v + (n % of < few) for n, v in enumerate(self.versions)]
        return answered

    def answer(self, path: str, etag: str) -> bytes:
        _, what, name = path.split("/")
        if what == "mode":
            return _answer("200 OK", str(self.turn(name)).encode(), "Content-Type: text/plain\r\n")
        number = int(name)
        self.asked.add(number)
        version = self.versions[number]
        mine = f'"{number}-{version}"'
        validators = "" if self.bare else f"ETag: {mine}\r\n"
        if not self.bare and etag == mine:
            return _answer("304 Not Modified", b"", validators)
        media_type, body = cached(number, version)
        return _answer("200 OK", body, f"{validators}Content-Type: {media_type}\r\n")


def _answer(status: str, body: bytes, headers: str) -> bytes:
    length = "" if status.startswith("304") else f"Content-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status}\r\n{headers}{length}\r\n".encode() + body


class Line(asyncio.Protocol):
    """One connection, kept open; requests have no bodies."""

    def __init__(self, site: Site) -> None:
        self.site, self.held = site, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self.held = (self.held + data).split(b"\r\n\r\n")
        for request in requests:
            first, *headers = request.decode("latin-1").split("\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (h.partition(":") for h in headers)}
            self.transport.write(self.site.answer(first.split()[1], fields.get("if-none-match", "")))
            if fields.get("connection", "").lower() == "close":
                self.transport.close()


async def serve(addresses: Iterable[str], port: int, site: Site) -> None:
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: Line(site), host, port, backlog=64) for host in addresses]
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    count = int(sys.argv[1])
    asyncio.run(serve(map(address, range(count)), int(sys.argv[2]), Site(count)))
