"""Atom 1.0: RFC 4287, element by element; the schema of its appendix B has the last word."""

from functools import cache
from importlib.resources import files

from lxml import etree

from feeds.render.gate import values
from feeds.render.gate.sheet import Sheet
from feeds.render.gate.walk import XHTML, Attribute, Format, Shape, based, elements, shape, split, value, walk, words

ATOM = "http://www.w3.org/2005/Atom"
_A = f"{{{ATOM}}}"
_DIV = f"{{{XHTML}}}div"
_EMBEDDED = frozenset({XHTML, "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"})
_TEXTS = frozenset({"text", "html", "xhtml"})
_COMPOSITE = ("multipart/", "message/")


def _text(element: etree._Element, sheet: Sheet) -> None:
    """RFC 4287 §3.1."""
    type = element.get("type", "text")
    if type not in _TEXTS:
        sheet.add("type.text", element, type, inside="@type")
    _told(element, type, sheet)


def _told(element: etree._Element, type: str, sheet: Sheet) -> None:
    if type == "xhtml":
        _xhtml(element, sheet)
    else:
        for child in elements(element):
            sheet.add("content.markup", child)


def _xhtml(element: etree._Element, sheet: Sheet) -> None:
    inner = list(elements(element))
    if len(inner) != 1 or inner[0].tag != _DIV or words(element).strip():
        sheet.add("xhtml.div", element)
    for child in element.iterdescendants(tag=etree.Element):
        space, _ = split(child.tag)
        if not space:
            sheet.add("element.namespace", child)
        elif space == ATOM or (space not in _EMBEDDED and space == "http://www.w3.org/2007/app"):
            sheet.add("element.unknown", child)


def _content(element: etree._Element, sheet: Sheet) -> None:
    """RFC 4287 §4.1.3."""
    type, source = element.get("type"), element.get("src")
    if source is not None:
        if type is not None:
            _media(element, type, sheet)
        for child in elements(element):
            sheet.add("content.markup", child)
        if words(element).strip():
            sheet.add("text.unexpected", element, words(element))
    elif type is None or type in _TEXTS:
        _told(element, type or "text", sheet)
    else:
        _media(element, type, sheet)
        _inline(element, type, sheet)


def _media(element: etree._Element, type: str, sheet: Sheet) -> None:
    if values.media_type(type, sheet.now) or type.lower().startswith(_COMPOSITE):
        sheet.add("type.media", element, type or "nothing", inside="@type")


def _is_xml(type: str) -> bool:
    bare = type.partition(";")[0].strip().lower()
    return bare.endswith(("+xml", "/xml"))


def _inline(element: etree._Element, type: str, sheet: Sheet) -> None:
    """RFC 4287 §4.1.3.3, items 4 to 6."""
    if _is_xml(type):
        if list(elements(element)) and words(element).strip():
            sheet.add("text.unexpected", element, words(element))
        return
    for child in elements(element):
        sheet.add("content.markup", child)
    if not type.lower().startswith("text/") and "/" in type and not type.lower().startswith(_COMPOSITE):
        value(element, words(element), values.base64, sheet)


def _links(element: etree._Element, sheet: Sheet) -> None:
    """One alternate a type and language (RFC 4287 §4.1.1, §4.1.2)."""
    seen: set[tuple[str, str]] = set()
    for link in element.iterchildren(f"{_A}link"):
        if link.get("rel", "alternate") in {"alternate", "http://www.iana.org/assignments/relation/alternate"}:
            key = link.get("type", "").lower(), link.get("hreflang", "").lower()
            if key in seen:
                sheet.add("link.repeated", link, link.get("href", ""))
            seen.add(key)


def _entry(element: etree._Element, sheet: Sheet) -> None:
    _links(element, sheet)
    content = element.find(f"{_A}content")
    alternate = any(link.get("rel", "alternate") == "alternate" for link in element.iterchildren(f"{_A}link"))
    if content is None and not alternate:
        sheet.add("content.missing", element)
    if content is not None and element.find(f"{_A}summary") is None:
        type = content.get("type", "text").lower()
        told = type in _TEXTS or type.startswith("text/") or _is_xml(type) or type.startswith(_COMPOSITE)
        if content.get("src") is not None or (not told and "/" in type):
            sheet.add("content.summary", element)


_NEEDED = Attribute(required=True)
_IRI = Attribute(check=values.iri_reference)
_TEXT = Shape(leaf=True, attributes={"type": Attribute()}, more=_text)
_DATE = Shape(leaf=True, text=values.date3339)
_PERSON = shape("name! uri? email?")
_META = "author* category* contributor* generator? icon? id{0} link* logo? rights? subtitle? title{0} updated{0}"

FORMAT = Format(
    own=ATOM,
    strict=True,
    shapes={
        "feed": shape(f"{_META.format('!')} entry*", more=_links, attributes={"version": Attribute()}),
        "entry": shape(
            "author* category* content? contributor* id! link* published? rights? source? summary? title! updated!",
            more=_entry,
        ),
        "source": shape(_META.format("?"), more=_links),
        "author": _PERSON,
        "contributor": _PERSON,
        "name": Shape(leaf=True, text=values.name),
        "uri": Shape(leaf=True, text=values.iri_reference),
        "email": Shape(leaf=True, text=values.email),
        "title": _TEXT,
        "subtitle": _TEXT,
        "rights": _TEXT,
        "summary": _TEXT,
        "content": Shape(leaf=True, attributes={"type": Attribute(), "src": _IRI}, more=_content),
        "updated": _DATE,
        "published": _DATE,
        "id": Shape(leaf=True, text=values.iri),
        "icon": Shape(leaf=True, text=values.iri_reference),
        "logo": Shape(leaf=True, text=values.iri_reference),
        "generator": Shape(leaf=True, attributes={"uri": _IRI, "version": Attribute()}),
        "category": shape(
            mixed=True,
            attributes={"term": _NEEDED, "scheme": Attribute(check=values.iri), "label": Attribute()},
        ),
        "link": shape(
            mixed=True,
            attributes={
                "href": Attribute(check=values.iri_reference, required=True),
                "rel": Attribute(),
                "type": Attribute(check=values.media_type),
                "hreflang": Attribute(check=values.language),
                "title": Attribute(),
                "length": Attribute(check=values.whole),
            },
        ),
    },
)


@cache
def schema() -> etree.RelaxNG:
    """RFC 4287 appendix B as a schema."""
    return etree.RelaxNG(etree.fromstring((files("feeds.render.gate") / "atom.rng").read_bytes()))


def judge(root: etree._Element, sheet: Sheet) -> None:
    """Hold a feed or an entry document against RFC 4287."""
    walk(root, split(root.tag)[1], FORMAT, sheet)
    if root.tag == f"{_A}feed":
        _order(root, sheet)
        _ids(root, sheet)
        selves(root, sheet)
    _authors(root, sheet)
    _schema(root, sheet)


def judge_entry(entry: etree._Element, sheet: Sheet) -> None:
    """Hold one entry of a feed with an author of its own against RFC 4287."""
    walk(entry, "entry", FORMAT, sheet)
    _schema(entry, sheet)


def _schema(root: etree._Element, sheet: Sheet) -> None:
    """What the tables overlook; where they found faults, the schema's plainer words add nothing."""
    if not sheet.failed and not schema().validate(root):
        error = schema().error_log.last_error
        sheet.note("atom.schema", line=error.line if error else 0, detail=error.message if error else "")


def _order(feed: etree._Element, sheet: Sheet) -> None:
    entries = False
    for child in elements(feed):
        if child.tag == f"{_A}entry":
            entries = True
        elif entries and split(child.tag)[0] == ATOM and split(child.tag)[1] in FORMAT.shapes["feed"].children:
            sheet.add("element.misplaced", child)


def _authors(root: etree._Element, sheet: Sheet) -> None:
    """RFC 4287 §4.1.2: an author of the entry, of its source, or of the feed."""
    author = f"{_A}author"
    if root.find(author) is not None:
        return
    entries = [root] if root.tag == f"{_A}entry" else root.iterchildren(f"{_A}entry")
    for entry in entries:
        if entry.find(author) is None and entry.find(f"{_A}source/{author}") is None:
            sheet.add("element.missing", entry, inside="author")


def _ids(feed: etree._Element, sheet: Sheet) -> None:
    """Entries of one id are versions of one entry; those must differ in when they were updated."""
    seen: dict[str, set[str]] = {}
    for entry in feed.iterchildren(f"{_A}entry"):
        id, updated = (entry.findtext(_A + name, "").strip() for name in ("id", "updated"))
        if not id:
            continue
        if id in seen:
            sheet.add("id.repeated" if updated in seen[id] else "id.versions", entry, id)
        seen.setdefault(id, set()).add(updated)


def selves(head: etree._Element, sheet: Sheet) -> None:
    """One link to the feed itself, also in RSS (RSS profile, `atom:link`)."""
    links = [link for link in head.iterchildren(f"{_A}link") if link.get("rel") == "self"]
    if not links:
        sheet.add("self.missing", head, inside="link[@rel='self']")
    for link in links[1:]:
        sheet.add("self.repeated", link)
    if links and sheet.url and links[0].get("href") != sheet.url and not based(links[0]):
        sheet.add("self.other", links[0], links[0].get("href", ""))
