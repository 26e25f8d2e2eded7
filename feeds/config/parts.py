"""The sections of a file, each read as far as it can be, with the place of everything."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from feeds.config import nodes, outgoing, partners, schema
from feeds.config.kinds import Keys
from feeds.config.nodes import Node
from feeds.config.sheet import Sheet, restricted, shown

K = TypeVar("K", bound=Keys)

LISTS: dict[str, type[Keys]] = {
    "content": schema.ContentKeys,
    "sources": schema.SourceKeys,
    "categories": schema.CategoryKeys,
    "outputs": outgoing.OutputKeys,
    "partners": partners.PartnerKeys,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Generic[K]):
    """One section or item of a list: its keys, and where they stand."""

    keys: K
    node: Node

    def at(self, *way: str) -> Node:
        """Return the node of a key's value, or the nearest thing around it where it is not given."""
        node = self.node
        for step in way:
            if step not in node.pairs:
                return node
            node = node.pairs[step].value
        return node

    def has(self, key: str) -> bool:
        return key in self.keys.model_fields_set


class Parts:
    """The sections of *root*. Those with faults hold what is sound of them; the faults are in *sheet*."""

    def __init__(self, sheet: Sheet, root: Node) -> None:
        self.sheet, self.root = sheet, root
        known = frozenset(schema.Config.model_fields)
        for key, pair in root.pairs.items():
            if key not in known:
                sheet.unknown_key(pair.key, "this file", schema.Config)
        self.top = self._top()
        self.site = self._section("site", schema.SiteKeys, schema.SiteKeys(title="?", url="https://site.invalid"))
        self.defaults = self._section("defaults", schema.DefaultsKeys, schema.DefaultsKeys())
        self.dedupe = self._section("dedupe", schema.DedupeKeys, schema.DedupeKeys())
        self.push = self._section("push", outgoing.PushKeys, outgoing.PushKeys())
        self.schedule = self._section("schedule", schema.ScheduleKeys, schema.ScheduleKeys())
        self.server = self._section("server", outgoing.ServerKeys, outgoing.ServerKeys())
        self.log = self._section("log", outgoing.LogKeys, outgoing.LogKeys())
        self.mirror = self._section("mirror", outgoing.MirrorKeys, outgoing.MirrorKeys(bucket="bucket"))
        self.gate = self._section("gate", outgoing.GateKeys, outgoing.GateKeys())
        self.content = tuple(self._items("content", schema.ContentKeys))
        self.sources = tuple(self._items("sources", schema.SourceKeys))
        self.categories = tuple(self._items("categories", schema.CategoryKeys))
        self.outputs = tuple(self._items("outputs", outgoing.OutputKeys))
        self.partners = tuple(self._items("partners", partners.PartnerKeys))

    def given(self, name: str) -> Node | None:
        """Return the value of a section that is not left empty."""
        pair = self.root.pairs.get(name)
        return None if pair is None or _empty(pair.value) else pair.value

    def _top(self) -> Item[schema.Top]:
        node = restricted(self.root, frozenset(schema.Top.model_fields))
        return Item(keys=self.sheet.read(schema.Top, node, "this file") or schema.Top(), node=node)

    def _section(self, name: str, model: type[K], otherwise: K) -> Item[K]:
        node = self.given(name)
        if node is not None:
            return Item(keys=self.sheet.read(model, node, name) or otherwise, node=node)
        if schema.Config.model_fields[name].is_required():
            example = next(iter(schema.Config.model_fields[name].examples or ()), "")
            self.sheet.fault(self.root, f"this file has no {name}; give it, with {example}")
        return Item(keys=otherwise, node=self.root)

    def _items(self, name: str, model: type[K]) -> Iterator[Item[K]]:
        node = self.given(name)
        if node is None:
            return
        if node.kind != "list":
            self.sheet.fault(node, f"{name} is {shown(node)}; give a list, each item behind '- '")
            return
        for place, item in enumerate(node.items, 1):
            if not _empty(item) and (keys := self.sheet.read(model, item, f"{name} item {place}")) is not None:
                yield Item(keys=keys, node=item)


def _empty(node: Node) -> bool:
    return node.kind == "scalar" and nodes.value(node) is None
