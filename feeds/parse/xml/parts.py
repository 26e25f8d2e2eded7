"""Parts that items and feeds share: links, persons, labels, numbers, attached files, pictures and sources."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from html import unescape
from typing import NamedTuple

from lxml import etree

from feeds.model.entry import Enclosure, Image, Label, Origin, Person
from feeds.model.quick import quick, replace
from feeds.parse.xml.names import Declined, attributes_of, link_attributes, name_of, text_of
from feeds.parse.xml.scope import Scope
from feeds.parse.xml.texts import typed, words

LONGEST_PERSON = 500  # characters
MOST_PERSONS = 100  # at one place: 2,400 of a feed, read anew for each entry, took longer than reading all of it
NOBODY = Person()
_NOTHING: Mapping[str, str] = {}
_person, _image, _enclosure = quick(Person), quick(Image), quick(Enclosure)
MOST_TAGS = 200
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "html", "xhtml"})
# What feedparser and we note as the scheme of keywords that name none.
_OURS = frozenset({"http://www.itunes.com/", "http://search.yahoo.com/mrss/category_schema"})
FEED_TYPES = frozenset({"application/atom+xml", "application/rss+xml"})
BLOGGERS_KIND = "http://schemas.google.com/g/2005#kind"  # Blogger marks each entry as a post with a category
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_MAIL_AND_NAME = re.compile(rf"({_ADDRESS.pattern})\s*\((.*)\)")
_REFERENCE = re.compile("&([A-Za-z0-9_]+);")
_CLOCK = re.compile(r"\d{1,7}(?::\d{1,3}){0,2}(?:\.\d{1,9})?", re.ASCII)


class Link(NamedTuple):
    href: str
    rel: str
    media_type: str
    attributes: Mapping[str, str]


class Tag(NamedTuple):
    term: str
    scheme: str
    label: str


def link_of(element: etree._Element, scope: Scope) -> Link:
    """Read Atom's link, or RSS's, whose text is the address."""
    if not element.keys():
        return Link(_address(element, scope), "alternate", "text/html", _NOTHING)
    attributes = link_attributes(attributes_of(element))
    if "base" in attributes:
        scope = scope.below(element)
    rel = attributes.get("rel", "alternate").strip()
    kind = attributes.get("type", "application/atom+xml" if rel == "self" else "text/html")
    href = attributes.get("url") or attributes.get("uri") or attributes.get("href")
    if href is None:
        return Link(_address(element, scope), rel, kind, attributes)
    if element.text and element.text.strip():
        raise Declined("a link that is one twice")
    return Link(scope.link(href).strip(), rel, kind, attributes)


def _address(element: etree._Element, scope: Scope) -> str:
    address = text_of(element)
    return _unreferenced(scope.link(address)) if address else ""


def licence_of(element: etree._Element) -> Link:
    """Read a licence as a link: a text in Creative Commons' module for RSS and in Dublin Core's terms, an attribute in
    its module for RDF."""
    return Link(text_of(element) or attributes_of(element).get("resource", "").strip(), "license", "", {})


def _unreferenced(address: str) -> str:
    """Return *address* with `&copy;=` as it was before someone read it as HTML: `&copy=`."""
    if "&" not in address:
        return address
    return _REFERENCE.sub(r"&\1", address.replace("&amp;", "&")) if ";" in address else address


def addresses_of(links: Sequence[Link]) -> Mapping[str, str]:
    """Return the first address of each rel. Of two kinds some rels lead to both, and those have two names each:

    `alternate` the page, `alternate of another type`; `replies` a page where an entry is answered, `replies as a feed`
    (RFC 4685 §4), as the type of the link says.
    """
    found: dict[str, str] = {}
    for href, rel, kind, _ in links:
        if rel == "alternate" and kind not in HTML_TYPES:
            rel = "alternate of another type"
        elif rel == "replies" and kind in FEED_TYPES:
            rel = "replies as a feed"
        if href:
            found.setdefault(rel, href)
            if rel == "hub" and found[rel].startswith("http:") and href.startswith("https:"):  # secrets go there
                found[rel] = href
    return found


def page_of(addresses: Mapping[str, str]) -> str:
    """Return the page: the first alternate that is HTML, else any alternate."""
    return addresses.get("alternate") or addresses.get("alternate of another type", "")


def person_of(element: etree._Element, scope: Scope) -> Person:
    """Read an author: Atom's with its parts, or a text."""
    if len(element) == 0:
        return person_named(text_of(element)[:LONGEST_PERSON])
    parts = dict.fromkeys(("name", "email", "uri"), "")
    for child in element:
        name = name_of(child)
        name = "uri" if name in {"url", "homepage"} else name.removeprefix("itunes_")
        if name in parts:
            value = text_of(child)
            parts[name] = scope.link(value) if name == "uri" and value else value
    name, email, url = (value[:LONGEST_PERSON] for value in parts.values())
    if not (name or email or url) and element.text and element.text.strip():
        return person_named(element.text.strip())
    return _person(name=name, email=email, url=url)


def person_named(text: str) -> Person:
    """Read `mail (Name)` (RSS 2.0), `Name <mail>`, or either alone."""
    text = " ".join(unescape(text[:LONGEST_PERSON]).split())
    if "@" not in text or not (address := _ADDRESS.search(text)):
        return _person(name=text)
    if said := _MAIL_AND_NAME.fullmatch(text):
        return _person(name=said[2].strip(), email=said[1])
    rest = f"{text[: address.start()]} {text[address.end() :]}".replace("mailto:", " ")
    return _person(name=rest.strip(" ()<>[],;:\"'"), email=address[0])


def add_tag(tags: list[Tag], tag: Tag) -> None:
    if tag not in tags and any(tag) and len(tags) < MOST_TAGS:
        tags.append(tag)


def add_category(tags: list[Tag], element: etree._Element, scheme: str = "") -> None:
    """Add a category by its attributes, its text or both."""
    if element.keys():
        attributes = attributes_of(element)
        of = attributes.get("scheme", attributes.get("domain", scheme))
        add_tag(tags, Tag(attributes.get("term", ""), of, attributes.get("label", "")))
    elif scheme:
        add_tag(tags, Tag("", scheme, ""))
    if value := text_of(element):
        if tags and not tags[-1].term:
            tags[-1] = tags[-1]._replace(term=value)
        else:
            add_tag(tags, Tag(value, "", ""))


def add_keywords(tags: list[Tag], text: str, scheme: str = "") -> None:
    for term in text.split(","):
        if term.strip():
            add_tag(tags, Tag(term.strip(), scheme, ""))


def labels(tags: Sequence[Tag]) -> tuple[str, ...]:
    """Return the words of tags, each once."""
    found = {words(label.strip() or term): None for term, scheme, label in tags if scheme.strip() != BLOGGERS_KIND}
    return tuple(filter(None, found))


def terms(tags: Sequence[Tag]) -> tuple[Label, ...]:
    """Return the tags that say more than a name: by which term programs know them, and from whose list."""
    found: dict[str, Label] = {}
    for tag in tags:
        if not (tag.scheme or tag.label):
            continue
        scheme, term = tag.scheme.strip(), tag.term.strip()
        scheme = "" if scheme in _OURS else scheme
        name = words(tag.label.strip() or term)
        if name and (scheme or words(term) != name) and scheme != BLOGGERS_KIND:
            found.setdefault(name, Label(name=name, term="" if words(term) == name else term, scheme=scheme))
    return tuple(found.values())


def number(attributes: Mapping[str, str], *keys: str) -> int:
    """Return the first of *keys* that holds a whole number of at most 15 digits; 0 where none does."""
    for key in keys:
        if not (value := attributes.get(key)):
            continue
        value = value.strip().removesuffix("px")
        if value.isascii() and value.isdigit() and len(value) <= 15:
            return int(value)
    return 0


def duration(text: str) -> timedelta | None:
    """Read seconds, `MM:SS` or `HH:MM:SS` (Apple's podcast specification)."""
    if not text or not _CLOCK.fullmatch(text):
        return None
    seconds = 0
    for part in text.partition(".")[0].split(":"):
        seconds = seconds * 60 + int(part)
    return timedelta(seconds=seconds) if seconds else None


def is_picture(attributes: Mapping[str, str]) -> bool:
    return attributes.get("medium", "").strip() == "image" or attributes.get("type", "").strip().startswith("image/")


def picture(attributes: Mapping[str, str]) -> Image | None:
    """Return the picture that an element with these *attributes* shows; None where it names none."""
    url = attributes.get("url", "").strip() or attributes.get("href", "").strip()
    if not url:
        return None
    return _image(
        url=url,
        alt=attributes.get("x_media_description", ""),
        width=number(attributes, "width"),
        height=number(attributes, "height"),
        credit=attributes.get("x_media_credit", ""),
    )


def described(image: Image, texts: Mapping[str, str], *, alone: bool) -> Image:
    """Return the lead picture; of one that is *alone*, what Media RSS says of the item is said.

    So do news sites with one picture an item (The New York Times): title and credit stand beside media:content.
    """
    alt, credit = (texts.get(name, "") if alone else "" for name in ("x_media_description", "x_media_credit"))
    return replace(image, alt=image.alt or alt, credit=image.credit or credit) if alt or credit else image


def attached(attributes: Mapping[str, str], url: str, lasting: timedelta | None) -> Enclosure:
    """Return the file at *url*, which lasts as long as *lasting*, with what the *attributes* of its element say."""
    return _enclosure(
        url=url,
        media_type=attributes.get("type", "").strip(),
        length=number(attributes, "length", "filesize"),
        title=attributes.get("title", "").strip() or attributes.get("x_media_title", ""),
        duration=lasting,
        description=attributes.get("x_media_description", ""),
        credit=attributes.get("x_media_credit", ""),
        width=number(attributes, "width"),
        height=number(attributes, "height"),
    )


def completed(file: Enclosure, other: Enclosure) -> Enclosure:
    """Return *file* with what *other*, the same file told again, says beyond it."""
    more = {f.name: getattr(other, f.name) for f in fields(file) if not getattr(file, f.name)}
    return replace(file, **more)


class Source(NamedTuple):
    """What an item says of the feed that it came from."""

    origin: Origin | None
    authors: tuple[Person, ...]


def source_of(element: etree._Element, scope: Scope) -> Source:
    """Read atom:source, or RSS's source with an address and a title."""
    scope = scope.below(element)
    texts: dict[str, str] = {}
    links: list[Link] = []
    authors: list[Person] = []
    for child in element:
        name = name_of(child)
        if name == "link":
            links.append(link_of(child, scope))
        elif name == "author":
            authors.append(person_of(child, scope))
        elif name in {"id", "title", "rights", "icon", "logo"}:
            found = typed(child, "text/plain", scope.version)
            value = found.value if found else ""
            if name != "title" or not texts.get("title"):
                texts[name] = scope.link(value) if name in {"icon", "logo"} and value else value
    title = texts.get("title", "") if len(element) else text_of(element)
    addresses = addresses_of(links)
    origin = Origin(
        id=texts.get("id", ""),
        title=words(title),
        url=page_of(addresses),
        feed_url=addresses.get("self") or (element.get("url") or "").strip(),
        rights=words(texts.get("rights", "")),
        icon=texts.get("icon", "") or texts.get("logo", ""),
    )
    return Source(origin if origin != Origin() else None, tuple(p for p in authors if p != NOBODY))
