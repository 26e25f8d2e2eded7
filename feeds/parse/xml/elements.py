"""The elements of an item: the table {name: the name under which its text is kept, or what takes it}."""

from collections.abc import Callable, Mapping

from lxml import etree

from feeds.model.entry import Person, Text
from feeds.parse.xml.names import Declined, attributes_of, name_of, text_of
from feeds.parse.xml.parts import (
    LONGEST_PERSON,
    NOBODY,
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
from feeds.parse.xml.podcast import CAPTIONS, MOST, SAID, TEXTS, Said
from feeds.parse.xml.scope import Scope
from feeds.parse.xml.texts import plainly, typed

_MEDIA_CATEGORIES = "http://search.yahoo.com/mrss/category_schema"
_ITUNES = "http://www.itunes.com/"


_NOWHERE = etree.Element("nowhere")  # an element that says nothing


class Item:
    """What was found in one item so far."""

    __slots__ = (
        "authors", "content", "content_from", "contributors", "depths", "files", "links", "media", "permalink",
        "pictured", "said", "scope", "source", "summary", "summary_from", "tags", "texts", "thumbnails", "title",
        "title_from",
    )  # fmt: skip

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.texts: dict[str, str] = {}
        self.links: list[Link] = []  # all but files
        self.files: list[Link] = []  # enclosures
        self.tags: list[Tag] = []
        self.authors: list[Person] = []
        self.contributors: list[Person] = []
        self.media: list[dict[str, str]] = []
        self.thumbnails: list[dict[str, str]] = []
        self.title: Text | None = None
        self.summary: Text | None = None
        self.content: Text | None = None
        self.title_from = self.summary_from = self.content_from = _NOWHERE
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


def _linked(name: str) -> Take:
    def take(item: Item, element: etree._Element) -> None:
        value = text_of(element)
        item.texts[name] = item.scope.link(value) if value else ""

    return take


def _guid(item: Item, element: etree._Element) -> None:
    item.permalink = attributes_of(element).get("ispermalink", "").strip().lower()
    item.texts["guid"] = text_of(element)


def _title(item: Item, element: etree._Element) -> None:
    found = typed(element, "text/plain", item.scope.version)
    if found:
        if item.title:
            raise Declined("two titles")
        item.title, item.title_from = found, element


def _summary(default: str) -> Take:
    def take(item: Item, element: etree._Element) -> None:
        if item.summary or "summary" in item.texts:
            raise Declined("two summaries")
        item.texts["summary"] = ""
        item.summary, item.summary_from = typed(element, default, item.scope.version), element

    return take


def _content(default: str) -> Take:
    """The longest counts."""

    def take(item: Item, element: etree._Element) -> None:
        found = typed(element, default, item.scope.version)
        if found and len(found.value) > len(item.content.value if item.content else ""):
            item.content, item.content_from = found, element

    return take


def _link(item: Item, element: etree._Element) -> None:
    link = link_of(element, item.scope)
    (item.files if link.rel == "enclosure" else item.links).append(link)


def _enclosure(item: Item, element: etree._Element) -> None:
    if len(element):
        raise Declined("elements in an enclosure")
    attributes = attributes_of(element)
    href = attributes.get("url", attributes.get("uri", attributes.get("href", ""))).strip()
    item.files.append(Link(href, "enclosure", attributes.get("type", ""), attributes))


def _author(item: Item, element: etree._Element) -> None:
    if (person := person_of(element, item.scope)) != NOBODY:
        item.authors.append(person)


def _contributor(item: Item, element: etree._Element) -> None:
    """Take Atom's contributor, with its parts alone."""
    if len(element) and (person := person_of(element, item.scope)) != NOBODY:
        item.contributors.append(person)


def _dc_contributor(item: Item, element: etree._Element) -> None:
    if name := text_of(element):
        item.contributors.append(Person(name=name[:LONGEST_PERSON]))


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
    item.texts["rights"] = plainly(typed(element, "text/plain", item.scope.version))


def _itunes_image(item: Item, element: etree._Element) -> None:
    address = (element.get("href") or element.get("url") or "").strip()
    item.pictured.insert(0, address)
    item.texts["itunes_image"] = address or item.texts.get("itunes_image", "")


def _said(item: Item, element: etree._Element) -> None:
    if len(item.said) < MOST:
        item.said.append(Said(name_of(element), attributes_of(element), text_of(element)))


def _image(item: Item, element: etree._Element) -> None:
    """Take a picture by its url, as a channel has it, or by its text; its title and link are not the item's."""
    url = next((child for child in element if name_of(child) == "url"), None)
    if url is not None:
        value = text_of(url)
        item.pictured.append(item.scope.link(value) if value else "")
    elif len(element):
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


TAKE: Mapping[str, Take | str] = {  # of texts that are kept as they are, the last one counts
    "guid": _guid,
    "id": "guid",
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
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "dcterms_issued": "published",
    "updated": "updated",
    "modified": "updated",
    "lastbuilddate": "updated",
    "dcterms_modified": "updated",
    "created": "created",
    "dcterms_created": "created",
    "dc_date": "dc_date",
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
    "dcterms_rights": _rights,
    "language": "language",
    "dc_language": "language",
    "cc_license": _licence,
    "creativecommons_license": _licence,
    "dcterms_license": _licence,
    "comments": _linked("comments"),
    "wfw_commentrss": _linked("wfw_commentrss"),
    "feedburner_origlink": "feedburner_origlink",
    "dc_title": "dc_title",
    "dc_description": "dc_description",
    "itunes_duration": "itunes_duration",
    "itunes_image": _itunes_image,
    "itunes_link": _itunes_image,
    "image": _image,
    "media_content": _media,
    "media_group": _media,
    "media_thumbnail": _media,
    "media_title": _media_text,
    "media_description": _media_text,
    "media_credit": _media_text,
    **{name: name for name in TEXTS},
    **dict.fromkeys(SAID, _said),
    "item": _in_order,
    "entry": _in_order,
    "channel": _in_order,
    "feed": _in_order,
}
