"""Bodies come whole, decoded and no larger than allowed, or not at all."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import FetchError
from feeds.net import Limits
from tests.faults import Canned, Faults, answer, public
from tests.ways import Client

pytestmark = pytest.mark.usefixtures("way")

GZIP = "Content-Encoding: gzip"
TEXT = b"<rss>" + bytes(range(256)) * 40 + b"</rss>"
ZIPPED = gzip.compress(TEXT)
SMALL = Limits(wire=50_000, body=200_000)


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n", headers: str = "") -> bytes:
    head = f"HTTP/1.1 200 OK\r\n{headers}Transfer-Encoding: chunked\r\n\r\n".encode()
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + end


def get(said: bytes, limits: Limits = SMALL) -> bytes:
    with Canned(said, said) as canned:
        client = Client(resolve=public, dial=canned, limits=limits)
        try:
            return client.get("http://a.example/").body
        finally:
            client.close()


@pytest.mark.parametrize(
    ("said", "body"),
    [
        pytest.param(answer(TEXT), TEXT, id="plain"),
        pytest.param(answer(TEXT, length=False), TEXT, id="until the end of the connection"),
        pytest.param(answer(TEXT, "Content-Encoding: identity"), TEXT, id="identity"),
        pytest.param(answer(ZIPPED, GZIP), TEXT, id="gzip"),
        pytest.param(answer(ZIPPED, "Content-Encoding: X-GZip"), TEXT, id="x-gzip"),
        pytest.param(chunked(ZIPPED[:7], ZIPPED[7:], headers=GZIP + "\r\n"), TEXT, id="gzip in chunks"),
        pytest.param(chunked(b"a", b"b", end=b"0\r\nTrailer: x\r\n\r\n"), b"ab", id="trailers"),
        pytest.param(answer(ZIPPED), TEXT, id="NET-20 gzip without header"),
        pytest.param(answer(ZIPPED + ZIPPED, GZIP), TEXT + TEXT, id="NET-18 two members"),
        pytest.param(answer(ZIPPED + b"\0" * 9, GZIP), TEXT, id="NET-18 zeros behind"),
        pytest.param(answer(ZIPPED + b"junk", GZIP), TEXT, id="NET-18 garbage behind"),
        pytest.param(answer(b"", GZIP), b"", id="NET-43 empty gzip"),
        pytest.param(answer(b""), b"", id="NET-43 empty"),
        pytest.param(answer(TEXT, "Content-Length: 5", length=False), TEXT[:5], id="NET-14 more than announced"),
        pytest.param(answer(b"hello", "Content-Length: 5"), b"hello", id="NET-45 the same length twice"),
        pytest.param(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(b"x"), b"x", id="early hints"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\nx", b"x", id="HTTP/1.0"),
    ],
)
def test_body_comes_whole(said: bytes, body: bytes) -> None:
    assert get(said) == body


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param(answer(TEXT, "Content-Length: 99999", length=False), "too_big", id="BOM-05 announced"),
        pytest.param(answer(TEXT, "Content-Length: 20000", length=False), "truncated", id="NET-13 shorter"),
        pytest.param(chunked(TEXT, end=b""), "truncated", id="NET-15 no last chunk"),
        pytest.param(chunked(TEXT, end=b"5\r\nab"), "truncated", id="NET-15 cut in a chunk"),
        pytest.param(chunked(TEXT, end=b"5"), "truncated", id="NET-15 cut in a size"),
        pytest.param(answer(ZIPPED[: len(ZIPPED) // 2], GZIP), "truncated", id="NET-16 gzip cut in half"),
        pytest.param(answer(ZIPPED[:-4], GZIP), "truncated", id="NET-16 gzip without its end"),
        pytest.param(answer(ZIPPED[:5], GZIP), "truncated", id="NET-16 gzip cut in its head"),
        pytest.param(answer(ZIPPED + ZIPPED[:30], GZIP), "truncated", id="NET-16 second member cut"),
        pytest.param(answer(ZIPPED[:50] + b"\xff" * 50 + ZIPPED[100:], GZIP), "encoding", id="damaged gzip"),
        pytest.param(answer(TEXT, GZIP), "encoding", id="NET-19 not gzip, twice"),
        pytest.param(answer(TEXT, "Content-Encoding: br"), "encoding", id="NET-21 BOM-03 br"),
        pytest.param(answer(TEXT, "Content-Encoding: zstd"), "encoding", id="NET-21 BOM-03 zstd"),
        pytest.param(answer(zlib.compress(TEXT), "Content-Encoding: deflate"), "encoding", id="NET-21 BOM-04 zlib"),
        pytest.param(answer(TEXT, "Content-Encoding: " + ", ".join(["gzip"] * 20)), "encoding", id="NET-21 20 layers"),
        pytest.param(answer(gzip.compress(ZIPPED), GZIP, GZIP), "encoding", id="BOM-02 two layers, two headers"),
        pytest.param(answer(gzip.compress(ZIPPED), GZIP), "encoding", id="BOM-02 two layers, one header"),
        pytest.param(answer(gzip.compress(bytes(200_001)), GZIP), "too_big", id="BOM-01 just above"),
        pytest.param(answer(gzip.compress(bytes(150_000)) * 2, GZIP), "too_big", id="BOM-01 in two members"),
        pytest.param(answer(b"x" * 150_000, length=False), "too_big", id="BOM-06 no length"),
        pytest.param(chunked(b"x" * 150_000), "too_big", id="BOM-06 chunks"),
        pytest.param(answer(TEXT, "Content-Length: 5"), "protocol", id="NET-45 two lengths"),
        pytest.param(answer(TEXT, "Content-Length: 5, 6", length=False), "protocol", id="NET-45 two in one"),
        pytest.param(answer(TEXT, "Content-Length: -5", length=False), "protocol", id="NET-45 negative"),
        pytest.param(answer(TEXT, "Content-Length: +5", length=False), "protocol", id="NET-45 signed"),
        pytest.param(answer(TEXT, "Content-Length: 5x", length=False), "protocol", id="NET-45 not a number"),
        pytest.param(answer(TEXT, "Content-Length: " + "9" * 5000, length=False), "protocol", id="NET-45 huge number"),
        pytest.param(chunked(TEXT, headers="Content-Length: 5\r\n"), "protocol", id="NET-45 length and chunks"),
        pytest.param(answer(TEXT, "Transfer-Encoding: xchunked", length=False), "protocol", id="NET-45 xchunked"),
        pytest.param(answer(TEXT, "Transfer-Encoding: gzip, chunked", length=False), "protocol", id="NET-45 gzip, chunked"),
        pytest.param(answer(TEXT, "Transfer-Encoding : chunked"), "protocol", id="NET-45 blank before the colon"),
        pytest.param(answer(TEXT, "no colon"), "protocol", id="NET-45 length behind a broken line"),
        pytest.param(answer(TEXT)[:17], "truncated", id="NET-12 cut in the status line"),
        pytest.param(answer(TEXT)[:-len(TEXT) - 2], "truncated", id="NET-12 cut before the blank line"),
        pytest.param(b"", "truncated", id="NET-12 closed without a word"),
        pytest.param(b"HELLO\r\n\r\n", "protocol", id="NET-44 bad status line"),
        pytest.param(b"<rss>\n</rss>\n", "protocol", id="NET-44 HTTP/0.9"),
        pytest.param(b"HTTP/2.0 200 OK\r\n\r\n", "protocol", id="NET-44 HTTP/2"),
        pytest.param(answer(TEXT, status="999 X"), "protocol", id="NET-44 999"),
        pytest.param(answer(TEXT, status="20 X"), "protocol", id="NET-44 20"),
        pytest.param(answer(TEXT, status="206 X"), "protocol", id="NET-44 206"),
        pytest.param(b"HTTP/1.1 101 X\r\n\r\n", "protocol", id="NET-44 101"),
        pytest.param(answer(TEXT, *["A: b"] * 1000), "protocol", id="NET-46 many headers"),
        pytest.param(answer(TEXT, "A: " + "b" * 150_000), "protocol", id="NET-46 long header"),
        pytest.param(answer(TEXT, *["A: " + "b" * 30_000] * 4), "protocol", id="NET-46 large headers"),
        pytest.param(b"HTTP/1.1 200 " + b"x" * 150_000, "protocol", id="NET-46 long status line"),
    ],
)  # fmt: skip
def test_doubtful_answer_is_refused(said: bytes, code: str) -> None:
    with pytest.raises(FetchError) as caught:
        get(said)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("said", "outcomes"),
    [
        pytest.param(
            answer(b"x")[:-5] + b"\r\nno colon\r\n\r\nx",
            {"requests": "x", "curl": "protocol"},  # libcurl ends there
            id="a line without colon",
        ),
        pytest.param(
            chunked(*[b"x"] * 15_000),
            {"requests": "too_big", "curl": "x" * 15_000},  # libcurl counts data only: the deadline bounds the rest
            id="BOM-06 framing of chunks",
        ),
    ],
)
def test_ways_differ_only_here(said: bytes, outcomes: dict[str, str], way: str) -> None:
    try:
        found = get(said).decode()
    except FetchError as error:
        found = error.code
    assert found == outcomes[way]


def test_net_19_plain_body_that_says_gzip_is_asked_for_again() -> None:
    with Canned(answer(TEXT, GZIP), answer(TEXT)) as canned:
        client = Client(resolve=public, dial=canned)
        assert client.get("http://a.example/").body == TEXT
        client.close()
        assert ["Accept-Encoding: gzip" in sent for sent in canned.sent] == [True, False]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(lambda: answer(gzip.compress(bytes(1 << 26)), GZIP), "too_big", id="BOM-01 64 MB of gzip"),
        pytest.param(lambda: answer(gzip.compress(bytes(1 << 24)) * 64, GZIP), "too_big", id="BOM-01 1 GB in 1 MB"),
        pytest.param(lambda: answer(b"x" * (6 << 20), length=False), "too_big", id="BOM-06 endless"),
        pytest.param(lambda: answer(b"", *["A: " + "b" * 60_000] * 160), "protocol", id="NET-46 10 MB of headers"),
    ],
)
def test_memory_stays_small(make: Callable[[], bytes], code: str) -> None:
    said = make()
    with Faults({"/x": [said]}) as server:
        client = Client([server.place])
        tracemalloc.start()
        with pytest.raises(FetchError) as caught:
            client.get(server.url("/x"))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        client.close()
    assert caught.value.code == code
    assert peak < 30 << 20


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=5), st.binary(max_size=5).filter(lambda b: not b.startswith(b"\x1f")))
def test_net_18_members_are_joined(parts: list[bytes], garbage: bytes) -> None:
    whole = b"".join(parts)
    if parts and not whole.startswith(b"\x1f\x8b"):
        assert get(answer(b"".join(map(gzip.compress, parts)) + garbage, GZIP)) == whole


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=500), st.data())
def test_net_13_net_15_net_16_no_cut_passes_for_whole(body: bytes, data: st.DataObject) -> None:
    for said in (answer(body), chunked(body), answer(gzip.compress(body), GZIP)):
        cut = data.draw(st.integers(0, len(said) - (5 if b"chunked" in said else 1)))
        with pytest.raises(FetchError):
            get(said[:cut])
