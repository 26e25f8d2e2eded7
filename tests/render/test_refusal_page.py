"""The page of a refusal, in both languages; icons and logos where the site has its own."""

import json
from dataclasses import replace

import pytest
from lxml import etree

from feeds.model.channel import Brand, Feed, Format
from feeds.render import RENDERERS, refusal_page
from tests.render.samples import NOON, channel, rich

STATUSES = (400, 404, 405, 406, 410, 413, 429, 500, 502, 503)


def page(status: int, language: str) -> str:
    refusal = replace(channel(id="refusal", formats=(), language=language), search="/search")
    return refusal_page.render(Feed(channel=refusal, items=(), updated=NOON, others=(channel(),)), status).decode()


@pytest.mark.parametrize("status", STATUSES)
def test_it_says_what_is_wrong_and_where_to_go(status: int) -> None:
    english, korean = page(status, "en"), page(status, "ko")
    for text, language in ((english, "en"), (korean, "ko")):
        assert f'<html lang="{language}">' in text
        assert f'<p class="status">{status}</p>' in text
        assert text.count("<h1>") == 1
        assert 'class="button" href="/' in text
        assert 'name="robots" content="noindex"' in text
    heading = english.partition("<h1>")[2].partition("</h1>")[0]
    assert heading
    assert heading not in korean


def document(format: Format, **brand: str) -> bytes:
    feed = rich()
    branded = replace(feed.channel, brand=Brand(**brand), formats=(format,))
    told, aside = RENDERERS[format](replace(feed, channel=branded))
    assert not aside
    return told.raw


def test_icon_and_logo_are_told_where_there_are_any() -> None:
    icon, logo = "https://desk.example.kr/icon.png", "https://desk.example.kr/logo.png"
    atom = etree.fromstring(document("atom", icon=icon, logo=logo))
    assert [atom.findtext("{*}icon"), atom.findtext("{*}logo")] == [icon, logo]
    image = etree.fromstring(document("rss", icon=icon, logo=logo)).find("channel/image")
    assert image is not None
    assert image.findtext("url") == icon
    root = etree.fromstring(document("rss", logo=logo)).find("channel")
    assert root is not None
    assert [root.findtext("image/url"), root.findtext("image/title"), root.findtext("image/link")] == [
        logo, root.findtext("title"), root.findtext("link"),
    ]  # fmt: skip
    assert json.loads(document("json", icon=icon))["icon"] == icon
    assert etree.fromstring(document("atom")).find("{*}icon") is None
    assert b"<image>" not in document("rss")


@pytest.mark.parametrize(
    ("icon", "shown"),
    [
        ("", "/favicon.svg"),
        ("https://cdn.example/icon.png", "https://cdn.example/icon.png"),
        ("http://cdn.example/icon.png", "/favicon.svg"),  # the pages' policy would not let it in
    ],
)
def test_pages_show_the_sites_icon_else_ours(icon: str, shown: str) -> None:
    assert f'<link rel="icon" href="{shown}">' in document("html", icon=icon).decode()
