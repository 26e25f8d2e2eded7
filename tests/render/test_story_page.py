"""A story's own page says under which terms it is told, and whose pictures it shows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from feeds.model.channel import Version
from feeds.model.entry import EntryKey, Image, Origin
from feeds.model.story import Member
from feeds.render import RENDERERS
from tests.render.samples import DAILY, NOON, channel, entry, feed, item, member

BY = "https://creativecommons.org/licenses/by/4.0/"


def page(**given: object) -> html.HtmlElement:
    body, aside = RENDERERS["page"](feed(item(1, **given), of=channel(formats=("page",))))  # type: ignore[arg-type]  # fields of entries
    assert not aside
    return html.document_fromstring(body.raw.decode())


def test_terms_and_credit_are_shown() -> None:
    shown = page(
        licence=BY,
        rights="© <기술> & 뉴스",
        image=Image(url="https://news.example.kr/a.png", alt="전극", credit="박사진 <셀>"),
    )
    assert shown.xpath("//article//a[@rel='license']/@href") == [BY]
    assert shown.xpath("//article//figcaption/text()") == ["박사진 <셀>"]
    assert shown.xpath("//article//p[@class='small'][not(*)]/text()") == ["© <기술> & 뉴스"]


def test_the_terms_of_the_feed_hold_where_the_story_names_none() -> None:
    origin = Origin(title="O", feed_url="https://o.example/feed", licence=BY)
    assert page(origin=origin).xpath("//a[@rel='license']/@href") == [BY]


@pytest.mark.parametrize("licence", ["", "javascript:alert(1)"], ids=["none", "no address"])
def test_without_terms_none_are_shown(licence: str) -> None:
    assert not page(licence=licence).xpath("//a[@rel='license']")


def timeline(*versions: Version, **given: Any) -> list[str]:
    of = channel(formats=("page",), language="en")
    told = feed(item(1, **given), of=of)
    body, aside = RENDERERS["page"](replace(told, versions=versions))
    assert not aside
    steps = html.document_fromstring(body.raw.decode()).iterfind(".//ol/li")
    return [" ".join("".join(map(str, step.itertext())).split()) for step in steps]


def changed(*differs: str, guid: str = "post-1", hours: int = 1) -> Version:
    return Version(key=EntryKey("posts", guid), at=NOON + timedelta(hours=hours), differs=differs)


COPY = member(entry(2, source_id="daily", url="https://daily.example.com/1", published=NOON), DAILY)


@pytest.mark.parametrize(
    ("versions", "copies", "lines"),
    [
        pytest.param((), (), [], id="told once"),
        pytest.param((changed("link", "labels", "picture"),), (), [], id="nothing to read changed"),
        pytest.param((changed("title", guid="other"),), (), [], id="another entry changed"),
        pytest.param(
            (changed("title", "text"), changed("text", hours=3)),
            (),
            [
                "2026-11-20 15:00 corrected: text",
                "2026-11-20 13:00 corrected: title, text",
                "2026-11-20 11:00 published",
            ],
            id="corrected twice",
        ),
        pytest.param(
            (changed("summary", "text", "files"),),
            (COPY,),
            [
                "2026-11-20 13:00 corrected: text, files",
                "2026-11-20 12:00 told here too: The Daily",
                "2026-11-20 11:00 published",
            ],
            id="a copy",
        ),
    ],
)
def test_timeline(versions: tuple[Version, ...], copies: tuple[Member, ...], lines: list[str]) -> None:
    """What happened, the latest first, in the site's zone."""
    assert timeline(*versions, copies=copies) == lines


def test_xss_26_a_copy_in_the_timeline_is_text() -> None:
    hostile = "<script>alert(1)</script>"
    copy = member(
        entry(2, source_id="x", url="https://x.example/1"), Origin(title=hostile, feed_url="https://x.example/")
    )
    assert timeline(copies=(copy,))[-1].endswith(hostile)
