"""`peer_reader.py DATABASE [URLS]`: one refresh by `reader`; with a file of URLs it only adds them.

Run with the Python that has `reader`. Says what CPU time starting took.
"""

import json
import resource
import sys
from pathlib import Path

from reader import make_reader  # type: ignore[import-not-found]  # a peer's own environment has it


def main(database: str, urls: str = "") -> None:
    reader = make_reader(database, feed_root=None)
    if urls:
        for url in Path(urls).read_text().split():
            reader.add_feed(url)
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    reader.update_feeds(scheduled=False)
    print(json.dumps({"start": used.ru_utime + used.ru_stime}))


if __name__ == "__main__":
    main(*sys.argv[1:])
