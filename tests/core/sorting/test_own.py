"""Feeds that we publish are known wherever they are met; other documents of our host are not taken for them."""

import pytest

from feeds.core.sorting import own
from feeds.model.channel import Output
from tests.core.made import settings

OUTPUTS = (
    Output(id="all", path="/"),
    Output(id="by-category", path="/{slug}/", each="category"),
    Output(id="short", path="/short", formats=("rss", "html"), files={"rss": "kurz.xml"}),
    Output(id="주제", path="/주제", each="category", formats=("json",)),
)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        pytest.param("https://desk.example/atom.xml", True, id="SSRF-22 as it is published"),
        pytest.param("http://www.desk.example:80/atom.xml", True, id="another scheme, www"),
        pytest.param("https://DESK.example/rss.xml?utm_source=x&n=1", True, id="whatever its query"),
        pytest.param("https://desk.example//./feed.json#top", True, id="dots and a fragment"),
        pytest.param("https://desk.example/%EA%B8%B0%EC%88%A0/atom.xml", True, id="a category"),
        pytest.param("https://desk.example/기술/atom.xml", True, id="a category, not encoded"),
        pytest.param("https://desk.example/short/kurz.xml", True, id="a file of another name"),
        pytest.param("https://desk.example/주제/기술/feed.json", True, id="a category of an output without a slug"),
        pytest.param("https://desk.example/short/rss.xml", True, id="as a category it would be there"),
        pytest.param("https://desk.example/atom-2026-02.xml", True, id="an archive"),
        pytest.param("https://desk.example/기술/feed-2026.json", True, id="an archive of a category"),
        pytest.param("https://desk.example/short/kurz-2026-02-03.xml", True, id="an archive of a file of another name"),
        pytest.param("https://desk.example/partner/portal/all/atom.xml", True, id="a partner's feed"),
        pytest.param("https://desk.example/partner/portal/k_e-y/by:기술/rss.xml", True, id="one with a key in it"),
        pytest.param("https://desk.example/partner/", False, id="no partner's feed"),
        pytest.param("https://desk.example/atom-x.xml", False, id="no archive"),
        pytest.param("https://desk.example/feed.xml", False, id="the site's older feed"),
        pytest.param("https://desk.example/blog/2026/atom.xml", False, id="deeper"),
        pytest.param("https://desk.example/주제/기술/atom.xml", False, id="a format that is not published"),
        pytest.param("https://desk.example/", False, id="a page"),
        pytest.param("https://other.example/atom.xml", False, id="another host"),
        pytest.param("https://desk.example:8443/atom.xml", False, id="another port"),
        pytest.param("tag:desk.example,2026:atom.xml", False, id="no address"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_address_of_ours(url: str, ours: bool) -> None:
    assert own.addresses(settings(outputs=OUTPUTS)).first(url) == (url if ours else "")


def test_the_first_that_is_ours_is_named() -> None:
    ours = own.addresses(settings())
    urls = ("https://cdn.example/x", "", "https://desk.example/rss.xml", "https://desk.example/atom.xml")
    assert ours.first(*urls) == "https://desk.example/rss.xml"
    assert own.addresses(settings(outputs=())).first(*urls) == ""
