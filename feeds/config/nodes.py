"""YAML 1.2 as a tree in which every key and value knows its line and column.

Built from ruamel.yaml's events, so that faults which YAML itself allows or resolves in silence (a key given twice,
anchors, tags, a second document) are seen, and reading goes on behind them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from feeds.config.faults import Page
from feeds.errors import Fault

DEEPEST = 20  # ours ends at 4; the limit keeps hostile nesting from ending the program

# YAML 1.2 core schema, §10.3.2; octal and hex are left out: nothing here is written so.
_NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,18}\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")

# What ruamel.yaml 0.19 says, and the same for people who do not write YAML parsers.
_PLAIN_WORDS: tuple[tuple[str, str, str], ...] = (
    (r"found character '\\t'", "a tab stands where YAML allows only blanks", "indent with blanks"),
    (r"found character '(.)' that cannot start", "a value may not start with '{0}'", "put the value in quotes"),
    (r"mapping values are not allowed here", "': ' stands inside a value", "put the value in quotes"),
    (r"found unexpected end of stream", "a quote is opened here and never closed", "close the quote"),
    (
        r"expected ',' or '([\]}])'",
        "the list or mapping in brackets that starts here is not closed",
        "close it with '{0}'; in brackets, put values that hold {{ }} [ ] or , in quotes",
    ),
    (r"expected <block end>", "the indentation does not fit the lines above", "align it with its neighbours"),
    (r"could not find expected ':'", "a key without ':'", "write `key: value`"),
    (r"found unknown escape character", "an unknown escape in double quotes", "use single quotes"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One value. *line* and *column* count from 1; *end_line*, *end_column* name the place behind its last sign.

    *text* of a scalar is as written, without its quotes. A key that is given twice keeps its first value.
    """

    kind: Literal["scalar", "list", "mapping"]
    line: int
    column: int
    end_line: int
    end_column: int
    flow: bool = False  # in brackets
    text: str = ""
    quoted: bool = False  # in quotes, or a block of text
    items: tuple["Node", ...] = ()
    pairs: Mapping[str, "Pair"] = field(default_factory=dict)


class Pair(NamedTuple):
    key: Node
    value: Node


def value(node: Node) -> object:
    """Return the plain value of a scalar: str, int, float, bool or None."""
    if node.quoted:
        return node.text
    if _NULL.match(node.text):
        return None
    if node.text in _BOOL:
        return _BOOL[node.text]
    if _INT.match(node.text):
        return int(node.text)
    return float(node.text) if _FLOAT.match(node.text) else node.text


def last_line(node: Node) -> int:
    """Return the last line on which a part of *node* stands: comments and blank lines behind it do not count."""
    if node.kind == "scalar" or node.flow:
        return node.end_line - (node.end_column == 1 and node.end_line > node.line)
    parts = [*node.items, *(pair.value for pair in node.pairs.values())]
    return max([node.line, *(last_line(part) for part in parts)])


def parse(text: str, page: Page) -> tuple[Node | None, list[Fault]]:
    """Return the tree of the one document in *text*, and its faults; no tree where the text is not YAML at all."""
    builder = _Builder(page)
    try:
        events = YAML(typ="safe", pure=True).parse(text)
        root = builder.document(iter(events))
    except _TooDeep:
        return None, builder.faults
    except MarkedYAMLError as error:
        return None, [*builder.faults, _syntax(error, page)]
    except ReaderError as error:
        before = text[: error.position]
        line = before.count("\n") + 1
        message = f"a control character (U+{ord(text[error.position]):04X}) stands in the text"
        return None, [page.fault(line, len(before) - before.rfind("\n"), message, "delete it")]
    return root, builder.faults


def _syntax(error: Any, page: Page) -> Fault:
    """Put a YAML error into plain words; an unclosed quote or bracket is shown where it opens."""
    problem = str(error.problem or error.context or "cannot be read")
    opened = "unexpected end of stream" in problem or problem.startswith("expected ','")
    mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    for pattern, message, remedy in _PLAIN_WORDS:
        if found := re.search(pattern, problem):
            words = found.groups()
            return page.fault(line, column, f"not valid YAML: {message.format(*words)}", remedy.format(*words))
    return page.fault(line, column, f"not valid YAML: {problem}")


class _TooDeep(Exception):
    """Ends the reading of a tree that nobody wrote by hand."""


class _Builder:
    """Turns events into nodes, and notes what we do not take."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[Fault] = []

    def document(self, events: Iterator[Any]) -> Node | None:
        """Return the first document's tree; a second document is a fault."""
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self._fault(event, "a second document starts here", "one file holds one document: delete '---'")
            elif documents == 1 and isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent, AliasEvent)):
                root = self.node(event, events, 0)
        return root

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        self._odd(event)
        if depth > DEEPEST:
            self._fault(event, f"nested deeper than {DEEPEST} levels", "check the brackets and the indentation")
            raise _TooDeep
        if isinstance(event, SequenceStartEvent):
            return self._list(event, events, depth + 1)
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, events, depth + 1)
        return self._scalar(event)

    def _scalar(self, event: Any) -> Node:
        text = "" if isinstance(event, AliasEvent) else event.value
        quoted = bool(getattr(event, "style", None))
        return _node("scalar", event, event, text=text, quoted=quoted)

    def _list(self, start: Any, events: Iterator[Any], depth: int) -> Node:
        items: list[Node] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                return _node("list", start, event, items=tuple(items), flow=bool(start.flow_style))
            items.append(self.node(event, events, depth))
        raise AssertionError("the parser closes what it opens")

    def _mapping(self, start: Any, events: Iterator[Any], depth: int) -> Node:
        pairs: dict[str, Pair] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                return _node("mapping", start, event, pairs=pairs, flow=bool(start.flow_style))
            key, item = self.node(event, events, depth), self.node(next(events), events, depth)
            if key.kind != "scalar":
                self._fault(event, f"a {key.kind} stands where a key belongs", "put the value in quotes")
            elif key.text in pairs:
                first = pairs[key.text].key.line
                self._fault(event, f"key '{key.text}' is given twice", f"it stands in line {first} already: keep one")
            else:
                pairs[key.text] = Pair(key, item)
        raise AssertionError("the parser closes what it opens")

    def _odd(self, event: Any) -> None:
        """Anchors and tags of others are refused: nobody needs them here, and aliases can expand without end."""
        if isinstance(event, AliasEvent):
            self._fault(event, f"alias '*{event.anchor}' is not read here", "write the value out")
        elif getattr(event, "anchor", None):
            self._fault(event, f"anchor '&{event.anchor}' is not read here", "delete it, and write values out")
        elif getattr(event, "tag", None):
            self._fault(event, f"tag '{event.tag}' is not read here", "delete it")

    def _fault(self, event: Any, message: str, suggestion: str) -> None:
        mark = event.start_mark
        self.faults.append(self.page.fault(mark.line + 1, mark.column + 1, message, suggestion))


def _node(kind: Literal["scalar", "list", "mapping"], start: Any, end: Any, **more: Any) -> Node:
    opens, closes = start.start_mark, end.end_mark
    return Node(
        kind=kind,
        line=opens.line + 1,
        column=opens.column + 1,
        end_line=closes.line + 1,
        end_column=closes.column + 1,
        **more,
    )
