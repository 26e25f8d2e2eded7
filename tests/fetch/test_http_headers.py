"""What headers say about when to ask again and who tells of changes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.fetch.headers import fresh_for, http_date, links, retry_after, validators
from feeds.model.source import Validators

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DATE = "Tue, 24 Nov 2026 11:00:00 GMT"  # the server is an hour behind
LATER = "Tue, 24 Nov 2026 12:30:00 GMT"


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        pytest.param({}, None, id="nothing said"),
        pytest.param({"cache-control": "max-age=600"}, 10, id="max-age"),
        pytest.param({"cache-control": 'public, MAX-AGE="600"'}, 10, id="case and quotes"),
        pytest.param({"cache-control": "max-age = 600 , must-revalidate"}, 10, id="blanks"),
        pytest.param({"cache-control": "max-age=600", "age": "300"}, 5, id="age counts"),
        pytest.param({"cache-control": "max-age=600", "age": "900"}, None, id="stale already"),
        pytest.param({"cache-control": "max-age=600, no-cache"}, None, id="no-cache cancels"),
        pytest.param({"cache-control": "no-store, max-age=600"}, None, id="no-store cancels"),
        pytest.param({"cache-control": "max-age=0"}, None, id="zero"),
        pytest.param({"cache-control": "max-age=-1"}, None, id="negative"),
        pytest.param({"cache-control": "max-age=soon", "expires": LATER}, None, id="nonsense does not fall back"),
        pytest.param({"cache-control": "s-maxage=600"}, None, id="meant for shared caches"),
        pytest.param({"cache-control": "max-age=600", "expires": LATER}, 10, id="max-age before Expires"),
        pytest.param({"expires": LATER, "date": DATE}, 90, id="Expires by the server's clock"),
        pytest.param({"expires": LATER}, 30, id="Expires by ours without Date"),
        pytest.param({"expires": DATE, "date": LATER}, None, id="expired"),
        pytest.param({"expires": "0", "date": DATE}, None, id="Expires: 0"),
        pytest.param({"expires": "-1"}, None, id="Expires: -1"),
        pytest.param({"cache-control": "max-age=999999999999"}, 31 * 24 * 60, id="31 days at most"),
        pytest.param({"cache-control": "max-age=" + "9" * 5000}, None, id="number beyond reason"),
    ],
)
def test_freshness(headers: dict[str, str], minutes: int | None) -> None:
    assert fresh_for(headers, NOW) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("120", 120, id="NET-36 seconds"),
        pytest.param("Tue, 24 Nov 2026 12:02:00 GMT", 120, id="NET-37 IMF-fixdate"),
        pytest.param("Tuesday, 24-Nov-26 12:02:00 GMT", 120, id="NET-37 RFC 850"),
        pytest.param("Tue Nov 24 12:02:00 2026", 120, id="NET-37 asctime"),
        pytest.param("Tue, 24 Nov 2026 21:02:00 +0900", 120, id="NET-37 other zone"),
        pytest.param("", None, id="none"),
        pytest.param("soon", None, id="NET-38 garbage"),
        pytest.param("-5", None, id="NET-38 negative"),
        pytest.param("0", None, id="NET-38 zero"),
        pytest.param("1.5", None, id="NET-38 fraction"),
        pytest.param("Mon, 23 Nov 2026 12:02:00 GMT", None, id="NET-38 past"),
        pytest.param("999999999", 31 * 86400, id="NET-38 huge"),
        pytest.param("9" * 400, None, id="NET-38 beyond reason"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", 31 * 86400, id="NET-38 end of time"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 -2300", None, id="NET-38 after the end of time"),
    ],
)
def test_retry_after(text: str, seconds: int | None) -> None:
    assert retry_after({"retry-after": text}, NOW) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        pytest.param({"etag": 'W/"a b"'}, Validators(etag='W/"a b"'), id="weak etag as it is"),
        pytest.param({"etag": "bare"}, Validators(etag="bare"), id="etag without quotes as it is"),
        pytest.param({"last-modified": "yesterday"}, Validators(last_modified="yesterday"), id="date verbatim"),
        pytest.param({}, Validators(), id="none is invented"),
        pytest.param({"etag": '"x"', "expires": "0"}, Validators(), id="Expires: 0 means none"),
        pytest.param({"etag": "x" * 5000, "last-modified": "d"}, Validators(last_modified="d"), id="huge etag"),
    ],
)
def test_validators(headers: dict[str, str], kept: Validators) -> None:
    assert validators(headers) == kept


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param('<https://hub.example/>; rel="hub"', {"hub": "https://hub.example/"}, id="one"),
        pytest.param("</f?a,b;c>; rel=self", {"self": "https://a.example/f?a,b;c"}, id="relative, comma, unquoted"),
        pytest.param(
            '<https://h1.example/>; rel=hub, <https://h2.example/>; rel="hub", <x>; rel="self alternate"',
            {"hub": "https://h1.example/", "self": "https://a.example/d/x", "alternate": "https://a.example/d/x"},
            id="several",
        ),
        pytest.param('<x>; title="a, b; rel=hub"; rel="SELF"', {"self": "https://a.example/d/x"}, id="quoted trap"),
        pytest.param('<x>; anchor="#y"; rel=hub', {}, id="anchor speaks of something else"),
        pytest.param("<x>; rel=hub; rel=self", {"hub": "https://a.example/d/x"}, id="first rel counts"),
        pytest.param("<javascript:x>; rel=hub", {}, id="not http"),
        pytest.param("<http://[x>; rel=hub", {}, id="not a url"),
        pytest.param("nonsense", {}, id="nonsense"),
        pytest.param("<x>", {}, id="no rel"),
    ],
)
def test_links(text: str, found: dict[str, str]) -> None:
    assert links({"link": text}, "https://a.example/d/f") == found


def test_long_link_header_costs_little() -> None:
    for text in ("<" * 60_000, "<x>" + ";a" * 30_000, '<x>; a="' * 8_000, "<x> ;" + " " * 60_000):
        assert links({"link": text}, "https://a.example/") == {}


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=60))
def test_headers_never_raise(text: str) -> None:
    http_date(text)
    headers = dict.fromkeys(("cache-control", "expires", "date", "age", "retry-after", "link", "etag"), text)
    fresh_for(headers, NOW)
    retry_after(headers, NOW)
    links(headers, "https://a.example/")
    validators(headers)
