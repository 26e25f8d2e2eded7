"""Lists of feeds as records in YAML or JSON: osmosfeed's `osmosfeed.yaml`, Miniflux's API, `feeds list --json`.

A record is a mapping with an address under one of the usual names; what stands around it does not matter.
JSON is read as YAML, of which it is a part, so that both know their lines.
"""

from collections.abc import Iterator

from feeds.config import nodes
from feeds.config.faults import page
from feeds.config.listed import Feeds, Gathering
from feeds.config.nodes import Node

ADDRESS = ("href", "feed_url", "xmlurl", "feedurl", "location", "url")
_TITLE = ("title", "name", "text")
_CATEGORIES = ("categories", "tags", "category", "folder")
_LARGEST = 5_000_000  # characters: YAML is read slowly


def read(text: str) -> Feeds:
    """Return the feeds of *text*; what is left out is said in problems."""
    gathering = Gathering()
    if len(text) > _LARGEST:
        gathering.problem("more than 5 MB of YAML or JSON: export OPML instead")
        return gathering.feeds()
    root, faults = nodes.parse(text, page("list", text))
    for fault in faults[:1]:
        gathering.problem(fault.message, fault.line)
    for record in _records(root) if root else ():
        _take(record, gathering)
    return gathering.feeds()


def _records(node: Node) -> Iterator[Node]:
    """Give the records of *node*: the outermost mappings with an address, and stories, which have none."""
    if node.kind == "mapping" and (_first(node, ADDRESS) or _is_story(node)):
        yield node
        return
    for inner in (*node.items, *(pair.value for pair in node.pairs.values())):
        if inner.kind != "scalar":
            yield from _records(inner)


def _take(record: Node, gathering: Gathering) -> None:
    url, title = _first(record, ADDRESS), _first(record, _TITLE)
    kind = _first(record, ("kind",))
    if kind not in {"", "feed"}:
        gathering.problem(f"'{title or url}' is left out: {kind} on disk, not a feed on the web", record.line)
        return
    if _is_story(record):
        gathering.problem("stories are no list of feeds: `feeds export opml` writes one", record.line)
        return
    off = _first(record, ("disabled",)) == "true" or _first(record, ("enabled",)) == "false"
    gathering.add(url, title=title, categories=list(_names(record)), enabled=not off, line=record.line)


def _is_story(record: Node) -> bool:
    """Whether a record is one of `feeds export json`."""
    return "entries" in record.pairs and record.pairs["entries"].value.kind == "list"


def _first(record: Node, keys: tuple[str, ...]) -> str:
    found = {key.casefold(): pair.value for key, pair in record.pairs.items()}
    return next(
        (found[key].text for key in keys if key in found and found[key].kind == "scalar" and found[key].text), ""
    )


def _names(record: Node) -> Iterator[str]:
    """Give names as text, as a list, or as records with a title (Miniflux)."""
    for key, pair in record.pairs.items():
        if key.casefold() in _CATEGORIES:
            for node in (pair.value, *pair.value.items):
                name = _first(node, _TITLE) if node.kind == "mapping" else node.text
                if name.strip():
                    yield name.strip()
