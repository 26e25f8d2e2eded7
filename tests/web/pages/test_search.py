"""`/search` takes a query and a page, answers a page of ours that nobody keeps, and refuses what is no query."""

import pytest

from feeds.core.sorting.channels import SEARCH
from feeds.web.pages import search
from feeds.web.wire.http import Answer, Asked


def asked(query: str) -> tuple[Answer, list[tuple[str, int]]]:
    seen: list[tuple[str, int]] = []

    def page(words: str, number: int) -> bytes:
        seen.append((words, number))
        return b"<!doctype html>"

    (entrance,) = search.entrances(page)
    return entrance.handler(Asked(path="/search", query=query)), seen


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("q=%EB%B0%98%EB%8F%84%EC%B2%B4", ("반도체", 1)),
        ("q=a+b&page=3", ("a b", 3)),
        ("", ("", 1)),
        ("q=%20%20", ("", 1)),
        ("q=a%0D%0Ab", ("a b", 1)),
        ("q=%FF", ("\ufffd", 1)),
        ("q=a&q=b", ("b", 1)),
    ],
)
def test_asked(query: str, seen: tuple[str, int]) -> None:
    answer, given = asked(query)
    assert given == [seen]
    assert answer.status == 200


@pytest.mark.parametrize("page", ["0", "51", "-1", "x", "", "1e3", "²", "99999999999999999999"])
def test_there_is_no_such_page(page: str) -> None:
    answer, given = asked(f"q=a&page={page}")
    assert (answer.status, given) == (404, [])
    assert b"from 1 to 50" in answer.body


def test_too_long_a_query_is_refused() -> None:
    answer, given = asked("q=" + "x" * 201)
    assert (answer.status, given) == (400, [])


def test_xss_35_headers_of_a_page_that_nobody_keeps() -> None:
    headers = asked("q=a")[0].headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)


def test_pages_lead_to_where_it_answers() -> None:
    assert search.PATH == SEARCH
