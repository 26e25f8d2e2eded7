"""RSS 2.0 and its elder brothers 0.91 and 0.92: the specification, and the RSS Advisory Board's profile."""

from lxml import etree

from feeds.render.gate import values
from feeds.render.gate.atom import ATOM, selves
from feeds.render.gate.atom import FORMAT as ATOM_FORMAT
from feeds.render.gate.sheet import Sheet
from feeds.render.gate.walk import Attribute, Format, Shape, attributes, elements, shape, split, walk, words

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
VERSIONS = frozenset({"0.90", "0.91", "0.92", "0.93", "0.94", "2.0"})
_ATOM = f"{{{ATOM}}}"


def _channel(element: etree._Element, sheet: Sheet) -> None:
    seen: set[str] = set()
    for guid in element.iterfind("item/guid"):
        text = words(guid).strip()
        if text and text in seen:
            sheet.add("id.repeated", guid, text)
        seen.add(text)


def _item(element: etree._Element, sheet: Sheet) -> None:
    tags = [child.tag for child in element]
    if "title" not in tags and "description" not in tags:
        sheet.add("item.empty", element)
    if "guid" not in tags:
        sheet.add("guid.missing", element, inside="guid")
    if tags.count("enclosure") > 1:
        for more in element.findall("enclosure")[1:]:
            sheet.add("enclosure.more", more)
    if CONTENT in tags and "description" in tags and tags.index(CONTENT) < tags.index("description"):
        sheet.add("content.order", element[tags.index(CONTENT)])


def _guid(element: etree._Element, sheet: Sheet) -> None:
    """A guid is an address that can be opened, unless isPermaLink says otherwise."""
    text, said = words(element).strip(), element.get("isPermaLink")
    if said == "false":
        return
    if not text or not text.lower().startswith(("http://", "https://", "ftp://")) or values.iri(text, sheet.now):
        sheet.add("guid.permalink", element, text or "nothing")


def _skipped(element: etree._Element, sheet: Sheet) -> None:
    seen: set[str] = set()
    if len(element) > (7 if element.tag == "skipDays" else 24):
        sheet.add("value.many", element)
    for child in elements(element):
        text = words(child).strip()
        text = "0" if text == "24" else text.lstrip("0") or text[-1:]
        if text in seen:
            sheet.add("value.repeated", child, text)
        seen.add(text)


def _titled(element: etree._Element, sheet: Sheet) -> None:
    if not words(element).strip() and not list(elements(element)):
        sheet.add("title.empty", element)


def _source_of(element: etree._Element, sheet: Sheet) -> None:
    for child in elements(element):
        if not split(child.tag)[0]:
            sheet.add("element.unknown", child)


_NEEDED = Attribute(required=True)
_URI = Shape(leaf=True, text=values.uri)
_WEB = Shape(leaf=True, text=values.web)
_WORDS = Shape(leaf=True)
_CONTACT = Shape(leaf=True, text=values.contact)
_DATE = Shape(leaf=True, text=values.date822)

FORMAT = Format(
    own="",
    shapes={
        "rss": shape("channel!", attributes={"version": Attribute()}),
        "channel": shape(
            "title! link! description! category* cloud? copyright? docs? generator? image? item* language? "
            "lastBuildDate? managingEditor? pubDate? rating? skipDays? skipHours? textInput? ttl? webMaster?",
            more=_channel,
        ),
        "item": shape(
            "author? category* comments? description? enclosure* guid? link? pubDate? source? title?", more=_item
        ),
        "image": shape("url! title! link! description? height? width?"),
        "textInput": shape("title! description! name! link!"),
        "skipDays": shape("day+", more=_skipped),
        "skipHours": shape("hour+", more=_skipped),
        "day": Shape(leaf=True, text=values.day),
        "hour": Shape(leaf=True, text=values.hour),
        "title": Shape(leaf=True, more=_titled),
        "description": _WORDS,
        "link": _URI,
        "url": _WEB,
        "docs": _URI,
        "comments": _WEB,
        "category": _WORDS,
        "copyright": _WORDS,
        "generator": _WORDS,
        "rating": _WORDS,
        "name": Shape(leaf=True, text=values.form_name),
        "width": Shape(leaf=True, text=values.width),
        "height": Shape(leaf=True, text=values.height),
        "ttl": Shape(leaf=True, text=values.positive),
        "language": Shape(leaf=True, text=values.language),
        "managingEditor": _CONTACT,
        "webMaster": _CONTACT,
        "author": _CONTACT,
        "pubDate": _DATE,
        "lastBuildDate": _DATE,
        "cloud": Shape(
            leaf=True,
            attributes={
                "domain": _NEEDED, "path": _NEEDED, "protocol": _NEEDED, "registerProcedure": _NEEDED,
                "port": Attribute(check=values.positive, required=True),
            },
        ),
        "enclosure": Shape(
            leaf=True,
            attributes={
                "url": Attribute(check=values.web, required=True),
                "length": Attribute(check=values.whole, required=True),
                "type": Attribute(check=values.media_type, required=True),
            },
        ),
        "guid": Shape(leaf=True, attributes={"isPermaLink": Attribute(check=values.boolean)}, more=_guid),
        "source": Shape(
            leaf=True, attributes={"url": Attribute(check=values.iri, required=True)}, more=_source_of
        ),
    },
)  # fmt: skip

_RIGHT_CASE = {"ispermalink": "isPermaLink", "registerprocedure": "registerProcedure"}


def judge(root: etree._Element, sheet: Sheet) -> None:
    """Hold an RSS document against the tables."""
    version = root.get("version")
    if version is None:
        sheet.add("attribute.missing", root, inside="@version")
    elif version not in VERSIONS:
        sheet.add("root.version", root, version, inside="@version")
    walk(root, "rss", FORMAT, sheet)
    channel = root.find("channel")
    if channel is not None:
        selves(channel, sheet)
    of_atom(root, sheet)
    _cases(root, sheet)


def judge_item(item: etree._Element, sheet: Sheet) -> None:
    """Hold one item against the tables."""
    walk(item, "item", FORMAT, sheet)
    of_atom(item, sheet)


def of_atom(root: etree._Element, sheet: Sheet) -> None:
    """Hold Atom's elements in RSS to what Atom says of their values."""
    for element in root.iterdescendants(f"{_ATOM}*"):
        local = split(element.tag)[1]
        parent = element.getparent()
        if parent is not None and split(parent.tag)[0] == ATOM:
            continue  # its parent was walked, and it with it
        if local not in ATOM_FORMAT.shapes or local in {"feed", "entry"}:
            sheet.add("element.unknown", element)
        else:
            walk(element, local, ATOM_FORMAT, sheet)


def _cases(root: etree._Element, sheet: Sheet) -> None:
    """Attributes that are written otherwise than the specification writes them."""
    for element in root.iterdescendants("guid", "cloud"):
        for attribute, _ in attributes(element):
            right = _RIGHT_CASE.get(attribute.lower(), attribute)
            if right != attribute:
                sheet.add("attribute.unknown", element, f"write {right}", inside=f"@{attribute}")
