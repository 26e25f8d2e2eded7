"""Numbers and readiness at an address of their own, which a reload may move; what is wrong with a clock."""

import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds.app.build import App, opened
from feeds.app.serving.health import WRITTEN, wrong_clock
from feeds.app.serving.operating import SILENT, Operating
from feeds.app.serving.service import needs_restart
from feeds.net.local import listening

CONFIG = "version: 1\nsite: {title: Desk, url: 'https://desk.example'}\n"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    with opened(str(tmp_path / "feeds.yaml"), {}, lock=True) as app:
        yield app


def free() -> str:
    with listening("127.0.0.1", 0) as probe:
        return f"127.0.0.1:{probe.getsockname()[1]}"


def get(address: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def at(app: App, address: str) -> None:
    app.settings = replace(app.settings, server=replace(app.settings.server, metrics=address))


def test_numbers_stand_at_the_operators_address_and_move_with_it(app: App) -> None:
    operating, first, second = Operating(app, {}, lambda: True), free(), free()
    try:
        at(app, first)
        operating.apply(app.settings)
        status, body = get(first, "/metrics")
        assert (status, "feeds_store_up 1.0" in body) == (200, True)
        assert get(first, "/readyz") == (200, "ready\n")
        assert get(first, "/atom.xml")[0] == 404
        at(app, second)
        operating.apply(app.settings)
        assert (get(first, "/healthz")[0], get(second, "/healthz")[0]) == (0, 200)
    finally:
        operating.stop()
    assert get(second, "/healthz")[0] == 0


def test_an_address_that_is_taken_stops_nothing(app: App, caplog: pytest.LogCaptureFixture) -> None:
    operating = Operating(app, {}, lambda: True)
    with listening("127.0.0.1", 0) as taken:
        at(app, f"127.0.0.1:{taken.getsockname()[1]}")
        operating.apply(app.settings)
    operating.stop()
    assert "metrics refused" in caplog.text


def test_readiness_says_why_not(app: App) -> None:
    assert Operating(app, {}, lambda: False).unready() == ("the first pass is running",)
    app.clock = lambda: WRITTEN - timedelta(days=400)
    (reason,) = Operating(app, {}, lambda: True).unready()
    assert "before this program was written" in reason
    assert Operating(app, {"SOURCE_DATE_EPOCH": "1"}, lambda: True).unready() == ()


def test_a_store_that_is_gone_makes_us_unready(app: App, tmp_path: Path) -> None:
    app.store.close()
    (tmp_path / "var/feeds.db").write_bytes(b"no database" * 1000)
    (reason,) = Operating(app, {}, lambda: True).unready()
    assert reason.startswith("the store does not answer")


@pytest.mark.parametrize(
    ("now", "latest", "said"),
    [
        pytest.param(NOW, None, "", id="an empty store"),
        pytest.param(NOW, NOW - timedelta(days=1), "", id="later than the store"),
        pytest.param(NOW, NOW + timedelta(minutes=30), "", id="put right by half an hour"),
        pytest.param(NOW, NOW + timedelta(days=2), "but the store was last written at 2026-12-03", id="went back"),
        pytest.param(datetime(1970, 1, 1, tzinfo=UTC), None, "before this program was written", id="empty battery"),
        pytest.param(datetime(2099, 1, 1, tzinfo=UTC), None, "twenty years after", id="far ahead"),
    ],
)
def test_wrong_clock(now: datetime, latest: datetime | None, said: str) -> None:
    found = wrong_clock(now, latest)
    assert said in found
    assert bool(found) == bool(said)


def test_a_process_without_a_web_server_tells_that_it_is_ready_and_that_it_goes(app: App, tmp_path: Path) -> None:
    stopping = threading.Event()
    stopping.set()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        Operating(app, {"NOTIFY_SOCKET": str(tmp_path / "notify")}, lambda: True).attend(stopping, "working")
        assert [manager.recv(100) for _ in range(2)] == [b"READY=1\nSTATUS=working", b"STOPPING=1"]


@pytest.mark.parametrize("lives", [True, False], ids=["its engine ticks", "its engine is dead"])
def test_a_process_whose_engine_is_dead_gives_no_life_sign(app: App, tmp_path: Path, lives: bool) -> None:
    class Beats(threading.Event):
        """Three beats; before each, the engine has been silent for too long, or has not."""

        left = 3

        def wait(self, _timeout: float | None = None) -> bool:
            operating._ticked -= SILENT
            if lives:
                operating.ticked()
            self.left -= 1
            return self.left < 0

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        operating = Operating(
            app, {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "2000000"}, lambda: True
        )
        operating.attend(Beats(), "working")
        manager.setblocking(False)
        told = [manager.recv(100) for _ in range(3 if lives else 2)]
    assert told == [b"READY=1\nSTATUS=working", *[b"WATCHDOG=1"] * lives, b"STOPPING=1"]


def test_what_needs_a_restart_is_named(app: App) -> None:
    old = app.settings
    assert (
        needs_restart(old, replace(old, log="json", server=replace(old.server, metrics="a:1", allow_private=("b:2",))))
        == ()
    )
    new = replace(old, store="sqlite:///other.db", server=replace(old.server, port=1))
    assert needs_restart(old, new) == ("store", "server.listen")
    other, below = (
        replace(old, site=replace(old.site, url=url)) for url in ("https://b.example", "https://b.example/x")
    )
    assert (needs_restart(old, other), needs_restart(old, below)) == ((), ("site.url",))
