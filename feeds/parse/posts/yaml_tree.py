"""YAML as a tree of texts with their places: nothing is typed, nothing is run, nothing can grow.

Scalars keep the author's characters, for YAML 1.1 would turn `yes` into a truth value, `1.10` into 1.1 and
`12:30:45` into 45045; whoever knows what a key means reads its type. Anchors, aliases and tags are refused, and so is
what is too long, too deep or too much: a ten-line alias bomb loads in no time and then fills the memory of whoever
copies it; 60 kB of `[` end the process inside libyaml's composer, which is not used here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

LARGEST = 64 * 1024  # bytes
DEEPEST = 20
EVENTS = 5_000
# The loaders' event streams are the same; libyaml's is ten times faster where the wheel has it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value's text. *plain*: written without quotes; only such a value can mean nothing, true or false."""

    text: str
    plain: bool = True
    line: int = 0
    column: int = 0

    @property
    def absent(self) -> bool:
        return self.plain and self.text in NULLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    items: "tuple[Node, ...]"
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    fields: "Mapping[str, Node]"
    line: int = 0
    column: int = 0


Node: TypeAlias = Scalar | Items | Table


class Flaw(Exception):
    """A text cannot be read at *line* and *column*; *suspects* are lines whose quoting may mend it."""

    def __init__(
        self, message: str, line: int = 0, column: int = 0, suggestion: str = "", suspects: tuple[int, ...] = ()
    ) -> None:
        self.message, self.line, self.column = message, line, column
        self.suggestion, self.suspects = suggestion, suspects
        self.shown = line, column  # where an author is to look, which may be above where reading ended
        super().__init__(message)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    line: int
    column: int
    is_table: bool
    items: list[Node] = field(default_factory=list)
    fields: dict[str, Node] = field(default_factory=dict)
    key: Scalar | None = None

    def add(self, node: Node, *, strict: bool) -> None:
        if not self.is_table:
            self.items.append(node)
        elif self.key is None:
            if not isinstance(node, Scalar):
                raise Flaw("a key must be one word or line", node.line, node.column)
            if strict and node.text in self.fields:
                raise Flaw(f"the key {node.text!r} is given twice", node.line, node.column, "remove one of the two")
            self.key = node
        else:
            self.fields[self.key.text] = node
            self.key = None

    def close(self) -> Node:
        if self.is_table:
            return Table(fields=self.fields, line=self.line, column=self.column)
        return Items(items=tuple(self.items), line=self.line, column=self.column)


def load(text: str, *, strict: bool = True, largest: int = LARGEST, events: int = EVENTS) -> Node | None:
    """Return what one YAML document holds, None where it is empty. Lines and columns count from 1.

    Not *strict*: anchors and tags are passed over, aliases read as nothing, and the last of two equal keys counts.
    Raises `Flaw`.
    """
    if len(text.encode("utf-8", "replace")) > largest:
        raise Flaw(f"more than {largest // 1024} kB of YAML", 1, 1, "move the long text into the body")
    try:
        return _build(text, strict=strict, events=events)
    except yaml.MarkedYAMLError as error:
        raise _flaw(error, text) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Flaw("a character here is not allowed in YAML", line, 1, "remove it") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: libyaml on lone surrogates
        raise Flaw(f"this is not YAML: {error}", 1, 1) from error


def _build(text: str, *, strict: bool, events: int) -> Node | None:
    stack: list[_Open] = []
    root: Node | None = None
    documents = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        line, column = (event.start_mark.line + 1, event.start_mark.column + 1) if event.start_mark else (0, 0)
        if count > events:
            raise Flaw(f"more than {events} values", line, column, "shorten the front matter")
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise Flaw("a second YAML document begins here", line, column)
        if strict:
            _refuse(event, line, column)
        node: Node
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(stack) == DEEPEST:
                raise Flaw(f"nested more than {DEEPEST} deep", line, column)
            stack.append(_Open(line, column, isinstance(event, yaml.MappingStartEvent)))
            continue
        if isinstance(event, yaml.ScalarEvent):
            node = Scalar(text=event.value, plain=not event.style, line=line, column=column)
        elif isinstance(event, yaml.AliasEvent):
            node = Scalar(text="", line=line, column=column)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            node = stack.pop().close()
        else:
            continue
        if stack:
            stack[-1].add(node, strict=strict)
        else:
            root = node
    return None if isinstance(root, Scalar) and root.absent else root


def _refuse(event: yaml.Event, line: int, column: int) -> None:
    quote = "put the value in quotes if that is meant as text"
    if isinstance(event, yaml.AliasEvent):
        raise Flaw(f"an alias (*{event.anchor}) is not allowed here", line, column, quote)
    if getattr(event, "anchor", None):
        raise Flaw("an anchor (&) is not allowed here", line, column, quote)
    if getattr(event, "tag", None):
        raise Flaw("a tag (!) is not allowed here", line, column, quote)


def _flaw(error: yaml.MarkedYAMLError, text: str) -> Flaw:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    near = (error.context_mark.line + 1,) if error.context_mark else ()
    suspects = tuple(dict.fromkeys((line, *near, line - 1)))
    at = text.split("\n")[line - 1 : line]
    sign = at[0][column - 1 : column] if at else ""
    message, suggestion = _in_words("a tab" if sign == "\t" else error.problem or error.context or "")
    flaw = Flaw(message, line, column, suggestion, suspects)
    if error.context_mark and "quoted scalar" in (error.context or "") and "end of stream" in (error.problem or ""):
        flaw.shown = (error.context_mark.line + 1, error.context_mark.column + 1)
        flaw.message = "a quote is opened here and never closed"
    return flaw


def _in_words(problem: str) -> tuple[str, str]:
    """Say what libyaml says so that it helps somebody who never read its specification."""
    if "mapping values are not allowed" in problem:
        return "a colon and a blank inside an unquoted value", "put the value in quotes: key: 'a: b'"
    if "tab" in problem:
        return "a tab where YAML wants blanks", "indent with spaces"
    if "cannot start any token" in problem:
        return "an unquoted value cannot begin with this sign", "put the value in quotes"
    if "alphabetic or numeric" in problem or "tag" in problem or "alias" in problem or "anchor" in problem:
        return "* & and ! mean something else in YAML at the beginning of a value", "put the value in quotes"
    if "expected key" in problem or "block end" in problem or "':'" in problem:
        return "no `key: value` here", "check indentation and quotes of this line and the one before"
    if "end of stream" in problem or "quoted scalar" in problem:
        return "a quote or bracket is not closed", "close it, or put the whole value in quotes"
    return f"this is not YAML: {problem}", "check indentation and quotes"
