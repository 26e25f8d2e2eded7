"""Which stories have a page, and where: an address that leads elsewhere gives no file."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.core.publishing import pages
from feeds.model.entry import Entry
from feeds.model.names import ChannelName
from feeds.model.settings import Site
from feeds.model.story import Member, Story

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SITE = Site(title="Desk", url="https://desk.example/news", pages="posts")


def story(url: str, *, local: bool = True, copies: int = 0) -> Story:
    members = tuple(
        Member(entry=Entry(source_id=f"s{n}", guid="g", url=url, title="T"), local=local and not n, first_seen=NOW)
        for n in range(copies + 1)
    )
    return Story(id="tag:desk.example,2005:1", members=members, published=NOW, updated=NOW, first_seen=NOW)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://desk.example/news/2026/bridge/", ("/2026/bridge/", "index.html")),
        ("https://desk.example/news/2026/bridge", ("/2026/bridge/", "index.html")),
        ("https://desk.example/news/2026/bridge.html", ("/2026/", "bridge.html")),
        ("https://desk.example/news/%EA%B8%80/", ("/글/", "index.html")),
        ("https://desk.example/news/", None),  # the front page
        ("https://desk.example/news/?p=1", None),
        ("https://desk.example/news/feed.xml", None),
        ("https://desk.example/other/bridge/", None),
        ("https://desk.example/newspaper/", None),
        ("https://elsewhere.example/news/bridge/", None),
        ("https://desk.example/news/../../etc/", None),
        ("https://desk.example/news/a/%2e%2e/b/", None),
        ("https://desk.example/news/a//b/", None),
        ("https://desk.example/news/a%5Cb/", None),
        ("https://desk.example/news/a%0Ab/", None),
        ("https://desk.example/news/" + "글" * 90 + "/", None),  # no file system takes 270 bytes
        ("", None),
    ],
)
def test_a_post_has_its_page_at_its_own_address(url: str, place: tuple[str, str] | None) -> None:
    assert pages.place(story(url), SITE) == place


@pytest.mark.parametrize(
    ("wanted", "local", "copies", "has"),
    [
        ("none", True, 1, False),
        ("posts", True, 0, True),
        ("posts", False, 1, False),
        ("all", True, 0, True),
        ("all", False, 1, True),
        ("all", False, 0, False),
    ],
)
def test_who_has_one(wanted: Literal["none", "posts", "all"], local: bool, copies: int, has: bool) -> None:
    one = story("https://desk.example/news/a/", local=local, copies=copies)
    site = replace(SITE, pages=wanted)
    assert bool(pages.place(one, site)) == has
    assert bool(pages.address(one, site)) == has
    found = pages.channel(one, site)
    assert (found is not None) == has
    if found:
        assert found.file("page") == pages.address(one, site) + "index.html"
        assert ChannelName.of(found.id) == ChannelName(story=one.id)


def test_of_what_is_gone_the_page_says_so() -> None:
    found = pages.channel(replace(story("https://desk.example/news/a.html"), status="retracted"), SITE)
    assert found is not None
    assert (found.formats, found.file("gone")) == (("gone",), "/a.html")


@given(st.text(max_size=30))
def test_no_address_leads_out(path: str) -> None:
    found = pages.place(story(f"https://desk.example/news/{path}"), SITE)
    if found:
        folder, name = found
        assert folder.startswith("/")
        assert folder.endswith("/")
        assert not {"..", "."} & {*folder.split("/"), name}
        assert "/" not in name
