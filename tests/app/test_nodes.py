"""Processes of a cluster that disagree: about the time, about the configuration, about what failed."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds.app import nodes
from feeds.app.build import App, opened
from feeds.model.job import Job
from feeds.model.settings import Settings, Site
from tests import servers

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALIVE = "keepalives_idle=30&keepalives_interval=10&keepalives_count=3&tcp_user_timeout=60000"
POST = "---\ntitle: {0}\ndate: 2026-11-20 10:00:00 +0000\n---\nWords of {0}.\n"
CONFIG = """\
site: {title: Desk, url: 'https://desk.example'}
content: [{id: posts, path: posts, every: 10m}]
outputs: [{id: all, path: /, formats: [atom]}]
schedule: {shards: 8}
"""


class Cluster:
    """A scheduler's and two workers' views of one store, each with a clock of its own."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        (folder / "posts").mkdir()
        self.file = folder / "feeds.yaml"
        self.file.write_text(CONFIG, encoding="utf-8")
        environ = {"FEEDS_STORE": servers.ready()}
        self.apps = [
            stack.enter_context(opened(str(self.file), environ, lock=False, many=True, patience=9)) for _ in range(2)
        ]
        self.now = NOW
        for app in self.apps:
            app.clock = lambda: self.now
        self.apps[0].sync()

    def tell(self, title: str) -> None:
        (self.folder / "posts" / f"{title}.md").write_text(POST.format(title), encoding="utf-8")

    def work(self, app: App) -> list[Job]:
        """Do what is due by a worker's clock, until nothing is."""
        done: list[Job] = []
        while jobs := nodes.due(app):
            for job in jobs:
                assert app.run_job(job, app.work()).outcome == "done"
            done += jobs
            assert len(done) < 50, done
        return done

    def titles(self) -> list[str]:
        rendition = self.apps[0].store.overview.rendition("/atom.xml")
        assert rendition
        return [part.partition(b"<")[0].decode() for part in rendition.body.split(b"<title>")[2:]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


@pytest.mark.parametrize("skew", [timedelta(minutes=5), 3 * HOUR, timedelta(days=30)], ids=str)
def test_workers_whose_clocks_differ_lose_nothing_and_tell_nothing_twice(cluster: Cluster, skew: timedelta) -> None:
    right, ahead = cluster.apps
    ahead.clock = lambda: cluster.now + skew
    for number in range(4):
        cluster.tell(f"post {number}")
        first, second = (ahead, right) if number % 2 else (right, ahead)
        cluster.work(first)
        cluster.work(second)
        cluster.now += 11 * timedelta(minutes=1)
    cluster.now += skew  # by then what the other has put off is due for all
    cluster.work(right)
    assert sorted(cluster.titles()) == [f"post {number}" for number in range(4)]
    assert right.store.overview.totals().entries == 4
    assert cluster.work(right) == []


def test_what_a_clock_far_ahead_has_put_off_is_asked_after_a_restart(cluster: Cluster) -> None:
    right, ahead = cluster.apps
    ahead.clock = lambda: NOW + timedelta(days=400)
    cluster.work(ahead)
    cluster.tell("new")
    assert [job for job in cluster.work(right) if job.name == "poll"] == []
    right.sync()
    cluster.work(right)
    assert cluster.titles() == ["new"]


def test_who_has_another_configuration_waits_for_it(cluster: Cluster, caplog: pytest.LogCaptureFixture) -> None:
    scheduler, worker = cluster.apps
    node = nodes.WorkerNode(worker, {}, 1)
    cluster.tell("first")
    assert node._run(Job(name="poll"), lambda: False).counts["new"] == 1
    scheduler.adopt(replace(scheduler.settings, site=replace(scheduler.settings.site, title="Another")))
    scheduler.sync()
    for name in ("poll", "publish"):
        report = node._run(Job(name=name), lambda: False)
        assert (report.outcome, dict(report.counts)) == ("more", {})
    assert caplog.text.count("job waits for the configuration that is in force") == 2
    assert scheduler.store.turns.resting() == {"poll:0", "publish:0"}
    assert {job.lock for job in nodes.due(scheduler)}.isdisjoint({"poll:0", "publish:0"})
    node._hands._queue.close()


def test_publishing_and_delivering_are_dealt(cluster: Cluster) -> None:
    app = cluster.apps[0]
    app.store.outbox.mark([f"channel{n}" for n in range(40)], NOW)
    shards = {job.shard for job in nodes.due(app) if job.name == "publish"}
    assert shards == set(range(8))
    cluster.work(app)
    assert app.store.outbox.pending() == 0


def test_a_reload_that_goes_on_failing_is_logged_once(cluster: Cluster, caplog: pytest.LogCaptureFixture) -> None:
    app = cluster.apps[0]
    broken = [True]

    def adopted() -> None:
        if broken[0]:
            raise OSError("the store is away")

    watch = nodes._Watch(app, {}, adopted)
    cluster.file.write_text(CONFIG + "# changed\n", encoding="utf-8")
    for _ in range(5):
        watch.look()
    assert caplog.text.count("reload failed, it is tried again") == 1
    broken[0] = False
    caplog.set_level("INFO")
    watch.look()
    assert caplog.text.count("reloaded file") == 1


@pytest.mark.parametrize(
    ("store", "address"),
    [
        ("postgresql+psycopg://u@h/d", "postgresql://u@h/d?" + ALIVE),
        (
            "postgresql://u@/d?host=%2Frun&keepalives_idle=5",
            "postgresql://u@/d?host=%2Frun&keepalives_idle=5&" + ALIVE.partition("&")[2],
        ),
    ],
)
def test_connections_notice_that_the_network_is_gone(store: str, address: str) -> None:
    assert nodes.address_of(Settings(file="", site=Site(title="", url=""), store=store)) == address
