"""One item or entry, brought to a `RawEntry` by what its elements gave."""

from collections.abc import Mapping

from lxml import etree

from feeds.model.entry import Enclosure, Image, Person, RawEntry, Text
from feeds.parse.xml_elements import TAKE, Item, Take
from feeds.parse.xml_names import Declined, known_by, name_of
from feeds.parse.xml_parts import (
    Link,
    attached,
    completed,
    described,
    duration,
    href_of,
    is_picture,
    labels,
    page_of,
    person_named,
    picture,
    replies_of,
    terms,
)
from feeds.parse.xml_podcast import answers_of, podcast_of
from feeds.parse.xml_scope import Scope, is_base
from feeds.parse.xml_texts import plain_or_html, words

MOST_TAKERS = 4096
_TAKERS: dict[object, Take] = {}
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def read_item(element: etree._Element, scope: Scope) -> RawEntry:
    """Return what an item or entry holds. Raises `Declined`."""
    item = Item(scope.below(element))
    if about := element.get(_ABOUT):
        item.texts["guid"] = about
    if element.get("href") or element.get("lastmod"):
        raise Declined("an item of CDF")
    for child in element:
        take = _TAKERS.get(child.tag) or _taker(child)
        take(item, child)
    return _entry(item)


def _taker(element: etree._Element) -> Take:
    """Return what takes an element; noted by tag where that alone decides, for names are looked up dearly."""
    take = TAKE.get(name_of(element), _pass)
    if known_by(element.tag):
        if len(_TAKERS) >= MOST_TAKERS:
            _TAKERS.clear()
        _TAKERS[element.tag] = take
    return take


def _pass(_item: Item, element: etree._Element) -> None:
    """Pass over an element that means nothing here, unless what it holds would mean something to another reader."""
    if len(element) and any(name_of(below) in TAKE for below in element.iter()):
        raise Declined(f"elements in {element.tag}")


def _entry(item: Item) -> RawEntry:
    scope, texts = item.scope, item.texts
    guid = texts.get("guid", "").strip()
    permalink = item.permalink in {"", "true"} and (
        guid.startswith(("http://", "https://")) or (item.permalink == "true" and "/" in guid)
    )
    images = _images(item)
    told = ((item.content, item.content_scope), (item.summary, item.summary_scope), (item.title, item.title_scope))
    within = next((its_scope for text, its_scope in told if text), scope)
    own = texts.get("language", "") or within.language or scope.language or ""
    return RawEntry(
        guid=guid,
        guid_is_permalink=permalink,
        url=texts.get("feedburner_origlink") or page_of(item.links) or (guid if permalink else ""),
        title=item.title or plain_or_html(texts.get("dc_title", "") or texts.get("media_title", "")),
        summary=item.summary or (_other_summary(texts) if texts else None),
        content=item.content,
        published=scope.date(texts.get("published", ""), texts.get("created", ""), texts.get("dc_date", "")),
        updated=scope.date(texts.get("updated", "")),
        authors=_authors(item),
        tags=labels(item.tags) if item.tags else (),
        enclosures=_enclosures(item, images[0].url if images else "") if item.media or item.links else (),
        image=described(images[0], texts, alone=sum(map(is_picture, item.media)) == 1) if images else None,
        language=_language(own, scope.feed_language) if own else "",
        rights=words(texts["rights"]) if "rights" in texts else "",
        licence=href_of(item.links, "license"),
        contributors=tuple(dict.fromkeys(person for person in item.contributors if person != Person())),
        comments=texts.get("comments", "") or replies_of(item.links, as_feed=False),
        comments_feed=texts.get("wfw_commentrss", "") or replies_of(item.links, as_feed=True),
        answers=answers_of(item.said) if item.said else (),
        labels=terms(item.tags) if item.tags else (),
        podcast=podcast_of(texts, item.said, texts.get("itunes_image", "")) if texts or item.said else None,
        base_url=within.base
        if within.base is scope.url
        else next(filter(is_base, (within.base, scope.base)), scope.url),
        origin=item.source.origin if item.source else None,
    )


def _other_summary(texts: Mapping[str, str]) -> Text | None:
    names = ("dc_description", "media_description", "itunes_summary", "itunes_subtitle")
    return next((found for name in names if (found := plain_or_html(texts.get(name, "")))), None)


def _authors(item: Item) -> tuple[Person, ...]:
    own = [person for person in item.authors if person != Person()]
    if own:
        return tuple(dict.fromkeys(own))
    if item.source and item.source.authors:
        return tuple(dict.fromkeys(item.source.authors))
    if name := item.texts.get("itunes_author", ""):
        return (person_named(name),)
    return item.scope.feed_authors


def _language(own: str, of_feed: str) -> str:
    """Return the entry's language where it differs from the feed's."""
    own = own.strip().replace("_", "-")
    return "" if own.lower() == of_feed.lower() else own


def _images(item: Item) -> list[Image]:
    """Pictures that may lead, best first: media:content, media:thumbnail (the widest first), itunes, enclosures."""
    if not (item.media or item.thumbnails or item.pictured or len(item.links) > 1):
        return []
    media = [found for m in item.media if is_picture(m) and (found := picture(m))]
    thumbnails = [found for m in item.thumbnails if (found := picture(m))]
    files = [picture({**link.attributes, "href": link.href, "url": ""}) for link in item.links if _shows(link)]
    return [
        *sorted(media, key=lambda image: -image.width),
        *sorted(thumbnails, key=lambda image: -image.width),
        *(Image(url=url) for url in item.pictured if url),
        *(found for found in files if found),
    ]


def _shows(link: Link) -> bool:
    return link.rel == "enclosure" and link.media_type.strip().startswith("image/")


def _enclosures(item: Item, lead: str) -> tuple[Enclosure, ...]:
    """Attached files by URL, each once: links, then media:content but for the lead picture."""
    found: dict[str, Enclosure] = {}
    for link in item.links:
        if link.rel == "enclosure" and link.href:
            lasting = duration(item.texts.get("itunes_duration", ""))
            found.setdefault(link.href, attached({**link.attributes, "type": link.media_type}, link.href, lasting))
    for media in item.media:
        url = media.get("url", "").strip()
        if url and (url in found or not (url == lead and is_picture(media))):
            file = attached(media, url, duration(media.get("duration", "").strip()))
            found[url] = completed(found[url], file) if url in found else file
    return tuple(found.values())
