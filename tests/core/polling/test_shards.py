"""Sites stay together, shards stay put."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.polling.shards import deal
from feeds.model.buckets import ALL, BUCKETS, bucket_of_channel, bucket_of_url, part, shard_in
from feeds.model.domains import registered_domain
from feeds.model.source import Kind, Source


def source(location: str, kind: Kind = "feed", id: str = "s") -> Source:
    return Source(id=id, kind=kind, location=location)


def shard_of(found: Source, shards: int) -> int:
    return deal([found], shards, per_host=1).shard_of(found)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("example.com", "example.com"),
        ("feeds.blog.example.com", "example.com"),
        ("www.daily.co.kr", "daily.co.kr"),
        ("daily.co.kr", "daily.co.kr"),
        ("blog.who.pe.kr", "who.pe.kr"),
        ("a.b.seoul.kr", "b.seoul.kr"),
        ("news.daily.kr", "daily.kr"),
        ("rss.abc.net.au", "abc.net.au"),
        ("feeds.bbc.co.uk", "bbc.co.uk"),
        ("seoul.example.de", "example.de"),
        ("WWW.Example.COM.", "example.com"),
        ("블로그.한국", "xn--2i0b10rqve.xn--3e0b707e"),
        ("a.블로그.한국", "xn--2i0b10rqve.xn--3e0b707e"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("localhost", "localhost"),
        ("", ""),
        ("..", ""),
        ("a" * 64 + ".example.com", "example.com"),
    ],
)
def test_registered_domain(host: str, domain: str) -> None:
    assert registered_domain(host) == domain


@pytest.mark.parametrize("kind", ["content", "file"])
def test_local_sources_are_in_the_first_shard(kind: Kind) -> None:
    assert shard_of(source("/srv/posts", kind), 64) == 0


def test_one_site_is_one_shard() -> None:
    urls = ["https://a.example.co.kr/rss", "http://b.example.co.kr:8080/atom.xml", "https://EXAMPLE.co.kr"]
    assert len({shard_of(source(url), 1024) for url in urls}) == 1


def test_shards_stay_put_from_version_to_version() -> None:
    assert [shard_of(source(f"https://site{n}.example{n}.com/"), 8) for n in range(6)] == [1, 0, 4, 5, 0, 2]


def test_shards_fill_evenly() -> None:
    sizes = [0] * 8
    for n in range(4000):
        sizes[shard_of(source(f"https://www.site{n}.kr/feed"), 8)] += 1
    assert min(sizes) > 400
    assert max(sizes) < 600


@given(st.text() | st.from_regex(r"https?://[^/]*/.*"), st.integers(-1, 2000))
def test_any_location_has_a_shard(location: str, shards: int) -> None:
    assert 0 <= shard_of(source(location), shards) < max(shards, 1)


@given(st.text("abé.가-한xn\u3002:1", max_size=40))
def test_a_registered_domain_is_its_own(host: str) -> None:
    domain = registered_domain(host)
    assert registered_domain(domain) == domain


def _crowd(host: str, number: int) -> list[Source]:
    return [source(f"https://{host}/{n}", id=f"{host} {n}") for n in range(number)]


def test_of_a_crowded_domain_each_host_stands_for_itself() -> None:
    blogs = [source(f"https://blog{n}.big.example/feed", id=f"{n}") for n in range(50)]
    few, many = (deal(blogs, 64, per_host=1, many=limit) for limit in (50, 49))
    assert len({few.shard_of(blog) for blog in blogs}) == 1
    shards = {blog.id: many.shard_of(blog) for blog in blogs}
    assert len(set(shards.values())) > 25
    assert all(0 <= shard < 64 for shard in shards.values())
    assert many.shard_of(source("https://blog7.big.example/other", id="x")) == shards["7"]


@pytest.mark.parametrize(
    ("sources", "per_host", "parts"),
    [
        pytest.param(10, 4, 0, id="not many"),
        pytest.param(11, 4, 2, id="many"),
        pytest.param(95, 4, 4, id="no more parts than requests at a time"),
        pytest.param(95, 1, 1, id="one request at a time: one shard of its own"),
        pytest.param(500, 99, 16, id="a bound"),
    ],
)
def test_a_crowded_host_has_shards_of_its_own(sources: int, per_host: int, parts: int) -> None:
    crowd, neighbour = _crowd("www.big.example", sources), source("https://small.example/feed")
    found = deal([*crowd, neighbour], 8, per_host, many=10)
    assert found.parts.get("www.big.example", 0) == parts
    own = {found.shard_of(one) for one in crowd}
    assert len(own) == max(parts, 1)
    assert all(shard >= 8 for shard in own) == bool(parts)
    assert 0 <= found.shard_of(neighbour) < 8


def test_one_process_deals_nothing() -> None:
    found = deal(_crowd("www.big.example", 30), 1, per_host=4, many=10)
    assert (found.parts, found.shard_of(source("https://www.big.example/1"))) == ({}, 0)


@given(st.integers(1, BUCKETS))
def test_each_bucket_is_in_one_shard(shards: int) -> None:
    assert [bucket for shard in range(shards) for bucket in part(shard, shards)] == list(ALL)
    assert all(shard_in(bucket, shards) == shard for shard in (0, shards - 1) for bucket in part(shard, shards))


@pytest.mark.parametrize("shard", [-1, 64, 1 << 16])
def test_a_shard_that_is_none_has_no_bucket(shard: int) -> None:
    assert len(part(shard, 64)) == 0


def test_archives_go_with_their_channel_and_callbacks_with_their_site() -> None:
    assert bucket_of_channel("tech:cats@2026-02") == bucket_of_channel("tech:cats") != bucket_of_channel("tech")
    assert bucket_of_url("https://a.who.example/1") == bucket_of_url("http://b.who.example:81/2")
