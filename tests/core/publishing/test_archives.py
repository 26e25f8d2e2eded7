"""Which archive a story is in, and that none is lost between a feed and its archives."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.publishing import archives
from feeds.core.publishing.compose import window
from feeds.model.channel import Channel, Period, Rhythm
from feeds.model.names import ChannelName

RHYTHMS: list[Rhythm] = ["day", "month", "year"]
HOUR = timedelta(hours=1)
TIMES = st.integers(0, 6 * 366 * 86400).map(lambda s: datetime(2019, 12, 28, tzinfo=UTC) + timedelta(seconds=s))
CHANNEL = Channel(
    id="all", output_id="all", path="/a/", base_url="https://x.example", title="X", hubs=("https://hub.example/",)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "begin", "end"),
    [
        ("2024", "2024-01-01", "2025-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
    ],
)
def test_bounds(period: Period, begin: str, end: str) -> None:
    assert archives.bounds(period) == (at(begin), at(end))
    assert archives.closes(period) == at(end) + HOUR


@given(st.sampled_from(RHYTHMS), TIMES)
def test_a_moment_is_within_its_period(rhythm: Rhythm, moment: datetime) -> None:
    found = archives.period(rhythm, moment)
    begin, end = archives.bounds(found)
    assert begin <= moment < end
    assert archives.rhythm_of(found) == rhythm


@pytest.mark.parametrize(
    ("published", "first_seen", "born", "period"),
    [
        pytest.param("2026-02-03", "2026-02-03", "2026-01-01", "2026-02", id="in time"),
        pytest.param("2026-02-28T23:00", "2026-03-01T00:30", "2026-01-01", "2026-02", id="within the hour after"),
        pytest.param("2026-02-28T23:00", "2026-03-01T01:00", "2026-01-01", "2026-03", id="later: where it was seen"),
        pytest.param("2019-05-01", "2026-02-28T23:59", "2026-01-01", "2026-02", id="an old one that came late"),
        pytest.param("2019-05-01", "2026-03-01T00:10", "2026-01-01", "2026-02", id="an old one in the hour after"),
        pytest.param("2019-05-01", "2026-02-10", "2026-02-20", "2019-05", id="an old one, before there were archives"),
        pytest.param("2019-05-01", "2026-02-10", "2026-02-10", "2019-05", id="an old one of the very first pass"),
        pytest.param("2026-04-01", "2026-02-10", "2026-01-01", "2026-04", id="a post that waits for its day"),
    ],
)
def test_filed(published: str, first_seen: str, born: str, period: Period) -> None:
    assert archives.filed("month", at(published), at(first_seen), at(born)) == period
    assert period in archives.touched("month", at(published), at(first_seen))


@given(st.sampled_from(RHYTHMS), TIMES, TIMES, TIMES)
def test_a_closed_archive_gets_nothing_new(
    rhythm: Rhythm, published: datetime, first_seen: datetime, born: datetime
) -> None:
    """Whatever is first seen when a period is closed already is not filed under it."""
    found = archives.filed(rhythm, published, first_seen, born)
    assert first_seen <= born or first_seen < archives.closes(found)


@given(st.sampled_from(RHYTHMS), TIMES, TIMES)
def test_what_no_archive_has_the_feed_has(rhythm: Rhythm, one: datetime, other: datetime) -> None:
    """Of stories that came in time."""
    published, now = sorted((one, other))
    channel = Channel(id="all", output_id="all", path="/", base_url="https://x.example", title="X", archives=rhythm)
    since = window(channel, now).since
    assert since is not None
    archived = archives.closed(rhythm, [(published, published)], archives.bounds("2019")[0], now)
    assert bool(archived) != (published > since), "in one of both, and not in neither"


def test_an_archive_stands_between_its_neighbours() -> None:
    periods = ("2025-12", "2026-01", "2026-03")
    found = archives.archive(CHANNEL, "2026-01", periods)
    assert (found.id, ChannelName.of(found.id)) == ("all@2026-01", ChannelName(output="all", period="2026-01"))
    assert (found.archived.before, found.archived.after) == ("2025-12", "2026-03")
    assert (found.file("atom"), found.file("json")) == ("/a/atom-2026-01.xml", "/a/feed-2026-01.json")
    assert (found.formats, found.hubs) == (("atom", "rss", "json"), ())
    assert archives.with_last(CHANNEL, periods).archived.before == "2026-03"
    assert archives.with_last(CHANNEL, ()) == CHANNEL
