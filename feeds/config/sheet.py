"""One file while it is read: its tree, where values come from, and every fault so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from feeds.config import nodes
from feeds.config.faults import Page, did_you_mean
from feeds.config.kinds import Keys
from feeds.config.nodes import Node
from feeds.config.references import Unresolved, resolved
from feeds.errors import Fault

K = TypeVar("K", bound=Keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """*folder* is the file's own: paths in it are relative to that."""

    page: Page
    folder: Path
    environ: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def fault(
        self,
        node: Node,
        message: str,
        suggestion: str = "",
        *,
        column: int = 0,
        level: Literal["error", "warning"] = "error",
    ) -> None:
        """Note a fault at *node*, or at *column* (from 1) within its text where that stands as it is in the file."""
        at = node.column + (node.quoted if column else 0) + max(column - 1, 0)
        line = self.page.lines[node.line - 1] if node.line <= len(self.page.lines) else ""
        if column and not line.startswith(node.text, node.column - 1 + node.quoted):
            at = node.column
        self.faults.append(self.page.fault(node.line, at, message, suggestion, level))

    def read(self, model: type[K], node: Node, name: str, known: type[BaseModel] | None = None) -> K | None:
        """Return the section *node* as *model*, without the keys that have faults; None where it needs one of them.

        *name* is what faults call it; *known* has the keys to suggest, where *model* has not all.
        """
        if node.kind != "mapping":
            self.fault(node, f"{name} is {shown(node)}; give keys and values below it")
            return None
        found = self._mapping(node)
        try:
            return model.model_validate(found)
        except ValidationError as error:
            for fact in error.errors(include_url=False, include_input=False):
                self._say(fact, node, name, known or model)
            wrong = {fact["loc"][0] for fact in error.errors(include_url=False, include_input=False)}
        try:
            return model.model_validate({key: value for key, value in found.items() if key not in wrong})
        except ValidationError:
            return None

    def _mapping(self, node: Node) -> dict[str, object]:
        """Return *node* as plain values; a key without a value, or whose reference leads nowhere, is left out."""
        values = {key: self._plain(pair.value) for key, pair in node.pairs.items()}
        return {key: value for key, value in values.items() if value is not None}

    def _plain(self, node: Node) -> object:
        if node.kind == "mapping":
            return self._mapping(node)
        if node.kind == "list":
            return [value for item in node.items if (value := self._plain(item)) is not None]
        value = nodes.value(node)
        if not isinstance(value, str):
            return value
        try:
            return resolved(value, self.folder, self.environ)
        except Unresolved as unresolved:
            self.fault(node, unresolved.message, unresolved.remedy)
            return None

    def _say(self, fact: Any, section: Node, name: str, model: type[BaseModel]) -> None:
        """Turn one finding of pydantic into a fault at its place."""
        *way, last = fact["loc"] if fact["loc"][-1] != "[key]" else fact["loc"][:-1]
        parent, where = section, name
        for step in way:
            parent, where = _below(parent, step), f"{where}.{step}" if isinstance(step, str) else where
        if fact["type"] == "extra_forbidden":
            self.unknown_key(parent.pairs[last].key, where, _submodel(model, way))
        elif fact["type"] == "missing":
            self._missing(parent, str(last), where, _submodel(model, way))
        else:
            of_key = fact["loc"][-1] == "[key]"
            node = parent.pairs[last].key if of_key else _below(parent, last)
            key = next(step for step in reversed(way if of_key else fact["loc"]) if isinstance(step, str))
            self._unfit(node, key, fact, item=of_key or isinstance(last, int))

    def unknown_key(self, key: Node, where: str, model: type[BaseModel]) -> None:
        known = list(model.model_fields)
        near = did_you_mean(key.text, known)
        self.fault(key, f"unknown key '{key.text}' in {where}", near or f"the keys are {', '.join(known)}")

    def _missing(self, parent: Node, key: str, where: str, model: type[BaseModel]) -> None:
        example = next(iter(model.model_fields[key].examples or ()), "")
        pair = parent.pairs.get(key)
        if pair is None and not any(f"'{key}'" in did_you_mean(k, list(model.model_fields)) for k in parent.pairs):
            self.fault(parent, f"{where} has no {key}; give one, as in {key}: {example}")
        elif pair and pair.value.kind == "scalar" and nodes.value(pair.value) is None:
            self.fault(pair.key, f"{key} is empty; give it a value, as in {key}: {example}")

    def _unfit(self, node: Node, key: str, fact: Any, *, item: bool) -> None:
        """`limit is -3; give a number from 1 to 1000`."""
        facts = fact.get("ctx", {})
        right = {
            "tuple_type": "give a list, as in [one, two]",
            "model_type": "give keys and values below it",
            "dict_type": "give keys and values below it",
        }.get(fact["type"], fact["msg"])
        wrong = facts.get("wrong")
        if wrong:
            message = f"{key} has what is no rule: {wrong}" if item else f"{key} is no rule: {wrong}"
        else:
            message = f"{key} {'has' if item else 'is'} {shown(node)}; {right}"
        self.fault(node, message, facts.get("hint", ""), column=facts.get("column", 0))


def shown(node: Node) -> str:
    """Name a value as it stands in the file: what a reference brought is never shown."""
    if node.kind != "scalar":
        return f"a {node.kind}"
    value = nodes.value(node)
    if value is None:
        return "empty"
    text = "".join(sign if sign.isprintable() else "�" for sign in node.text[:100])
    text = text if len(node.text) <= 100 else text[:99] + "…"
    return f"'{text}'" if isinstance(value, str) else text


def restricted(node: Node, keys: frozenset[str]) -> Node:
    """Return the mapping *node* with only those pairs."""
    return replace(node, pairs={key: pair for key, pair in node.pairs.items() if key in keys})


def _below(node: Node, step: str | int) -> Node:
    if isinstance(step, str):
        return node.pairs[step].value if step in node.pairs else node
    filled = [item for item in node.items if item.kind != "scalar" or nodes.value(item) is not None]
    return filled[step] if step < len(filled) else node


def _submodel(model: type[BaseModel], way: list[str | int]) -> type[BaseModel]:
    """Return the model of the section that *way* leads to."""
    for step in way:
        if isinstance(step, str) and step in model.model_fields:
            kind = model.model_fields[step].annotation
            inner = [k for k in (kind, *get_args(kind)) if isinstance(k, type) and issubclass(k, BaseModel)]
            model = inner[0] if inner else model
    return model
