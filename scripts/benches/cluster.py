"""A cluster under fire: scripts/bench cluster [SOURCES] [--growth].

Sources of many hosts on loopback, with latency; PostgreSQL of our own, two schedulers, three workers, one web node. A
worker and a scheduler are killed with -9, another worker is stopped past its lease and comes back. Then: every entry is
there, none is told twice, no host was asked twice at a time but while the worker was stalled, no source was asked again
but those whose answers a worker had in hand when it was killed or fell asleep, and every document is, byte for byte,
what one embedded process makes of the same input.

With --growth also what a tick and the claims that follow cost among 10,000, 100,000 and 1,000,000 sources; with
SOURCES 0 that alone.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import psycopg
from clustering.growth import growth
from clustering.server import ITEMS, host_of
from timing import close

from feeds.jobs.poll import BATCH
from feeds.store import Store, migrate, open_store
from feeds.store.database.trial import Trial

EPOCH = 1_795_651_200  # a fixed clock: documents tell when stories were first seen
STALL = 45.0  # seconds: more than the lease of 30 and the sweep of 10
SHARDS = 32
JOBS = 4  # at a time, of each worker
LISTED = 5000  # feeds in one list; more than 10,000 are not taken


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench cluster")
    parser.add_argument("sources", nargs="?", type=int, default=100_000)
    parser.add_argument("--growth", action="store_true")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="feeds-bench-"))
    folder.chmod(0o755)
    trial = Trial(folder / "data")
    trial.start()
    server = subprocess.Popen([sys.executable, "-m", "clustering.server"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        port = int(server.stdout.readline())
        faults = run(folder, trial, asked.sources, port) if asked.sources else []
        if asked.growth:
            faults += growth(trial, datetime.fromtimestamp(EPOCH, UTC))
    finally:
        server.kill()
        server.wait()
        trial.close()
        shutil.rmtree(folder, ignore_errors=True)
    close("cluster", f"{asked.sources} sources, faults: {', '.join(faults) or 'none'}", "no fault", holds=not faults)


def configured(folder: Path, sources: int, port: int, web: int) -> Path:
    hosts = max(sources // 20, 40)
    urls = [f"http://{host_of(n, hosts)}:{port}/{n}" for n in range(sources)]
    lines = [f'<outline type="rss" text="f{n}" xmlUrl="{url}"/>' for n, url in enumerate(urls)]
    lists = [f"list{n}.opml" for n in range(0, sources, LISTED)]
    for number, name in enumerate(lists):
        some = "".join(lines[number * LISTED : (number + 1) * LISTED])
        (folder / name).write_text(f'<opml version="2.0"><head/><body>{some}</body></opml>', encoding="utf-8")
    allowed = ", ".join(f'"{host_of(n, hosts)}:{port}"' for n in range(hosts))
    file = folder / "feeds.yaml"
    file.write_text(
        f"site: {{title: Bench, url: 'https://bench.example'}}\nsources:\n"
        f"{''.join(f'  - opml: {name}{chr(10)}' for name in lists)}"
        f"server: {{listen: '127.0.0.1:{web}', allow_private: [{allowed}]}}\n"
        f"schedule: {{shards: {SHARDS}, per_host: 1, spacing: 0s, workers: 32}}\n",
        encoding="utf-8",
    )
    return file


class Cluster:
    """The processes, and what CPU time each of them took at the last look."""

    def __init__(self, file: Path, url: str) -> None:
        self._file, self._url = file, url
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.cpu: dict[int, float] = {}

    def start(self, name: str, *words: str) -> None:
        environ = {**os.environ, "FEEDS_STORE": self._url, "SOURCE_DATE_EPOCH": str(EPOCH)}
        with (self._file.parent / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "feeds", "-c", str(self._file), *words]
            self.processes[name] = subprocess.Popen(command, env=environ, stdout=log, stderr=log)

    def look(self) -> None:
        for name, process in self.processes.items():
            if name.startswith("worker") and process.poll() is None:
                fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
                self.cpu[process.pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> float:
        """End all in good order; return how long that took."""
        began = time.monotonic()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(60)
        return time.monotonic() - began


def run(folder: Path, trial: Trial, sources: int, port: int) -> list[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        web = free.getsockname()[1]
    file = configured(folder, sources, port, web)
    url = trial.create("feeds", "template0")
    migrate(url)
    cluster = Cluster(file, url)
    for name, words in {"scheduler1": ("scheduler",), "scheduler2": ("scheduler",), "web": ("web",)}.items():
        cluster.start(name, *words)
    for number in range(3):
        cluster.start(f"worker{number}", "worker", "--jobs", str(JOBS))
    began, kill, stall, end = _under_fire(cluster, url, sources)
    took = time.monotonic() - began
    asked = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/stats", timeout=10))
    page = urllib.request.urlopen(f"http://127.0.0.1:{web}/atom.xml", timeout=10)
    served = page.status
    cluster.look()
    stopped = cluster.stop()
    late = [at for at, _ in asked["overlaps"] if not stall <= at <= end + 2]
    each = 1000 * sum(cluster.cpu.values()) / sources
    print(f"{sources} sources in {took:.0f} s, {sources / took:.0f} polls/s; {each:.1f} ms CPU of workers a poll")
    print(f"{len(asked['overlaps'])} overlaps, {len(late)} of them beyond the stall")
    print(f"all stopped in {stopped:.1f} s")
    store = open_store(url)
    faults = _judged(store, sources)
    faults += _asked_again(asked["again"], sources, kill, stall)
    faults += [f"{len(late)} overlaps"] if late else []
    faults += [] if served == 200 else [f"the web node answered {served}"]
    faults += _compared(store, folder, file)
    store.close()
    return faults


def _under_fire(cluster: Cluster, url: str, sources: int) -> tuple[float, float, float, float]:
    """Let it run to the end, with mishaps on the way; return when polling began, one was killed, and when one slept."""
    began, kill, stall, end = 0.0, 0.0, 0.0, 0.0
    step, shown = max(sources // 10, 1), 0
    victim, sleeper = cluster.processes["worker0"], cluster.processes["worker1"]
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            cluster.look()
            done = _polled(connection)
            began = began or (time.monotonic() if done else 0.0)
            if done > 0.2 * sources and not kill:
                victim.kill()
                cluster.processes["scheduler1"].kill()
                kill = time.monotonic()
                cluster.start("worker3", "worker", "--jobs", str(JOBS))
            if done > 0.4 * sources and not stall:
                sleeper.send_signal(signal.SIGSTOP)
                stall = time.monotonic()
            if stall and not end and time.monotonic() > stall + STALL:
                sleeper.send_signal(signal.SIGCONT)
                end = time.monotonic()
            if end and done == sources and _quiet(connection):
                return began, kill, stall, end
            if done // step > shown:
                shown = done // step
                print(f"  {done} of {sources} after {time.monotonic() - began:.0f} s", flush=True)
            time.sleep(0.25 if sources <= LISTED else 2)  # to count 100,000 rows takes 20 ms


def _asked_again(again: Sequence[Sequence[float]], sources: int, kill: float, stall: float) -> list[str]:
    """Judge requests for what had been asked for: only what a worker had in hand when it fell may be asked anew.

    That is at most what each of its jobs asks for at a time: a batch, or all of its shard.
    """
    most = JOBS * min(sources // SHARDS * 2, BATCH)
    pairs = [pair for times in again for pair in pairwise(times)]
    killed = sum(a <= kill < b for a, b in pairs)
    stalled = sum(a <= stall < b and not a <= kill < b for a, b in pairs)
    rest = len(pairs) - killed - stalled
    print(
        f"{len(pairs)} asked again: {killed} for the kill, {stalled} for the stall, at most {most} each; {rest} others"
    )
    faults = [f"{rest} asked again without cause"] if rest else []
    return faults + [f"{n} asked again at once" for n in (killed, stalled) if n > most]


def _polled(connection: "psycopg.Connection[tuple[int]]") -> int:
    found = connection.execute("SELECT count(*) FROM source_state WHERE due > to_timestamp(%s)", (EPOCH,)).fetchone()
    return int(found[0]) if found else 0


def _quiet(connection: "psycopg.Connection[tuple[int]]") -> bool:
    query = "SELECT (SELECT count(*) FROM marks) + (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing')"
    found = connection.execute(query).fetchone()
    return found is not None and found[0] == 0


def _judged(store: Store, sources: int) -> list[str]:
    totals = store.overview.totals(datetime.fromtimestamp(EPOCH, UTC))
    wanted = sources * ITEMS
    print(f"{totals.entries} entries, {totals.stories} stories of {wanted}; {totals.renditions} documents")
    faults = []
    for line in store.overview.sources():
        if line.state.problem or line.entries != ITEMS:
            print(f"{line.source.id}: {line.entries} entries, {line.state.problem}, {line.state.strikes} strikes")
    if totals.entries != wanted:
        faults.append(f"{wanted - totals.entries} entries lost")
    if totals.stories != wanted:
        faults.append(f"{totals.stories - wanted} stories too many")
    return faults


def _compared(store: Store, folder: Path, file: Path) -> list[str]:
    """Publish the same input by one embedded process, and compare all documents."""
    other = f"sqlite:///{folder}/embedded.db"
    environ = {**os.environ, "FEEDS_STORE": other, "SOURCE_DATE_EPOCH": str(EPOCH)}
    began, waiting = time.monotonic(), -1
    while waiting:  # one pass takes five minutes at the most, and leaves the rest due
        subprocess.run([sys.executable, "-m", "feeds", "-q", "-c", str(file), "run"], env=environ, check=True)
        embedded = open_store(other)
        before, waiting = waiting, sum(line.state.polled is None for line in embedded.overview.sources())
        if waiting:
            embedded.close()
        if waiting == before:
            return [f"one embedded process leaves {waiting} sources unasked"]
    print(f"one embedded process took {time.monotonic() - began:.0f} s")
    ours, theirs = (
        {line.path: s.overview.rendition(line.path) for line in s.overview.renditions()} for s in (store, embedded)
    )
    differing = [p for p in sorted(ours.keys() | theirs.keys())
                 if (a := ours.get(p)) is None or (b := theirs.get(p)) is None or a.body != b.body]  # fmt: skip
    embedded.close()
    print(f"{len(theirs)} documents of one embedded process, {len(differing)} differ {differing[:3]}")
    return [f"{len(differing)} documents differ"] if differing else []


if __name__ == "__main__":
    main()
