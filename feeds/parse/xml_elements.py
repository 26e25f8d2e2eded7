"""The elements of an item: the table {name: what it gives}."""

from collections.abc import Callable, Mapping

from lxml import etree

from feeds.model.entry import Person, Text
from feeds.parse.xml_names import Declined, attributes_of, name_of, text_of
from feeds.parse.xml_parts import (
    LONGEST_PERSON,
    Link,
    Source,
    Tag,
    add_category,
    add_keywords,
    add_tag,
    licence_of,
    link_of,
    person_of,
    source_of,
)
from feeds.parse.xml_podcast import CAPTIONS, MOST, SAID, TEXTS, Said
from feeds.parse.xml_scope import Scope
from feeds.parse.xml_texts import typed

_MEDIA_CATEGORIES = "http://search.yahoo.com/mrss/category_schema"
_ITUNES = "http://www.itunes.com/"


class Item:
    """What was found in one item so far."""

    __slots__ = (
        "authors", "content", "content_scope", "contributors", "depths", "links", "media", "permalink", "pictured",
        "said", "scope", "source", "summary", "summary_scope", "tags", "texts", "thumbnails", "title", "title_scope",
    )  # fmt: skip

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.texts: dict[str, str] = {}
        self.links: list[Link] = []
        self.tags: list[Tag] = []
        self.authors: list[Person] = []
        self.contributors: list[Person] = []
        self.media: list[dict[str, str]] = []
        self.thumbnails: list[dict[str, str]] = []
        self.title: Text | None = None
        self.summary: Text | None = None
        self.content: Text | None = None
        self.title_scope = self.summary_scope = self.content_scope = scope
        self.source: Source | None = None
        self.pictured: list[str] = []  # of itunes:image, then of image
        self.permalink: str | None = None
        self.depths: dict[str, int] = {}
        self.said: list[Said] = []

    def caption(self, name: str, element: etree._Element, depth: int) -> None:
        """Take a text of Media RSS: of two the one that stands higher counts, of equals the last."""
        if depth <= self.depths.get(name, depth):
            self.depths[name], self.texts[name] = depth, text_of(element)


Take = Callable[[Item, etree._Element], None]


def _kept(name: str) -> Take:
    """The last one counts."""

    def take(item: Item, element: etree._Element) -> None:
        item.texts[name] = text_of(element)

    return take


def _linked(name: str) -> Take:
    def take(item: Item, element: etree._Element) -> None:
        value = text_of(element)
        item.texts[name] = item.scope.link(value) if value else ""

    return take


def _guid(item: Item, element: etree._Element) -> None:
    said = element.get("isPermaLink") or (attributes_of(element).get("ispermalink", "") if element.attrib else "")
    item.permalink = said.strip().lower()
    item.texts["guid"] = text_of(element)


def _title(item: Item, element: etree._Element) -> None:
    found = typed(element, "text/plain", item.scope.version)
    if found and item.title:
        raise Declined("two titles")
    item.title = found or item.title
    item.title_scope = item.scope.below(element)


def _summary(default: str) -> Take:
    def take(item: Item, element: etree._Element) -> None:
        if item.summary or "summary" in item.texts:
            raise Declined("two summaries")
        item.texts["summary"] = ""
        item.summary = typed(element, default, item.scope.version)
        item.summary_scope = item.scope.below(element)

    return take


def _content(default: str) -> Take:
    """The longest counts."""

    def take(item: Item, element: etree._Element) -> None:
        found = typed(element, default, item.scope.version)
        if found and len(found.value) > len(item.content.value if item.content else ""):
            item.content, item.content_scope = found, item.scope.below(element)

    return take


def _link(item: Item, element: etree._Element) -> None:
    item.links.append(link_of(element, item.scope))


def _enclosure(item: Item, element: etree._Element) -> None:
    if len(element):
        raise Declined("elements in an enclosure")
    attributes = attributes_of(element)
    href = attributes.get("url", attributes.get("uri", attributes.get("href", ""))).strip()
    item.links.append(Link(href, "enclosure", attributes.get("type", ""), attributes))


def _author(item: Item, element: etree._Element) -> None:
    item.authors.append(person_of(element, item.scope))


def _contributor(item: Item, element: etree._Element) -> None:
    """Take Atom's contributor, with its parts alone."""
    if len(element):
        item.contributors.append(person_of(element, item.scope))


def _dc_contributor(item: Item, element: etree._Element) -> None:
    item.contributors.append(Person(name=text_of(element)[:LONGEST_PERSON]))


def _licence(item: Item, element: etree._Element) -> None:
    item.links.append(licence_of(element))


def _category(item: Item, element: etree._Element) -> None:
    add_category(item.tags, element)


def _media_category(item: Item, element: etree._Element) -> None:
    add_category(item.tags, element, _MEDIA_CATEGORIES)


def _itunes_category(item: Item, element: etree._Element) -> None:
    add_tag(item.tags, Tag(element.get("text", ""), _ITUNES, ""))
    for child in element:
        if name_of(child) == "itunes_category":
            _itunes_category(item, child)


def _keywords(scheme: str) -> Take:
    def take(item: Item, element: etree._Element) -> None:
        add_keywords(item.tags, text_of(element), scheme)

    return take


def _source(item: Item, element: etree._Element) -> None:
    item.source = source_of(element, item.scope)


def _rights(item: Item, element: etree._Element) -> None:
    found = typed(element, "text/plain", item.scope.version)
    item.texts["rights"] = found.value if found else ""


def _itunes_image(item: Item, element: etree._Element) -> None:
    address = (element.get("href") or element.get("url") or "").strip()
    item.pictured.insert(0, address)
    item.texts["itunes_image"] = address or item.texts.get("itunes_image", "")


def _said(item: Item, element: etree._Element) -> None:
    if len(item.said) < MOST:
        item.said.append(Said(name_of(element), attributes_of(element), text_of(element)))


def _image(item: Item, element: etree._Element) -> None:
    children = [name_of(child) for child in element]
    if children == ["url"]:
        value = text_of(element[0])
        item.pictured.append(item.scope.link(value) if value else "")
    elif children:
        raise Declined("an image in an item")
    else:
        item.pictured.append(text_of(element))


def _media(item: Item, element: etree._Element) -> None:
    """media:content, media:group and what is in them."""
    _walk_media(item, element, 1)


def _walk_media(item: Item, element: etree._Element, depth: int, inside: bool = False) -> None:
    """Take what Media RSS says; *inside* media:content it says it of that content."""
    name = name_of(element)
    if name == "media_content":
        item.media.append({**attributes_of(element), **_captions(element)})
    elif name == "media_thumbnail":
        attributes = attributes_of(element)
        if (text := text_of(element)) and "url" not in attributes:
            attributes["url"] = text
        item.thumbnails.append(attributes)
    elif name in CAPTIONS:
        item.caption(name, element, depth)
        if not inside:
            item.texts[f"x_{name}"] = text_of(element)
    elif name == "media_category":
        _media_category(item, element)
    elif name == "media_keywords":
        add_keywords(item.tags, text_of(element))
    if name in {"media_content", "media_group"}:
        for child in element:
            _walk_media(item, child, depth + 1, inside or name == "media_content")


def _captions(element: etree._Element) -> dict[str, str]:
    """What is said of one media:content, under names that no attribute has."""
    return {f"x_{name}": text_of(child) for child in element if (name := name_of(child)) in CAPTIONS}


def _media_text(item: Item, element: etree._Element) -> None:
    _walk_media(item, element, 1)


def _in_order(item: Item, element: etree._Element) -> None:
    """Elements that hold others with names of their own are not for this reader."""
    raise Declined(name_of(element))


_PUBLISHED, _UPDATED, _CREATED = _kept("published"), _kept("updated"), _kept("created")
TAKE: Mapping[str, Take] = {
    "guid": _guid,
    "id": lambda item, element: item.texts.__setitem__("guid", text_of(element)),
    "title": _title,
    "link": _link,
    "description": _summary("text/html"),
    "summary": _summary("text/plain"),
    "abstract": _summary("text/plain"),
    "content": _content("text/plain"),
    "content_encoded": _content("text/html"),
    "fullitem": _content("text/html"),
    "body": _in_order,
    "xhtml_body": _in_order,
    "pubdate": _PUBLISHED,
    "published": _PUBLISHED,
    "issued": _PUBLISHED,
    "dcterms_issued": _PUBLISHED,
    "updated": _UPDATED,
    "modified": _UPDATED,
    "lastbuilddate": _UPDATED,
    "dcterms_modified": _UPDATED,
    "created": _CREATED,
    "dcterms_created": _CREATED,
    "dc_date": _kept("dc_date"),
    "author": _author,
    "managingeditor": _author,
    "dc_creator": _author,
    "dc_author": _author,
    "contributor": _contributor,
    "dc_contributor": _dc_contributor,
    "category": _category,
    "keywords": _category,
    "dc_subject": _category,
    "media_category": _media_category,
    "itunes_category": _itunes_category,
    "itunes_keywords": _keywords(_ITUNES),
    "media_keywords": _keywords(""),
    "tags": _keywords(""),
    "enclosure": _enclosure,
    "source": _source,
    "rights": _rights,
    "copyright": _rights,
    "dc_rights": _rights,
    "language": _kept("language"),
    "dc_language": _kept("language"),
    "cc_license": _licence,
    "creativecommons_license": _licence,
    "comments": _linked("comments"),
    "wfw_commentrss": _linked("wfw_commentrss"),
    "feedburner_origlink": _kept("feedburner_origlink"),
    "dc_title": _kept("dc_title"),
    "dc_description": _kept("dc_description"),
    "itunes_duration": _kept("itunes_duration"),
    "itunes_image": _itunes_image,
    "itunes_link": _itunes_image,
    "image": _image,
    "media_content": _media,
    "media_group": _media,
    "media_thumbnail": _media,
    "media_title": _media_text,
    "media_description": _media_text,
    "media_credit": _media_text,
    **{name: _kept(name) for name in TEXTS},
    **dict.fromkeys(SAID, _said),
    "item": _in_order,
    "entry": _in_order,
    "channel": _in_order,
    "feed": _in_order,
}
