"""`?before=`: answered as pages are, made for that request alone, and never taken for the page itself."""

import gzip

import pytest
from starlette.testclient import TestClient

from feeds.web.pages.onward import nowhere, older
from feeds.web.site import site
from feeds.web.wire.http import Answer, Asked
from tests.web.served import Shelf, rendition

PAGE = "<!doctype html><p>오래된 글</p>".encode() * 50
POINT = "2026-11-20T03:04:05Z,tag:a,2026:1"


def turned(file: str, point: str) -> bytes | None:
    return None if file != "/tech/index.html" else PAGE if point == POINT else b""


def ask(query: str, file: str = "/tech/index.html", **headers: str) -> Answer | None:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return older(turned, file, Asked(path="/tech/", query=query, headers=given))


def test_it_is_answered_as_pages_are() -> None:
    answer = ask(f"before={POINT}")
    assert answer
    assert (answer.status, answer.body) == (200, PAGE)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
def test_who_has_it_gets_304_in_each_coding(coding: str) -> None:
    first = ask(f"before={POINT}", accept_encoding=coding)
    assert first
    assert first.headers.get("Content-Encoding", "identity") == coding
    if coding == "gzip":
        assert gzip.decompress(first.body) == PAGE
    again = ask(f"before={POINT}", accept_encoding=coding, if_none_match=first.headers["ETag"])
    assert again
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


@pytest.mark.parametrize(
    ("query", "file"),
    [
        pytest.param("", "/tech/index.html", id="asks for nothing"),
        pytest.param("utm_source=before", "/tech/index.html", id="of another name"),
        pytest.param(f"before={POINT}", "/atom.xml", id="no page of a channel"),
    ],
)
def test_all_else_is_not_its_business(query: str, file: str) -> None:
    assert ask(query, file) is None


@pytest.mark.parametrize("query", ["before=", "before=yesterday", f"before={POINT}&before=x"])
def test_what_names_no_point_is_not_found(query: str) -> None:
    answer = ask(query)
    assert answer
    assert answer.status == 404


def test_without_stories_there_is_nothing() -> None:
    assert older(nowhere, "/index.html", Asked(path="/", query=f"before={POINT}")) is None


def test_the_page_in_memory_is_not_taken_for_what_lies_behind_it() -> None:
    shelf = Shelf(rendition("/tech/index.html", "html", b"<p>newest</p>"), rendition("/tech/atom.xml", "atom", b"<a/>"))
    shelf.moves["/it/index.html"] = "/tech/index.html"
    there = site(shelf, {}, lambda: True, turned=turned)
    client = TestClient(there, headers={"accept": "*/*"}, follow_redirects=False)
    asking = [(b"host", b"testserver")]
    for _ in range(2):
        assert client.get("/tech/").content == b"<p>newest</p>"
        assert there.at_hand(b"/tech/?utm_source=x", asking, "192.0.2.1")
        assert there.at_hand(f"/tech/?before={POINT}".encode(), asking, "192.0.2.1") is None
        assert client.get(f"/tech/?before={POINT}").content == PAGE
        assert client.get("/tech/?before=x").status_code == 404
        assert client.get(f"/tech/atom.xml?before={POINT}").content == b"<a/>"
    for path, there_now in (("/tech", "tech/"), ("/it/", "/tech/")):
        led = client.get(f"{path}?before={POINT}")
        assert (led.status_code, led.headers["location"]) == (301, f"{there_now}?before={POINT}")
