"""One new document to 10,000 subscribers on hosts of their own, of whom 1,000 take the connection and say nothing.

Everything is real but the network: the store, the deliver job, the threads, the client. Names lead to two servers on
loopback, one that answers at once and one that hangs until the deadline.

The goal: 99 of 100 of those that answer have the document within 60 seconds of its publishing.
"""

import argparse
import asyncio
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import timing

from feeds.app.build import opened
from feeds.core.push import websub
from feeds.jobs.deliver import deliver
from feeds.model.delivery import Subscription
from feeds.model.job import Job
from feeds.net import Client
from feeds.send.http import poster
from feeds.store.push import push_tables

GOAL = 60.0  # seconds
SITE = "https://desk.example"
CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example'}
content: [{id: posts, path: site}]
push: {hub: builtin}
"""
POST = "---\ntitle: {0}\ndate: 2026-01-01 10:00:00 +0000\n---\n{1}\n"
HANGING = "hang"


class Subscribers:
    """The two servers, in a thread; when each host got its push."""

    def __init__(self) -> None:
        self.came: dict[str, float] = {}
        self.ports: dict[bool, int] = {}
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._ready.wait(10)

    async def _serve(self) -> None:
        good = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=1024)
        bad = await asyncio.start_server(self._hang, "127.0.0.1", 0, backlog=4096)
        self.ports = {False: good.sockets[0].getsockname()[1], True: bad.sockets[0].getsockname()[1]}
        self._ready.set()
        await asyncio.Event().wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = int(head.partition("content-length:")[2].partition("\r\n")[0])
                await reader.readexactly(length)
                self.came[head.partition("host:")[2].partition("\r\n")[0].strip()] = time.monotonic()
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        writer.close()

    async def _hang(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass
        writer.close()


def resolve(host: str, port: int) -> Sequence[str]:
    return ["93.184.216.34" if HANGING not in host else "93.184.216.35"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=10_000)
    number = parser.parse_args().subscribers
    there = Subscribers()

    def dial(address: str, port: int, seconds: float) -> socket.socket:
        return socket.create_connection(("127.0.0.1", there.ports[address.endswith("35")]), seconds)

    with TemporaryDirectory(prefix="feeds-fanout-") as place:
        folder = Path(place)
        (folder / "site").mkdir()
        (folder / "feeds.yaml").write_text(CONFIG)
        for n in range(50):
            (folder / f"site/{n}.md").write_text(POST.format(f"Post {n}", f"Words of {n}. " * 100))
        with opened(str(folder / "feeds.yaml"), {}, lock=True) as app:
            app.sync()
            work = app.work()
            client = Client(resolve=resolve, dial=dial)
            work = replace(work, ports=replace(work.ports, post=poster(client)))
            app.run_job(Job(name="poll"), work)
            subscribe(app.store.outbox.hub._db, number)
            app.run_job(Job(name="publish"), work)
            rendition = app.store.overview.rendition("/atom.xml")
            begun, cpu = time.monotonic(), time.process_time()
            report = deliver(Job(name="deliver"), work)
            took = time.monotonic() - begun
            cpu = time.process_time() - cpu
    late = sorted(at - begun for at in there.came.values())
    p99 = late[int(len(late) * 0.99)]
    size = len(rendition.body) if rendition else 0
    print(f"{size} bytes to {number} subscribers, of whom {number // 10} hang: {dict(report.counts)}")
    print(f"{len(late)} that answer had it in {late[-1]:.1f} s, half of them in {late[len(late) // 2]:.1f} s")
    print(f"the job took {took:.1f} s, {cpu:.1f} CPU s")
    holds = len(late) == number - number // 10 and p99 < GOAL
    figure = f"{p99:.1f} s until 99 of 100 of those that answer have it"
    timing.close("fanout", figure, f"under {GOAL:g} s", holds=holds)


def subscribe(db: object, number: int) -> None:
    """Put subscriptions as verified ones are; every tenth host hangs."""
    now = datetime.now(UTC)
    rows = []
    for n in range(number):
        callback = f"https://{HANGING if n % 10 == 0 else 'host'}{n}.example/in".replace("https", "http")
        topic = f"{SITE}/atom.xml"
        found = Subscription(
            id=websub.pair_id(topic, callback), topic=topic, callback=callback, secret="s" * 32,
            lease_until=now + timedelta(days=1), since=now,
        )  # fmt: skip
        rows.append({c.name: getattr(found, c.name) for c in push_tables.subscriptions.c})
    with db.write() as connection:  # type: ignore[attr-defined]  # the store's own database
        connection.execute(push_tables.subscriptions.insert(), rows)


if __name__ == "__main__":
    main()
