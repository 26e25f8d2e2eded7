"""What all tests share: a command that sets up logging does so for its own test alone."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import ways

settings.register_profile("feeds", deadline=None)  # no test is judged by the clock: a busy machine is no fault
settings.load_profile("feeds")


_LEVEL = logging.getLogger().level


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    """Undo what a command set up, in a test or in a fixture of its module, before and after each test."""
    root = logging.getLogger()
    _undo(root)
    handlers = root.handlers[:]
    yield
    root.handlers[:] = handlers
    _undo(root)


def _undo(root: logging.Logger) -> None:
    root.setLevel(_LEVEL)
    root.handlers[:] = [handler for handler in root.handlers if type(handler) is not logging.StreamHandler]


@pytest.fixture(scope="module", params=ways.WAYS)
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each way to the wire in turn; `ways.Client` is the client of that way meanwhile."""
    ways.chosen[0] = request.param
    yield request.param
    ways.chosen[0] = "requests"
