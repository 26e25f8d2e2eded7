"""What the service does beside its jobs."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from feeds.app import passes
from feeds.app.build import App, opened
from feeds.app.cluster.nodes import _Watch, shown
from feeds.app.partners import partners
from feeds.app.serving.service import Service
from feeds.cli import cli
from feeds.errors import StoreLocked
from feeds.model.job import Job
from feeds.net.local import listening

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
            monkeypatch.setattr(f"feeds.app.serving.service.{what}", broken)
        assert [job.lock for job in service._due()] == ["poll:0", "publish:0"]
    assert f"RuntimeError: {what} is broken" in caplog.text


def broken_once(patch: pytest.MonkeyPatch, where: object, name: str) -> list[int]:
    """Let a method raise at its first call; what is given counts its calls."""
    calls: list[int] = []
    does = getattr(where, name)

    def call(*given: object) -> object:
        calls.append(len(calls) + 1)
        if len(calls) == 1:
            raise StoreLocked("another process works on it")
        return does(*given)

    patch.setattr(where, name, call)
    return calls


def retitled(folder: Path, title: str) -> None:
    (folder / "feeds.yaml").write_text(CONFIG.replace("Desk", title))


@pytest.mark.parametrize("asked", [False, True], ids=["the file is another", "by a signal"])
def test_a_reload_that_failed_is_done_again_at_the_next_tick(
    desk: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, asked: bool
) -> None:
    with opened(str(desk / "feeds.yaml"), {}, lock=True) as app:
        app.sync()
        service = Service(app, {})
        calls = broken_once(monkeypatch, App, "sync")
        if asked:
            service._on_hup(0, None)
        else:
            retitled(desk, "Another")
        for _ in range(3):
            service._due()
        assert calls == [1, 2], "once more, and then it is done"
        assert app.settings.site.title == ("Desk" if asked else "Another")
    assert "reload failed, it is tried again" in caplog.text


def test_a_refused_configuration_is_refused_once(desk: Path, caplog: pytest.LogCaptureFixture) -> None:
    with opened(str(desk / "feeds.yaml"), {}, lock=True) as app:
        app.sync()
        service = Service(app, {})
        (desk / "feeds.yaml").write_text("version: 1\nsite: {title: Desk}\n")
        for _ in range(2):
            service._due()
        assert app.store.library.meta("config_error")
        assert caplog.text.count("reload refused") == 1
        retitled(desk, "Another")
        service._due()
        assert (app.store.library.meta("config_error"), app.settings.site.title) == ("", "Another")


def test_what_a_restart_is_needed_for_is_told_at_each_reload(desk: Path, caplog: pytest.LogCaptureFixture) -> None:
    with opened(str(desk / "feeds.yaml"), {}, lock=True) as app:
        app.sync()
        service = Service(app, {})
        for title in ("Another", "A third"):
            text = CONFIG.replace("https://desk.example", "https://desk.example/below").replace("Desk", title)
            (desk / "feeds.yaml").write_text(text)
            service._due()
    assert caplog.text.count("a restart is needed for=site.url") == 2


def test_two_ticks_at_once_reload_once(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(str(desk / "feeds.yaml"), {}, lock=True) as app:
        app.sync()
        service, ran = Service(app, {}), []
        sync = app.sync

        def meanwhile(_app: App) -> int:
            ran.append(1)
            service._reload_if_changed()  # as another thread would
            return sync()

        retitled(desk, "Another")
        monkeypatch.setattr(App, "sync", meanwhile)
        service._due()
        assert len(ran) == 1


def test_a_node_of_a_cluster_carries_a_configuration_out_until_it_could(
    desk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(str(desk / "feeds.yaml"), {}, lock=True) as app:
        calls: list[str] = []

        def adopted() -> None:
            calls.append(app.settings.site.title)
            if len(calls) == 1:
                raise RuntimeError("the store is away")

        watch = _Watch(app, {}, adopted)
        retitled(desk, "Another")
        for _ in range(3):
            watch.look()
        assert calls == ["Another", "Another"]
        (desk / "feeds.yaml").write_text("version: 1\nsite: {title: Desk}\n")
        for _ in range(2):
            watch.look()
    assert caplog.text.count("reload refused") == 1


def test_what_could_not_be_forgotten_today_is_tried_again_today(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(str(desk / "feeds.yaml"), {}, lock=True) as app:
        app.clock = lambda: NOW
        calls = broken_once(monkeypatch, type(app.store.partners), "expire")
        with pytest.raises(StoreLocked):
            partners.watch(app)
        for _ in range(2):
            partners.watch(app)
        assert calls == [1, 2], "once more, and then it is done for the day"


def test_it_is_ready_at_once_where_nothing_is_due(desk: Path) -> None:
    environ = {**os.environ, "SOURCE_DATE_EPOCH": ""}
    with opened(str(desk / "feeds.yaml"), environ, lock=True) as app:
        app.clock = lambda: NOW
        write(desk, "new")
        service = Service(app, environ)
        app.sync()
        assert service._due()
        assert not service.first_pass.is_set()
        passes.run_pass(app)
        again = Service(app, environ)
        assert [job.name for job in again._due() if job.name in ("poll", "publish")] == []
        assert again.first_pass.is_set()


def test_a_web_node_is_ready_once_every_channel_was_published(desk: Path) -> None:
    write(desk, "new")
    with opened(str(desk / "feeds.yaml"), {}, lock=True) as app:
        app.clock = lambda: NOW
        assert not shown(app), "no scheduler was here yet"
        app.sync()
        assert not shown(app), "marked, and nothing published"
        app.run_job(Job(name="publish"), app.work())
        assert not shown(app), "published empty, while the first source is still to be asked"
        passes.run_pass(app)
        assert shown(app)
        app.store.outbox.mark(["all"], NOW)
        assert shown(app), "what waits to be published again is shown already"


@pytest.mark.parametrize("words", [("serve",), ("cluster", "dev")], ids=" ".join)
def test_where_the_address_is_taken_nothing_begins(desk: Path, words: tuple[str, ...]) -> None:
    with listening("127.0.0.1", 0) as other:
        port = other.getsockname()[1]
        (desk / "feeds.yaml").write_text(f"{CONFIG}server: {{listen: '127.0.0.1:{port}'}}\n")
        said = CliRunner().invoke(cli, ["-c", str(desk / "feeds.yaml"), *words])
    assert said.exit_code == 1, "3 would say that it is done, and some sources failed"
    assert f"127.0.0.1:{port} cannot be listened on: Address already in use" in said.output
    assert not (desk / "var" / "postgres").exists()
    assert not (desk / "var" / "public").exists()
