"""JSON Feed 1.1 and 1.0 by a JSON Schema."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from feeds.render.gate import values
from feeds.render.gate.json_schema import Places, Schema, path
from feeds.render.gate.sheet import Sheet

_RULES = {
    "required": "element.missing",
    "anyOf": "element.missing",
    "additionalProperties": "member.unknown",
    "enum": "root.version",
    "minLength": "value.empty",
    "minimum": "value.number",
}
SCHEMA = Schema("jsonfeed.schema.json", _RULES, own="_", missing="content_html")


def judge(found: Any, text: str, sheet: Sheet) -> None:
    """Hold a JSON Feed document, which was read from *text*, against the schema."""
    if not isinstance(found, dict) or "jsonfeed" not in str(found.get("version", "jsonfeed")):
        sheet.note("root.unknown", line=1)
        return
    places = Places(text)
    SCHEMA.judge(found, places, sheet)
    items = [item for item in found.get("items") or () if isinstance(item, dict)] if _listed(found) else []
    _ids(items, places, sheet)
    _dates(items, places, sheet)
    _self(found, places, sheet)


def judge_item(body: bytes, sheet: Sheet) -> None:
    """Hold one item against the schema."""
    try:
        item = orjson.loads(body)
    except ValueError as error:
        sheet.note("json.malformed", detail=str(error))
        return
    places = Places("")
    SCHEMA.judge(item, places, sheet, "item")
    _dates([item], places, sheet)


def _listed(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("items"), list)


def _ids(items: Sequence[Mapping[str, Any]], places: Places, sheet: Sheet) -> None:
    seen: set[str] = set()
    for number, item in enumerate(items):
        id = str(item.get("id", ""))
        if id and id in seen:
            sheet.note("id.repeated", line=places.line(("items", number, "id")), where=f"items[{number}].id", detail=id)
        seen.add(id)


def _dates(items: Sequence[Mapping[str, Any]], places: Places, sheet: Sheet) -> None:
    for number, item in enumerate(items):
        for name in ("date_published", "date_modified"):
            date = item.get(name)
            if isinstance(date, str) and values.date3339(date, sheet.now) == "date.future":
                at = ("items", number, name)
                sheet.note("date.future", line=places.line(at), where=path(at), detail=date)


def _self(found: Mapping[str, Any], places: Places, sheet: Sheet) -> None:
    url = found.get("feed_url")
    if not url:
        sheet.note("self.missing", line=1, where="feed_url")
    elif sheet.url and url != sheet.url:
        sheet.note("self.other", line=places.line(("feed_url",)), where="feed_url", detail=str(url))
