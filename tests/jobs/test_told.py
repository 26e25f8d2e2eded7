"""Who is told of a new document: hubs of feeds, Naver of its own, nobody of what is private."""

from dataclasses import replace

import pytest

from feeds.jobs.publish import _news
from feeds.model.channel import Format
from feeds.model.lease import Push
from feeds.render import render
from tests.render.samples import NOON, channel, feed, item

HUB = "https://hub.example/"


@pytest.mark.parametrize(
    ("format", "key", "private", "told"),
    [
        ("atom", "", False, [("ping", HUB)]),
        ("flipboard", "", False, [("ping", HUB)]),
        ("html", "", False, []),
        ("msn", "", False, []),
        ("naver", "k", False, [("naver", "https://apis.naver.com/crawl/nsyndi/v2")]),
        ("naver", "", False, []),
        ("naver", "k", True, []),
    ],
)
def test_who_is_told_of_a_new_document(format: Format, key: str, private: bool, told: list[tuple[str, str]]) -> None:
    of = replace(channel(formats=(format,), hubs=() if private else (HUB,)), private=private)
    renditions = render(feed(item(1), of=of)).renditions
    found = _news(of, renditions, Push(naver=key), NOON)
    assert [(delivery.kind, delivery.target) for delivery in found] == told
    assert {delivery.topic for delivery in found} <= {of.url(format)}
