"""What all tests share: a command that sets up logging does so for its own test alone."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import ways

settings.register_profile("feeds", deadline=None)  # no test is judged by the clock: a busy machine is no fault
settings.load_profile("feeds")


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture(scope="module", params=ways.WAYS)
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each way to the wire in turn; `ways.Client` is the client of that way meanwhile."""
    ways.chosen[0] = request.param
    yield request.param
    ways.chosen[0] = "requests"
