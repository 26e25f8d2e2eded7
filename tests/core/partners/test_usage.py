"""What a User-Agent tells of who reads."""

import pytest

from feeds.core.partners.usage import ALONE, Reader, reader


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        ("Feedbin feed-id:1373711 - 142 subscribers", Reader("feedbin 1373711", 142)),
        ("Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers; like FeedFetcher)", Reader("feedly", 16)),
        ("NewsBlur Feed Fetcher - 1 subscriber - https://www.newsblur.com/site/5 (Mozilla/5.0)", Reader("newsblur", 1)),
        ("Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 3 subscribers; )", Reader("inoreader", 3)),
        ("Miniflux/2.3 (+https://miniflux.app)", ALONE),
        ("NetNewsWire (RSS Reader; https://netnewswire.com/)", ALONE),
        ("Liar/1.0 999999999 subscribers", ALONE),
        ("12 subscribers", Reader("12", 12)),
        ("", ALONE),
        ("x" * 10_000 + " 5 subscribers", ALONE),
    ],
)
def test_who_asks(agent: str, found: Reader) -> None:
    assert reader(agent) == found
