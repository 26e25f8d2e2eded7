"""What partners want, each in its own dialect: one table, one renderer a dialect.

Each tells a story, a correction and a takedown in the partner's own way; the twin in `render/gate/dialects/` holds
documents to the partner's rules.
"""

from collections.abc import Callable, Mapping

from feeds.model.channel import Feed, Format, SetAside
from feeds.render.dialects import flipboard, msn, naver, ninjs, smartnews
from feeds.render.pieces import Body, etag


def _naver(feed: Feed) -> tuple[Body, tuple[SetAside, ...]]:
    """A document that is not put together from pieces."""
    body, aside = naver.render(feed)
    return Body((body,), b"", etag(body)), aside


DIALECTS: Mapping[Format, Callable[[Feed], tuple[Body, tuple[SetAside, ...]]]] = {
    "msn": msn.render,
    "smartnews": smartnews.render,
    "flipboard": flipboard.render,
    "naver": _naver,
    "ninjs": ninjs.render,
}
