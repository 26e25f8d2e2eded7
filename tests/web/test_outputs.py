"""What a request for a rendition is answered with."""

import gzip
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from feeds.model.channel import MEDIA_TYPES, Format, Rendition
from feeds.web.outputs import Outputs, decoded
from feeds.web.site import site

NAVIGATION = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "sec-fetch-dest": "document"}


def rendition(path: str, format: Format, body: bytes, etag: str = "a1") -> Rendition:
    return Rendition(
        channel_id="all",
        format=format,
        path=path,
        media_type=MEDIA_TYPES[format],
        body=body,
        etag=etag,
        updated=datetime(2026, 1, 1, tzinfo=UTC),
    )


class Shelf:
    def __init__(self, *renditions: Rendition) -> None:
        self.held = {r.path: r for r in renditions}
        self.reads = self.stamps = 0
        self.generation = 1
        self.moves: dict[str, str] = {}

    def put(self, rendition: Rendition) -> None:
        self.held[rendition.path] = rendition
        self.generation += 1

    def moved(self, path: str) -> str | None:
        return self.moves.get(path)

    def stamp(self, path: str) -> str | None:
        self.stamps += 1
        return self.held[path].etag if path in self.held else None

    def rendition(self, path: str) -> Rendition | None:
        self.reads += 1
        return self.held.get(path)


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


def test_body_is_the_gzip_of_itself(shelf: Shelf) -> None:
    answer = Outputs(shelf).get("/atom.xml", {"accept-encoding": "gzip"})
    assert answer is not None
    assert gzip.decompress(answer.body) == b"<feed/>"
