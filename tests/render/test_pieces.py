"""Documents put together from pieces: the same bytes as made anew, gzip that all can read, and a bounded memory."""

import gzip
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model.channel import Feed, Format
from feeds.model.entry import Person
from feeds.render import jsonfeed, pieces, render
from feeds.render.pieces import Pieces, joined, piece
from tests.render.samples import DAILY, channel, feed, item, member, rich

FEEDS: tuple[Format, ...] = ("atom", "rss", "json")


def anew(of: Feed) -> list[tuple[bytes, bytes]]:
    pieces.PIECES.clear()
    return again(of)


def again(of: Feed) -> list[tuple[bytes, bytes]]:
    return [(r.body, r.gzipped) for r in render(of).renditions]


@given(st.lists(st.binary(max_size=3000), max_size=8))
def test_pieces_make_one_gzip_body(parts: list[bytes]) -> None:
    body = joined([piece(part) for part in parts])
    assert body.raw == b"".join(parts)
    assert gzip.decompress(body.gzipped) == body.raw
    assert joined([piece(part) for part in parts]) == body


@pytest.mark.parametrize("size", [0, 1, 255, 256, 511, 512, 513, 32767, 32768, 32769, 70_000])
def test_pieces_of_any_size_are_read(size: int) -> None:
    raw = bytes(n * n % 251 for n in range(size))
    assert gzip.decompress(joined([piece(raw), piece(raw)]).gzipped) == raw * 2


@pytest.mark.skipif(not shutil.which("gzip"), reason="there is no gzip here to ask")
@pytest.mark.parametrize("format", FEEDS)
def test_gzip_itself_reads_it(format: Format, tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(next(r.gzipped for r in render(rich()).renditions if r.format == format))
    subprocess.run(["gzip", "-t", str(tmp_path / "x.gz")], check=True)


def test_feeds_come_with_their_gzip_and_others_without() -> None:
    for rendition in render(rich()).renditions:
        if rendition.format in FEEDS:
            assert gzip.decompress(rendition.gzipped) == rendition.body
        else:
            assert rendition.gzipped == b""


def test_what_was_told_before_changes_no_bytes() -> None:
    of = rich()
    first = anew(of)
    assert again(of) == first
    fewer = replace(of, items=of.items[1:3])
    assert again(fewer) == anew(fewer)


LEAD = item(1, origin=DAILY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(feed(item(1)), feed(item(1, title="다른 제목")), id="a correction"),
        pytest.param(feed(item(1)), feed(item(1, terms="title")), id="other terms"),
        pytest.param(
            feed(LEAD), feed(item(1, origin=replace(DAILY, title="The Nightly"))), id="a source that renamed itself"
        ),
        pytest.param(feed(item(1)), feed(item(1, copies=(member(LEAD.story.lead, DAILY),))), id="a copy joined"),
        pytest.param(
            feed(item(1, language="en")), feed(item(1, language="en"), of=channel(language="en")), id="tongue"
        ),
        pytest.param(feed(item(1)), feed(item(1), of=channel(base_url="https://b.example")), id="another site"),
        pytest.param(feed(item(1)), feed(item(1), of=channel(author=Person(name="Desk"))), id="another desk"),
        pytest.param(feed(item(1)), feed(item(1), of=channel(title="T", author=Person())), id="title for a desk"),
        pytest.param(feed(item(1)), feed(item(1), of=channel(path="/b/", title="B")), id="another channel"),
    ],
)
def test_what_changed_is_told_anew(before: Feed, after: Feed) -> None:
    made = anew(after)
    anew(before)
    assert again(after) == made


@pytest.mark.parametrize("format", FEEDS)
def test_marks_are_as_equal_as_bytes(format: Format) -> None:
    feeds = [
        feed(),
        feed(item(1)),
        feed(item(1), item(2)),
        feed(item(2), item(1)),
        feed(item(1, title="다른")),
        feed(item(1)),
    ]
    made = {r.body: r.etag for of in feeds for r in render(of).renditions if r.format == format}
    marks = {r.etag for of in feeds for r in render(of).renditions if r.format == format}
    assert len(marks) == len(made) == 5
    assert set(made.values()) == marks


def test_what_is_used_again_stays_and_its_weight_is_its_own() -> None:
    held = Pieces(held=60_000)
    first = feed(item(0, content="x" * 1000))
    (told,) = held.told(first)
    for n in range(1, 60):
        held.make(feed(item(n, content="x" * 1000)), "json", jsonfeed._item_bytes)
        assert held.told(replace(first))[0] is told
    known = held._told.values()
    assert held.weight == sum(one.weight for one in known)
    assert len(known) < 20
    for n in range(60):
        held.told(feed(item(0, content=f"{n}" * 1000)))
    known = held._told.values()
    assert held.weight == sum(one.weight for one in known)


def test_memory_is_bounded_and_what_is_old_goes() -> None:
    items = [item(n, content="x" * 1000) for n in range(20)]
    held = Pieces(held=60_000)
    for one in items:
        held.make(feed(one), "json", jsonfeed._item_bytes)
        assert held.weight <= 60_000
    kept = {key[0] for key in held._told if isinstance(key, tuple)}
    assert items[-1].story.id in kept
    assert items[0].story.id not in kept
