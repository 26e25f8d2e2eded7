"""JSON documents held against a JSON Schema, with our own checks behind its formats and the line of each breach."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
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
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|\n', re.DOTALL)
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "number": (int, float), "boolean": (bool,)
}  # fmt: skip


def loaded(body: bytes, sheet: Sheet) -> tuple[Any, str]:
    """Return what a document holds, and its text; None where it is no JSON, which is noted then."""
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, parse_constant=_refuse), text
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        sheet.note("json.malformed", line=line, detail=f"byte {body[error.start]:#04x} is not UTF-8")
    except json.JSONDecodeError as error:
        sheet.note("json.malformed", line=error.lineno, detail=error.msg)
    except (ValueError, RecursionError) as error:
        sheet.note("json.malformed", line=1, detail=str(error))
    return None, ""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


class Schema:
    """The schema in *file*. *rules* say which rule is broken by a keyword; names that begin with *own* are anybody's.

    *missing* is the member that stands for a choice of several, none of which is there.
    """

    def __init__(self, file: str, rules: Mapping[str, str], *, own: str = "", missing: str = "") -> None:
        self._file, self._rules, self._own, self._missing = file, rules, own, missing
        self._validators: dict[str, Any] = {}

    @cached_property
    def whole(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((files("feeds.render.gate") / self._file).read_bytes())
        return found

    def _part(self, part: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.whole["$defs"][part] if part else self.whole
        return found

    def validator(self, part: str = "") -> Any:
        """The library's judge of a document, or of one *part* of the schema, with our formats.

        A format is broken where it is so at any time; whether a date lies ahead is asked of those that are dates.
        """
        if part not in self._validators:
            from jsonschema import Draft202012Validator, FormatChecker  # noqa: PLC0415 - 45 ms, which only doubt is worth

            checker = FormatChecker(formats=())
            for name, check in FORMATS.items():
                checker.checks(name)(lambda value, check=check: not isinstance(value, str) or not check(value, _LATER))
            schema = {"$defs": self.whole["$defs"], "$ref": f"#/$defs/{part}"} if part else self.whole
            self._validators[part] = Draft202012Validator(schema, format_checker=checker)
        return self._validators[part]

    def judge(self, value: Any, places: "Places", sheet: Sheet, part: str = "") -> None:
        """Note what *value* breaks."""
        if not self.meets(value, self._part(part)):
            self._noted(self.validator(part).iter_errors(value), places, sheet)

    def meets(self, value: Any, schema: Mapping[str, Any]) -> bool:
        """Whether *value* meets *schema* beyond doubt, told by the few keywords that ours use.

        It costs a fifth of what the library does, which judges whatever is in doubt and says what is wrong.
        """
        if "$ref" in schema:
            target = self._part(schema["$ref"].rpartition("/")[2])
            return self.meets(value, target) and all(name in value for name in schema.get("required", ()))
        kind = schema.get("type")
        if kind and type(value) not in _TYPES[kind]:
            return False
        if kind == "object":
            return self._members_meet(value, schema)
        if kind == "array":
            return all(self.meets(one, schema["items"]) for one in value)
        if kind == "string" and not _text_meets(value, schema):
            return False
        if kind == "number":
            return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
        return "enum" not in schema or value in schema["enum"]

    def _members_meet(self, value: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
        properties = schema["properties"]
        for name, member in value.items():
            known = properties.get(name)
            if not (self.meets(member, known) if known else self._own and name.startswith(self._own)):
                return False
        if not all(name in value for name in schema.get("required", ())):
            return False
        choices = schema.get("anyOf")
        return not choices or any(choice["required"][0] in value for choice in choices)

    def _noted(self, errors: Iterable[Any], places: "Places", sheet: Sheet) -> None:
        for error in errors:
            at = tuple(error.absolute_path)
            rule = self._rules.get(str(error.validator), "value.type")
            detail = str(error.instance) if isinstance(error.instance, str | int | float) else ""
            if error.validator == "format":
                rule = FORMATS[str(error.validator_value)](str(error.instance), sheet.now) or "value.type"
            for name in self._names(error):
                sheet.note(rule, line=places.line(at), where=path((*at, name) if name else at), detail=detail)

    def _names(self, error: Any) -> Sequence[str]:
        """The members that an error is about, where it is about members of an object and not about the value itself."""
        wanted: Any = error.validator_value
        members: Any = error.instance
        if error.validator == "required":
            return [name for name in wanted if f"'{name}' is a required" in error.message][:1]
        if error.validator == "anyOf":
            return [self._missing if self._missing in str(wanted) else "name"]
        if error.validator == "additionalProperties":
            known = error.schema["properties"] if isinstance(error.schema, dict) else {}
            return [name for name in members if name not in known and not (self._own and name.startswith(self._own))]
        return [""]


def _text_meets(value: str, schema: Mapping[str, Any]) -> bool:
    format = schema.get("format")
    return len(value) >= schema.get("minLength", 0) and not (format and FORMATS[format](value, _LATER))


def path(steps: Sequence[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


class Places:
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
