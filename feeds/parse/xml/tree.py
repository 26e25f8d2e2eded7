"""A well-formed document as a tree: expat reads it, the builder of ElementTree keeps it, both in C.

A tenth cheaper over the real feeds than libxml2's tree, and what stands in it are Python's own values, which lxml makes
anew at each look: together a seventh of what reading a feed takes. A text comes whole, for expat has a buffer
(`buffer_text`); `ElementTree.fromstring`, which gathers each line and each reference of it, takes two thirds longer.

A name is as expat gives it, `uri}local}prefix`; what it has not is left out: `uri}title`, `title`.
No DOCTYPE is read, so there are no entities but XML's own five, no files and no addresses.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

__all__ = ["Element", "Malformed", "Tree", "read_tree"]

DEEPEST = 256  # levels, as in libxml2; whoever walks a tree needs no care of its own
PART = 1 << 19  # bytes of the first part of a document that is read: nearly all have no other


class Malformed(Exception):
    """The document is not well-formed, or has a DOCTYPE."""


class Tree(NamedTuple):
    root: Element
    spaces: Mapping[str, str]
    """What the root element says its prefixes stand for; '' is the space of names without one."""
    names: Collection[str]
    """Every name that an element has, and others."""


def read_tree(body: bytes) -> Tree:
    """Return the elements of *body*, which is UTF-8 whatever it says of itself; comments and instructions are left out.

    Raises `Malformed`. Takes time and memory in proportion to its length; what is deep is given up after a part of it.
    """
    builder, spaces, roots = TreeBuilder(), dict[str, str](), list[Element]()
    parser = expat.ParserCreate("utf-8", "}")
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.buffer_size = len(body) + 1  # so that a text comes in one piece

    def begin(name: str, attributes: dict[str, str]) -> None:
        """Take the root; from there on spaces are of inner elements, and nobody asks for those."""
        parser.StartNamespaceDeclHandler = None
        parser.StartElementHandler = builder.start
        roots.append(builder.start(name, attributes))

    def space(prefix: str | None, uri: str | None) -> None:
        spaces[prefix or ""] = uri or ""

    parser.StartNamespaceDeclHandler = space
    parser.StartElementHandler = begin
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for part, last in _parts(body):
            parser.Parse(part, last)
            if _is_deep(roots):
                raise Malformed(f"more than {DEEPEST} levels")
    except expat.ExpatError as error:
        raise Malformed(str(error)) from None
    return Tree(builder.close(), spaces, [name for name in parser.intern if name])


def _parts(body: bytes) -> Iterator[tuple[memoryview, bool]]:
    """Cut a document into parts of which each is twice as long as the one before, and tell which is the last one.

    So what is looked at after each costs no more than twice what it costs at the end, nor does a tag that does not end.
    """
    view, start, size = memoryview(body), 0, PART
    while True:
        end = start + size
        yield view[start:end], end >= len(body)
        if end >= len(body):
            return
        start, size = end, 2 * size


def _is_deep(level: Sequence[Element]) -> bool:
    """Tell whether elements stand in one another beyond `DEEPEST`. *level* is the outermost one."""
    for _ in range(DEEPEST - 1):  # who stands there has nothing in it
        level = [child for element in level for child in filter(len, element)]
        if not level:
            return False
    return True


def _refuse(name: str, system: str | None, public: str | None, internal: bool) -> None:
    raise Malformed("a DOCTYPE")
