"""A machine without pycurl fetches all the same, by requests."""

import subprocess
import sys

from tests.faults import Faults, answer

ASK = """
import logging
import sys

sys.modules["pycurl"] = None  # importing it fails from here on
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)

from datetime import UTC, datetime
from feeds.app import build  # the whole program can be loaded
from feeds.fetch import fetcher
from feeds.model.source import Source, SourceState
from feeds.net import Client

place, *paths = sys.argv[1:]
due = datetime(2026, 11, 25, tzinfo=UTC)
with Client([place]) as client:
    pairs = [(Source(id=p, kind="feed", location=f"http://{place}{p}"), SourceState(source_id=p, due=due)) for p in paths]
    for fetched in fetcher(client, 1, 4)(pairs):
        print(fetched.problem.code if fetched.problem else fetched.documents[0].body.decode())
"""


def test_feeds_are_asked_by_requests() -> None:
    with Faults({"/a": [answer(b"one")], "/b": [answer(b"", status="404 X")], "/c": [answer(b"two")]}) as server:
        command = [sys.executable, "-c", ASK, server.place, "/a", "/b", "/c"]
        said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()
    assert said[-4:] == ["feeds are asked for by requests", "one", "missing", "two"]
