"""CPU time of refreshing many feeds, beside `reader` and newsboat: first, all 304, some or all changed, unchanged.

Each feed is a host of its own on loopback (50 KB, 20 entries). All programs refresh in turns, each in a process of its
own; the server's CPU time is not counted. After the first refresh comes one that is not measured, for newsboat keeps
an ETag only when it sees a feed for the second time.

Of 304 and of bodies that are as before the middle one of three rounds counts, but newsboat, which takes minutes for
each, does one.

"whole" is the CPU time of the program from its start to its end. "work", which the goals are about, leaves out what
starting and ending take with nothing stored: interpreter, imports, reading the configuration. What a program reads of
its store is work: we and `reader` read what is due, newsboat loads all that it holds, most of its cost for a 304.
A program counts in a scenario if it asked for 98 % of the feeds and holds as many. Neither peer cleans as we do,
compares stories between feeds or marks what is to be published; none of the three publishes here. "blocks" is no
program but the parts that ours stands on, with nothing of ours around them (`refreshing/blocks.py`): the line "the
parts alone" says how far this machine lets anybody go who asks by libcurl, cleans by nh3 and stores by SQLite.

    scripts/bench refresh [--feeds 2000] [--only feeds]
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import timing
from refreshing import programs
from refreshing.made import feed
from refreshing.server import address

ROUNDS = {"same": 3, "bare": 3}  # by mode: one round of a second alone may fall on a bad moment of the machine
SERVED = 0.98  # share of the feeds that a program must have asked for, to count

# scenario: mode of the server, and how many times the CPU time of reader and newsboat may be of ours (performance.md)
SCENARIOS: dict[str, tuple[str, dict[str, float]]] = {
    "first": ("start", {"reader": 10, "newsboat": 1.5}),
    "": ("same", {}),  # not measured
    "one new in 12 %": ("some", {"reader": 15, "newsboat": 8}),
    "one new in all": ("all", {}),
    "all 304": ("same", {"reader": 20, "newsboat": 20}),
    "unchanged 200": ("bare", {"reader": 80, "newsboat": 25}),
}
Costs = dict[tuple[str, str], programs.Cost]


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench refresh", description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--only", action="append", default=[], help="a program; all where none is named")
    asked = parser.parse_args()
    size = statistics.mean(len(feed(n, 0)[1]) for n in range(min(asked.feeds, 60)))
    print(f"{asked.feeds} feeds, {size / 1000:.0f} kB and 20 entries on average\n")
    with tempfile.TemporaryDirectory() as folder, _served(asked.feeds) as port:
        found = [p for p in _programs(Path(folder), port, asked.feeds) if not asked.only or p.name in asked.only]
        costs = _run(found, port, asked.feeds)
    _print(costs, asked.feeds)
    if best := [f"{scenario} {got:.1f} × {peer}" for (scenario, peer), (got, _) in _ratios(costs, "blocks").items()]:
        print("the parts alone:", "; ".join(best))
    ratios = _ratios(costs)
    missed = [
        f"{scenario} {peer} {got:.1f} < {goal:g}" for (scenario, peer), (got, goal) in ratios.items() if got < goal
    ]
    figure = "; ".join(f"{scenario} {got:.1f} × {peer}" for (scenario, peer), (got, _) in ratios.items())
    timing.close("refresh", figure, "; ".join(missed) or "each as in performance.md", holds=not missed and bool(ratios))


def _programs(folder: Path, port: int, feeds: int) -> Iterator[programs.Program]:
    urls = [f"http://{address(n)}:{port}/feed/{n}" for n in range(feeds)]
    for name in ("ours", "blocks", "reader", "newsboat"):
        (folder / name).mkdir()
    yield programs.ours(folder / "ours", urls)
    yield programs.blocks(folder / "blocks", urls)
    if peers := os.environ.get("PEERS"):
        yield programs.reader(folder / "reader", urls, f"{peers}/bin/python")
    yield programs.newsboat(folder / "newsboat", urls)


def _run(found: Sequence[programs.Program], port: int, feeds: int) -> Costs:
    """Run every scenario with every program in turns, and return what each cost, in the middle one of its rounds."""
    for program in found:
        program.prepare()
    costs: dict[tuple[str, str], list[programs.Cost]] = defaultdict(list)
    number = 0
    for scenario, (mode, goals) in SCENARIOS.items():
        for turn in range(ROUNDS.get(mode, 1) if goals else 1):
            _turn(port, mode)
            for program in found:
                if turn and program.once:
                    continue
                cost = program.refresh(number)
                answered, held = _turn(port, mode if mode == "bare" else "same"), program.held()
                if min(answered, held) >= feeds * SERVED:
                    costs[scenario, program.name].append(cost)
                else:
                    print(f"{scenario}: {program.name} does not count: {answered} asked for, {held} held of {feeds}")
            number += 1
    return {key: sorted(runs, key=lambda cost: cost.work)[len(runs) // 2] for key, runs in costs.items() if key[0]}


def _turn(port: int, mode: str) -> int:
    with urllib.request.urlopen(f"http://127.0.1.1:{port}/mode/{mode}", timeout=10) as answer:
        return int(answer.read())


def _print(costs: Costs, feeds: int) -> None:
    print(f"{'CPU ms a feed':<18}{'program':<10}{'work':>8}{'whole':>8}{'MB':>7}")
    for (scenario, name), cost in costs.items():
        work, whole = (seconds * 1000 / feeds for seconds in (cost.work, cost.whole))
        print(f"{scenario:<18}{name:<10}{work:>8.3f}{whole:>8.3f}{cost.memory:>7.0f}  ", end="")
        print(*(f"{step} {seconds * 1000 / feeds:.3f}" for step, seconds in cost.steps.items()))
    print()


def _ratios(costs: Costs, whose: str = "feeds") -> dict[tuple[str, str], tuple[float, float]]:
    """How many times the CPU time of *whose* each peer took, and the goal, by scenario and peer."""
    return {
        (scenario, peer): (costs[scenario, peer].work / costs[scenario, whose].work, goal)
        for scenario, (_, goals) in SCENARIOS.items()
        for peer, goal in goals.items()
        if (scenario, peer) in costs and (scenario, whose) in costs
    }


@contextmanager
def _served(feeds: int) -> Iterator[int]:
    """Run the server in a process of its own, and give its port."""
    with socket.socket() as free:
        free.bind(("127.0.1.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "refreshing.server", str(feeds), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            server.stdout.readline()
            yield port
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
