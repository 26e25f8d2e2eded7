"""What a request tells of who reads a feed: services say how many subscribers they ask for, other readers say nothing.

Since about 2005 services that fetch a feed once for many write it into their User-Agent, as in
`Feedbin feed-id:1373711 - 142 subscribers` or `Feedly/1.0 (+…; 16 subscribers; like FeedFetcher-Google)`. One service
asks from many addresses, and may count a feed under several ids, whose numbers add up.
"""

import re
from typing import NamedTuple

LONGEST = 512  # signs of a User-Agent that are looked at
MOST = 100_000_000  # subscribers; more are no number but a joke

_SUBSCRIBERS = re.compile(r"\b(\d{1,9})\s+(?:subscribers?|readers?)\b", re.IGNORECASE)
_FEED = re.compile(r"\bfeed[-_ ]?id[:=]\s*([\w-]{1,40})", re.IGNORECASE)
_SERVICE = re.compile(r"\s*([^\s/;(]{1,60})")


class Reader(NamedTuple):
    """Who asks: a *service* with the number of *subscribers* that it asks for; '' and 0 for somebody alone."""

    service: str
    subscribers: int


ALONE = Reader("", 0)


def reader(user_agent: str) -> Reader:
    """Return who a User-Agent says that asks."""
    text = user_agent[:LONGEST]
    counted = _SUBSCRIBERS.search(text)
    name = _SERVICE.match(text)
    if not counted or not name or int(counted[1]) > MOST:
        return ALONE
    feed = _FEED.search(text)
    return Reader(f"{name[1].lower()} {feed[1] if feed else ''}".strip(), int(counted[1]))
