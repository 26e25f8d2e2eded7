"""Which coding a client gets, and that what is packed can be unpacked."""

import gzip
import sys

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.web.wire.codings import Coding, packed, ranked

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PLAIN, ALL = ("identity",), ("br", "zstd", "gzip", "identity")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(None, ("identity", "br", "zstd", "gzip"), id="no header: anything, plain first"),
        pytest.param("", PLAIN, id="empty: plain alone"),
        pytest.param("identity", PLAIN, id="identity"),
        pytest.param("gzip", ("gzip", "identity"), id="gzip"),
        pytest.param("x-gzip", ("gzip", "identity"), id="x-gzip is gzip"),
        pytest.param("GZIP", ("gzip", "identity"), id="letter case"),
        pytest.param("gzip, deflate, br, zstd", ALL, id="a browser"),
        pytest.param("gzip;q=0.9, br;q=0.8", ("gzip", "br", "identity"), id="weights"),
        pytest.param("gzip ; q=0.5,br;Q=0.4", ("gzip", "br", "identity"), id="blanks and letter case"),
        pytest.param("gzip;q=0", PLAIN, id="gzip refused"),
        pytest.param("gzip;q=0.000", PLAIN, id="gzip refused in full"),
        pytest.param("*", ALL, id="anything"),
        pytest.param("*;q=0", (), id="nothing"),
        pytest.param("gzip, *;q=0", ("gzip",), id="gzip alone"),
        pytest.param("br, identity;q=0", ("br",), id="br, plain refused"),
        pytest.param("identity;q=0", (), id="plain refused"),
        pytest.param("identity;q=1, gzip;q=0.5", ("identity", "gzip"), id="plain preferred"),
        pytest.param("gzip, identity", ("gzip", "identity"), id="equal: packed preferred"),
        pytest.param("gzip;q=0.5, *;q=0.1", ("gzip", "br", "zstd", "identity"), id="others by the star"),
        pytest.param("gzip;q=nan, br;q=2, zstd;q=-1", PLAIN, id="no weights"),
        pytest.param("gzip;q=x", PLAIN, id="not a number"),
        pytest.param("deflate, compress", PLAIN, id="codings that we have not"),
        pytest.param(",,gzip,,", ("gzip", "identity"), id="empty items"),
    ],
)
def test_ranked(header: str | None, expected: tuple[str, ...]) -> None:
    assert ranked(header) == expected


@given(st.text())
def test_no_header_breaks_it(header: str) -> None:
    found = ranked(header)
    assert len(set(found)) == len(found)


UNPACK = {"br": brotli.decompress, "zstd": zstd.decompress, "gzip": gzip.decompress, "identity": bytes}


@pytest.mark.parametrize("coding", UNPACK)
@given(body=st.binary())
def test_packed_bytes_are_the_same_bytes(coding: Coding, body: bytes) -> None:
    assert UNPACK[coding](packed(coding, body)) == body
    assert packed(coding, body) == packed(coding, body)
