"""A story leaves the news sitemap two days after it was published, though nothing else happens then."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from feeds.model.channel import Output
from tests.core.made import settings, source
from tests.jobs.test_jobs import World, world

NEWS = Output(id="news", path="/", formats=("news",))
START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def told(desk: World) -> list[bytes]:
    return [word.partition(b"</loc>")[0][-1:] for word in desk.files["/news.xml"].split(b"<loc>")[1:]]


def test_each_story_leaves_in_time_without_a_poll(tmp_path: Path) -> None:
    config = settings(source("one", every=timedelta(days=9)), outputs=(NEWS,))
    with world(tmp_path, config) as desk:
        body = "".join(
            f"<item><guid>{n}</guid><link>{config.site.url}/{n}</link><title>Story {n} of another kind {n}</title>"
            f"<pubDate>{format_datetime(START - n * HOUR)}</pubDate></item>"
            for n in range(1, 4)
        )
        desk.says("one", f"<rss version='2.0'><channel><title>One</title>{body}</channel></rss>".encode())
        desk.now = START
        desk.sync()
        desk.pass_()
        assert told(desk) == [b"1", b"2", b"3"]
        before = desk.files["/news.xml"]
        asked = len(desk.asked)
        for later, left in ((44, 3), (45, 2), (46, 1), (47, 0), (90, 0)):
            desk.now = START + later * HOUR
            desk.pass_()
            assert len(told(desk)) == left, f"after {later} hours"
            assert (desk.files["/news.xml"] == before) is (left == 3), "nothing moves unless something happened"
        assert len(desk.asked) == asked
