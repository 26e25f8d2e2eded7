"""The databases that the contract holds for: every test of `store` and `url` runs on both.

Those of files whose promises are about entries and their texts run on a database in partitions, too.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feeds.store import Store, open_store
from tests import servers

BUSY = 0.2  # seconds: who waits for another in these tests waits in vain

EMPTY: dict[str, Callable[[Path], str]] = {
    "sqlite": lambda folder: f"sqlite:///{folder}/var/feeds.db",
    "postgresql": lambda _: servers.empty(),
}
READY: dict[str, Callable[[Path], str]] = {
    **EMPTY,
    "postgresql": lambda _: servers.ready(),
    "partitions": lambda _: servers.divided(),
}
DIVIDED = {"test_library", "test_keeping", "test_interleaved", "test_desk", "test_hearing", "test_looks"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        divided = metafunc.module.__name__.rpartition(".")[2] in DIVIDED and "empty" not in metafunc.fixturenames
        metafunc.parametrize("database", READY if divided else EMPTY, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database."""
    name: str = request.param
    return name


@pytest.fixture
def url(database: str, tmp_path: Path) -> str:
    """An address at which nothing is stored yet, but perhaps the tables."""
    return READY[database](tmp_path)


@pytest.fixture
def empty(database: str, tmp_path: Path) -> str:
    """An address at which there is nothing."""
    return EMPTY[database](tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """An address of a file, for what only files have."""
    return EMPTY["sqlite"](tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    found = open_store(url, busy=BUSY)
    yield found
    found.close()
