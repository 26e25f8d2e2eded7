"""The main job's tests run twice: by one process on a file, and by the workers of a cluster on PostgreSQL."""

import os
from collections.abc import Iterator

import pytest

from tests.end_to_end.clustered import Clustered

FEW = ("test_content", "test_corpus", "test_faults", "test_hub_rocks", "test_partners")
"""Modules whose tests poll, publish and deliver, and which always run in both modes."""

MORE = ("test_leaks", "test_partner_push", "test_subscriber_rocks", "test_torture")
"""The rest of those, which take longer: in both modes where FEEDS_TEST_ENGINE is `cluster`.

The others are about what one process is alone (its service, its end at a moment, its own files), about browsers, or
about clusters.
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
    yield chosen
    cluster.close()
