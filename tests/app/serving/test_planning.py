"""More is due than can be asked: it is noticed, said, and over when it is over."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from feeds.app.build import App, opened
from feeds.app.serving import planning
from feeds.app.serving.service import Service
from feeds.cli import cli
from feeds.core.polling import load
from feeds.model.settings import Strained

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    sources = "".join(f"  - {{id: s{n}, url: 'https://s{n}.example/feed'}}\n" for n in range(20))
    text = f"site: {{title: T, url: 'https://t.example'}}\ncontent: [{{path: .}}]\nsources:\n{sources}"
    (tmp_path / "feeds.yaml").write_text(text, encoding="utf-8")
    with opened(str(tmp_path / "feeds.yaml"), {}, lock=True) as found:
        found.clock = lambda: NOW
        found.sync()
        yield found


def _status(app: App) -> tuple[str, dict[str, float]]:
    said = [
        CliRunner(env={"SOURCE_DATE_EPOCH": str(int(app.clock().timestamp()))}).invoke(
            cli, ["-c", app.settings.file, "status", *more]
        )
        for more in ((), ("--json",))
    ]
    return said[0].output, json.loads(said[1].output)["load"]


def test_lateness_of_many_is_pressure_until_they_are_asked(app: App) -> None:
    planning.plan(app)
    assert app.store.figures.pressure() == 1.0
    assert "times more seldom" not in _status(app)[0]
    app.clock = lambda: NOW + load.LATE + timedelta(minutes=1)
    planning.plan(app)
    assert app.store.figures.pressure() == load.MOST
    assert app.work().settings is app.settings, "the configuration knows nothing of it"
    assert app.work().under(load.MOST).settings.schedule == Strained.of(app.settings.schedule, load.MOST)
    said, told = _status(app)
    assert (
        "21 sources due, the first of them for 0:11:00; too much: sources that tell little are asked up to 64.0" in said
    )
    assert told == {"due": 21, "lag_seconds": 660.0, "pressure": 64.0}
    assert app.store.figures.levels(app.clock()).pressure == load.MOST
    app.store.library.hasten([source.id for source in app.settings.sources], app.clock())
    planning.plan(app)
    assert app.store.figures.pressure() == 1.0


def test_a_service_that_was_away_is_under_no_pressure_yet(app: App) -> None:
    app.clock = lambda: NOW + timedelta(days=3)
    service = Service(app, {})
    service._due()
    assert app.store.figures.pressure() == 1.0
    service.first_pass.set()
    app.clock = lambda: NOW + timedelta(days=3, minutes=2)
    service._due()
    assert app.store.figures.pressure() == load.MOST
