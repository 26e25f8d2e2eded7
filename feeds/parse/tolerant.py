"""RSS, RDF and Atom in any state to raw entries, through feedparser given clean text only."""

import re
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from feeds.errors import ParseError
from feeds.model.entry import Enclosure, Image, Origin, Parsed, Person, RawEntry, Text
from feeds.model.source import FeedInfo, Problem
from feeds.parse.decoding.repair import MOST_ITEMS, Repaired, repair
from feeds.parse.elements import Found, read_elements
from feeds.parse.times import timetable
from feeds.parse.times.dates import read_date
from feeds.parse.xml.parts import (
    BLOGGERS_KIND,
    FEED_TYPES,
    HTML_TYPES,
    LONGEST_PERSON,
    MOST_PERSONS,
    Tag,
    attached,
    completed,
    described,
    duration,
    is_picture,
    number,
    person_named,
    picture,
    terms,
)
from feeds.parse.xml.podcast import CAPTIONS, TEXTS, Said, answers_of, podcast_of
from feeds.parse.xml.scope import is_base
from feeds.parse.xml.texts import plain_or_html, plainly, words

_VOID_END = re.compile(r"</(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)>", re.IGNORECASE)


class _Dates(NamedTuple):
    """Reads dates for one source and remembers those that it could not read."""

    timezone: str
    unread: list[str]

    def first(self, *texts: object) -> datetime | None:
        """The first text that is a date; the ones before it are noted."""
        for text in texts:
            if isinstance(text, str) and text.strip():
                if moment := read_date(text, self.timezone):
                    return moment
                self.unread.append(" ".join(text.split())[:60])
        return None


def read_xml(text: str, url: str, timezone: str) -> Parsed:
    """Return what *text*, which begins at its root element, holds.

    *url* is what relative links stand on; *timezone* holds for dates without an offset.
    Raises ParseError("depth") before reading, ParseError("reader") where feedparser fails, ParseError("unknown").
    """
    return read_repaired(repair(text), url, timezone)


def read_repaired(repaired: Repaired, url: str, timezone: str) -> Parsed:
    """Return what a repaired text holds, as `read_xml` does."""
    base_url = url if url.startswith(("http://", "https://")) else ""
    try:
        reader, fault = read_elements(repaired.text, base_url)
    except (ParseError, MemoryError):
        raise
    except Exception as error:  # feedparser raises whatever it meets: UnicodeError, KeyError, RecursionError …
        raise ParseError("reader", f"{type(error).__name__}: {error}"[:200]) from error
    if not reader.version and not reader.entries:  # RDF of some other vocabulary
        raise ParseError("unknown", "it has the shape of a feed, but nothing in it")
    dates = _Dates(timezone, [])
    entries = tuple(_entry(found, reader, url, dates) for found in reader.entries[:MOST_ITEMS])
    problems = told_of(repaired, len(reader.entries), fault)
    problems += [Problem(code="date", detail=f"{text!r}") for text in dict.fromkeys(dates.unread)]
    return Parsed(
        info=_info(reader),
        entries=entries,
        problems=tuple(problems),
        complete=repaired.complete,
    )


def told_of(repaired: Repaired, entries: int, fault: str = "") -> list[Problem]:
    """Return what was wrong with a text that was repaired and gave so many *entries*; *fault* is its reader's word."""
    problems = [Problem(code="malformed", detail=note) for note in (*repaired.notes, *([fault] if fault else []))]
    if not repaired.complete:
        problems.append(Problem(code="malformed", detail="the end is missing: complete items were read"))
    if (most := max(repaired.items, entries)) > MOST_ITEMS:
        problems.append(Problem(code="excess", detail=f"{most} items; the newest {MOST_ITEMS} were read"))
    return problems


def _info(reader: Any) -> FeedInfo:
    feed: Found = reader.feeddata
    links = _links(feed)
    image = _dict(feed, "image")
    told = [_string(feed, name) for name in ("ttl", "sy_updateperiod", "sy_updatefrequency")]
    return FeedInfo(
        id=_string(feed, "id"),
        title=words(_string(feed, "title") or _string(feed, "dc_title")),
        description=words(next(filter(None, (_string(feed, k) for k in _DESCRIPTIONS)), "")),
        home=_alternate(feed, links),
        self_url=_href(links, "self"),
        hub=_href([k for k in links if _string(k, "href").startswith("https:")], "hub") or _href(links, "hub"),
        language=_string(feed, "language"),
        rights=words(_string(feed, "rights")),
        icon=_string(feed, "icon") or _string(feed, "logo") or _string(image, "href"),
        licence=_href(links, "license"),
        format=reader.version or "unknown",
        ttl=timetable.interval(*told),
        base=timetable.base(_string(feed, "sy_updatebase"), *told),
        skip_hours=timetable.hours(dict.get(feed, "x_hours", ())),
        skip_days=timetable.days(dict.get(feed, "x_days", ())),
    )


_DESCRIPTIONS = ("subtitle", "info", "dc_description", "itunes_summary", "itunes_subtitle")


def _entry(found: Found, reader: Any, url: str, dates: _Dates) -> RawEntry:
    links = _links(found)
    content = _content(found)
    summary = _text(found, "summary") or _plain(found, "dc_description") or _plain(found, "media_description")
    images = _images(found)
    texts = {name: _string(found, name) for name in (*(f"x_{caption}" for caption in CAPTIONS), *TEXTS)}
    said: list[Said] = dict.get(found, "x_said", [])
    guid = _string(found, "id")
    permalink = _is_permalink(found, guid)
    published = dates.first(*(dict.get(found, k) for k in ("published", "created", "dc_date")))
    detail = _detail(found, "content") or _detail(found, "summary") or _detail(found, "title")
    return RawEntry(
        guid=guid,
        guid_is_permalink=permalink,
        url=_string(found, "feedburner_origlink") or _alternate(found, links) or (guid if permalink else ""),
        title=_text(found, "title") or _plain(found, "dc_title") or _plain(found, "media_title"),
        summary=summary or _plain(found, "itunes_summary") or _plain(found, "itunes_subtitle"),
        content=content,
        published=published,
        updated=dates.first(dict.get(found, "updated")),
        authors=_authors(found, reader),
        tags=_tags(found),
        enclosures=_enclosures(found, links, images[0].url if images else ""),
        image=described(images[0], texts, alone=sum(map(_is_picture, _dicts(found, "media_content"))) == 1)
        if images
        else None,
        language=_language(found, detail, _string(reader.feeddata, "language")),
        rights=plainly(_text(found, "rights")),
        licence=_href(links, "license"),
        contributors=_persons(found, "contributors"),
        comments=_string(found, "comments") or _replies(links, as_feed=False),
        comments_feed=_string(found, "wfw_commentrss") or _replies(links, as_feed=True),
        answers=answers_of(said),
        labels=terms([Tag(*(_string(t, k) for k in ("term", "scheme", "label"))) for t in _dicts(found, "tags")]),
        podcast=podcast_of(texts, said, _string(_dict(found, "image"), "href")),
        base_url=next(filter(is_base, (_string(detail, "base"), _string(found, "x_base"))), url),
        origin=_origin(found),
    )


def _is_permalink(found: Found, guid: str) -> bool:
    """RSS 2.0 says that a guid is a link unless it denies it; in real feeds one that has no shape of a link is none."""
    said = dict.get(found, "x_permalink")
    return said in {"", "true"} and (guid.startswith(("http://", "https://")) or (said == "true" and "/" in guid))


def _string(found: Found, key: str) -> str:
    value = dict.get(found, key, "")
    return value.strip() if isinstance(value, str) else ""


def _strings(found: Found) -> dict[str, str]:
    return {key: value for key, value in found.items() if isinstance(value, str)}


def _dict(found: Found, key: str) -> Found:
    value = dict.get(found, key)
    return value if isinstance(value, dict) else {}


def _dicts(found: Found, key: str) -> list[Found]:
    value = dict.get(found, key)
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _detail(found: Found, key: str) -> Found:
    if key == "content":
        return max(_dicts(found, key), key=lambda c: len(_string(c, "value")), default={})
    return _dict(found, f"{key}_detail")


def _text(found: Found, key: str) -> Text | None:
    """A text construct with its kind; an element without its detail (given twice, or by an extension) is text."""
    return _typed(_string(found, key), _string(_detail(found, key), "type"))


def _typed(value: str, media_type: str) -> Text | None:
    if media_type == "application/xhtml+xml":  # feedparser writes `<br></br>`, which HTML reads as two
        value = _VOID_END.sub("", value)
    return Text(value=value, kind="html" if media_type in HTML_TYPES else "text") if value else None


def _plain(found: Found, key: str) -> Text | None:
    """An element of an extension, which rarely says whether it holds HTML."""
    return plain_or_html(_string(found, key))


def _content(found: Found) -> Text | None:
    """The longest content that is text: content:encoded, atom:content or a body element; no pictures and the like."""
    readable = [c for c in _dicts(found, "content") if _readable(_string(c, "type"))]
    best = max(readable, key=lambda c: len(_string(c, "value")), default={})
    return _typed(_string(best, "value"), _string(best, "type"))


def _readable(media_type: str) -> bool:
    return not media_type or media_type in HTML_TYPES or media_type in {"text/plain", "text", "text/markdown"}


def _links(found: Found) -> list[Found]:
    return [link for link in _dicts(found, "links") if _string(link, "href")]


def _href(links: list[Found], rel: str) -> str:
    return next((_string(link, "href") for link in links if _string(link, "rel") == rel), "")


def _replies(links: list[Found], *, as_feed: bool) -> str:
    """Where an entry is answered: the page, or the feed (RFC 4685 §4)."""
    replies = [k for k in links if _string(k, "rel") == "replies"]
    return next((_string(k, "href") for k in replies if (_string(k, "type") in FEED_TYPES) == as_feed), "")


def _alternate(found: Found, links: list[Found]) -> str:
    """The page: the first alternate that is HTML, else any alternate, else what an element `link` says."""
    alternates = [link for link in links if _string(link, "rel") in {"alternate", ""}]
    pages = [link for link in alternates if _string(link, "type") in HTML_TYPES]
    return _href(pages, "alternate") or _href(alternates, "alternate") or _string(found, "link")


def _authors(found: Found, reader: Any) -> tuple[Person, ...]:
    """The entry's own authors, else its source's; in Atom else the feed's (RFC 4287 §4.2.1)."""
    own = _persons(found) or _persons(_dict(found, "source"))
    if not own and (name := _string(found, "itunes_author")):
        own = (person_named(name),)
    return own or (_persons(reader.feeddata) if reader.version.startswith("atom") else ())


def _persons(found: Found, key: str = "authors") -> tuple[Person, ...]:
    persons = []
    for author in _dicts(found, key)[:MOST_PERSONS]:
        name, email, url = (_string(author, k)[:LONGEST_PERSON] for k in ("name", "email", "href"))
        if name or email or url:
            persons.append(Person(name=name, email=email, url=url))
        elif text := _string(author, "x_text"):
            persons.append(person_named(text))
    return tuple(dict.fromkeys(persons))


def _tags(found: Found) -> tuple[str, ...]:
    tags = [t for t in _dicts(found, "tags") if _string(t, "scheme") != BLOGGERS_KIND]
    return tuple(dict.fromkeys(filter(None, (words(_string(t, "label") or _string(t, "term")) for t in tags))))


def _images(found: Found) -> list[Image]:
    """Pictures that may lead, best first: media:content, media:thumbnail (the widest first), itunes, enclosures."""
    media = [m for m in _dicts(found, "media_content") if _is_picture(m)]
    groups = [
        sorted(media, key=_width),
        sorted(_dicts(found, "media_thumbnail"), key=_width),
        [_dict(found, "image")],
        [{"url": _string(found, "x_image")}],
        [link for link in _links(found) if _string(link, "rel") == "enclosure" and _is_picture(link)],
    ]
    return [image for group in groups for m in group if (image := picture(_strings(m)))]


def _width(media: Found) -> int:
    return -number(_strings(media), "width")


def _is_picture(media: Found) -> bool:
    return is_picture(_strings(media))


def _enclosures(found: Found, links: list[Found], lead: str) -> tuple[Enclosure, ...]:
    """Attached files by URL, each once: links, then media:content but for the lead picture, then content elsewhere."""
    lasting = duration(_string(found, "itunes_duration"))
    files: dict[str, Enclosure] = {}
    for link in links:
        if _string(link, "rel") == "enclosure":
            url = _string(link, "href")
            files.setdefault(url, _enclosure(link, url, lasting))
    for media in _dicts(found, "media_content"):
        url = _string(media, "url")
        if url and (url in files or not (url == lead and _is_picture(media))):
            file = _enclosure(media, url, duration(_string(media, "duration")))
            files[url] = completed(files[url], file) if url in files else file
    for content in _dicts(found, "content"):
        if (url := _string(content, "src")) and not _string(content, "value"):
            files.setdefault(url, _enclosure(content, url, None))
    return tuple(files.values())


def _enclosure(found: Found, url: str, duration: timedelta | None) -> Enclosure:
    return attached(_strings(found), url, duration)


def _language(found: Found, detail: Found, of_feed: str) -> str:
    """The entry's language where it differs from the feed's."""
    own = _string(found, "language") or _string(detail, "language") or _string(found, "x_language")
    return "" if own.replace("_", "-").lower() == of_feed.lower() else own.replace("_", "-")


def _origin(found: Found) -> Origin | None:
    """The feed that the item came from: atom:source, or RSS's source with url and title."""
    source = _dict(found, "source")
    links = _links(source)
    origin = Origin(
        id=_string(source, "id"),
        title=words(_string(source, "title")),
        url=_alternate(source, links) if links else "",
        feed_url=_href(links, "self") or _string(source, "href"),
        rights=words(_string(source, "rights")),
        icon=_string(source, "icon") or _string(source, "logo"),
    )
    return origin if origin != Origin() else None
