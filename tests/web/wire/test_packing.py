"""Pages made for one request: compressed as the client likes, and never where a length could give a secret away."""

import gzip

import brotli
import pytest

from feeds.web.wire.http import Answer, Asked
from feeds.web.wire.packing import LEAST, packs

PAGE = b"<p>words</p>" * 200
HTML = {"Content-Type": "text/html", "Cache-Control": "no-store"}


def answered(made: Answer, *, private: bool = False, **headers: str) -> Answer:
    asked = Asked(path="/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return packs(lambda _: made, private=private)(asked)


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [("gzip, br", "br"), ("gzip", "gzip"), ("zstd;q=0.5, gzip;q=0.4", "zstd"), ("identity", ""), ("br;q=0", "")],
)
def test_a_page_comes_in_the_coding_that_the_client_likes(accepts: str, coding: str) -> None:
    answer = answered(Answer(headers=HTML, body=PAGE, cookies=("a=b",)), accept_encoding=accepts)
    assert answer.headers.get("Content-Encoding", "") == coding
    assert (answer.headers["Vary"], answer.cookies) == ("Accept-Encoding", ("a=b",))
    assert len(answer.body) < len(PAGE) if coding else answer.body == PAGE
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(coding)
    assert unpack is None or unpack(answer.body) == PAGE


def test_who_names_no_coding_gets_none() -> None:
    assert answered(Answer(headers=HTML, body=PAGE)).body == PAGE


@pytest.mark.parametrize(
    ("site", "packed"),
    [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False), ("", False)],
)
def test_a_private_page_is_packed_for_its_own_site_alone(site: str, packed: bool) -> None:
    headers = {"sec_fetch_site": site} if site else {}
    answer = answered(Answer(headers=HTML, body=PAGE), private=True, accept_encoding="br", **headers)
    assert ("Content-Encoding" in answer.headers) == packed


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(Answer(headers=HTML, body=b"x" * (LEAST - 1)), id="short"),
        pytest.param(Answer(status=303, headers={"Location": "/"}), id="a redirect"),
        pytest.param(Answer(headers={**HTML, "Content-Encoding": "gzip"}, body=PAGE), id="packed already"),
        pytest.param(Answer(headers={**HTML, "ETag": '"1"'}, body=PAGE), id="with a tag of its bytes"),
    ],
)
def test_what_gains_nothing_stays_as_it_is(made: Answer) -> None:
    assert answered(made, accept_encoding="br") is made
