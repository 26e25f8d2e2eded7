"""JSON Feed 1.1 and 1.0 by a JSON Schema, with our own checks behind its formats."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

from feeds.render.gate import values
from feeds.render.gate.sheet import Sheet
from feeds.render.gate.values import Check

_LATER = datetime(9000, 1, 1, tzinfo=UTC)  # no date lies ahead of it
FORMATS: Mapping[str, Check] = {
    "web": values.iri,
    "iri": values.iri,
    "date-time": values.date3339,
    "language": values.language,
    "media-type": values.media_type,
}
_RULES = {
    "required": "element.missing",
    "anyOf": "element.missing",
    "additionalProperties": "member.unknown",
    "enum": "root.version",
    "minLength": "value.empty",
    "minimum": "value.number",
}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|\n', re.DOTALL)


@cache
def json_schema() -> dict[str, Any]:
    """JSON Feed as a JSON Schema."""
    found: dict[str, Any] = json.loads((files("feeds.render.gate") / "jsonfeed.schema.json").read_bytes())
    return found


@cache
def validator(part: str = "") -> Any:
    """The library's judge of a document, or of one *part* of the schema, with our formats.

    A format is broken where it is so at any time; whether a date lies ahead is asked of those that are dates.
    """
    from jsonschema import Draft202012Validator, FormatChecker  # noqa: PLC0415 - 45 ms, which only doubt is worth

    checker = FormatChecker(formats=())
    for name, check in FORMATS.items():
        checker.checks(name)(lambda value, check=check: not isinstance(value, str) or not check(value, _LATER))
    whole = json_schema()
    schema = {"$defs": whole["$defs"], "$ref": f"#/$defs/{part}"} if part else whole
    return Draft202012Validator(schema, format_checker=checker)


def judge(body: bytes, sheet: Sheet) -> None:
    """Hold a JSON Feed document against the schema."""
    try:
        text = body.decode("utf-8-sig")
        found = json.loads(text, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        sheet.note("json.malformed", line=line, detail=f"byte {body[error.start]:#04x} is not UTF-8")
        return
    except json.JSONDecodeError as error:
        sheet.note("json.malformed", line=error.lineno, detail=error.msg)
        return
    except (ValueError, RecursionError) as error:
        sheet.note("json.malformed", line=1, detail=str(error))
        return
    if not isinstance(found, dict) or "jsonfeed" not in str(found.get("version", "jsonfeed")):
        sheet.note("root.unknown", line=1)
        return
    places = _Places(text)
    if not meets(found, json_schema()):
        _noted(validator().iter_errors(found), places, sheet)
    items = [item for item in found.get("items") or () if isinstance(item, dict)] if _listed(found) else []
    _ids(items, places, sheet)
    _dates(items, places, sheet)
    _self(found, places, sheet)


def judge_item(body: bytes, sheet: Sheet) -> None:
    """Hold one item against the schema."""
    try:
        item = json.loads(body)
    except ValueError as error:
        sheet.note("json.malformed", detail=str(error))
        return
    places = _Places("")
    if not meets(item, json_schema()["$defs"]["item"]):
        _noted(validator("item").iter_errors(item), places, sheet)
    _dates([item], places, sheet)


_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "number": (int, float), "boolean": (bool,)
}  # fmt: skip


def meets(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether *value* meets *schema* beyond doubt, told by the few keywords that ours uses.

    It costs a fifth of what the library does, which judges whatever is in doubt and says what is wrong.
    """
    if "$ref" in schema:
        schema = json_schema()["$defs"][schema["$ref"].rpartition("/")[2]]
    kind = schema.get("type")
    if kind and type(value) not in _TYPES[kind]:
        return False
    if kind == "object":
        return _members_meet(value, schema)
    if kind == "array":
        return all(meets(one, schema["items"]) for one in value)
    if kind == "string":
        format = schema.get("format")
        return len(value) >= schema.get("minLength", 0) and not (format and FORMATS[format](value, _LATER))
    if kind == "number":
        return bool(value >= schema["minimum"])
    return "enum" not in schema or value in schema["enum"]


def _members_meet(value: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    properties = schema["properties"]
    for name, member in value.items():
        known = properties.get(name)
        if not (meets(member, known) if known else name.startswith("_")):
            return False
    if not all(name in value for name in schema.get("required", ())):
        return False
    choices = schema.get("anyOf")
    return not choices or any(choice["required"][0] in value for choice in choices)


def _listed(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("items"), list)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _noted(errors: Iterable[Any], places: "_Places", sheet: Sheet) -> None:
    for error in errors:
        at = tuple(error.absolute_path)
        rule = _RULES.get(str(error.validator), "value.type")
        detail = str(error.instance) if isinstance(error.instance, str | int | float) else ""
        if error.validator == "format":
            rule = FORMATS[str(error.validator_value)](str(error.instance), sheet.now) or "value.type"
        for name in _names(error):
            sheet.note(rule, line=places.line(at), where=_path((*at, name) if name else at), detail=detail)


def _names(error: Any) -> Sequence[str]:
    """The members that an error is about, where it is about members of an object and not about the value itself."""
    wanted: Any = error.validator_value
    members: Any = error.instance
    if error.validator == "required":
        return [name for name in wanted if f"'{name}' is a required" in error.message][:1]
    if error.validator == "anyOf":
        return ["content_html" if "content_html" in str(wanted) else "name"]
    if error.validator == "additionalProperties":
        known = error.schema["properties"] if isinstance(error.schema, dict) else {}
        return [name for name in members if name not in known and not name.startswith("_")]
    return [""]


def _path(steps: Sequence[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def _ids(items: Sequence[Mapping[str, Any]], places: "_Places", sheet: Sheet) -> None:
    seen: set[str] = set()
    for number, item in enumerate(items):
        id = str(item.get("id", ""))
        if id and id in seen:
            sheet.note("id.repeated", line=places.line(("items", number, "id")), where=f"items[{number}].id", detail=id)
        seen.add(id)


def _dates(items: Sequence[Mapping[str, Any]], places: "_Places", sheet: Sheet) -> None:
    for number, item in enumerate(items):
        for name in ("date_published", "date_modified"):
            date = item.get(name)
            if isinstance(date, str) and values.date3339(date, sheet.now) == "date.future":
                at = ("items", number, name)
                sheet.note("date.future", line=places.line(at), where=_path(at), detail=date)


def _self(found: Mapping[str, Any], places: "_Places", sheet: Sheet) -> None:
    url = found.get("feed_url")
    if not url:
        sheet.note("self.missing", line=1, where="feed_url")
    elif sheet.url and url != sheet.url:
        sheet.note("self.other", line=places.line(("feed_url",)), where="feed_url", detail=str(url))


class _Places:
    """The lines of members, looked up when the first is asked for: a document without faults pays nothing."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[tuple[str | int, ...], int] | None = None

    def line(self, path: tuple[str | int, ...]) -> int:
        if self._lines is None:
            self._lines = _lines(self._text)
        return self._lines.get(path, 0)


def _lines(text: str) -> dict[tuple[str | int, ...], int]:
    """Return the line, from 1, on which each value of well-formed JSON begins, by its path."""
    found: dict[tuple[str | int, ...], int] = {}
    path: list[str | int] = []
    line, key = 1, False  # key: the next string names a member
    stack: list[str] = []
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if sign == "\n":
            line += 1
        elif sign in "{[":
            found.setdefault(tuple(path), line)
            stack.append(sign)
            path.append("" if sign == "{" else 0)
            key = sign == "{"
        elif sign in "}]":
            stack.pop()
            path.pop()
            key = False
        elif sign == ",":
            if stack[-1] == "[":
                path[-1] = int(path[-1]) + 1
            key = stack[-1] == "{"
        elif key and sign != ":":
            path[-1], key = json.loads(sign), False
            found.setdefault(tuple(path), line)
        elif sign != ":":
            found.setdefault(tuple(path), line)
    return found
