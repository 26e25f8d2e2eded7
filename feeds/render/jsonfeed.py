"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

Keys stand in the order of the specification, the version first: it is what programs sniff the type by.
`_feeds` carries what the format has no place for: the feed that an item is from, the other places that tell it, terms,
threads, what is known of pictures, files and tags, and episodes of podcasts;
`_deleted` what was taken back.
"""

from datetime import datetime
from typing import TypeAlias

import orjson

from feeds.errors import RenderError
from feeds.model.channel import Channel, Feed, Format, SetAside
from feeds.model.entry import Enclosure, Image, Origin, Person
from feeds.model.podcast import Podcast
from feeds.render import safe
from feeds.render.gate.ours import head_fault
from feeds.render.pieces import Body, Heads, Piece, between, joined, piece, pieces
from feeds.render.shown import Shown, address, gone, home, pages, person, title

VERSION = "https://jsonfeed.org/version/1.1"
DELETED = "https://www.rfc-editor.org/rfc/rfc6721"

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"

_FIRST = piece(b"\n    ")
_COMMA = piece(b",\n    ")
_LAST = piece(b"\n  ")
_TAIL = piece(b"]\n}\n")


def render(feed: Feed) -> tuple[Body, tuple[SetAside, ...]]:
    """Return *feed* as JSON Feed 1.1: UTF-8, one line a value, so that changes show as lines."""
    items, aside = pieces(feed, "json", _item_bytes)
    head = _HEADS.get(feed, "json")
    told = [_FIRST, *between(items, _COMMA), _LAST] if items else []
    return joined([*head, *told, _tail(feed)]), aside


def _tail(feed: Feed) -> Piece:
    """The end of the list and of the document; `_deleted` says of stories that they are gone, as RFC 6721 does."""
    left: list[Json] = [{"id": one.id, "when": _rfc3339(one.at)} for one in gone(feed)]
    if not left:
        return _TAIL
    said = orjson.dumps({"about": DELETED, "entries": left})
    return piece(b'],\n  "_deleted": ' + said + b"\n}\n")


def _written(channel: Channel, _format: Format, _dated: bool) -> tuple[Piece, ...]:
    """The head up to the items, which are required, also when there are none."""
    head = _dumps(_head(channel)).removesuffix(b"\n}") + b',\n  "items": ['
    if fault := head_fault(head + _TAIL.raw, address(channel, "json")):
        raise RenderError("", fault)
    return (piece(head),)


_HEADS = Heads(_written)


def _dumps(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def _head(channel: Channel) -> Json:
    author = person(channel.author)
    return _filled(
        version=VERSION,
        title=title(channel),
        home_page_url=home(channel),
        feed_url=address(channel, "json"),
        next_url=pages(channel, "json").get("prev-archive", ""),
        description=safe.line(channel.description),
        icon=safe.web(channel.brand.icon),
        language=safe.language(channel.language),
        authors=[_author(author)] if author else [],
        hubs=[{"type": "WebSub", "url": hub} for hub in map(safe.web, channel.hubs) if hub],
    )


def _item_bytes(shown: Shown) -> bytes:
    """One item as it stands in the list: four blanks further in. Breaks within values are escaped."""
    return _dumps(_item(shown)).replace(b"\n", b"\n    ")


def _item(shown: Shown) -> Json:
    """One of content_html and content_text must be there, whatever the terms withhold."""
    image = shown.image
    return _filled(
        id=shown.id,
        url=shown.url,
        title=shown.title,
        content_html=shown.content,
        content_text="" if shown.content else shown.summary or shown.title,
        summary=shown.summary,
        image=image.url if image else "",
        date_published=_rfc3339(shown.published),
        date_modified=_rfc3339(shown.updated),
        authors=[_author(author) for author in shown.authors],
        tags=[*(category.name for category in shown.categories), *shown.tags],
        language=shown.language,
        attachments=[_attachment(file) for file in shown.enclosures],
        _feeds=_provenance(shown),
    )


def _provenance(shown: Shown) -> Json:
    image = shown.image
    return _filled(
        source=_origin(shown.source),
        via=_origin(shown.via),
        copies=[_filled(url=copy.url, title=copy.title) for copy in shown.copies],
        canonical=shown.canonical,
        rights=shown.rights,
        licence=shown.licence,
        contributors=[_author(person) for person in shown.contributors],
        comments=shown.comments,
        comments_feed=shown.comments_feed,
        image=_filled(**_sizes(image), alt=image.alt, credit=image.credit) if image else {},
        answers=[_filled(id=reply.id, url=reply.url) for reply in shown.answers],
        labels=[
            _filled(name=tag, term=known.term, scheme=known.scheme)
            for tag in shown.tags
            if (known := shown.labels.get(tag))
        ],
        podcast=_episode(shown.podcast) if shown.podcast else {},
    )


def _origin(found: Origin | None) -> Json:
    return (
        _filled(
            id=found.id,
            title=found.title,
            url=found.url,
            feed_url=found.feed_url,
            rights=found.rights,
            licence=found.licence,
            icon=found.icon,
        )
        if found
        else {}
    )


def _episode(found: Podcast) -> Json:
    said = _filled(
        title=found.title,
        author=found.author,
        subtitle=found.subtitle,
        summary=found.summary,
        image=found.image,
        season=found.season,
        episode=found.episode,
        kind=found.kind,
        chapters=found.chapters,
        transcripts=[_filled(url=t.url, mime_type=t.media_type, language=t.language) for t in found.transcripts],
        voices=[_filled(name=v.name, role=v.role, group=v.group, url=v.url, image=v.image) for v in found.voices],
    )
    return said if found.explicit is None else {**said, "explicit": found.explicit}


def _sizes(found: Image | Enclosure) -> dict[str, Json]:
    return {"width": found.width, "height": found.height}


def _author(author: Person) -> Json:
    return _filled(name=author.name, url=author.url or (f"mailto:{safe.uri(author.email)}" if author.email else ""))


def _attachment(file: Enclosure) -> Json:
    seconds = round(file.duration.total_seconds()) if file.duration else 0
    return _filled(
        url=file.url,
        mime_type=file.media_type,
        title=file.title,
        size_in_bytes=file.length,
        duration_in_seconds=seconds,
        _feeds=_filled(**_sizes(file), description=file.description, credit=file.credit),
    )


def _filled(**values: Json) -> dict[str, Json]:
    """*values* that say something, in the order given."""
    return {key: value for key, value in values.items() if value}


def _rfc3339(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")
