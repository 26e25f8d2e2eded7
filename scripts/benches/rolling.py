"""A rolling restart under load: scripts/bench rolling [SOURCES].

A cluster on loopback polls sources of many hosts while readers ask for a feed, as a proxy asks two web nodes: the next
one where one does not answer. Meanwhile every process is told to stop and started again, one after the other: first the
schedulers, then the workers, then the web nodes. Then: every request for the feed was answered, every entry is there
and none twice, no host was asked twice at a time, and every process ended by itself with 0.
"""

import argparse
import http.client
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import psycopg
from cluster import EPOCH, Cluster, configured
from clustering.server import ITEMS
from timing import close

from feeds.store import migrate, open_store
from feeds.store.database.trial import Trial

READERS = 4
LEAVE = 60.0  # seconds that a process gets to stop
NAMES = ("scheduler1", "scheduler2", "worker1", "worker2", "worker3", "web1", "web2")
PATIENCE = 300.0  # seconds for all that is to come


@dataclass
class Readers:
    """Threads that ask for a feed as through a proxy, and what they got."""

    ports: tuple[int, ...]
    answered: int = 0
    second: int = 0  # answered by the next node
    unanswered: list[str] = field(default_factory=list)
    slowest: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        turns = cycle(range(len(self.ports)))
        while not self.over.wait(0.02):
            began, first = time.monotonic(), next(turns)
            said = [found := _ask(self.ports[first])]
            if found != "200":
                said.append(found := _ask(self.ports[first - 1]))
                self.second += 1
            if found != "200":
                self.unanswered.append(" then ".join(said))
            self.answered += found == "200"
            self.slowest = max(self.slowest, time.monotonic() - began)


def _ask(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/atom.xml")
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    else:
        return str(answer.status)
    finally:
        connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench rolling")
    parser.add_argument("sources", nargs="?", type=int, default=5_000)
    sources = parser.parse_args().sources
    folder = Path(tempfile.mkdtemp(prefix="feeds-bench-"))
    folder.chmod(0o755)
    trial = Trial(folder / "data")
    trial.start()
    server = subprocess.Popen([sys.executable, "-m", "clustering.server"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        faults = run(folder, trial, sources, int(server.stdout.readline()))
    finally:
        server.kill()
        server.wait()
        trial.close()
        shutil.rmtree(folder, ignore_errors=True)
    said = ", ".join(faults) or "none"
    close("rolling", f"{sources} sources, {len(NAMES)} restarts, faults: {said}", "no fault", holds=not faults)


def run(folder: Path, trial: Trial, sources: int, port: int) -> list[str]:
    ports = (_free(), _free())
    files = {"web1": configured(folder, sources, port, ports[0]), "web2": folder / "second.yaml"}
    files["web2"].write_text(files["web1"].read_text().replace(f":{ports[0]}'", f":{ports[1]}'"), encoding="utf-8")
    url = trial.create("feeds", "template0")
    migrate(url)
    clusters = {name: Cluster(files.get(name, files["web1"]), url) for name in NAMES}
    for name in NAMES:
        _start(clusters, name)
    readers = Readers(ports)
    threads = [threading.Thread(target=readers.read, daemon=True) for _ in range(READERS)]
    with psycopg.connect(url, autocommit=True) as connection:
        _until(lambda: all(_ask(port) == "200" for port in ports))
        for thread in threads:
            thread.start()
        codes, began = {}, _polled(connection)
        for name in NAMES:
            codes[name] = _restart(clusters, name, ports)
        ended = _polled(connection)
        _until(lambda: _polled(connection) == sources and _quiet(connection))
    readers.over.set()
    for thread in threads:
        thread.join(30)
    asked = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/stats", timeout=10))
    for cluster in clusters.values():
        cluster.stop()
    print(f"{began} of {sources} sources were polled when the first process was stopped, {ended} when all were back")
    print(
        f"{readers.answered} requests answered, {readers.second} by the next node, in {readers.slowest:.2f} s at most"
    )
    print(f"{len(asked['again'])} sources asked again, {len(asked['overlaps'])} overlaps")
    return [
        *(f"{len(readers.unanswered)} unanswered: {each}" for each in readers.unanswered[:1]),
        *(f"{name} ended with {code}" for name, code in codes.items() if code),
        *([f"{len(asked['overlaps'])} overlaps"] if asked["overlaps"] else []),
        *(["the restart was over before or after the load"] if not began < ended < sources else []),
        *_judged(url, sources),
    ]


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _start(clusters: dict[str, Cluster], name: str) -> None:
    clusters[name].start(name, name.rstrip("0123456789"))


def _restart(clusters: dict[str, Cluster], name: str, ports: tuple[int, ...]) -> int:
    """Stop a process as a supervisor does, and start it again; return the code that it ended with."""
    process = clusters[name].processes[name]
    process.terminate()
    code = process.wait(LEAVE)
    _start(clusters, name)
    if name.startswith("web"):
        _until(lambda: _ask(ports[int(name[-1]) - 1]) == "200")
    return code


def _until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not found():
        if time.monotonic() > end:
            raise SystemExit("rolling: what was waited for did not come")
        time.sleep(0.1)


def _polled(connection: "psycopg.Connection[tuple[int]]") -> int:
    query = "SELECT count(*) FROM source_state WHERE due > to_timestamp(%s)"
    found = connection.execute(query, (EPOCH,)).fetchone()
    return int(found[0]) if found else 0


def _quiet(connection: "psycopg.Connection[tuple[int]]") -> bool:
    query = "SELECT (SELECT count(*) FROM marks) + (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing')"
    found = connection.execute(query).fetchone()
    return found is not None and found[0] == 0


def _judged(url: str, sources: int) -> list[str]:
    store = open_store(url)
    totals = store.overview.totals(datetime.fromtimestamp(EPOCH, UTC))
    store.close()
    wanted = sources * ITEMS
    print(f"{totals.entries} entries and {totals.stories} stories of {wanted}, {totals.renditions} documents")
    lost, doubled = wanted - totals.entries, totals.stories - wanted
    return [*([f"{lost} entries lost"] if lost else []), *([f"{doubled} stories too many"] if doubled else [])]


if __name__ == "__main__":
    main()
