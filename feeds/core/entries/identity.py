"""Who an entry is: its fingerprint, the keys that make it the same story as another, and the id it is published under.

A match key is exact and belongs to one story:

`id:`    the guid, where it is meant to be unique in the world (a tag:, urn: or http URI); http and https are one
`url:`   the canonical URL of its page
`text:`  a hash of title and body, where the body is long enough to be nobody's form letter
`body:`  a hash of the body alone, where it is long
"""

import hashlib
import re
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

import orjson

from feeds.core.links import urls
from feeds.core.words import text
from feeds.model.entry import Enclosure, Entry
from feeds.model.settings import Dedupe, Site

# A Latin word counts 2, a Hangul or CJK syllable 1: 60 units are some 30 English words or two Korean sentences.
# Shorter texts recur ("Read more", "Photo of the day") and decide nothing.
UNITS_WITH_TITLE = 60
UNITS_ALONE = 400

_EAST = r"\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af"
_UNIT = re.compile(rf"[{_EAST}]|[^\W_]+")
_RUNS = re.compile(rf"[{_EAST}]+|[^\W_]+")  # as units, all syllables in a row at once
_EASTERN = re.compile(f"[{_EAST}]")
_APART = bytes(c if chr(c).isalnum() and c < 128 else 0x20 for c in range(256))  # blanks between the units of ASCII
_HTTP = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?(/[!-~]*|[?#][!-~]*)?", re.IGNORECASE)
_TAG = re.compile(
    r"tag:(?:[a-z0-9._-]+@)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?,[0-9]{4}(-(?:0[1-9]|1[0-2])(-[0-3][0-9])?)?"
    r":[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*"
)
# RFC 2141 §2.2: of what RFC 8141 added, '/', '~' and '&' are refused by validators, and '?' begins what is no name.
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:(?:[a-z0-9()+,.:=@;$_!*'-]|%[0-9a-f]{2})+", re.IGNORECASE)
_INNER = re.compile(r"https?://[^/?#]+/+[^/?#]")  # a page below a host's front page
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def digest(*parts: str) -> str:
    """Return 32 hex digits that stand for *parts*, kept apart."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def fingerprint(entry: Entry) -> str:
    """Return 32 hex digits that differ when something a reader would see differs.

    Dates take no part: many feeds stamp every item with now at each request, and that is no change
    (FreshRSS, RSSHub and `reader` leave them out for the same reason).
    """
    facts: tuple[object, ...] = (
        entry.url, entry.title, entry.summary, entry.content, entry.authors, entry.tags, entry.categories,
        entry.enclosures, entry.image, entry.language, entry.rights, entry.comments, entry.hold, entry.release,
    )  # fmt: skip
    later = (entry.licence, entry.contributors, entry.comments_feed)  # kept since: without them marks are as before
    facts = (*facts, *later) if any(later) else facts
    latest = (entry.answers, entry.labels, entry.podcast)
    facts = (*facts, *latest) if any(latest) else facts
    try:
        told = orjson.dumps(facts, default=_fact, option=orjson.OPT_PASSTHROUGH_DATACLASS)
    except orjson.JSONEncodeError:  # what JSON cannot say, such as a number beyond 64 bits
        return digest(repr(facts))
    return hashlib.sha256(told).hexdigest()[:32]


_LATER = frozenset({"description", "credit"})  # of files and pictures, kept since: as above
_SIZES = frozenset({"width", "height"})  # of files


def _fact(value: object) -> object:
    """What JSON has no form for: a value by its fields, in their order; anything else as it is written."""
    if not is_dataclass(value) or isinstance(value, type):
        return str(value)
    later = _LATER | _SIZES if isinstance(value, Enclosure) else _LATER
    return {name: v for name in _names(type(value)) if (v := getattr(value, name)) or name not in later}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def url_key(entry: Entry) -> str:
    """Return the canonical URL of the entry's page; '' where it has none or only a host's front page."""
    return _page_key(entry.url) if entry.url else ""


@lru_cache(maxsize=4096)
def _page_key(url: str) -> str:
    """Remembered, for each step of a poll asks again."""
    key = urls.canonical(url)
    if _INNER.match(url):
        return key
    parts = urlsplit(url)
    return key if parts.path.strip("/") or parts.query or "!" in parts.fragment or "/" in parts.fragment else ""


def guid_key(guid: str) -> str:
    """Return a guid as it is compared: http and https are one (feedbin `public_id_alt`)."""
    return "http:" + guid[6:] if guid.lower().startswith("https:") else guid


@lru_cache(maxsize=4096)
def is_global(guid: str) -> bool:
    """Tell whether a guid is a URI that may stand as an id anywhere: valid by RFC 3986, 4151 or 8141.

    Remembered: asked for its keys, then for its story.
    """
    if len(guid) > 1000:
        return False
    if guid.lower().startswith("urn:uuid:"):
        return bool(_UUID.fullmatch(guid))
    return any(p.fullmatch(guid) for p in (_HTTP, _TAG, _URN)) and not re.search(
        r'[<>"{}|\\^`\[\]]|%(?![0-9A-Fa-f]{2})|#.*#', guid
    )


def body_of(entry: Entry) -> str:
    """Return the folded plain text of what the entry says below its title."""
    return text.fold(text.plain(entry.content) if entry.content else entry.summary)


# Endings of files that enclosures are seen with: what answers `get.php?id=7` is told by its query.
_NAMED = "aac avif epub flac gif jpeg jpg m3u8 m4a m4b m4v mov mp3 mp4 oga ogg ogv opus pdf png svg wav webm webp zip"
_ENDINGS = frozenset(_NAMED.split())


def said(entry: Entry) -> tuple[str, ...]:
    """Return what an entry says: title, summary, text and files, without its links, its markup and its blanks.

    A post that is renamed, or a feed that restyles its items, tells nobody anything new; nor does a file whose address
    bears another token, or whose length is told otherwise.
    """
    files = (_file(e.url) for e in entry.enclosures)
    words = (" ".join(said.split()) for said in (entry.summary, text.plain(entry.content)))
    return entry.title, *words, *files


def _file(url: str) -> str:
    """Return what tells a file from others: its address, without a query where the path names a file by itself."""
    path = url.partition("#")[0].partition("?")[0]
    ending = path.rpartition("/")[2].rpartition(".")[2].lower()
    return path if ending in _ENDINGS else url


def _alike(entry: Entry) -> str:
    """Return what `body_of` does, as far as its letters and digits go: folding does no more to those of ASCII."""
    said = text.plain(entry.content) if entry.content else entry.summary
    return said.lower() if said.isascii() else text.fold(said)


def _measured(body: str) -> tuple[int, str]:
    """Return how much a folded text says, exactly below `UNITS_ALONE`, and its words and syllables without gaps."""
    if body.isascii():
        words = body.encode().translate(_APART).split()
        return 2 * len(words), b"".join(words).decode()
    runs = _RUNS.findall(body)
    return sum([len(run) if "가" <= run < "\ud7b0" else _weight(run) for run in runs[:UNITS_ALONE]]), "".join(runs)


def _weight(run: str) -> int:
    return 2 if run < "\u1100" else len(run) if _EASTERN.match(run) else 1


def match_keys(entry: Entry, dedupe: Dedupe) -> tuple[str, ...]:
    """Return the keys that make another entry the same story, the most certain first."""
    keys = []
    if not entry.guid_made and is_global(entry.guid):
        keys.append("id:" + guid_key(entry.guid))
    if dedupe.same_url and (key := url_key(entry)):
        keys.append("url:" + key)
    if dedupe.same_text:
        size, squeezed = _measured(_alike(entry))
        if size >= UNITS_WITH_TITLE:
            keys.append("text:" + digest("".join(_UNIT.findall(text.fold(entry.title))), squeezed))
        if size >= UNITS_ALONE:
            keys.append("body:" + digest(squeezed))
    return tuple(keys)


def story_id(entry: Entry, site: Site, *, local: bool, free: bool) -> str:
    """Return the IRI under which a new story is published, for ever.

    A remote entry keeps its own id where that is a valid URI and *free* (RFC 4287 §4.2.6: syndicating must not change
    an atom:id); so does a post whose author gave a URI. Else it is a tag URI (RFC 4151) made of the site's host
    and the entry's guid; its date is the year of that RFC, so that an id depends on no clock.
    `site.ids` keeps the ids that subscribers of the site already know, where *free*: `url`, or those of the jekyll-feed
    plugin, which for a site of Jekyll's are made of URL and slug, else of the URL.
    """
    if local and free and site.ids != "tag" and entry.url:
        return entry.url if site.ids == "url" else entry.feed_id or entry.url.removesuffix("/")
    if free and not entry.guid_made and is_global(entry.guid):
        return entry.guid
    return f"tag:{_host(site.url)},2005:{digest(entry.source_id, entry.guid)}"


@lru_cache(maxsize=16)
def _host(url: str) -> str:
    return (urlsplit(url).hostname or "localhost").encode("idna").decode("ascii")


def guid_variants(guid: str) -> tuple[str, ...]:
    """Return a guid and, where it is a web address, its twin under the other scheme."""
    for scheme, twin in (("https:", "http:"), ("http:", "https:")):
        if guid.lower().startswith(scheme):
            return guid, twin + guid[len(scheme) :]
    return (guid,)
