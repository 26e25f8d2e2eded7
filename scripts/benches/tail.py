"""The long tail: what a change costs of a channel that nobody asks for, put off and brought out.

CATEGORIES (200 unless told otherwise) of 20 stories, three formats, on a PostgreSQL of our own that writes as usual
(fsync). Each round tells a new story in each category and publishes: in turns, by a process to which nobody asks for
any (`site.rest_after`), and by one that brings all out. CPU seconds of the job that publishes, and of PostgreSQL
meanwhile; telling the stories is not counted. At the end all are asked for, and every document of the two is compared.
"""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from timing import close

from feeds.app.build import App, opened
from feeds.jobs.poll import poll
from feeds.jobs.publish import publish
from feeds.model.job import Job
from feeds.model.source import Document, Fetched
from feeds.ports import Clock
from feeds.store import migrate
from feeds.store.database.trial import Trial

GOAL = 0.2
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
STORIES, ROUNDS = 20, 5
CONFIG = """\
site: {{title: Bench, url: 'https://bench.example'{rests}}}
store: {store}
defaults: {{first: 0}}
sources: [{{id: one, url: 'https://one.example/feed'}}]
outputs:
  - {{id: tail, path: '/{{slug}}/', each: category, limit: 20, formats: [atom, rss, json]}}
"""
WORDS = "Words of a story that are as many as those of a short summary of it are. " * 12


@dataclass
class Side:
    """One of the two, with its clock and what each round took."""

    app: App
    server: int
    now: datetime = NOW

    def tell(self, number: int, categories: int) -> None:
        """Poll a feed that tells one story in each category."""
        items = "".join(_item(number, c) for c in range(categories))
        body = f"<rss version='2.0'><channel><title>One</title><link>https://one.example/</link>{items}</channel></rss>"
        document = Document(url="https://one.example/feed", body=body.encode(), media_type="application/rss+xml")
        answer = Fetched(outcome="fresh", documents=(document,), status=200)
        self.now += timedelta(hours=1)
        work = self.app.work(forced=frozenset({"one"}))
        self.app.store.library.hasten(["one"], self.now)
        poll(
            Job(name="poll"),
            replace(work, ports=replace(work.ports, fetch=lambda batch, _: iter([answer] * len(batch)))),
        )

    def publish(self) -> tuple[float, float, dict[str, int]]:
        """Return CPU seconds of the job and of the server, and what the job counted."""
        work = self.app.work()
        work = replace(work, ports=replace(work.ports, write=lambda _: (), resting=self.app.store.outbox.resting))
        own, theirs = process_time(), _cpu_of_family(self.server)
        report = publish(Job(name="publish"), work)
        return process_time() - own, _cpu_of_family(self.server) - theirs, dict(report.counts)

    def ask_for_all(self) -> int:
        resting, asked = self.app.store.outbox.resting, 0
        for line in self.app.store.overview.renditions():
            channel = resting.rests(line.path)
            asked += channel is not None and resting.wake(channel, self.now)
        self.publish()
        return asked

    def published(self) -> dict[str, bytes]:
        overview = self.app.store.overview
        return {line.path: found.body for line in overview.renditions() if (found := overview.rendition(line.path))}


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench tail", description=__doc__)
    parser.add_argument("categories", nargs="?", type=int, default=200)
    categories = parser.parse_args().categories
    took: dict[str, list[float]] = {"put off": [], "brought out": []}
    with TemporaryDirectory(prefix="feeds-bench-") as folder:
        Path(folder).chmod(0o755)
        with two(Path(folder)) as sides:
            for side in sides.values():
                for n in range(STORIES):
                    side.tell(n, categories)
                side.publish()
            for n in range(STORIES, STORIES + ROUNDS):
                for name, side in sides.items():
                    side.tell(n, categories)
                    own, theirs, counts = side.publish()
                    each = 1000 / categories
                    print(f"{name:<12} {own * each:6.2f} ms ours, {theirs * each:6.2f} ms PostgreSQL: {counts}")
                    took[name].append((own + theirs) * each)
            asked = sides["put off"].ask_for_all()
            same = sides["put off"].published() == sides["brought out"].published()
    print(f"{asked} channels asked for at the end; documents {'are the same' if same else 'DIFFER'}")
    off, out = median(took["put off"]), median(took["brought out"])
    figure = f"{off:.2f} ms a change put off, {out:.2f} ms brought out, {off / out:.2f} of it"
    close("tail", figure, f"{GOAL} at most", holds=off <= GOAL * out and same and asked == categories)


@contextmanager
def two(folder: Path) -> Iterator[dict[str, Side]]:
    trial = Trial(folder / "data", fleeting=True)
    trial.start()
    try:
        files = {}
        for name, rests in (("put off", ", rest_after: 10m"), ("brought out", "")):
            store = trial.create(name.replace(" ", "_"))
            migrate(store)
            files[name] = folder / f"{name}.yaml"
            files[name].write_text(CONFIG.format(rests=rests, store=store), encoding="utf-8")
        assert trial._process is not None
        with (
            opened(str(files["put off"]), {}, lock=True) as one,
            opened(str(files["brought out"]), {}, lock=True) as two,
        ):
            sides = {n: Side(app, trial._process.pid) for n, app in (("put off", one), ("brought out", two))}
            for side in sides.values():
                side.app.clock = _clock(side)
                side.app.sync()
                side.app.store.outbox.resting.begin(NOW)
            yield sides
    finally:
        trial.close()


def _clock(side: Side) -> Clock:
    return lambda: side.now


def _item(number: int, category: int) -> str:
    at = NOW - timedelta(days=40) + number * timedelta(hours=1) + category * timedelta(seconds=1)
    return (
        f"<item><guid isPermaLink='false'>{number}-{category}</guid><title>Story {number} of {category}</title>"
        f"<link>https://one.example/{number}/{category}</link><category>Subject {category}</category>"
        f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
        f"<description>{number} of {category}: {WORDS}</description></item>"
    )


def _cpu_of_family(pid: int) -> float:
    """CPU seconds of a process, of those children that ended, and of those that live."""
    ticks, found = os.sysconf("SC_CLK_TCK"), 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = stat.read_text().rpartition(")")
        except OSError:  # it ended meanwhile
            continue
        fields = rest.split()
        mine = int(head.split()[0]) == pid
        if mine or int(fields[1]) == pid:
            found += int(fields[11]) + int(fields[12]) + (int(fields[13]) + int(fields[14]) if mine else 0)
    return found / ticks


if __name__ == "__main__":
    main()
