"""What a feed says of itself, element by element."""

from collections.abc import Callable, Mapping

from lxml import etree

from feeds.model.entry import Deleted, Person
from feeds.model.source import FeedInfo
from feeds.parse.bounds import LONGEST
from feeds.parse.times import timetable
from feeds.parse.times.dates import read_date
from feeds.parse.xml.names import Declined, attributes_of, name_of, text_of
from feeds.parse.xml.parts import MOST_PERSONS, Link, addresses_of, licence_of, link_of, page_of, person_of
from feeds.parse.xml.scope import Scope
from feeds.parse.xml.texts import typed, words

_RSS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_ATOM10, _RSS10, _RSS090 = (
    "http://www.w3.org/2005/atom",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
)
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"  # RFC 6721 §3
_APART = frozenset({"item", "entry", "items", "textinput"})  # what they hold is not the feed's
_DESCRIPTIONS = ("subtitle", "info", "dc_description", "itunes_summary", "itunes_subtitle")


class _Feed:
    """What was found of a feed so far."""

    __slots__ = ("authors", "icon", "links", "scope", "texts", "version")

    def __init__(self, scope: Scope, version: str) -> None:
        self.scope, self.version = scope, version
        self.texts: dict[str, str] = {}
        self.links: list[Link] = []
        self.authors: list[Person] = []
        self.icon = ""  # of image elements, the last one


Take = Callable[[_Feed, etree._Element], None]


def read_info(root: etree._Element, channel: etree._Element, scope: Scope) -> tuple[FeedInfo, tuple[Person, ...]]:
    """Return what a feed says of itself, and its authors. Raises `Declined`."""
    version = _version(root)
    feed = _Feed(scope.below(channel) if channel is not root else scope, version)
    if scope.language and name_of(root) in {"feed", "rss"}:
        feed.texts["language"] = scope.language.replace("_", "-")
    if name_of(root) == "rdf_rdf":
        _outside(feed, root)
    for child in channel:
        if take := TAKE.get(name := name_of(child)):
            take(feed, child)
        elif name not in _APART and _hides(child):
            raise Declined(f"elements in {name}")
    return _info(feed, version), tuple(dict.fromkeys(p for p in feed.authors[:MOST_PERSONS] if p != Person()))


def _hides(child: etree._Element) -> bool:
    """Tell whether an unknown element holds some that are known: whose they are only another reader says."""
    return len(child) > 0 and child.tag != DELETED and any(name_of(below) in TAKE for below in child.iter())


def read_deleted(element: etree._Element, timezone: str) -> Deleted:
    """Return what a tombstone says; who wrote it and why is not kept."""
    when = read_date(element.get("when", ""), timezone)
    return Deleted(ref=(element.get("ref") or "").strip(), when=when)


def _outside(feed: _Feed, root: etree._Element) -> None:
    """RSS 1.0 has the picture beside the channel."""
    for child in root:
        if name_of(child) == "image":
            _image(feed, child)


def _info(feed: _Feed, version: str) -> FeedInfo:
    texts, links = feed.texts, addresses_of(feed.links)
    told = [texts.get(name, "") for name in ("ttl", "sy_updateperiod", "sy_updatefrequency")]
    return FeedInfo(
        id=texts.get("id", ""),
        title=words(texts.get("title", "") or texts.get("dc_title", "")),
        description=words(next(filter(None, (texts.get(k, "") for k in _DESCRIPTIONS)), "")),
        home=page_of(links),
        self_url=links.get("self", ""),
        hub=links.get("hub", ""),
        language=texts.get("language", "")[: LONGEST["language"]],
        rights=words(texts.get("rights", "")),
        icon=texts.get("icon", "") or texts.get("logo", "") or feed.icon,
        licence=links.get("license", ""),
        format=version or "unknown",
        ttl=timetable.interval(*told),
        base=timetable.base(texts.get("sy_updatebase", ""), *told),
        skip_hours=timetable.hours(texts.get("skiphours", "").split()),
        skip_days=timetable.days(texts.get("skipdays", "").split()),
    )


def _version(root: etree._Element) -> str:
    kind = name_of(root)
    if kind == "rss":
        said = root.get("version", "")
        return _RSS.get(said) or ("rss20" if said.startswith("2.") else "rss")
    spaces = {uri.lower() for uri in root.nsmap.values()}
    if kind == "rdf_rdf":
        if (root.nsmap.get(None) or "").lower() == _RSS090:
            return "rss090"
        if _RSS10 in spaces:
            return "rss10"
        raise Declined("RDF of another kind")
    if _ATOM10 in spaces:
        return "atom10"
    return _ATOM.get(root.get("version", ""), "atom")


def _first(name: str) -> Take:
    def take(feed: _Feed, element: etree._Element) -> None:
        found = typed(element, "text/plain", feed.version)
        if found and not feed.texts.get(name):
            feed.texts[name] = found.value

    return take


def _last(name: str, default: str = "text/plain") -> Take:
    def take(feed: _Feed, element: etree._Element) -> None:
        found = typed(element, default, feed.version)
        feed.texts[name] = found.value if found else ""

    return take


def _kept(name: str) -> Take:
    def take(feed: _Feed, element: etree._Element) -> None:
        feed.texts[name] = text_of(element)

    return take


def _listed(name: str, inner: str) -> Take:
    """Texts of the elements within, each a word."""

    def take(feed: _Feed, element: etree._Element) -> None:
        feed.texts[name] = " ".join(text_of(child) for child in element if name_of(child) == inner)

    return take


def _address(name: str) -> Take:
    def take(feed: _Feed, element: etree._Element) -> None:
        value = text_of(element)
        feed.texts[name] = feed.scope.link(value) if value else ""

    return take


def _link(feed: _Feed, element: etree._Element) -> None:
    feed.links.append(link_of(element, feed.scope))


def _licence(feed: _Feed, element: etree._Element) -> None:
    feed.links.append(licence_of(element))


def _author(feed: _Feed, element: etree._Element) -> None:
    feed.authors.append(person_of(element, feed.scope))


def _image(feed: _Feed, element: etree._Element) -> None:
    for child in element:
        if name_of(child) == "url":
            feed.icon = feed.scope.link(address) if (address := text_of(child)) else ""


def _itunes_image(feed: _Feed, element: etree._Element) -> None:
    attributes = attributes_of(element)
    feed.icon = (attributes.get("href") or attributes.get("url") or feed.icon).strip()


def _no(feed: _Feed, element: etree._Element) -> None:
    raise Declined(name_of(element))


TAKE: Mapping[str, Take] = {
    "title": _first("title"),
    "dc_title": _kept("dc_title"),
    "description": _last("subtitle", "text/html"),
    "subtitle": _last("subtitle"),
    "tagline": _last("subtitle"),
    "info": _last("info"),
    "dc_description": _kept("dc_description"),
    "itunes_summary": _kept("itunes_summary"),
    "itunes_subtitle": _kept("itunes_subtitle"),
    "link": _link,
    "id": _kept("id"),
    "guid": _no,
    "language": _kept("language"),
    "dc_language": _kept("language"),
    "rights": _last("rights"),
    "copyright": _last("rights"),
    "dc_rights": _last("rights"),
    "dcterms_rights": _last("rights"),
    "cc_license": _licence,
    "creativecommons_license": _licence,
    "dcterms_license": _licence,
    "icon": _address("icon"),
    "logo": _address("logo"),
    "image": _image,
    "itunes_image": _itunes_image,
    "itunes_link": _itunes_image,
    "feedburner_browserfriendly": _last("info"),
    "ttl": _kept("ttl"),
    "sy_updatebase": _kept("sy_updatebase"),
    "sy_updateperiod": _kept("sy_updateperiod"),
    "sy_updatefrequency": _kept("sy_updatefrequency"),
    "skiphours": _listed("skiphours", "hour"),
    "skipdays": _listed("skipdays", "day"),
    "author": _author,
    "managingeditor": _author,
    "dc_creator": _author,
    "channel": _no,
}
