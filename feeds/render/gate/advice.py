"""What a document had better not do, though its format allows it: advice of the profile, and what readers trip over.

Asked of whole documents only: pieces of ours are made so that none of it applies.
"""

import re
from collections.abc import Mapping

from lxml import etree

from feeds.render.gate.atom import ATOM
from feeds.render.gate.rss import CONTENT
from feeds.render.gate.sheet import Sheet
from feeds.render.gate.walk import XHTML, attributes, words

_A, _DC = f"{{{ATOM}}}", "{http://purl.org/dc/elements/1.1/}"
_TERMS, _LICENCE = "{http://purl.org/dc/terms/}", "{http://backend.userland.com/creativeCommonsRssModule}license"

# Where text is plain, of what no reader asks whether it is HTML.
_PLAIN = frozenset({
    "title", "category", "source", "author", "generator", "copyright", "managingEditor", "webMaster", "name",
    f"{_A}name", f"{_A}generator",
})  # fmt: skip
_HTML = frozenset(
    {"description", CONTENT, f"{_A}title", f"{_A}subtitle", f"{_A}summary", f"{_A}content", f"{_A}rights"}
)
_MARKUP = re.compile(
    r"</?(?:a|b|i|u|em|strong|br|p|span|img|sup|sub|code|div|font|small|tt|blink|h[1-6])(?:\s[^<>]*)?/?>"
    r"|&(?:amp|lt|gt|quot|nbsp|[lr][ds]quo|[mn]dash|hellip|#\d{2,6}|#x[0-9a-f]{2,5});",
    re.IGNORECASE,
)  # what is seen in titles; `List<String>` and `Q&A;` are none
_UNSAFE_TAGS = "script|iframe|frame|frameset|object|embed|applet|meta|link|base|style"
_UNSAFE = re.compile(
    rf"<(?:{_UNSAFE_TAGS})[\s/>]|<[^<>]*\son[a-z]+\s{{0,9}}=|<[^<>]*=\s{{0,9}}[\"']?\s{{0,9}}javascript:", re.IGNORECASE
)
_UNSAFE_NAMES = frozenset(_UNSAFE_TAGS.split("|"))
# RSS's own element and one of a module that says the same.
_TWICE: Mapping[str, tuple[str, ...]] = {
    "pubDate": (f"{_DC}date", f"{_A}published"),
    "lastBuildDate": (f"{_TERMS}modified", f"{_A}updated"),
    "author": (f"{_DC}creator",),
    "managingEditor": (f"{_DC}creator",),
    "webMaster": (f"{_DC}publisher",),
    "copyright": (f"{_DC}rights",),
    "language": (f"{_DC}language",),
    "category": (f"{_DC}subject",),
    "source": (f"{_DC}source",),
    "guid": (f"{_A}id",),
    "generator": ("{http://webns.net/mvcb/}generatorAgent",),
    _LICENCE: ("{http://web.resource.org/cc/}license",),
}
# IANA link relations (RFC 8288 §4.2); an IRI may stand too.
_REGISTERED = """
    about acl alternate amphtml appendix archives author blocked-by bookmark canonical chapter cite-as collection
    contents copyright create-form current describedby describes disclosure duplicate edit edit-form edit-media
    enclosure first glossary help hosts hub icon index item last latest-version license lrdd manifest media-feed
    memento micropub monitor monitor-group next next-archive nofollow noopener noreferrer original payment pingback
    predecessor-version prev prev-archive preview previous privacy-policy profile related replies search section self
    service service-desc service-doc service-meta sponsored start status stylesheet subsection successor-version
    sunset tag terms-of-service timegate timemap type ugc up version-history via webmention working-copy
    working-copy-of
"""
_RELATIONS = frozenset(_REGISTERED.split())


def advise(root: etree._Element, sheet: Sheet) -> None:
    """Note what *root* had better not do."""
    for element in root.iter(tag=etree.Element):
        tag = element.tag
        if tag in _PLAIN:
            _plain(element, sheet)
        elif tag in _HTML:
            _html(element, sheet)
        elif tag == f"{_A}link":
            _link(element, sheet)
        elif tag == f"{_A}category" and _MARKUP.search(element.get("label", "")):
            sheet.add("text.markup", element, element.get("label", ""), inside="@label")
        elif tag in {"item", "channel"}:
            _twice(element, sheet)
        elif tag == "image":
            _image(element, sheet)
        elif tag == "hour" and words(element).strip() == "24":
            sheet.add("hour.midnight", element)


def _plain(element: etree._Element, sheet: Sheet) -> None:
    if _MARKUP.search(words(element)):
        sheet.add("text.markup", element, words(element))


def _html(element: etree._Element, sheet: Sheet) -> None:
    for child in element.iterdescendants(f"{{{XHTML}}}*"):
        name = child.tag.rpartition("}")[2]
        if name in _UNSAFE_NAMES or any(key.startswith("on") for key, _ in attributes(child)):
            sheet.add("html.unsafe", child)
    said = words(element)
    if "<" not in said and "&" not in said:
        return
    if element.tag.startswith(_A) and element.get("type", "text") == "text":
        if element.tag == f"{_A}title" and _MARKUP.search(said):
            sheet.add("text.markup", element, said)
    elif found := _UNSAFE.search(said):
        sheet.add("html.unsafe", element, found[0])


def _link(element: etree._Element, sheet: Sheet) -> None:
    relation = element.get("rel", "alternate")
    if ":" not in relation and relation.lower() not in _RELATIONS:
        sheet.add("link.relation", element, relation or "nothing", inside="@rel")
    if _MARKUP.search(element.get("title", "")):
        sheet.add("text.markup", element, element.get("title", ""), inside="@title")


def _twice(element: etree._Element, sheet: Sheet) -> None:
    found = {child.tag: child for child in element if isinstance(child.tag, str)}
    for own, others in _TWICE.items():
        for other in others if own in found else ():
            if other in found:
                sheet.add("element.twice", found[other])


def _image(element: etree._Element, sheet: Sheet) -> None:
    channel = element.getparent()
    for name in ("title", "link"):
        mine, its = element.find(name), channel.find(name) if channel is not None else None
        if mine is not None and its is not None and words(mine).strip() != words(its).strip():
            sheet.add("image.other", mine, words(mine))
