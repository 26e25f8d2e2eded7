"""What partners ask of a document beyond its format: one table, one lint a dialect.

A rule that could not be read where the partner publishes it now is a warning, and its lint says so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from feeds.model.channel import Format
from feeds.render.gate.dialects import flipboard, msn, naver, news, smartnews, spaces
from feeds.render.gate.sheet import Sheet

Lint = Callable[[etree._Element, Sheet], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The rules for RSS of one partner. *spaces* are what our own heads declare; *told* knows its documents."""

    spaces: Mapping[str, str]
    item: Lint  # one item
    document: Lint  # what stands beside the items, or is told by all of them
    told: Callable[[etree._Element], bool]


def _declares(space: str) -> Callable[[etree._Element], bool]:
    return lambda root: space in root.nsmap.values()


RSS: Mapping[Format, Dialect] = {
    "msn": Dialect(spaces=spaces.MSN, item=msn.item, document=msn.document, told=_declares(spaces.MI)),
    "smartnews": Dialect(
        spaces=spaces.SMARTNEWS, item=smartnews.item, document=smartnews.document, told=_declares(spaces.SNF)
    ),
    "flipboard": Dialect(
        spaces=spaces.FLIPBOARD, item=flipboard.item, document=flipboard.document, told=flipboard.told
    ),
}


OWN: Mapping[str, Lint] = {news.ROOT: news.judge, naver.ROOT: naver.judge}
"""Dialects with a root of their own, by its tag."""


def of(root: etree._Element) -> Iterator[Dialect]:
    """Give the dialects that an RSS document is in."""
    return (dialect for dialect in RSS.values() if dialect.told(root))
