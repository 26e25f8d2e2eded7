"""URLs are parsed once, and what is not spelled as usual is refused before any look-up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FetchError
from feeds.net.target import follow, parse


@pytest.mark.parametrize(
    ("found", "canonical"),
    [
        pytest.param("HTTP://A.Example", "http://a.example/", id="case, empty path"),
        pytest.param("https://a.example.:443/x?y=1#z", "https://a.example/x?y=1", id="final dot, port, fragment"),
        pytest.param("http://a.example:8080/", "http://a.example:8080/", id="other port stays"),
        pytest.param("http://a.example/글 하나?q=가", "http://a.example/%EA%B8%80%20%ED%95%98%EB%82%98?q=%EA%B0%80", id="Hangul"),
        pytest.param("http://한국.kr/", "http://xn--3e0b707e.kr/", id="IDN"),
        pytest.param("http://한국。kr/", "http://xn--3e0b707e.kr/", id="ideographic full stop in a name"),
        pytest.param("http://a.example/100%&%41%zz", "http://a.example/100%25&%41%25zz", id="lone percent signs"),
        pytest.param("http://a.example/a\\b", "http://a.example/a%5Cb", id="backslash in a path"),
        pytest.param("http://my_blog.example/", "http://my_blog.example/", id="underscore"),
        pytest.param("http://8.8.8.8/", "http://8.8.8.8/", id="IPv4"),
        pytest.param("http://[2606:4700::0:1]:8080/", "http://[2606:4700::1]:8080/", id="IPv6"),
        pytest.param("http://a.example?q", "http://a.example/?q", id="query without path"),
    ],
)  # fmt: skip
def test_url_gets_one_form(found: str, canonical: str) -> None:
    assert parse(found).url == canonical


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://2130706433/", id="SSRF-06 decimal"),
        pytest.param("http://0x7f000001/", id="SSRF-06 hex"),
        pytest.param("http://0x7f.0.0.1/", id="SSRF-06 hex part"),
        pytest.param("http://0X7F.0.0.0X1/", id="SSRF-06 upper-case hex"),
        pytest.param("http://0177.0.0.1/", id="SSRF-06 octal"),
        pytest.param("http://127.1/", id="SSRF-06 short"),
        pytest.param("http://127.0.0.1./", id="SSRF-06 final dot"),
        pytest.param("http://0/", id="SSRF-04 zero"),
        pytest.param("http://256.1.1.1/", id="SSRF-06 out of range"),
        pytest.param("http://a.example.0x/", id="SSRF-06 ends in a number"),
        pytest.param("http://public.example@127.0.0.1/", id="SSRF-15 userinfo"),
        pytest.param("http://127.0.0.1@public.example/", id="SSRF-15 userinfo turned"),
        pytest.param("http://public.example\\@127.0.0.1/", id="SSRF-16 backslash at"),
        pytest.param("http://127.0.0.1\\@public.example/", id="SSRF-16 backslash at turned"),
        pytest.param("http://127.0.0.1\\.public.example/", id="SSRF-16 backslash"),
        pytest.param("http://public.example\t/", id="SSRF-16 tab"),
        pytest.param("http://pub\nlic.example/", id="SSRF-16 newline"),
        pytest.param("http://public .example/", id="SSRF-16 blank"),
        pytest.param("http://127.0.0.%31/", id="SSRF-16 escape"),
        pytest.param("http://①②⑦.⓪.⓪.①/", id="SSRF-16 circled digits"),
        pytest.param("http://１２７.0.0.1/", id="SSRF-16 wide digits"),
        pytest.param("http://127。0。0。1/", id="SSRF-16 ideographic dots"),
        pytest.param("http://８.８.８.８/", id="SSRF-16 wide public address"),
        pytest.param("http://[::1%25lo]/", id="SSRF-16 zone"),
        pytest.param("http://[fe80::1%lo]/", id="SSRF-16 raw zone"),
        pytest.param("http://[v1.x]/", id="SSRF-16 future address"),
        pytest.param("http://[::1/", id="open bracket"),
        pytest.param("http:///x", id="no host"),
        pytest.param("http:a.example", id="no slashes"),
        pytest.param("http://a..example/", id="empty label"),
        pytest.param("http://" + "a" * 64 + ".example/", id="long label"),
        pytest.param("http://a.example:99999/", id="port out of range"),
        pytest.param("http://a.example:8O/", id="port with a letter"),
        pytest.param("http://a.example:８０/", id="port in wide digits"),
        pytest.param("http://a.example/" + "x" * 9000, id="too long"),
        pytest.param("http://a.example/\r\nHost: b", id="NET-30 line break"),
    ],
)
def test_unusual_host_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        parse(url)
    assert caught.value.code == "address"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"{scheme}//a.example/x", id=f"SSRF-18 {scheme}")
        for scheme in ("file:", "ftp:", "gopher:", "dict:", "jar:", "unix:", "data:", "feed:", "")
    ],
)
def test_only_http_is_spoken(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        parse(url)
    assert caught.value.code == "scheme"


@pytest.mark.parametrize(
    ("location", "url"),
    [
        pytest.param("/y", "https://a.example/y", id="path"),
        pytest.param("y?z", "https://a.example/d/y?z", id="relative"),
        pytest.param("//b.example/", "https://b.example/", id="other host"),
        pytest.param("/글".encode().decode("latin-1"), "https://a.example/%EA%B8%80", id="NET-30 raw UTF-8"),
        pytest.param("/\xe9", "https://a.example/%C3%A9", id="NET-30 Latin-1"),
        pytest.param("/a%0d%0aX: y", "https://a.example/a%0d%0aX:%20y", id="NET-30 escaped line break"),
        pytest.param(" /a b ", "https://a.example/a%20b", id="NET-30 blanks"),
    ],
)
def test_location_is_made_canonical(location: str, url: str) -> None:
    assert follow(parse("https://a.example/d/x"), location).url == url


@pytest.mark.parametrize(
    ("location", "code"),
    [
        pytest.param("file:///etc/passwd", "scheme", id="NET-27 file"),
        pytest.param("gopher://a.example/", "scheme", id="NET-27 gopher"),
        pytest.param("data:text/xml,x", "scheme", id="NET-27 data"),
        pytest.param("ftp://a.example/", "scheme", id="NET-27 ftp"),
        pytest.param("\\\\b.example\\", "redirect", id="NET-30 backslashes"),
        pytest.param("http://u:p@b.example/", "address", id="NET-30 userinfo"),
        pytest.param("/a\x01", "redirect", id="NET-30 control"),
        pytest.param("http://[::1", "redirect", id="NET-30 bracket"),
    ],
)
def test_bad_location_is_refused(location: str, code: str) -> None:
    with pytest.raises(FetchError) as caught:
        follow(parse("https://a.example/"), location)
    assert caught.value.code == code


@given(st.text(max_size=30), st.text(max_size=30))
def test_parsing_twice_is_parsing_once_or_refusing(host: str, rest: str) -> None:
    for url in (f"http://{host}/{rest}", f"http://a.example/{rest}", host):
        try:
            target = parse(url)
        except FetchError:
            continue
        assert parse(target.url) == target
        assert target.url.isascii()
        assert not set(target.url) & set(" \t\r\n\\")
