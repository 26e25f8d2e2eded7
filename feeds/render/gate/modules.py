"""The modules that feeds are seen with: what their elements hold, and which may stand once only.

Elements of a namespace that is not here are taken as they are: Atom and RSS 2.0 allow any.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.render.gate import values
from feeds.render.gate.values import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One namespace. *closed*: no other element exists in it; *free*: markup without a namespace may stand in it."""

    names: Mapping[str, Check | None] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    closed: bool = False
    free: bool = False
    parents: frozenset[str] = frozenset()  # where its elements may stand; empty: anywhere
    inside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    resources: Mapping[str, Check] = field(default_factory=dict)  # named by rdf:resource in RSS 1.0


def _once(*names: str) -> frozenset[str]:
    return frozenset(names)


def _open(names: str) -> dict[str, Check | None]:
    return dict.fromkeys(names.split())


_ITEMS = frozenset({"item", "entry"})
_TRACKBACK: Mapping[str, Check | None] = {"ping": values.iri, "about": values.iri}

MODULES: Mapping[str, Module] = {
    "http://purl.org/dc/elements/1.1/": Module(
        names={
            **_open("title creator subject description publisher contributor type format identifier source relation"),
            **_open("coverage rights"),
            "date": values.timestamp, "language": values.language,
        },
        once=_once("title", "date", "language", "rights", "description", "publisher"),
        closed=True,
    ),
    "http://purl.org/rss/1.0/modules/syndication/": Module(
        names={
            "updatePeriod": values.period, "updateFrequency": values.positive, "updateBase": values.timestamp,
        },
        once=_once("updatePeriod", "updateFrequency", "updateBase"),
        closed=True,
    ),
    "http://purl.org/rss/1.0/modules/content/": Module(
        names=_open("encoded items item format encoding"), once=_once("encoded", "items"), closed=True, free=True
    ),
    "http://purl.org/rss/1.0/modules/slash/": Module(
        names={"comments": values.whole, "hit_parade": values.numbers, "section": None, "department": None},
        once=_once("comments", "hit_parade", "section", "department"),
        closed=True,
    ),
    "http://purl.org/rss/1.0/modules/event/": Module(
        names={
            "startdate": values.w3cdtf, "enddate": values.w3cdtf, **_open("location organizer type"),
        },
        closed=True,
    ),
    "http://webns.net/mvcb/": Module(
        names=_open("generatorAgent errorReportsTo"),
        once=_once("generatorAgent", "errorReportsTo"),
        closed=True,
        resources={"generatorAgent": values.iri, "errorReportsTo": values.iri},
    ),
    "http://www.w3.org/2003/01/geo/wgs84_pos#": Module(
        names={"lat": values.latitude, "long": values.longitude}, once=_once("lat", "long")
    ),
    "http://geourl.org/rss/module/": Module(
        names={"latitude": values.latitude, "longitude": values.longitude}, once=_once("latitude", "longitude")
    ),
    "http://postneo.com/icbm": Module(
        names={"latitude": values.latitude, "longitude": values.longitude}, once=_once("latitude", "longitude")
    ),
    "http://backend.userland.com/blogChannelModule": Module(
        names={
            "blogRoll": values.web, "mySubscriptions": values.web, "blink": values.web, "changes": values.web,
        },
        once=_once("blogRoll", "mySubscriptions", "blink", "changes"),
    ),
    "http://backend.userland.com/creativeCommonsRssModule": Module(names={"license": values.iri}, closed=True),
    "http://madskills.com/public/xml/rss/module/trackback/": Module(
        names=_TRACKBACK,
        parents=_ITEMS,
        closed=True,
        resources={"ping": values.iri, "about": values.iri},
    ),
    "http://wellformedweb.org/CommentAPI/": Module(
        names={"comment": values.uri, "commentRss": values.uri, "commentRSS": values.uri}
    ),
    "http://purl.org/syndication/thread/1.0": Module(
        names={"in-reply-to": None, "total": values.whole}, inside={"in-reply-to": _ITEMS}
    ),
    "http://www.w3.org/2007/app": Module(
        names={"edited": values.date3339, **_open("control draft collection accept categories")},
        once=_once("edited"),
        inside={"edited": _ITEMS, "control": _ITEMS},
    ),
    "http://www.smartnews.be/snf": Module(free=True),
    "http://purl.org/syndication/history/1.0": Module(names=_open("archive complete"), closed=True),
}  # fmt: skip
