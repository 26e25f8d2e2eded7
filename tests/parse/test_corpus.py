"""Real feeds: each is read or refused with a code, as feedparser reads it, whichever of its readers does it."""

import io
import warnings
import xml.sax
from collections import Counter
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import pytest

from feeds.errors import ParseError
from feeds.model.entry import Parsed, RawEntry
from feeds.model.source import Document, Source
from feeds.parse import elements, parse

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
CORPUS = SHARED / "corpus"
URL = "https://a.example/feed"
SOURCE = Source(id="s", kind="feed", location=URL)
STRIDE = 4  # every how many-th document is read: all 448 take some 15 CPU seconds with feedparser's own reading

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing: real-data cases not run")


def documents(folder: str, stride: int = STRIDE) -> list[Path]:
    return [p for p in sorted((CORPUS / folder).rglob("*")) if p.is_file()][::stride]


def read(path: Path) -> Parsed | None:
    try:
        return parse(Document(url=URL, body=path.read_bytes()), SOURCE)
    except ParseError:
        return None


def theirs(body: bytes) -> list[dict[str, str]]:
    """feedparser's own reading of the same bytes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        headers = {"content-location": URL, "content-type": "application/xml"}
        found = feedparser.parse(
            io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False, response_headers=headers
        )
    return [{key: str(dict.get(e, key, "")) for key in ("id", "link", "title")} for e in found.entries]


def agreement(ours: RawEntry, their: dict[str, str]) -> dict[str, bool]:
    """Where we differ on purpose counts as equal: their ids are resolved as links; their links are FeedBurner's redirects,
    and ids where an entry has no link."""
    try:
        joined = urljoin(URL, ours.guid)
    except ValueError:  # `http://[`, of which feedparser makes nothing
        joined = ""
    return {
        "id": their["id"] in {ours.guid, joined},
        "link": their["link"] in {ours.url, joined} or "feedproxy" in their["link"] or "/~r/" in their["link"],
        "title": (ours.title.value if ours.title else "") == their["title"],
    }


def test_real_feeds_read_as_feedparser_reads_them() -> None:
    counts: Counter[str] = Counter()
    for path in documents("real"):
        parsed = read(path)
        assert parsed is not None, path.name
        assert parsed.entries, path.name
        if path.read_bytes().lstrip()[:1] == b"{" or not parsed.complete:
            continue
        entries = theirs(path.read_bytes())
        assert len(parsed.entries) == min(len(entries), 1_000), path.name
        if len(entries) > 1_000:
            continue  # ours are the newest thousand
        for entry, their in zip(parsed.entries, entries, strict=True):
            counts["entries"] += 1
            counts.update(name for name, equal in agreement(entry, their).items() if equal)
    assert counts["entries"] > 1_000
    for name in ("id", "link", "title"):
        assert counts[name] / counts["entries"] >= 0.99, (name, counts)


FIELDS = (
    "guid",
    "url",
    "published",
    "updated",
    "title",
    "authors",
    "tags",
    "enclosures",
    "image",
    "comments",
    "origin",
)


class Broken(elements._Expat):
    """Refuses every document, so that the loose reader takes it."""

    def parse(self, source: object) -> None:
        raise xml.sax.SAXException("refused")


def test_a_feed_that_breaks_keeps_its_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """feedparser's two readers give other ids, links and names where `&` is about; ours must not."""
    paths = [p for p in documents("real", 6) if p.stat().st_size < 200_000]
    strict = {path: read(path) for path in paths}
    monkeypatch.setattr(elements, "_Expat", Broken)
    for path, parsed in strict.items():
        loose = read(path)
        assert parsed is not None
        assert loose is not None
        for name in FIELDS:
            assert [getattr(e, name) for e in loose.entries] == [getattr(e, name) for e in parsed.entries], path.name


@pytest.mark.parametrize("folder", ["encodings", "feedparser", "synthetic", "validator", "opml", "xss"])
def test_any_document_is_an_answer(folder: str) -> None:
    """Any other exception than ParseError fails here."""
    paths = documents(folder)
    assert len(paths) >= 5
    assert all(parsed is None or parsed.info.format for parsed in map(read, paths))


def test_feedparsers_own_cases() -> None:
    counts: Counter[str] = Counter()
    for path in documents("feedparser/wellformed", 3):
        parsed, entries = read(path), theirs(path.read_bytes())
        if parsed is None:
            counts["refused"] += 1
            continue
        assert len(parsed.entries) == len(entries), path.name
        for entry, their in zip(parsed.entries, entries, strict=True):
            counts["entries"] += 1
            counts.update(name for name, equal in agreement(entry, their).items() if equal)
    assert counts["refused"] <= 5  # CDF channels without items, and one that declares an entity
    for name in ("id", "link", "title"):
        assert counts[name] / counts["entries"] >= 0.95, (name, counts)
