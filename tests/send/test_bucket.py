"""The bucket on a server that speaks as Amazon's does: moto's, in a process and an environment of its own."""

import gzip
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import obstore
import pytest
from obstore.store import S3Store

from feeds.errors import OutputError
from feeds.model.mirror import MirrorPlace, Replica
from feeds.send.bucket import Bucket
from tests.end_to_end.test_serve import free_port

SERVER = Path(__file__).parent.parent.parent / ".venv" / "peers-moto" / "bin" / "moto_server"
PAGE = Replica(path="/기술/index.html", body=gzip.compress(b"<p>1"), media_type="text/html; charset=utf-8", gzip=True)

pytestmark = pytest.mark.skipif(
    not SERVER.exists(), reason="moto is not installed: scripts/test installs it where it can be had"
)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    port, log = free_port(), subprocess.DEVNULL
    environ = {"MOTO_SERVICE": "s3", "PATH": "/usr/bin:/bin"}
    server = subprocess.Popen([SERVER, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log, env=environ)
    try:
        address = f"http://127.0.0.1:{port}"
        assert any(_made(f"{address}/site") or Event().wait(0.1) for _ in range(600))
        yield address
    finally:
        server.kill()
        server.wait()


def _made(address: str) -> bool:
    try:
        urllib.request.urlopen(urllib.request.Request(address, method="PUT"))
    except OSError:
        return False
    return True


@pytest.fixture
def place(endpoint: str, request: pytest.FixtureRequest) -> MirrorPlace:
    """A folder of its own for each test."""
    return MirrorPlace(bucket="site", prefix=request.node.name, endpoint=endpoint, key="k", secret="s" * 20)


def read(place: MirrorPlace, path: str) -> tuple[bytes, dict[str, str]]:
    """What somebody gets who asks for it, as it is sent."""
    store = S3Store(
        place.bucket,
        prefix=place.prefix,
        endpoint=place.endpoint,
        region="us-east-1",
        access_key_id="k",
        secret_access_key="s",
        client_options={"allow_http": True},
    )
    found = obstore.get(store, path)
    return bytes(found.bytes()), {str(name): str(value) for name, value in found.attributes.items()}


def test_document_is_there_with_what_caches_and_readers_need(place: MirrorPlace) -> None:
    Bucket(replace(place, max_age=timedelta(minutes=2))).put(PAGE, "")
    body, headers = read(place, "기술/index.html")
    assert gzip.decompress(body) == b"<p>1"
    assert headers == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Encoding": "gzip",
        "Cache-Control": "public, max-age=120",
    }


def test_plain_thing_has_no_coding(place: MirrorPlace) -> None:
    Bucket(place).put(Replica(path="/static/a.css", body=b"a {}", media_type="text/css"), "")
    assert "Content-Encoding" not in read(place, "static/a.css")[1]


def test_put_counts_only_where_what_it_replaces_is_there(place: MirrorPlace) -> None:
    bucket = Bucket(place)
    first = bucket.put(PAGE, "")
    assert first
    assert bucket.put(replace(PAGE, body=b"x"), "") is None
    second = bucket.put(replace(PAGE, body=b"2"), first)
    assert second not in (None, first)
    assert bucket.put(replace(PAGE, body=b"stale"), first) is None
    assert bucket.put(replace(PAGE, path="/new"), first) is None
    assert read(place, "기술/index.html")[0] == b"2"
    assert (bucket.tag(PAGE.path), bucket.tag("/new")) == (second, "")


def test_removing_twice_is_removing_once(place: MirrorPlace) -> None:
    bucket = Bucket(place)
    bucket.put(PAGE, "")
    bucket.remove(PAGE.path)
    bucket.remove(PAGE.path)
    assert bucket.tag(PAGE.path) == ""


@pytest.mark.parametrize("path", ["/a b~c.html", "/10%.xml", "/what?#.xml", "/기술/feed.json", "/tag:x,2026.html"])
def test_any_name_comes_back_as_it_was(place: MirrorPlace, path: str) -> None:
    bucket = Bucket(replace(place, prefix=place.prefix[:20]))
    tag = bucket.put(replace(PAGE, path=path), "")
    assert dict(bucket.tags())[path] == tag


def test_what_is_wrong_is_said_in_plain_words(place: MirrorPlace) -> None:
    nowhere = Bucket(replace(place, bucket="nobody"))
    with pytest.raises(OutputError, match="the bucket is not there: make it"):
        nowhere.put(PAGE, "")
    with pytest.raises(OutputError, match="the bucket is not there: make it"):
        list(nowhere.tags())
    closed = Bucket(replace(place, endpoint=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(OutputError, match=r"/기술/index.html: Generic S3 error.*error sending request") as caught:
        closed.put(PAGE, "")
    assert "ssss" not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    assert "geheim" not in repr(MirrorPlace(bucket="b", key="geheim", secret="geheim"))
