"""Asking hubs ends with its budget: what was not sent by then is as if it had not been begun."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from feeds.core.push import hearing
from feeds.jobs.subscribe import subscribe
from feeds.model.job import Job
from feeds.model.lease import Wish
from tests.core.made import NOW, settings, source
from tests.jobs.test_jobs import Posting, World, world

SUBSCRIBE = Job(name="subscribe")
NAMES = ("a", "b", "c")


@dataclass
class Slow(Posting):
    """The first is being sent when the others are taken back."""

    def recall(self) -> None:
        del self.waiting[1:]


def wished(here: World) -> None:
    here.sync()
    wishes = [Wish(source_id=n, hub=f"https://hub.example/{n}", topic=f"https://{n}.example/feed.xml") for n in NAMES]
    here.store.library.leases.wish(wishes, lambda w: hearing.leased(w, f"id-{w.source_id}", "", NOW), NOW)


def test_what_the_budget_leaves_stays_due(tmp_path: Path) -> None:
    with world(tmp_path, settings(*map(source, NAMES))) as here:
        wished(here)
        leases = here.store.library.leases
        before = leases.all()
        work = here.work(budget=timedelta(0))
        report = subscribe(SUBSCRIBE, replace(work, ports=replace(work.ports, post=lambda: Slow(here.post))))
        assert (report.outcome, report.counts) == ("more", {"asked": 1})
        first = here.sent[0].id
        assert [one for one in leases.all() if one.id != first] == [one for one in before if one.id != first]
        assert len(leases.due(NOW, 9)) == 2
        report = subscribe(SUBSCRIBE, here.work())
        assert (report.outcome, report.counts, len(leases.due(NOW, 9))) == ("done", {"asked": 2}, 0)
