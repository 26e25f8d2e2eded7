"""What reading a feed costs, beside feedparser, fastfeedparser, feedparser-rs, gofeed and feedsmith.

All read the same real feeds in XML from memory, each in a process of its own, in turns; CPU seconds, less what a start
without a round costs. The feeds that our fast reader takes and the rest, which our tolerant one reads, are told apart:
the goal of 40 times feedparser's speed, ahead of gofeed and feedsmith, is that of the fast path; what reading costs
over all feeds stands beside it. `ours_with_cleaning` reads and brings every entry to what is published; its goal, 15
times feedparser's speed, is over all feeds.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from timing import close, cpu_of, interleaved, shared

from feeds.errors import ParseError
from feeds.model.source import Document, Source
from feeds.parse import parse
from feeds.parse.decoding.decode import decode
from feeds.parse.decoding.sniff import sniff

HERE = Path(__file__).parent
SOURCE = Source(id="s", kind="feed", location="https://a.example/feed")
SLOW = {"feedparser_as_it_comes", "feedparser_bare"}  # one round a turn; the others five, to be above the clock's grain


def feeds() -> list[Path]:
    """Return the real feeds in XML."""
    files = [path for path in sorted(shared("corpus/real").rglob("*")) if path.is_file()]
    return [path for path in files if sniff(decode(path.read_bytes()).text).kind in {"rss", "rdf", "atom"}]


def is_fast(path: Path) -> bool:
    """Tell whether the fast reader takes a document."""
    try:
        return parse(Document(url=SOURCE.location, body=path.read_bytes()), SOURCE).reader == "fast"
    except ParseError:
        return False


def programs(peers: Path) -> dict[str, list[str]]:
    """Return the command of each reader; those that have to be built or fetched are."""
    own, theirs = sys.executable, str(peers / "bin" / "python")
    script = str(HERE / "parse_peers.py")
    found = {name: [theirs, script, name] for name in (*sorted(SLOW), "fastfeedparser", "feedparser_rs")}
    found["gofeed"] = [str(_gofeed(peers))]
    found["feedsmith"] = ["node", str(_feedsmith(peers))]
    found["ours"] = [own, script, "ours"]
    found["ours_with_cleaning"] = [own, script, "ours_with_cleaning"]
    return found


def _gofeed(peers: Path) -> Path:
    target = peers / "parse_gofeed"
    if not target.exists():
        environ = {**os.environ, "GOPATH": "/usr/share/gocode", "GO111MODULE": "off", "GOCACHE": str(peers / "go")}
        subprocess.run(["go", "build", "-o", target, HERE / "parse_gofeed.go"], check=True, env=environ)
    return target


def _feedsmith(peers: Path) -> Path:
    script = peers / "parse_feedsmith.mjs"
    script.write_bytes((HERE / "parse_feedsmith.mjs").read_bytes())
    if not (peers / "node_modules" / "feedsmith").exists():
        subprocess.run(["npm", "install", "--silent", "--prefix", peers, "feedsmith@3.0.1"], check=True)
    return script


def cost(command: list[str], listed: Path, rounds: int) -> float:
    """Return milliseconds of CPU for the documents that *listed* names."""
    start = cpu_of([*command, str(listed), "0"])
    return (cpu_of([*command, str(listed), str(rounds)]) - start) * 1000 / rounds


def table(fast: dict[str, float], rest: dict[str, float], files: tuple[int, int]) -> None:
    """Print milliseconds a feed, of the fast path, of the rest and of all, slowest reader first."""
    of_fast, of_rest = files
    base, bases = fast["feedparser_as_it_comes"], fast["feedparser_as_it_comes"] + rest["feedparser_as_it_comes"]
    print(f"{'':24} {'fast path':>10} {'x feedparser':>13} {'rest':>10} {'all':>10} {'x feedparser':>13}")
    for name, of_these in sorted(fast.items(), key=lambda pair: -pair[1]):
        both = of_these + rest[name]
        print(
            f"{name:24} {of_these / of_fast:10.2f} {base / of_these:13.1f} {rest[name] / of_rest:10.2f}"
            f" {both / (of_fast + of_rest):10.2f} {bases / both:13.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="turns of all readers")
    given = parser.parse_args()
    files = feeds()
    lists = {True: [path for path in files if is_fast(path)]}
    lists[False] = [path for path in files if path not in set(lists[True])]
    runs: dict[str, Callable[[], float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, paths in lists.items():
            listed = Path(folder) / str(kind)
            listed.write_text("\n".join(map(str, paths)), encoding="utf-8")
            for name, command in programs(Path(os.environ["PEERS"])).items():
                runs[f"{name} {kind}"] = partial(cost, command, listed, 1 if name in SLOW else 5)
        found = interleaved(runs, given.rounds)
    fast, rest = ({name.split()[0]: ms for name, ms in found.items() if name.endswith(f" {k}")} for k in (True, False))
    sizes = [sum(path.stat().st_size for path in paths) / len(paths) / 1000 for paths in lists.values()]
    print(
        f"{len(lists[True])} feeds of {sizes[0]:.0f} kB on the fast path, {len(lists[False])} of {sizes[1]:.0f} kB not"
    )
    table(fast, rest, (len(lists[True]), len(lists[False])))
    ours, other = fast["ours"], min(fast["gofeed"], fast["feedsmith"])
    base = "feedparser_as_it_comes"
    share, times = len(lists[True]) / len(files), fast[base] / ours
    whole = {name: fast[name] + rest[name] for name in fast}
    over_all, cleaning = whole[base] / whole["ours"], whole[base] / whole["ours_with_cleaning"]
    close(
        "parse",
        f"{share:.1%} fast, there {times:.1f} x feedparser, {fast['gofeed'] / ours:.1f} x gofeed, "
        f"{fast['feedsmith'] / ours:.1f} x feedsmith; over all {over_all:.1f} x, with cleaning {cleaning:.1f} x",
        ">= 90 % fast, there >= 40 x feedparser, ahead of gofeed and feedsmith; with cleaning >= 15 x over all",
        holds=share >= 0.9 and times >= 40 and cleaning >= 15 and ours < other,
    )


if __name__ == "__main__":
    main()
