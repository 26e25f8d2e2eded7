"""Feeds of many hosts on loopback, each answer some tens of milliseconds late, and a record of requests that overlap.

`/N` is feed N; `/stats` tells when those feeds were asked that were asked more than once, and every moment at which
one host had more than one request at a time. Times are those of the machine's monotonic clock.
"""

import asyncio
import json
import socket
import sys
import time
from collections import Counter, defaultdict
from zlib import crc32

ITEMS = 2


def host_of(number: int, hosts: int) -> str:
    place = number % hosts
    return f"127.1.{place // 250}.{place % 250 + 1}"


def feed(number: int) -> bytes:
    items = "".join(
        f"<item><title>Story {number} of part {n}</title><link>https://s{number}.example/{n}</link>"
        f"<guid isPermaLink='false'>guid-{number}-{n}</guid><category>c{number % 5}</category>"
        f"<pubDate>Wed, 25 Nov 2026 {number % 24:02}:{number // 24 % 60:02}:{n:02} GMT</pubDate>"
        f"<description>What happened at place {number}, told for the {n}. time.</description></item>"
        for n in range(ITEMS)
    )
    head = f"<title>Feed {number}</title><link>https://s{number}.example/</link><description>d</description>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


class Log:
    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.asked: defaultdict[int, list[float]] = defaultdict(list)
        self.overlaps: list[tuple[float, str]] = []
        self.most = 0


LOG = Log()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    host = writer.get_extra_info("sockname")[0]
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].decode()
            if path == "/stats":
                again = [times for times in LOG.asked.values() if len(times) > 1]
                body = json.dumps({"again": again, "most": LOG.most, "overlaps": LOG.overlaps}).encode()
            else:
                body = await _answer(host, int(path[1:]))
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n"
            writer.write(head % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def _answer(host: str, number: int) -> bytes:
    LOG.asked[number].append(time.monotonic())
    LOG.now[host] += 1
    LOG.most = max(LOG.most, LOG.now[host])
    if LOG.now[host] > 1:
        LOG.overlaps.append((time.monotonic(), host))
    try:
        await asyncio.sleep(0.02 + crc32(b"%d" % number) % 40 / 1000)
    finally:
        LOG.now[host] -= 1
    return feed(number)


async def main() -> None:
    every = socket.socket()  # of the loopback device alone: thousands of its addresses are asked
    every.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    every.bind(("", 0))
    server = await asyncio.start_server(serve, sock=every, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
