"""RSS 1.0, and 0.90 before it: the elements, their order of nesting, and what RDF asks of them."""

from lxml import etree

from feeds.render.gate import values
from feeds.render.gate.rss import of_atom
from feeds.render.gate.sheet import Sheet, attribute_name
from feeds.render.gate.walk import Attribute, Format, Shape, attributes, elements, foreign, shape, split, walk

RSS10 = "http://purl.org/rss/1.0/"
RSS090 = "http://my.netscape.com/rdf/simple/0.9/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_R = f"{{{RDF}}}"
_ABOUT = Attribute(check=values.iri_reference, required=True)


def _shapes(about: Attribute, items: str) -> dict[str, Shape]:
    words = Shape(leaf=True, more=_plain)
    uri = Shape(leaf=True, text=values.uri)
    named = {f"{_R}about": about}
    return {
        "channel": shape(f"title! link! description! image? textinput? {items}", attributes=named, like=_REFERENCES),
        "image": shape("title! url! link!", attributes=named),
        "item": shape("title! link! description?", attributes=named),
        "textinput": shape("title! description! name! link!", attributes=named),
        "items": shape(),
        "reference": shape(attributes={f"{_R}resource": Attribute(check=values.iri_reference)}),
        "title": words,
        "description": words,
        "name": words,
        "link": uri,
        "url": uri,
    }


def _plain(element: etree._Element, sheet: Sheet) -> None:
    for child in elements(element):
        sheet.add("rdf.content", child)


_REFERENCES = {"image": "reference", "textinput": "reference"}
FORMATS = {
    RSS10: Format(own=RSS10, shapes=_shapes(_ABOUT, "items!")),
    RSS090: Format(own=RSS090, shapes=_shapes(Attribute(), "")),
}


def judge(root: etree._Element, sheet: Sheet) -> None:
    """Hold an RDF document against the tables."""
    counts: dict[str, int] = {}
    own = RSS090 if root.find(f"{{{RSS090}}}channel") is not None else RSS10
    for child in elements(root):
        space, local = split(child.tag)
        if space != own:
            foreign(child, sheet)
        elif local not in {"channel", "image", "item", "textinput"}:
            sheet.add("element.unknown", child)
        else:
            counts[local] = counts.get(local, 0) + 1
            if counts[local] > 1 and local != "item":
                sheet.add("element.repeated", child)
            walk(child, local, FORMATS[own], sheet)
    if "channel" not in counts:
        sheet.add("element.missing", root, inside="channel")
    for li in root.iterdescendants(f"{_R}li"):
        for attribute, _ in attributes(li):
            if split(attribute)[0] in {RDF, ""} and split(attribute)[1] not in {"resource", "parseType", "ID", "about"}:
                sheet.add("attribute.unknown", li, inside=f"@{attribute_name(attribute)}")
    of_atom(root, sheet)
