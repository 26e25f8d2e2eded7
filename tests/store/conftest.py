"""The databases that the contract holds for; PostgreSQL will be a second line here."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feeds.store import Store, open_store

URLS: dict[str, Callable[[Path], str]] = {"sqlite": lambda folder: f"sqlite:///{folder}/var/feeds.db"}


@pytest.fixture(params=URLS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address at which nothing is stored yet."""
    return URLS[request.param](tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    found = open_store(url, busy=0.05)
    yield found
    found.close()
