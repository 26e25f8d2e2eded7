"""Commands as a user types them, in the folder that a module's fixture `folder` makes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeds.cli import cli

Feeds = Callable[..., Result]


@pytest.fixture
def feeds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Feeds:
    """Type a command; the clock stands at 2026-02-01."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769904000")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("FEEDS_CONFIG", raising=False)
    monkeypatch.chdir(folder)

    def run(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, [*words])
        assert result.exit_code == code, f"{words}: {result.output} {result.exception!r}"
        return result

    return run
