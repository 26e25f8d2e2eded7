"""CPU time of asking for many feeds: ours by libcurl, ours by requests, and `requests.get` as everybody writes it.

Feeds of 50 kB on loopback, plain and by TLS, answered by 304 or by 200 in gzip; "8 a host" may use connections again,
"1 a host" cannot. Counted is the CPU time of the client from the first request to the last answer: not starting up,
not the server. Authorities are those of certifi and one of the bench, as `requests.get` is told by `verify`; it loads
them for each connection. All run in turns, each in a process of its own.

    scripts/bench fetch [--feeds 2000] [--rounds 3]
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import certifi
import timing
from fetching.server import addresses

HERE = Path(__file__).parent / "fetching"
CLIENTS = {"curl": "ours by libcurl", "requests": "ours by requests", "plain": "requests.get"}
KNOWN = {"304": "known", "200": "new"}
SLOW = 10  # `requests.get` by TLS takes 20 ms and more: it asks for so many times fewer

GOALS = {
    ("plain, 8 a host, 304", "plain"): 10.0,
    ("TLS, 8 a host, 304", "plain"): 10.0,
    ("TLS, 1 a host, 304", "requests"): 2.0,
}
"""How many times the CPU time of another client may be of ours by libcurl."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench fetch", description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    costs: dict[tuple[str, str], float] = {}
    for secure, share in (("plain", 8), ("plain", 1), ("TLS", 8), ("TLS", 1)):
        with tempfile.TemporaryDirectory() as folder:
            costs |= _measure(Path(folder), secure, share, asked.feeds, asked.rounds)
    print(f"CPU ms a feed of {asked.feeds}, median of {asked.rounds}")
    for scenario in dict.fromkeys(scenario for scenario, _ in costs):
        figures = (f"{words} {costs[scenario, client]:.3f}" for client, words in CLIENTS.items())
        print(f"  {scenario:22} {', '.join(figures)}")
    ratios = {(s, c): costs[s, c] / costs[s, "curl"] for s, c in GOALS}
    figure = "; ".join(f"{s} {ratio:.1f} × {CLIENTS[c]}" for (s, c), ratio in ratios.items())
    goal = ", ".join(f"{goal:g} ×" for goal in GOALS.values())
    timing.close("fetch", figure, goal, holds=all(ratios[key] >= goal for key, goal in GOALS.items()))


def _measure(folder: Path, secure: str, share: int, feeds: int, rounds: int) -> dict[tuple[str, str], float]:
    """Return the CPU milliseconds a feed by scenario and client; *share* feeds have one host."""
    hosts = list(addresses(feeds // share))
    with _served(folder, len(hosts), secure) as port:
        scheme = "https" if secure == "TLS" else "http"
        urls = [f"{scheme}://{hosts[n % len(hosts)]}:{port}/feed/{n}" for n in range(feeds)]
        runs = {
            (answer, client): partial(_cost, folder, client, urls, answer) for answer in KNOWN for client in CLIENTS
        }
        found = timing.interleaved({" ".join(key): run for key, run in runs.items()}, rounds)
    return {(f"{secure}, {share} a host, {a}", c): found[f"{a} {c}"] for a, c in runs}


def _cost(folder: Path, client: str, urls: list[str], answer: str) -> float:
    """Let one client ask for all feeds, and return its CPU milliseconds a feed."""
    if client == "plain" and urls[0].startswith("https"):
        urls = urls[: max(len(urls) // SLOW, 1)]
    file, authorities = folder / "urls", folder / "authorities.pem"
    file.write_text("\n".join(urls), "ascii")
    command = [sys.executable, str(HERE / "client.py"), client, str(file), str(authorities), KNOWN[answer]]
    seconds, *counts = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    if counts != [f"{answer}:{len(urls)}"]:
        raise SystemExit(f"{client}: wanted {len(urls)} answers of {answer}, got {counts}")
    return float(seconds) / len(urls) * 1000


@contextmanager
def _served(folder: Path, hosts: int, secure: str) -> Iterator[int]:
    """Run the server, and give its port."""
    command = [sys.executable, str(HERE / "server.py"), str(folder), str(hosts), *(["tls"] if secure == "TLS" else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            port = int(server.stdout.readline())
            own = folder / "authority.pem"
            known = Path(certifi.where()).read_text("utf-8") + (own.read_text("utf-8") if own.exists() else "")
            (folder / "authorities.pem").write_text(known, "utf-8")
            yield port
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
