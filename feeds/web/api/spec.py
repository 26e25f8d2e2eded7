"""What the programs' interface says of itself: parameters, the shapes of answers, and the OpenAPI description.

The description is made from the same table that requests are led by, so that the two cannot differ.
Source: OpenAPI 3.1.1; problems by RFC 9457; tokens by RFC 6750.
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

import orjson

from feeds.model.channel import Format
from feeds.model.decision import DecisionKind
from feeds.model.story import Story, StoryStatus

BASE = "/api/v1"
MOST = 100  # items of one page
LONGEST = 2000  # characters of an id
_DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)"
_CURSOR = r"[A-Za-z0-9_-]{1,4000}"
_KEY = r"[A-Za-z0-9_-]{1,2700}"
_PLAIN = r"[^\x00-\x20/\\?#%.][^\x00-\x20/\\?#%]{0,99}"

_LAST = 2**53 - 1  # the largest number that JSON carries everywhere (RFC 8259 §6)
_FROM_BEFORE = "give what `next` of the page before says"

Schema = dict[str, Any]


class Unfit(ValueError):
    """A parameter's value is none; the message says what would be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a query: what it may be, in JSON Schema and as a function that reads it or raises `Unfit`."""

    name: str
    says: str
    schema: Schema
    read: Callable[[str], Any]


def text(name: str, says: str) -> Parameter:
    def read(given: str) -> str:
        if not 1 <= len(given) <= LONGEST:
            raise Unfit(f"give 1 to {LONGEST} characters")
        return given

    return Parameter(name=name, says=says, schema={"type": "string", "minLength": 1, "maxLength": LONGEST}, read=read)


def choice(name: str, says: str, values: Sequence[str]) -> Parameter:
    def read(given: str) -> str:
        if given not in values:
            raise Unfit(f"give one of {', '.join(values)}")
        return given

    return Parameter(name=name, says=says, schema={"type": "string", "enum": [*values]}, read=read)


def moment(name: str, says: str) -> Parameter:
    """Return the parameter *name* whose value is a date and time with its offset, as RFC 3339 writes them, in UTC."""

    def read(given: str) -> datetime:
        given = re.sub(r" (?=\d\d:\d\d\Z)", "+", given)  # a plus that was not encoded arrives as a blank
        try:
            if not re.fullmatch(_DATE, given):
                raise ValueError
            return datetime.fromisoformat(given).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Unfit("give a date, time and offset, as in 2026-11-26T09:00:00Z") from None

    schema = {"type": "string", "format": "date-time", "pattern": f"^{_DATE}$", "examples": ["2026-11-26T09:00:00Z"]}
    return Parameter(name=name, says=says, schema=schema, read=read)


def _limit(given: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,2}", given) or int(given) > MOST:
        raise Unfit(f"give a number from 1 to {MOST}")
    return int(given)


LIMIT = Parameter(
    name="limit",
    says="how many at the most",
    schema={"type": "integer", "minimum": 1, "maximum": MOST, "default": 50},
    read=_limit,
)


def cursor(story: Story) -> str:
    """Return what leads to the page behind *story*: a text that says nothing to whoever passes it on."""
    return (
        base64.urlsafe_b64encode(orjson.dumps([story.published, story.id], option=orjson.OPT_UTC_Z))
        .decode()
        .rstrip("=")
    )


def key(id: str) -> str:
    """Return an id, which may be any IRI, as one part of a path: in base64url, for proxies rewrite slashes and dots."""
    return base64.urlsafe_b64encode(id.encode("utf-8", "replace")).decode().rstrip("=")


def _id(given: str) -> str:
    """Read a key; one that is none of ours leads to nothing."""
    if not re.fullmatch(_KEY, given):
        raise Unfit("give the `key` of a story: its id in base64url without '='")
    try:
        return base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode()
    except ValueError:
        return ""


def _plain(given: str) -> str:
    if not re.fullmatch(_PLAIN, given):
        raise Unfit("give the id of a source: at most 100 letters, digits and '-', '_', '.'")
    return given


def _story_cursor(given: str) -> tuple[datetime, str]:
    try:
        if not re.fullmatch(_CURSOR, given):
            raise ValueError
        match orjson.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))):
            case [str(at), str(id)]:
                return SINCE.read(at), id
    except ValueError:
        pass
    raise Unfit(_FROM_BEFORE)


def _number(given: str) -> int:
    if not re.fullmatch(r"[0-9]{1,16}", given) or int(given) > _LAST:
        raise Unfit(_FROM_BEFORE)
    return int(given)


KEY = Parameter(
    name="key", says="the story's id in base64url without '='", read=_id,
    schema={"type": "string", "pattern": f"^{_KEY}$", "examples": [key("tag:news.example.kr,2026:1")]},
)  # fmt: skip
SOURCE_ID = Parameter(
    name="id", says="the source's id", schema={"type": "string", "pattern": f"^{_PLAIN}$"}, read=_plain
)
SINCE = moment("since", "of that moment or later")
_AFTER = "what `next` of the page before says: this page begins there"
AFTER_STORY = Parameter(
    name="after", says=_AFTER, schema={"type": "string", "pattern": f"^{_CURSOR}$"}, read=_story_cursor
)
AFTER_DECISION = Parameter(
    name="after", says=_AFTER, schema={"type": "integer", "minimum": 0, "maximum": _LAST}, read=_number
)

_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_COUNT: Schema = {"type": "integer", "minimum": 0}


def _object(says: str, **properties: Schema) -> Schema:
    """An object all of whose properties are there, and no others."""
    return {
        "type": "object",
        "description": says,
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _page(of: str) -> Schema:
    says = "some of many; `next` leads to those behind them, null where there are none"
    return _object(says, items=_list(_ref(of)), next=_or_null(_TEXT))


_STORY: dict[str, Schema] = {
    "id": {**_TEXT, "description": "an IRI, the atom:id of feeds; it never changes"},
    "key": {**_TEXT, "description": "the id in base64url without '=', for paths"},
    "status": {"type": "string", "enum": [*get_args(StoryStatus)]},
    "title": _TEXT,
    "url": {**_TEXT, "description": "where the story is told; '' where nowhere"},
    "summary": {**_TEXT, "description": "clean HTML"},
    "language": _TEXT,
    "authors": _list(_TEXT),
    "published": _TIME,
    "updated": _TIME,
    "first_seen": _TIME,
    "release": {**_or_null(_TIME), "description": "not to be shown before"},
    "categories": _list(_ref("Category")),
    "channels": {**_list(_TEXT), "description": "ids of public channels"},
    "source": {**_TEXT, "description": "the source of the lead"},
    "copies": _COUNT,
}
_HIDDEN = "; '' and {} without the scope `hidden`, for what was weighed may tell of stories that are not shown"
_DECISION: dict[str, Schema] = {
    "at": _TIME,
    "kind": {"type": "string", "enum": [*get_args(DecisionKind)]},
    "source": _TEXT,
    "guid": _TEXT,
    "story": _TEXT,
    "rule": _TEXT,
    "code": {**_TEXT, "description": f"the code of that sentence, or, of what is older, the sentence{_HIDDEN}"},
    "text": {**_TEXT, "description": f"one sentence, in English or Korean by Accept-Language{_HIDDEN}"},
    "facts": {
        "type": "object", "additionalProperties": _TEXT, "description": f"what the rule looked at{_HIDDEN}",
    },
}  # fmt: skip

SCHEMAS: Mapping[str, Schema] = {
    "Category": _object("a subject", slug=_TEXT, name=_TEXT),
    "Document": _object(
        "a channel in one format",
        format={"type": "string", "enum": [*get_args(Format)]}, url={**_TEXT, "format": "uri"}, updated=_TIME,
        etag=_TEXT, bytes=_COUNT, version={**_COUNT, "description": "how often it changed"},
    ),
    "Channel": _object(
        "something that we publish",
        id=_TEXT, output=_TEXT, category=_or_null(_ref("Category")), title=_TEXT, description=_TEXT, language=_TEXT,
        home=_TEXT, documents=_list(_ref("Document")),
    ),
    "Channels": _object("all public channels", items=_list(_ref("Channel"))),
    "Story": _object("what one or more entries say", **_STORY),
    "Stories": _page("Story"),
    "Member": _object(
        "an entry of a story; the first one leads",
        source=_TEXT, guid=_TEXT, url=_TEXT, title=_TEXT, published=_or_null(_TIME), updated=_or_null(_TIME),
        first_seen=_TIME, categories=_list(_ref("Category")),
    ),
    "Decision": _object("why something happened to an entry", **_DECISION),
    "NumberedDecision": _object("a decision, with its number", id=_COUNT, **_DECISION),
    "Decisions": _page("NumberedDecision"),
    "StoryWhole": _object(
        "a story with its members and what happened to it, the oldest first",
        **_STORY, members=_list(_ref("Member")), timeline=_list(_ref("Decision")),
    ),
    "SourceProblem": _object("why a source does not do well", code=_TEXT, cause=_TEXT, remedy=_TEXT),
    "Source": _object(
        "where entries come from",
        id=_TEXT, kind={"type": "string", "enum": ["feed", "file", "content"]}, title=_TEXT,
        location={
            **_or_null(_TEXT), "description": "without name and password; values in its query are left out; null for "
            "what lies on disk",
        },
        categories=_list(_TEXT), every={**_COUNT, "description": "seconds"}, enabled={"type": "boolean"},
        paused={"type": "boolean"}, due=_TIME, polled=_or_null(_TIME), changed=_or_null(_TIME), failures=_COUNT,
        problem=_or_null(_ref("SourceProblem")), entries=_COUNT, newest=_or_null(_TIME),
    ),
    "Sources": _object("all sources, in the order of the configuration", items=_list(_ref("Source"))),
    "Problem": _object(
        "what was wrong (RFC 9457)",
        type={**_TEXT, "format": "uri-reference"}, title=_TEXT, status={"type": "integer"}, detail=_TEXT,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One question. *path* is below `BASE`, its last part is *part* where that is given; *answer* is of `SCHEMAS`."""

    name: str
    path: str
    says: str
    answer: str
    parameters: tuple[Parameter, ...] = ()
    part: Parameter | None = None


def description(site_url: str, version: str, endpoints: Sequence[Endpoint]) -> Schema:
    """Return the OpenAPI description of *endpoints*."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "feeds",
            "version": version,
            "summary": "What is published here, and how it came about. Read only.",
            "description": "Tokens are made by `feeds token add NAME` and shown as `Authorization: Bearer …`, nowhere "
            "else. Without one every path but this answers 401. What a token may not see answers 404, as what is not "
            "there.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"{site_url}{BASE}"}],
        "security": [{"token": []}],
        "paths": {endpoint.path: {"get": _operation(endpoint)} for endpoint in endpoints},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": dict(SCHEMAS),
            "responses": {
                "Unchanged": {"description": "what the client has by its ETag is what there is"},
                **{name: _problem(says) for name, (_, says) in PROBLEMS.items()},
            },
        },
    }


PROBLEMS: Mapping[str, tuple[int, str]] = {
    "Unfit": (400, "a parameter is unknown, comes twice, or has a value that does not fit"),
    "Nobody": (401, "no token, or none that counts"),
    "Forbidden": (403, "the token's scopes do not reach so far"),
    "Missing": (404, "there is nothing of that name, or nothing that this token may see"),
    "Often": (429, "too many requests; `Retry-After` says in how many seconds to come again"),
}


def _problem(says: str) -> Schema:
    return {"description": says, "content": {"application/problem+json": {"schema": _ref("Problem")}}}


def _operation(endpoint: Endpoint) -> Schema:
    part = endpoint.part
    in_path = (
        [{"name": part.name, "in": "path", "required": True, "description": part.says, "schema": part.schema}]
        if part
        else []
    )
    in_query = [{"name": p.name, "in": "query", "description": p.says, "schema": p.schema} for p in endpoint.parameters]
    answers = [name for name in PROBLEMS if name != "Missing" or part]
    return {
        "operationId": endpoint.name,
        "summary": endpoint.says,
        "parameters": [*in_path, *in_query],
        "responses": {
            "200": {
                "description": SCHEMAS[endpoint.answer]["description"],
                "headers": {"ETag": {"description": "of these bytes", "schema": _TEXT}},
                "content": {"application/json": {"schema": _ref(endpoint.answer)}},
            },
            "304": {"$ref": "#/components/responses/Unchanged"},
            **{str(PROBLEMS[name][0]): {"$ref": f"#/components/responses/{name}"} for name in answers},
        },
    }
