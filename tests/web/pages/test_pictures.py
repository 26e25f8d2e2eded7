"""What the server answers with where a post has a picture: its bytes or a part of them, its ETag, no rights."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from feeds.model.picture import Hanging
from feeds.web.pages import pictures
from feeds.web.pages.pictures import Pictures, nothing
from feeds.web.wire.http import Answer, Asked

PNG = b"\x89PNG\r\n\x1a\n" + b"picture " * 99
NOW = 1_800_000_000  # seconds since 1970


@dataclass
class Wall:
    """A folder with one picture, `/a.*`, and how often it was read."""

    body: bytes = PNG
    media_type: str = "image/png"
    modified: int = NOW - 3600
    reads: int = 0

    def look(self, path: str) -> Hanging | None:
        stamp = (self.modified * 10**9, len(self.body))
        return Hanging(media_type=self.media_type, stamp=stamp, read=self.read) if path.startswith("/a.") else None

    def read(self) -> tuple[bytes, tuple[int, int]]:
        self.reads += 1
        return self.body, (self.modified * 10**9, len(self.body))


def ask(shown: Pictures, path: str = "/a.png", method: str = "GET", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found = shown.get(Asked(path=path, method=method, headers=named))
    assert found
    return found


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def shown(wall: Wall) -> Pictures:
    return Pictures(wall.look, lambda: NOW)


def test_a_picture_has_its_type_an_etag_of_its_bytes_and_no_rights(wall: Wall, shown: Pictures) -> None:
    answer = ask(shown)
    assert (answer.status, answer.body) == (200, PNG)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Accept-Ranges"] == "bytes"
    wall.body, wall.modified = PNG[:-1] + b"?", NOW - 60
    changed = ask(shown, if_none_match=answer.headers["ETag"])
    assert (changed.status, changed.body) == (200, wall.body)


def test_who_has_it_costs_no_reading(wall: Wall, shown: Pictures) -> None:
    tag = ask(shown).headers["ETag"]
    assert ask(shown, if_none_match=tag).status == 304
    assert ask(shown, if_match='"other"').status == 412
    assert wall.reads == 1


def test_a_file_of_this_moment_may_change_without_a_sign(wall: Wall, shown: Pictures) -> None:
    """Its time would be the same, and its size may be: it is read until it has settled."""
    wall.modified = NOW - 1
    tag = ask(shown).headers["ETag"]
    wall.body = PNG[:-1] + b"?"
    changed = ask(shown, if_none_match=tag)
    assert (changed.status, changed.body) == (200, wall.body)


def test_what_is_remembered_is_bounded(wall: Wall, shown: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "TAGS", 3)
    for n in range(10):
        ask(shown, f"/a.{n}.png")
        assert len(shown._tags) <= 3


def test_a_picture_that_goes_while_it_is_asked_for(wall: Wall) -> None:
    def gone() -> tuple[bytes, tuple[int, int]]:
        raise FileNotFoundError

    found = Pictures(lambda _: Hanging(media_type="image/png", stamp=(1, 1), read=gone))
    assert found.get(Asked(path="/a.png")) is None


@pytest.mark.parametrize(
    ("path", "media_type", "coding"), [("/a.svg", "image/svg+xml", "gzip"), ("/a.jpg", "image/jpeg", None)]
)
def test_an_svg_is_packed_and_a_photograph_is_not(path: str, media_type: str, coding: str | None) -> None:
    shown = Pictures(Wall(b"<svg> " * 999, media_type).look, lambda: NOW)
    answer = ask(shown, path, accept_encoding="gzip")
    assert answer.headers.get("Content-Encoding") == coding
    assert ask(shown, path, accept_encoding="gzip", if_none_match=answer.headers["ETag"]).status == 304
    if coding:
        assert gzip.decompress(answer.body) == b"<svg> " * 999


@pytest.mark.parametrize("path", ["/b.png", "/a.html", "/a.md", "/a", "/", "/.png", "/a.png/", "/x/.png"])
def test_there_is_no_picture_there(shown: Pictures, path: str) -> None:
    assert shown.get(Asked(path=path)) is None
    assert Pictures(nothing).get(Asked(path="/a.png")) is None


SIZE = len(PNG)
PARTS: Mapping[str, tuple[str, int, int]] = {
    "the first bytes": ("bytes=0-9", 0, 9),
    "one byte": ("bytes=5-5", 5, 5),
    "from there on": ("bytes=100-", 100, SIZE - 1),
    "the last bytes": ("bytes=-7", SIZE - 7, SIZE - 1),
    "beyond its end": (f"bytes=10-{SIZE + 5}", 10, SIZE - 1),
    "more last bytes than there are": ("bytes=-99999", 0, SIZE - 1),
    "the whole": ("bytes=0-", 0, SIZE - 1),
    "in other letters, with blanks": ("Bytes= 0-9 ", 0, 9),
}


@pytest.mark.parametrize("name", PARTS)
def test_one_range_is_answered(shown: Pictures, name: str) -> None:
    """RFC 9110 §14.1.2, §15.3.7."""
    wanted, begin, end = PARTS[name]
    answer = ask(shown, range=wanted)
    assert (answer.status, answer.body) == (206, PNG[begin : end + 1])
    assert answer.headers["Content-Range"] == f"bytes {begin}-{end}/{SIZE}"
    assert answer.headers["ETag"] == ask(shown).headers["ETag"]
    assert answer.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 9}", "bytes=-0", f"bytes={10**17}-"])
def test_a_range_that_it_does_not_have(shown: Pictures, wanted: str) -> None:
    answer = ask(shown, range=wanted)
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize(
    "wanted",
    ["", "bytes", "bytes=", "bytes=-", "bytes=9-0", "bytes=0-1,3-4", "bytes=a-b", "items=0-1", "bytes=0x1-2",
     "bytes=--1", "bytes=0-1;x", f"bytes={'9' * 5000}-", "bytes=٣-٤"],
)  # fmt: skip
def test_what_is_no_range_gets_the_whole(shown: Pictures, wanted: str) -> None:
    answer = ask(shown, range=wanted)
    assert (answer.status, answer.body) == (200, PNG)


def test_a_part_is_of_the_version_that_one_has(wall: Wall, shown: Pictures) -> None:
    """If-Range, RFC 9110 §13.1.5: a strong tag or nothing; If-None-Match counts before it."""
    tag = ask(shown).headers["ETag"]
    assert ask(shown, range="bytes=0-9", if_range=tag).status == 206
    for other in (f"W/{tag}", '"other"', "Thu, 01 Jan 2026 00:00:00 GMT", ""):
        assert ask(shown, range="bytes=0-9", if_range=other).status == 200
    assert ask(shown, range="bytes=0-9", if_none_match=tag).status == 304
    assert ask(shown, method="HEAD", range="bytes=0-9").status == 200
    wall.body, wall.modified = PNG + b"!", NOW - 60
    assert ask(shown, range="bytes=0-9", if_range=tag).body == PNG + b"!"
