"""What reading a feed costs, beside feedparser, fastfeedparser, feedparser-rs, gofeed and feedsmith.

All read the same real feeds in XML from memory, each in a process of its own, in turns; CPU seconds, less what a start
without a round costs. `ours_with_cleaning` reads and brings every entry to what is published.
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
from feeds.parse.decode import decode
from feeds.parse.sniff import sniff

HERE = Path(__file__).parent
SOURCE = Source(id="s", kind="feed", location="https://a.example/feed")
SLOW = {"feedparser_as_it_comes", "feedparser_bare"}  # one round a turn; the others five, to be above the clock's grain


def feeds() -> list[Path]:
    """Return the real feeds in XML."""
    files = [path for path in sorted(shared("corpus/real").rglob("*")) if path.is_file()]
    return [path for path in files if sniff(decode(path.read_bytes()).text).kind in {"rss", "rdf", "atom"}]


def fast_share(files: list[Path]) -> float:
    """Return the share of *files* that the fast reader takes."""
    read = 0
    for path in files:
        try:
            read += parse(Document(url=SOURCE.location, body=path.read_bytes()), SOURCE).reader == "fast"
        except ParseError:
            continue
    return read / len(files)


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


def cost(command: list[str], listed: str, files: int, rounds: int) -> float:
    """Return milliseconds of CPU a feed."""
    start = cpu_of([*command, listed, "0"])
    return (cpu_of([*command, listed, str(rounds)]) - start) * 1000 / rounds / files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="turns of all readers")
    given = parser.parse_args()
    files = feeds()
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as listed:
        listed.write("\n".join(map(str, files)))
        listed.flush()
        runs: dict[str, Callable[[], float]] = {
            name: partial(cost, command, listed.name, len(files), 1 if name in SLOW else 5)
            for name, command in programs(Path(os.environ["PEERS"])).items()
        }
        found = interleaved(runs, given.rounds)
    base = found["feedparser_as_it_comes"]
    print(f"{len(files)} feeds, {sum(path.stat().st_size for path in files) / len(files) / 1000:.0f} kB on average")
    print(f"{'':24} {'ms/feed':>8} {'x feedparser':>13}")
    for name, milliseconds in sorted(found.items(), key=lambda pair: -pair[1]):
        print(f"{name:24} {milliseconds:8.2f} {base / milliseconds:13.1f}")
    share, ours, cleaning = fast_share(files), found["ours"], found["ours_with_cleaning"]
    close(
        "parse",
        f"{share:.1%} fast, {base / ours:.0f} x feedparser, {found['gofeed'] / ours:.1f} x gofeed, "
        f"{found['feedsmith'] / ours:.1f} x feedsmith, with cleaning {base / cleaning:.0f} x feedparser",
        ">= 90 % fast, >= 40 x feedparser, ahead of gofeed and feedsmith, with cleaning >= 15 x",
        holds=share >= 0.9
        and base / ours >= 40
        and base / cleaning >= 15
        and ours < min(found["gofeed"], found["feedsmith"]),
    )


if __name__ == "__main__":
    main()
