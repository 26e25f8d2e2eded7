"""Well-formed RSS, RDF and Atom to raw entries, fast; whatever it does not know for sure it declines.

The usual feed is well-formed and uses the same two dozen elements. Those are read here, straight from libxml2's tree;
the rest of the world goes to `tolerant.py`, with the same result wherever both read the same (a test holds them to it
over real feeds). What is declined: XML that is not well-formed, roots of other kinds, items in odd places, elements
within elements that hold text, content of other media types, texts that come twice where order would decide.
"""

from lxml import etree

from feeds.errors import ParseError
from feeds.model.entry import Parsed
from feeds.model.limits import LONGEST_SPACE, has_overlong_space
from feeds.model.quick import replace
from feeds.model.source import Problem
from feeds.parse.xml.feed import DELETED, read_deleted, read_info
from feeds.parse.xml.item import read_item
from feeds.parse.xml.names import MOST_ATTRIBUTES, Declined, mend, name_of
from feeds.parse.xml.scope import scope_of

MOST_ITEMS = 1_000
_ITEMS = ("{*}item", "{*}entry")
_ROOTS = frozenset({"rss", "feed", "rdf_rdf"})


def read_well_formed(body: bytes, url: str, timezone: str) -> Parsed | None:
    """Return what *body*, UTF-8 without a DOCTYPE, holds; None where another reader has to look.

    *url* is what relative links stand on; *timezone* holds for dates without an offset. Raises ParseError("depth").
    """
    if has_overlong_space(body):
        raise ParseError("depth", f"a namespace of more than {LONGEST_SPACE} bytes")
    parser = etree.XMLParser(
        encoding="utf-8",  # decoded already: what the document says of it counts no more
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
        mend(root, body)
        return _read(root, url, timezone)
    except (etree.XMLSyntaxError, Declined):
        return None


def _read(root: etree._Element, url: str, timezone: str) -> Parsed:
    kind = name_of(root)
    if kind not in _ROOTS:
        raise Declined(f"root {kind}")
    if len(root.nsmap) + len(root.keys()) > MOST_ATTRIBUTES:
        raise Declined("too many attributes")
    channel = root if kind == "feed" else next((child for child in root if name_of(child) == "channel"), None)
    if channel is None:
        raise Declined("no channel")
    items = list((root if kind == "rdf_rdf" else channel).iterchildren(*_ITEMS))
    if len(items) > MOST_ITEMS or len(items) != sum(1 for _ in root.iter(*_ITEMS)):
        raise Declined("items in odd places, or too many")
    if not all(name_of(item) in {"item", "entry"} for item in items):
        raise Declined("items of another namespace")
    scope = scope_of(root, url, timezone)
    info, authors = read_info(root, channel, scope)
    scope = scope if channel is root else scope.below(channel)
    authors = authors if info.format.startswith("atom") else ()
    scope = replace(scope, version=info.format, feed_language=info.language, feed_authors=authors)
    entries = tuple([read_item(item, scope) for item in items])
    deleted = tuple([read_deleted(gone, timezone) for gone in channel.iterchildren(DELETED)])
    problems = [Problem(code="date", detail=f"{text!r}") for text in dict.fromkeys(scope.unread)]
    return Parsed(info=info, entries=entries, deleted=deleted, problems=tuple(problems), reader="fast")
