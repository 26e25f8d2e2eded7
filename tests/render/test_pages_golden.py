"""Golden bytes of every kind of page: what changes here changes for every reader, and is looked at first."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.core.publishing.pages import sources
from feeds.model.channel import Feed, Heard, Version
from feeds.render import search_page, sources_page, story_page
from feeds.render.search_page import Asked
from tests.render.samples import DAILY, NOON, channel, rich

GOLDEN = Path(__file__).parent / "golden"


def story() -> bytes:
    """The first story of the sample, which has copies, with a correction."""
    told = rich()
    lead = told.items[0].story.lead
    version = Version(key=lead.key, at=NOON + timedelta(hours=2), differs=("title", "text"))
    page = channel(id="~1", path="/2026/post-1/", formats=("page",))
    feed = replace(told, channel=page, items=told.items[:1], others=(told.channel, *told.others), versions=(version,))
    return story_page.render(feed)[0]


def gone() -> bytes:
    page = channel(id="~1", path="/2026/post-1/", formats=("gone",), language="en")
    return story_page.gone(Feed(channel=page, items=(), updated=NOON, others=(channel(),)))[0]


def results() -> bytes:
    told = rich()
    page = replace(told.channel, id="search", formats=(), search="/search")
    asked = Asked(query="배터리 chips", words=("배터리", "chips"), number=2, more=True)
    return search_page.render(replace(told, channel=page, others=(told.channel, *told.others)), asked)


def who() -> bytes:
    river = replace(channel(), sources="/sources/", search="/search")
    heard = Heard(origin=DAILY, categories=("기술",), title="Chips", url="https://daily.example.com/2", published=NOON)
    return sources_page.render(Feed(channel=sources(river), items=(), updated=NOON, others=(river,), sources=(heard,)))[
        0
    ]


PAGES = {"story.html": story, "gone.html": gone, "search.html": results, "sources.html": who}


@pytest.mark.parametrize("name", PAGES)
def test_golden_bytes(name: str) -> None:
    assert PAGES[name]().decode() == (GOLDEN / name).read_text("utf-8")
