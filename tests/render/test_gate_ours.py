"""The gate before our own documents: what passes it breaks no rule, and what does not costs as little as may be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings

from feeds.model.channel import Feed, Format, Withheld
from feeds.render import jsonfeed, pieces, render, xml
from feeds.render.gate import judge
from feeds.render.gate.ours import STRICT, entry_faults
from feeds.render.pieces import Heads
from tests.render.samples import channel, feed, item, rich
from tests.render.test_round_trip import any_feed

FEEDS: tuple[Format, ...] = ("atom", "rss", "json")
LATER = datetime(9000, 1, 1, tzinfo=UTC)
GOLDEN = Path(__file__).parent / "golden"
SAID: dict[Format, bytes] = {
    "atom": b"""<entry><id>tag:a.example,2026:1</id><title>One</title><updated>2026-11-24T09:00:00Z</updated>
        <link href="https://a.example/1" rel="alternate"/></entry>""",
    "rss": b'<item><title>One</title><guid isPermaLink="false">1</guid></item>',
    "json": b'{"id": "1", "content_text": "One"}',
}


def faults(of: Feed) -> list[str]:
    """What our documents break, so that they should not have been published."""
    found = [b for r in render(of).renditions for b in judge(r.body, LATER, of.channel.url(r.format))]
    return [f"{b.rule}: {b.what}" for b in found if b.severity == "error" or b.rule in STRICT]


@settings(max_examples=60, deadline=None)
@given(of=any_feed())
def test_what_is_published_breaks_no_rule(of: Feed) -> None:
    assert faults(replace(of, channel=replace(of.channel, formats=FEEDS))) == []


def test_what_says_everything_breaks_no_rule() -> None:
    of = rich()
    assert faults(replace(of, channel=replace(of.channel, formats=FEEDS))) == []


@pytest.mark.parametrize("format", FEEDS)
def test_a_piece_that_says_what_it_must_passes(format: Format) -> None:
    assert entry_faults(format, [SAID[format]]) == [""]
    assert entry_faults(format, [SAID[format]] * 3) == ["", "", ""]


@pytest.mark.parametrize(
    ("format", "old", "new", "fault"),
    [
        pytest.param("atom", b"09:00:00Z", b"9:00", "date.rfc3339", id="date"),
        pytest.param("atom", b"https://a.example/1", b"/1", "uri.relative", id="relative link"),
        pytest.param("atom", b"tag:a.example,2026:1", b"1", "uri.absolute", id="id"),
        pytest.param("atom", b"<title>", b"<title>&", "xml.malformed", id="not well-formed"),
        pytest.param("atom", b"<title>", b"<foo:bar/><title>", "xml.malformed", id="a prefix that no head declares"),
        pytest.param("atom", b"</entry>", b"</entry><entry/>", "root.unknown", id="two stories in one"),
        pytest.param("atom", b"</entry>", b"</entry><x/>", "root.unknown", id="more than a story"),
        pytest.param("atom", b"entry", b"item", "root.unknown", id="no entry"),
        pytest.param("rss", b"<guid", b"<colour/><guid", "element.unknown", id="element"),
        pytest.param("rss", b"<guid", b"</item><item><guid", "root.unknown", id="two items in one"),
        pytest.param("rss", b"</item>", b"</item></channel><channel>", "root.unknown", id="another channel"),
        pytest.param("json", b'"1"', b"1", "value.type", id="number for an id"),
    ],
)
def test_a_piece_that_breaks_a_rule_is_named_alone(format: Format, old: bytes, new: bytes, fault: str) -> None:
    good, bad = SAID[format], SAID[format].replace(old, new)
    alone = entry_faults(format, [bad])
    assert alone[0].endswith(f"[{fault}]"), alone
    assert entry_faults(format, [good, bad, good]) == ["", alone[0], ""]


@pytest.mark.parametrize("format", FEEDS)
def test_a_story_is_judged_once_and_set_aside_each_time(format: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    held = pieces.Pieces()
    monkeypatch.setattr(pieces, "PIECES", held)

    def make(shown: object) -> bytes:
        asked.append(shown)
        return SAID[format] if len(asked) == 1 else b"<" + SAID[format]

    of = feed(item(1), item(2))
    for _ in range(2):
        told, aside = pieces.pieces(of, format, make)
        assert [p.raw for p in told] == [SAID[format]]
        assert [a.story_id for a in aside] == ["tag:news.example.kr,2026:story/2"]
        assert aside[0].reason.endswith("]")
    assert len(asked) == 2


def test_a_story_that_cannot_be_judged_is_set_aside_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECES", pieces.Pieces())

    def fails(_format: Format, raws: Sequence[bytes]) -> list[str]:
        if any("글 2".encode() in raw for raw in raws):
            raise ZeroDivisionError("a fault of ours")
        return [""] * len(raws)

    monkeypatch.setattr(pieces, "entry_faults", fails)
    found = render(feed(item(1), item(2), item(3), of=channel(formats=FEEDS)))
    assert {(a.story_id, a.reason) for a in found.set_aside} == {
        ("tag:news.example.kr,2026:story/2", "ZeroDivisionError: a fault of ours")
    }
    assert len(found.renditions) == 3


def test_a_head_that_breaks_a_rule_withholds_its_document_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "_HEADS", Heads(xml._written))
    monkeypatch.setattr(xml, "head_fault", lambda _document, url: "broken" if url.endswith("rss.xml") else "")
    found = render(feed(item(1), of=channel(formats=FEEDS)))
    assert [r.format for r in found.renditions] == ["atom", "json"]
    assert found.withheld == (Withheld(format="rss", reason="broken"),)


def test_a_site_without_an_address_withholds_all_feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "_HEADS", Heads(xml._written))
    monkeypatch.setattr(jsonfeed, "_HEADS", Heads(jsonfeed._written))
    found = render(feed(item(1), of=channel(formats=FEEDS, base_url="news.example.kr")))
    assert found.renditions == ()
    assert [w.format for w in found.withheld] == list(FEEDS)
    assert all("not a" in w.reason for w in found.withheld)
