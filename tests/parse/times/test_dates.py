"""Dates as found, and what they mean."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.times.dates import read_date

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
SEOUL = "Asia/Seoul"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


KOREAN = [
    ("2026.11.20", "2026-11-19T15:00"),
    ("2026. 11. 20.", "2026-11-19T15:00"),
    ("2026. 11. 20. 15:05", "2026-11-20T06:05"),
    ("2026.11.20 (금) 15:05", "2026-11-20T06:05"),
    ("2026/11/20", "2026-11-19T15:00"),
    ("2026-11-20 15:05:10", "2026-11-20T06:05:10"),
    ("2026-11-20 오후 3:05:10", "2026-11-20T06:05:10"),
    ("2026년 11월 20일", "2026-11-19T15:00"),
    ("2026년11월20일", "2026-11-19T15:00"),
    ("2026년 11월 20일 (금) 오후 3:05", "2026-11-20T06:05"),
    ("2026년 11월 20일 오후 3시 5분 10초", "2026-11-20T06:05:10"),
    ("2024년 1월 2일 화요일 오후 3:04:05", "2024-01-02T06:04:05"),
    ("2026-11-20 오전 12:05", "2026-11-19T15:05"),
    ("2026-11-20 오후 12:05", "2026-11-20T03:05"),
    ("입력 2026.11.20 15:05", "2026-11-20T06:05"),
    ("26.11.20 15:05", "2026-11-20T06:05"),
    ("2025년 1월 1일 오후 3:05", "2025-01-01T06:05"),  # FMT-34
    ("2025. 01. 02.", "2025-01-01T15:00"),  # FMT-34
    ("2026年11月20日 15時05分", "2026-11-20T06:05"),
]


@pytest.mark.parametrize(("found", "moment"), KOREAN, ids=[f for f, _ in KOREAN])
def test_fmt_34_korean_date(found: str, moment: str) -> None:
    assert read_date(found, SEOUL) == utc(moment)


ZONES = [
    ("Fri, 20 Nov 2026 15:05:10 KST", "2026-11-20T06:05:10"),
    ("Fri, 20 Nov 2026 15:05:10 JST", "2026-11-20T06:05:10"),
    ("Fri, 20 Nov 2026 15:05:10 EST", "2026-11-20T20:05:10"),
    ("Fri, 20 Nov 2026 15:05:10 MEST", "2026-11-20T13:05:10"),
    ("Fri, 20 Nov 2026 15:05:10 +0900", "2026-11-20T06:05:10"),
    ("Fri, 20 Nov 2026 15:05:10 -0000", "2026-11-20T15:05:10"),
    ("Fri, 20 Nov 2026 15:05:10 GMT+9", "2026-11-20T06:05:10"),
    ("Fri, 20 Nov 2026 15:05:10 +0900 (KST)", "2026-11-20T06:05:10"),
    ("Fri Nov 20 15:05:10 KST 2026", "2026-11-20T06:05:10"),
    ("2026-11-20 15:05:10 Asia/Seoul", "2026-11-20T06:05:10"),
    ("2026-11-20 15:05:10 Europe/Nowhere", None),
    ("2020-11-08T16:20:00-05:00Z", "2020-11-08T21:20:00"),
    ("Fri, 20 Nov 2026 15:05:10", "2026-11-20T15:05:10"),
    ("Fri, 20 Nov 2026 15:05:10 XYZ", "2026-11-20T15:05:10"),
    ("Fri, 20 Nov 2026 15:05:10 +9900", None),
]


@pytest.mark.parametrize(("found", "moment"), ZONES, ids=[f for f, _ in ZONES])
def test_fmt_33_zone(found: str, moment: str | None) -> None:
    assert read_date(found, "UTC") == (utc(moment) if moment else None)


@pytest.mark.parametrize(
    ("timezone", "moment"),
    [
        pytest.param("America/Chicago", "2026-11-20T21:05:10", id="Chicago's CST"),
        pytest.param("Asia/Shanghai", "2026-11-20T07:05:10", id="China's CST"),
        pytest.param("UTC", "2026-11-20T21:05:10", id="RFC 822's CST"),
    ],
)
def test_source_settles_an_ambiguous_zone(timezone: str, moment: str) -> None:
    assert read_date("Fri, 20 Nov 2026 15:05:10 CST", timezone) == utc(moment)


FORMS = [
    ("2026-W47-5", "2026-11-20"),
    ("2026-324", "2026-11-20"),
    ("20261120T150510Z", "2026-11-20T15:05:10"),
    ("20261120150510", "2026-11-20T15:05:10"),
    ("20261120", "2026-11-20"),
    ("2026-11", "2026-11-01"),
    ("2026-11-20t15:05:10z", "2026-11-20T15:05:10"),
    ("2026-11-20T15:05Z", "2026-11-20T15:05"),
    ("2026-11-20T24:00:00Z", "2026-11-21"),
    ("2016-12-31T23:59:60Z", "2017-01-01"),
    ("Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01"),
    ("2026-11-20T15:05:10.123456789Z", "2026-11-20T15:05:10.123456"),
    ("2026-11-20T15:05+09", "2026-11-20T06:05"),
    ("2003-07-01 T 01:55:07-05:00", "2003-07-01T06:55:07"),
    ("Fri, 20 Nov 2026 15:05 GMT", "2026-11-20T15:05"),
    ("Fri, 20 Nov 26 15:05 EST", "2026-11-20T20:05"),
    ("31 Dec 99 23:59:59 +0000", "1999-12-31T23:59:59"),
    ("Thu, 09 (nested (comment) Mar)Feb(2005) 2006()23:59:45 +0000", "2006-02-09T23:59:45"),
    ("Sat,29 Jul 2006 00:03:02 +0000", "2006-07-29T00:03:02"),
    ("Sat, 31 Dec 2005 13:47:03+0900", "2005-12-31T04:47:03"),
    ("1520932969", "2018-03-13T09:22:49"),
    ("1520932969000", "2018-03-13T09:22:49"),
    ("20 ноября 2026 г. 15:05", "2026-11-20T15:05"),
    ("Κυρ, 11 Ιούλ 2004 00:00:00 EST", "2004-07-11T05:00"),
    ("mar., 01 déc. 2020 16:11:02 +0000", "2020-12-01T16:11:02"),
    ("20-Nov-2026 15:05", "2026-11-20T15:05"),
    ("11/09/2020", "2020-11-09"),
    ("Fri, 11/09/2020", "2020-09-11"),
    ("26/06/2020", "2020-06-26"),
    ("30.10.23", "2023-10-30"),
]


@pytest.mark.parametrize(("found", "moment"), FORMS, ids=[f for f, _ in FORMS])
def test_fmt_35_form(found: str, moment: str) -> None:
    assert read_date(found, "UTC") == utc(moment)


@pytest.mark.parametrize(
    "found",
    [
        "", " ", "12", "-1", "May", "May 5", "25:61:61", "1e400", "NaN", "9" * 5000, "Mon, 31 Feb 2026 00:00:00 GMT",
        "2026-02-30", "2026-13-01", "2026-11-20T25:00:00Z", "Sat, 07 Mar 08:03:50 +0000", "07-01T01:55:07-05:00",
        "3시간 전", "2 hours ago", "sometime last week-ish, I think", "This pubDate is not parsable.", "11월 20일",
        "insert updated date here", "2026-11-20 and more words", "15:05", "(" * 300, "2026-W54-1", "2025-366",
    ],
)  # fmt: skip
def test_fmt_32_unreadable_is_missing(found: str) -> None:
    assert read_date(found, SEOUL) is None


@pytest.mark.parametrize(
    ("found", "year"),
    [("0000-01-01", None), ("0001-01-01T00:00:00Z", None), ("9999-12-31", None), ("99999-01-01", None),
     ("2999-01-01T00:00:00Z", 2999), ("Thu, 01 Jan 1970 00:00:00 GMT", 1970)],
)  # fmt: skip
def test_fmt_31_absurd_years(found: str, year: int | None) -> None:
    moment = read_date(found, "UTC")
    assert (moment and moment.year) == year


@pytest.mark.parametrize("name", ["", "Nowhere/City", "../etc/passwd", "/etc/passwd", "\0", "Asia"])
def test_unknown_zone_of_a_source_is_utc(name: str) -> None:
    assert read_date("2026-11-20 15:05", name) == utc("2026-11-20T15:05")


ROWS = [
    line.split("\t")
    for line in (Path(__file__).parents[1] / "data" / "dates.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("found", "zone", "moment"), ROWS, ids=[f"{found} in {zone}" for found, zone, _ in ROWS])
def test_date_of_the_table(found: str, zone: str, moment: str) -> None:
    assert read_date(found, zone) == (None if moment == "-" else datetime.fromisoformat(moment))


USUAL = st.sampled_from(["%a, %d %b %Y %H:%M:%S {}", "%d %b %Y %H:%M:%S {}", "%Y-%m-%dT%H:%M:%S{}"])
OFFSETS = st.sampled_from(["GMT", "UTC", "UT", "Z", "+0900", "-0330", "+09:00", "-00:00", "+1400"])


@given(st.datetimes(datetime(1901, 1, 1), datetime(2990, 1, 1)), USUAL, OFFSETS)  # noqa: DTZ001 - bounds are naive
def test_the_first_step_answers_as_the_ladder(wall: datetime, form: str, offset: str) -> None:
    text = wall.strftime(form).format(offset)
    assert read_date(text, SEOUL) == read_date(f" {text}", SEOUL)  # a blank before it keeps the first step away


PIECES = st.sampled_from(
    [
        "2026",
        "11",
        "20",
        "Nov",
        "오후",
        "년",
        "월",
        "일",
        ":",
        "-",
        "+09",
        "/",
        ".",
        " ",
        "T",
        "Z",
        "KST",
        "(",
        ")",
        "99999",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join)), st.sampled_from([SEOUL, "x"]))
def test_reading_never_raises_and_is_aware(text: str, timezone: str) -> None:
    moment = read_date(text, timezone)
    assert moment is None or moment.tzinfo is UTC


@given(st.datetimes(datetime(1900, 1, 2), datetime(2999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are naive
def test_iso_round_trip(moment: datetime) -> None:
    assert read_date(moment.isoformat(), SEOUL) == moment


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing: real-data cases not run")
def test_all_dates_that_miniflux_reads() -> None:
    texts = json.loads((SHARED / "corpus" / "dates" / "miniflux_accepted.json").read_text("utf-8"))
    assert len(texts) > 40
    assert [t for t in texts if read_date(t, "UTC") is None] == []
