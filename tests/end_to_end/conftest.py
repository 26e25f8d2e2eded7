"""The main job's tests run twice: by one process on a file, and by the workers of a cluster on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.clustered import Clustered

BOTH = ("test_content", "test_corpus", "test_faults", "test_hub_rocks", "test_partners")
"""Modules whose tests poll, publish and deliver. The others are about one process alone, browsers, or clusters."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.rpartition(".")[2] in BOTH:
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
