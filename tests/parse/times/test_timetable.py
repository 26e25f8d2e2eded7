"""When a feed says that it changes, or never does."""

from datetime import UTC, datetime, timedelta

import pytest

from feeds.parse.times.timetable import base, days, hours, interval

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("ttl", "period", "frequency", "expected"),
    [
        pytest.param("60", "", "", HOUR, id="ttl"),
        pytest.param("0", "", "", None, id="ttl of nothing"),
        pytest.param("-5", "", "", None, id="ttl that is none"),
        pytest.param("9" * 8, "", "", None, id="ttl of centuries"),
        pytest.param("", "hourly", "", HOUR, id="a period"),
        pytest.param("", "Daily", "4", 6 * HOUR, id="often in a period"),
        pytest.param("", "", "2", 12 * HOUR, id="daily where not said"),
        pytest.param("", "weekly", "0", 7 * 24 * HOUR, id="frequency of nothing"),
        pytest.param("", "fortnightly", "1", None, id="a period that nobody knows"),
        pytest.param("90", "hourly", "1", 1.5 * HOUR, id="said twice: the longer"),
    ],
)
def test_interval(ttl: str, period: str, frequency: str, expected: timedelta | None) -> None:
    assert interval(ttl, period, frequency) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(("2000-01-01T12:00+00:00", "", "hourly"), datetime(2000, 1, 1, 12, tzinfo=UTC), id="as specified"),
        pytest.param(("2026-11-20T09:15:00+09:00", "30", "daily", "4"), datetime(2026, 11, 20, 0, 15, tzinfo=UTC), id="zone"),
        pytest.param(("2000-01-01T12:00Z", "90", "hourly"), None, id="another span is longer"),
        pytest.param(("2000-01-01T12:00Z", "60"), None, id="no period"),
        pytest.param((" 1901-01-01T00:00+00:00 ", "", "daily", "1"), datetime(1901, 1, 1, tzinfo=UTC), id="arXiv"),
        pytest.param(("2000-01-01", "", "hourly"), datetime(2000, 1, 1, tzinfo=UTC), id="a day"),
        pytest.param(("noon", "", "hourly"), None, id="no date"),
        pytest.param(("0001-01-01T00:00+09:00", "", "hourly"), None, id="before the calendar"),
        pytest.param(("", "", "hourly"), None, id="nothing"),
    ],
)  # fmt: skip
def test_base(told: tuple[str, ...], expected: datetime | None) -> None:
    assert base(*told) == expected


def test_hours_are_of_one_day() -> None:
    assert hours(["7", "24", "0", "25", "x", "", "³"]) == (0, 7)


def test_days_begin_with_monday() -> None:
    assert days(["Sunday", " monday ", "Funday"]) == (0, 6)
