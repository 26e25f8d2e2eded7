"""RawEntry to Entry: every promise of the `Entry` type kept by a stated rule, item by item.

id        as found, without blanks around it; a path as permalink is made absolute; above 1 kB its hash (`sha256:…`).
          None: a local post's blob (`blob:…`; the second of equal posts by path `blob:…#2`), else the link
          unless several such items share it, else `made:` and a hash of title, date and the first 4 kB of content.
          One id on several items, http and https being one: with one page they are one, the newest counts; with
          several each item's id is id and link together (`id|link`), whatever their order.
link      as found and absolute, else the id where it is an http(s) URL, else the first file, else ''
dates     aware, from 1990 on; an item without a publication date has its date of change as one. Where five or more
          items bear one date, with seconds, or one date of change and none a publication date, the generator wrote
          "now": no date. What a feed says of itself, its date and its build time, dates no item
base      `xml:base` or its like, resolved against where the document was read; http(s) only. Without one, relative
          URLs within the text stand on the item's own page: that is where its author saw them work
the rest  see `fields.py`

Caps: id 1 kB, link 2 kB, the others in `fields.py` and `clean.py`. Future dates are for deciding, with a clock at hand.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from feeds.core.entries import details, fields
from feeds.core.entries.amend import amend
from feeds.core.entries.clean import clean, paragraphs
from feeds.core.entries.identity import guid_key
from feeds.core.links.resolve import absolute
from feeds.core.links.urls import canonical
from feeds.core.words.text import tidy
from feeds.model.entry import Deleted, Entry, Parsed, RawEntry, Text
from feeds.model.quick import replace
from feeds.model.source import Problem, Source

LONGEST_ID = 1024  # bytes
_STAMPED = 5  # items with one date between them: fewer may be one act of an editor
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web: 1970 and year 1 are clocks that were not set


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """The entries of one poll, in the order found, and what was odd about them.

    *places* tell where each stood in its document, where it was read in part; () : they are all, from 0.
    *deleted* are ids, as entries have them, of items that the feed says are gone, and when.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    places: tuple[int, ...] = ()
    deleted: tuple[Deleted, ...] = ()


def normalise(parsed: Parsed, source: Source, url: str) -> Normalised:
    """Return the entries of *parsed*, which was read at *url*. An item that cannot be kept costs no other."""
    problems: list[Problem] = []
    parsed = amend(parsed, source.options, url).parsed
    ground = absolute(url) or absolute(parsed.info.self_url) or absolute(parsed.info.home) or absolute(source.home)
    entries: list[Entry] = []
    links = Counter(raw.url for raw in parsed.entries if not raw.guid.strip() and raw.url)
    crowded = frozenset(link for link, items in links.items() if items > 1)
    for raw in _without_stamps(parsed.entries, problems):
        try:
            raw = replace(raw, base_url="") if raw.base_url == url != ground else raw  # a path says nothing to others
            entries.append(_entry(raw, source, ground, parsed.info.language, crowded))
        except (ValueError, ArithmeticError, RecursionError) as error:
            problems.append(Problem(code="reader", detail=f"one item: {error}"[:300], where=raw.path or raw.url[:200]))
    deleted = tuple(replace(d, ref=_id(d.ref), when=_date(d.when)) for d in parsed.deleted if d.ref)
    return Normalised(entries=_told_apart(entries, problems), problems=tuple(problems), deleted=deleted)


def _entry(raw: RawEntry, source: Source, ground: str, language: str, crowded: frozenset[str]) -> Entry:
    """Keep the promises for one item."""
    base = _base(raw.base_url, ground)
    files = fields.enclosures(raw.enclosures, base)
    guid, made = _guid(raw, base, crowded)
    link = fields.link(raw.url, base) or fields.link(guid) or (files[0].url if files else "")
    named = (raw.base_url and base != ground) or source.options.base != "document"
    content = _content(raw, base if named else link or base)
    summary = fields.summary(raw.summary, content)
    published, updated = _date(raw.published), _date(raw.updated)
    tags, categories = _labels(raw, source)
    title = fields.title(raw.title, summary or fields.summary(None, content), link, guid)
    authors = fields.authors(raw.authors, base)
    said = {title, summary, *(author.name for author in authors)}
    return Entry(
        source_id=source.id,
        guid=guid,
        guid_made=made,
        url=link,
        title=title,
        summary=summary,
        content=content,
        published=published or updated,
        updated=updated,
        authors=authors,
        tags=tags,
        categories=categories,
        enclosures=files,
        image=fields.image(raw.image, base) or fields.lead_image(files, content),
        language=fields.language(raw.language) or fields.language(language),
        rights=fields.caption(raw.rights, 1000),
        licence=fields.link(raw.licence, base),
        contributors=fields.authors(raw.contributors, base),
        comments=fields.link(raw.comments, base),
        comments_feed=fields.link(raw.comments_feed, base),
        answers=details.answers(raw.answers, base) if raw.answers else (),
        labels=details.labels(raw.labels, tags) if raw.labels else (),
        podcast=details.podcast(raw.podcast, base, said) if raw.podcast else None,
        origin=fields.origin(raw.origin, base),
        path=raw.path,
        blob=raw.blob,
        feed_id=fields.link(raw.feed_id),
        hold=raw.hold,
        release=_date(raw.release),
        minor=raw.minor,
    )


def _labels(raw: RawEntry, source: Source) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return tags and categories; a feed's category elements are both."""
    if source.kind == "content":
        return fields.labels(raw.tags), fields.labels(raw.categories)
    both = fields.labels((*raw.categories, *raw.tags))
    return both, both


@lru_cache(maxsize=64)
def _base(found: str, ground: str) -> str:
    """Return what an item's URLs stand on: the same for nearly all of a feed."""
    return fields.link(found, ground) or ground


def _guid(raw: RawEntry, base: str, crowded: frozenset[str]) -> tuple[str, bool]:
    """Return the id, and whether it is ours."""
    if guid := _tidy(raw.guid):
        if raw.guid_is_permalink and guid.startswith(("/", "./", "../", "?")):
            guid = absolute(guid, base) or guid  # `123` stays: it says permalink only for want of `isPermaLink`
        return _held(guid), False
    if raw.path and raw.blob:
        return f"blob:{raw.blob}", True
    link = fields.link(raw.url, base)
    if link and raw.url not in crowded:
        return _held(link), False
    title, body = raw.title or Text(value=""), raw.content or raw.summary or Text(value="")
    date = raw.published.isoformat() if raw.published else ""
    words = "\x1f".join((title.value, date, body.value[:4096], raw.path))
    return f"made:{_hash(words)[:32]}", True


def _tidy(guid: str) -> str:
    return " ".join(tidy(guid).split()) if len(guid) < 1 << 20 else guid


def _id(ref: str) -> str:
    """Return the id that an item would have which a feed calls *ref*."""
    return _held(_tidy(ref))


def _held(guid: str) -> str:
    """Return an id, or its hash where it is too long to be kept."""
    return guid if len(guid.encode("utf-8", "replace")) <= LONGEST_ID else f"sha256:{_hash(guid)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _content(raw: RawEntry, base: str) -> str:
    """Return clean HTML of the content, or of a summary that is HTML; plain content becomes paragraphs."""
    body = raw.content if raw.content and raw.content.value.strip() else None
    if body is None:
        body = raw.summary if raw.summary and fields.is_html(raw.summary) else Text(value="")
        return clean(body.value, base)
    return clean(body.value if body.kind == "html" else paragraphs(body.value), base)


def _date(found: datetime | None) -> datetime | None:
    """Return a date that can be meant, in UTC; None for one without an offset, before 1990 or beyond the calendar."""
    if found is None or found.utcoffset() is None:
        return None
    try:
        date = found.astimezone(UTC)
    except OverflowError:
        return None
    return date if date >= _OLDEST else None


def _without_stamps(entries: Sequence[RawEntry], problems: list[Problem]) -> Sequence[RawEntry]:
    """Take away dates that all items bear because the document was made then (Pluto `models/feed.rb`)."""
    if len(entries) < _STAMPED:
        return entries
    dated = any(entry.published for entry in entries)
    published = _is_stamp({entry.published for entry in entries})
    updated = _is_stamp({entry.updated for entry in entries}, whole=not dated)
    if not (published or updated):
        return entries
    problems.append(Problem(code="stamped", detail=f"all {len(entries)} items bear one"))
    return [
        replace(e, published=None if published else e.published, updated=None if updated else e.updated)
        for e in entries
    ]


def _is_stamp(dates: Set[datetime | None], *, whole: bool = False) -> bool:
    """Whether one date for all is a clock's, not an editor's: editors choose whole minutes. *whole*: these too."""
    date = next(iter(dates)) if len(dates) == 1 else None
    return date is not None and (whole or bool(date.second or date.microsecond))


def _told_apart(entries: Sequence[Entry], problems: list[Problem]) -> tuple[Entry, ...]:
    """Give every entry an id of its own."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        groups[guid_key(entry.guid)].append(place)
    kept: dict[int, Entry] = dict(enumerate(entries))
    for guid, places in groups.items():
        if len(places) > 1:
            rule = _settle(places, kept)
            if not guid.startswith("blob:"):
                said = f"{len(places)} items bear the id {guid[:100]}; {rule}"
                problems.append(Problem(code="repeated", detail=said))
    found: dict[str, Entry] = {}
    for entry in kept.values():
        found.setdefault(entry.guid, entry)
    return tuple(found.values())


def _settle(places: list[int], kept: dict[int, Entry]) -> str:
    """Tell the entries at *places*, which bear one id, apart; what is one entry twice stays once. Say by what rule."""
    if kept[places[0]].guid_made and all(kept[place].path for place in places):
        for number, place in enumerate(sorted(places, key=lambda place: kept[place].path), 1):
            if number > 1:
                kept[place] = replace(kept[place], guid=f"{kept[place].guid}#{number}")
        return "their paths number them"
    pages: dict[str, list[int]] = defaultdict(list)
    for place in places:
        pages[canonical(kept[place].url) if kept[place].url else ""].append(place)
    for page, same in pages.items():
        best = max(same, key=lambda place: (kept[place].updated or kept[place].published or _OLDEST, -place))
        for place in same:
            if place != best:
                del kept[place]
        if len(pages) > 1 and page:
            kept[best] = replace(kept[best], guid=_held(f"{kept[best].guid}|{kept[best].url}"))
    return "id and link together tell them apart" if len(pages) > 1 else "the newest counts"
