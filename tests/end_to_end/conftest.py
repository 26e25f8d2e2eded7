"""The main job's tests run twice: by one process on a file, and by the workers of a cluster on PostgreSQL."""

import os
from collections.abc import Iterator

import pytest

from tests.end_to_end import apart
from tests.end_to_end.clustered import Clustered

FEW = ("test_content", "test_corpus", "test_faults", "test_hub_rocks", "test_partners")
"""Modules whose tests poll, publish and deliver, and which always run in both modes."""

MORE = (
    "test_kill",
    "test_leaks",
    "test_partner_push",
    "test_same_bytes",
    "test_subscriber_rocks",
    "test_torture",
    "test_walk",
)
"""The rest of those, which take longer: in both modes where FEEDS_TEST_ENGINE is `cluster`.

Of the others test_cluster is about clusters. test_push_crash ends one thread at each of its transactions, and goes on
from copies of a file; test_upgrade begins with files that earlier versions left, which no cluster has. test_serve,
test_operations, test_push_kill and test_push_peer start `feeds serve`, and stop, kill and reload that one process: what
its three counterparts promise is in test_cluster and `scripts/bench rolling`, what they push in test_hub_rocks and
test_subscriber_rocks. The rest look at pages in a browser, which are the same bytes in both modes by test_same_bytes.
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    modules = FEW + MORE if os.environ.get("FEEDS_TEST_ENGINE") == "cluster" else FEW
    if metafunc.module.__name__.rpartition(".")[2] in modules:
        metafunc.parametrize("mode", ["embedded", "cluster"], indirect=True)


@pytest.fixture(autouse=True)
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """How jobs of this test run: tests say the same of both."""
    chosen = getattr(request, "param", "embedded")
    if chosen != "cluster":
        yield chosen
        return
    cluster = Clustered()
    cluster.take_over(monkeypatch, request.module)
    apart.take_over(monkeypatch)
    yield chosen
    cluster.close()
