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
        self.reads = 0

    def stamp(self, path: str) -> str | None:
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


def test_unchanged_is_304_for_either_coding_without_a_body(client: TestClient) -> None:
    etag = client.get("/atom.xml").headers["etag"]
    zipped = client.get("/atom.xml", headers={"accept-encoding": "gzip"}).headers["etag"]
    assert etag == '"a1"'
    assert zipped == '"a1-gzip"'
    for given in (etag, zipped, f"W/{etag}", f'"x", {etag}', "*"):
        answer = client.get("/atom.xml", headers={"if-none-match": given})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == '"a1"'
        assert "cache-control" in answer.headers
    assert client.get("/atom.xml", headers={"if-none-match": '"b2"'}).status_code == 200


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
    shelf.held["/atom.xml"] = rendition("/atom.xml", "atom", b"<feed>2</feed>", etag="b2")
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
    outputs = Outputs(Shelf(*many), cache_bytes=5000)
    for one in many:
        answer = outputs.get(one.path, {})
        assert answer is not None
        assert answer.body == one.body
    assert outputs.held <= 5000


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
