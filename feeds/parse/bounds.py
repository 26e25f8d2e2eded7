"""What a feed says of itself, brought to a bearable length: each of its entries is credited to it, word for word.

A feed of 10 MB, most of it a title, an icon and an address, made documents of 700 MB of a hundred entries.
"""

from feeds.model.quick import replace
from feeds.model.source import FeedInfo

LONGEST: dict[str, int] = {"title": 500, "description": 2000, "rights": 1000, "language": 100}
"""Characters of words, which are cut there."""
LONGEST_ADDRESS = 2048
"""Characters of an address or an id, of which nothing is left where it is longer: a part of one leads elsewhere."""
_ADDRESSES = ("id", "home", "self_url", "hub", "icon", "licence")


def bounded(info: FeedInfo) -> FeedInfo:
    """Return *info* with words and addresses no longer than that."""
    changes = {
        name: f"{text[: most - 1].rstrip()}…"
        for name, most in LONGEST.items()
        if len(text := getattr(info, name)) > most
    }
    changes |= dict.fromkeys((name for name in _ADDRESSES if len(getattr(info, name)) > LONGEST_ADDRESS), "")
    return replace(info, **changes) if changes else info
