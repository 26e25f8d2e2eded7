"""Refusals: a page of the site for who opens it in a browser, the line of text for every program, and never more."""

from collections.abc import Mapping

import pytest
from starlette.testclient import TestClient

from feeds.web.front import Front
from feeds.web.pages.refusals import wants_page
from feeds.web.site import site
from feeds.web.wire.http import Answer, Asked, Entrance, text
from tests.web.test_site import Empty

CHROMIUM = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "sec-fetch-dest": "document"}
SAFARI_15 = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def refuses(asked: Asked) -> Answer:
    match asked.names["how"]:
        case "crash":
            raise RuntimeError("secret of /srv/feeds")
        case "problem":
            return Answer(status=404, headers={"Content-Type": "application/problem+json"}, body=b"{}")
        case "varied":
            return text("no\n", 406, Vary="Accept-Encoding")
        case how:
            return text("no\n", int(how), Retry_After="7")


def draw(status: int) -> bytes:
    if status == 418:
        raise RuntimeError("no page")
    return f"<!doctype html><h1>{status}</h1>".encode()


def client(headers: Mapping[str, str], front: Front | None = None) -> TestClient:
    web = site(Empty(), {}, lambda: True, (Entrance(path="/how/{how}", handler=refuses),), front, draw=draw)
    return TestClient(web, headers={"accept": "*/*", **headers}, raise_server_exceptions=False)


@pytest.mark.parametrize("status", [400, 404, 405, 410, 413, 429, 500, 503])
def test_a_browser_is_refused_by_a_page(status: int) -> None:
    answer = client(CHROMIUM).get(f"/how/{status}")
    assert (answer.status_code, answer.text) == (status, f"<!doctype html><h1>{status}</h1>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert (answer.headers["cache-control"], answer.headers["x-robots-tag"]) == ("no-store", "noindex")
    assert answer.headers["vary"] == "Accept, Sec-Fetch-Dest"
    assert answer.headers["retry-after"] == "7"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("headers", [CHROMIUM, SAFARI_15], ids=["chromium", "safari 15"])
def test_what_nobody_handles_is_a_page_too(headers: Mapping[str, str]) -> None:
    browser = client(headers)
    assert browser.get("/nothing/here").text.endswith("<h1>404</h1>")
    assert browser.post("/how/404").text.endswith("<h1>405</h1>")
    head = browser.head("/nothing/here")
    assert (head.status_code, head.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_srv_27_a_crash_is_a_page_that_tells_nothing() -> None:
    answer = client(CHROMIUM).get("/how/crash")
    assert (answer.status_code, answer.text) == (500, "<!doctype html><h1>500</h1>")
    assert client({}).get("/how/crash").text == "Something went wrong here; it was logged.\n"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"accept": "*/*"}, id="curl, hubs"),
        pytest.param({"accept": ""}, id="none"),
        pytest.param({"accept": "application/atom+xml, text/html;q=0.5"}, id="a feed reader"),
        pytest.param({"accept": "*/*, text/html"}, id="anything first"),
        pytest.param({**CHROMIUM, "sec-fetch-dest": "image"}, id="a picture of a page"),
        pytest.param({**CHROMIUM, "sec-fetch-dest": "empty"}, id="a script's request"),
    ],
)
def test_programs_keep_the_line(headers: dict[str, str]) -> None:
    assert not wants_page(headers)
    answer = client(headers).get("/how/404")
    assert (answer.text, answer.headers["content-type"]) == ("no\n", "text/plain; charset=utf-8")
    assert answer.headers["vary"] == "Accept, Sec-Fetch-Dest", "a cache must not hand it to browsers"


def test_problems_of_the_api_stay_what_they_are() -> None:
    answer = client(CHROMIUM).get("/how/problem")
    assert (answer.content, answer.headers["content-type"]) == (b"{}", "application/problem+json")


def test_what_an_answer_depends_on_is_still_told() -> None:
    assert client(CHROMIUM).get("/how/varied").headers["vary"] == "Accept, Sec-Fetch-Dest, Accept-Encoding"


def test_a_page_that_cannot_be_made_is_a_line() -> None:
    assert client(CHROMIUM).get("/how/418").text == "no\n"


def test_srv_09_a_host_that_is_not_ours_gets_no_page_of_ours() -> None:
    answer = client({**CHROMIUM, "host": "evil.example"}, Front("https://desk.example")).get("/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")
