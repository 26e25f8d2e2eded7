"""A story's own page says under which terms it is told, and whose pictures it shows."""

import pytest
from lxml import html

from feeds.model.entry import Image, Origin
from feeds.render import RENDERERS
from tests.render.samples import channel, feed, item

BY = "https://creativecommons.org/licenses/by/4.0/"


def page(**given: object) -> html.HtmlElement:
    (body, *_), aside = RENDERERS["page"](feed(item(1, **given), of=channel(formats=("page",))))  # type: ignore[arg-type]  # fields of entries
    assert not aside
    return html.document_fromstring(body.decode())


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
