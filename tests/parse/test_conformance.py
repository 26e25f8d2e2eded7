"""A share of `scripts/bench conformance`: nothing that feedparser reads rightly is read wrongly by us."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
BENCHES = Path(__file__).parents[2] / "scripts" / "benches"
EVERY = 12  # of the real feeds; all of them take feedparser 20 CPU seconds

needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing: real-data cases not run")


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    if str(BENCHES) not in sys.path:
        sys.path.append(str(BENCHES))
    import conformance

    return conformance


@needs_data
@pytest.mark.filterwarnings("ignore")  # feedparser's own
def test_what_feedparser_reads_rightly_is_read_rightly(bench: ModuleType, tmp_path: Path) -> None:
    import conformance_peers as peers

    asked = bench.sheet(SHARED / "corpus", tmp_path, EVERY)
    ours = bench.told_by_us(asked)
    theirs = [peers.answer(peers.feedparser, task) for task in asked.tasks.values()]
    own, other = bench.marked(asked, ours, ours), bench.marked(asked, theirs, ours)
    assert len(own) >= 13
    wrong = {
        row: {name for name, right in marks.right.items() if right and not own[row].right[name]}
        for row, marks in other.items()
    }
    assert not any(wrong.values()), wrong


@needs_data
def test_disagreements_are_cases_that_there_are(bench: ModuleType) -> None:
    from conforming import cases

    names = {
        name for folder in ("wellformed", "entities") for name in cases.tasks(SHARED / "corpus" / "feedparser" / folder)
    }
    assert cases.ARGUED.keys() <= names


def test_a_literal_reading_states_what_is_written(bench: ModuleType) -> None:
    from conforming import literal

    feed = literal.read(
        b'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title>'
        b"<item><title>a <!-- no -->b</title><guid>https://a.example/1</guid><dc:date>2026-11-20T10:00:00+09:00</dc:date>"
        b'<enclosure url="/a.mp3" length="3"/><!-- &lt;item> --></item><item><link>x</link><pubDate>soon</pubDate></item>'
        b"</channel></rss>"
    )
    assert feed is not None
    first, second = feed.items
    assert first.title == "a b"
    assert first.id == first.links == frozenset({"https://a.example/1"})
    assert first.published == literal.moment("Fri, 20 Nov 2026 01:00:00 GMT")
    assert [file.urls for file in first.enclosures] == [{"/a.mp3", "https://a.example/a.mp3"}]
    assert second.links == frozenset({"x", "https://a.example/x"})
    assert second.published is None


@pytest.mark.parametrize(
    "body",
    [b"<rss><channel>", b"<html/>", b"", b"{]", b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel>&a;</channel></rss>'],
)
def test_what_has_no_literal_reading_is_not_asked(bench: ModuleType, body: bytes) -> None:
    from conforming import literal

    assert literal.read(body) is None
