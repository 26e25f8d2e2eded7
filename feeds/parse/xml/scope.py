"""What holds where in a document: base addresses, languages, dates without an offset, and links that stand on these."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from feedparser.urls import make_safe_absolute_uri
from lxml import etree

from feeds.model.entry import Person
from feeds.model.quick import replace
from feeds.parse.bounds import LONGEST, LONGEST_ADDRESS
from feeds.parse.times.dates import read_date
from feeds.parse.xml.names import XML_BASE, XML_LANG

_PLACED = frozenset({XML_BASE, XML_LANG, "base", "lang"})
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)/+")


@dataclass(slots=True)
class Scope:
    """The surroundings of an element. *unread* gathers dates that could not be read, of the whole document."""

    url: str
    base: str
    language: str | None
    timezone: str
    unread: list[str] = field(default_factory=list)
    version: str = ""  # as FeedInfo.format
    feed_language: str = ""
    feed_authors: tuple[Person, ...] = ()

    def below(self, element: etree._Element) -> "Scope":
        """Return the scope within *element*."""
        if not (names := element.keys()) or _PLACED.isdisjoint(names):
            return self
        base = element.get(XML_BASE, element.get("base"))
        language = element.get(XML_LANG, element.get("lang"))
        # Every link and every item looks at them: with a base of 2 MB a thousand items took 59 s.
        if language and len(language) > LONGEST["language"]:
            language = None
        if base and len(base) > LONGEST_ADDRESS:
            base = None
        if base:
            base = base.strip()
            base = make_safe_absolute_uri(self.base, base) or self.base if self.base else urljoin("", base)
        return replace(self, base=base or self.base, language=self.language if language is None else language or None)

    def link(self, address: str) -> str:
        """Return where *address* leads from here; '' for what is none. An empty one leads to where it stands."""
        if not self.base or (_ABSOLUTE.match(address) and not address.endswith(("?", "#"))):
            return address
        try:
            return urljoin(self.base, _SLASHES.sub(r"\1", address))
        except ValueError:
            return ""

    @property
    def atom(self) -> bool:
        return self.version.startswith("atom")

    def date(self, *texts: str) -> datetime | None:
        """Return the first of *texts* that is a date; the ones before it are noted."""
        for text in texts:
            if text:
                if moment := read_date(text, self.timezone):
                    return moment
                self.unread.append(" ".join(text.split())[:60])
        return None


def scope_of(root: etree._Element, url: str, timezone: str) -> Scope:
    """Return the scope within the root of a document that was read at *url*."""
    base = url if url.startswith(("http://", "https://")) else ""
    return Scope(url=url, base=base, language=None, timezone=timezone).below(root)


def is_base(url: str) -> bool:
    """Tell whether addresses can stand on *url*."""
    try:
        return urlsplit(url).scheme in {"http", "https"}
    except ValueError:  # `http://[`
        return False
