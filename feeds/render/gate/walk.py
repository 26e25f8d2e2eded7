"""Documents held against tables: which elements stand where, how often, with which attributes and values.

A table is written as RelaxNG is read: `id! title! rights? link* day+` after the name of the parent: once, once at
most, any number, at least one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from feeds.render.gate.modules import MODULES, Module
from feeds.render.gate.rules import RULES
from feeds.render.gate.sheet import Sheet, attribute_name
from feeds.render.gate.values import Check, iri_reference, language_or_none

XML = "{http://www.w3.org/XML/1998/namespace}"
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    check: Check | None = None
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one element may hold; a leaf has no children of its own format."""

    children: Mapping[str, str] = field(default_factory=dict)  # local name: one of ! ? * +
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    leaf: bool = False
    mixed: bool = False  # text means nothing here, and may stand
    text: Check | None = None
    more: Callable[[etree._Element, Sheet], None] | None = None
    like: Mapping[str, str] = field(default_factory=dict)  # child: the name of its shape, where that is another


def shape(children: str = "", **rest: object) -> Shape:
    """Return a shape from the short form of its children."""
    found = {word[:-1]: word[-1] for word in children.split()}
    return Shape(children=found, **rest)  # type: ignore[arg-type] # the fields of Shape, checked by its constructor


@dataclass(slots=True, eq=False)
class _Node:
    """A shape with its children by tag, made once: walking is most of what the gate costs."""

    shape: Shape
    children: dict[str, tuple[bool, "_Node"]] = field(default_factory=dict)  # tag: whether once only, and what it is
    needed: tuple[tuple[str, str], ...] = ()  # tag and local name
    asked: tuple[str, ...] = ()  # attributes that must be there


class Format:
    """One format: its namespace, and its shapes by name. *strict*: an attribute of no table is a fault."""

    def __init__(self, own: str, shapes: Mapping[str, Shape], *, strict: bool = False) -> None:
        self.own, self.shapes, self.strict = own, shapes, strict
        before = f"{{{own}}}" if own else ""
        self.nodes = {kind: _Node(found) for kind, found in shapes.items()}
        for node in self.nodes.values():
            found = node.shape
            for local, often in found.children.items():
                node.children[before + local] = often in "!?", self.nodes[found.like.get(local, local)]
            node.needed = tuple((before + local, local) for local, often in found.children.items() if often in "!+")
            node.asked = tuple(name for name, attribute in found.attributes.items() if attribute.required)


def elements(parent: etree._Element) -> Iterator[etree._Element]:
    return (child for child in parent if isinstance(child.tag, str))


def attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    return ((str(name), str(text)) for name, text in element.items())


def split(tag: str) -> tuple[str, str]:
    """Return namespace and local name."""
    if tag[0] == "{":
        space, _, local = tag[1:].partition("}")
        return space, local
    return "", tag


def words(element: etree._Element) -> str:
    """All text that stands directly in *element*."""
    if not len(element):
        return element.text or ""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def value(element: etree._Element, text: str, check: Check, sheet: Sheet, inside: str = "") -> None:
    """Note the rule that *text* of *element* breaks, if it breaks one."""
    rule = check(text, sheet.now)
    if rule and not (rule == "uri.relative" and based(element)):
        sheet.add(rule, element, text or "nothing", inside=inside)


def based(element: etree._Element) -> bool:
    """Whether *element* or one around it says what its addresses are relative to (RFC 4287 §2)."""
    found: etree._Element | None = element
    while found is not None:
        if XML + "base" in found.attrib:
            return True
        found = found.getparent()
    return False


def walk(element: etree._Element, kind: str, format: Format, sheet: Sheet) -> None:
    """Hold *element*, which is a *kind* of *format*, and all in it against the tables."""
    _walk(element, format.nodes[kind], format, sheet)


def _walk(element: etree._Element, node: _Node, format: Format, sheet: Sheet) -> None:
    found = node.shape
    given = element.items()
    if given or node.asked:
        _attributes(element, cast("list[tuple[str, str]]", given), node, format, sheet)
    if not found.leaf:
        if len(element) or node.needed or not found.mixed:
            _children(element, node, format, sheet)
    elif len(element):
        _foreign_only(element, format, sheet)
    elif found.text:
        value(element, element.text or "", found.text, sheet)
    if found.more:
        found.more(element, sheet)


def _foreign_only(element: etree._Element, format: Format, sheet: Sheet) -> None:
    for child in elements(element):
        if split(child.tag)[0] == format.own:
            sheet.add("element.unknown", child)
        else:
            foreign(child, sheet)


def _children(element: etree._Element, node: _Node, format: Format, sheet: Sheet) -> None:
    counts: dict[str, int] = {}
    stray = not node.shape.mixed and bool((element.text or "").strip())
    for child in element:
        tag: object = child.tag
        if isinstance(tag, str):
            known = node.children.get(tag)
            if known:
                counts[tag] = counts.get(tag, 0) + 1
                if known[0] and counts[tag] > 1:
                    sheet.add("element.repeated", child)
                _walk(child, known[1], format, sheet)
            elif split(tag)[0] == format.own:
                sheet.add("element.unknown", child)
            else:
                foreign(child, sheet, counts)
        if not stray and (child.tail or "").strip():
            stray = not node.shape.mixed
    if stray:
        sheet.add("text.unexpected", element, words(element))
    for tag, local in node.needed:
        if tag not in counts:
            sheet.add("element.missing", element, inside=local)


def _attributes(
    element: etree._Element, given: Sequence[tuple[str, str]], node: _Node, format: Format, sheet: Sheet
) -> None:
    shapes = node.shape.attributes
    for attribute, text in given:
        known = shapes.get(attribute)
        if known is None:
            _common(element, attribute, text, format, sheet)
        elif known.check:
            value(element, text, known.check, sheet, f"@{attribute_name(attribute)}")
    for attribute in node.asked:
        if not any(name == attribute for name, _ in given):
            sheet.add("attribute.missing", element, inside=f"@{attribute_name(attribute)}")


def _common(element: etree._Element, attribute: str, text: str, format: Format, sheet: Sheet) -> None:
    if attribute == XML + "base":
        rule = iri_reference(text, sheet.now)
        if RULES.get(rule, RULES["date.future"]).severity == "error":
            sheet.add("uri.invalid", element, text, inside="@xml:base")
    elif attribute == XML + "lang":
        value(element, text, language_or_none, sheet, "@xml:lang")
    elif attribute[0] != "{" and format.strict:
        sheet.add("attribute.unknown", element, inside=f"@{attribute}")


def foreign(element: etree._Element, sheet: Sheet, counts: dict[str, int] | None = None) -> None:
    """Hold an element of another namespace against the table of the modules that are known."""
    space, local = split(element.tag)
    module = MODULES.get(space)
    if module:
        _of_module(element, local, module, sheet)
        if counts is not None:
            counts[element.tag] = counts.get(element.tag, 0) + 1
            if counts[element.tag] > 1 and local in module.once:
                sheet.add("element.repeated", element)
    if not len(element):
        return
    for child in elements(element):
        inner, inner_local = split(child.tag)
        if inner:
            foreign(child, sheet)
        elif inner_local != "item" and space != XHTML and not (module and module.free) and _in_rss(element):
            sheet.add("element.namespace", child)


def _in_rss(element: etree._Element) -> bool:
    return element.getroottree().getroot().tag == "rss"


def _of_module(element: etree._Element, local: str, module: Module, sheet: Sheet) -> None:
    parent = element.getparent()
    inside = module.inside.get(local, module.parents)
    misplaced = inside and parent is not None and split(parent.tag)[1] not in inside
    if misplaced or (module.closed and local not in module.names):
        sheet.add("element.unknown", element)
    elif local in module.resources and _names_a_resource(element, module.names.get(local)):
        named = element.get(_RESOURCE)
        if named is None:
            sheet.add("attribute.missing", element, inside="@rdf:resource")
        else:
            value(element, named, module.resources[local], sheet, "@rdf:resource")
    elif check := module.names.get(local):
        value(element, words(element), check, sheet)


def _names_a_resource(element: etree._Element, check: Check | None) -> bool:
    """Whether *element* says what it is about as RDF does: in RSS 1.0 always, in others where no text has to."""
    if split(element.getroottree().getroot().tag)[1] == "RDF":
        return True
    return check is None and _RESOURCE in element.attrib
