"""Posts that claim one address or one id. Only one of them can have it, and which was meant no rule can know."""

from collections.abc import Iterable

from feeds.model.entry import RawEntry


def rivals(posts: Iterable[RawEntry]) -> dict[str, str]:
    """Return, by path, what is wrong with each post whose address or id another one has: the first by path keeps it.

    A post that is held claims nothing: a new version of a post is often written beside the old one.
    """
    holders: dict[tuple[str, str], str] = {}
    found: dict[str, str] = {}
    for post in sorted(posts, key=lambda post: post.path):
        claims = [claim for claim in (("address", post.url), ("id", post.guid)) if claim[1] and not post.hold]
        taken = next((claim for claim in claims if claim in holders), None)
        if taken:
            what, value = taken
            found[post.path] = f"its {what}, {value}, is that of {holders[taken]} too: give one of them another"
        else:
            holders.update(dict.fromkeys(claims, post.path))
    return found
