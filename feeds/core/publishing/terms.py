"""How much of a story may be told again.

`content` of a source decides; `auto`, which is the rule unless another is given, decides by the licence:

full     our own posts; what names no licence, or one that allows to pass a work on whole
summary  what is under a licence of Creative Commons with NC or ND: a site that carries advertising or is paid for is
         commercial, and cleaning, shortening and joining with copies change a work; both are more than this program can
         rule out

The licence is the entry's own, else that of the feed that it is from, else one that their rights name in words. That
all rights are reserved is no licence: every feed could say so, and its publisher offers it to be read all the same;
whoever wants less of such a feed says `content: summary`. An owner who has the author's leave says `content: full`.

Source: Creative Commons 4.0, sections 1 (Adapted Material, NonCommercial) and 2(a)(1).
"""

import re
from collections.abc import Iterator

from feeds.model.entry import Entry, Origin
from feeds.model.source import ContentPolicy, Extent

_CREATIVE_COMMONS = re.compile(
    r"creativecommons\.org/licenses/([a-z]{2}(?:-[a-z]{2}){0,3})(?![a-z-])|\b(?:CC|Creative\s+Commons)[\s-]+(BY(?:-[A-Z]{2}){0,3})\b",
    re.IGNORECASE,
)
_LIMITING = frozenset({"nc", "nd"})
# Licences that let anybody pass a work on: Creative Commons (by name or address), its waivers, and the Korean Open
# Government Licence's first type, which Korean ministries publish under (kogl.or.kr, type 1: credit the source).
_OPEN = re.compile(
    r"creativecommons\.org/(?:licenses/by|publicdomain/)|\bCC0\b|\b(?:CC|Creative\s+Commons)[\s-]+BY\b|kogl\.or\.kr\S*type0?1\b",
    re.IGNORECASE,
)


def extent(policy: ContentPolicy, entry: Entry, origin: Origin | None, *, local: bool) -> Extent:
    """Return how much of *entry*, which its source's feed *origin* told, *policy* lets be told again."""
    if policy != "auto":
        return policy
    return "full" if local or not limiting(entry, origin) else "summary"


def limiting(entry: Entry, origin: Origin | None) -> str:
    """Return the licence that forbids to tell *entry* whole, as it is named; '' where none does."""
    licence = next(filter(None, _licences(entry, origin)), "")
    if licence:
        return licence if _limits(licence) else ""
    rights = next(filter(None, (entry.rights, *(o.rights for o in (entry.origin, origin) if o))), "")
    return rights if _limits(rights) else ""


def _licences(entry: Entry, origin: Origin | None) -> Iterator[str]:
    yield entry.licence
    for told in (entry.origin, origin):
        if told:
            yield told.licence


def _limits(words: str) -> bool:
    return any(_LIMITING & set((url or name).lower().split("-")) for url, name in _CREATIVE_COMMONS.findall(words))


def passable(entry: Entry, origin: Origin | None) -> bool:
    """Tell whether a licence lets anybody pass *entry* on whole: one of Creative Commons without NC and ND, or none of
    the rights reserved. What names no licence may be read by all, and passed to third parties by nobody."""
    named = [*filter(None, _licences(entry, origin))] or [
        *filter(None, (entry.rights, *(o.rights for o in (entry.origin, origin) if o)))
    ]
    return bool(named) and bool(_OPEN.search(named[0])) and not _limits(named[0])
