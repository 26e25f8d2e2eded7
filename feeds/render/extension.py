"""Our extension of feedgen: what it lacks or gets wrong in heads.

feedgen 1.0.0 builds each head; then it calls `extend_atom` or `extend_rss` here with the element.
It writes no hub into RSS, and formats RFC 822 dates by switching the locale of the whole process.
In an Atom tree its elements have no namespace (`xmlns` is a plain attribute of the root), so ours have none either.
"""

from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from feeds.render.entries import ATOM_SPACES, RSS_MODULES, rfc822

ATOM = "http://www.w3.org/2005/Atom"
FH = "http://purl.org/syndication/history/1.0"

Element = etree._Element


class Head:
    """The feed's own elements. *style* is the address of the CSS that browsers show the bare feed with.

    *pages* are the documents around this one by their relation (RFC 5005 §4); an *archive* says that it is one.
    """

    def __init__(
        self,
        style: str,
        hubs: tuple[str, ...],
        updated: datetime | None,
        pages: Mapping[str, str],
        *,
        rss: bool,
        archive: bool,
    ) -> None:
        self.style, self.hubs, self.updated, self.pages = style, hubs, updated, pages
        self.rss, self.archive = rss, archive

    def extend_ns(self) -> dict[str, str]:
        return {**ATOM_SPACES, **(RSS_MODULES if self.rss else {}), **({"fh": FH} if self.archive else {})}

    def extend_atom(self, feed: Element) -> None:
        for relation, address in self.pages.items():
            _add(feed, "link", href=address, rel=relation, type="application/atom+xml")
        if self.archive:
            _add(feed, f"{{{FH}}}archive")
        _style(feed, self.style)
        _lines(feed)

    def extend_rss(self, rss: Element) -> None:
        channel = rss[0]
        if self.updated:
            _add(channel, "lastBuildDate", rfc822(self.updated))
        for hub in self.hubs:
            _add(channel, f"{{{ATOM}}}link", href=hub, rel="hub")
        for relation, address in self.pages.items():
            _add(channel, f"{{{ATOM}}}link", href=address, rel=relation, type="application/rss+xml")
        if self.archive:
            _add(channel, f"{{{FH}}}archive")
        _style(rss, self.style)
        _lines(rss)
        _lines(channel)


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A new last child; attributes that are '' are left out."""
    child = etree.SubElement(parent, name, {k: v for k, v in attributes.items() if v})
    if text:
        child.text = text
    return child


def _style(top: Element, address: str) -> None:
    """Browsers apply CSS to feeds; XSLT, which did more, is being removed from them."""
    top.addprevious(etree.ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{address}"'))


def _lines(parent: Element) -> None:
    """One line a child, so that a change of one story is a change of few lines. Only blanks between elements."""
    parent.text = "\n"
    for child in parent:
        child.tail = "\n"
