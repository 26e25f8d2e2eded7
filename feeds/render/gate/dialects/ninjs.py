"""What IPTC ninjs 2.1 asks of a document: a JSON Schema, written from the names and values of the approved one.

Source: iptc.org, ninjs-schema_2.1.json (May 2023) and the *ninjs User Guide*. 2.2 and 3.x add to it and are not what
most read yet. A package of items is an item of the type composite, whose `associations` are the items.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from feeds.render.gate import values
from feeds.render.gate.json_schema import Places, Schema, path
from feeds.render.gate.sheet import Sheet

_RULES = {
    "required": "element.missing",
    "additionalProperties": "ninjs.unknown",
    "unevaluatedProperties": "ninjs.unknown",
    "enum": "ninjs.value",
    "minimum": "value.number",
    "maximum": "value.number",
}
SCHEMA = Schema("ninjs.schema.json", _RULES)
_DATES = ("firstcreated", "versioncreated", "contentcreated")
_Steps = tuple[str | int, ...]


def told(found: Any) -> bool:
    """Whether a JSON document says that it is ninjs."""
    standard = found.get("standard") if isinstance(found, dict) else None
    return isinstance(standard, dict) and standard.get("name") == "ninjs"


def judge(found: Any, text: str, sheet: Sheet) -> None:
    """Hold a document, which was read from *text*, against the schema."""
    places = Places(text)
    SCHEMA.judge(found, places, sheet)
    if "name" in found:
        sheet.note("ninjs.unknown", line=places.line(("name",)), where="name")
    seen: set[str] = set()
    for at, one in _items(found, ()):
        _item(at, one, places, sheet)
        uri = str(one.get("uri", ""))
        if len(at) == 2:  # what stands in a package; a picture may go with several stories
            if uri and uri in seen:
                sheet.note("id.repeated", line=places.line((*at, "uri")), where=path((*at, "uri")), detail=uri)
            seen.add(uri)


def judge_item(body: bytes, sheet: Sheet) -> None:
    """Hold one item against the schema."""
    try:
        item = json.loads(body)
    except ValueError as error:
        sheet.note("json.malformed", detail=str(error))
        return
    places = Places("")
    SCHEMA.judge(item, places, sheet)
    for at, one in _items(item, ()):
        _item(at, one, places, sheet)


def _items(found: Any, at: _Steps) -> Iterator[tuple[_Steps, Mapping[str, Any]]]:
    """Give *found* and all that is associated with it, each with its place."""
    if not isinstance(found, dict):
        return
    yield at, found
    inner = found.get("associations")
    for number, one in enumerate(inner if isinstance(inner, list) else ()):
        yield from _items(one, (*at, "associations", number))


def _item(at: _Steps, one: Mapping[str, Any], places: Places, sheet: Sheet) -> None:
    for name in _DATES:
        date = one.get(name)
        if isinstance(date, str) and values.date3339(date, sheet.now) == "date.future":
            where = (*at, name)
            sheet.note("date.future", line=places.line(where), where=path(where), detail=date)
    if one.get("pubstatus") == "canceled" and one.get("bodies"):
        where = (*at, "bodies")
        sheet.note("ninjs.canceled", line=places.line(where), where=path(where))
