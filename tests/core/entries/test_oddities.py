"""Odd ids in plain words, with the rule that handles them."""

import pytest

from feeds.core.entries.oddities import of_identity, one_feed
from feeds.model.entry import Parsed, RawEntry
from feeds.model.source import FeedInfo

URL = "https://news.example/feed.xml"


def guids(*found: str, permalink: bool = False) -> list[RawEntry]:
    return [
        RawEntry(guid=guid, guid_is_permalink=permalink, url=f"https://news.example/p{n}")
        for n, guid in enumerate(found)
    ]


@pytest.mark.parametrize(
    ("items", "said"),
    [
        pytest.param(guids("a", "b", "c"), [], id="sound"),
        pytest.param(guids("a", "", " "), ["id.missing: 2 of 3 items have no id; the link stands for 2 of them"], id="FMT-24 missing"),
        pytest.param([RawEntry(), RawEntry(guid="a")],
                     ["id.missing: 1 of 2 items have no id; title, date and text for 1"], id="FMT-23 nothing to stand for it"),
        pytest.param(guids("3", "2", "1"), ["id.counted: ids count the items, so others will bear them; an item of another "
                                            "page and title is another item"], id="recycled"),
        pytest.param([RawEntry(guid=g, url="https://news.example/") for g in "abc"],
                     ["link.one_page: all items link to https://news.example/; the link identifies none of them"], id="one page"),
        pytest.param(guids("/a", "/b", permalink=True),
                     ["id.relative: 2 ids are paths that claim to be links; they are made absolute"], id="relative"),
        pytest.param([RawEntry(guid="12 kr", guid_is_permalink=True)],
                     ["id.permalink: 1 ids claim to be links and are none; they are ids only"], id="permalink that is none"),
        pytest.param(guids("x" * 5000), ["id.long: 1 ids are longer than 1024 bytes; a hash stands for each"], id="FMT-24 long"),
        pytest.param([RawEntry(path="a.md", blob="1")], [], id="posts have paths"),
        pytest.param([], [], id="nothing"),
    ],
)  # fmt: skip
def test_said(items: list[RawEntry], said: list[str]) -> None:
    assert [f"{p.code}: {p.detail}" for p in of_identity(Parsed(entries=tuple(items)), URL)] == said


@pytest.mark.parametrize(
    ("address", "one"),
    [
        pytest.param("http://www.news.example/feed.xml?utm_source=x", True, id="the same but for scheme and trackers"),
        pytest.param("https://news.example/feed.xml/", True, id="a slash"),
        pytest.param("https://news.example/atom.xml", False, id="another file"),
        pytest.param("https://feeds.example/news", False, id="another host"),
    ],
)
def test_one_feed_at_two_addresses(address: str, one: bool) -> None:
    assert one_feed(address, URL) is one
    parsed = Parsed(entries=tuple(guids("a")), info=FeedInfo(self_url=address))
    told = [] if one else [("feed.elsewhere", f"it says that it lives at {address}")]
    assert [(p.code, p.detail) for p in of_identity(parsed, URL)] == told
