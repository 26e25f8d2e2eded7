"""A host that is divided among workers is asked by no more at a time, and no faster, than by one: its server says so."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from feeds.core.polling.shards import deal
from feeds.fetch import fetcher
from feeds.model.source import Source, SourceState
from feeds.net import Client

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PER_HOST = 4


class Host:
    """A server that keeps each request until as many are there as may be, and counts the most that were."""

    def __init__(self) -> None:
        self.full = threading.Barrier(PER_HOST)
        self.turn = threading.Lock()
        self.now = self.most = 0
        self.asked: list[str] = []

    def came(self, path: str) -> None:
        with self.turn:
            self.now += 1
            self.most = max(self.most, self.now)
            self.asked.append(path)
        with suppress(threading.BrokenBarrierError):  # the last ones are fewer
            self.full.wait(2)
        with self.turn:
            self.now -= 1


@pytest.fixture
def host() -> Iterator[tuple[Host, int]]:
    found = Host()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.came(self.path)
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield found, server.server_port
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_all_workers_together_ask_a_host_as_one_would(host: tuple[Host, int]) -> None:
    found, port = host
    sources = [Source(id=f"s{n}", kind="feed", location=f"http://127.0.0.1:{port}/{n}") for n in range(40)]
    dealt = deal(sources, 8, PER_HOST, many=10)
    assert dealt.parts == {"127.0.0.1": PER_HOST}
    shards: dict[int, list[tuple[Source, SourceState]]] = {}
    for source in sources:
        shards.setdefault(dealt.shard_of(source), []).append((source, SourceState(source_id=source.id, due=NOW)))
    assert len(shards) == PER_HOST

    def work(pairs: list[tuple[Source, SourceState]]) -> int:
        client = Client(allow_private=[f"127.0.0.1:{port}"])
        return sum(answer.status == 404 for answer in fetcher(client, PER_HOST, 16, parts=dealt.parts)(pairs))

    with ThreadPoolExecutor(len(shards)) as workers:
        assert sum(workers.map(work, shards.values())) == len(sources)
    assert (len(found.asked), len(set(found.asked)), found.most) == (40, 40, PER_HOST)


@pytest.mark.parametrize(
    ("parts", "most", "spacing"), [(1, 4, 2.0), (2, 2, 4.0), (4, 1, 8.0)], ids=["whole", "halves", "quarters"]
)
@pytest.mark.parametrize("host", ["www.big.example", "[2001:db8::1]"])
def test_each_part_has_its_share(host: str, parts: int, most: int, spacing: float) -> None:
    given = {host.strip("[]"): parts}
    found = fetcher(Client(), 4, 16, spacing=timedelta(seconds=2), parts=given)
    big, small = (Source(id="s", kind="feed", location=f"https://{name}/feed") for name in (host, "small.example"))
    assert (tuple(found._room(big)), tuple(found._room(small))) == ((most, spacing), (4, 2.0))
