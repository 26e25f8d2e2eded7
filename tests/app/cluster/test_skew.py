"""Workers whose clocks do not agree: nothing is lost, nothing told twice, and what is published is the same."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds.app import passes
from feeds.app.build import App, opened
from feeds.app.cluster.nodes import WorkerNode, due
from tests import servers

BEGIN = datetime(2026, 11, 20, 9, tzinfo=UTC)
PATHS = ("/atom.xml", "/rss.xml", "/feed.json", "/index.html", "/tech/atom.xml")
STEP, ROUNDS = timedelta(minutes=2), 12


def write(folder: Path, many: int) -> None:
    """The document of the source: so many entries, all of them older than the clock that is most behind."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>Story {n}</title><link>https://one.example/{n}</link>"
        f"<category>Tech</category><pubDate>Thu, 19 Nov 2026 08:{n:02}:00 +0000</pubDate></item>"
        for n in range(many)
    )
    (folder / "one.xml").write_text(f"<rss version='2.0'><channel><title>One</title>{items}</channel></rss>")


def config(folder: Path, store: str) -> str:
    folder.mkdir(exist_ok=True)
    text = "site: {title: Desk, url: 'https://desk.example'}\nsources: [{id: one, file: one.xml, every: 1m}]\n"
    (folder / "feeds.yaml").write_text(f"{text}store: {store}\nschedule: {{shards: 2}}\n")
    return str(folder / "feeds.yaml")


def published(app: App) -> dict[str, bytes]:
    found = {path: app.store.overview.rendition(path) for path in PATHS}
    return {path: rendition.body for path, rendition in found.items() if rendition}


@pytest.fixture
def apps(tmp_path: Path) -> Iterator[list[App]]:
    file = config(tmp_path / "many", servers.ready())
    with ExitStack() as stack:
        yield [stack.enter_context(opened(file, {}, lock=False, many=True)) for _ in range(2)]


@pytest.mark.parametrize("skew", [timedelta(minutes=7), timedelta(minutes=-7), timedelta(hours=3)], ids=str)
def test_clocks_that_do_not_agree_change_nothing_that_is_published(
    apps: list[App], tmp_path: Path, skew: timedelta
) -> None:
    base = BEGIN
    right, wrong = apps
    right.clock, wrong.clock = (lambda: base), (lambda: base + skew)
    write(tmp_path / "many", 1)
    right.sync()
    nodes = [WorkerNode(app, {}, 1) for app in apps]
    for turn in range(1, ROUNDS):
        write(tmp_path / "many", turn)
        base += STEP
        for app, node in zip(apps, nodes, strict=True):
            for _ in range(3):  # what follows from a job is put at once
                for job in due(app):
                    node._run(job, lambda: False)
    for node in nodes:
        node._hands._queue.close()
    totals = right.store.overview.totals(base)
    assert (totals.entries, totals.stories) == (ROUNDS - 1, ROUNDS - 1)
    with opened(config(tmp_path / "one", "sqlite:///one.db"), {}, lock=True) as alone:
        alone.clock = lambda: base
        write(tmp_path / "one", ROUNDS - 1)
        passes.run_pass(alone)
        assert published(right) == published(alone)
    assert len(published(right)) == len(PATHS)
