"""`peer_reader.py DATABASE [URLS]`: one refresh by `reader`; with a file of URLs it only adds them.

Run with the Python that has `reader`. Says what CPU time it took.
"""

import json
import sys
from pathlib import Path

from reader import make_reader  # type: ignore[import-not-found]  # a peer's own environment has it

from refreshing.cpu import used


def main(database: str, urls: str = "") -> None:
    reader = make_reader(database, feed_root=None)
    if urls:
        for url in Path(urls).read_text().split():
            reader.add_feed(url)
        return
    before = used()
    reader.update_feeds(scheduled=False)
    reader.close()
    print(json.dumps({"work": used() - before}))


if __name__ == "__main__":
    main(*sys.argv[1:])
