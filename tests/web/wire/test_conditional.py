"""Preconditions and dates by RFC 9110."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.web.wire.conditional import http_date, judge, seconds, tags_of

AT = 784_111_777  # Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example
NOW = AT + 1000


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        pytest.param("Sun, 06 Nov 1994 08:49:37 GMT", AT, id="IMF-fixdate"),
        pytest.param("Sunday, 06-Nov-94 08:49:37 GMT", AT, id="RFC 850"),
        pytest.param("Sun Nov  6 08:49:37 1994", AT, id="asctime"),
        pytest.param("Mon, 06 Nov 1994 08:49:37 GMT", AT, id="wrong day of the week: of no use, and passed over"),
        pytest.param("Sun, 06 Nov 1994 08:49:60 GMT", AT + 22, id="leap second"),
        pytest.param("Sunday, 06-Nov-30 08:49:37 GMT", 1_920_185_377, id="two digits ahead"),
        pytest.param("", None, id="empty"),
        pytest.param("0", None, id="number"),
        pytest.param("yesterday", None, id="word"),
        pytest.param("Sun, 6 Nov 1994 08:49:37 GMT", None, id="one digit"),
        pytest.param("Sun, 06 Nov 1994 08:49:37 +0000", None, id="zone"),
        pytest.param("Sun, 31 Feb 1994 08:49:37 GMT", None, id="no such day"),
        pytest.param("Sun, 06 Foo 1994 08:49:37 GMT", None, id="no such month"),
        pytest.param("Sun, 06 Nov 1994 25:49:37 GMT", None, id="no such hour"),
        pytest.param("Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", None, id="two dates"),
        pytest.param("Sun, 06 Nov 0000 08:49:37 GMT", None, id="year zero"),
    ],
)
def test_dates(date: str, expected: int | None) -> None:
    assert seconds(date) == expected


@given(st.integers(0, 253_402_300_799))
def test_a_date_that_is_written_is_read(whole: int) -> None:
    assert seconds(http_date(whole)) == whole


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    assert seconds(text) is None or "GMT" in text or ":" in text
    assert isinstance(tags_of(text), tuple)
    assert judge({"if-none-match": text, "if-match": "*"}, "a1", (), AT, NOW).status in (200, 304)


PAST, EXACT, LATER, FUTURE = (http_date(at) for at in (AT - 1, AT, AT + 1, NOW + 1))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 200, id="nothing asked"),
        pytest.param({"if-modified-since": EXACT}, 304, id="SRV-18 the date itself"),
        pytest.param({"if-modified-since": LATER}, 304, id="SRV-18 a later date"),
        pytest.param({"if-modified-since": PAST}, 200, id="SRV-18 an earlier date"),
        pytest.param({"if-modified-since": FUTURE}, 200, id="SRV-18 a date ahead of the clock"),
        pytest.param({"if-modified-since": "garbage"}, 200, id="SRV-18 garbage"),
        pytest.param(
            {"if-none-match": '"b2"', "if-modified-since": EXACT}, 200, id="SRV-18 the tag wins over the date"
        ),
        pytest.param({"if-none-match": '"a1"', "if-modified-since": PAST}, 304, id="SRV-18 and the other way round"),
        pytest.param({"if-none-match": "", "if-modified-since": EXACT}, 200, id="an empty tag is one too"),
        pytest.param({"if-match": '"a1"'}, 200, id="if-match, the same"),
        pytest.param({"if-match": '"b2"'}, 412, id="if-match, another"),
        pytest.param({"if-match": 'W/"a1"'}, 412, id="if-match compares strongly"),
        pytest.param({"if-match": "*"}, 200, id="if-match, any"),
        pytest.param({"if-match": '"a1"', "if-none-match": '"a1"'}, 304, id="if-match, then if-none-match"),
        pytest.param({"if-unmodified-since": EXACT}, 200, id="if-unmodified-since, the date itself"),
        pytest.param({"if-unmodified-since": PAST}, 412, id="if-unmodified-since, an earlier date"),
        pytest.param({"if-match": "*", "if-unmodified-since": PAST}, 200, id="if-match wins over the date"),
    ],
)
def test_order_of_preconditions(headers: dict[str, str], status: int) -> None:
    assert judge(headers, "a1", (), AT, NOW).status == status


@pytest.mark.parametrize(
    "headers", [{"if-modified-since": EXACT}, {"if-modified-since": LATER}, {"if-unmodified-since": PAST}]
)
def test_what_has_no_date_is_not_unchanged_by_date(headers: dict[str, str]) -> None:
    assert judge(headers, "a1", (), None, NOW).status == 200
