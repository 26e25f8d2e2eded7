"""`ours.py CONFIG PASS`: one pass of this program, as `feeds fetch` does it; says what CPU time starting took.

*PASS* counts from 0: the clock stands two hours later at each, so that every source is due.
"""

import json
import os
import resource
import sys
from datetime import UTC, datetime, timedelta

from feeds.app import passes
from feeds.app.build import opened
from feeds.cli.common import start_logging

START = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp())


def main(config: str, number: int) -> None:
    start_logging(0, service=False)
    at = START + int(timedelta(hours=2).total_seconds()) * number
    with opened(config, {**os.environ, "SOURCE_DATE_EPOCH": str(at)}, lock=True) as app:
        used = resource.getrusage(resource.RUSAGE_SELF)
        outcome = passes.fetch(app, (), force=False)
    print(json.dumps({"start": used.ru_utime + used.ru_stime, **outcome.counts, "steps": outcome.steps}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
