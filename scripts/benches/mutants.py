"""Hostile by chance: 50,000 seeded mutants of real documents, each read the whole way as a poll does.

scripts/bench mutants [--count N] [--seed S] [--only NUMBER]

None may raise what no document may raise, end this process, or take longer than its bounds. A document that ends the
child which reads it is named; the goal is that none does either.
"""

import argparse
import faulthandler
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple

from timing import close, shared

from feeds.sandbox import Sandbox
from tests.mutants import mutants, sources
from tests.parse.test_mutants import FEEDS, LISTS, POSTS, read

HANGS = 120  # seconds after which a process that reads one document is ended and named
LONGEST = 10  # CPU seconds that one document may take, all in all
STEP = 250


class Slice(NamedTuple):
    """What became of some mutants: *faults* and *ended* by name, *longest* in CPU seconds with its name."""

    ends: Counter[str]
    faults: dict[str, str]
    ended: dict[str, str]
    longest: tuple[float, str]


def run(seed: int, numbers: range) -> Slice:
    """Read the mutants with these numbers."""
    found = Slice(Counter(), {}, {}, (0.0, ""))
    paths = sources((*FEEDS, *POSTS, *LISTS))
    with Sandbox() as sandbox:
        for mutant in mutants(paths, seed, numbers):
            faulthandler.dump_traceback_later(HANGS, exit=True)
            begun = time.process_time()
            try:
                end = read(sandbox, mutant)
            except Exception as error:
                found.faults[mutant.name] = end = f"{type(error).__name__}: {error}"[:200]
                end = "RAISED"
            if end in ("killed", "costly"):
                found.ended[mutant.name] = end
            found.ends[end] += 1
            found = found._replace(longest=max(found.longest, (time.process_time() - begun, mutant.name)))
            faulthandler.cancel_dump_traceback_later()
    return found


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--count", type=int, default=50_000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--only", type=int, help="read the mutant of this number alone")
    given = words.parse_args()
    shared("corpus")
    if given.only is not None:
        print(run(given.seed, range(given.only, given.only + 1)))
        return
    total, longest = Counter[str](), (0.0, "")
    faults: dict[str, str] = {}
    ended: dict[str, str] = {}
    slices = [range(i, min(i + STEP, given.count)) for i in range(0, given.count, STEP)]
    with ProcessPoolExecutor(2) as pool:
        asked = {pool.submit(run, given.seed, numbers): numbers for numbers in slices}
        for done in as_completed(asked):
            try:
                found = done.result()
            except BrokenProcessPool:
                faults[f"numbers {asked[done]}"] = "the process ended, or hung"
                continue
            total += found.ends
            faults |= found.faults
            ended |= found.ended
            longest = max(longest, found.longest)
    for end, count in total.most_common():
        print(f"{count:8} {end}")
    for name, said in sorted((faults | ended).items()):
        print(f"{name}: {said}", file=sys.stderr)
    print(f"longest: {longest[0]:.1f} CPU s, {longest[1]}")
    count = sum(total.values())
    figure = f"{len(faults)} raised, {len(ended)} ended their child, longest {longest[0]:.1f} s, of {count:,}"
    holds = not faults and not ended and longest[0] <= LONGEST and count == given.count
    close("mutants", figure, f"0, 0, {LONGEST} s, of {given.count:,}", holds=holds)


if __name__ == "__main__":
    main()
