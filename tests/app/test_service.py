"""What the service does beside its jobs."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds.app import passes
from feeds.app.build import opened
from feeds.app.service import Service

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
CONFIG = """\
version: 1
site: {title: Desk, url: 'https://desk.example'}
sources:
  - {id: one, file: one.xml, keep: 1d}
"""


def write(folder: Path, *names: str) -> None:
    items = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>{n}</title><link>https://one.example/{n}</link>"
        "<pubDate>Fri, 20 Nov 2026 08:00:00 +0000</pubDate></item>"
        for n in names
    )
    (folder / "one.xml").write_text(f"<rss version='2.0'><channel><title>One</title>{items}</channel></rss>")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    return tmp_path


def test_it_forgets_what_was_kept_long_enough(desk: Path) -> None:
    environ = {**os.environ, "SOURCE_DATE_EPOCH": ""}
    now = NOW
    with opened(str(desk / "feeds.yaml"), environ, lock=True) as app:
        app.clock = lambda: now
        write(desk, "old", "new")
        passes.fetch(app, (), force=True)
        service = Service(app, environ)
        service._due()
        assert app.store.overview.totals().entries == 2
        now += timedelta(days=3)
        write(desk, "new")
        passes.fetch(app, ("one",), force=True)
        service._due()
        assert app.store.overview.totals().entries == 1


@pytest.mark.parametrize("what", ["office.flush", "usage.flush", "partners.watch", "tidy"])
def test_what_runs_beside_the_jobs_cannot_stop_the_tick(
    desk: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(f"{what} is broken")

    with opened(str(desk / "feeds.yaml"), {}, lock=True) as app:
        app.sync()
        service = Service(app, {})
        kind, _, name = what.partition(".")
        if name == "flush":
            monkeypatch.setattr(type(getattr(service, kind)), name, broken)
        else:
            monkeypatch.setattr(f"feeds.app.service.{what}", broken)
        assert [job.lock for job in service._due()] == ["poll:0", "publish:0"]
    assert f"RuntimeError: {what} is broken" in caplog.text
