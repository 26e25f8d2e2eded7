"""`ours.py CONFIG PASS`: one pass of this program, as `feeds fetch` does it; says what CPU time it took.

*PASS* counts from 0: the clock stands two hours later at each, so that every source is due.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta

from feeds.app import passes
from feeds.app.build import opened
from feeds.cli.common import start_logging
from refreshing.cpu import used

START = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp())


def main(config: str, number: int) -> None:
    start_logging(0, service=False)
    at = START + int(timedelta(hours=2).total_seconds()) * number
    with opened(config, {**os.environ, "SOURCE_DATE_EPOCH": str(at)}, lock=True) as app:
        before = used()
        outcome = passes.fetch(app, (), force=False)
    print(json.dumps({"work": used() - before, **outcome.counts, "steps": outcome.steps}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
