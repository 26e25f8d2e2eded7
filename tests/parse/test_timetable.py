"""When a feed says that it changes, or never does."""

from datetime import timedelta

import pytest

from feeds.parse.timetable import days, hours, interval

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


def test_hours_are_of_one_day() -> None:
    assert hours(["7", "24", "0", "25", "x", "", "³"]) == (0, 7)


def test_days_begin_with_monday() -> None:
    assert days(["Sunday", " monday ", "Funday"]) == (0, 6)
