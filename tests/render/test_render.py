"""All formats: golden bytes, equal bytes anywhere, one bad story costs one story, and readers read back the same."""

import io
import json
import locale
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.model.channel import FILES, MEDIA_TYPES, Feed, Format, Item, SetAside
from feeds.model.entry import Enclosure, Person
from feeds.render import RENDERERS, render
from feeds.render.pieces import each
from tests.render.samples import ALL, DAILY, NOON, channel, feed, item, rich

GOLDEN = Path(__file__).parent / "golden"
BOTH: tuple[Format, ...] = ("atom", "rss")


@pytest.mark.parametrize("format", ALL)
def test_golden_bytes(format: Format) -> None:
    body, aside = RENDERERS[format](rich())
    assert not aside
    assert body.raw.decode() == (GOLDEN / FILES[format]).read_text("utf-8")


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/St_Johns", "UTC"])
def test_bytes_are_equal_in_every_zone_and_locale(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = render(rich())
    known = locale.setlocale(locale.LC_ALL)
    monkeypatch.setenv("TZ", zone)
    try:
        time.tzset()
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
        assert render(rich()) == before
    finally:
        locale.setlocale(locale.LC_ALL, known)
        monkeypatch.undo()
        time.tzset()


def test_renditions_come_in_the_channels_order_with_their_marks() -> None:
    of = feed(item(), of=channel(path="/기술/", formats=("json", "atom")))
    rendered = render(of)
    assert [(r.format, r.path) for r in rendered.renditions] == [
        ("json", "/기술/feed.json"),
        ("atom", "/기술/atom.xml"),
    ]
    for rendition in rendered.renditions:
        assert rendition.media_type == MEDIA_TYPES[rendition.format]
        assert re.fullmatch("[0-9a-f]{32}", rendition.etag)
        assert rendition.updated == of.updated


@pytest.mark.parametrize("format", ALL)
def test_every_document_is_utf8_and_ends_its_last_line(format: Format) -> None:
    body, _ = RENDERERS[format](rich())
    assert "기술" in body.raw.decode("utf-8")
    assert body.raw.endswith(b"\n")


# set aside


def broken(number: int, **given: object) -> Item:
    """A story whose lead breaks a promise of `Entry`."""
    good = item(number)
    lead = replace(good.story.lead, **given)  # type: ignore[arg-type]  # that is the point
    story = replace(good.story, members=(replace(good.story.members[0], entry=lead),))
    return replace(good, story=story)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(item(2, id="no iri"), "its id 'no iri' is not an IRI", id="id"),
        pytest.param(item(2, id="https:///x"), "its id 'https:///x' is not an IRI", id="id without a host"),
        pytest.param(
            item(2, id="tag:news.example.kr,2026:story/1"),
            "its id tag:news.example.kr,2026:story/1 is in the feed already",
            id="pub_25 id twice",
        ),
        pytest.param(broken(2, title="\x00"), "it has no title", id="title"),
        pytest.param(broken(2, content=None), "TypeError: ", id="any fault"),
        pytest.param(
            replace(item(2), story=replace(item(2).story, published=datetime(2026, 1, 1))),  # noqa: DTZ001 - the fault
            "ValueError: a time without a zone",
            id="naive time",
        ),
    ],
)
def test_bad_story_is_set_aside_and_the_rest_goes_out(bad: Item, reason: str) -> None:
    whole = feed(item(1), item(3))
    rendered = render(replace(whole, items=(whole.items[0], bad, whole.items[1])))
    assert [(a.format, a.story_id) for a in rendered.set_aside] == [
        (format, bad.story.id) for format in ALL if format != "opml"
    ]
    assert all(a.reason.startswith(reason) for a in rendered.set_aside)
    assert [r.body for r in rendered.renditions] == [r.body for r in render(whole).renditions]


def test_format_that_cannot_tell_a_story_does_not_cost_the_others() -> None:
    def make(shown: object) -> str:
        raise OverflowError("too far")

    made, aside = each(feed(item(1)), "rss", make)
    assert made == []
    assert aside == (
        SetAside(story_id="tag:news.example.kr,2026:story/1", format="rss", reason="OverflowError: too far"),
    )


# round trip


def parsed(of: Feed, format: Format) -> feedparser.FeedParserDict:
    body, aside = RENDERERS[format](of)
    assert not aside
    found = feedparser.parse(io.BytesIO(body.raw), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return found


def instant(parts: time.struct_time) -> datetime:
    return datetime(*parts[:6], tzinfo=UTC)


@pytest.mark.parametrize("format", BOTH)
def test_feedparser_reads_back_what_was_said(format: Format) -> None:
    of = rich()
    found = parsed(of, format)
    assert found.version == {"atom": "atom10", "rss": "rss20"}[format]
    assert (found.feed.title, found.feed.link, found.feed.language) == ("기술 뉴스", "https://news.example.kr/", "ko")
    assert instant(found.feed.updated_parsed) == of.updated
    assert [e.id for e in found.entries] == [i.story.id for i in of.items]
    assert [e.title for e in found.entries] == [i.story.lead.title for i in of.items]
    assert [instant(e.published_parsed) for e in found.entries] == [i.story.published for i in of.items]
    first, second, _, episode, _, last = found.entries
    assert first.link == "https://news.example.kr/2026/post-1/"
    assert first.content[0].value == of.items[0].story.lead.content
    assert first.enclosures[0].href == "https://news.example.kr/a/%EC%9D%8C%EC%84%B1%201.mp3"
    assert first.enclosures[0].length == "1234567"
    assert first.media_thumbnail[0]["url"] == "https://news.example.kr/img/%EB%B0%B0%ED%84%B0%EB%A6%AC.jpg"
    assert {t.label or t.term for t in first.tags} == {"속보", "기술", "배터리", "Battery"}
    assert second.source.title == "The Daily"
    assert [(m["url"], m.get("width")) for m in episode.media_content][:1] == [("https://pod.example.kr/0.jpg", "1600")]
    assert [c["content"] for c in episode.media_credit] == ["박사진", "박사진 & 동료"]
    assert (episode.itunes_season, episode.itunes_episode, episode.itunes_episodetype) == ("2", "12", "full")
    assert episode.image.href == "https://pod.example.kr/12.jpg"
    assert (last.get("content") or [last.summary_detail])[0].value == "<p>링크 없는 글</p>"


@pytest.mark.parametrize("format", BOTH)
def test_all_enclosures_can_be_found(format: Format) -> None:
    found = parsed(rich(), format).entries[0]
    urls = {e.href for e in found.enclosures} | {m["url"] for m in found.media_content}
    assert "https://news.example.kr/a/2.pdf" in urls


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.tuples(WORDS, st.text(max_size=60), st.text(max_size=60)), min_size=1, max_size=3),
    name=st.text(max_size=10),
    label=st.text(max_size=10),
)
def test_any_text_renders_and_reads_back(texts: list[tuple[str, str, str]], name: str, label: str) -> None:
    """What nobody can express is set aside; all else is well-formed and the same in every format."""
    of = feed(
        *(
            item(
                number,
                title=title,
                summary=summary,
                content=content,
                authors=(Person(name=name),),
                tags=(label,),
                enclosures=(Enclosure(url="https://a.example/" + label, title=name),),
                origin=DAILY if number % 2 else None,
            )
            for number, (title, summary, content) in enumerate(texts)
        )
    )
    rendered = render(of)
    assert {a.reason for a in rendered.set_aside} <= {"it has no title"}
    atom, rss, feed_json, *_ = (r.body for r in rendered.renditions)
    items = json.loads(feed_json)["items"]
    for body, titles in ((atom, "{*}entry/{*}title"), (rss, "channel/item/title")):
        found = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
        assert not found.bozo
        assert [e.id for e in found.entries] == [i["id"] for i in items]
        # read by lxml: feedparser 6.0.14 takes text that would be UTF-8 as Latin-1 for mojibake, and changes it
        assert [e.text for e in etree.fromstring(body).iterfind(titles)] == [i["title"] for i in items]


def test_feed_of_long_stories_is_rendered() -> None:
    body = "<p>" + "가나다 🔋 ]]&gt; &amp; " * 1000 + "</p>"
    of = feed(*(item(n, content=body, published=NOON, updated=NOON) for n in range(100)))
    assert all(len(r.body) > 100 * 20_000 for r in render(of).renditions if r.format in ("atom", "rss", "json"))
