"""The job that mirrors, over notes in both databases, with the bucket in the test's hand."""

import gzip
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from feeds.jobs.mirror import mirror
from feeds.jobs.work import Work
from feeds.model.channel import Rendered, Rendition
from feeds.model.job import Job, Report
from feeds.model.mirror import Closed, Gap, MirrorStanding, Replica
from feeds.ports import Ports
from feeds.ports.mirror import Mirror
from feeds.store import Store
from feeds.store.outgoing.mirroring import Mirroring
from tests.buckets import Bucket
from tests.core.made import settings
from tests.store.made import DAY, MINUTE, NOW, rendition

CSS = Replica(path="/static/style.css", body=b"a {}", media_type="text/css")
ASSETS = {CSS.path: CSS}


@dataclass
class Site:
    """What is published, and the bucket that mirrors it."""

    store: Store
    bucket: Bucket = field(default_factory=Bucket)
    now: datetime = NOW

    @property
    def notes(self) -> Mirroring:
        return self.store.outbox.mirroring(ASSETS)

    def publish(self, *found: Rendition, channel: str = "all") -> None:
        self.store.outbox.published(channel, None, Rendered(renditions=found), (), self.now)

    def pass_(self, **more: object) -> Report:
        idle: dict[str, object] = dict.fromkeys(Ports.__slots__)
        mine = {"clock": lambda: self.now, "mirror": Mirror(bucket=self.bucket, notes=self.notes, assets=ASSETS)}
        work = Work(ports=Ports(**{**idle, **mine}), settings=settings(), sources={})  # type: ignore[arg-type]  # what is not used
        return mirror(Job(name="mirror"), replace(work, **more))  # type: ignore[arg-type]  # by name

    def shows(self) -> dict[str, bytes]:
        """What the bucket holds beside assets, unpacked."""
        return {p: gzip.decompress(b) for p, b in self.bucket.bodies().items() if p not in ASSETS}


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store)


def test_all_that_is_published_is_there_once(site: Site) -> None:
    site.publish(rendition(), rendition(path="/기술/feed.json", format="json", media_type="application/json"))
    assert site.notes.waits(NOW)
    assert site.pass_().counts == {"mirrored": 3}
    assert site.shows() == {"/atom.xml": b"<feed/>", "/기술/feed.json": b"<feed/>"}
    replica, _ = site.bucket.replicas["/기술/feed.json"]
    assert (replica.media_type, replica.gzip) == ("application/json", True)
    assert site.bucket.replicas[CSS.path][0] == CSS
    assert not site.notes.waits(NOW)
    assert site.pass_().counts == {}
    assert site.notes.standing() == MirrorStanding()


def test_only_what_changed_is_put_again(site: Site) -> None:
    site.publish(rendition(), rendition(path="/rss.xml", format="rss"))
    site.pass_()
    site.bucket.puts.clear()
    site.publish(rendition(body=b"<feed>2</feed>"))
    assert site.notes.standing() == MirrorStanding(behind=1)
    site.pass_()
    assert site.bucket.puts == ["/atom.xml"]
    assert site.shows()["/atom.xml"] == b"<feed>2</feed>"


def test_another_media_type_of_the_same_bytes_is_put(site: Site) -> None:
    site.publish(rendition())
    site.pass_()
    site.publish(rendition(media_type="application/xml"))
    site.pass_()
    assert site.bucket.replicas["/atom.xml"][0].media_type == "application/xml"


def test_what_is_not_published_any_more_goes(site: Site) -> None:
    site.publish(rendition(), rendition(path="/story/", format="page"))
    site.pass_()
    site.store.outbox.vacate(["/story/"])
    assert site.pass_().counts == {"removed": 1}
    site.store.outbox.ended(["all"], NOW)
    assert site.pass_().counts == {"removed": 1}
    assert site.bucket.bodies() == {CSS.path: CSS.body}


def test_things_of_others_are_left_alone_until_something_is_published_there(site: Site) -> None:
    for path in ("/logo.png", "/atom.xml"):
        site.bucket.put(Replica(path=path, body=b"theirs", media_type="x/y"), "")
    site.publish(rendition())
    site.pass_()
    assert site.bucket.bodies()["/logo.png"] == b"theirs"
    assert gzip.decompress(site.bucket.bodies()["/atom.xml"]) == b"<feed/>"


def test_who_stalled_before_a_put_changes_nothing(site: Site) -> None:
    """One reads the first version and stalls; another brings out and mirrors the second; the first comes back."""
    site.publish(rendition(body=b"0"))
    site.pass_()
    site.publish(rendition(body=b"1"))

    def stall(path: str) -> None:
        site.bucket.before = lambda _: None
        site.publish(rendition(body=b"2"))
        site.pass_()
        assert site.shows() == {"/atom.xml": b"2"}

    site.bucket.before = stall
    assert site.pass_().counts == {"outrun": 1}
    assert site.shows() == {"/atom.xml": b"2"}
    assert site.pass_().counts == {}


def test_who_stalled_while_all_began_changes_nothing(site: Site) -> None:
    """The same with a bucket in which nothing is."""
    site.publish(rendition(body=b"1"))

    def stall(path: str) -> None:
        if path == "/atom.xml":
            site.bucket.before = lambda _: None
            site.publish(rendition(body=b"2"))
            site.pass_()

    site.bucket.before = stall
    site.pass_()
    assert site.shows() == {"/atom.xml": b"2"}


def test_who_stalled_before_a_removal_does_no_harm_that_lasts(site: Site) -> None:
    """Nothing can be taken away on condition: the next pass puts it back."""
    site.publish(rendition(body=b"1"))
    site.pass_()
    site.store.outbox.vacate(["/atom.xml"])

    def stall(path: str) -> None:
        site.bucket.before = lambda _: None
        site.publish(rendition(body=b"2"))
        site.pass_()

    site.bucket.before = stall
    site.pass_()
    assert site.notes.waits(NOW) or site.shows() == {"/atom.xml": b"2"}
    site.pass_()
    assert site.shows() == {"/atom.xml": b"2"}


def test_killed_between_a_put_and_its_note(site: Site) -> None:
    site.publish(rendition(body=b"1"))
    gap = next(g for g in site.notes.gaps(NOW, 9) if g.path == "/atom.xml")
    replica = site.notes.document(gap)
    assert replica
    site.bucket.put(replica, "")
    site.publish(rendition(body=b"2"))
    site.pass_()
    assert site.shows() == {"/atom.xml": b"2"}


def test_bucket_that_takes_nothing_is_tried_again_less_and_less_often(site: Site) -> None:
    site.publish(rendition())
    site.bucket.refuses = lambda _: "the bucket is not there"
    report = site.pass_()
    assert report.outcome == "failed"
    assert report.problems["s3://test"].code == "mirror"
    found = site.notes.standing()
    assert (found.behind, found.problem, found.until) == (
        2,
        "s3://test: /static/style.css: the bucket is not there",
        NOW + MINUTE / 2,
    )
    assert not site.notes.waits(NOW)
    for _ in range(9):
        until = site.notes.standing().until
        assert until
        site.now = until
        assert site.notes.waits(site.now)
        site.pass_()
    until = site.notes.standing().until
    assert until == site.now + 5 * MINUTE
    site.bucket.refuses = lambda _: ""
    site.now = until
    assert site.pass_().counts == {"mirrored": 2}
    assert site.notes.standing() == MirrorStanding()
    assert not site.notes.waits(site.now)


def test_document_that_is_not_taken_holds_up_no_other(site: Site) -> None:
    site.publish(rendition(), rendition(path="/bad.xml", format="rss"))
    site.bucket.refuses = lambda path: "no bucket takes it" if path == "/bad.xml" else ""
    report = site.pass_()
    assert (report.outcome, report.counts) == ("done", {"mirrored": 2, "unmirrored": 1})
    assert site.shows() == {"/atom.xml": b"<feed/>"}
    found = site.notes.standing()
    assert (found.behind, found.until) == (1, NOW + MINUTE / 2)
    assert found.problem == "/bad.xml: no bucket takes it"
    assert not site.notes.waits(NOW)
    site.publish(rendition(body=b"2"))
    assert site.pass_().counts == {"mirrored": 1}
    site.bucket.refuses = lambda _: ""
    site.now += MINUTE
    assert site.notes.waits(site.now)
    assert site.pass_().counts == {"mirrored": 1}
    assert set(site.shows()) == {"/atom.xml", "/bad.xml"}


def test_document_that_is_not_taken_and_stands_alone_holds_up_no_other(site: Site) -> None:
    """Nothing else is to be put when it is refused: that is no reason to let the bucket rest."""
    site.publish(rendition())
    site.pass_()
    site.bucket.refuses = lambda path: "no bucket takes it" if path == "/bad.xml" else ""
    site.publish(rendition("bad", "/bad.xml"), channel="bad")
    assert (site.pass_().outcome, site.notes.standing().problem) == ("done", "/bad.xml: no bucket takes it")
    site.store.outbox.ended(["all"], site.now)
    assert site.notes.waits(site.now)
    assert site.pass_().counts == {"removed": 1}


def test_another_bucket_gets_everything(site: Site) -> None:
    site.publish(rendition())
    site.pass_()
    first, site.bucket = site.bucket, Bucket(name="s3://other")
    site.publish(rendition(body=b"2"))
    site.pass_()
    assert site.shows() == {"/atom.xml": b"2"}
    assert gzip.decompress(first.bodies()["/atom.xml"]) == b"<feed/>"


def test_bucket_is_compared_once_a_day(site: Site) -> None:
    site.publish(rendition(), rendition(path="/rss.xml", format="rss"), rendition(path="/x.json", format="json"))
    site.pass_()
    del site.bucket.replicas["/rss.xml"]
    site.bucket.replicas["/atom.xml"] = (replace(CSS, path="/atom.xml"), "theirs")
    assert site.pass_().counts == {}
    site.now += DAY
    assert site.notes.waits(site.now)
    assert site.pass_().counts == {"astray": 2, "mirrored": 2}
    assert site.shows() == dict.fromkeys(("/atom.xml", "/rss.xml", "/x.json"), b"<feed/>")


def test_pass_that_must_end_goes_on_next_time(site: Site) -> None:
    site.publish(rendition())
    assert site.pass_(budget=timedelta(0)).outcome == "more"
    assert site.notes.waits(NOW)
    assert site.pass_().outcome == "done"
    assert site.shows() == {"/atom.xml": b"<feed/>"}


def test_many_documents_come_in_batches(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.jobs.mirror.BATCH", 3)
    for number in range(8):
        site.publish(rendition(f"c{number}", f"/{number}.xml"), channel=f"c{number}")
    assert site.pass_().counts == {"mirrored": 9}
    assert len(site.shows()) == 8


def test_killed_between_a_put_and_its_note_and_taken_back_then(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was put and never noted goes too: no copy outlives its document."""
    site.publish(rendition())

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Mirroring, "close", killed)
        with pytest.raises(KeyboardInterrupt):
            site.pass_()
    assert site.shows() == {"/atom.xml": b"<feed/>"}
    site.store.outbox.ended(["all"], site.now)
    site.pass_()
    assert site.shows() == {}


def test_document_that_is_refused_for_weeks_is_tried_each_hour(site: Site) -> None:
    refused = Closed(gap=Gap(path="/atom.xml", wants="a application/atom+xml"), problem="/atom.xml: no")
    for _ in range(60):
        site.notes.close([refused], NOW)
    assert site.notes.standing().until == NOW + timedelta(hours=1)
