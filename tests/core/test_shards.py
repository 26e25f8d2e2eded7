"""Sites stay together, shards stay put."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.shards import registered_domain, shard_of
from feeds.model.source import Kind, Source


def source(location: str, kind: Kind = "feed") -> Source:
    return Source(id="s", kind=kind, location=location)


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
