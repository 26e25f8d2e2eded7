"""What serving a feed of 250 KB costs, beside nginx with the same files; and whether any answer is ever broken.

CPU seconds of the server's one process, in turns on one connection: 200 plain, 200 as gzip (made before, on both
sides), 304. nginx sends files that it keeps open by sendfile; ours answers from memory, with its limits in force.

The servers and the client share one core, so that what is counted is work. A client on a core of its own sleeps between
the pieces of an answer, and its kernel charges the server for waking it: measured on a virtual machine, 17 of the 25 µs
of nginx's 304, and a plain answer of ours between 27 and 61 µs from one run to the next. The goals hold where they do
both ways. Three pairs of servers are started, and the median counts: one server of ours in eight took 44 µs to copy
250 KB and not 27, perhaps for where its pages lay.

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
from collections.abc import Callable, Iterator
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
ROUNDS, PAIRS = 5, 3
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
def together(*servers: int) -> Iterator[None]:
    """Keep this process and *servers*, all of their threads, on one core until the block ends."""
    every = os.sched_getaffinity(0)
    tasks = [Path(f"/proc/{process}/task") for process in (os.getpid(), *servers)]
    threads = [int(thread.name) for task in tasks for thread in task.iterdir()]

    def to(cores: set[int]) -> None:
        for thread in threads:
            with suppress(ProcessLookupError):  # a thread that ended
                os.sched_setaffinity(thread, cores)

    to({min(every)})
    try:
        yield
    finally:
        to(every)


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

    def run() -> float:
        before = cpu(process)
        for _ in range(REQUESTS[kind]):
            connection.drain(plain)
        return (cpu(process) - before) / REQUESTS[kind]

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
    """Start both servers; return the CPU seconds of each kind of request on a shared core, and on any."""
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
        apart = interleaved(runs, rounds // 2 or 1)
        with together(theirs, mine):
            return interleaved(runs, rounds), apart


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of each kind of request on each server ({ROUNDS})")
    parser.add_argument("--seconds", type=float, default=20, help="how long the feed is republished (20)")
    given = parser.parse_args()
    assert 249_000 < len(body(0)) < 251_000
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="feeds-serve-")))
        folder.chmod(0o755)
        pairs = [measured(folder / str(n), given.rounds) for n in range(PAIRS)]
        (changing := folder / "changing").mkdir()
        with started([*OURS, str(changing), "8793", str(A_SECOND)], 8793):
            answers, broken, revisions = unbroken(8793, given.seconds)
    found, apart = (
        {name: median([one[name] for one in some]) for name in some[0]} for some in zip(*pairs, strict=True)
    )
    ratios, idle = ({kind: some[f"{kind} ours"] / some[f"{kind} nginx"] for kind in GOALS} for some in (found, apart))
    print(f"{'':10}{'nginx µs':>10}{'ours µs':>10}{'ratio':>8}{'goal':>8}")
    for kind, ratio in ratios.items():
        nginx_us, ours_us = found[f"{kind} nginx"] * 1e6, found[f"{kind} ours"] * 1e6
        print(f"{kind:10}{nginx_us:10.1f}{ours_us:10.1f}{ratio:8.2f}{GOALS[kind]:8.1f}")
    print(
        "a plain answer of each server of ours: " + ", ".join(f"{one['identity ours'] * 1e6:.1f}" for one, _ in pairs)
    )
    print("with the client on any core: " + ", ".join(f"{kind} {ratio:.2f}" for kind, ratio in idle.items()))
    print(f"republished {A_SECOND} times a second: {answers} answers of {revisions} revisions, {broken} broken")
    holds = all(max(ratios[kind], idle[kind]) <= most for kind, most in GOALS.items()) and not broken and revisions > 10
    figure = ", ".join(f"{kind} {ratio:.2f} ({idle[kind]:.2f} on any core)" for kind, ratio in ratios.items())
    goal = ", ".join(f"{kind} {most}" for kind, most in GOALS.items())
    close("serve", f"nginx's CPU × {figure}; {broken} broken", f"× ≤ {goal}; 0 broken", holds=holds)


if __name__ == "__main__":
    main()
