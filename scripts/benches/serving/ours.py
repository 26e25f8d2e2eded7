"""The web server of `feeds serve` alone, on a store with one feed: `ours.py FOLDER PORT [REPUBLISH]`.

With REPUBLISH a thread publishes another revision so many times a second, through the store, as a job does.
"""

import logging
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from feeds.model.channel import Rendered
from feeds.model.settings import Server
from feeds.net.accepted import Accepted
from feeds.store import Store, open_store
from feeds.web.front import Front
from feeds.web.site import site
from feeds.web.wire.crowd import Crowd
from feeds.web.wire.protocol import GuardedServer, guarded
from feeds.web.wire.sendfile import Files
from serving.made import BODY, PATH, rendition

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def publish(store: Store, revision: int) -> None:
    made = Rendered(renditions=(rendition(revision),))
    store.outbox.published("all", None, made, (), NOON + timedelta(milliseconds=10 * revision))


def republish(store: Store, a_second: float, stop: threading.Event) -> None:
    revision = 1
    while not stop.wait(1 / a_second):
        publish(store, revision)
        revision += 1


def main(folder: Path, port: int, a_second: float) -> None:
    logging.basicConfig(level=logging.WARNING)
    store = open_store(f"sqlite:///{folder}/feeds.db")
    publish(store, 0)
    assert store.overview.stamp(PATH), BODY
    # The limits are in force, with a measure that the bench does not use up.
    front = Front("http://127.0.0.1", Server(trusted_proxies=("127.0.0.1",), requests_per_minute=1_000_000))
    web = site(store.overview, {}, lambda: True, (), front)
    crowd = Crowd(web, files=Files(folder, Accepted))
    config = uvicorn.Config(
        web, host="127.0.0.1", port=port, http=guarded(crowd), loop="uvloop", interface="asgi3", lifespan="off",
        log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    stop = threading.Event()
    if a_second:
        threading.Thread(target=republish, args=(store, a_second, stop), daemon=True).start()
    try:
        GuardedServer(config, crowd).run()
    finally:
        stop.set()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0)
