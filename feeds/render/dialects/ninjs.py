"""The form of news wires: IPTC ninjs 2.1, a package of stories as one JSON document.

By what `render/gate/dialects/ninjs.py` names, and as agencies use it:

- A story is an item with `pubstatus` usable, its id as `uri`, and its words by role and type.
- A correction is the same `uri` with a newer `versioncreated`; `version` is that date in digits, so that it grows.
- A takedown is the item without its text, `pubstatus` canceled, a newer `versioncreated` and an `ednote` for the desk
  that has it; withheld where the story may come back (it became a draft).

The package is an item of the type composite; its `versioncreated` is the feed's date.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

import orjson

from feeds.errors import RenderError
from feeds.model.channel import Feed, SetAside
from feeds.model.entry import Enclosure, Image, Person
from feeds.render import safe
from feeds.render.gate.ours import head_fault
from feeds.render.pieces import Body, between, joined, piece, pieces
from feeds.render.shown import Gone, Shown, address, gone, moment, title

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"

SCHEMA = "https://www.iptc.org/std/ninjs/ninjs-schema_2.1.json"
CANCELED = "Canceled: taken back by the publisher. Take it down wherever it was published."
WITHHELD = "Withheld by the publisher. Take it down until it is usable again."
_FIRST, _COMMA, _LAST = piece(b"\n    "), piece(b",\n    "), piece(b"\n  ")
_TAIL = b"]\n}\n"


def render(feed: Feed) -> tuple[Body, tuple[SetAside, ...]]:
    """Return *feed* as a package of ninjs items; what was taken back comes first."""
    language = safe.language(feed.channel.language)
    stories, aside = pieces(feed, "ninjs", lambda shown: _indented(_item(shown, language)))
    head = _dumps(_head(feed)).removesuffix(b"\n}") + b',\n  "associations": ['
    if fault := head_fault(head + _TAIL, address(feed.channel, "ninjs")):
        raise RenderError("", fault)
    items = [*(piece(_indented(_gone(one, language))) for one in gone(feed)), *stories]
    told = [_FIRST, *between(items, _COMMA), _LAST] if items else []
    return joined([piece(head), *told, piece(_TAIL)]), aside


def _head(feed: Feed) -> Json:
    channel = feed.channel
    return _filled(
        uri=address(channel, "ninjs"),
        standard={"name": "ninjs", "version": "2.1", "schema": SCHEMA},
        type="composite",
        versioncreated=_date(moment(feed.updated)),
        pubstatus="usable",
        language=safe.language(channel.language),
        title=title(channel),
    )


def _item(shown: Shown, language: str) -> Json:
    """One story, which stands by itself once a desk has taken it: its language is told in any case."""
    return _filled(
        name=shown.id,
        uri=shown.id,
        type="text",
        representationtype="full" if shown.content else "partial",
        version=_version(shown.updated),
        firstcreated=_date(shown.published),
        versioncreated=_date(shown.updated),
        pubstatus="usable",
        language=shown.language or language,
        headlines=[_text(shown.title, "main")],
        by=", ".join(author.name for author in shown.byline),
        descriptions=[_text(shown.summary, "summary")] if shown.summary else [],
        bodies=[_text(shown.content, "main", "text/html")] if shown.content else [],
        people=[_person(person, "author") for person in shown.authors],
        subjects=[{"name": name} for name in (*(c.name for c in shown.categories), *shown.tags)],
        infosources=[_filled(name=shown.source.title, uri=shown.source.id)] if shown.source else [],
        copyrightnotice=shown.rights,
        usageterms=shown.licence,
        renditions=[*_page(shown.url), *_files(shown.enclosures)],
        associations=[_picture(shown.image)] if shown.image else [],
    )


def _gone(one: Gone, language: str) -> Json:
    return _filled(
        name=one.id,
        uri=one.id,
        type="text",
        representationtype="partial",
        version=_version(one.at),
        firstcreated=_date(one.published),
        versioncreated=_date(one.at),
        pubstatus="withheld" if one.withheld else "canceled",
        ednote=WITHHELD if one.withheld else CANCELED,
        language=one.language or language,
        headlines=[_text(one.title, "main")],
        renditions=_page(one.url),
    )


def _page(url: str) -> list[Json]:
    return [{"name": "web", "href": url, "contenttype": "text/html"}] if url else []


def _files(found: Iterable[Enclosure]) -> list[Json]:
    return [
        _filled(
            name=f"file-{number}",
            href=file.url,
            contenttype=file.media_type,
            title=file.title,
            sizeinbytes=file.length,
            duration=round(file.duration.total_seconds()) if file.duration else 0,
            width=file.width,
            height=file.height,
        )
        for number, file in enumerate(found, 1)
    ]


def _picture(image: Image) -> Json:
    return _filled(
        name="picture",
        uri=image.url,
        type="picture",
        by=image.credit,
        descriptions=[_text(image.alt, "caption")] if image.alt else [],
        renditions=[_filled(name="original", href=image.url, width=image.width, height=image.height)],
    )


def _person(found: Person, relation: str) -> Json:
    return _filled(name=found.name, rel=relation, uri=found.url)


def _text(value: str, role: str, kind: str = "text/plain") -> Json:
    return {"role": role, "contenttype": kind, "value": value}


def _filled(**said: Json) -> dict[str, Json]:
    """*said*, less what says nothing, in the order given."""
    return {name: value for name, value in said.items() if value}


def _date(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _version(time: datetime) -> str:
    return f"{time:%Y%m%d%H%M%S}"


def _dumps(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def _indented(value: Json) -> bytes:
    """One item as it stands in the list. No value has a line of its own: JSON escapes breaks."""
    return _dumps(value).replace(b"\n", b"\n    ")
