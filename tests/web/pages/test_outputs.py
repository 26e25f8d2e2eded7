"""What a request for a rendition is answered with."""

import gzip
import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from feeds.web.pages.outputs import Outputs, decoded
from feeds.web.site import site
from tests.web.served import Shelf, rendition

NAVIGATION = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "sec-fetch-dest": "document"}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(
        rendition("/index.html", "html", b"<p>river"),
        rendition("/atom.xml", "atom", b"<feed/>"),
        rendition("/feed.json", "json", b"{}"),
        rendition("/기술/index.html", "html", b"<p>tech"),
        rendition("/기술/rss.xml", "rss", b"<rss/>"),
    )


@pytest.fixture
def client(shelf: Shelf) -> TestClient:
    web = site(shelf, {"/static/style.css": ("text/css", b"p{}")}, lambda: True)
    return TestClient(web, follow_redirects=False, headers={"accept-encoding": "identity", "accept": "*/*"})


@pytest.mark.parametrize(
    ("path", "media_type", "body"),
    [
        pytest.param("/", "text/html; charset=utf-8", b"<p>river", id="front page"),
        pytest.param("/atom.xml", "application/atom+xml; charset=utf-8", b"<feed/>", id="atom"),
        pytest.param("/feed.json", "application/feed+json; charset=utf-8", b"{}", id="json"),
        pytest.param("/%EA%B8%B0%EC%88%A0/rss.xml", "application/rss+xml; charset=utf-8", b"<rss/>", id="Hangul path"),
        pytest.param("/static/style.css", "text/css", b"p{}", id="asset"),
    ],
)
def test_published(client: TestClient, path: str, media_type: str, body: bytes) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, media_type, body)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("given", "codings", "answered"),
    [
        pytest.param('"a1"', "identity", '"a1"', id="exact"),
        pytest.param('W/"a1"', "identity", '"a1"', id="weak"),
        pytest.param('"x, y", "a1"', "identity", '"a1"', id="list"),
        pytest.param('"x" ,W/"a1-gzip"', "gzip", '"a1-gzip"', id="list without blanks"),
        pytest.param("*", "identity", '"a1"', id="any"),
        pytest.param("a1", "identity", '"a1"', id="without quotes"),
        pytest.param('"a1-gzip"', "gzip", '"a1-gzip"', id="gzip"),
        pytest.param('"a1"', "gzip", '"a1"', id="plain bytes kept by one who takes gzip now"),
        pytest.param('"a1-gzip"', None, '"a1-gzip"', id="gzip kept by one who takes anything"),
        pytest.param('"b2"', "identity", "", id="another"),
        pytest.param('"a1-gzip"', "identity", "", id="gzip kept by one who takes none now"),
        pytest.param('"a1-gzip"', "gzip;q=0", "", id="gzip kept by one who refuses it now"),
        pytest.param("", "identity", "", id="empty"),
        pytest.param('"a1', "identity", "", id="cut"),
    ],
)
def test_srv_18_if_none_match(shelf: Shelf, given: str, codings: str | None, answered: str) -> None:
    headers = {"if-none-match": given} | ({} if codings is None else {"accept-encoding": codings})
    answer = Outputs(shelf).get("/atom.xml", headers)
    assert answer is not None
    assert (answer.status, answer.headers["ETag"] if answered else "") == (304 if answered else 200, answered)
    assert bool(answer.body) == (not answered)
    assert "Cache-Control" in answer.headers
    assert "Content-Type" not in answer.headers or not answered


def test_gzip_is_made_once_and_only_for_those_who_take_it(client: TestClient, shelf: Shelf) -> None:
    for _ in range(3):
        answer = client.get("/atom.xml", headers={"accept-encoding": "br, gzip;q=0.5"})
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.content == b"<feed/>"
    assert shelf.reads == 1
    assert "content-encoding" not in client.get("/atom.xml", headers={"accept-encoding": "gzip;q=0"}).headers


def test_head_has_the_headers_of_get_and_no_body(client: TestClient) -> None:
    head, get = client.head("/atom.xml"), client.get("/atom.xml")
    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)


def test_a_new_revision_is_served_at_the_next_request(client: TestClient, shelf: Shelf) -> None:
    client.get("/atom.xml")
    shelf.put(rendition("/atom.xml", "atom", b"<feed>2</feed>", etag="b2"))
    assert client.get("/atom.xml", headers={"if-none-match": '"a1"'}).content == b"<feed>2</feed>"


def test_a_browser_that_opens_a_feed_gets_the_page(client: TestClient) -> None:
    answer = client.get("/%EA%B8%B0%EC%88%A0/rss.xml", headers=NAVIGATION)
    assert answer.content == b"<p>tech"
    assert answer.headers["vary"] == "Accept, Accept-Encoding, Sec-Fetch-Dest"
    assert answer.headers["cache-control"] == "private, no-store"


def test_whoever_takes_html_but_does_not_navigate_gets_plain_xml(client: TestClient) -> None:
    answer = client.get("/atom.xml", headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_folder_without_slash_leads_to_it_whatever_host_is_named(client: TestClient) -> None:
    answer = client.get("/%EA%B8%B0%EC%88%A0", headers={"host": "evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (301, "%EA%B8%B0%EC%88%A0/")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing", "/../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/x", "/..%5cx", "/%00", "//etc/passwd",
        "/%ff", "/atom.xml/", "/.tmp/x", "/" + "a" * 5000,
    ],
)  # fmt: skip
def test_srv_15_16_nothing_else_is_there(client: TestClient, path: str) -> None:
    answer = client.get(f"http://testserver{path}")
    assert answer.status_code == 404
    assert b"etc" not in answer.content


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "PATCH"])
def test_srv_26_only_get_and_head(client: TestClient, method: str) -> None:
    assert client.request(method, "/atom.xml").status_code == 405


def test_srv_27_a_fault_inside_shows_nothing_of_it(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Shelf):
        def stamp(self, path: str) -> str | None:
            assert path
            raise RuntimeError("secret /path")

    web = TestClient(site(Broken(), {}, lambda: True), raise_server_exceptions=False)
    answer = web.get("/atom.xml")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "request failed" in caplog.text


def test_health_and_readiness() -> None:
    web = TestClient(site(Shelf(), {}, lambda: False))
    assert web.get("/healthz").status_code == 200
    assert web.get("/readyz").status_code == 503


def test_cache_is_bounded() -> None:
    many = [rendition(f"/{n}.xml", "atom", b"x" * 1000) for n in range(50)]
    outputs = Outputs(Shelf(*many), cache_bytes=100_000)
    for one in many:
        answer = outputs.get(one.path, {})
        assert answer is not None
        assert answer.body == one.body
    assert 0 < outputs.held <= 100_000


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("/a%20b", "/a b"),
        ("/%EA%B8%B0", "/기"),
        ("/a/./b", ""),
        ("a", ""),
        ("/%0d%0aSet-Cookie", ""),
    ],
)
def test_decoded(raw: str, text: str) -> None:
    assert decoded(raw) == text


@pytest.mark.parametrize(
    "range",
    ["bytes=0-1", "bytes=-2", "bytes=5-1", "lines=1-2", "bytes=" + ",".join(["0-"] * 150), "bytes=" + "0-1," * 2000],
)
def test_srv_17_ranges_are_passed_over(client: TestClient, range: str) -> None:
    """A feed is sent whole: RFC 9110 §14.2 lets a server ignore Range, and nothing of it is even read."""
    answer = client.get("/atom.xml", headers={"range": range, "if-range": '"old"'})
    assert (answer.status_code, answer.content) == (200, b"<feed/>")
    assert "accept-ranges" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/.htaccess", "/.git/config", "/atom.xml~", "/.atom.xml.tmp", "/atom.xml/", "/atom.xml.gz", "/static/"],
)
def test_srv_16_only_what_is_published_is_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


UNKEYED = {"cookie": "a=b", "user-agent": "x", "x-forwarded-host": "evil.example", "origin": "https://evil.example"}


@pytest.mark.parametrize("query", ["", "?cb=1", "?format=<script>"])
def test_srv_19_nothing_but_what_vary_names_changes_the_answer(client: TestClient, query: str) -> None:
    plain, other = client.get("/atom.xml"), client.get(f"/atom.xml{query}", headers=UNKEYED)
    assert (plain.status_code, plain.content) == (other.status_code, other.content)
    assert {n: v for n, v in plain.headers.items() if n != "date"} == dict(other.headers)
    assert plain.headers["vary"] == "Accept, Accept-Encoding, Sec-Fetch-Dest"
    assert client.get("/").headers["vary"] == "Accept-Encoding"


def test_srv_19_a_page_instead_of_a_feed_is_kept_by_no_cache(client: TestClient) -> None:
    assert client.get("/atom.xml", headers=NAVIGATION).headers["cache-control"] == "private, no-store"


def test_srv_20_each_coding_has_an_etag_of_its_own() -> None:
    big = rendition("/atom.xml", "atom", b"<feed/>" * 1000)
    with ThreadPoolExecutor(1) as beside:
        outputs = Outputs(Shelf(big), beside=beside)
        outputs.get("/atom.xml", {})
    found = {}
    for coding in ("identity", "gzip", "br", "zstd"):
        answer = outputs.get("/atom.xml", {"accept-encoding": coding})
        assert answer is not None
        assert answer.headers.get("Content-Encoding", "identity") == coding
        found[answer.headers["ETag"]] = answer.body
    assert sorted(found) == ['"a1"', '"a1-br"', '"a1-gzip"', '"a1-zstd"']
    assert len(set(found.values())) == 4


def test_br_is_made_beside_the_answers_and_not_for_a_revision_that_has_gone() -> None:
    class Later:
        """An executor that waits until it is told."""

        def __init__(self) -> None:
            self.asked: list[tuple[Any, ...]] = []

        def submit(self, *call: Any) -> None:
            self.asked.append(call)

    shelf, later = Shelf(rendition("/atom.xml", "atom", b"<feed/>" * 1000)), Later()
    outputs = Outputs(shelf, beside=cast("Executor", later))
    wanted = {"accept-encoding": "br, gzip"}

    def coding() -> str:
        answer = outputs.get("/atom.xml", wanted)
        return answer.headers["Content-Encoding"] if answer else ""

    assert [coding(), coding()] == ["gzip", "gzip"]
    (work, *given), *more = later.asked
    assert more == []
    work(*given)
    assert coding() == "br"
    shelf.put(rendition("/atom.xml", "atom", b"<feed>2</feed>" * 1000, etag="b2"))
    assert coding() == "gzip"
    shelf.put(rendition("/atom.xml", "atom", b"<feed>3</feed>" * 1000, etag="c3"))
    assert coding() == "gzip"
    (work, *given) = later.asked[1]
    work(*given)
    assert coding() == "gzip", "what was made for the second is not the third's"


@pytest.mark.parametrize(
    ("codings", "status", "coding"),
    [("identity;q=0, br", 200, "br"), ("identity;q=0", 406, ""), ("*;q=0", 406, ""), ("zstd, *;q=0", 200, "zstd")],
)
def test_plain_bytes_can_be_refused(client: TestClient, codings: str, status: int, coding: str) -> None:
    answer = client.get("/atom.xml", headers={"accept-encoding": codings})
    assert (answer.status_code, answer.headers.get("content-encoding", "")) == (status, coding)
    assert "Accept-Encoding" in answer.headers["vary"]


def test_the_shelf_is_asked_once_a_generation() -> None:
    shelf = Shelf(rendition("/atom.xml", "atom", b"<feed/>"), rendition("/rss.xml", "rss", b"<rss/>"))
    outputs = Outputs(shelf)
    for _ in range(5):
        outputs.get("/atom.xml", {})
    assert (shelf.stamps, shelf.reads) == (1, 1)
    shelf.put(rendition("/rss.xml", "rss", b"<rss>2</rss>", etag="b2"))
    for _ in range(5):
        outputs.get("/atom.xml", {})
    assert (shelf.stamps, shelf.reads) == (2, 1), "another document changed: looked up, and not read again"
    shelf.drop("/atom.xml")
    assert outputs.get("/atom.xml", {}) is None


def test_pub_19_last_modified_is_told_once_its_second_is_over() -> None:
    """Two revisions of one second have one date: whoever holds it would be told that the first is still current."""
    now = [1_767_225_600.2]
    at = datetime(2026, 1, 1, tzinfo=UTC)
    shelf = Shelf(rendition("/atom.xml", "atom", b"<feed/>", modified=at))
    outputs = Outputs(shelf, clock=lambda: now[0])

    def headers(**given: str) -> tuple[int, str]:
        answer = outputs.get("/atom.xml", {name.replace("_", "-"): value for name, value in given.items()})
        assert answer is not None
        return answer.status, answer.headers.get("Last-Modified", "")

    date = "Thu, 01 Jan 2026 00:00:00 GMT"
    assert headers() == (200, "")
    assert headers(if_modified_since=date) == (200, "")
    now[0] += 1
    assert headers() == (200, date)
    assert headers(if_modified_since=date) == (304, "")
    assert headers(if_modified_since="Thu, 01 Jan 2026 00:00:02 GMT") == (200, date), "ahead of the clock"
    now[0] += 1
    assert headers(if_modified_since="Thu, 01 Jan 2026 00:00:02 GMT") == (304, "")


def test_what_is_gone_is_never_unchanged(shelf: Shelf) -> None:
    shelf.put(rendition("/stories/1/index.html", "gone", b"<p>gone"))
    for headers in ({}, {"if-none-match": "*"}, {"if-none-match": '"a1"'}):
        answer = Outputs(shelf).get("/stories/1/", headers)
        assert answer is not None
        assert (answer.status, answer.body) == (410, b"<p>gone")


def test_srv_32_every_answer_is_one_whole_revision_while_others_are_published() -> None:
    shelf = Shelf(rendition("/atom.xml", "atom", b"0" * 5000, etag="0"))
    outputs, stop, wrong = Outputs(shelf), threading.Event(), list[str]()

    def publish() -> None:
        for number in range(1, 300):
            digit = str(number % 10)
            shelf.put(rendition("/atom.xml", "atom", digit.encode() * 5000, etag=digit))
        stop.set()

    def ask() -> None:
        while not stop.is_set():
            for coding in ("identity", "gzip"):
                answer = outputs.get("/atom.xml", {"accept-encoding": coding})
                assert answer is not None
                body = gzip.decompress(answer.body) if coding == "gzip" else answer.body
                if body != answer.headers["ETag"][1].encode() * 5000:
                    wrong.append(answer.headers["ETag"])

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    publish()
    for thread in threads:
        thread.join()
    assert wrong == []
    last = outputs.get("/atom.xml", {})
    assert last is not None
    assert last.body == b"9" * 5000


def test_body_is_the_gzip_of_itself(shelf: Shelf) -> None:
    answer = Outputs(shelf).get("/atom.xml", {"accept-encoding": "gzip"})
    assert answer is not None
    assert gzip.decompress(answer.body) == b"<feed/>"
