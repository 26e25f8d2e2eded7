"""What partners want, each in its own dialect: one table, one renderer a dialect.

Each tells a story, a correction and a takedown in the partner's own way; the twin in `render/gate/dialects/` holds
documents to the partner's rules.
"""

from collections.abc import Callable, Mapping

from feeds.model.channel import Feed, Format, SetAside
from feeds.render.dialects import flipboard, msn, smartnews
from feeds.render.pieces import Body

DIALECTS: Mapping[Format, Callable[[Feed], tuple[Body, tuple[SetAside, ...]]]] = {
    "msn": msn.render,
    "smartnews": smartnews.render,
    "flipboard": flipboard.render,
}
