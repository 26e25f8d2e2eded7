"""Dialects of partners: golden bytes, and how each tells a story, a correction and a takedown."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.model.channel import FILES, TAKEN, Brand, Feed, Format, Tombstone
from feeds.model.entry import Image
from feeds.model.source import Extent
from feeds.model.story import StoryStatus
from feeds.render import RENDERERS, render
from feeds.render.dialects import DIALECTS
from feeds.render.gate import judge
from feeds.render.gate.ours import STRICT
from tests.render.samples import NOON, channel, feed, item, rich
from tests.render.test_round_trip import any_feed

GOLDEN = Path(__file__).parent / "golden"
ALL = tuple(DIALECTS)
NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "snf": "http://www.smartnews.be/snf",
    "mi": "http://schemas.ingestion.microsoft.com/common/",
}
LATER = NOON + timedelta(days=1)


def stone(number: int = 9, status: StoryStatus = "retracted", **given: object) -> Tombstone:
    values: dict[str, object] = {
        "channel_id": "all",
        "story_id": f"tag:news.example.kr,2026:story/{number}",
        "at": LATER,
        "title": "내린 <글> & 제목",
        "url": f"https://news.example.kr/2026/post-{number}/",
        "language": "ko",
        "published": NOON - timedelta(hours=9),
        "status": status,
    }
    return Tombstone(**(values | given))  # type: ignore[arg-type]  # values of each field's own type


def told(of: Feed, format: Format, *gone: Tombstone) -> Feed:
    """*of* in one format, with what was taken back."""
    updated = max([of.updated, *(one.at for one in gone)])
    return replace(of, channel=replace(of.channel, formats=(format,)), gone=gone, updated=updated)


BRAND = Brand(
    logo="https://news.example.kr/로고.png",
    dark_logo="https://news.example.kr/dark.png",
    analytics="<script>count('a' < 'b' && 1)</script>",
)


def whole(format: Format) -> Feed:
    """Everything that a story can say, and three that were taken back: one of them before titles were kept."""
    of = rich()
    gone = (stone(), stone(8, "held"), stone(7, "withdrawn", title="", url="", published=None))
    return told(replace(of, channel=replace(of.channel, brand=BRAND)), format, *gone)


def body(of: Feed, format: Format) -> bytes:
    return RENDERERS[format](of)[0].raw


def items(of: Feed, format: Format) -> list[etree._Element]:
    return etree.fromstring(body(of, format)).findall("channel/item")


def said(element: etree._Element, path: str) -> str:
    found = element.find(path, NS)
    return "" if found is None else found.text or ""


@pytest.mark.parametrize("format", ALL)
def test_golden_bytes(format: Format) -> None:
    assert body(whole(format), format) == (GOLDEN / FILES[format]).read_bytes()


@pytest.mark.parametrize("format", ALL)
def test_what_goes_out_breaks_no_rule(format: Format) -> None:
    of = whole(format)
    rendered = render(of)
    assert [r.format for r in rendered.renditions] == [format]
    found = judge(rendered.renditions[0].body, LATER + timedelta(days=1), of.channel.url(format))
    assert [b.what for b in found if b.severity == "error" or b.rule in STRICT] == []


@pytest.mark.parametrize("format", ALL)
@settings(max_examples=40, deadline=None)
@given(
    of=any_feed(),
    gone=st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20), st.integers(100, 109)), max_size=3),
)
def test_whatever_goes_out_breaks_no_rule(format: Format, of: Feed, gone: list[tuple[str, str, int]]) -> None:
    taken = (
        stone(number, title=title, url=url and f"https://news.example.kr/{url}", published=None)
        for title, url, number in gone
    )
    of = told(of, format, *{one.story_id: one for one in taken}.values())
    rendered = render(of)
    assert [(w.format, w.reason) for w in rendered.withheld] == []
    found = judge(rendered.renditions[0].body, datetime(9000, 1, 1, tzinfo=UTC), of.channel.url(format))
    assert [b.what for b in found if b.severity == "error" or b.rule in STRICT] == []


@pytest.mark.parametrize("format", ALL)
def test_nothing_to_tell_is_a_document_too(format: Format) -> None:
    rendered = render(told(feed(of=channel()), format))
    assert rendered.withheld == ()
    assert judge(rendered.renditions[0].body, LATER, channel().url(format)) is not None


@pytest.mark.parametrize("format", ALL)
def test_equal_stories_are_equal_bytes(format: Format) -> None:
    assert body(whole(format), format) == body(whole(format), format)


# MSN


def test_msn_takes_a_story_down_by_an_expiry_in_the_past() -> None:
    gone, story = items(told(feed(item(1)), "msn", stone()), "msn")
    assert said(gone, "guid") == "tag:news.example.kr,2026:story/9"
    assert said(gone, "title") == "내린 <글> & 제목"
    assert said(gone, "dcterms:modified") == LATER.isoformat()
    for name in ("mi:expirationDate", "dcterms:valid"):
        assert said(gone, name) == (LATER - timedelta(days=1)).isoformat()
        assert story.find(name, NS) is None
    assert gone.find("content:encoded", NS) is None


def test_msn_hears_of_a_correction_by_its_date() -> None:
    first, corrected = item(1), item(1, updated=NOON + timedelta(hours=1))
    ((before,), (after,)) = (items(told(feed(one), "msn"), "msn") for one in (first, corrected))
    assert (said(before, "guid"), said(before, "pubDate")) == (said(after, "guid"), said(after, "pubDate"))
    assert said(before, "dcterms:modified") < said(after, "dcterms:modified")


def test_msn_fetches_pictures_of_a_correction_anew() -> None:
    """Those of the site itself: other hosts need not take a query."""

    def pictures(updated: timedelta) -> list[str]:
        content = (
            '<p><img src="https://news.example.kr/a.jpg?w=9&amp;h=8" alt="x"><img src="https://b.example/c.jpg"></p>'
        )
        image = Image(url="https://news.example.kr/lead.jpg#top")
        one = item(1, content=content, image=image, updated=NOON - timedelta(hours=1) + updated)
        (found,) = items(told(feed(one), "msn"), "msn")
        inline = etree.HTML(said(found, "content:encoded")).xpath("//img/@src")
        assert isinstance(inline, list)
        return [*map(str, inline), *(media.get("url", "") for media in found.iterfind("media:content", NS))]

    assert pictures(timedelta(0)) == [
        "https://news.example.kr/a.jpg?w=9&h=8", "https://b.example/c.jpg", "https://news.example.kr/lead.jpg#top"
    ]  # fmt: skip
    assert pictures(timedelta(hours=2)) == [
        "https://news.example.kr/a.jpg?w=9&h=8&v=20261120040000",
        "https://b.example/c.jpg",
        "https://news.example.kr/lead.jpg?v=20261120040000#top",
    ]


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("짧은 제목", ""),
        ("가나다 " * 40, "가나다 " * 12 + "가나다…"),
        ("가" * 151, "가" * 53 + "…"),
    ],
    ids=["fits", "cut between words", "one long word"],
)
def test_msn_gets_a_short_title_where_the_title_is_too_long(title: str, short: str) -> None:
    (found,) = items(told(feed(item(1, title=title)), "msn"), "msn")
    assert said(found, "mi:shortTitle") == short


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/1?utm_source=rss&id=2&utm_medium=feed#top", "https://a.example/1?id=2#top"),
        ("https://a.example/1?utm_source=rss", "https://a.example/1"),
        ("https://a.example/1?x=utm_source", "https://a.example/1?x=utm_source"),
    ],
)
def test_smartnews_gets_links_without_utm_parameters(url: str, link: str) -> None:
    """It knows articles by their addresses, and asks to strip these: a source's own too."""
    (found,) = items(told(feed(item(1, url=url)), "smartnews"), "smartnews")
    assert said(found, "link") == link


def test_msn_gets_no_story_without_its_text() -> None:
    rendered = render(told(feed(item(1), item(2, terms="title")), "msn"))
    assert [a.story_id for a in rendered.set_aside] == ["tag:news.example.kr,2026:story/2"]
    assert rendered.set_aside[0].reason.endswith("[partner.missing]")


# SmartNews


def test_smartnews_takes_a_story_down_by_its_status_and_a_new_date() -> None:
    of = told(feed(item(1)), "smartnews", stone(), stone(7, title="", url=""))
    gone, story = items(of, "smartnews")
    states = [found.get("state") for one in (gone, story) for found in one.iterfind("media:status", NS)]
    assert states == ["deleted", "active"]
    assert said(gone, "link") == "https://news.example.kr/2026/post-9/", "by which SmartNews knows it"
    assert said(gone, "pubDate") == "Sat, 21 Nov 2026 03:00:00 +0000"
    assert said(gone, "content:encoded") == "내린 &lt;글&gt; &amp; 제목"


def test_smartnews_hears_of_a_correction_by_its_date() -> None:
    (found,) = items(told(feed(item(1, updated=NOON)), "smartnews"), "smartnews")
    assert said(found, "pubDate") == "Fri, 20 Nov 2026 03:00:00 +0000"


def test_smartnews_gets_as_many_stories_as_fit() -> None:
    words = "가" * 100_000  # 300 kB
    of = told(feed(*(item(number, content=f"<p>{words}</p>") for number in range(1, 6))), "smartnews", stone())
    rendered = render(of)
    assert len(rendered.renditions[0].body) < 1_000_000
    assert [one.story_id[-1] for one in rendered.set_aside] == ["4", "5"], "the oldest"
    assert {one.reason for one in rendered.set_aside} == {"the document is full: it may have 1,000,000 bytes"}


def test_smartnews_counts_readers_by_what_each_channel_says() -> None:
    """Pieces are kept by all that their bytes depend on."""
    of = feed(item(1))
    for analytics in ("<script>1</script>", "", "<script>2</script>"):
        other = replace(of, channel=replace(of.channel, brand=Brand(analytics=analytics)))
        (found,) = items(told(other, "smartnews"), "smartnews")
        assert said(found, "snf:analytics") == analytics


# Flipboard


def test_flipboard_hears_of_a_correction_by_its_date() -> None:
    first, corrected = item(1), item(1, updated=NOON)
    ((before,), (after,)) = (items(told(feed(one), "flipboard"), "flipboard") for one in (first, corrected))
    assert (said(before, "guid"), said(before, "pubDate")) == (said(after, "guid"), said(after, "pubDate"))
    assert (said(before, "atom:updated"), said(after, "atom:updated")) == ("", NOON.isoformat())


def test_flipboard_is_told_a_takedown_by_leaving_the_item_out() -> None:
    (story,) = items(told(feed(item(1)), "flipboard", stone()), "flipboard")
    assert said(story, "guid").endswith("/1")


# Naver


def entries(of: Feed) -> list[etree._Element]:
    return [one for one in etree.fromstring(body(of, "naver")) if str(one.tag).endswith("entry")]


def test_naver_is_told_of_the_sites_own_pages_by_their_addresses() -> None:
    of = told(feed(item(1), item(2, url="https://b.example/2")), "naver", stone(), stone(8, url="https://b.example/8"))
    gone, story = entries(of)
    assert (gone.get("ref"), gone.get("when")) == ("https://news.example.kr/2026/post-9/", LATER.isoformat())
    assert story.findtext("{*}id") == "https://news.example.kr/2026/post-1/"
    assert [(link.get("rel"), link.get("href")) for link in story.iterfind("{*}link")] == [
        ("via", "https://news.example.kr/"), ("mobile", "https://news.example.kr/2026/post-1/")
    ]  # fmt: skip


def test_naver_hears_of_a_correction_by_its_date() -> None:
    first, corrected = item(1), item(1, updated=NOON)
    ((before,), (after,)) = (entries(told(feed(one), "naver")) for one in (first, corrected))
    assert before.findtext("{*}id") == after.findtext("{*}id")
    assert before.findtext("{*}published") == after.findtext("{*}published")
    assert [one.findtext("{*}updated") for one in (before, after)] == [
        (NOON - timedelta(hours=1)).isoformat(), NOON.isoformat()
    ]  # fmt: skip


def test_naver_gets_a_hundred_and_takedowns_first() -> None:
    of = told(feed(*(item(number) for number in range(1, 99))), "naver", *(stone(n) for n in range(200, 204)))
    found = [str(one.tag).rpartition("}")[2] for one in entries(of)]
    assert (found.count("deleted-entry"), found.count("entry")) == (4, 96)


# ninjs


def wire(of: Feed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(body(of, "ninjs"))["associations"]
    return found


def test_ninjs_cancels_a_story_by_its_status_and_a_new_version() -> None:
    canceled, withheld, story = wire(told(feed(item(1)), "ninjs", stone(), stone(8, "held")))
    assert [one["pubstatus"] for one in (canceled, withheld, story)] == ["canceled", "withheld", "usable"]
    assert canceled == {
        "name": "tag:news.example.kr,2026:story/9",
        "uri": "tag:news.example.kr,2026:story/9",
        "type": "text",
        "representationtype": "partial",
        "version": "20261121030000",
        "firstcreated": "2026-11-19T18:00:00Z",
        "versioncreated": "2026-11-21T03:00:00Z",
        "pubstatus": "canceled",
        "ednote": "Canceled: taken back by the publisher. Take it down wherever it was published.",
        "language": "ko",
        "headlines": [{"role": "main", "contenttype": "text/plain", "value": "내린 <글> & 제목"}],
        "renditions": [{"name": "web", "href": "https://news.example.kr/2026/post-9/", "contenttype": "text/html"}],
    }


def test_ninjs_hears_of_a_correction_by_its_version() -> None:
    first, corrected = item(1), item(1, updated=NOON)
    (before,), (after,) = (wire(told(feed(one), "ninjs")) for one in (first, corrected))
    assert (before["uri"], before["firstcreated"]) == (after["uri"], after["firstcreated"])
    assert before["versioncreated"] < after["versioncreated"]
    assert before["version"] < after["version"]


def test_ninjs_is_one_package() -> None:
    found = json.loads(body(told(feed(item(1), item(2)), "ninjs"), "ninjs"))
    assert found["standard"]["name"] == "ninjs"
    assert (found["type"], found["uri"]) == ("composite", "https://news.example.kr/ninjs.json")
    assert [one["uri"][-1] for one in found["associations"]] == ["1", "2"]


@pytest.mark.parametrize(("format", "takedown"), [("smartnews", 'state="deleted"'), ("naver", "<deleted-entry")])
def test_an_address_that_is_told_again_is_not_taken_down(format: Format, takedown: str) -> None:
    """Both know stories by their addresses: what stands at one now is another story, with another id."""
    another = item(9, id="tag:news.example.kr,2026:another")
    assert body(told(feed(another), format, stone(9), stone(8)), format).decode().count(takedown) == 1
    assert body(told(feed(), format, stone(9), stone(8)), format).decode().count(takedown) == 2


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize("extent", ["full", "summary", "title"])
def test_takes_stories_as_long_as_the_table_says(format: Format, extent: Extent) -> None:
    """What `feeds check` refuses is what the publish gate sets aside, and nothing else."""
    of = rich()
    cut = replace(of, items=tuple(replace(one, content=extent) for one in of.items[:1]))
    aside = RENDERERS[format](told(cut, format))[1]
    assert bool(aside) == (extent not in TAKEN.get(format, (extent,))), aside
