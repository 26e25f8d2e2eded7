"""JSON Feed 1.0 and 1.1 to raw entries; a field of the wrong type counts as absent.

Source: jsonfeed.org, version 1 and version 1.1.
"""

import json
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from feeds.errors import ParseError
from feeds.model.entry import Deleted, Enclosure, Image, Label, Origin, Parsed, Person, RawEntry, Reply, Text
from feeds.model.podcast import Podcast, Transcript, Voice
from feeds.model.source import FeedInfo, Problem
from feeds.parse.decoding.repair import MOST_ITEMS, without_forbidden
from feeds.parse.times.dates import read_date
from feeds.parse.xml.podcast import KINDS, MOST

_FORMATS = {"1": "json10", "1.0": "json10", "1.1": "json11"}
_SHAPE = ("id", "url", "content_html", "content_text", "title")  # an item has one of these
_MOST_AUTHORS = 50

Object = dict[str, Any]


def read_json(text: str, url: str, timezone: str) -> Parsed:
    """Return what the JSON Feed *text* holds.

    *url* is what relative links stand on; *timezone* holds for dates without an offset.
    Raises ParseError("json") for what is no JSON: NaN, keys that occur twice, numbers of thousands of digits and deep
    nesting among it, for two readers would read two things. Raises ParseError("unknown") for other JSON.
    """
    feed = _load(text)
    items = feed.get("items") if isinstance(feed, dict) else None
    version = _string(feed, "version") if isinstance(feed, dict) else ""
    ours = "jsonfeed.org/version/" in version
    if not isinstance(feed, dict) or not isinstance(items, list) or not (ours or _has_shape(items)):
        raise ParseError("unknown", "it is JSON, but no JSON Feed")
    problems = [] if ours else [Problem(code="malformed", detail="the version of JSON Feed is missing")]
    if len(items) > MOST_ITEMS:
        problems.append(Problem(code="excess", detail=f"{len(items)} items; the newest {MOST_ITEMS} were read"))
    unread: list[str] = []
    authors = _authors(feed)
    entries = tuple(
        _entry(item, authors, url, timezone, unread) for item in _window(items, timezone) if isinstance(item, dict)
    )
    if odd := sum(1 for item in items if not isinstance(item, dict)):
        problems.append(Problem(code="malformed", detail=f"{odd} items are no objects"))
    problems += [Problem(code="date", detail=f"{text!r}") for text in dict.fromkeys(unread)]
    deleted = tuple(_deleted(feed, timezone))
    return Parsed(info=_info(feed, version), entries=entries, deleted=deleted, problems=tuple(problems))


def _deleted(feed: Object, timezone: str) -> Iterator[Deleted]:
    """What is gone, as this program tells it: JSON Feed has no word for it."""
    said = feed.get("_deleted")
    found = said.get("entries") if isinstance(said, dict) else None
    for one in found[:MOST_ITEMS] if isinstance(found, list) else ():
        if isinstance(one, dict) and (ref := _string(one, "id")):
            yield Deleted(ref=ref, when=read_date(_string(one, "when"), timezone))


def _load(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse, object_pairs_hook=_object)
    except RecursionError as error:
        raise ParseError("json", "it is nested too deeply") from error
    except ValueError as error:  # JSONDecodeError is one; so is a number of more than 4 300 digits
        raise ParseError("json", str(error)[:200]) from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> Object:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(n for n in names if names.count(n) > 1)[:60]!r} occurs twice in one object")
    return found


def _has_shape(items: list[Any]) -> bool:
    return any(isinstance(item, dict) and any(_string(item, key) for key in _SHAPE) for item in items)


def _window(items: list[Any], timezone: str) -> list[Any]:
    """The newest MOST_ITEMS as they stand: the first, unless the oldest stands first."""
    if len(items) <= MOST_ITEMS:
        return items
    ends = [_published(item, timezone) if isinstance(item, dict) else None for item in (items[0], items[-1])]
    ascending = ends[0] is not None and ends[1] is not None and ends[0] < ends[1]
    return items[-MOST_ITEMS:] if ascending else items[:MOST_ITEMS]


def _published(item: Object, timezone: str) -> datetime | None:
    return read_date(_string(item, "date_published"), timezone)


def _info(feed: Object, version: str) -> FeedInfo:
    hubs = feed.get("hubs")
    named = [_string(h, "url") for h in hubs if isinstance(h, dict)] if isinstance(hubs, list) else []
    hub = next((url for url in named if url.startswith("https:")), next(iter(named), ""))
    return FeedInfo(
        id=_string(feed, "feed_url") or _string(feed, "id"),
        title=_line(feed, "title"),
        description=_line(feed, "description"),
        home=_string(feed, "home_page_url"),
        self_url=_string(feed, "feed_url"),
        hub=hub,
        language=_string(feed, "language"),
        icon=_string(feed, "icon") or _string(feed, "favicon"),
        format=_FORMATS.get(version.rstrip("/").rpartition("/")[2], "json"),
    )


def _entry(item: Object, authors: tuple[Person, ...], url: str, timezone: str, unread: list[str]) -> RawEntry:
    guid = _string(item, "id")
    html, plain = _string(item, "content_html"), _string(item, "content_text")
    summary, title = _string(item, "summary"), _string(item, "title")
    picture = _string(item, "image") or _string(item, "banner_image")
    ours = item.get("_feeds")  # what JSON Feed has no place for, as this program tells it
    more: Object = ours if isinstance(ours, dict) else {}
    return RawEntry(
        guid=guid,
        guid_is_permalink=guid.startswith(("http://", "https://")),
        url=_string(item, "url") or _string(item, "external_url"),
        title=Text(value=title) if title else None,
        summary=Text(value=summary) if summary else None,
        content=Text(value=html, kind="html") if html else Text(value=plain) if plain else None,
        published=_date(item, "date_published", timezone, unread),
        updated=_date(item, "date_modified", timezone, unread),
        authors=_authors(item) or authors,
        tags=_tags(item),
        enclosures=_attachments(item),
        image=_image(more, picture) if picture else None,
        language=_string(item, "language"),
        rights=_line(more, "rights"),
        licence=_string(more, "licence"),
        contributors=_authors({"authors": more.get("contributors")}),
        comments=_string(more, "comments"),
        comments_feed=_string(more, "comments_feed"),
        answers=tuple(
            Reply(id=_string(one, "id"), url=_string(one, "url")) for one in _objects(more, "answers") if "id" in one
        ),
        labels=tuple(
            Label(name=_line(one, "name"), term=_line(one, "term"), scheme=_string(one, "scheme"))
            for one in _objects(more, "labels")
        ),
        podcast=_podcast(_object_at(more, "podcast")),
        origin=_origin(_object_at(more, "source")),
        base_url=_string(item, "url") or url,
    )


def _origin(found: Object) -> Origin | None:
    """Read the feed that an item is from, as this program tells it."""
    read = Origin(
        **{key: _string(found, key) for key in ("id", "url", "feed_url", "icon", "licence")},
        **{key: _line(found, key) for key in ("title", "rights")},
    )
    return read if read != Origin() else None


def _string(found: Object, key: str) -> str:
    """A text, or a number as text: ids are numbers in some feeds, and version 1 allows it."""
    value = found.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return without_forbidden(value).strip() if isinstance(value, str) else ""


def _line(found: Object, key: str) -> str:
    return " ".join(_string(found, key).split())


def _date(item: Object, key: str, timezone: str, unread: list[str]) -> datetime | None:
    if not (text := _string(item, key)):
        return None
    if (moment := read_date(text, timezone)) is None:
        unread.append(" ".join(text.split())[:60])
    return moment


def _authors(found: Object) -> tuple[Person, ...]:
    """`authors` of 1.1 and `author` of 1.0; a bare name is taken too."""
    authors = found.get("authors")
    several = authors if isinstance(authors, list) and authors else [found.get("author")]
    persons = []
    for author in several[:_MOST_AUTHORS]:
        if isinstance(author, dict):
            person = Person(name=_line(author, "name"), email=_line(author, "email"), url=_string(author, "url"))
        else:
            person = Person(name=_line({"name": author}, "name"))
        if person != Person():
            persons.append(person)
    return tuple(dict.fromkeys(persons))


def _tags(item: Object) -> tuple[str, ...]:
    tags = item.get("tags")
    if not isinstance(tags, list):
        return ()
    return tuple(dict.fromkeys(filter(None, (_line({"tag": tag}, "tag") for tag in tags))))


def _attachments(item: Object) -> tuple[Enclosure, ...]:
    attachments = item.get("attachments")
    attached: dict[str, Enclosure] = {}
    for found in attachments if isinstance(attachments, list) else []:
        if isinstance(found, dict) and (url := _string(found, "url")):
            seconds = _amount(found, "duration_in_seconds")
            attached.setdefault(
                url,
                Enclosure(
                    url=url,
                    media_type=_string(found, "mime_type"),
                    length=int(_amount(found, "size_in_bytes")),
                    title=_line(found, "title"),
                    duration=timedelta(seconds=seconds) if seconds else None,
                    description=_line(more := _object_at(found, "_feeds"), "description"),
                    credit=_line(more, "credit"),
                    width=int(_amount(more, "width")),
                    height=int(_amount(more, "height")),
                ),
            )
    return tuple(attached.values())


def _image(more: Object, url: str) -> Image:
    found = _object_at(more, "image")
    return Image(
        url=url,
        alt=_line(found, "alt"),
        credit=_line(found, "credit"),
        width=int(_amount(found, "width")),
        height=int(_amount(found, "height")),
    )


def _podcast(found: Object) -> Podcast | None:
    """Read an episode, as this program tells it."""
    explicit = found.get("explicit")
    read = Podcast(
        **{key: _line(found, key) for key in ("title", "author", "subtitle", "summary", "image", "chapters")},
        season=int(_amount(found, "season")),
        episode=int(_amount(found, "episode")),
        kind=KINDS.get(_string(found, "kind"), ""),
        explicit=explicit if isinstance(explicit, bool) else None,
        transcripts=tuple(
            Transcript(url=_string(t, "url"), media_type=_string(t, "mime_type"), language=_string(t, "language"))
            for t in _objects(found, "transcripts")
        ),
        voices=tuple(
            Voice(**{key: _line(v, key) for key in ("name", "role", "group", "url", "image")})
            for v in _objects(found, "voices")
        ),
    )
    return read if read != Podcast() else None


def _object_at(found: Object, key: str) -> Object:
    value = found.get(key)
    return value if isinstance(value, dict) else {}


def _objects(found: Object, key: str) -> list[Object]:
    value = found.get(key)
    return [one for one in value[:MOST] if isinstance(one, dict)] if isinstance(value, list) else []


def _amount(found: Object, key: str) -> float:
    """A number that is not negative and below 10^12, also where it stands as text; 0 where it is none."""
    try:
        number = float(_string(found, key) or 0)
    except ValueError:
        return 0
    return number if math.isfinite(number) and 0 <= number < 1e12 else 0
