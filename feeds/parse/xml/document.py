"""Well-formed RSS, RDF and Atom to raw entries, fast; whatever it does not know for sure it declines.

The usual feed is well-formed and uses the same two dozen elements. Those are read here, straight from expat's tree; the
rest of the world goes to `tolerant.py`, with the same result wherever both read the same (a test holds them to it
over real feeds). What is declined: XML that is not well-formed, roots of other kinds, items in odd places, elements
within elements that hold text, content of other media types, texts that come twice where order would decide.
"""

from feeds.model.entry import Parsed
from feeds.model.quick import replace
from feeds.model.source import Problem
from feeds.parse.xml.feed import is_deleted, read_deleted, read_info
from feeds.parse.xml.item import read_item
from feeds.parse.xml.names import MOST_ATTRIBUTES, Declined, local_of, mend, name_of
from feeds.parse.xml.scope import scope_of
from feeds.parse.xml.tree import Malformed, Tree, read_tree

MOST_ITEMS = 1_000
_ITEMS = frozenset({"item", "entry"})
_ROOTS = frozenset({"rss", "feed", "rdf_rdf"})


def read_well_formed(body: bytes, url: str, timezone: str) -> Parsed | None:
    """Return what *body*, UTF-8 without a DOCTYPE, holds; None where another reader has to look.

    *url* is what relative links stand on; *timezone* holds for dates without an offset.
    """
    try:
        tree = read_tree(body)
        mend(tree.root, body)
        return _read(tree, url, timezone)
    except (Malformed, Declined):
        return None


def _read(tree: Tree, url: str, timezone: str) -> Parsed:
    root, kind = tree.root, name_of(tree.root)
    if kind not in _ROOTS:
        raise Declined(f"root {kind}")
    if len(tree.spaces) + len(root.keys()) > MOST_ATTRIBUTES:
        raise Declined("too many attributes")
    channel = root if kind == "feed" else next((child for child in root if name_of(child) == "channel"), None)
    if channel is None:
        raise Declined("no channel")
    items = [child for child in (root if kind == "rdf_rdf" else channel) if local_of(child.tag) in _ITEMS]
    if len(items) > MOST_ITEMS or len(items) != _items_anywhere(tree):
        raise Declined("items in odd places, or too many")
    if not all(name_of(item) in _ITEMS for item in items):
        raise Declined("items of another namespace")
    scope = scope_of(root, url, timezone)
    info, authors = read_info(tree, channel, scope)
    scope = scope if channel is root else scope.below(channel)
    authors = authors if info.format.startswith("atom") else ()
    scope = replace(scope, version=info.format, feed_language=info.language, feed_authors=authors)
    entries = tuple([read_item(item, scope) for item in items])
    deleted = tuple([read_deleted(child, timezone) for child in channel if is_deleted(child)])
    problems = [Problem(code="date", detail=f"{text!r}") for text in dict.fromkeys(scope.unread)]
    return Parsed(info=info, entries=entries, deleted=deleted, problems=tuple(problems), reader="fast")


def _items_anywhere(tree: Tree) -> int:
    return sum(1 for name in tree.names if local_of(name) in _ITEMS for _ in tree.root.iter(name))
