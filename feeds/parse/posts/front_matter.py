"""The front matter of a post and the text below it: YAML, TOML (`+++`) or JSON.

python-frontmatter finds the handler; the handlers are ours, for its own lose metadata without a word: after a byte
order mark, with a closing `...`, in TOML and for lists it finds no keys at all, and of two equal keys it takes the
last. Here each of these is read or is a fault with its place.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal, NoReturn

import frontmatter
from frontmatter.default_handlers import BaseHandler

from feeds.errors import Fault, PostError
from feeds.model.source import Problem
from feeds.parse.posts.yaml_tree import DEEPEST, LARGEST, Flaw, Items, Node, Scalar, Table, load

Form = Literal["", "yaml", "toml", "json", "headers"]

REPAIRS = 20  # lines of one post that may be quoted
# Words that begin a line of front matter and hardly ever a heading: for a post whose opening `---` was lost.
COMMON_KEYS = "title|date|layout|category|categories|tags|draft|published|permalink|slug|author|excerpt|description"
HEADLESS = re.compile(rf"(?:{COMMON_KEYS}):[^\n]*\n(?:[^\n]*\n){{0,200}}?-{{3,}}[ \t]*(?:\n|\Z)")
SCRIPT = re.compile(r"\s*-{3,}[ \t]*(?:js|javascript|coffee|coffeescript|cson)[ \t]*\n")
KEY_AND_VALUE = re.compile(r"(?P<before>\s*(?:-[ ]+)?[^\s:#'\"\[\]{},&*!|>%@`-][^:]*:[ \t]+)(?P<value>\S.*?)\s*")
ITEM = re.compile(r"(?P<before>\s*-[ ]+)(?P<value>\S.*?)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """*fields* by key in lower case; *body* is the text below, beginning in *line* of the file."""

    fields: Mapping[str, Node]
    form: Form = ""
    body: str = ""
    line: int = 1
    problems: tuple[Problem, ...] = ()


class _Delimited(BaseHandler):
    """Front matter between two lines; *load* gets it with as many lines before it as the file has."""

    END: re.Pattern[str]

    def split(self, text: str) -> tuple[str, str]:
        start = self.FM_BOUNDARY.match(text) if self.FM_BOUNDARY else None
        if start is None:
            raise ValueError("no front matter")
        end = self.END.search(text, start.end())
        line = text.count("\n", 0, start.end())
        if end is None:
            raise Flaw(
                "the front matter that begins here has no end", line, 1, f"put a line {start[0].strip()[:3]} below it"
            )
        return "\n" * line + text[start.end() : end.start()], text[end.end() :]


class Yaml(_Delimited):
    FM_BOUNDARY = re.compile(r"\s*?-{3,}[ \t]*(?:ya?ml)?[ \t]*(?:\n|\Z)")
    END = re.compile(r"^(?:-{3,}|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)

    def load(self, fm: str) -> dict[str, Any]:
        return _fields(load(fm))


class Toml(_Delimited):
    FM_BOUNDARY = re.compile(r"\s*?(?:\+{3,}|-{3,}[ \t]*toml)[ \t]*(?:\n|\Z)")
    END = re.compile(r"^(?:\+{3,}|-{3,})[ \t]*(?:\n|\Z)", re.MULTILINE)

    def load(self, fm: str) -> dict[str, Any]:
        try:
            values = tomllib.loads(_limited(fm))
        except (ValueError, RecursionError) as error:
            place = re.search(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
            line, column = (int(place[1] or 0), int(place[2] or 0)) if place else (0, 0)
            message = str(error)[: place.start()] if place else str(error)
            raise Flaw(f"this is not TOML: {message}", line or fm.count("\n"), column or 1) from error
        return placed(values, fm)


class Json(_Delimited):
    FM_BOUNDARY = re.compile(r"\s*?-{3,}[ \t]*json[ \t]*(?:\n|\Z)")
    END = Yaml.END

    def load(self, fm: str) -> dict[str, Any]:
        return placed(_read_json(json.JSONDecoder(object_pairs_hook=_once).decode, _limited(fm)), fm)


class BareJson(Json):
    """An object that begins the file, without delimiters, as Hugo takes it."""

    FM_BOUNDARY = re.compile(r'\s*\{\s*\n\s*["}]')

    def split(self, text: str) -> tuple[str, str]:
        start = text.index("{")
        end = _read_json(lambda t: json.JSONDecoder(object_pairs_hook=_once).raw_decode(t, start)[1], text)
        return text[:end], text[end:].removeprefix("\n")


HANDLERS: Mapping[Form, BaseHandler] = {"json": Json(), "toml": Toml(), "yaml": Yaml()}
BARE = BareJson()


def read(text: str, file: str) -> FrontMatter:
    """Return a post's front matter; *text* has `\\n` for line ends and no byte order mark.

    Raises `PostError` that names *file*, line and column.
    """
    handler = frontmatter.detect_format(text, [*HANDLERS.values(), BARE])
    try:
        if handler is None:
            if SCRIPT.match(text):  # what stands in it may say that the post is a draft
                raise Flaw("front matter in a script is not read here", 1, 1, "write it in YAML, TOML or JSON")
            if HEADLESS.match(text):
                raise Flaw("front matter without its opening ---", 1, 1, "put a line --- above it")
            return FrontMatter(fields={}, body=text)
        matter, body = handler.split(text)
        fields, problems = _load(handler, matter, file)
    except Flaw as flaw:
        fail(flaw, text, file)
    form: Form = next((name for name, each in HANDLERS.items() if each is handler), "json")
    line = text.count("\n", 0, len(text) - len(body)) + 1
    return FrontMatter(fields=fields, form=form, body=body, line=line, problems=problems)


def fail(flaw: Flaw, text: str, file: str) -> NoReturn:
    """Raise *flaw* of *text* as the fault of a post."""
    lines = text.split("\n")
    line = min(max(flaw.shown[0], 1), len(lines))
    fault = Fault(
        file=file,
        line=line,
        column=max(flaw.shown[1], 1),
        message=flaw.message,
        excerpt=lines[line - 1][:200],
        suggestion=flaw.suggestion,
    )
    raise PostError(fault) from flaw


def _load(handler: BaseHandler, matter: str, file: str) -> tuple[dict[str, Node], tuple[Problem, ...]]:
    """Read *matter*; where YAML stumbles over an unquoted value, quote that one and read again.

    `title: 속보: 하나`, `title: C#: 소개` and `title: [공지] 안내` are what people write and mean as text.
    """
    problems: list[Problem] = []
    flaws: list[Flaw] = []
    while True:
        try:
            return _folded(handler.load(matter)), tuple(problems)
        except Flaw as flaw:
            flaws.append(flaw)
            mended = _mend(matter, flaw) if isinstance(handler, Yaml) and len(flaws) <= REPAIRS else None
            if mended is None:
                raise flaws[0] from None
            matter, line, value = mended
            detail = f"an unquoted value that is not YAML was taken as text: {value}"
            problems.append(Problem(code="assumed", detail=detail, where=f"{file}:{line}"))


def _mend(matter: str, flaw: Flaw) -> tuple[str, int, str] | None:
    """Return *matter* with the value quoted that made *flaw*, its line and text; None where none stands out.

    Of several suspects the one counts whose quoting leads furthest.
    """
    lines = matter.split("\n")
    best, reached = None, flaw.line
    for line in flaw.suspects:
        found = _unquoted(lines[line - 1]) if 0 < line <= len(lines) else None
        if found:
            before, value = found
            quoted = before + "'" + value.replace("'", "''") + "'"
            mended = "\n".join([*lines[: line - 1], quoted, *lines[line:]])
            if (end := _readable_to(mended)) > reached:
                best, reached = (mended, line, value), end
    return best


def _readable_to(matter: str) -> int:
    """Return the line where reading *matter* ends: beyond its last where all is well."""
    try:
        load(matter)
    except Flaw as flaw:
        return flaw.line
    return matter.count("\n") + 2


def _unquoted(line: str) -> tuple[str, str] | None:
    """Return what stands before a value, and the value, where the line alone is not YAML and would be, quoted."""
    for pattern in (KEY_AND_VALUE, ITEM):
        found = pattern.fullmatch(line)
        # A block's, an alias's, an anchor's and a tag's sign mean something else: those are for the author to settle.
        if found and found["value"][0] not in "|>&*!" and _whole(found) and not _is_yaml(line.strip()):
            return found["before"], found["value"]
    return None


def _whole(found: re.Match[str]) -> bool:
    """Tell whether a quote or bracket that opens the value is closed in it: else its end is lost, not its quotes.

    A title alone may begin with any sign: `[속보` is a headline, `categories: [속보` is a list cut short.
    """
    pairs, value = {"[": "]", "{": "}", '"': '"', "'": "'"}, found["value"]
    return found["before"].strip() == "title:" or value[0] not in pairs or pairs[value[0]] in value[1:]


def _is_yaml(line: str) -> bool:
    try:
        load(line)
    except Flaw:
        return False
    return True


def _limited(matter: str) -> str:
    if len(matter.encode("utf-8", "replace")) > LARGEST:
        raise Flaw(f"more than {LARGEST // 1024} kB of front matter", 1, 1, "move the long text into the body")
    return matter


def _fields(node: Node | None) -> dict[str, Node]:
    if node is None:
        return {}
    if not isinstance(node, Table):
        raise Flaw("front matter must consist of `key: value` lines", node.line, node.column)
    return dict(node.fields)


def _folded(fields: Mapping[str, Node]) -> dict[str, Node]:
    """Return *fields* with keys in lower case: a `Draft: true` must hold its post back like any other."""
    folded: dict[str, Node] = {}
    for key, node in fields.items():
        if key.lower() in folded:
            raise Flaw(f"the key {key!r} is given twice", node.line, 1, "remove one of the two")
        folded[key.lower()] = node
    return folded


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise Flaw(f"the key {key!r} is given twice", 0, 1, "remove one of the two")
        found[key] = value
    return found


def _read_json(reader: Callable[[str], Any], text: str) -> Any:
    try:
        return reader(text)
    except json.JSONDecodeError as error:
        raise Flaw(f"this is not JSON: {error.msg}", error.lineno, error.colno) from error
    except (ValueError, RecursionError) as error:  # integers of thousands of digits; depth
        raise Flaw("this is not JSON that a post needs", 1, 1) from error


def placed(values: object, matter: str) -> dict[str, Node]:
    """Turn what a TOML or JSON reader gave into nodes; each knows the line of its top-level key."""
    if not isinstance(values, dict):
        raise Flaw("front matter must consist of keys and values", 1, 1)
    found: dict[str, Node] = {}
    for key, value in values.items():
        place = re.search(rf"^[ \t]*\[*[\"']?{re.escape(key)}[\"']?[ \t]*[=:\].]", matter, re.MULTILINE)
        line = matter.count("\n", 0, place.start()) + 1 if place else 0
        found[key] = _node(value, line, 0)
    return found


def _node(value: object, line: int, depth: int) -> Node:
    if depth > DEEPEST:
        raise Flaw(f"nested more than {DEEPEST} deep", line, 1)
    if isinstance(value, dict):
        return Table(fields={str(k): _node(v, line, depth + 1) for k, v in value.items()}, line=line, column=1)
    if isinstance(value, list):
        return Items(items=tuple(_node(v, line, depth + 1) for v in value), line=line, column=1)
    return Scalar(text=_text(value), plain=not isinstance(value, str), line=line, column=1)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)
