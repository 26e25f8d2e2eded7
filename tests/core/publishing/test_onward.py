"""Names of points: each has one, which gives it back; all else names none."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.publishing import onward
from feeds.model.onward import Point

SEOUL = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("point", "name"),
    [
        (Point(datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC), "tag:a,2026:1"), "2026-11-20T03:04:05Z,tag:a,2026:1"),
        (Point(datetime(2026, 11, 20, 3, 4, 5, 70, tzinfo=UTC), "기술"), "2026-11-20T03:04:05.000070Z,기술"),
        (Point(datetime(2026, 11, 20, 9, 0, tzinfo=SEOUL), "a"), "2026-11-20T00:00:00Z,a"),
    ],
)
def test_written(point: Point, name: str) -> None:
    assert onward.written(point) == name
    assert onward.read(name) == point


@given(st.datetimes(timezones=st.just(UTC)), st.text(st.characters(exclude_categories=("C", "Z")), min_size=1))
def test_there_and_back(published: datetime, id: str) -> None:
    assert onward.read(onward.written(Point(published, id))) == (published, id)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "2026-11-20",
        "2026-11-20T03:04:05Z",
        "2026-11-20T03:04:05Z,",
        "2026-11-20T03:04:05,a",
        "2026-11-20T03:04:05+09:00Z,a",
        "2026-11-20 03:04:05Z,a",
        "2026-11-20T03:04:05.5Z,a",
        "2026-11-20T03:04Z,a",
        "2026-W47-5T03:04:05Z,a",
        "99999-11-20T03:04:05Z,a",
        "2026-11-20T03:04:05Z,a\x00",
        "2026-11-20T03:04:05Z,a\nb",
    ],
)
def test_what_names_no_point(name: str) -> None:
    assert onward.read(name) is None
