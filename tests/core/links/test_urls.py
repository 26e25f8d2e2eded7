"""URLs made absolute, and the one key of a page."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.core.links import tracking
from feeds.core.links.resolve import split
from feeds.core.links.urls import absolute, canonical

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing: real-data cases not run")
BASE = "https://a.example/x/y?q=1#f"
# RFC 3986, appendix A, as far as an http(s) URL without user name goes.
URI = re.compile(
    r"https?://(?:\[[0-9a-f:.]+\]|[a-z0-9._~!$&'()*+,;=-]+)(?::\d+)?/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)
pieces = st.sampled_from(
    [
        "http",
        "https",
        "://",
        "//",
        "/",
        "\\",
        "?",
        "#",
        "&",
        "=",
        "%EC%86%8D",
        "%BC%D3",
        "%",
        "%2e",
        "%2F",
        "..",
        ".",
        "a",
        "B",
        "속보",
        "é",
        "é",
        "한국",
        "example.com",
        "m.",
        "www.",
        "amp",
        "/amp",
        "/amp/",
        "index.html",
        ";jsessionid=1",
        "utm_source=x",
        "amp;",
        "&amp;",
        "+",
        ":",
        "@",
        "8080",
        "naver.com",
        "/article/001/0012345678",
        "tag:x",
        "google.com/url?url=",
        "https://cdn.ampproject.org/c/s/",
        "[::1]",
        "127.1",
        "0x7f",
        "�",
        "̸",
        "K",
        ";",
        "#!",
        "#/",
        "youtu.be/",
    ]
)
messy = st.lists(pieces | st.text(max_size=4), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param("../z", "https://a.example/z", id="FMT-36 dots"),
        pytest.param("z?a=1&b=2", "https://a.example/x/z?a=1&b=2", id="FMT-15 sibling"),
        pytest.param("?b=2", "https://a.example/x/y?b=2", id="query alone"),
        pytest.param("#c", "https://a.example/x/y?q=1#c", id="fragment alone"),
        pytest.param("//b.example/1", "https://b.example/1", id="protocol-relative"),
        pytest.param("\\\\b.example\\1", "https://b.example/1", id="backslashes"),
        pytest.param(" /a\tb\nc ", "https://a.example/abc", id="tabs and newlines"),
        pytest.param("https:1", "https://a.example/x/1", id="scheme without slashes, same scheme"),
        pytest.param("http:b.example", "http://b.example/", id="scheme without slashes, other scheme"),
        pytest.param("HTTP://B.Example:80", "http://b.example/", id="case and default port"),
        pytest.param("/속보 1", "https://a.example/%EC%86%8D%EB%B3%B4%201", id="Hangul path"),
        pytest.param("/%BC%D3%BA%B8", "https://a.example/%BC%D3%BA%B8", id="EUC-KR bytes stay"),
        pytest.param("/100%", "https://a.example/100%25", id="lone percent sign"),
        pytest.param("/a[1]|^", "https://a.example/a%5B1%5D%7C%5E", id="characters no URI holds"),
        pytest.param("https://한국일보.com/", "https://xn--3e0bm80ac2h5no.com/", id="IDN"),
        pytest.param("https://☃.example/", "https://xn--n3h.example/", id="sign in a host"),
        pytest.param("http://0x7f.1/", "http://127.0.0.1/", id="IPv4 in hex"),
        pytest.param("http://[0::1]:80/", "http://[::1]/", id="IPv6"),
        pytest.param("/a/./b/%2e%2E/c/.", "https://a.example/a/c/", id="encoded dots"),
        pytest.param("", "", id="empty"),
        pytest.param("javascript:alert(1)", "", id="XSS-05 javascript"),
        pytest.param("JaVa\tScript:alert(1)", "", id="XSS-05 javascript with a tab"),
        pytest.param("data:text/html,x", "", id="XSS-06 data"),
        pytest.param("mailto:a@b.example", "", id="mailto"),
        pytest.param("feed://b.example/", "", id="feed"),
        pytest.param("https://u:p@b.example/", "", id="user name"),
        pytest.param("https://a b/", "", id="blank in a host"),
        pytest.param("https://b.example:99999/", "", id="port too high"),
        pytest.param("https://b.example:" + "9" * 5000 + "/", "", id="port of 5,000 digits"),
        pytest.param("https://1.2.3.256/", "", id="no IPv4"),
        pytest.param("https://1.2.3.09/", "", id="no octal"),
        pytest.param("https://..../", "", id="dots for a host"),
        pytest.param("https:///", "", id="no host"),
    ],
)
def test_absolute(found: str, expected: str) -> None:
    assert absolute(found, BASE) == expected


@pytest.mark.parametrize("base", ["", "nonsense", "ftp://a.example/", "/x"])
def test_relative_without_a_base_leads_nowhere(base: str) -> None:
    assert absolute("/a", base) == ""


@given(messy, messy)
def test_absolute_is_a_valid_uri_or_nothing(found: str, base: str) -> None:
    url = absolute(found, base)
    assert not url or (URI.fullmatch(url) and absolute(url) == url)


hosts = st.from_regex(r"[a-z0-9-]{1,9}(\.[a-z0-9-]{1,9}){0,2}\.[a-z]{1,8}", fullmatch=True)
tails = st.text(alphabet="az09AZ%2eEF./?#&=-_~!$'()*+,;:@[]|", max_size=30)


@given(st.builds("{}://{}/{}".format, st.sampled_from(["http", "https"]), hosts, tails) | messy)
def test_what_is_known_at_a_glance_is_what_taking_apart_gives(url: str) -> None:
    parts = split(url)
    assert absolute(url) == (str(parts) if parts else "")


@needs_data
def test_hosts_become_ascii_as_the_url_standard_says() -> None:
    cases = json.loads((SHARED / "corpus/urls/wpt/toascii.json").read_text(encoding="utf-8"))
    wrong = []
    for case in cases:
        if isinstance(case, dict):
            parts = split(f"https://{case['input']}/x")
            if (parts.host if parts else None) != case["output"]:
                wrong.append(case["input"])
    # We refuse what no name server can hold: empty labels, labels above 63 and names above 253 characters.
    assert not [name for name in wrong if ".." not in name and len(name) < 60 and name != "xn--a.ß"]


@needs_data
def test_every_vector_has_its_key() -> None:
    """FMT-28 and 87 spellings of one page; 33 pairs that are two pages."""
    vectors = json.loads((SHARED / "dedup/url_vectors.json").read_text(encoding="utf-8"))
    assert [(url, canonical(url)) for url, key in vectors["V"] if canonical(url) != key] == []
    assert [pair for pair in vectors["DIFFER"] if canonical(pair[0]) == canonical(pair[1])] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("http://www.a.example/x/?utm_source=rss", "https://a.example/x", id="FMT-28 scheme, www, slash"),
        pytest.param("https://blog.tistory.com/m/123", "https://blog.tistory.com/123", id="Tistory mobile"),
        pytest.param("https://m.blog.naver.com/me/123", "https://blog.naver.com/PostView.naver?blogId=me&logNo=123",
                     id="Naver blog"),
        pytest.param("https://ko.m.wikipedia.org/wiki/속보", "https://ko.wikipedia.org/wiki/%EC%86%8D%EB%B3%B4",
                     id="Wikipedia mobile"),
        pytest.param("https://twitter.com/a/status/1?s=20", "https://x.com/a/status/1", id="X"),
        pytest.param("https://www.youtube.com/shorts/dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcQ", id="YouTube"),
        pytest.param("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0", "https://youtu.be/dQw4w9WgXcQ",
                     id="YouTube frame"),
        pytest.param("https://m.sports.naver.com/kbaseball/article/025/0003236418",
                     "https://n.news.naver.com/article/025/0003236418", id="Naver sports"),
        pytest.param("https://a.example/e\u0301", "https://a.example/%C3%A9", id="NFD and NFC"),
        pytest.param("https://www.newsis.com/view/?id=N1&cID=10101&pID=10100", "https://newsis.com/view?id=N1",
                     id="section of a newspaper"),
        pytest.param("https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fa.example%252Fb",
                     "https://a.example/b", id="detour in a detour"),
    ],
)  # fmt: skip
def test_one_page(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://m.co.kr/a", "https://co.kr/a"),
        ("https://a.example/?s=samsung", "https://a.example/?s=lg"),
        ("https://a.example/?feed=rss2", "https://a.example/"),
        ("https://cafe.naver.com/a/1", "https://cafe.naver.com/a/2"),
        ("https://feedproxy.google.com/~r/a/~3/1/", "https://feedproxy.google.com/~r/a/~3/2/"),
        ("https://news.google.com/rss/articles/CBMi1", "https://news.google.com/rss/articles/CBMi2"),
        ("urn:uuid:1", "urn:uuid:2"),
    ],
)
def test_two_pages(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@settings(max_examples=300)
@given(messy)
def test_a_key_is_its_own_key(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)


@pytest.mark.parametrize(
    "url", ["https://a.example" + "/amp" * 5000, "https://google.com/url?url=" * 100 + "https://a.example"]
)
def test_a_link_that_never_rests_is_its_own_key(url: str) -> None:
    assert canonical(url) == canonical(canonical(url)) == url


def test_tables_are_lower_case_and_do_not_repeat_each_other() -> None:
    assert all(name == name.lower() for name in (*tracking.NAMES, *tracking.PREFIXES, *tracking.MAYBE))
    assert not [name for name in tracking.NAMES if name.startswith(tracking.PREFIXES)]
    assert not tracking.NAMES & tracking.MAYBE
    assert not [host for host, names in tracking.BY_HOST.items() if names & tracking.NAMES]
