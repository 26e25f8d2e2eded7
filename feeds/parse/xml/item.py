"""One item or entry, brought to a `RawEntry` by what its elements gave."""

from collections.abc import Mapping

from lxml import etree

from feeds.model.entry import Enclosure, Image, Person, RawEntry, Text
from feeds.model.podcast import Podcast
from feeds.model.quick import quick
from feeds.parse.xml.elements import TAKE, Item
from feeds.parse.xml.names import MOST_ATTRIBUTES, Declined, name_of, text_of
from feeds.parse.xml.parts import (
    MOST_PERSONS,
    Link,
    addresses_of,
    attached,
    completed,
    described,
    duration,
    is_picture,
    labels,
    page_of,
    person_named,
    picture,
    terms,
)
from feeds.parse.xml.podcast import TEXTS, answers_of, podcast_of
from feeds.parse.xml.scope import Scope, is_base
from feeds.parse.xml.texts import plain_or_html

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_OF_PODCASTS = frozenset({*TEXTS, "itunes_image"})
_OF_CDF = frozenset({"href", "lastmod"})
_raw_entry = quick(RawEntry)


def read_item(element: etree._Element, scope: Scope) -> RawEntry:
    """Return what an item or entry holds. Raises `Declined`."""
    if names := element.keys():
        if not _OF_CDF.isdisjoint(names) or len(names) > MOST_ATTRIBUTES:
            raise Declined("an item of CDF, or with too many attributes")
        scope = scope.below(element)
    item = Item(scope)
    if names and (about := element.get(_ABOUT)):
        item.texts["guid"] = about
    for child in element:
        take = TAKE.get(name_of(child), _pass)
        if isinstance(take, str):
            item.texts[take] = text_of(child)
        else:
            take(item, child)
    return _entry(item)


def _pass(_item: Item, element: etree._Element) -> None:
    """Pass over an element that means nothing here, unless what it holds would mean something to another reader."""
    if len(element.keys()) > MOST_ATTRIBUTES:
        raise Declined("too many attributes")
    if len(element) and any(name_of(below) in TAKE for below in element.iter()):
        raise Declined(f"elements in {element.tag}")


def _entry(item: Item) -> RawEntry:
    scope, texts, links = item.scope, item.texts, addresses_of(item.links)
    guid = texts.get("guid", "").strip()
    permalink = item.permalink in {"", "true"} and (
        guid.startswith(("http://", "https://")) or (item.permalink == "true" and "/" in guid)
    )
    images = _images(item) if item.media or item.thumbnails or item.pictured or item.files else ()
    teller = item.content_from if item.content else item.summary_from if item.summary else item.title_from
    within = scope.below(teller)
    own = texts.get("language", "") or within.language or scope.language or ""
    return _raw_entry(
        guid=guid,
        guid_is_permalink=permalink,
        url=texts.get("feedburner_origlink") or page_of(links) or (guid if permalink else ""),
        title=item.title or plain_or_html(texts.get("dc_title", "") or texts.get("media_title", "")),
        summary=item.summary or _other_summary(texts),
        content=item.content,
        published=scope.date(texts.get("published", ""), texts.get("created", ""), texts.get("dc_date", "")),
        updated=scope.date(texts["updated"]) if "updated" in texts else None,
        authors=_authors(item),
        tags=labels(item.tags) if item.tags else (),
        enclosures=_enclosures(item, images[0].url if images else "") if item.media or item.files else (),
        image=described(images[0], texts, alone=sum(map(is_picture, item.media)) == 1) if images else None,
        language=_language(own, scope.feed_language) if own else "",
        rights=texts.get("rights", ""),
        licence=links.get("license", ""),
        contributors=tuple(dict.fromkeys(item.contributors)) if item.contributors else (),
        comments=texts.get("comments", "") or links.get("replies", ""),
        comments_feed=texts.get("wfw_commentrss", "") or links.get("replies as a feed", ""),
        answers=answers_of(item.said) if item.said else (),
        labels=terms(item.tags) if item.tags else (),
        podcast=_podcast(item),
        base_url=within.base
        if within.base is scope.url
        else next(filter(is_base, (within.base, scope.base)), scope.url),
        origin=item.source.origin if item.source else None,
    )


def _podcast(item: Item) -> Podcast | None:
    if item.said or not _OF_PODCASTS.isdisjoint(item.texts):
        return podcast_of(item.texts, item.said, item.texts.get("itunes_image", ""))
    return None


def _other_summary(texts: Mapping[str, str]) -> Text | None:
    names = ("dc_description", "media_description", "itunes_summary", "itunes_subtitle")
    return next((found for name in names if name in texts and (found := plain_or_html(texts[name]))), None)


def _authors(item: Item) -> tuple[Person, ...]:
    if item.authors:
        return tuple(dict.fromkeys(item.authors[:MOST_PERSONS]))
    if item.source and item.source.authors:
        return tuple(dict.fromkeys(item.source.authors[:MOST_PERSONS]))
    if name := item.texts.get("itunes_author", ""):
        return (person_named(name),)
    return item.scope.feed_authors


def _language(own: str, of_feed: str) -> str:
    """Return the entry's language where it differs from the feed's."""
    own = own.strip().replace("_", "-")
    return "" if own.lower() == of_feed.lower() else own


def _images(item: Item) -> list[Image]:
    """Pictures that may lead, best first: media:content, media:thumbnail (the widest first), itunes, enclosures."""
    media = [found for m in item.media if is_picture(m) and (found := picture(m))]
    thumbnails = [found for m in item.thumbnails if (found := picture(m))]
    files = [picture({**file.attributes, "href": file.href, "url": ""}) for file in item.files if _shows(file)]
    return [
        *sorted(media, key=lambda image: -image.width),
        *sorted(thumbnails, key=lambda image: -image.width),
        *(Image(url=url) for url in item.pictured if url),
        *(found for found in files if found),
    ]


def _shows(file: Link) -> bool:
    return file.media_type.strip().startswith("image/")


def _enclosures(item: Item, lead: str) -> tuple[Enclosure, ...]:
    """Attached files by URL, each once: links, then media:content but for the lead picture."""
    found: dict[str, Enclosure] = {}
    lasting = duration(item.texts.get("itunes_duration", ""))
    for file in item.files:
        if file.href:
            found.setdefault(file.href, attached({**file.attributes, "type": file.media_type}, file.href, lasting))
    for media in item.media:
        url = media.get("url", "").strip()
        if url and (url in found or not (url == lead and is_picture(media))):
            told = attached(media, url, duration(media.get("duration", "").strip()))
            found[url] = completed(found[url], told) if url in found else told
    return tuple(found.values())
