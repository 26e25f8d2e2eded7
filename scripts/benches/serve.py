"""What serving a feed of 250 KB costs, beside nginx with the same files; and whether any answer is ever broken.

CPU seconds of the server's one process, in turns, one request after another: 200 plain, 200 as gzip (made before, on
both sides), 304. nginx sends files that it keeps open by sendfile; ours answers from memory, plain bytes by sendfile
too once they were asked for some times, with its limits in force.

Both servers are measured in the same two places: on one core with the client, and on the other core. The goals hold
where they do in both. A client on a core of its own sleeps between the pieces of an answer, and the kernel charges the
server for waking it, so a server that is left to the scheduler costs what the scheduler chooses: measured on a virtual
machine, nginx's plain answer 10.5 µs or 24.1 µs within one minute, in the same process. Five pairs of servers are
started, each round asks on a connection of its own, and the median counts: of one server one connection takes 13 µs for
a plain answer and the next one 21, each for as long as it lasts, and nobody knows of what.

Then a second server of ours republishes the feed 100 times a second while four clients ask: each body must be one
whole revision, of the ETag that it came with.
"""

import argparse
import gzip
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import brotli
from serving.client import Connection, request, value
from serving.made import body, rendition
from timing import close, interleaved

GOALS = {"identity": 1.3, "gzip": 3.0, "304": 7.0}
REQUESTS = {"identity": 600, "gzip": 1500, "304": 4000}
ROUNDS, PAIRS = 5, 5
WARM = 20  # requests of each connection that do not count
A_SECOND = 100
HERE = Path(__file__).parent
OURS = [sys.executable, str(HERE / "serving/ours.py")]

NGINX = """\
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error;
events {{}}
http {{
  access_log off; sendfile on; tcp_nopush on; gzip_static on; open_file_cache max=100; keepalive_requests 1000000000;
  types {{ application/atom+xml xml; }}
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port}; root {folder}/public;
    add_header Cache-Control "public, max-age=300"; add_header Vary "Accept, Accept-Encoding";
    add_header X-Content-Type-Options nosniff;
  }}
}}
"""


def nginx(folder: Path, port: int) -> list[str]:
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        print("serve: nginx cannot be had (apt-get install nginx-light), so there is nothing to compare with")
        raise SystemExit(1)
    (folder / "public").mkdir()
    made = rendition(0)
    (folder / "public/atom.xml").write_bytes(made.body)
    (folder / "public/atom.xml.gz").write_bytes(made.gzipped)
    for path in (folder / "public").iterdir():
        os.utime(path, (1_767_225_600, 1_767_225_600))
    (folder / "conf").write_text(NGINX.format(folder=folder, port=port))
    os.chmod(folder, 0o755)
    return [program, "-c", str(folder / "conf")]


@contextmanager
def started(command: list[str], port: int) -> Iterator[int]:
    """Run a server until the block ends; give its process id once it answers."""
    process = subprocess.Popen(command)
    try:
        for _ in range(200):
            try:
                Connection(port).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"serve: {command[0]} ended with {process.returncode}") from None
                time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def cpu(process: int) -> float:
    """CPU seconds of a process, all of its threads (proc(5), schedstat: nanoseconds)."""
    tasks = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


@contextmanager
def placed(core: int, *servers: int) -> Iterator[None]:
    """Keep *servers*, all of their threads, on the core of that place and this process on the first until the block
    ends."""
    every = sorted(os.sched_getaffinity(0))

    def to(process: int, cores: Iterable[int]) -> None:
        for thread in Path(f"/proc/{process}/task").iterdir():
            with suppress(ProcessLookupError):  # a thread that ended
                os.sched_setaffinity(int(thread.name), cores)

    for process, cores in ((os.getpid(), every[:1]), *((server, [every[core]]) for server in servers)):
        to(process, cores)
    try:
        yield
    finally:
        for process in (os.getpid(), *servers):
            to(process, every)


def asking(process: int, port: int, kind: str) -> Callable[[], float]:
    """Return what gives the CPU seconds of one request of *kind*."""
    connection = Connection(port)
    lines = {"identity": b"", "gzip": b"Accept-Encoding: gzip", "304": b""}[kind]
    plain = request(*filter(None, [lines]))
    head, length = connection.drain(plain)
    if kind == "304":
        plain = request(b"If-None-Match: " + value(head, b"etag"))
    connection.drain(plain)
    head, length = connection.drain(plain)
    right = {"identity": (b"200", b"", True), "gzip": (b"200", b"gzip", True), "304": (b"304", b"", False)}[kind]
    assert (head[9:12], value(head, b"content-encoding"), length > 0) == right, head
    connection.close()

    def run() -> float:
        fresh = Connection(port)
        for _ in range(WARM):
            fresh.drain(plain)
        before = cpu(process)
        for _ in range(REQUESTS[kind]):
            fresh.drain(plain)
        took = cpu(process) - before
        fresh.close()
        return took / REQUESTS[kind]

    return run


def unbroken(port: int, seconds: float) -> tuple[int, int, int]:
    """Ask from four threads while the feed changes; return answers, broken ones, and how many revisions were seen."""
    until = time.monotonic() + seconds
    answers, broken, seen = [0] * 4, [0] * 4, set[bytes]()

    def ask(place: int) -> None:
        connection = Connection(port)
        codings = (b"identity", b"gzip", b"br, gzip", b"gzip;q=0.5")
        etag = b""
        while time.monotonic() < until:
            lines = [b"Accept-Encoding: " + codings[place]] + ([b"If-None-Match: " + etag] if etag else [])
            try:
                head, found = connection.fetch(request(*lines))
            except OSError:
                connection = Connection(port)
                broken[place] += 1
                continue
            answers[place] += 1
            if head[9:12] == b"304":
                etag = b""
                continue
            etag = value(head, b"etag")
            if not sound(head, found, etag):
                broken[place] += 1
            seen.add(etag[:33])

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answers), sum(broken), len(seen)


def sound(head: bytes, found: bytes, etag: bytes) -> bool:
    """Tell whether a body is whole, and is what its ETag stands for."""
    if head[9:12] != b"200":
        return False
    coding = value(head, b"content-encoding")
    try:
        plain = {b"gzip": gzip.decompress, b"br": brotli.decompress, b"": bytes}[coding](found)
    except Exception:
        return False
    suffix = b"-" + coding if coding else b""
    return etag == b'"%s%s"' % (sha256(plain).hexdigest()[:32].encode(), suffix)


def measured(folder: Path, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Start both servers; return the CPU seconds of each kind of request on one core with the client, and on
    another."""
    for name in ("nginx", "ours"):
        (folder / name).mkdir(parents=True)
    folder.chmod(0o755)
    with (
        started(nginx(folder / "nginx", 8791), 8791) as theirs,
        started([*OURS, str(folder / "ours"), "8792"], 8792) as mine,
    ):
        runs = {
            f"{kind} {name}": asking(process, port, kind)
            for kind in GOALS
            for name, process, port in (("nginx", theirs, 8791), ("ours", mine, 8792))
        }
        with placed(0, theirs, mine):
            together = interleaved(runs, rounds)
        with placed(1, theirs, mine):
            return together, interleaved(runs, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of each kind of request on each server ({ROUNDS})")
    parser.add_argument("--seconds", type=float, default=20, help="how long the feed is republished (20)")
    given = parser.parse_args()
    assert 249_000 < len(body(0)) < 251_000
    if len(os.sched_getaffinity(0)) < 2:
        raise SystemExit("serve: two cores are needed, one for the servers and one for the client")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="feeds-serve-")))
        folder.chmod(0o755)
        pairs = [measured(folder / str(n), given.rounds) for n in range(PAIRS)]
        (changing := folder / "changing").mkdir()
        with started([*OURS, str(changing), "8793", str(A_SECOND)], 8793):
            answers, broken, revisions = unbroken(8793, given.seconds)
    places = ("one core", "two cores")
    ratios: dict[str, list[float]] = {kind: [] for kind in GOALS}
    print(f"{'':10}{'':10}{'nginx µs':>10}{'ours µs':>10}{'ratio':>8}{'goal':>8}")
    for place, some in zip(places, zip(*pairs, strict=True), strict=True):
        found = {name: median([one[name] for one in some]) * 1e6 for name in some[0]}
        for kind, most in GOALS.items():
            theirs, ours = found[f"{kind} nginx"], found[f"{kind} ours"]
            ratios[kind].append(ours / theirs)
            print(f"{place:10}{kind:10}{theirs:10.1f}{ours:10.1f}{ours / theirs:8.2f}{most:8.1f}")
        each = ", ".join(f"{one['identity ours'] * 1e6:.1f}" for one in some)
        print(f"a plain answer of each server of ours: {each}")
    print(f"republished {A_SECOND} times a second: {answers} answers of {revisions} revisions, {broken} broken")
    holds = all(max(ratios[kind]) <= most for kind, most in GOALS.items()) and not broken and revisions > 10
    figure = ", ".join(f"{kind} {one:.2f} ({two:.2f} on two cores)" for kind, (one, two) in ratios.items())
    goal = ", ".join(f"{kind} {most}" for kind, most in GOALS.items())
    close("serve", f"nginx's CPU × {figure}; {broken} broken", f"× ≤ {goal}; 0 broken", holds=holds)


if __name__ == "__main__":
    main()
